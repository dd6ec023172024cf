"""Tiers: what has been counted in the window, which level that reaches, and until when.

For every level the last day on which it is held is remembered; the level held is the highest
whose day has not passed. A fall "to the level earned" thus needs no computation of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

from habitue.core import program
from habitue.core.account import Account
from habitue.core.calendar import FOREVER, later, months_later, named_date, next_day

_DAY = timedelta(days=1)


class CompiledLadder:
    """A ladder with its units by number."""

    def __init__(self, source: program.Ladder, unit_number: dict[str, int]) -> None:
        self.source = source
        self.levels = tuple(level.id for level in source.levels)
        self.needs = tuple(
            tuple(
                tuple((unit_number[unit], amount) for unit, amount in all_of) for all_of in any_of
            )
            for any_of in (level.needs for level in source.levels)
        )
        self.units = tuple(
            sorted({unit for any_of in self.needs for all_of in any_of for unit, _ in all_of})
        )
        self.window = source.window
        self.yearly = isinstance(source.window, program.CalendarYear)
        self.thresholds = self._thresholds()
        self._yearly: dict[int, date] = {}

    def count(self, account: Account, unit: int, amount: int, day: date) -> None:
        """Add what an event awarded to the counter of its unit."""
        counter = account.memory.counters.setdefault(unit, {})
        bucket = day.year if self.yearly else self._bucket(account, day)
        counter[bucket] = counter.get(bucket, 0) + amount
        if len(counter) > 3:
            self._forget(counter, bucket)

    def counted(self, account: Account, unit: int, day: date) -> int:
        """What counts toward tiers on a day, in fixed point."""
        counter = account.memory.counters.get(unit)
        if not counter:
            return 0
        if isinstance(self.window, program.Rolling):
            start = self._rolling_start(day).toordinal()
            return sum(amount for bucket, amount in counter.items() if bucket >= start)
        return counter.get(day.year if self.yearly else self._bucket(account, day), 0)

    def review(self, account: Account, day: date) -> None:
        """Note every level that the counters reach, and set the level held on `day`.

        The account is up to date: a level that has run out has fallen already.
        """
        reached = self._reached(account, day)
        held = account.memory.held
        if not reached and account.level:
            return
        if reached:
            until = self._yearly.get(day.year) or self._kept_until(account, day)
            if held.get(self.levels[reached]) == until and account.level in held:
                return
            for level in self.levels[1 : reached + 1]:
                if held.get(level, date.min) < until:
                    held[level] = until
                    account.due(next_day(until))
        self._set_level(account, day)

    def fall(self, account: Account, day: date) -> None:
        """On the day after a level's last: review, then go down as the program says."""
        before = self.position(account)
        if isinstance(self.source.kept, program.WhileEarned):
            self.review(account, day)
        self._set_level(account, day)
        after = self.position(account)
        if after < before and self.source.downgrade == "one step" and before - after > 1:
            account.memory.held[self.levels[before - 1]] = self._kept_until(account, day)
        elif after < before and self.source.downgrade == "to base":
            account.memory.held.clear()
        self._set_level(account, day)

    def position(self, account: Account) -> int:
        """The number of the level held; 0 is the base."""
        return self.levels.index(account.level) if account.level in self.levels else 0

    def until(self, account: Account) -> date | None:
        """The last day of the level held; None for the base level or for ever."""
        until = account.memory.held.get(account.level)
        return None if until is None or until == FOREVER else until

    def falls_on(self, account: Account) -> date:
        """The next day on which a level is lost."""
        return min(map(next_day, account.memory.held.values()), default=FOREVER)

    def _set_level(self, account: Account, day: date) -> None:
        held = account.memory.held
        for level in [level for level, until in held.items() if until < day]:
            del held[level]
        account.level = next(
            (level for level in reversed(self.levels) if level in held), self.levels[0]
        )

    def _thresholds(self) -> tuple[int, ...] | None:
        """The amounts to reach where every level asks for one amount of one and the same unit."""
        if len(self.units) != 1:
            return None
        amounts = [any_of[0][0][1] for any_of in self.needs[1:] if len(any_of) == 1]
        return tuple(amounts) if len(amounts) == len(self.levels) - 1 else None

    def _reached(self, account: Account, day: date) -> int:
        if self.thresholds is not None:
            return bisect_right(self.thresholds, self.counted(account, self.units[0], day))
        counts = {unit: self.counted(account, unit, day) for unit in self.units}
        for position in range(len(self.levels) - 1, 0, -1):
            for all_of in self.needs[position]:
                if all(counts[unit] >= amount for unit, amount in all_of):
                    return position
        return 0

    def _kept_until(self, account: Account, day: date) -> date:
        if self.source.downgrade == "never":
            return FOREVER
        match self.source.kept:
            case program.UntilDate(month, of_month, years):
                until = self._yearly[day.year] = named_date(day.year + years, month, of_month)
                return until
            case program.For(period):
                return later(day, period) - _DAY
            case program.Always():
                return FOREVER
            case program.WhileEarned():
                return self._window_slides(account, day)

    def _window_slides(self, account: Account, day: date) -> date:
        """The last day before anything that counts today may count no longer."""
        match self.window:
            case program.CalendarYear():
                return date(day.year, 12, 31)
            case program.Lifetime():
                return FOREVER
            case program.MembershipYear():
                return _anniversary(account, day, 1) - _DAY
            case program.Rolling(months, from_first):
                start = self._rolling_start(day).toordinal()
                counters = [account.memory.counters.get(unit, {}) for unit in self.units]
                counted = [bucket for held in counters for bucket in held if bucket >= start]
                oldest = date.fromordinal(min(counted, default=day.toordinal()))
                leaves = months_later(oldest, months)
                if from_first:
                    return months_later(leaves.replace(day=1), 1) - _DAY
                while self._rolling_start(leaves + _DAY) <= oldest:  # months clamp
                    leaves += _DAY
                return leaves

    def _bucket(self, account: Account, day: date) -> int:
        match self.window:
            case program.Lifetime():
                return 0
            case program.MembershipYear():
                return _anniversary(account, day, 0).toordinal()
            case program.Rolling():
                return day.toordinal()
            case program.CalendarYear():
                return day.year

    def _rolling_start(self, day: date) -> date:
        assert isinstance(self.window, program.Rolling)
        start = months_later(day, -self.window.months)
        return start.replace(day=1) if self.window.from_first else start

    def _forget(self, counter: dict[int, int], bucket: int) -> None:
        """Drop buckets that no window can reach any more."""
        if isinstance(self.window, program.Rolling):
            keep = bucket - 31 * (self.window.months + 2)
            for old in [old for old in counter if old < keep]:
                del counter[old]
        elif self.yearly or isinstance(self.window, program.MembershipYear):
            for old in sorted(counter)[:-3]:
                del counter[old]


def _anniversary(account: Account, day: date, ahead: int) -> date:
    """The last anniversary of enrolment on or before `day`, or one `ahead` years later."""
    start = account.enrolled_on or day
    years = day.year - start.year
    if months_later(start, 12 * years) > day:
        years -= 1
    return months_later(start, 12 * (years + ahead))
