"""A month of the program: what holds on which day, what is drawn, which version begins."""

import calendar
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.core import calendar as periods
from habitue.core import program as rules
from habitue.core.program import EarnRule, Program
from habitue.members.models import Business
from habitue.pages import access
from habitue.pages.program import clauses, drafts, saying, versions
from habitue.pages.program.sentences import places, rule_parts
from habitue.pages.program.sentences.places import Place

ADDS: Final = "times"
"""The kind of sentence that a tap on a day begins."""

NEAREST: Final = 2000
FARTHEST: Final = 2100
MONTHS: Final = 12


class Mark(Struct, frozen=True):
    """Something on a day: `kind` is promotion, draw, version or reward; `place` may be changed."""

    kind: str
    title: str
    said: str
    place: Place | None = None


class Day(Struct, frozen=True):
    """A day of the month (or beside it) with what is on it."""

    day: date
    within: bool
    today: bool
    past: bool
    marks: tuple[Mark, ...]


@never_cache
@require_GET
@access.owner
def month(request: HttpRequest, business: Business) -> HttpResponse:
    """The month that is asked for, or this one."""
    today = versions.today(business)
    first = _first(request.GET.get("month", ""), today)
    work = drafts.current(business)
    weeks = list(_weeks(business, work.program, first, today))
    context = {
        "business": business,
        "here": "program",
        "first": first,
        "before": (first - timedelta(days=1)) if first.year > NEAREST else None,
        "after": (first + timedelta(days=31)) if first.year < FARTHEST else None,
        "weekdays": [saying.weekday(number) for number in range(7)],
        "weeks": weeks,
        "listed": [day for week in weeks for day in week if day.within and day.marks],
        "always": list(_always(work.program)),
        "kept": work.kept,
        "adds": ADDS,
        "addable": any(rule.when in ("purchase", "visit") for rule in work.program.rules),
    }
    return render(request, "pages/program/month.html", context)


def _first(text: str, today: date) -> date:
    if not text:
        return today.replace(day=1)
    year, _dash, number = text.partition("-")
    if not (year.isdecimal() and number.isdecimal() and len(text) == len("2026-01")):
        raise Http404
    if not (NEAREST <= int(year) <= FARTHEST and 1 <= int(number) <= MONTHS):
        raise Http404
    return date(int(year), int(number), 1)


def _weeks(business: Business, of: Program, first: date, today: date) -> Iterator[list[Day]]:
    begins = defaultdict(list)
    for one in versions.every(business):
        if one.since is not None and one.state != "replaced":
            said = _("Version %(number)s begins") % {"number": one.number}
            begins[one.since].append(Mark("version", said, ""))
    for week in calendar.Calendar().monthdatescalendar(first.year, first.month):
        yield [
            Day(
                day,
                day.month == first.month,
                day == today,
                day < today,
                (*begins.get(day, ()), *_marks(of, day)),
            )
            for day in week
        ]


def _marks(of: Program, day: date) -> Iterator[Mark]:
    for place, rule in places.every(of, "rules"):
        if _dated(rule) and _holds(rule, day):
            yield Mark("promotion", saying.rule(of, rule.id), award(of, rule), place)
    for place, reward in places.every(of, "rewards"):
        if reward.dates is not None and _within(reward.dates, day):
            yield Mark("reward", saying.reward(of, reward.id), "", place)
    for place, draw in places.every(of, "draws"):
        if periods.start_of(day + timedelta(days=1), draw.every) == day + timedelta(days=1):
            yield Mark("draw", saying.draw(of, draw.id), _("drawn after this day"), place)


def award(of: Program, rule: EarnRule) -> str:
    """What a promotion gives, and at which hours."""
    said = saying.both([clauses.award(of, one) for one in rule.awards])
    hours = [one for one in rule_parts.conditions(rule.where) if isinstance(one, rules.Hours)]
    return saying.joined([said, *(clauses.hours(one) for one in hours)])


def _always(of: Program) -> Iterator[Mark]:
    """What comes back each week, without end: it stands above the month, not on every day."""
    for place, rule in places.every(of, "rules"):
        days = [one for one in rule_parts.conditions(rule.where) if isinstance(one, rules.Weekday)]
        if rule.dates is None and days:
            names = saying.both([saying.weekday(number) for number in days[0].days])
            said = saying.joined([names, award(of, rule)])
            yield Mark("promotion", saying.rule(of, rule.id), said, place)


def _dated(rule: EarnRule) -> bool:
    """Whether a rule belongs on a calendar: it has dates, or days of the year."""
    parts = rule_parts.conditions(rule.where)
    return rule.dates is not None or any(
        isinstance(one, rules.EachYear | rules.Dates) for one in parts
    )


def _holds(rule: EarnRule, day: date) -> bool:
    """Whether a rule's days are those of this day; what else it asks is not of the calendar."""
    if rule.dates is not None and not _within(rule.dates, day):
        return False
    for part in rule_parts.conditions(rule.where):
        match part:
            case rules.Weekday(days) if day.weekday() not in days:
                return False
            case rules.Dates() if not _within(part, day):
                return False
            case rules.EachYear(dates) if not _each_year(dates, day):
                return False
    return True


def _each_year(dates: tuple[tuple[int, int], ...], day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1] == day.day
    return (day.month, day.day) in dates or (last and (day.month, 0) in dates)


def _within(dates: rules.Dates, day: date) -> bool:
    return (dates.since or date.min) <= day < (dates.until or date.max)
