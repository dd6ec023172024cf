"""Decides what follows from what happened: events in, outcomes out, accounts moved along.

The same call serves one scan at the till, a nightly import and a what-if over five years:

1. Whatever fell due before the event takes effect (`due`).
2. The event earns, spends, issues, or is refused; a refusal leaves the account as it was.
3. A correction (refund, undo, late event) folds the member's history again with the kept goods
   and books the difference (`history`).

`run` moves the accounts in place; everything it does follows from its arguments alone.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from typing import Final, Literal

from msgspec import Struct, structs

from habitue.core import due, earning, facts, history, holding, redeeming, tallies
from habitue.core.account import Account, Entry
from habitue.core.facts import Event, Refused, kind
from habitue.core.rulebook import Book, Rulebook
from habitue.core.tallies import Tally, Totals

Need = Literal[0, 1, 2]
"""How much of an account an event must see: 0 the account, 1 its lots, 2 its history."""

NOT_A_MEMBER: Final = Refused("not_a_member", "This customer is not a member of the program.")


_CORRECTIONS: Final = (facts.Refund, facts.Undo)


class Outcome(Struct, gc=False):
    """What followed from one event, which happened on local day `on`.

    `money`: what a refund gave back, in minor units. `tallies`: what it changed of the sums that
    all members share. `other`: what followed on the other side, where units went from one
    customer to another.
    """

    event: Event
    on: date
    entries: list[Entry]
    refused: Refused | None = None
    level_before: str = ""
    level: str = ""
    money: int = 0
    tallies: dict[str, Tally] = {}
    other: Outcome | None = None


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
    outcomes = []
    for event in events:
        account = accounts.get(event.customer)
        if account is None:
            account = accounts[event.customer] = Account.blank(event.customer, book.units)
        past = histories.get(event.customer)
        if book.shares:
            outcome = _sharing(book, accounts, account, event, past, totals)
        else:
            outcome = _decide(book, accounts, account, event, past)
        if past is not None and outcome.refused is None:
            past.append(outcome.event)
        outcomes.append(outcome)
    return outcomes


def _sharing(
    book: Book,
    accounts: MutableMapping[int, Account],
    account: Account,
    event: Event,
    past: list[Event] | None,
    totals: Totals,
) -> Outcome:
    """Decide an event of a program in which members share something: stamp it, note the change."""
    day = event.at.astimezone(book.zone).date()
    before = dict(account.memory.tallies)
    event = tallies.stamped(book.on(day).capacities, event, day, totals, before)
    outcome = _decide(book, accounts, account, event, past)
    after = accounts[event.customer].memory.tallies
    outcome.tallies = tallies.changes(before, after)
    tallies.absorb(totals, outcome.tallies)
    return outcome


def need(book: Book, account: Account, event: Event) -> Need:
    """What must be loaded before `run` may see the event; ask with the account as stored."""
    if isinstance(event.what, _CORRECTIONS):
        return 2
    if isinstance(event.what, facts.Enrolment) and account.enrolled_on is None:
        return 2
    if account.enrolled_on and _precedes(event, account):
        return 2
    if isinstance(event.what, (facts.Redemption, facts.VoucherUse, facts.Adjustment)):
        return 1
    if book.moves_lots:
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
) -> Outcome:
    local = event.at.astimezone(book.zone)
    day = local.date()
    rulebook = book.on(day)
    refused = facts.problem(event, currency=rulebook.program.currency)
    if refused is not None:
        return Outcome(event, day, [], refused, account.level, account.level)
    if account.enrolled_on is None and isinstance(event.what, facts.Enrolment):
        # What a mere customer did is not in the account, only in the history.
        late = any(event.at < known.at for known in past or ())
    else:
        late = account.enrolled_on is not None and _precedes(event, account)
    if late or isinstance(event.what, _CORRECTIONS):
        if past is None:
            raise LookupError(f"event {event.id} needs the history of customer {event.customer}")
        outcome, settled = _correct(book, account, event, day, past)
        accounts[event.customer] = settled
        return outcome
    before = account.level
    kept, entries = None, []
    if account.due_on <= day or (account.enrolled_on is None and _refusable(rulebook, event.what)):
        kept = deepcopy(account)
        entries = due.advance(book, account, day)
    refused = apply(rulebook, account, event, local, entries)
    if refused is not None:
        if kept is not None:
            accounts[event.customer] = kept
        return Outcome(event, day, [], refused, before, before)
    memory = account.memory
    if memory.last_at is None or event.at > memory.last_at or not _precedes(event, account):
        memory.last_at, memory.last_id = event.at, event.id
    if isinstance(event.what, facts.VoucherUse):
        event = _recorded(account, event)
    return Outcome(event, day, entries, None, before, account.level)


def _precedes(event: Event, account: Account) -> bool:
    """Whether an event comes before the newest one: by instant, then by number.

    Numbers are given before accounts are locked, so of two events of one instant the second
    may be decided first; the history, which is in this order, must lead to the same account.
    """
    last_at = account.memory.last_at
    if last_at is None or event.at > last_at:
        return False
    return event.at < last_at or event.id < account.memory.last_id


def _refusable(rulebook: Rulebook, what: facts.What) -> bool:
    """Whether an event that enrols its customer by the way may still be refused."""
    return rulebook.refuses or not isinstance(what, facts.Purchase | facts.Visit)


def apply(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    local: datetime,
    entries: list[Entry],
    *,
    forced: bool = False,
) -> Refused | None:
    """One event on an account that is up to date: entries are appended, or a refusal returned.

    `forced`: the event was accepted once and is being folded again, so it is not refused now:
    units that are missing become a debt.
    """
    what = event.what
    if account.enrolled_on is None and not isinstance(what, (facts.Enrolment, facts.Passage)):
        if rulebook.program.enrolment != "automatic":
            return None if forced or isinstance(what, facts.Purchase) else NOT_A_MEMBER
        _enrol(rulebook, account, event, local, entries)
    refused: Refused | None
    match what:
        case facts.Purchase() | facts.Visit() | facts.Birthday() | facts.Action():
            when = what.name if isinstance(what, facts.Action) else kind(what)
            refused = _earn(rulebook, account, event, local, entries, when)
        case facts.Passage():
            return None
        case facts.Enrolment():
            refused = _enrol(rulebook, account, event, local, entries)
        case facts.Redemption():
            refused = redeeming.redeem(rulebook, account, event, what, local, entries, forced)
        case facts.VoucherUse():
            refused = redeeming.use(rulebook, account, event, what, local, entries, forced)
        case facts.Adjustment():
            refused = redeeming.adjust(rulebook, account, event, what, local, entries, forced)
        case _:
            raise TypeError(f"no meaning for {what!r}")
    if refused is None:
        _follow_up(rulebook, account, event, local.date(), entries)
    return refused


def _enrol(
    rulebook: Rulebook, account: Account, event: Event, local: datetime, entries: list[Entry]
) -> Refused | None:
    if account.enrolled_on is not None:
        return Refused("already_a_member", "This customer is a member already.")
    account.enrolled_on = local.date()
    if rulebook.ladder is not None:
        account.level = rulebook.ladder.levels[0]
    return _earn(rulebook, account, event, local, entries, "enrolment")


def _earn(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    local: datetime,
    entries: list[Entry],
    when: str,
) -> Refused | None:
    day = local.date()
    earned = earning.earned(rulebook, account, event.what, local, day, when)
    if isinstance(earned, Refused):
        return earned
    ladder = rulebook.ladder
    joining = when == "enrolment"
    for part in earned:
        holding.credit(rulebook, account, event.id, part, day, entries, joining=joining)
        if ladder is not None and part.unit in ladder.units:
            ladder.count(account, part.unit, part.amount, day)
    if when == "purchase":
        account.memory.purchases += 1
    elif when in ("birthday", "enrolment"):
        redeeming.occasion(rulebook, account, event.id, when, day)
    if ladder is not None and earned:
        ladder.review(account, day)
    return None


def _follow_up(
    rulebook: Rulebook, account: Account, event: Event, day: date, entries: list[Entry]
) -> None:
    """After any event: expiry that it restarts or re-dates, rewards whose threshold is reached."""
    if rulebook.inactive or rulebook.redated:
        what = event.what
        when = what.name if isinstance(what, facts.Action) else kind(what)
        for unit, period in rulebook.inactive.get(when, ()):
            holding.restart(account, unit, period, day)
        for unit, _ in rulebook.redated.get(when, ()):
            holding.redate(rulebook, account, unit, day)
    if rulebook.thresholds:
        redeeming.automatic(rulebook, account, event.id, day, entries)


def _correct(
    book: Book, account: Account, event: Event, on: date, past: Sequence[Event]
) -> tuple[Outcome, Account]:
    """Fold the history again with the correction in it and book the difference."""
    now = max(event.at, account.memory.last_at or event.at)
    day = now.astimezone(book.zone).date()
    refused, money = history.check(book.on(day).program, past, event)
    if refused is not None:
        return Outcome(event, on, [], refused, account.level, account.level), account
    before = account.level
    live = deepcopy(account)
    entries = due.advance(book, live, day)
    event = _recorded(live, event)
    derived, refused = fold(book, [*past, event], day, customer=event.customer, tried=event.id)
    refused = refused or _spent_since(book, live, derived, event)
    if refused is not None:
        return Outcome(event, on, [], refused, before, before), account
    forgiven = history.settle(book.on(day).program, derived, now)
    event = structs.replace(event, forgiven=forgiven)
    entries.extend(history.difference(account, live, derived, event.id, day))
    derived.memory.last_at, derived.memory.last_id = account.memory.last_at, account.memory.last_id
    if isinstance(event.what, _CORRECTIONS):
        derived.memory.last_at = now
        derived.memory.last_id = max(event.id, account.memory.last_id)
    outcome = Outcome(event, on, entries, None, before, derived.level, money)
    return outcome, derived


def _spent_since(book: Book, live: Account, derived: Account, event: Event) -> Refused | None:
    """Why a late event cannot spend what was there at its time: it has been used since."""
    local = event.at.astimezone(book.zone)
    match event.what:
        case facts.Redemption() | facts.VoucherUse():
            refused = redeeming.used_since(book.on(local.date()), live, event.what, local)
            if refused is not None:
                return refused
        case facts.Adjustment():
            pass
        case _:
            return None
    owed = live.memory.debts
    if any(debt > owed.get(unit, 0) for unit, debt in derived.memory.debts.items()):
        return Refused("insufficient", "These units have been used since.")
    return None


def fold(
    book: Book, past: Sequence[Event], day: date, *, customer: int, tried: int = 0
) -> tuple[Account, Refused | None]:
    """The account that a history leads to on a local day, with every correction taken into it.

    Events were accepted once, so none is refused, but for the one being `tried` now.
    """
    account = Account.blank(customer, book.units)
    for moment in history.amended(past):
        if isinstance(moment, facts.Forgiven):
            due.advance(book, account, moment.at.astimezone(book.zone).date())
            history.forgive(account, moment)
            continue
        local = moment.at.astimezone(book.zone)
        entries = due.advance(book, account, local.date())
        forced = moment.id != tried
        refused = apply(book.on(local.date()), account, moment, local, entries, forced=forced)
        if refused is not None and not forced:
            return account, refused
        account.memory.last_at, account.memory.last_id = moment.at, moment.id
    due.advance(book, account, day)
    return account, None


def _recorded(account: Account, event: Event) -> Event:
    """The event as it must be remembered: a used voucher with its reward's name and date."""
    what = event.what
    if not isinstance(what, facts.VoucherUse) or what.reward:
        return event
    voucher = next((each for each in account.vouchers or () if each.id == what.voucher), None)
    if voucher is None:
        return event
    what = structs.replace(what, reward=voucher.reward, issued_on=voucher.issued_on)
    return structs.replace(event, what=what)
