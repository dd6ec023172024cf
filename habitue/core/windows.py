"""Windows: over which time tiers count, in which buckets, and until when a count holds.

A unit's counter is a table of buckets. Each way of counting has numbers of its own, so that one
unit can be counted in several windows at once, and what was stored once keeps its meaning:

- 0 counts for ever;
- 1 to 9999 are calendar years;
- from 10,000 on a bucket is the ordinal of a day, and holds what was counted from that day to the
  next bucket: a membership year begins one on its anniversary, a rolling window needs one a day,
  and where both count, the days serve both;
- below 0 are the turns of a tier cycle: -1 its first period, -2 its second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from habitue.core import program
from habitue.core.account import Account
from habitue.core.calendar import FOREVER, end_of, later, months_later
from habitue.core.program import Period, Window

_DAY: Final = timedelta(days=1)
_YEAR: Final = Period(1, "year")
_FIRST_DAY: Final = 10_000
"""The least bucket that is a day: ordinals of days of our era are far above."""

Counter = dict[int, int]


def buckets(windows: Sequence[Window], account: Account, day: date) -> set[int]:
    """Where something that happens on a day is counted for all of some windows."""
    found = {_bucket(window, account, day) for window in windows}
    if any(isinstance(window, program.Rolling) for window in windows):
        today = day.toordinal()
        return {bucket for bucket in found if bucket < _FIRST_DAY} | {today}
    return found


def counted(window: Window, counter: Counter, account: Account, day: date) -> int:
    """What a counter holds in a window on a day, in fixed point."""
    match window:
        case program.Rolling():
            return _since(counter, _rolling_start(window, day))
        case program.MembershipYear():
            return _since(counter, _anniversary(account, day, 0))
        case _:
            return counter.get(_bucket(window, account, day), 0)


def slides(window: Window, counters: Iterable[Counter], account: Account, day: date) -> date:
    """The last day before anything that counts today may count no longer."""
    match window:
        case program.Lifetime():
            return FOREVER
        case program.Rolling():
            return _oldest_leaves(window, counters, day)
        case program.TierCycle():
            return cycle_end(window, account, day)
        case _:
            return period_end(window, account, day)


def period_end(window: Window, account: Account, day: date) -> date:
    """The last day of the window's period: of the year, or of the month where it has none."""
    match window:
        case program.CalendarYear():
            return date(day.year, 12, 31)
        case program.MembershipYear():
            return _anniversary(account, day, 1) - _DAY
        case _:
            return end_of(day, "month")


def cycle_end(window: program.TierCycle, account: Account, day: date) -> date:
    """The last day of the turn of a tier cycle that holds `day`."""
    start = _cycle_start(account, day)
    return _turn_start(start, window.period, _turn(start, window.period, day) + 1) - _DAY


def goes_on(window: Window) -> bool:
    """Whether a window never starts afresh: what counted today still counts tomorrow."""
    return isinstance(window, program.Rolling | program.Lifetime)


def begin_cycle(account: Account, day: date) -> None:
    """A level was reached: the tier cycle counts from nothing again."""
    account.memory.cycle = day
    for counter in account.memory.counters.values():
        for bucket in [bucket for bucket in counter if bucket < 0]:
            del counter[bucket]


def forget(windows: Sequence[Window], counter: Counter, account: Account, day: date) -> None:
    """Drop buckets that no window can reach any more."""
    months = [window.months + 2 for window in windows if isinstance(window, program.Rolling)]
    if any(isinstance(window, program.MembershipYear) for window in windows):
        months.append(24 + 2)
    oldest = day.toordinal() - 31 * max(months, default=0)
    turns = [bucket for bucket in counter if bucket < 0]
    for bucket in list(counter):
        past_year = 0 < bucket < day.year - 1
        past_day = _FIRST_DAY <= bucket < oldest
        past_turn = bucket < 0 and bucket > min(turns)
        if past_year or past_day or past_turn:
            del counter[bucket]


def _bucket(window: Window, account: Account, day: date) -> int:
    match window:
        case program.CalendarYear():
            return day.year
        case program.Lifetime():
            return 0
        case program.MembershipYear():
            return _anniversary(account, day, 0).toordinal()
        case program.Rolling():
            return day.toordinal()
        case program.TierCycle(period):
            return -1 - _turn(_cycle_start(account, day), period, day)


def _since(counter: Counter, start: date) -> int:
    first = max(start.toordinal(), _FIRST_DAY)
    return sum([amount for bucket, amount in counter.items() if bucket >= first])


def _rolling_start(window: program.Rolling, day: date) -> date:
    start = months_later(day, -window.months)
    return start.replace(day=1) if window.from_first else start


def _oldest_leaves(window: program.Rolling, counters: Iterable[Counter], day: date) -> date:
    """The last day on which the oldest of what counts today is still in a rolling window."""
    start = max(_rolling_start(window, day).toordinal(), _FIRST_DAY)
    inside = [bucket for counter in counters for bucket in counter if bucket >= start]
    oldest = date.fromordinal(min(inside, default=day.toordinal()))
    leaves = months_later(oldest, window.months)
    if window.from_first:
        return end_of(leaves, "month")
    while _rolling_start(window, leaves + _DAY) <= oldest:  # months clamp
        leaves += _DAY
    return leaves


def _anniversary(account: Account, day: date, ahead: int) -> date:
    """The last anniversary of enrolment on or before `day`, or one `ahead` years later."""
    start = account.enrolled_on or day
    return _turn_start(start, _YEAR, _turn(start, _YEAR, day) + ahead)


def _cycle_start(account: Account, day: date) -> date:
    return account.memory.cycle or account.enrolled_on or day


def _turn(start: date, period: Period, day: date) -> int:
    """How many whole periods lie between two days; months clamp."""
    if period.unit in ("month", "year"):
        months = period.count * (12 if period.unit == "year" else 1)
        turns = ((day.year - start.year) * 12 + day.month - start.month) // months
        return turns - (months_later(start, turns * months) > day)
    return (day - start).days // _days(period)


def _turn_start(start: date, period: Period, turns: int) -> date:
    if period.unit in ("month", "year"):
        return later(start, Period(turns * period.count, period.unit))
    return start + timedelta(days=turns * _days(period))


def _days(period: Period) -> int:
    return period.count * 7 if period.unit == "week" else max(period.count, 1)
