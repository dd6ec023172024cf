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

from habitue.core import (
    dividends,
    due,
    earning,
    facts,
    fees,
    history,
    holding,
    redeeming,
    spending,
    streaks,
    tallies,
)
from habitue.core.account import Account, Entry
from habitue.core.facts import Event, Refused, kind
from habitue.core.ladder import CompiledLadder
from habitue.core.rulebook import APPROVAL, Book, Rulebook
from habitue.core.tallies import Tally, Totals

Need = Literal[0, 1, 2]
"""How much of an account an event must see: 0 the account, 1 its lots, 2 its history."""

NOT_A_MEMBER: Final = Refused("not_a_member", "This customer is not a member of the program.")


_CORRECTIONS: Final = (facts.Refund, facts.Undo)
_SPENDING: Final = (facts.Redemption, facts.VoucherUse, facts.Payment, facts.Adjustment)
_SENT: Final = (facts.Anniversary, facts.CalendarDay, facts.Segments, facts.Approval)
"""What nobody does who is not a member: it enrols nobody by the way."""


class Outcome(Struct, gc=False):
    """What followed from one event, which happened on local day `on`.

    `money`: what a refund or a cancellation gave back, in minor units. `tallies`: what it changed
    of the sums that all members share. `other`: what followed on the other side, where units went
    from one customer to another.
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
    if isinstance(event.what, _SPENDING):
        return 1
    if book.moves_lots or isinstance(event.what, facts.Approval):
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
    done = spending.completed(rulebook, account, event, day)
    refused = apply(rulebook, account, done, local, entries)
    if refused is not None:
        if kept is not None:
            accounts[event.customer] = kept
        return Outcome(event, day, [], refused, before, before)
    memory = account.memory
    if memory.last_at is None or event.at > memory.last_at or not _precedes(event, account):
        memory.last_at, memory.last_id = event.at, event.id
    done = spending.recorded(account, done)
    return Outcome(done, day, entries, None, before, account.level, _given_back(done))


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
    seen = rulebook.ladder.watched(account) if rulebook.ladder is not None else None
    if account.enrolled_on is None and not isinstance(what, (facts.Enrolment, facts.Passage)):
        if rulebook.program.enrolment != "automatic" or isinstance(what, _SENT):
            return None if forced or isinstance(what, facts.Purchase) else NOT_A_MEMBER
        _enrol(rulebook, account, event, local, entries, forced)
    refused: Refused | None
    match what:
        case (
            facts.Purchase()
            | facts.Visit()
            | facts.Birthday()
            | facts.Action()
            | facts.Anniversary()
            | facts.CalendarDay()
        ):
            refused = _earn(
                rulebook, account, event, local, entries, facts.trigger(what), forced
            )
        case facts.Segments(names):
            account.memory.segments = names
            refused = None
        case facts.Approval():
            refused = _approve(rulebook, account, event, what, local.date(), entries, forced)
        case facts.Passage():
            _by_balance(rulebook, account, event, local.date(), entries, seen)
            return None
        case facts.Enrolment():
            refused = _enrol(rulebook, account, event, local, entries, forced)
        case facts.FeePaid() | facts.FeeFailed() | facts.FeeRefunded() | facts.Cancellation():
            refused = _membership(rulebook, account, event, local, entries, forced)
        case _:
            refused = spending.spend(rulebook, account, event, local, entries, forced)
    if refused is None:
        _follow_up(rulebook, account, event, local.date(), entries)
        _by_balance(rulebook, account, event, local.date(), entries, seen)
        fees.withhold_level(rulebook.program, account, local.date())
    return refused


def _enrol(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    local: datetime,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    if account.enrolled_on is not None:
        return Refused("already_a_member", "This customer is a member already.")
    account.enrolled_on = local.date()
    fees.begin_trial(rulebook.program, account, local.date())
    if rulebook.ladder is not None:
        account.level = rulebook.ladder.levels[0]
    return _earn(rulebook, account, event, local, entries, "enrolment", forced)


def _earn(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    local: datetime,
    entries: list[Entry],
    when: str,
    forced: bool,
) -> Refused | None:
    day = local.date()
    if not fees.holds(rulebook.program, account, day):
        account.memory.purchases += when == "purchase"
        return None
    ladder, held = rulebook.ladder, account.level
    if ladder is not None and ladder.sees_after:
        account.level = _led_to(rulebook, ladder, account, event, local, when)
    earned = earning.earned(
        rulebook, account, event.what, local, day, when, event=event, forced=forced
    )
    account.level = held
    if isinstance(earned, Refused):
        return earned
    _credit(rulebook, account, event, earned, day, entries, when)
    if rulebook.occasions:  # before the purchase counts: it may be the first
        redeeming.occasion(rulebook, account, event, when, local, entries)
    if when == "purchase":
        account.memory.purchases += 1
    if ladder is not None and earned and not ladder.by_balance:
        ladder.review(account, day)
    return None


def _credit(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    earned: list[earning.Earned],
    day: date,
    entries: list[Entry],
    when: str,
) -> None:
    """What was earned becomes lots, and counts: toward tiers, and for the dividend."""
    ladder, dividend = rulebook.ladder, rulebook.program.dividend
    joining = when == "enrolment"
    for part in earned:
        holding.credit(rulebook, account, event.id, part, day, entries, joining=joining)
        if ladder is not None and part.unit in ladder.units:
            ladder.count(account, part.unit, part.amount, day)
        if dividend is not None:
            dividends.count(dividend, rulebook, account, part, day)


def _led_to(
    rulebook: Rulebook,
    ladder: CompiledLadder,
    account: Account,
    event: Event,
    local: datetime,
    when: str,
) -> str:
    """The level that an event leads to by what it counts: tried, so that no limit is used twice."""
    trial = structs.replace(
        account,
        balances=list(account.balances),
        memory=deepcopy(account.memory),
        lots=None,
        vouchers=None,
        touched_lots={},
        touched_vouchers={},
    )
    earned = earning.earned(
        rulebook, trial, event.what, local, local.date(), when, event=event, forced=True
    )
    if not isinstance(earned, Refused):
        _credit(rulebook, trial, event, earned, local.date(), [], when)
        ladder.review(trial, local.date())
    return trial.level


def _membership(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    local: datetime,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    """The fee came in, or did not, or went back; a rule may refuse only what then earns."""
    before, level = account.memory.fee, account.level
    refused = fees.decide(rulebook.program, account, event.what, local.date(), forced=forced)
    if refused is None:
        refused = _earn(rulebook, account, event, local, entries, kind(event.what), forced)
    if refused is not None:
        account.memory.fee, account.level = before, level
    return refused


def _approve(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    what: facts.Approval,
    day: date,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    """What an event earned, and a person had to look at, becomes usable or is cancelled."""
    if not forced and not (what.of and holding.waiting(account, APPROVAL, what.of)):
        return Refused("nothing_pending", "Nothing of this event waits for approval.",
                       {"event": what.of})  # fmt: skip
    if what.given:
        holding.release(rulebook, account, APPROVAL, what.of, event.id, day, entries)
    else:
        holding.decline(account, APPROVAL, what.of, day, entries)
    return None


def _follow_up(
    rulebook: Rulebook, account: Account, event: Event, day: date, entries: list[Entry]
) -> None:
    """After any event: whatever else it moves, then rewards whose threshold is reached."""
    if rulebook.listens and (when := facts.trigger(event.what)) in rulebook.listens:
        _heard(rulebook, account, event, when, day, entries)
    if rulebook.protects:
        holding.protect(rulebook, account, day)


def _by_balance(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    day: date,
    entries: list[Entry],
    seen: list[int] | None,
) -> None:
    """Tiers that the balance reaches, rewards at its threshold, and tiers it then still reaches."""
    ladder = rulebook.ladder
    if ladder is not None and ladder.by_balance:
        seen = ladder.follow(account, seen, day)
    if rulebook.thresholds:
        redeeming.automatic(rulebook, account, event.id, day, entries, event)
        if ladder is not None:
            ladder.follow(account, seen, day)


def _heard(
    rulebook: Rulebook, account: Account, event: Event, when: str, day: date, entries: list[Entry]
) -> None:
    """A trigger came that units wait for, that moves their expiry, or that makes a streak."""
    if when in rulebook.book.awaited:
        of = event.what.of if isinstance(event.what, facts.Action) else 0
        holding.release(rulebook, account, when, of, event.id, day, entries)
    holding.active(rulebook, account, when, day)
    if when in rulebook.streaks:
        streaks.keep(account, rulebook.streaks[when], when, day)


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
    event = spending.recorded(live, event)
    derived, refused, tried = _folded(book, [*past, event], day, event.customer, event)
    refused = refused or _spent_since(book, live, derived, event)
    if refused is not None:
        return Outcome(event, on, [], refused, before, before), account
    forgiven = history.settle(book.on(day).program, derived, now, money)
    money -= forgiven.withheld if forgiven else 0
    event = structs.replace(tried or event, forgiven=forgiven)
    entries.extend(history.difference(account, live, derived, event.id, day))
    derived.memory.last_at, derived.memory.last_id = account.memory.last_at, account.memory.last_id
    if isinstance(event.what, _CORRECTIONS):
        derived.memory.last_at = now
        derived.memory.last_id = max(event.id, account.memory.last_id)
    money += _given_back(event)
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
        case facts.Adjustment() | facts.Payment():
            pass
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
    book: Book, past: Sequence[Event], day: date, customer: int, tried: Event | None
) -> tuple[Account, Refused | None, Event | None]:
    """Events were accepted once, so none is refused, but for the one being `tried` now: it comes
    back as it must be remembered.
    """
    account = Account.blank(customer, book.units)
    for moment in history.amended(past):
        if isinstance(moment, facts.Forgiven):
            due.advance(book, account, moment.at.astimezone(book.zone).date())
            history.forgive(account, moment)
            continue
        local = moment.at.astimezone(book.zone)
        rulebook, entries = book.on(local.date()), due.advance(book, account, local.date())
        forced = tried is None or moment.id != tried.id
        if not forced:
            moment = tried = spending.completed(rulebook, account, moment, local.date())
        refused = apply(rulebook, account, moment, local, entries, forced=forced)
        if refused is not None and not forced:
            return account, refused, tried
        account.memory.last_at, account.memory.last_id = moment.at, moment.id
    due.advance(book, account, day)
    return account, None, tried
