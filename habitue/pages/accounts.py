"""What a business owes in units, as rows for an accountant's spreadsheet: months, and open lots.

Units stand under their names in the program file: plain words that no spreadsheet calculates with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Final

from habitue.core import allocation, money
from habitue.core.calendar import FOREVER
from habitue.core.liability import Roll
from habitue.core.statement import Deferral, Statement

if TYPE_CHECKING:
    from habitue.ledger.liabilities import LotLine

Write = Callable[[int, int], str]
"""How a number in fixed point is written: its value, its decimals."""

COLUMNS: Final = ("opening", "issued", "redeemed", "expired", "corrected", "closing")
SALES: Final = ("sales", "standalone", "deferred", "recognized", "contract liability")
HEADER: Final = (
    "month",
    "unit",
    *(f"{name} (units)" for name in COLUMNS),
    *COLUMNS[:-1],
    "revalued",
    "closing",
    *SALES,
    "currency",
)
LOT_HEADER: Final = (
    "customer",
    "lot",
    "unit",
    "open",
    "earned on",
    "usable from",
    "last day",
    "version",
    "value",
    "currency",
)


def months(found: Statement, write: Write) -> Iterator[list[str]]:
    """A row per month and unit, under `HEADER`."""
    places = money.decimals(found.currency)
    for holding in found.holdings:
        for place, roll in enumerate(holding.rolls):
            value = holding.values[place] if holding.values else None
            deferral = holding.deferrals[place] if holding.deferrals else None
            units = [write(getattr(roll, name), holding.decimals) for name in COLUMNS]
            yield [
                roll.month.isoformat(),
                holding.unit,
                *units,
                *_in_money(value, places, write),
                *_in_sales(deferral, places, write),
                found.currency,
            ]


def _in_money(roll: Roll | None, places: int, write: Write) -> list[str]:
    if roll is None:
        return [""] * 7
    names = (*COLUMNS[:-1], "revalued", "closing")
    return [write(getattr(roll, name), places) for name in names]


def _in_sales(deferral: Deferral | None, places: int, write: Write) -> list[str]:
    if deferral is None:
        return [""] * 5
    names = ("sales", "standalone", "deferred", "recognized", "closing")
    return [write(getattr(deferral, name), places) for name in names]


def lots(
    lines: Iterable[LotLine],
    found: Statement,
    number_on: Callable[[date], int],
    write: Write,
) -> Iterator[list[str]]:
    """A row per open lot, under `LOT_HEADER`; `number_on` says which version held on a day."""
    places = money.decimals(found.currency)
    holdings = {holding.number: holding for holding in found.holdings}
    for line in lines:
        holding = holdings[line.unit]
        value = ""
        if holding.worth is not None:
            value = write(allocation.half_up(line.remaining * holding.worth), places)
        yield [
            str(line.customer),
            str(line.lot),
            holding.unit,
            write(line.remaining, holding.decimals),
            line.earned_on.isoformat(),
            "" if line.active_on == FOREVER else line.active_on.isoformat(),
            "" if line.expires_on == FOREVER else line.expires_on.isoformat(),
            str(number_on(line.earned_on)),
            value,
            found.currency,
        ]
