"""Paid membership: what it costs, through which day it is paid, and what ending it gives back.

Where a program has a fee, its rules, rewards, benefits and draws hold only while membership is
paid or on trial. Payment itself happens elsewhere and arrives as events. A period that is paid
runs from its day of the month or year through the day before the next; renewing on that next day
is in time.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from msgspec import structs

from habitue.core import facts, money, program
from habitue.core.account import Account, FeeState
from habitue.core.calendar import FOREVER, later, months_later, next_day
from habitue.core.facts import Cancellation, FeePaid, Refused

_DAY: Final = timedelta(days=1)
_MONTHS: Final = {"month": 1, "year": 12}

UNPAID: Final = Refused("unpaid", "Membership is not paid.")
_NO_MEMBERSHIP: Final = Refused("no_membership", "There is no paid membership.")


def holds(source: program.Program, account: Account, day: date) -> bool:
    """Whether rules, rewards and benefits hold for a member on a day."""
    if source.fee is None:
        return True
    state = account.memory.fee
    return state is not None and day <= state.holds_until


def price_asked(source: program.Program, account: Account, day: date) -> int | None:
    """What a member must pay on a day to join or to renew (minor units); None: nothing more.

    The newest price counts that holds for who joined on that member's day, or for renewals on the
    day on which the next period begins.
    """
    fee, state = source.fee, account.memory.fee
    if fee is None or (state is not None and state.until == FOREVER):
        return None
    joined_on, renewed_on = day, None
    if state is not None and _renews(state, day):
        joined_on = state.joined_on
        renewed_on = None if state.trial else next_day(state.until)
    asked = fee.prices[0].price
    for price in fee.prices:
        since = price.since or date.min
        renewals = price.at_renewal_since or since
        if since <= joined_on or (renewed_on is not None and renewals <= renewed_on):
            asked = price.price
    return asked


def break_even(account: Account) -> tuple[int, int]:
    """What a member paid for the present period, and what benefits saved since (minor units)."""
    state = account.memory.fee
    return (state.paid, state.saved) if state is not None else (0, 0)


def begin_trial(source: program.Program, account: Account, day: date) -> None:
    """A new member's free time, where the program gives one."""
    if source.fee is not None and source.fee.trial is not None:
        _hold(account, FeeState(day, later(day, source.fee.trial) - _DAY, trial=True))


def decide(
    source: program.Program, account: Account, what: facts.What, day: date, *, forced: bool
) -> Refused | None:
    """What follows from an event that concerns the fee; nothing where there is none."""
    if source.fee is None:
        return None if forced else Refused("no_fee", "Membership costs nothing.")
    match what:
        case FeePaid():
            return _pay(source, source.fee, account, what, day, forced=forced)
        case facts.FeeFailed():
            return _fail(account, day, forced=forced)
        case facts.FeeRefunded():
            return _give_back(account, day, forced=forced)
        case Cancellation():
            return _cancel(account, what, day, forced=forced)
        case _:
            raise TypeError(f"no meaning for {what!r}")


def _pay(
    source: program.Program,
    fee: program.Fee,
    account: Account,
    what: FeePaid,
    day: date,
    *,
    forced: bool,
) -> Refused | None:
    """The fee came in: the next period is paid, from the end of what is paid, or from this day
    where membership had lapsed. An amount that is not the price is refused.
    """
    asked = price_asked(source, account, day)
    if not forced and asked is None:
        return Refused("paid_already", "Membership is paid for ever.")
    if not forced and asked is not None and what.amount != asked:
        return _wrong_price(source, asked, what.amount)
    was, since, until = _next_period(fee, account, day)
    grace = later(until, fee.grace) if fee.grace and until != FOREVER else None
    paid = FeeState(was.joined_on, until, paid=what.amount, paid_on=day, since=since, grace=grace)
    _hold(account, paid)
    _level_back(source, account)
    return None


def _next_period(
    fee: program.Fee, account: Account, day: date
) -> tuple[FeeState, date | None, date]:
    """What a payment on a day continues, the day from which months are counted where that is not
    the day of joining, and the last day that it pays.
    """
    was = account.memory.fee
    if was is None or not _renews(was, day):
        was = FeeState(day, day - _DAY)
    since = next_day(was.until) if was.trial else was.since
    return was, since, _paid_until(fee, since or was.joined_on, next_day(was.until))


