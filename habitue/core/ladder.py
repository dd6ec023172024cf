"""Tiers: which level is reached by what was counted, or by the balance, and how long it is held.

For every level the last day on which it is held is remembered; the level held is the highest
whose day (and grace) has not passed. A fall "to the level earned" thus needs no computation of
its own. At a midnight on which a term ends, the levels look at themselves in this order: renewed
where they are still earned, begun where they were promised, lost where their day has passed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from habitue.core import program, windows
from habitue.core.account import Account
from habitue.core.calendar import FOREVER, later, named_date, next_day

_DAY: Final = timedelta(days=1)

Needs = tuple[tuple[tuple[int, int], ...], ...]
"""The alternatives that reach a level, each all of some (unit, fixed-point amount)."""


class CompiledLadder:
    """A ladder with its units by number."""

    def __init__(self, source: program.Ladder, unit_number: dict[str, int]) -> None:
        self.source = source
        self.levels = tuple(level.id for level in source.levels)
        self.needs: tuple[Needs, ...] = tuple(
            tuple(
                tuple((unit_number[unit], amount) for unit, amount in all_of) for all_of in any_of
            )
            for any_of in (level.needs for level in source.levels)
        )
        self.windows = tuple(level.window or source.window for level in source.levels)
        self.kept = tuple(level.kept or source.kept for level in source.levels)
        self.by_balance = source.measure == "balance"
        self.sees_after = source.rules_see == "tier after"
        self.units = tuple(sorted({unit for needs in self.needs for unit in _units(needs)}))
        self._counts = {unit: self._windows_of(unit) for unit in self.units}
        self._all_windows = tuple(dict.fromkeys(self.windows[1:]))
        self._cycle = None if self.by_balance else _cycle(self._all_windows)
        self._yearly = self._all_windows == (program.CalendarYear(),) and not self.by_balance
        self._plain = self._is_plain()
        self._thresholds = self._amounts_of_one_unit() if self._plain else None
        self._counter = self.units[0] if self.units else 0
        self._year_ends: dict[int, date] = {}

    def count(self, account: Account, unit: int, amount: int, day: date) -> None:
        """Add what an event awarded to the counter of its unit."""
        if self.by_balance:
            return
        counter = account.memory.counters.setdefault(unit, {})
        if self._yearly:
            counter[day.year] = counter.get(day.year, 0) + amount
        else:
            for bucket in windows.buckets(self._counts[unit], account, day):
                counter[bucket] = counter.get(bucket, 0) + amount
        if len(counter) > 3:
            windows.forget(self._counts[unit], counter, account, day)

    def counted(self, account: Account, unit: int, day: date) -> int:
        """What counts toward tiers on a day, in fixed point; of several windows, in the first."""
        return self._counted(self._counts[unit][0], account, unit, day)

    def review(self, account: Account, day: date) -> None:
        """Note every level that is reached, and set the level held on `day`.

        The account is up to date: a level that has run out has fallen already.
        """
        if not self._plain:
            self._review_each(account, day)
            return
        if self._yearly and self._thresholds is not None:
            counter = account.memory.counters.get(self._counter, {})
            reached = bisect_right(self._thresholds, counter.get(day.year, 0))
        else:
            reached = self._reached(account, day)
        held = account.memory.held
        if not reached and account.level:
            return
        if reached:
            until = self._year_ends.get(day.year) or self._kept_until(reached, account, day)
            if held.get(self.levels[reached]) == until and account.level in held:
                return
            self._note(account, reached, until)
        self._set_level(account, day)

    def watched(self, account: Account) -> list[int] | None:
        """The balances that decide the level, to see whether something moved them; or None."""
        return [account.usable(unit) for unit in self.units] if self.by_balance else None

    def follow(self, account: Account, seen: list[int] | None, day: date) -> list[int] | None:
        """Review where the balances are no longer what was seen; what they are now."""
        now = self.watched(account)
        if now != seen:
            self.review(account, day)
        return now

    def turn(self, account: Account, midnight: date) -> None:
        """At midnight: levels still earned are renewed, promised ones begin, others are lost."""
        before = self.position(account)
        self._renew(account, midnight)
        self._begin(account, midnight)
        self._stay(account, midnight)
        self._settle(account, before, midnight)

    def due_days(self, account: Account, after: date) -> list[date]:
        """The days on which `turn` may find something to do; those through `after` are past."""
        held = account.memory.held
        days = [next_day(until) for until in held.values()]
        if self.source.grace is not None:
            days += map(self._lost_on, held.values())
        if self._cycle is not None and held:
            days.append(next_day(windows.cycle_end(self._cycle, account, after)))
        return [*days, *account.memory.promoted.values()]

    def position(self, account: Account) -> int:
        """The number of the level held; 0 is the base."""
        held = account.memory.held
        return next((n for n in range(len(self.levels) - 1, 0, -1) if self.levels[n] in held), 0)

    def come_back(self, account: Account, day: date) -> None:
        """The level that was withheld from a member is held again."""
        self._set_level(account, day)

    def until(self, account: Account) -> date | None:
        """The last day of the level held, without its grace; None: base level, or no end known."""
        until = account.memory.held.get(account.level)
        return None if until is None or until == FOREVER else until

    def missing(self, account: Account, position: int, day: date) -> list[dict[int, int]]:
        """What each alternative of a level still lacks on a day, by unit; {} where nothing."""
        window = self.windows[position]
        return [
            {
                unit: amount - has
                for unit, amount in all_of
                if (has := self._counted(window, account, unit, day)) < amount
            }
            for all_of in self.needs[position]
        ]

    def renews_itself(self, position: int) -> bool:
        """Whether a level whose count still reaches at the end of its term is held on."""
        in_turns = isinstance(self.windows[position], program.TierCycle)
        return in_turns or self._goes_on(position) or self._while_earned(position)

    # --- what is reached ------------------------------------------------------------------------

    def _counted(self, window: program.Window, account: Account, unit: int, day: date) -> int:
        if self.by_balance:
            return account.usable(unit)
        counter = account.memory.counters.get(unit)
        if not counter:
            return 0
        if self._yearly:
            return counter.get(day.year, 0)
        return windows.counted(window, counter, account, day)

    def _reaches(self, account: Account, position: int, day: date) -> bool:
        window = self.windows[position]
        return any(
            all(self._counted(window, account, unit, day) >= amount for unit, amount in all_of)
            for all_of in self.needs[position]
        )

    def _reached(self, account: Account, day: date) -> int:
        """The highest level reached, each in its own window."""
        if self._thresholds is not None:
            count = self._counted(self.windows[-1], account, self.units[0], day)
            return bisect_right(self._thresholds, count)
        positions = range(len(self.levels) - 1, 0, -1)
        return next((each for each in positions if self._reaches(account, each, day)), 0)

    def _amounts_of_one_unit(self) -> tuple[int, ...] | None:
        """The amounts to reach where every level asks for one amount of one and the same unit."""
        if len(self.units) != 1:
            return None
        amounts = [any_of[0][0][1] for any_of in self.needs[1:] if len(any_of) == 1]
        return tuple(amounts) if len(amounts) == len(self.levels) - 1 else None

    def _windows_of(self, unit: int) -> tuple[program.Window, ...]:
        """The windows that a unit is counted in, the ladder's own first."""
        asked = [
            window
            for window, needs in zip(self.windows, self.needs, strict=True)
            if unit in _units(needs)
        ]
        return tuple(sorted(dict.fromkeys(asked), key=lambda each: each != self.source.window))

    def _is_plain(self) -> bool:
        """Whether all levels count in one window, and hold at once and for the same term."""
        one_window, one_term = len(self._all_windows) == 1, len(set(self.kept[1:])) == 1
        at_once = self.source.upgrade == "at once"
        return one_window and one_term and at_once and not (self.by_balance or self._cycle)

    # --- what is held ---------------------------------------------------------------------------

    def _review_each(self, account: Account, day: date) -> None:
        before, reached = self.position(account), self._reached(account, day)
        if self.by_balance:
            self._withdraw(account, reached, day)
        at_once = self.source.upgrade == "at once"
        if reached > before and at_once:
            self._begin_cycle(account, day)
        for position in self._along_with(account, reached, day):
            if at_once or position <= before:
                self._note_one(account, position, self._kept_until(position, account, day))
            else:
                self._promise(account, position, day)
        self._settle(account, before, day)

    def _hold_after(self, account: Account, reached: int, last: date) -> None:
        """A level, and those below it, are held for a term that begins after a `last` day."""
        for position in self._along_with(account, reached, last):
            self._note_one(account, position, self._kept_after(position, account, last))

    def _along_with(self, account: Account, reached: int, day: date) -> list[int]:
        """A level and those below it, but none that another window counts and does not reach."""
        window = self.windows[reached]
        return [
            each
            for each in range(1, reached + 1)
            if self.windows[each] == window or self._reaches(account, each, day)
        ]

    def _note(self, account: Account, reached: int, until: date) -> None:
        for position in range(1, reached + 1):
            self._note_one(account, position, until)

    def _note_one(self, account: Account, position: int, until: date) -> None:
        held, level = account.memory.held, self.levels[position]
        if held.get(level, date.min) < until:
            held[level] = until
            account.due(next_day(until))

    def _promise(self, account: Account, position: int, day: date) -> None:
        """A level reached holds from the day after the window's period."""
        first = next_day(windows.period_end(self.windows[position], account, day))
        account.memory.promoted.setdefault(self.levels[position], first)
        account.due(first)

    def _withdraw(self, account: Account, reached: int, day: date) -> None:
        """Levels held while the balance reaches them had their last day when it no longer does."""
        if self.source.downgrade == "never":
            return
        held = account.memory.held
        for position in range(reached + 1, len(self.levels)):
            level = self.levels[position]
            if isinstance(self.kept[position], program.WhileEarned):
                account.memory.promoted.pop(level, None)
                if held.get(level) == FOREVER:
                    held[level] = day - _DAY
                    account.due(self._lost_on(held[level]))

    def _renew(self, account: Account, midnight: date) -> None:
        """Where the count goes on, or a cycle's turn is over, a level still earned stays."""
        last = midnight - _DAY
        for position in range(len(self.levels) - 1, 0, -1):
            if self._term_ends(account, position, last) and self._reaches(account, position, last):
                self._hold_after(account, position, last)
                return

    def _term_ends(self, account: Account, position: int, last: date) -> bool:
        window, until = self.windows[position], account.memory.held.get(self.levels[position])
        if until is None:
            return False
        if isinstance(window, program.TierCycle) and self._cycle is not None:
            return windows.cycle_end(window, account, last) == last
        return until == last and self._goes_on(position) and not self._while_earned(position)

    def _begin(self, account: Account, midnight: date) -> None:
        """Promised levels whose first day has come."""
        promoted = account.memory.promoted
        begun = [level for level in self.levels if promoted.get(level, FOREVER) <= midnight]
        for level in begun:
            del promoted[level]
        if begun:
            position = self.levels.index(begun[-1])
            if position > self.position(account):
                self._begin_cycle(account, midnight)
            self._hold_after(account, position, midnight - _DAY)

    def _begin_cycle(self, account: Account, day: date) -> None:
        """A higher level is held from a day on: its cycle counts from nothing."""
        if self._cycle is not None:
            windows.begin_cycle(account, day)
            account.due(next_day(windows.cycle_end(self._cycle, account, day)))

    def _stay(self, account: Account, midnight: date) -> None:
        """Levels kept while earned whose count slid out of the window, if it still reaches."""
        held = account.memory.held
        for position in range(len(self.levels) - 1, 0, -1):
            over = held.get(self.levels[position], FOREVER) < midnight
            earned = self._while_earned(position) and not self.by_balance
            if over and earned and self._reaches(account, position, midnight):
                for each in self._along_with(account, position, midnight):
                    self._note_one(account, each, self._kept_until(each, account, midnight))
                return

    def _settle(self, account: Account, before: int, day: date) -> None:
        """The level held on `day`; a fall lands as the program says."""
        self._set_level(account, day)
        after = self.position(account)
        if after < before and self.source.downgrade == "one step" and before - after > 1:
            landing = self._landing(account, before - 1, day)
            account.memory.held[self.levels[before - 1]] = landing
            account.due(self._lost_on(landing))
            self._set_level(account, day)
        elif after < before and self.source.downgrade == "to base":
            account.memory.held.clear()
            self._set_level(account, day)

    def _set_level(self, account: Account, day: date) -> None:
        held = account.memory.held
        for level in [each for each, until in held.items() if until < day]:
            if self._lost_on(held[level]) <= day:
                del held[level]
        account.level = next(
            (level for level in reversed(self.levels) if level in held), self.levels[0]
        )

    def _lost_on(self, until: date) -> date:
        """The first day without a level that has its last day and then its grace."""
        if self.source.grace is None or until == FOREVER:
            return next_day(until)
        return next_day(later(until, self.source.grace))

    # --- until when -----------------------------------------------------------------------------

    def _goes_on(self, position: int) -> bool:
        return self.by_balance or windows.goes_on(self.windows[position])

    def _while_earned(self, position: int) -> bool:
        return isinstance(self.kept[position], program.WhileEarned)

    def _kept_until(self, position: int, account: Account, day: date) -> date:
        """The last day of a level that is earned on a day."""
        if self.source.downgrade == "never":
            return FOREVER
        match self.kept[position]:
            case program.UntilDate(month, of_month, years):
                until = named_date(day.year + years, month, of_month)
                if self._plain:
                    self._year_ends[day.year] = until
                return until
            case program.For(period):
                return later(day, period) - _DAY
            case program.Always():
                return FOREVER
            case program.WhileEarned():
                return FOREVER if self.by_balance else self._slides(position, account, day)

    def _kept_after(self, position: int, account: Account, last: date) -> date:
        """The last day of a term that begins after `last`; a named date follows the year of `last`,
        unless it is over by then.
        """
        if isinstance(self.kept[position], program.UntilDate):
            until = self._kept_until(position, account, last)
            if until > last:
                return until
        return self._kept_until(position, account, next_day(last))

    def _landing(self, account: Account, position: int, day: date) -> date:
        """How long a soft landing lasts; on a balance that reaches no level, the period's rest."""
        if self.by_balance and self._while_earned(position):
            return windows.period_end(self.windows[position], account, day)
        return self._kept_until(position, account, day)

    def _slides(self, position: int, account: Account, day: date) -> date:
        window = self.windows[position]
        counters = [
            account.memory.counters.get(unit, {})
            for unit, counts in self._counts.items()
            if window in counts
        ]
        return windows.slides(window, counters, account, day)


def _cycle(found: Iterable[program.Window]) -> program.TierCycle | None:
    """The cycle of a ladder that has one; all its levels share it."""
    return next((window for window in found if isinstance(window, program.TierCycle)), None)


def _units(needs: Needs) -> set[int]:
    return {unit for all_of in needs for unit, _ in all_of}
