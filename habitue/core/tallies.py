"""Sums that all members share: stock, limits for everybody, partners, causes, draws.

No event may see another member, or its history could not be folded again by itself. So a member's
memory holds what this member's events added to each sum, under a name; the engine reports the
difference that an event or a correction makes, and whoever keeps all members adds these up. What
the others had left of something limited when an event was decided is stamped on the event
(`Event.room`): a fact of it from then on, as the hour is. What the member's own events hold of it
is not in that fact: it follows from the history, so a returned purchase makes room again for what
the same member did later, as if it had never been bought.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from datetime import date
from typing import Final

from msgspec import Struct, structs

from habitue.core import facts, program
from habitue.core.account import Account
from habitue.core.calendar import start_of

Tally = tuple[int, int]
"""Units (fixed point, or pieces) and money (minor units)."""

Totals = MutableMapping[str, Tally]
"""What all members' events add up to, by name."""

NOTHING: Final[Tally] = (0, 0)
_ANY: Final = "*"
_PREPAID: Final = "prepaid "


class Shared(Struct, frozen=True):
    """Something that there is only so much of. `capacity` None: as much money as was paid in.

    `per` makes one sum of each calendar period.
    """

    stem: str
    capacity: int | None
    per: program.Calendar | None = None

    def name(self, day: date) -> str:
        """Its sum's name on a day."""
        return named(self.stem, self.per, day)


class Capacities:
    """Everything in a program that is limited for all members together, by what may use it."""

    def __init__(self, source: program.Program) -> None:
        self._by_use: dict[str, list[Shared]] = {}
        for rule in source.rules:
            for shared in of_limits(rule.id, rule.limits):
                self._use(rule.when, shared)
        for reward in source.rewards:
            self._reward(reward)
        for partner in source.partners:
            if partner.account == "prepaid":
                self._use(f"partner {partner.id}", prepaid(partner.id))
        given = {gift.to for reward in source.rewards for gift in reward.gifts}
        for draw in source.draws:
            if draw.seats is not None:
                self._use(_ANY if draw.id in given else draw.when, seats(draw))

    def __bool__(self) -> bool:
        return bool(self._by_use)

    def asked(self, what: facts.What, day: date) -> Iterator[Shared]:
        """What an event may use of it."""
        for use in (_ANY, "enrolment", facts.trigger(what)):
            yield from self._by_use.get(use, ())
        if isinstance(what, facts.Redemption):
            yield from self._by_use.get(f"reward {what.reward}", ())
        if partner := getattr(what, "partner", ""):
            yield from self._by_use.get(f"partner {partner}", ())

    def add(self, use: str, shared: Shared) -> None:
        """Let a use (a trigger, `reward ID`, `partner ID`) ask for something shared."""
        self._use(use, shared)

    def _reward(self, reward: program.Reward) -> None:
        use = f"reward {reward.id}"
        if reward.automatic is not None:
            use = _ANY if reward.automatic == "threshold" else reward.automatic
        limits = (reward.limit,) if reward.limit else ()
        for shared in of_limits(f"reward {reward.id}", limits):
            self._use(use, shared)
        if reward.stock is not None:
            self._use(use, stock(reward))

    def _use(self, use: str, shared: Shared) -> None:
        self._by_use.setdefault(use, []).append(shared)


def of_limits(of: str, limits: tuple[program.Limit, ...]) -> Iterator[Shared]:
    """The limits of a rule or reward that hold for all members together."""
    for number, limit in enumerate(limits):
        if limit.total:
            assert not isinstance(limit.per, program.Period), "a total limit has calendar periods"
            if limit.times is not None:
                yield Shared(limit_stem(of, number, "times"), limit.times, limit.per)
            if limit.amount is not None:
                yield Shared(limit_stem(of, number, "units"), limit.amount, limit.per)


def limit_stem(of: str, number: int, measure: str) -> str:
    """`limit base times`: what a total limit is called, less its period."""
    return f"limit {of}{f':{number}' if number else ''} {measure}"


def stock(reward: program.Reward) -> Shared:
    """How many pieces of a reward there are."""
    return Shared(f"stock {reward.id}", reward.stock)


def prepaid(partner: str) -> Shared:
    """The account that a partner filled ahead."""
    return Shared(f"{_PREPAID}{partner}", None)


def seats(draw: program.Draw) -> Shared:
    """How many members may take part in a draw."""
    return Shared(f"entrants {draw.id}", draw.seats, draw.every)


def named(stem: str, per: program.Calendar | None, day: date) -> str:
    """`limit base times 2026-03-01`: a sum's name in the calendar period that holds a day."""
    return f"{stem} {start_of(day, per)}" if per else stem


def add(account: Account, name: str, units: int, money: int = 0) -> None:
    """What a member's event adds to a sum."""
    held = account.memory.tallies
    was = held.get(name, NOTHING)
    now = (was[0] + units, was[1] + money)
    if now == NOTHING:
        held.pop(name, None)
    else:
        held[name] = now


def room(account: Account, event: facts.Event, name: str) -> int | None:
    """How much of something limited the event may use now; None: it has no limit.

    That is what the others had left when the event was decided, less what this member holds.
    """
    left = None if event.room is None else event.room.get(name)
    if left is None:
        return None
    return max(left - account.memory.tallies.get(name, NOTHING)[_place(name)], 0)


def stamped(
    capacities: Capacities,
    event: facts.Event,
    day: date,
    totals: Mapping[str, Tally],
    own: Mapping[str, Tally],
) -> facts.Event:
    """The event with what the others leave of everything limited that it may use.

    `own` are the member's own sums, which `totals` contain.
    """
    left = {}
    for shared in capacities.asked(event.what, day):
        name = shared.name(day)
        place = _place(name)
        capacity = shared.capacity
        if capacity is None:
            capacity = totals.get(funded(shared), NOTHING)[place]
        used = totals.get(name, NOTHING)[place] - own.get(name, NOTHING)[place]
        left[name] = max(capacity - used, 0)
    return structs.replace(event, room=left) if left else event


def _place(name: str) -> int:
    """Which half of a sum is limited: the money of a prepaid account, else the units."""
    return int(name.startswith(_PREPAID))


def funded(shared: Shared) -> str:
    """The sum that says how much was paid in: `funded bakery` for `prepaid bakery`."""
    return f"funded {shared.stem.partition(' ')[2]}"


def changes(before: Mapping[str, Tally], after: Mapping[str, Tally]) -> dict[str, Tally]:
    """What a member's sums changed by."""
    found = {}
    for name in before.keys() | after.keys():
        was, now = before.get(name, NOTHING), after.get(name, NOTHING)
        if was != now:
            found[name] = (now[0] - was[0], now[1] - was[1])
    return found


def absorb(totals: Totals, changed: Mapping[str, Tally]) -> None:
    """Add changes to the sums of all."""
    for name, (units, money) in changed.items():
        was = totals.get(name, NOTHING)
        totals[name] = (was[0] + units, was[1] + money)
