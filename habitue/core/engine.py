"""Decides what follows from what happened: events in, outcomes out, accounts moved along.

The same call serves one scan at the till, a nightly import and a what-if over five years:

1. Whatever fell due before the event takes effect (`due`).
2. The event earns, spends, issues, or is refused; a refusal leaves the account as it was.
3. A correction (refund, undo, late event) folds the member's history again with the kept goods
   and books the difference (`history`).
4. Where units go to another customer, that one's side follows in the same breath (`sides`).

`run` moves the accounts in place; everything it does follows from its arguments alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from datetime import date
from itertools import islice
from typing import Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from habitue.core import (
    applying,
    bounds,
    due,
    facts,
    history,
    merging,
    partners,
    redeeming,
    sides,
    spending,
    tallies,
    usual,
)
from habitue.core.account import Account, Entry, Voucher
from habitue.core.facts import Event, Refused
from habitue.core.rulebook import Book, Rulebook
from habitue.core.tallies import Tally, Totals
from habitue.core.usual import Usual

Need = Literal[0, 1, 2]
"""How much of an account an event must see: 0 the account, 1 its lots, 2 its history."""


_CORRECTIONS: Final = (facts.Refund, facts.Undo)
_WHOLE_HISTORY: Final = frozenset((*_CORRECTIONS, facts.Merge, facts.Merged))
_SEES_LOTS: Final = frozenset(
    (
        facts.Redemption,
        facts.VoucherUse,
        facts.Payment,
        facts.Adjustment,
        facts.Transfer,
        facts.Receipt,
        facts.Approval,
    )
)


class Outcome(Struct, gc=False):
    """What followed from one event, which happened on local day `on`.

    `money`: what a refund or a cancellation gave back, in minor units; `currency`: of a refund,
    that of its purchase. `tallies`: what it changed of the sums that all members share. `other`:
    what followed on the other side, where units went from one customer to another. `issued`: the
    vouchers that came of it, as they were then; also those that a correction brought forth.
    """

    event: Event
    on: date
    entries: list[Entry]
    refused: Refused | None = None
    level_before: str = ""
    level: str = ""
    money: int = 0
    currency: str = ""
    tallies: dict[str, Tally] = {}
    other: Outcome | None = None
    issued: tuple[Voucher, ...] = ()


def run(
    book: Book,
    accounts: MutableMapping[int, Account],
    events: Sequence[Event],
    histories: Mapping[int, list[Event]] | None = None,
    totals: Totals | None = None,
) -> list[Outcome]:
    """Decide events in the order given; accounts that are missing start blank.

    `histories` holds the accepted events of every customer for whom `need` says 2; accepted
    events are appended to it. `totals` are the sums that all members share, moved along too.
    """
    histories = histories or {}
    totals = {} if totals is None else totals
    usually = usual.of(book)
    outcomes = []
    for event in events:
        account = accounts.get(event.customer)
        if account is None:
            account = accounts[event.customer] = Account.blank(event.customer, book.units)
        elif (outcome := _usual(usually, book.zone, account, event)) is not None:
            outcomes.append(outcome)
            if event.customer in histories:
                histories[event.customer].append(event)
            continue
        if isinstance(event.what, sides.TWO) or account.memory.merged_into:
            outcomes.append(_both(book, accounts, event, histories, totals))
            continue
        past = histories.get(event.customer)
        outcome = _one(book, accounts, account, event, past, totals)
        if past is not None and outcome.refused is None:
            past.append(outcome.event)
        outcomes.append(outcome)
    return outcomes


def _usual(usually: Usual, zone: ZoneInfo, account: Account, event: Event) -> Outcome | None:
    """What follows from a usual purchase; None: the event has to be looked at with more care."""
    before, day = account.level, event.at.astimezone(zone).date()
    entries = usually.decide(account, event, day)
    return None if entries is None else Outcome(event, day, entries, None, before, account.level)


def _both(
    book: Book,
    accounts: MutableMapping[int, Account],
    event: Event,
    histories: Mapping[int, list[Event]],
    totals: Totals,
    because: Outcome | None = None,
) -> Outcome:
    """Decide an event and what follows from it on another customer's side: both, or neither.

    `because` is the outcome on the side from which this one follows; from here it may go on to a
    third, where customers went over into each other one after another.
    """
    account = accounts.get(event.customer)
    if account is None:
        account = accounts[event.customer] = Account.blank(event.customer, book.units)
    kept, past = account.copied(), histories.get(event.customer)
    outcome = _one(book, accounts, account, event, past, totals, because)
    if outcome.refused is not None:
        return outcome
    full = bounds.held(kept.balances, accounts[event.customer].balances)
    if full is not None:
        return _taken_back(accounts, kept, outcome, full, event, totals)
    follows = _follows(book, accounts[event.customer], outcome.event, histories)
    if follows is not None:
        other = outcome.other = _both(book, accounts, follows, histories, totals, outcome)
        if other.refused is not None:
            return _taken_back(accounts, kept, outcome, other.refused, event, totals)
        if _corrects(follows.what):  # what was not withheld there is given back here
            outcome.money, other.money = other.money, 0
    if past is not None:
        past.append(outcome.event)
    return outcome


def _taken_back(
    accounts: MutableMapping[int, Account],
    kept: Account,
    outcome: Outcome,
    refused: Refused,
    event: Event,
    totals: Totals,
) -> Outcome:
    """A side that had accepted an event is as it was before, since the whole is refused."""
    accounts[event.customer] = kept
    tallies.absorb(totals, tallies.changes(outcome.tallies, {}))
    return Outcome(event, outcome.on, [], refused, kept.level, kept.level)


def _follows(
    book: Book, account: Account, event: Event, histories: Mapping[int, list[Event]]
) -> Event | None:
    """What another customer's side is told of an accepted event, None if nothing."""
    past = histories.get(event.customer, [])
    answer = sides.answer(event, past)
    into = account.memory.merged_into
    if answer is not None or not into:
        return answer
    merge = sides.merge_in([*past, event])
    assert merge is not None, f"the history of customer {event.customer} lacks its merge"
    day = merge.at.astimezone(book.zone).date()
    left, _, _ = _folded(book, [*past, event], day, event.customer, None, before=merge.id)
    estate = merging.estate(book.on(day), left, day)
    if merge is event:
        return Event(event.id, into, event.at, facts.Merged(event.customer, estate))
    if estate == sides.known_estate(histories[into], merge.id):
        return None
    return Event(event.id, into, event.at, facts.Merged(event.customer, estate, merge.id))


