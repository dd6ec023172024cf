"""Events with two sides: what one customer does and another one's account must follow.

A gift, a merge, undoing either, and any correction at a customer who went over into another one
are decided on both sides in one breath, or refused on both. The other side gets an event of its
own under the same number, so that each history can be folded again by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from habitue.core import facts, merging, transfers
from habitue.core.account import Account, Entry
from habitue.core.facts import Estate, Event, Merge, Merged, Receipt, Refused, Transfer, Undo
from habitue.core.rulebook import Rulebook

MERGED: Final = Refused("merged", "This account went over into another one; use that one.")
TWO: Final = (Transfer, Merge, Undo)
"""What may have another side; at a customer who was merged, everything may."""

MADE_BY_THE_ENGINE: Final = Refused(
    "other_side", "This follows from what the other member does, and is not for a door to say."
)
_SPENDING: Final = (
    facts.Redemption,
    facts.VoucherUse,
    facts.Payment,
    facts.Adjustment,
    Transfer,
    Merge,
)


def other(event: Event, past: Sequence[Event]) -> int:
    """The customer on whose side something follows from the event itself, 0 if none.

    Corrections at a customer who went over are followed by `Memory.merged_into`, and so on from
    there.
    """
    match event.what:
        case Transfer(to=customer) | Merge(into=customer):
            return customer
        case Undo(of):
            undone = next((known for known in past if known.id == of), None)
            return other(undone, ()) if undone is not None else 0
        case _:
            return 0


def happen(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    local: datetime,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    """One customer's side of what goes from one to another."""
    day = local.date()
    match event.what:
        case Transfer() as what:
            return transfers.give(rulebook, account, what, local, entries, forced)
        case Receipt() as what:
            transfers.receive(account, event.id, what, day, entries)
        case Merge() as what:
            merging.leave(rulebook, account, what, day, entries)
        case Merged() as what:
            merging.join(rulebook, account, what, day, entries)
        case _:
            raise TypeError(f"no meaning for {event.what!r}")
    return None


def refusal(account: Account, event: Event, *, follows: bool) -> Refused | None:
    """Why an event may not come to this account at all.

    An account that went over into another one still earns (what is new goes to the other one,
    before it is an event), but what it has to spend is there. `follows`: the event is what the
    engine tells this side.
    """
    what = event.what
    if isinstance(what, (Receipt, Merged)):
        if not follows:
            return MADE_BY_THE_ENGINE
        arrives = isinstance(what, Receipt) or not what.of
        return MERGED if arrives and account.memory.merged_into else None
    return MERGED if account.memory.merged_into and isinstance(what, _SPENDING) else None


def moves(what: facts.What) -> bool:
    """Whether units go from one customer to another by an event, and are not merely corrected."""
    if isinstance(what, Merged):
        return not what.of
    return isinstance(what, (Transfer, Receipt, Merge))


def answer(event: Event, past: Sequence[Event]) -> Event | None:
    """What the other side of a gift, or of undoing something, is told; None: nothing."""
    customer = other(event, past)
    match event.what:
        case Transfer(parcels=parcels, pooled=pooled):
            what: facts.What = Receipt(event.customer, parcels, pooled)
        case Undo() if customer:
            what = event.what
        case _:
            return None
    return Event(event.id, customer, event.at, what)


def merge_in(past: Sequence[Event]) -> Event | None:
    """The event by which a customer went over into another one, unless it was undone."""
    undone = {event.what.of for event in past if isinstance(event.what, Undo)}
    merges = (event for event in past if isinstance(event.what, Merge) and event.id not in undone)
    return next(merges, None)


def known_estate(past: Sequence[Event], merge: int) -> Estate | None:
    """What the other side knows of what came over by an event, as last corrected."""
    told = {
        event.id: event.what.estate
        for event in past
        if isinstance(event.what, Merged) and merge in (event.id, event.what.of)
    }
    return told[max(told)] if told else None


def undoes_receipt(past: Sequence[Event], event: Event) -> bool:
    """Whether an event takes back what somebody else gave."""
    if not isinstance(event.what, Undo):
        return False
    of = event.what.of
    return any(known.id == of and isinstance(known.what, Receipt) for known in past)
