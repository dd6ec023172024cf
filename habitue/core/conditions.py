"""Conditions of rules, compiled once into predicates; never `eval`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from msgspec import Struct

from habitue.core import facts, program
from habitue.core.account import Account
from habitue.core.calendar import later


class Moment(Struct, frozen=True):
    """What a condition may look at: the member before the event, the event, its local time."""

    account: Account
    what: facts.What
    local: datetime


Predicate = Callable[[Moment], bool]
LinePredicate = Callable[[facts.Line], bool]


def compiled(condition: program.Condition) -> Predicate:
    """The predicate that a condition means."""
    match condition:
        case program.All(of):
            every = [compiled(part) for part in of]
            return lambda moment: all(part(moment) for part in every)
        case program.Any(of):
            some = [compiled(part) for part in of]
            return lambda moment: any(part(moment) for part in some)
        case program.Not(of):
            inner = compiled(of)
            return lambda moment: not inner(moment)
        case program.Among(what, values):
            return lambda moment: getattr(moment.what, what, "") in values
        case program.Attribute(name, values):
            return lambda moment: getattr(moment.what, "attributes", {}).get(name) in values
        case program.MinimumOrder(amount):
            return lambda moment: (
                isinstance(moment.what, facts.Purchase) and moment.what.total >= amount
            )
        case program.FirstTime(value):
            return lambda moment: (moment.account.memory.purchases == 0) is value
        case program.TierIs(tiers):
            return lambda moment: moment.account.level in tiers
        case _:
            return _of_time(condition)


def _of_time(condition: program.Condition) -> Predicate:
    match condition:
        case program.Weekday(days):
            return lambda moment: moment.local.weekday() in days
        case program.Hours(since, until):
            return lambda moment: _within_hours(moment.local, since, until)
        case program.Dates():
            return lambda moment: in_dates(condition, moment.local.date())
        case program.MemberFor(period):
            return lambda moment: (
                moment.account.enrolled_on is not None
                and later(moment.account.enrolled_on, period) <= moment.local.date()
            )
        case _:
            raise TypeError(f"no meaning for the condition {condition!r}")


def _within_hours(local: datetime, since: int, until: int) -> bool:
    minute = local.hour * 60 + local.minute
    if since <= until:
        return since <= minute < until
    return minute >= since or minute < until


def in_dates(dates: program.Dates | None, day: date) -> bool:
    """Whether a local day lies in a half-open stretch of dates; no dates means always."""
    if dates is None:
        return True
    if dates.since is not None and day < dates.since:
        return False
    return dates.until is None or day < dates.until


def line_predicate(lines: program.Lines) -> LinePredicate:
    """Which lines of a purchase a rule counts."""
    without = line_predicate(lines.excluding) if lines.excluding else None
    skus, categories, labels = set(lines.sku), set(lines.category), set(lines.label)

    def counts(line: facts.Line) -> bool:
        if skus and line.sku not in skus:
            return False
        if categories and line.category not in categories:
            return False
        if labels and labels.isdisjoint(line.labels):
            return False
        return without is None or not without(line)

    return counts
