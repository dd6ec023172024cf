"""What the business owes its members in units, on any day, and how it came about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Annotated

from msgspec import Meta

from habitue.api import calls, days, exact, values
from habitue.api.paying import Signed
from habitue.api.routing import operation
from habitue.api.values import Currency, Given, Said
from habitue.core.liability import Roll
from habitue.core.statement import Deferral, Group, Holding
from habitue.ledger import liabilities

Units = Annotated[str, Meta(description="An amount of the unit, exactly.", examples=["2870.5"])]
Share = Annotated[str, Meta(description="A share of 1, to six decimals.", examples=["0.8123"])]


class AskedLiability(Said, frozen=True, kw_only=True):
    """Of which day, over how many months."""

    on: Annotated[date | None, Meta(description="At the end of which day; left out: today.")] = None
    months: Annotated[int, Meta(ge=1, le=120, description="So many last months, one by one.")] = 12
    redemption: (
        Annotated[
            int,
            Meta(
                ge=0,
                le=100,
                description="The percentage of units ever used, as you state it; left out: what the"
                " business's own history says.",
            ),
        ]
        | None
    ) = None


class UnitsMonth(Given, frozen=True, kw_only=True):
    """A month in units: `closing` = `opening` + issued - redeemed - expired + corrected."""

    month: date
    opening: Units
    issued: Units
    redeemed: Units
    expired: Units
    corrected: Units
    closing: Units


class MoneyMonth(Given, frozen=True, kw_only=True):
    """The same month in minor units; `revalued` is what a new worth of the unit changed."""

    month: date
    opening: Signed
    issued: Signed
    redeemed: Signed
    expired: Signed
    corrected: Signed
    revalued: Signed
    closing: Signed


class OpenGroup(Given, frozen=True, kw_only=True):
    """Open units that lapse in one month; null: in none."""

    version: Annotated[int, Meta(description="The version of the program that gave them.")]
    lapses: Annotated[date | None, Meta(description="The first day of that month.")]
    lots: int
    units: Units
    value: Annotated[int, Meta(description="At full worth, in minor units.")]
    expected: Annotated[int, Meta(description="Of those that will be used, in minor units.")]


class DeferredMonth(Given, frozen=True, kw_only=True):
    """A month under IFRS 15, in minor units."""

    month: date
    sales: Annotated[int, Meta(description="What members bought.")]
    standalone: Annotated[int, Meta(description="What the units given are worth, less breakage.")]
    deferred: Annotated[int, Meta(description="So much of the sales belongs to the units.")]
    recognized: Annotated[int, Meta(description="Revenue of this month, of all deferred before.")]
    closing: Annotated[int, Meta(description="The contract liability that is left.")]


class UnitOwed(Given, frozen=True, kw_only=True):
    """What is owed in one unit."""

    unit: str
    open: Annotated[Units, Meta(description="What members hold.")]
    owed: Annotated[Units, Meta(description="What members owe after returns.")]
    unswept: Annotated[Units, Meta(description="Of it fell due, and is not written down yet.")]
    worth_known: Annotated[bool, Meta(description="Else there is nothing in money.")]
    value: Annotated[int, Meta(description="All of it at full worth, in minor units.")]
    expected: Annotated[int, Meta(description="Of what will be used, in minor units.")]
    redemption: Annotated[Share, Meta(description="The share that is taken to be used.")]
    redemption_known: Annotated[bool, Meta(description="Stated, or known; else taken to be all.")]
    months: list[UnitsMonth]
    money: list[MoneyMonth]
    groups: list[OpenGroup]
    deferrals: list[DeferredMonth]


class LiabilityShown(Given, frozen=True, kw_only=True):
    """What was owed at the end of a local day; every number is a sum of ledger entries."""

    on: date
    currency: Currency
    items: list[UnitOwed]


@operation("GET", "/liability", may=calls.ANALYSTS, summary="What is owed in units")
def show(call: calls.Call, asked: AskedLiability) -> LiabilityShown:
    """By unit: open units, their worth, and month by month how it came about."""
    on = days.past(call, asked.on, "/query/on") if asked.on else days.today(call)
    share = None if asked.redemption is None else Fraction(asked.redemption, 100)
    found = liabilities.read(call.caller.business, on=on, months=asked.months, redemption=share)
    return LiabilityShown(
        on=found.on, currency=found.currency, items=[_owed(one) for one in found.holdings]
    )


def _owed(of: Holding) -> UnitOwed:
    def units(amount: int) -> str:
        return values.written(amount, of.decimals)

    return UnitOwed(
        unit=of.unit,
        open=units(sum(group.units for group in of.groups)),
        owed=units(of.owed),
        unswept=units(of.unswept),
        worth_known=of.worth is not None,
        value=of.value,
        expected=of.expected,
        redemption=exact.share(of.redemption),
        redemption_known=of.known,
        months=[_units(one, units) for one in of.rolls],
        money=[_money(one) for one in of.values],
        groups=[_group(one, units) for one in of.groups],
        deferrals=[_deferred(one) for one in of.deferrals],
    )


def _units(of: Roll, units: Callable[[int], str]) -> UnitsMonth:
    return UnitsMonth(
        month=of.month,
        opening=units(of.opening),
        issued=units(of.issued),
        redeemed=units(of.redeemed),
        expired=units(of.expired),
        corrected=units(of.corrected),
        closing=units(of.closing),
    )


def _money(of: Roll) -> MoneyMonth:
    return MoneyMonth(
        month=of.month,
        opening=of.opening,
        issued=of.issued,
        redeemed=of.redeemed,
        expired=of.expired,
        corrected=of.corrected,
        revalued=of.revalued,
        closing=of.closing,
    )


def _group(of: Group, units: Callable[[int], str]) -> OpenGroup:
    return OpenGroup(
        version=of.version,
        lapses=of.lapses,
        lots=of.lots,
        units=units(of.units),
        value=of.value,
        expected=of.expected,
    )


def _deferred(of: Deferral) -> DeferredMonth:
    return DeferredMonth(
        month=of.month,
        sales=of.sales,
        standalone=of.standalone,
        deferred=of.deferred,
        recognized=of.recognized,
        closing=of.closing,
    )
