"""The things of a program as they are answered: units, rewards, tiers, what they cost and give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from habitue.api import values
from habitue.api.values import Amount, Cents, Given
from habitue.core import describing, program, tallies
from habitue.core.program import Program
from habitue.ledger import budgets

Title = Annotated[
    dict[str, str],
    Meta(
        description="What people call it, by language; may be empty.", examples=[{"en": "Coffee"}]
    ),
]


class UnitAmount(Given, frozen=True, kw_only=True):
    """An amount of one unit of the program."""

    unit: str
    amount: Amount


class UnitTerms(Given, frozen=True, kw_only=True):
    """A unit that members hold or count."""

    id: str
    title: Title
    decimals: Annotated[int, Meta(description="Decimals of its amounts.")]
    redeemable: Annotated[bool, Meta(description="Whether it can be spent; else it only counts.")]
    qualifying: Annotated[bool, Meta(description="Whether it counts toward tiers.")]
    worth: Annotated[
        str | None,
        Meta(description="What one is worth in money, in whole euros (or whatever), exactly."),
    ]


class GiftTerms(Given, frozen=True, kw_only=True):
    """What a reward gives. Which of the fields hold a value follows from `kind`."""

    kind: Literal[
        "product",
        "money off",
        "percent off",
        "upgrade",
        "experience",
        "access",
        "units",
        "donation",
        "draw entry",
        "partner units",
    ]
    name: str
    money: Annotated[Cents | None, Meta(description="Of money off and donations: minor units.")]
    percent: int | None
    units: Annotated[UnitAmount | None, Meta(description="Of units: so many of the program's.")]
    count: Annotated[int | None, Meta(description="Entries in a draw, or units of a partner.")]
    to: Annotated[str, Meta(description="The cause, draw or partner it goes to.")]


class RewardShown(Given, frozen=True, kw_only=True):
    """A reward of the catalogue. With several `gifts` the member chooses one by its place.

    `automatic`: what brings it by itself ("threshold": as soon as there are enough units).
    """

    id: str
    title: Title
    says: Annotated[str, Meta(description="What it gives, in an English sentence.")]
    cost: UnitAmount | None
    gifts: list[GiftTerms]
    automatic: str | None
    tiers: Annotated[list[str], Meta(description="Only for these tiers; for all when empty.")]
    since: Annotated[date | None, Meta(description="First day on which it can be had.")]
    until: Annotated[date | None, Meta(description="The day before which it can be had.")]
    stock: Annotated[int | None, Meta(description="So many in all; null: as many as are asked.")]
    left: Annotated[int | None, Meta(description="So many are left of them; null: no end.")]
    valid_for: Annotated[str | None, Meta(examples=["1 month"])]


class LevelShown(Given, frozen=True, kw_only=True):
    """A tier. `needs`: any one of these sets of amounts reaches it; empty: everybody has it."""

    id: str
    title: Title
    needs: list[list[UnitAmount]]
    benefits: Annotated[list[str], Meta(description="Benefits of this tier, by id.")]


class BenefitTerms(Given, frozen=True, kw_only=True):
    """A standing privilege: of some tiers, of all of them when `tiers` is empty."""

    id: str
    title: Title
    tiers: list[str]
    saves: Annotated[Cents | None, Meta(description="What one use saves, in minor units.")]
    minimum_order: Annotated[Cents | None, Meta(description="From what order on it holds.")]


def units(of: Program) -> list[UnitTerms]:
    """The units of a program, in their order."""
    written = describing.plain(of).get("units", {})
    return [
        UnitTerms(
            id=one.id,
            title=one.title,
            decimals=one.decimals,
            redeemable=one.redeemable,
            qualifying=one.qualifying,
            worth=written[one.id].get("worth"),
        )
        for one in of.units
    ]


def rewards(of: Program, business: int, *, on: date) -> list[RewardShown]:
    """The catalogue of a program, in its order, with what is left of each reward on a day."""
    stocks = {one.id: tallies.stock(one).name(on) for one in of.rewards if one.stock is not None}
    used = budgets.used(business, list(stocks.values())) if stocks else {}
    said = describing.rewards(of)
    return [
        _reward(of, one, says, used.get(stocks.get(one.id, ""), 0))
        for one, says in zip(of.rewards, said, strict=True)
    ]


def levels(of: Program) -> list[LevelShown]:
    """The tiers of a program, lowest first; none where it has no tiers."""
    return [_level(of, one) for one in of.tiers.levels] if of.tiers else []


def benefits(of: Program) -> list[BenefitTerms]:
    """The benefits of a program."""
    return [
        BenefitTerms(
            id=one.id,
            title=one.title,
            tiers=list(one.tiers),
            saves=one.saves,
            minimum_order=one.minimum_order,
        )
        for one in of.benefits
    ]


def amount(of: Program, unit: str, fixed: int) -> UnitAmount:
    """So much of a unit; `fixed` in its fixed point."""
    decimals = of.units[of.unit_index(unit)].decimals
    return UnitAmount(unit=unit, amount=values.written(fixed, decimals))


def gift(of: Program, one: program.Gift) -> GiftTerms:
    """What a reward or a prize gives."""
    money = one.value if one.kind in ("money off", "donation") else None
    return GiftTerms(
        kind=one.kind,
        name=one.name,
        money=money,
        percent=one.value if one.kind == "percent off" else None,
        units=amount(of, one.unit, one.value) if one.kind == "units" else None,
        count=one.value if one.kind in ("draw entry", "partner units") else None,
        to=one.to,
    )


def _reward(of: Program, one: program.Reward, says: str, used: int) -> RewardShown:
    dates = one.dates
    return RewardShown(
        id=one.id,
        title=one.title,
        says=says,
        cost=amount(of, *one.cost) if one.cost else None,
        gifts=[gift(of, each) for each in one.gifts],
        automatic=one.automatic,
        tiers=list(one.tiers),
        since=dates.since if dates else None,
        until=dates.until if dates else None,
        stock=one.stock,
        left=None if one.stock is None else max(0, one.stock - used),
        valid_for=_period(one.valid_for),
    )


def _level(of: Program, one: program.Level) -> LevelShown:
    return LevelShown(
        id=one.id,
        title=one.title,
        needs=[[amount(of, unit, fixed) for unit, fixed in each] for each in one.needs],
        benefits=[each.id for each in of.benefits if not each.tiers or one.id in each.tiers],
    )


def _period(of: program.Period | None) -> str | None:
    if of is None:
        return None
    return f"{of.count} {of.unit}" + ("s" if of.count != 1 else "")


def title(of: Mapping[str, str], otherwise: str) -> str:
    """A title in English, else in whatever language it has, else its name."""
    return of.get("en") or next(iter(of.values()), otherwise)
