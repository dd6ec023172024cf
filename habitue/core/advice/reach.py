"""What a typical customer reaches, and when: rewards, tiers; and rewards that nobody should take.

What can never be reached is refused when a file is read. Here is what could be, but will not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from msgspec import Struct, structs

from habitue.core import program
from habitue.core.advice import customer, saying
from habitue.core.advice.customer import Seen, Typical
from habitue.core.advice.saying import Advice, Cash, Name, Said
from habitue.core.conditions import in_dates

FAR: Final = 5
"""A tier that somebody who spends this many times as much does not reach is out of reach."""


class Reached(Struct, frozen=True):
    """When a reward or tier is first reached: at which visit, after how many days."""

    id: str
    visits: int
    days: int


class Pace(Struct, frozen=True):
    """How a program goes for a typical customer who saves up; what is missing was not reached.

    `earned`: the units that such a customer earns at all. `first`: the reward reached first.
    """

    typical: Typical
    rewards: dict[str, Reached]
    tiers: dict[str, Reached]
    earned: frozenset[str]

    @property
    def first(self) -> Reached | None:
        return min(self.rewards.values(), default=None, key=lambda one: (one.days, one.visits))


def pace(of: program.Program, typical: Typical, first: date) -> Pace:
    """Play the typical customer's visits until everything is reached, or for some years."""
    rewards: dict[str, Reached] = {}
    tiers: dict[str, Reached] = {}
    earned: set[str] = set()
    priced = [each for each in of.rewards if each.cost is not None]
    levels = [level.id for level in of.tiers.levels] if of.tiers else []
    for seen in customer.life(of, typical, first):
        days = (seen.on - first).days
        earned |= {
            of.units[entry.unit].id
            for outcome in seen.outcomes
            for entry in outcome.entries
            if entry.amount > 0
        }
        for reward in priced:
            if reward.id not in rewards and _within(of, reward, seen):
                rewards[reward.id] = Reached(reward.id, seen.visit, days)
        for level in levels[: _rank(levels, seen.account.level) + 1]:
            tiers.setdefault(level, Reached(level, seen.visit, days))
        if len(rewards) == len(priced) and len(tiers) == len(levels):
            break
    return Pace(typical, rewards, tiers, frozenset(earned))


def _rank(levels: list[str], level: str) -> int:
    return levels.index(level) if level in levels else -1


def _within(of: program.Program, reward: program.Reward, seen: Seen) -> bool:
    """Whether a reward is the customer's, or could be taken now."""
    if any(voucher.reward == reward.id for voucher in seen.account.vouchers or ()):
        return True
    if reward.automatic is not None or reward.cost is None:
        return False
    if not in_dates(reward.dates, seen.on):
        return False
    if reward.tiers and seen.account.level not in reward.tiers:
        return False
    unit, cost = reward.cost
    return seen.account.usable(of.unit_index(unit)) >= cost


# --- out of reach ------------------------------------------------------------------------------


def out_of_reach(of: program.Program, found: Pace, first: date) -> Iterator[Advice]:
    """Steps too big for the basket, rewards that lapse before they are earned, far tiers."""
    yield from _steps(of, found)
    yield from _rewards(of, found, first)
    yield from _tiers(of, found, first)


def _steps(of: program.Program, found: Pace) -> Iterator[Advice]:
    """A purchase below the first whole step earns nothing, however often it comes."""
    for index, rule in enumerate(of.rules):
        for award in rule.awards:
            if not isinstance(award, program.PerMoney) or rule.where or rule.lines:
                continue
            unit = of.units[of.unit_index(award.unit)]
            if award.step == "whole" and not unit.carry and award.per > found.typical.basket:
                basket = Cash(found.typical.basket, of.currency)
                values: dict[str, saying.Value] = {"basket": basket, "unit": Name("unit", unit.id)}
                values["per"] = Cash(award.per, of.currency)
                yield Advice(f"earn[{index}].award.per", Said("step", values))


def _rewards(of: program.Program, found: Pace, first: date) -> Iterator[Advice]:
    late = [
        (index, reward)
        for index, reward in enumerate(of.rewards)
        if reward.cost and reward.id not in found.rewards and reward.cost[0] in found.earned
    ]
    if not late:
        return
    lasting = pace(_without_expiry(of), found.typical, first)
    for index, reward in late:
        assert reward.cost is not None
        path = f"rewards[{index}].cost"
        if not in_dates(reward.dates, first) and not _opens(reward, first):
            continue
        reached = lasting.rewards.get(reward.id)
        if reached is not None:
            values: dict[str, saying.Value] = {"time": _months(reached.days)}
            values |= {"reward": Name("reward", reward.id), "unit": Name("unit", reward.cost[0])}
            yield Advice(path, Said("lapses first", values))
        elif not reward.tiers or any(tier in found.tiers for tier in reward.tiers):
            years = program.Period(customer.YEARS, "year")
            late_one = Name("reward", reward.id)
            yield Advice(path, Said("too long", {"reward": late_one, "time": years}))


