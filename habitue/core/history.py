"""Corrections: what a history is once goods came back or an event was undone.

Refunds are exact because they are not computed at all: the history is folded again with only the
kept goods in it, under the rules that were in force, and the ledger books the difference. What
has been used meanwhile stays used: where units turn out to be spent already, the program either
forgives the remainder ★ or leaves a debt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import count
from math import floor
from typing import Final

from msgspec import structs

from habitue.core import facts, paying, program
from habitue.core.account import Account, Entry, EntryKind, Lot, Voucher
from habitue.core.calendar import moment_later
from habitue.core.facts import Event, Forgiven, Line, Merged, Purchase, Refund, Refused, Undo

UNDOABLE: Final = (
    Purchase
    | Refund
    | facts.Visit
    | facts.Action
    | facts.Redemption
    | facts.VoucherUse
    | facts.Payment
    | facts.BenefitUse
    | facts.FeePaid
    | facts.FeeFailed
    | facts.FeeRefunded
    | facts.Cancellation
    | facts.Transfer
    | facts.Merge
)
SPENT: Final = facts.Redemption | facts.Payment | facts.VoucherUse
"""What a purchase may be paid with, and a full return of it gives back."""


def check(
    source: program.Program, past: Sequence[Event], event: Event
) -> tuple[Refused | None, int]:
    """Whether a correction is possible, and the money that a refund gives back (minor units)."""
    match event.what:
        case Undo():
            return _undo_problem(source, past, event, event.what), 0
        case Refund(of):
            return _refund_money(past, event.what, of)
        case _:
            return None, 0


def currency(past: Sequence[Event], what: facts.What) -> str:
    """In which currency a refund gives money back: that of its purchase; '' for anything else."""
    of = what.of if isinstance(what, Refund) else 0
    bought = (known.what for known in past if known.id == of)
    return next((known.currency for known in bought if isinstance(known, Purchase)), "")


def amended(past: Sequence[Event]) -> list[Event | Forgiven]:
    """The history in order of time with every correction taken into it."""
    undone = undone_ids(past)
    refunds: dict[int, list[Refund]] = {}
    for event in past:
        if isinstance(event.what, Refund) and event.id not in undone:
            refunds.setdefault(event.what.of, []).append(event.what)
    undone |= _given_back(past, refunds)
    estates = _estates(past)
    moments: list[tuple[datetime, int, int, Event | Forgiven]] = []
    for event in past:
        if event.id in undone:
            continue
        if event.forgiven is not None:
            moments.append((event.forgiven.at, event.id, 1, event.forgiven))
        if isinstance(event.what, Refund | Undo):
            continue
        if isinstance(event.what, Merged):
            if event.what.of:
                continue
            event = structs.replace(event, what=estates[event.id])
        if isinstance(event.what, Purchase) and event.id in refunds:
            left = kept(event.what, refunds[event.id])
            if left is None:
                continue
            event = structs.replace(event, what=left)
        moments.append((event.at, event.id, 0, event))
    moments.sort(key=lambda moment: moment[:3])
    return [moment for _, _, _, moment in moments]


def _given_back(past: Sequence[Event], refunds: dict[int, list[Refund]]) -> set[int]:
    """What paid for purchases that came back whole: these events, and uses of their vouchers."""
    named = {
        paid
        for event in past
        if isinstance(event.what, Purchase) and event.what.spent
        if event.id in refunds and kept(event.what, refunds[event.id]) is None
        for paid in event.what.spent
    }
    if not named:
        return named
    back = {event.id for event in past if event.id in named and isinstance(event.what, SPENT)}
    return back | {event.id for event in past if _made_by(event.what) in back}


def _estates(past: Sequence[Event]) -> dict[int, Merged]:
    """What came over by each merge, as it was told last: events are in order of arrival."""
    told = [(event.id, event.what) for event in past if isinstance(event.what, Merged)]
    return {merged.of or number: merged for number, merged in told}


def _made_by(what: facts.What) -> int | None:
    """The event that issued the voucher which a use hands in: vouchers number after their event."""
    return what.voucher & ~255 if isinstance(what, facts.VoucherUse) else None


def undone_ids(past: Iterable[Event]) -> set[int]:
    """The events that were undone."""
    return {event.what.of for event in past if isinstance(event.what, Undo)}


def kept(purchase: Purchase, refunds: Sequence[Refund]) -> Purchase | None:
    """What is left of a purchase after returns, in whatever order they came; None: nothing."""
    if any(not refund.lines and not refund.amount for refund in refunds):
        return None
    back = [0] * len(purchase.lines)
    money_back = 0
    for refund in refunds:
        money_back += refund.amount
        for returned in refund.lines:
            back[returned.line] += returned.quantity
    lines = [
        _line_left(line, quantity)
        for line, quantity in zip(purchase.lines, back, strict=True)
        if quantity < line.quantity
    ]
    total = sum(line.amount for line in lines)
    if not lines or (money_back and money_back >= total):
        return None
    lines = _less(lines, money_back, total)
    left = sum(line.amount for line in lines)
    covered = purchase.covered * left // (purchase.total or 1)
    return structs.replace(purchase, lines=tuple(lines), covered=covered)


def settle(
    source: program.Program, account: Account, now: datetime, money_back: int = 0
) -> Forgiven | None:
    """After a correction: units already spent are forgiven, or stay owed, as the program says;
    or their worth is withheld from the `money_back` of a refund (minor units).
    """
    owed = {unit: debt for unit, debt in account.memory.debts.items() if debt}
    if not owed or source.refund_of_spent == "negative":
        return None
    withheld = 0
    if source.refund_of_spent == "lower the refund":
        worth = sum(paying.worth(source, unit) * missing for unit, missing in owed.items())
        withheld = min(floor(worth), money_back)
    forgiven = Forgiven(now, owed, withheld)
    forgive(account, forgiven)
    return forgiven


def forgive(account: Account, forgiven: Forgiven) -> None:
    """Take debts off an account."""
    debts = account.memory.debts
    for unit, amount in forgiven.amounts.items():
        amount = min(amount, debts.get(unit, 0))
        if amount:
            debts[unit] -= amount
            account.balances[unit] += amount
            if not debts[unit]:
                del debts[unit]


def difference(
    stored: Account,
    live: Account,
    derived: Account,
    event_id: int,
    day: date,
    *,
    moved: bool = False,
) -> list[Entry]:
    """The entries that lead from the live account to the derived one; marks what to store.

    `stored` is the account before anything fell due: what differs from it is written. `moved`: it
    differs because units went from one customer to another.
    """
    before = {lot.id: lot for lot in live.lots or ()}
    after = {lot.id: lot for lot in derived.lots or ()}
    balances = list(live.balances)
    entries: list[Entry] = []
    for lot_id in sorted(before.keys() | after.keys()):
        lot = after.get(lot_id) or _emptied(before[lot_id])
        was = before[lot_id].remaining if lot_id in before else 0
        if lot.remaining != was:
            balances[lot.unit] += lot.remaining - was
            made_now = event_id < lot_id <= event_id | 255
            kind: EntryKind = "transfer" if moved else "accrual" if made_now else "reversal"
            change = lot.remaining - was
            entries.append(Entry(lot.unit, lot_id, change, kind, day, balances[lot.unit]))
    for unit, balance in enumerate(derived.balances):
        if balance != balances[unit]:
            change = balance - balances[unit]
            kind = "transfer" if moved else "reversal"
            entries.append(Entry(unit, 0, change, kind, day, balance))
    _mark(stored, before, after, derived, event_id)
    return entries


def _mark(
    stored: Account,
    before: dict[int, Lot],
    after: dict[int, Lot],
    derived: Account,
    event_id: int,
) -> None:
    """Leave in `derived` exactly what must be written."""
    old = {lot.id: lot for lot in stored.lots or ()}
    derived.touched_lots = dict(stored.touched_lots)
    for lot_id in before.keys() | after.keys():
        lot = after.get(lot_id) or _emptied(before[lot_id])
        was = old.get(lot_id)
        changed = lot.remaining > 0 if was is None else lot != was
        if changed or lot_id in derived.touched_lots:
            derived.touched_lots[lot_id] = lot
    _mark_vouchers(stored, derived, event_id)


def _mark_vouchers(stored: Account, derived: Account, event_id: int) -> None:
    """Vouchers keep their numbers (and so their codes) as far as they still exist.

    Those of one reward and day of issue are as good as each other; what is new has its own number,
    or one after the correcting event where that is taken, what is no more is cancelled.
    """
    assert derived.vouchers is not None
    known = {voucher.id: voucher for voucher in stored.vouchers or ()}
    left = dict(known)
    unmatched = list(derived.vouchers)
    for alike in (_same_number, _same_state, _same_issue):
        for voucher in list(unmatched):
            was = next((each for each in left.values() if alike(each, voucher)), None)
            if was is not None:
                unmatched.remove(voucher)
                voucher.id = left.pop(was.id).id
    taken = known.keys() | {voucher.id for voucher in derived.vouchers if voucher not in unmatched}
    for voucher in unmatched:
        if voucher.id in taken:
            voucher.id = next(number for number in count(event_id) if number not in taken)
        taken.add(voucher.id)
    derived.touched_vouchers = dict(stored.touched_vouchers)
    for voucher in left.values():
        derived.vouchers.append(structs.replace(voucher, state="cancelled"))
    for voucher in derived.vouchers:
        if known.get(voucher.id) != voucher or voucher.id in derived.touched_vouchers:
            derived.touched_vouchers[voucher.id] = voucher


def _same_issue(one: Voucher, two: Voucher) -> bool:
    return (one.reward, one.issued_on) == (two.reward, two.issued_on)


def _same_state(one: Voucher, two: Voucher) -> bool:
    return _same_issue(one, two) and one.state == two.state


def _same_number(one: Voucher, two: Voucher) -> bool:
    return _same_state(one, two) and one.id == two.id


def _emptied(lot: Lot) -> Lot:
    return structs.replace(lot, remaining=0)


def _line_left(line: Line, returned: int) -> Line:
    if not returned:
        return line
    left = line.quantity - returned
    return structs.replace(
        line,
        quantity=left,
        amount=_share(line.amount, returned, line.quantity),
        discount=_share(line.discount, returned, line.quantity),
        tax=_share(line.tax, returned, line.quantity),
    )


def _share(amount: int, returned: int, quantity: int) -> int:
    return amount - amount * returned // quantity


def _less(lines: list[Line], money_back: int, total: int) -> list[Line]:
    """Spread money given back over the lines in proportion, to the cent."""
    if not money_back:
        return lines
    result, seen, given = [], 0, 0
    for line in lines:
        seen += line.amount
        share = money_back * seen // total - given
        given += share
        result.append(structs.replace(line, amount=line.amount - share))
    return result


def _undo_problem(
    source: program.Program, past: Sequence[Event], event: Event, undo: Undo
) -> Refused | None:
    of = undo.of
    target = next((known for known in past if known.id == of), None)
    if target is None or not _undoable(target.what, undo):
        return Refused("unknown_event", "There is no such event to undo.", {"event": of})
    if of in undone_ids(past):
        return Refused("already_undone", "This was undone already.", {"event": of})
    if isinstance(target.what, facts.Transfer) and _is_merged(past):
        return Refused("merged", "This account went over into another one; undo that first.")
    bound = not undo.consequence and not isinstance(target.what, facts.Merge)
    if bound and event.at > moment_later(target.at, source.undo_within):
        return Refused("too_late", "It is too late to undo this; correct it with a reason.")
    return _in_use(past, of)


def _undoable(what: facts.What, undo: Undo) -> bool:
    """A correction is corrected by another, but what a whole list brought goes with the list."""
    return isinstance(what, UNDOABLE) or (undo.consequence and isinstance(what, facts.Adjustment))


def _is_merged(past: Sequence[Event]) -> bool:
    undone = undone_ids(past)
    return any(isinstance(known.what, facts.Merge) and known.id not in undone for known in past)


def _in_use(past: Sequence[Event], of: int) -> Refused | None:
    """What something that still stands was bought with is not undone by itself."""
    standing = [event for event in amended(past) if isinstance(event, Event)]
    if any(_made_by(event.what) == of for event in standing):
        return Refused("voucher_used", "Its voucher was used; undo that first.", {"event": of})
    if any(isinstance(one.what, Purchase) and of in one.what.spent for one in standing):
        return Refused("in_use", "A purchase was paid with it; undo that first.", {"event": of})
    return None


def _refund_money(past: Sequence[Event], refund: Refund, of: int) -> tuple[Refused | None, int]:
    undone = undone_ids(past)
    bought = next((known.what for known in past if known.id == of and known.id not in undone), None)
    if not isinstance(bought, Purchase):
        return Refused("unknown_purchase", "There is no such purchase.", {"event": of}), 0
    earlier = [
        known.what
        for known in past
        if isinstance(known.what, Refund) and known.what.of == of and known.id not in undone
    ]
    if _exceeds(bought, [*earlier, refund]):
        return Refused("too_much", "More is returned than was bought.", {"event": of}), 0
    before, after = kept(bought, earlier), kept(bought, [*earlier, refund])
    return None, (_paid(before) if before else 0) - (_paid(after) if after else 0)


def _paid(bought: Purchase) -> int:
    """The money that a purchase cost (minor units): units that covered some come back as units."""
    return bought.total - bought.covered


def _exceeds(bought: Purchase, refunds: Sequence[Refund]) -> bool:
    """Whether returns, taken together, give back more pieces or money than were bought."""
    back = [0] * len(bought.lines)
    money_back, whole = 0, 0
    for refund in refunds:
        money_back += refund.amount
        whole += not refund.lines and not refund.amount
        for returned in refund.lines:
            if returned.line >= len(back):
                return True
            back[returned.line] += returned.quantity
    if whole and len(refunds) > 1 and kept(bought, refunds[:-1]) is None:
        return True
    pieces = zip(bought.lines, back, strict=True)
    if any(quantity > line.quantity for line, quantity in pieces):
        return True
    left = sum(
        _line_left(line, quantity).amount
        for line, quantity in zip(bought.lines, back, strict=True)
        if quantity < line.quantity
    )
    return money_back > left
