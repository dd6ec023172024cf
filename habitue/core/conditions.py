"""Conditions of rules, compiled once into predicates; never `eval`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

from msgspec import Struct

from habitue.core import facts, program, streaks
from habitue.core.account import Account
from habitue.core.calendar import later, named_date


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
        case program.Within():
            return lambda moment: _within(condition, moment.what)
        case program.FirstTime() | program.TierIs() | program.InSegment() | program.Paid():
            return _of_member(condition)
        case _:
            return _of_time(condition)


def _of_member(
    condition: program.FirstTime | program.TierIs | program.InSegment | program.Paid,
) -> Predicate:
    match condition:
        case program.FirstTime(value):
            return lambda moment: (moment.account.memory.purchases == 0) is value
        case program.TierIs(tiers):
            return lambda moment: moment.account.level in tiers
        case program.InSegment(values):
            return lambda moment: not set(values).isdisjoint(_segments(moment))
        case program.Paid(value):
            return lambda moment: _is_paid(moment.account, moment.local.date()) is value


def _segments(moment: Moment) -> set[str]:
    """The member's segments; of the event that tells them, those that the member comes into."""
    held = set(moment.account.memory.segments)
    return set(moment.what.names) - held if isinstance(moment.what, facts.Segments) else held


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
        case program.EachYear(dates):
            return lambda moment: falls_on(dates, moment.local.date())
        case program.Streak():
            return lambda moment: streaks.reached(
                condition, moment.account, moment.what, moment.local.date()
            )
        case _:
            raise TypeError(f"no meaning for the condition {condition!r}")


def asked(source: program.Program) -> Iterator[tuple[str, program.Condition]]:
    """Every condition of a program and all it is joined of, with the trigger that it looks at."""
    wheres = [(rule.when, rule.where) for rule in source.rules]
    wheres += [(reward.automatic or "", reward.where) for reward in source.rewards]
    wheres += [(draw.when, draw.where) for draw in source.draws]
    for when, where in wheres:
        if when and where is not None:
            yield from ((when, part) for part in _parts(where))


def days_named(source: program.Program) -> tuple[tuple[int, int], ...]:
    """The days of each year, as (month, day), that conditions of `when: date` ask for."""
    return tuple(
        named
        for when, condition in asked(source)
        if when == "date" and isinstance(condition, program.EachYear)
        for named in condition.dates
    )


def _parts(condition: program.Condition) -> Iterator[program.Condition]:
    yield condition
    if isinstance(condition, program.Not):
        yield from _parts(condition.of)
    elif isinstance(condition, program.All | program.Any):
        for part in condition.of:
            yield from _parts(part)


def falls_on(dates: tuple[tuple[int, int], ...], day: date) -> bool:
    """Whether a day is one of the dates of each year: (month, day), day 0 the month's last."""
    return any(named_date(day.year, month, of_month) == day for month, of_month in dates)


def _within(bounds: program.Within, what: facts.What) -> bool:
    """A truth value or a text lies between no numbers."""
    number = getattr(what, "attributes", {}).get(bounds.name)
    if type(number) is not int:
        return False
    if bounds.least is not None and number < bounds.least:
        return False
    return bounds.most is None or number <= bounds.most


def _is_paid(account: Account, day: date) -> bool:
    fee = account.memory.fee
    return fee is not None and day <= fee.holds_until


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
    without = _named_by(lines.excluding) if lines.excluding else None
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


def _named_by(lines: program.Lines) -> LinePredicate:
    """Lines to take out: one named by any of the lists, unless that is taken out in turn."""
    back = _named_by(lines.excluding) if lines.excluding else None
    skus, categories, labels = set(lines.sku), set(lines.category), set(lines.label)

    def named(line: facts.Line) -> bool:
        found = (
            line.sku in skus or line.category in categories or not labels.isdisjoint(line.labels)
        )
        return found and not (back is not None and back(line))

    return named