def _opens(reward: program.Reward, first: date) -> bool:
    """Whether a reward's dates still lie ahead."""
    return reward.dates is not None and (reward.dates.since or date.min) > first


def _without_expiry(of: program.Program) -> program.Program:
    units = tuple(structs.replace(unit, expiry=None) for unit in of.units)
    rules = tuple(structs.replace(rule, expiry=None) for rule in of.rules)
    tiers = of.tiers
    if tiers is not None:
        levels = tuple(structs.replace(level, expiry={}) for level in tiers.levels)
        tiers = structs.replace(tiers, levels=levels)
    return structs.replace(of, units=units, rules=rules, tiers=tiers)


def _tiers(of: program.Program, found: Pace, first: date) -> Iterator[Advice]:
    """Tiers that even a very good customer does not reach; only judged where purchases count."""
    if of.tiers is None:
        return
    far = [
        (index, level)
        for index, level in enumerate(of.tiers.levels)
        if level.id not in found.tiers and _by_buying(level, found)
    ]
    if not far:
        return
    reached = pace(of, found.typical.times(FAR), first).tiers
    for index, level in far:
        if level.id not in reached:
            said = Said("far tier", {"tier": Name("tier", level.id), "times": FAR})
            yield Advice(f"tiers.levels[{index}].from", said)


def _by_buying(level: program.Level, found: Pace) -> bool:
    """Whether some way to a level needs only what purchases and visits earn."""
    return any(all(unit in found.earned for unit, _ in way) for way in level.needs)


def _months(days: int) -> program.Period:
    return program.Period(max(round(days / customer.DAYS_A_MONTH), 1), "month")


# --- rewards that nobody should take -----------------------------------------------------------


def dominated(of: program.Program) -> Iterator[Advice]:
    """A reward that costs as much as another or more, and gives no more of the same."""
    chosen = [(index, each) for index, each in enumerate(of.rewards) if _chosen(each)]
    for index, reward in chosen:
        better = next((other for _, other in chosen if _beats(other, reward)), None)
        if better is not None:
            assert better.cost is not None
            assert reward.cost is not None
            times, unit = _times(better, reward), better.cost[0]
            values: dict[str, saying.Value] = {
                "reward": Name("reward", reward.id),
                "better": Name("reward", better.id),
                "times": times,
                "cost": saying.amount(of, unit, better.cost[1] * times),
                "unit": Name("unit", unit),
            }
            key = "beaten by several" if times > 1 else "beaten"
            yield Advice(f"rewards[{index}]", Said(key, values))


def _chosen(reward: program.Reward) -> bool:
    return reward.cost is not None and reward.automatic is None and len(reward.gifts) == 1


def _beats(other: program.Reward, reward: program.Reward) -> bool:
    if other is reward or not _open_to_all(other, reward):
        return False
    assert other.cost is not None
    assert reward.cost is not None
    if other.cost[0] != reward.cost[0] or not _alike(other.gifts[0], reward.gifts[0]):
        return False
    times = _times(other, reward)
    if not times:
        return False
    cost, gift = other.cost[1] * times, other.gifts[0].value * times
    better = cost < reward.cost[1] or gift > reward.gifts[0].value
    return better and cost <= reward.cost[1] and gift >= reward.gifts[0].value


def _times(other: program.Reward, reward: program.Reward) -> int:
    """How often the other reward is had for the price; money and units add up, goods do not."""
    assert other.cost is not None
    assert reward.cost is not None
    afforded = reward.cost[1] // other.cost[1]
    adds = other.gifts[0].kind in ("money off", "units") and other.limit is None
    needed = -(-reward.gifts[0].value // (other.gifts[0].value or 1))
    return min(afforded, max(needed, 1)) if adds else min(afforded, 1)


def _alike(one: program.Gift, other: program.Gift) -> bool:
    return (one.kind, one.unit, one.to) == (other.kind, other.unit, other.to) and (
        one.kind in ("money off", "percent off", "units") or one.name == other.name
    )


def _open_to_all(other: program.Reward, reward: program.Reward) -> bool:
    """Whether whoever may take the reward may take the other one too."""
    tiers: Sequence[str] = other.tiers
    wider = not tiers or (bool(reward.tiers) and set(reward.tiers) <= set(tiers))
    lasts = other.valid_for is None or other.valid_for == reward.valid_for
    return wider and lasts and other.dates in (None, reward.dates) and other.where is None