def _fail(account: Account, day: date, *, forced: bool) -> Refused | None:
    """An attempt to collect the fee failed: nothing changes, so membership ends with what is paid
    and its grace.
    """
    state = account.memory.fee
    return None if forced or (state is not None and _renews(state, day)) else _NO_MEMBERSHIP


def _give_back(account: Account, day: date, *, forced: bool) -> Refused | None:
    """The last payment was given back elsewhere: membership ends now."""
    state = account.memory.fee
    if state is None or not state.paid:
        return None if forced else Refused("nothing_paid", "There is no payment to give back.")
    _end(account, state, day)
    return None


def _cancel(account: Account, what: Cancellation, day: date, *, forced: bool) -> Refused | None:
    """A member leaves: at once where the fee is given back, else with what is paid."""
    state = account.memory.fee
    if state is None or state.holds_until < day:
        return None if forced else _NO_MEMBERSHIP
    if state.ending and not forced:
        return Refused("ending_already", "This membership ends already.")
    if what.money:
        _end(account, state, day)
    else:
        _hold(account, structs.replace(state, ending=True, grace=None))
    return None


def owed(source: program.Program, account: Account, what: Cancellation, day: date) -> Cancellation:
    """A cancellation with what it gives back of the last payment, as the program says."""
    fee, state = source.fee, account.memory.fee
    due = 0
    if fee is not None and state is not None and day <= state.holds_until and not state.ending:
        given = fee.refund == "always" or (fee.refund == "if nothing was used" and not state.used)
        due = state.paid if given else 0
    return structs.replace(what, money=due)


def paid_for(source: program.Program, account: Account, what: FeePaid, day: date) -> FeePaid:
    """A payment with the first and the last day that it pays."""
    if source.fee is None:
        return what
    was, _, until = _next_period(source.fee, account, day)
    return structs.replace(what, since=next_day(was.until), until=until)


def withhold_level(source: program.Program, account: Account, day: date) -> None:
    """While membership is not paid its member has the base level."""
    if source.tiers is not None and account.level and not holds(source, account, day):
        account.level = source.tiers.levels[0].id


def use(account: Account, quantity: int, saved: int) -> None:
    """Benefits were used, and saved so much (minor units)."""
    state = account.memory.fee
    if state is not None:
        account.memory.fee = structs.replace(
            state, used=state.used + quantity, saved=state.saved + saved
        )


def ends_on(account: Account) -> date:
    """The first day on which membership no longer holds."""
    state = account.memory.fee
    return FOREVER if state is None else next_day(state.holds_until)


def _renews(state: FeeState, day: date) -> bool:
    """Whether a payment on a day continues a membership; one that was ended is over when it is."""
    if state.ending:
        return day <= state.until
    return day <= next_day(state.holds_until)


def _level_back(source: program.Program, account: Account) -> None:
    """A level that has not run out meanwhile is held again."""
    if source.tiers is not None:
        levels = [level.id for level in source.tiers.levels]
        held = account.memory.held
        account.level = next((level for level in reversed(levels) if level in held), levels[0])


def _paid_until(fee: program.Fee, since: date, start: date) -> date:
    """The last day of the period that begins on `start`, counted in months from `since`."""
    if fee.every == "once" or start == FOREVER:
        return FOREVER
    step = _MONTHS[fee.every]
    gone = (start.year - since.year) * 12 + start.month - since.month
    months = gone // step * step
    if months_later(since, months) <= start:  # months clamp
        months += step
    end = months_later(since, months)
    return end if end == FOREVER else end - _DAY


def _end(account: Account, state: FeeState, day: date) -> None:
    until = min(state.until, day - _DAY)
    account.memory.fee = structs.replace(
        state, until=until, ending=True, trial=False, paid=0, grace=None
    )


def _hold(account: Account, state: FeeState) -> None:
    account.memory.fee = state
    account.due(next_day(state.holds_until))


def _wrong_price(source: program.Program, asked: int, given: int) -> Refused:
    places = money.decimals(source.currency)
    return Refused(
        "price",
        f"The fee is {money.written(asked, places)} {source.currency},"
        f" not {money.written(given, places)}.",
        {"price": asked, "given": given, "currency": source.currency},
    )
