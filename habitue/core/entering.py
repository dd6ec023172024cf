"""Who takes part in a draw: what a member does brings entries, as many as the draw allows.

Entries are sums that all members share (`tallies`): `draw ID START` holds a member's entries in
the draw of the period that begins on START, and `entrants ID START` whether the member holds one of
the seats, where prizes are not extended and so only bear so many entrants at the promised odds.
An event is never refused because a draw is full: it comes without an entry (`full`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from habitue.core import facts, fees, tallies
from habitue.core.account import Account
from habitue.core.conditions import Moment
from habitue.core.facts import Event, Refused
from habitue.core.program import Draw, Gift
from habitue.core.rulebook import Rulebook


def met(rulebook: Rulebook, account: Account, event: Event, local: datetime) -> list[Draw]:
    """The draws whose condition an event meets, asked before it changes the account."""
    watching = rulebook.draws.get(facts.trigger(event.what), ())
    moment = Moment(account, event.what, local) if watching else None
    return [
        draw for draw, where in watching if where is None or (moment is not None and where(moment))
    ]


def enter(
    rulebook: Rulebook, account: Account, event: Event, draws: Iterable[Draw], day: date
) -> None:
    """A member enters draws by an event; one whose fee is not paid does not."""
    if account.enrolled_on is None or not fees.holds(rulebook.program, account, day):
        return
    for draw in draws:
        add(account, draw, draw.entries, day, event)


def add(account: Account, draw: Draw, entries: int, day: date, event: Event | None) -> None:
    """So many entries in the draw of the day, within its limit and its seats.

    What a midnight brings has no `event` that knows of seats: it only adds to a seat that is held.
    """
    if not takes(account, draw, day, event):
        return
    name = entries_of(draw, day)
    held = account.memory.tallies.get(name, tallies.NOTHING)[0]
    if draw.limit is not None:
        entries = min(entries, draw.limit - held)
    if not held and draw.seats is not None:
        tallies.add(account, seat_of(draw, day), 1)
    tallies.add(account, name, entries)


def takes(account: Account, draw: Draw, day: date, event: Event | None) -> bool:
    """Whether a member may get another entry in the draw of the day."""
    held = account.memory.tallies.get(entries_of(draw, day), tallies.NOTHING)[0]
    if draw.limit is not None and held >= draw.limit:
        return False
    if held or draw.seats is None:
        return True
    return event is not None and tallies.room(account, event, seat_of(draw, day)) != 0


def refusal(
    rulebook: Rulebook, account: Account, gift: Gift, event: Event, day: date
) -> Refused | None:
    """Why nobody should pay for an entry now: it would bring none."""
    if gift.kind != "draw entry":
        return None
    draw = next((each for each in rulebook.program.draws if each.id == gift.to), None)
    if draw is None or takes(account, draw, day, event):
        return None
    return Refused("draw_full", "This draw takes no more entries.", {"draw": draw.id})


def full(rulebook: Rulebook, account: Account, event: Event) -> list[Draw]:
    """The draws of the day that had no seat left for this event's member."""
    day = event.at.astimezone(rulebook.zone).date()
    return [
        draw
        for draw in rulebook.program.draws
        if entries_of(draw, day) not in account.memory.tallies
        if tallies.room(account, event, seat_of(draw, day)) == 0
    ]


def entries_of(draw: Draw, day: date) -> str:
    """The name of the sum of entries in the draw of a day."""
    return tallies.named(f"draw {draw.id}", draw.every, day)


def seat_of(draw: Draw, day: date) -> str:
    """The name of the sum of entrants in the draw of a day."""
    return tallies.named(tallies.seats(draw).stem, draw.every, day)
