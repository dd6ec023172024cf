"""The canonical tables as Ibis relations, and the blanks that every expression may use.

Nothing here is tied to an engine: relations have a name and a schema, no connection. Dates are
compared as they are stored; nothing is ever cast to another time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, get_type_hints

import ibis

from habitue.metrics.lowerings import families
from habitue.metrics.lowerings.statement import DAYS, NUMBERS, TEXTS
from habitue.metrics.tables import TABLES

Relation = Any
"""An Ibis table expression: the library is not typed."""

Column = Any

_TYPES: Final[Mapping[Any, str]] = {
    int: "int64",
    str: "string",
    date: "date",
    bool: "boolean",
    int | None: "int64",
    date | None: "date",
}


class Canon:
    """One business's canonical tables under the names an engine knows them by.

    `prefix` stands before every table's name; `kept` says of which expression a kept relation is
    the rows (`Engine.keep`).
    """

    def __init__(self, prefix: str, kept: Mapping[str, Callable[[Canon], Relation]]) -> None:
        self._prefix, self._kept = prefix, kept

    def rows(self, name: str) -> Relation:
        """A canonical table's rows of the business asked for."""
        hints = get_type_hints(TABLES[name])
        columns = {field: _TYPES[hints[field]] for field in TABLES[name].__struct_fields__}
        table = ibis.table(columns, name=f"{self._prefix}{name}")
        return table.filter(table.business == number("business"))

    def within(self, name: str, since: str, until: str = "until") -> Relation:
        """Those dated within two days: their blanks' names."""
        rows = self.rows(name)
        return rows.filter(rows.on >= day(since), rows.on < day(until))

    def until(self, name: str) -> Relation:
        """Those dated before the end."""
        rows = self.rows(name)
        return rows.filter(rows.on < day("until"))

    def orders(self, since: str) -> Relation:
        """Line 0 of each purchase and visit from a day until the end."""
        lines = self.within("order_lines", since)
        return lines.filter(lines.line == 0)

    def kept(self, name: str) -> Relation:
        """Rows that an earlier statement of the same call left in the engine."""
        return ibis.table(self._kept[name](self).schema(), name=families.kept_name(name))


def day(name: str) -> Column:
    """A day that is filled in."""
    return ibis.literal(DAYS[name], "date")


def number(name: str) -> Column:
    """A whole number that is filled in."""
    return ibis.literal(NUMBERS[name], "int64")


def text(name: str) -> Column:
    """A code that is filled in."""
    return ibis.literal(TEXTS[name], "string")


def either(condition: Column, then: Column, otherwise: Column) -> Column:
    """`CASE WHEN condition THEN then ELSE otherwise END`."""
    return ibis.cases((condition, then), else_=otherwise)


def times(rows: Relation, condition: Column) -> Column:
    """How many rows fulfill a condition; NULL does not."""
    return rows.count(where=condition)


def _wide(column: int) -> Decimal:
    """A sum in the type that engines widen whole numbers to: Ibis thinks that they do not."""
    return Decimal(column)


_wide_sum: Any = ibis.udf.agg.builtin(_wide, name="sum")


def added(column: Column) -> Column:
    """The sum of a whole column as a number of 64 bits, which engines have in wider types."""
    return _wide_sum(column).cast("int64")