def _one(
    book: Book,
    accounts: MutableMapping[int, Account],
    account: Account,
    event: Event,
    past: list[Event] | None,
    totals: Totals,
    because: Outcome | None = None,
) -> Outcome:
    """Decide one customer's side of an event."""
    if book.shares:
        return _sharing(book, accounts, account, event, past, totals, because)
    return _decide(book, accounts, account, event, past, because)


def _sharing(
    book: Book,
    accounts: MutableMapping[int, Account],
    account: Account,
    event: Event,
    past: list[Event] | None,
    totals: Totals,
    because: Outcome | None,
) -> Outcome:
    """Decide an event of a program in which members share something: stamp it, note the change."""
    day = event.at.astimezone(book.zone).date()
    before = dict(account.memory.tallies)
    event = tallies.stamped(book.on(day).capacities, event, day, totals, before)
    outcome = _decide(book, accounts, account, event, past, because)
    after = accounts[event.customer].memory.tallies
    outcome.tallies = tallies.changes(before, after)
    tallies.absorb(totals, outcome.tallies)
    return outcome


def need(book: Book, account: Account, event: Event) -> Need:
    """What must be loaded before `run` may see the event; ask with the account as stored.

    Where the event has another side (`sides.other`, `Memory.merged_into`, and on from there), ask
    for that account too, with the event as if it were that customer's; a merge needs 2 on both.
    """
    kind = type(event.what)
    if kind in _WHOLE_HISTORY or account.memory.merged_into:
        return 2
    if kind is facts.Enrolment and account.enrolled_on is None:
        return 2
    if _precedes(event, account):
        return 2
    if book.moves_lots or kind in _SEES_LOTS:
        return 1
    if book.awaited and facts.trigger(event.what) in book.awaited:
        return 1
    if account.due_on.toordinal() - event.at.toordinal() > 1:  # in any zone
        return 0
    return 1 if account.due_on <= event.at.astimezone(book.zone).date() else 0


