"""A period's sums of each unit of a program, for the figures: what was given, used, lost, is owed.

From the ledger's entries, as the liability page has them (`liabilities`, `core.statement`).
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from msgspec import structs

from habitue.core import allocation, liability
from habitue.core.statement import Holding
from habitue.ledger import books, liabilities
from habitue.ledger.liabilities import Moved
from habitue.metrics import Period
from habitue.metrics.aggregates import Units, counted


def read(business: int, period: Period, *, redemption: Fraction | None = None) -> dict[str, Units]:
    """The sums by unit, those that can be redeemed; none before a program was published.

    `redemption`: the share of units ever redeemed, as the owner states it; without it, what the
    business's own history says, and all of them while that is too short. What fell due in the
    period counts, swept or not.
    """
    if not books.latest(business):
        return {}
    last = period.until - timedelta(days=1)
    stated, moved = liabilities.over(
        business, since=period.since, on=last, months=1, redemption=redemption
    )
    return {holding.unit: counted(_sums(holding, moved)) for holding in stated.holdings}


def _sums(holding: Holding, moved: Moved) -> Units:
    counted = {"issued": 0, "redeemed": 0, "expired": 0, "corrected": 0}
    for kind, amount in moved.flows.get(holding.number, {}).items():
        counted[liability.COLUMNS[kind]] += amount
    sums = Units(
        issued=counted["issued"],
        redeemed=-counted["redeemed"],
        lapsed=-counted["expired"],
        open=sum(group.units for group in holding.groups),
        decimals=holding.decimals,
    )
    if holding.worth is None:
        return sums
    return structs.replace(
        sums,
        value_issued=allocation.half_up(sums.issued * holding.worth),
        value_redeemed=allocation.half_up(sums.redeemed * holding.worth),
        liability=holding.deferrals[-1].closing if holding.deferrals else 0,
        sales=moved.sales,
        worth_known=1,
    )
