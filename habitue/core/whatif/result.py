"""The sums of a replay as months that people can read: what was given, taken, lost and is owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from msgspec import Struct

from habitue.core import allocation, liability
from habitue.core.account import EntryKind
from habitue.core.liability import COLUMNS, Roll
from habitue.core.whatif.replay import Stage
from habitue.core.whatif.sums import Compared, Flows, Sums, first_day


class Holding(Struct, frozen=True):
    """A redeemable unit through the months. `worth`: minor units for one whole unit, if known."""

    unit: str
    decimals: int
    worth: Fraction | None
    rolls: tuple[Roll, ...]


class Month(Struct, frozen=True):
    """One month under a program; money in minor units.

    `cost`: rewards taken, money off as it is, others at the worth of their units. `liability`:
    open units at the month's end. `breakage`: units that lapsed. `members`: by tier at the end.
    """

    month: date
    purchases: int
    money: int
    cost: int
    liability: int
    breakage: int
    taken: dict[str, int]
    members: dict[str, int]


class Trial(Struct, frozen=True):
    """What one program would have made of a history, month by month."""

    program: str
    title: dict[str, str]
    currency: str
    behaviour: str
    months: tuple[Month, ...]
    holdings: tuple[Holding, ...]
    tiers: tuple[str, ...]
    rewards: tuple[str, ...]
    refused: dict[str, int]
    notes: tuple[str, ...]

    @property
    def money(self) -> int:
        """What was spent in all months."""
        return sum(month.money for month in self.months)

    @property
    def cost(self) -> int:
        """What rewards cost in all months."""
        return sum(month.cost for month in self.months)


class WhatIf(Struct, frozen=True):
    """One program, or two side by side, over the same customers."""

    customers: int
    events: int
    trials: tuple[Trial, ...]
    compared: Compared | None
    notes: tuple[str, ...] = ()


def read(stages: Sequence[Stage], sums: Sums, *, notes: Sequence[str] = ()) -> WhatIf:
    """The result of a run; `notes` are sentences of whoever ran it."""
    months = _months(stages, sums)
    trials = tuple(
        _trial(stage, flows, months) for stage, flows in zip(stages, sums.flows, strict=True)
    )
    compared = sums.compared if len(stages) == 2 else None
    return WhatIf(sums.customers, sums.events, trials, compared, tuple(notes))


def _months(stages: Sequence[Stage], sums: Sums) -> list[date]:
    """Every month from the first in which anything happened, the same for all programs."""
    seen = [month for flows in sums.flows for month, _, _ in flows]
    if not seen:
        return []
    last = max(first_day(max(seen)), *(stage.until.replace(day=1) for stage in stages))
    return list(liability.months_between(first_day(min(seen)), last))


def _trial(stage: Stage, flows: Flows, months: Sequence[date]) -> Trial:
    source = stage.book.latest.program
    by_flow: dict[str, dict[tuple[date, str], int]] = defaultdict(dict)
    for (month, flow, of), amount in flows.items():
        by_flow[flow][first_day(month), of] = amount
    holdings = _holdings(stage, by_flow, months)
    tiers = tuple(level.id for level in source.tiers.levels) if source.tiers else ()
    rewards = tuple(sorted({of for _, of in by_flow["taken"]}))
    return Trial(
        program=source.id,
        title=source.title,
        currency=source.currency,
        behaviour=stage.behaviour.sentence,
        months=_in_months(by_flow, holdings, months, tiers, rewards),
        holdings=holdings,
        tiers=tiers,
        rewards=rewards,
        refused=_totals(by_flow["refused"]),
        notes=tuple(_notes(holdings)),
    )


def _in_months(
    by_flow: Mapping[str, Mapping[tuple[date, str], int]],
    holdings: Sequence[Holding],
    months: Sequence[date],
    tiers: Sequence[str],
    rewards: Sequence[str],
) -> tuple[Month, ...]:
    members = dict.fromkeys(tiers, 0)
    off: dict[date, int] = defaultdict(int)
    for (month, _), amount in by_flow["off"].items():
        off[month] += amount
    found = []
    for place, month in enumerate(months):
        for level in members:
            members[level] += by_flow["level"].get((month, level), 0)
        spent = lapsed = owed = Fraction(0)
        for holding in holdings:
            step = (holding.worth or Fraction(0)) / 10**holding.decimals
            spent += step * by_flow["spent"].get((month, holding.unit), 0)
            lapsed += step * holding.rolls[place].expired
            owed += step * holding.rolls[place].closing
        taken = {reward: by_flow["taken"].get((month, reward), 0) for reward in rewards}
        found.append(
            Month(
                month=month,
                purchases=by_flow["purchases"].get((month, ""), 0),
                money=by_flow["money"].get((month, ""), 0),
                cost=off[month] + allocation.half_up(spent),
                liability=allocation.half_up(owed),
                breakage=allocation.half_up(lapsed),
                taken={reward: count for reward, count in taken.items() if count},
                members=dict(members),
            )
        )
    return tuple(found)


def _holdings(
    stage: Stage, by_flow: Mapping[str, Mapping[tuple[date, str], int]], months: Sequence[date]
) -> tuple[Holding, ...]:
    found = []
    for number, unit in enumerate(stage.book.latest.program.units):
        if not unit.redeemable:
            continue
        flows: dict[tuple[date, EntryKind], int] = {
            (month, kind): amount
            for kind in COLUMNS
            for (month, of), amount in by_flow.get(kind, {}).items()
            if of == unit.id
        }
        worth = stage.worths[number] * int(10**unit.decimals) or None
        rolls = tuple(liability.rolled(flows, months))
        found.append(Holding(unit.id, unit.decimals, worth, rolls))
    return tuple(found)


def _totals(flow: Mapping[tuple[date, str], int]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for (_, of), amount in flow.items():
        totals[of] = totals.get(of, 0) + amount
    return dict(sorted(totals.items()))


def _notes(holdings: Sequence[Holding]) -> list[str]:
    return [
        f"Nothing says what one of {holding.unit} is worth, so it costs nothing here: state its"
        f" `worth` in the program, or `--worth {holding.unit}=0.10`."
        for holding in holdings
        if holding.worth is None and any(roll.issued for roll in holding.rolls)
    ]