def _decide(
    book: Book,
    accounts: MutableMapping[int, Account],
    account: Account,
    event: Event,
    past: list[Event] | None,
    because: Outcome | None = None,
) -> Outcome:
    local = event.at.astimezone(book.zone)
    day = local.date()
    rulebook = book.on(day)
    refused = facts.problem(event, currency=rulebook.program.currency)
    if refused is None:
        refused = sides.refusal(account, event, follows=because is not None)
    if refused is not None:
        return Outcome(event, day, [], refused, account.level, account.level)
    if account.enrolled_on is None and isinstance(event.what, facts.Enrolment):
        # What a mere customer did is not in the account, only in the history.
        late = any(event.at < known.at for known in past or ())
    else:
        # Who is no member any more, since the purchase that enrolled them came back, has a past.
        late = _precedes(event, account) and (account.enrolled_on is not None or past is not None)
    if late or _corrects(event.what):
        if past is None:
            raise LookupError(f"event {event.id} needs the history of customer {event.customer}")
        outcome, settled = _correct(book, account, event, day, past, because)
        accounts[event.customer] = settled
        return outcome
    before, known = account.level, len(account.known_vouchers)
    kept, entries = None, []
    if account.due_on <= day or _refusable(rulebook, account, event.what):
        kept = account.copied()
        entries = due.advance(book, account, day)
    done = spending.completed(rulebook, account, event, day)
    refused = applying.apply(rulebook, account, done, local, entries)
    if refused is not None:
        if kept is not None:
            accounts[event.customer] = kept
        return Outcome(event, day, [], refused, before, before)
    memory = account.memory
    if memory.last_at is None or event.at > memory.last_at or not _precedes(event, account):
        memory.last_at, memory.last_id = event.at, event.id
    done = spending.recorded(account, done)
    issued, money = _issued(account, known), _given_back(done)
    return Outcome(done, day, entries, None, before, account.level, money, issued=issued)


def _corrects(what: facts.What) -> bool:
    """Whether an event changes what came before it."""
    return isinstance(what, _CORRECTIONS) or (isinstance(what, facts.Merged) and what.of != 0)


def _issued(account: Account, known: int) -> tuple[Voucher, ...]:
    """The vouchers that came after the first so many."""
    held = account.known_vouchers
    return _as_they_are(islice(held, known, None)) if len(held) > known else ()


def _as_they_are(vouchers: Iterable[Voucher]) -> tuple[Voucher, ...]:
    """Vouchers as they are now, whatever becomes of them later in the same batch."""
    return tuple([structs.replace(voucher) for voucher in vouchers])


def _given_back(event: Event) -> int:
    return event.what.money if isinstance(event.what, facts.Cancellation) else 0


def _precedes(event: Event, account: Account) -> bool:
    """Whether an event comes before the newest one: by instant, then by number.

    Numbers are given before accounts are locked, so of two events of one instant the second
    may be decided first; the history, which is in this order, must lead to the same account.
    """
    last_at = account.memory.last_at
    if last_at is None or event.at > last_at:
        return False
    return event.at < last_at or event.id < account.memory.last_id


def _refusable(rulebook: Rulebook, account: Account, what: facts.What) -> bool:
    """Whether an event may still be refused after it has changed the account: one that enrols its
    customer by the way, or one at a partner that paid ahead.
    """
    if account.enrolled_on is None:
        enrols = rulebook.program.enrolment == "automatic"
        return enrols or not isinstance(what, facts.Purchase | facts.Visit)
    return bool(rulebook.program.partners) and partners.may_refuse(rulebook.program, what)


