"""The sums of figures from the canonical tables on any engine: DuckDB, PostgreSQL in place, Spark.

The expressions (`buying`, `doing`) are written once in Ibis and turned into SQL once per engine;
`statement` says how a call fills in its days. Ibis is imported when the first SQL is written:
pages never come here, they read what is kept with each posting.

One pass over the lines of orders leaves a row per customer in the engine (`Engine.keep`); all that
a call is asked for is computed from those rows, and only what the figures wanted need.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol

from msgspec import Struct

from habitue.metrics import cohorts
from habitue.metrics.aggregates import NAMES, Aggregates, Counts, Money, whole
from habitue.metrics.asked import Asked
from habitue.metrics.cohorts import Row
from habitue.metrics.lowerings import families
from habitue.metrics.lowerings.statement import Value

if TYPE_CHECKING:
    from habitue.metrics.lives import Lives

MONTHS: Final = 24
"""How many months of cohorts a survey shows, unless told."""


class Engine(Protocol):
    """Where canonical tables can be asked, one call at a time: it has one set of kept rows."""

    dialect: str
    """What Ibis calls its SQL."""
    prefix: str
    """What stands before a canonical table's name there."""

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """All rows of a query."""
        ...

    def arrow(self, sql: str) -> Any:
        """The same as an Arrow table."""
        ...

    def keep(self, name: str, sql: str) -> None:
        """Have a query's rows stand under a name, in place of what stood there."""
        ...

    def forget(self, name: str) -> None:
        """Give back what was kept under a name."""
        ...


class Fifths(Struct, frozen=True, kw_only=True):
    """RFM of everybody who bought: `least` has per measure the least values that score 2 to 5 (None
    where nobody does), `customers` how many have the scores (recency, frequency, monetary).
    """

    least: dict[str, tuple[date | int | None, ...]]
    customers: dict[tuple[int, int, int], int]


class Survey(Struct, frozen=True, kw_only=True):
    """All that a page of figures shows, from one pass over the lines."""

    aggregates: Aggregates
    cohorts: tuple[Row, ...]
    fifths: Fifths


class Anywhere:
    """One business's history in an engine as a source; `currency` is the business's own.

    `needs` names the sums that are wanted, as figures do (all, unless given); others stay 0.
    """

    def __init__(
        self, engine: Engine, business: int, currency: str, needs: Iterable[str] = NAMES
    ) -> None:
        self._engine, self._needs, self._currency = engine, frozenset(needs), currency
        self._own: dict[str, Value] = {"business": business, "currency": currency}

    def gaps(self, before: date) -> dict[int, int]:
        """How often each number of days lay between a customer's consecutive days of purchase."""
        with _Call(self._engine, {**self._own, "until": before}) as call:
            return {int(row["gap"]): int(row["times"]) for row in call.rows("gaps")}

    def aggregates(self, asked: Asked) -> Aggregates:
        """The sums of a period."""
        with _Call(self._engine, self._values(asked, MONTHS)) as call:
            return self._aggregates(call)

    def survey(self, asked: Asked, months: int = MONTHS) -> Survey:
        """The sums of a period, RFM as of its end, and what the cohorts of so many months did.

        The last of these months is that of the period's last day. A `ValueError` carries a
        sentence about their number.
        """
        if not 0 < months <= families.MOST_MONTHS:
            raise ValueError(f"A survey shows 1 to {families.MOST_MONTHS} months, not {months}.")
        with _Call(self._engine, self._values(asked, months)) as call:
            return Survey(
                aggregates=self._aggregates(call),
                cohorts=_cohorts(call, _first_shown(asked, months)),
                fifths=_fifths(call),
            )

    def lives(self, until: date) -> Lives:
        """Everybody's life as of a day."""
        from habitue.metrics import lives

        with _Call(self._engine, {**self._own, "until": until}) as call:
            table = call.arrow("lives")
        columns = [_whole(column) for column in table.columns]
        return lives.counted(lives.Lives(until, self._currency, *columns))

    def _values(self, asked: Asked, months: int) -> dict[str, Value]:
        shown = _first_shown(asked, months)
        return {
            **self._own,
            "since": asked.period.since,
            "until": asked.period.until,
            "start_since": asked.start_since,
            "end_since": asked.end_since,
            "base_since": asked.base_since,
            "shown_since": shown,
            "month": _number(shown) - 1,
        }

    def _aggregates(self, call: _Call) -> Aggregates:
        """Sums of no rows are NULL in every engine: nothing is 0."""
        counts: dict[str, int] = {}
        money: dict[str, Money] = {}
        for name, family in families.FAMILIES.items():
            if self._needs.isdisjoint(family.sums):
                continue
            for row in call.rows(name):
                currency = row.pop("currency", None)
                sums = {column: whole(value or 0) for column, value in row.items()}
                if currency is None:
                    counts |= sums
                else:
                    money[currency] = Money(**sums)
        return Aggregates(counts=Counts(**counts), money=money)


