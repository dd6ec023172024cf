"""What one event does to an account that is up to date: it earns, spends, or is refused.

The same whether the event is decided now or folded again (`engine`, `history`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from msgspec import structs

from habitue.core import (
    dividends,
    earning,
    entering,
    facts,
    fees,
    holding,
    partners,
    redeeming,
    spending,
    streaks,
)
from habitue.core.account import Account, Entry
from habitue.core.facts import Event, Refused, kind
from habitue.core.ladder import CompiledLadder
from habitue.core.rulebook import APPROVAL, Rulebook

NOT_A_MEMBER: Final = Refused("not_a_member", "This customer is not a member of the program.")

_SENT: Final = (facts.Anniversary, facts.CalendarDay, facts.Segments, facts.Approval)
"""What nobody does who is not a member: it enrols nobody by the way."""

_AMONG_MEMBERS: Final = (facts.Transfer, facts.Receipt, facts.Merge, facts.Merged, facts.Won)
"""What only goes on between members. What once went from one to another stays so, also where the
purchase that had made them members came back since."""


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
    ladder = rulebook.ladder
    seen = ladder.watched(account) if ladder is not None and ladder.by_balance else None
    if account.enrolled_on is None and not isinstance(what, (facts.Enrolment, facts.Passage)):
        if isinstance(what, _AMONG_MEMBERS):
            if not forced:
                return NOT_A_MEMBER
        elif rulebook.program.enrolment != "automatic" or isinstance(what, _SENT):
            return None if forced or isinstance(what, facts.Purchase) else NOT_A_MEMBER
        else:  # a welcome whose limit refuses gives what it may: what brought the customer counts
            _enrol(rulebook, account, event, local, entries, forced=True)
    if isinstance(what, facts.Passage):
        _by_balance(rulebook, account, event, local.date(), entries, seen)
        return None
    entered = entering.met(rulebook, account, event, local) if rulebook.draws else []
    since = len(entries)
    refused = _happen(rulebook, account, event, local, entries, forced)
    if refused is None and rulebook.program.partners:
        refused = partners.issued(rulebook, account, event, entries[since:], forced)
    if refused is None:
        if entered:
            entering.enter(rulebook, account, event, entered, local.date())
        _follow_up(rulebook, account, event, local.date(), entries)
        if seen is not None or rulebook.thresholds:
            _by_balance(rulebook, account, event, local.date(), entries, seen)
        fees.withhold_level(rulebook.program, account, local.date())
    return refused


def _happen(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    local: datetime,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    """What the event itself does, by its kind."""
    match event.what:
        case (
            facts.Purchase()
            | facts.Visit()
            | facts.Birthday()
            | facts.Action()
            | facts.Anniversary()
            | facts.CalendarDay()
        ):
            when = facts.trigger(event.what)
            return _earn(rulebook, account, event, local, entries, when, forced)
        case facts.Segments(names):
            return _told(rulebook, account, event, local, entries, names)
        case facts.Approval() as what:
            return _approve(rulebook, account, event, what, local.date(), entries, forced)
        case facts.Enrolment():
            return _enrol(rulebook, account, event, local, entries, forced)
        case facts.FeePaid() | facts.FeeFailed() | facts.FeeRefunded() | facts.Cancellation():
            return _membership(rulebook, account, event, local, entries, forced)
        case _:
            return spending.spend(rulebook, account, event, local, entries, forced)


def _told(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    local: datetime,
    entries: list[Entry],
    names: tuple[str, ...],
) -> Refused | None:
    """The segments are new; coming into one may bring something, as far as limits let it."""
    refused = None
    if not set(names) <= set(account.memory.segments):
        refused = _earn(rulebook, account, event, local, entries, "segments", forced=True)
    account.memory.segments = names  # only now: conditions ask what the member comes into
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
    if isinstance(event.what, facts.Enrolment) and event.what.unwelcomed:
        return None
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
        memory=account.memory.copied(),
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