def _correct(
    book: Book,
    account: Account,
    event: Event,
    on: date,
    past: Sequence[Event],
    because: Outcome | None,
) -> tuple[Outcome, Account]:
    """Fold the history again with the correction in it and book the difference."""
    now = max(event.at, account.memory.last_at or event.at)
    day = now.astimezone(book.zone).date()
    if because is None:
        refused, money = history.check(book.on(day).program, past, event)
    else:  # it was checked where it happened
        refused, money = None, because.money
    if refused is not None:
        return Outcome(event, on, [], refused, account.level, account.level), account
    before = account.level
    live = account.copied()
    entries = due.advance(book, live, day)
    event = spending.recorded(live, event)
    derived, refused, tried = _folded(book, [*past, event], day, event.customer, event)
    refused = refused or _spent_since(book, live, derived, event, past)
    refused = refused or bounds.held(live.balances, derived.balances)
    if refused is not None:
        return Outcome(event, on, [], refused, before, before), account
    forgiven = history.settle(book.on(day).program, derived, now, money)
    money -= forgiven.withheld if forgiven else 0
    event = structs.replace(tried or event, forgiven=forgiven)
    moved = sides.moves(event.what)
    entries.extend(history.difference(account, live, derived, event.id, day, moved=moved))
    derived.memory.last_at, derived.memory.last_id = account.memory.last_at, account.memory.last_id
    if _corrects(event.what):
        derived.memory.last_at = now
        derived.memory.last_id = max(event.id, account.memory.last_id)
    money += _given_back(event)
    currency = history.currency(past, event.what)
    known = {voucher.id for voucher in account.vouchers or ()}
    issued = _as_they_are([each for each in derived.vouchers or () if each.id not in known])
    outcome = Outcome(
        event, on, entries, None, before, derived.level, money, currency, issued=issued
    )
    return outcome, derived


def _spent_since(
    book: Book, live: Account, derived: Account, event: Event, past: Sequence[Event]
) -> Refused | None:
    """Why a late event cannot spend what was there at its time: it has been used since.

    Neither can undoing a gift take back what the receiver has used.
    """
    local = event.at.astimezone(book.zone)
    match event.what:
        case facts.Redemption() | facts.VoucherUse():
            refused = redeeming.used_since(book.on(local.date()), live, event.what, local)
            if refused is not None:
                return refused
        case facts.Adjustment() | facts.Payment() | facts.Transfer() | facts.Merge():
            pass
        case facts.Undo() if sides.undoes_receipt(past, event):
            if live.memory.merged_into:
                return sides.MERGED
        case _:
            return None
    owed = live.memory.debts
    if any(debt > owed.get(unit, 0) for unit, debt in derived.memory.debts.items()):
        return Refused("insufficient", "These units have been used since.")
    return None


def fold(book: Book, past: Sequence[Event], day: date, *, customer: int) -> Account:
    """The account that a history leads to on a local day, with every correction taken into it."""
    return _folded(book, past, day, customer, None)[0]


def _folded(
    book: Book,
    past: Sequence[Event],
    day: date,
    customer: int,
    tried: Event | None,
    *,
    before: int | None = None,
) -> tuple[Account, Refused | None, Event | None]:
    """Events were accepted once, so none is refused, but for the one being `tried` now: it comes
    back as it must be remembered. Nothing is folded from the event numbered `before` on.
    """
    account = Account.blank(customer, book.units)
    for moment in history.amended(past):
        if isinstance(moment, facts.Forgiven):
            due.advance(book, account, moment.at.astimezone(book.zone).date())
            history.forgive(account, moment)
            continue
        local = moment.at.astimezone(book.zone)
        rulebook, entries = book.on(local.date()), due.advance(book, account, local.date())
        if moment.id == before:
            return account, None, tried
        forced = tried is None or moment.id != tried.id
        if not forced:
            moment = tried = spending.completed(rulebook, account, moment, local.date())
        refused = applying.apply(rulebook, account, moment, local, entries, forced=forced)
        if refused is not None and not forced:
            return account, refused, tried
        account.memory.last_at, account.memory.last_id = moment.at, moment.id
    due.advance(book, account, day)
    return account, None, tried