class _Call:
    """One call: its blanks' values, and the rows kept while it lasts."""

    def __init__(self, engine: Engine, values: Mapping[str, Value]) -> None:
        self._engine, self._values = engine, values
        self._kept: list[str] = []

    def __enter__(self) -> _Call:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._kept:
            self._engine.forget(self._kept.pop())

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of an expression by column."""
        columns = families.written(name, self._engine.dialect, self._engine.prefix).columns
        rows = self._engine.rows(self._sql(name))
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def arrow(self, name: str) -> Any:
        """The same as an Arrow table."""
        return self._engine.arrow(self._sql(name))

    def kept(self, name: str) -> list[dict[str, Any]]:
        """The rows that are kept under the name of an expression."""
        self._keep(name)
        columns = families.written(name, self._engine.dialect, self._engine.prefix).columns
        rows = self._engine.rows(f"SELECT * FROM {families.kept_name(name)}")
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def _sql(self, name: str) -> str:
        for kept in families.KEPT[name]:
            self._keep(kept)
        found = families.written(name, self._engine.dialect, self._engine.prefix)
        return found.statement.filled(self._values)

    def _keep(self, name: str) -> None:
        if name not in self._kept:
            self._engine.keep(families.kept_name(name), self._sql(name))
            self._kept.append(name)


def _fifths(call: _Call) -> Fifths:
    (found,) = call.kept("fifths")
    least: dict[str, tuple[date | int | None, ...]] = {}
    for measure in families.MEASURES:
        values = (found[f"{measure}{score}"] for score in range(2, families.BEST + 1))
        least[measure] = tuple(
            value if value is None or isinstance(value, date) else int(value) for value in values
        )
    customers = {
        (int(row["recency"]), int(row["frequency"]), int(row["monetary"])): int(row["customers"])
        for row in call.rows("scores")
    }
    return Fifths(least=least, customers=customers)


def _cohorts(call: _Call, shown: date) -> tuple[Row, ...]:
    """Cohorts come out as the mark of their first month: 2 for the first one shown, then 4, 8…"""
    buyers: dict[tuple[date, date], int] = {}
    revenue: dict[tuple[date, date], int] = {}
    for row in call.rows("cohort_buyers"):
        cohort = _marked(row.pop("cohort"), shown)
        for name, number in row.items():
            if number:
                buyers[cohort, cohorts.later(shown, int(name[1:]) - 1)] = int(number)
    for row in call.rows("cohort_revenue"):
        month = cohorts.later(shown, int(row["month"]) - _number(shown))
        revenue[_marked(row["cohort"], shown), month] = int(row["revenue"])
    return tuple(
        Row(
            cohort=cohort,
            month=month,
            buyers=buyers.get((cohort, month), 0),
            revenue=revenue.get((cohort, month), 0),
        )
        for cohort, month in sorted({*buyers, *revenue})
    )


def _marked(mark: int, shown: date) -> date:
    return cohorts.later(shown, int(mark).bit_length() - 2)


def _first_shown(asked: Asked, months: int) -> date:
    last = asked.period.until - timedelta(days=1)
    return cohorts.later(last.replace(day=1), 1 - months)


def _number(month: date) -> int:
    return month.year * 12 + month.month


def _whole(column: Any) -> Any:
    """A column of days or of numbers (of any width, or decimal without places) as whole numbers."""
    import pyarrow

    if pyarrow.types.is_date(column.type):
        column = column.cast(pyarrow.int32())
    return column.cast(pyarrow.int64()).to_numpy()
