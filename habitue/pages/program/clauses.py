"""The parts of a rule in words: what happens, on which conditions, how often, what lapses when."""

from collections.abc import Iterator, Sequence
from datetime import time
from typing import Final, assert_never

from babel import dates as calendar
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habitue.core import program as rules
from habitue.core.program import Award, Condition, Expiry, Limit, Lines, Program
from habitue.pages import holdings
from habitue.pages.program import saying
from habitue.pages.templatetags import words as say

_LAST_MINUTE: Final = 24 * 60


def event(name: str) -> str:
    """What happens, as the beginning of a sentence; an action by its own name."""
    texts = {
        "purchase": _("a purchase"),
        "visit": _("a visit"),
        "enrolment": _("joining"),
        "birthday": _("a birthday"),
        "anniversary": _("each year of membership"),
        "date": _("a day of the calendar"),
        "segments": _("coming into a segment"),
        "referral": _("inviting a friend who buys"),
        "referred": _("having been invited"),
        "fee_paid": _("paying the fee"),
        "donation": _("a donation"),
        "redemption": _("taking a reward"),
        "voucher_use": _("using a voucher"),
        "payment": _("paying with units"),
        "threshold": _("having enough"),
    }
    return texts.get(name) or _("“%(action)s”") % {"action": name.replace("_", " ")}


def award(of: Program, one: Award) -> str:
    """What is earned: `1 point per 1 €`."""
    match one:
        case rules.PerMoney(unit, value, per):
            values = {
                "amount": saying.amount(of, unit, value),
                "per": saying.cash(per, of.currency),
            }
            return _("%(amount)s per %(per)s") % values
        case rules.PerItem(unit, value):
            return _("%(amount)s per piece") % {"amount": saying.amount(of, unit, value)}
        case rules.PerAttribute(unit, value, attribute):
            values = {"amount": saying.amount(of, unit, value), "what": attribute.replace("_", " ")}
            return _("%(amount)s per 1 of “%(what)s”") % values
        case rules.Fixed(unit, value):
            return saying.amount(of, unit, value)
        case rules.Multiply(factor, unit):
            what = saying.called(of, unit) if unit else _("everything")
            return _("%(what)s times %(factor)s") % {"what": what, "factor": saying.number(factor)}
        case rules.Bonus(unit, more):
            values = {"share": saying.share(more), "unit": saying.called(of, unit)}
            return _("%(share)s more %(unit)s") % values
    assert_never(one)


def goods(lines: Lines) -> str:
    """Which lines of a purchase are meant."""
    listed = [
        (lines.sku, _("product %(names)s")),
        (lines.category, _("category %(names)s")),
        (lines.label, _("label %(names)s")),
    ]
    return saying.both([text % {"names": named(names)} for names, text in listed if names])


def named(names: Sequence[str]) -> str:
    """Names of a shop's own, in quotes."""
    return saying.either([_("“%(name)s”") % {"name": name} for name in names])


def only(of: Program, where: Condition) -> str:
    """A condition as a sentence of its own."""
    if isinstance(where, rules.Not):
        return _("not if %(condition)s") % {"condition": condition(of, where.of)}
    return _("only if %(condition)s") % {"condition": condition(of, where)}


def condition(of: Program, where: Condition) -> str:
    """What must hold, as the end of `only if …`."""
    match where:
        case rules.All(parts):
            return saying.both([condition(of, part) for part in parts])
        case rules.Any(parts):
            return saying.either([condition(of, part) for part in parts])
        case rules.Not(part):
            return _("it is not so that %(condition)s") % {"condition": condition(of, part)}
        case rules.Weekday() | rules.Hours() | rules.Dates() | rules.EachYear():
            return _when(where)
        case rules.Among(what, values):
            return _among(what) % {"values": named(values)}
        case rules.TierIs(values):
            levels = saying.either([saying.tier(of, level) for level in values])
            return _("the level is %(levels)s") % {"levels": levels}
        case rules.MinimumOrder(least):
            return _("the order is %(amount)s or more") % {
                "amount": saying.cash(least, of.currency)
            }
        case rules.Attribute(name, values):
            listed = named([str(value) for value in values])
            return _("%(name)s is %(values)s") % {"name": name.replace("_", " "), "values": listed}
        case rules.Within():
            return _within(where)
        case _:
            return _of_member(where)


def limit(of: Program, one: Limit, unit: str = "") -> str:
    """How often or how much at most: `3 times per day`."""
    counts = []
    if one.times is not None:
        times = ngettext("%(count)s time", "%(count)s times", one.times)
        counts.append(times % {"count": say.count(one.times)})
    if one.amount is not None:
        counts.append(saying.fixed(of, unit, one.amount) if unit else saying.number(one.amount))
    if isinstance(one.per, rules.Period):
        counts.append(_("within %(period)s") % {"period": saying.period(one.per)})
    else:
        counts.append(saying.per(one.per) if one.per else _("in all"))
    if one.total:
        counts.append(_("for everybody together"))
    return " ".join(counts)


def expiry(of: Expiry) -> str:
    """How units lapse, as the end of a sentence that they begin."""
    match of:
        case rules.After(period, None):
            return _("lapse %(period)s after they were earned") % {"period": saying.period(period)}
        case rules.After(period, end):
            values = {"period": saying.period(period), "end": _end(str(end))}
            return _("lapse %(period)s after they were earned, at the end of %(end)s") % values
        case rules.FixedDates(days):
            listed = saying.both([saying.day_of_year(*day) for day in days])
            return _("lapse each year after %(dates)s") % {"dates": listed}
        case rules.Inactivity(period, restarted_by):
            values = {"period": saying.period(period), "events": _events(restarted_by)}
            return _("lapse after %(period)s without activity (%(events)s)") % values
        case rules.Redated(period, restarted_by, cap):
            values = {"period": saying.period(period), "events": _events(restarted_by)}
            text = _("last %(period)s from the last activity on (%(events)s)") % values
            if cap is None:
                return text
            most = _("at most %(period)s in all") % {"period": saying.period(cap)}
            return f"{text}, {most}"
    assert_never(of)


def gift(of: Program, given: Sequence[rules.Gift]) -> str:
    """What a reward gives; of several the member chooses one."""
    return saying.either([holdings.gift_words(of, one) for one in given])


def _events(names: Sequence[str]) -> str:
    return saying.either([event(name) for name in names])


def _end(calendar_or_month: str) -> str:
    texts = {
        "day": _("the day"),
        "week": _("the week"),
        "month": _("the month"),
        "quarter": _("the quarter"),
        "half-year": _("the half-year"),
        "year": _("the year"),
    }
    return texts.get(calendar_or_month) or saying.month(calendar_or_month)


def _among(what: str) -> str:
    return {
        "channel": _("the channel is %(values)s"),
        "place": _("the place is %(values)s"),
        "partner": _("the partner is %(values)s"),
        "tender": _("it is paid by %(values)s"),
    }[what]


def _when(
    where: rules.Weekday | rules.Hours | rules.Dates | rules.EachYear,
) -> str:
    match where:
        case rules.Weekday(days):
            return _("it is %(days)s") % {"days": saying.either([saying.weekday(d) for d in days])}
        case rules.Hours(since, until):
            values = {"since": _clock(since), "until": _clock(until)}
            return _("it is between %(since)s and %(until)s") % values
        case rules.Dates():
            return _("it is %(days)s") % {"days": saying.between(where)}
        case rules.EachYear(days):
            listed = saying.either([saying.day_of_year(*day) for day in days])
            return _("it is %(days)s") % {"days": listed}


def hours(of: rules.Hours) -> str:
    """A span of hours in few signs: `14:00–16:00`."""
    return f"{_clock(of.since)}–{_clock(of.until)}"


def _clock(minutes: int) -> str:
    at = minutes % _LAST_MINUTE
    return calendar.format_time(time(at // 60, at % 60), "short", locale=saying.locale())


def _within(where: rules.Within) -> str:
    values = {"name": where.name.replace("_", " "), "bounds": saying.both(list(_bounds(where)))}
    return _("%(name)s is %(bounds)s") % values


def _bounds(where: rules.Within) -> Iterator[str]:
    if where.least is not None:
        yield _("at least %(number)s") % {"number": say.count(where.least)}
    if where.most is not None:
        yield _("at most %(number)s") % {"number": say.count(where.most)}


def _of_member(where: Condition) -> str:
    match where:
        case rules.FirstTime(first):
            first_text = _("it is the first purchase")
            return first_text if first else _("it is not the first purchase")
        case rules.MemberFor(period):
            return _("the member joined %(period)s ago or earlier") % {
                "period": saying.period(period)
            }
        case rules.InSegment(values):
            return _("the member belongs to %(groups)s") % {"groups": named(values)}
        case rules.Streak(count, unit):
            row = saying.period(rules.Period(count, unit))
            return _("it has come %(period)s in a row") % {"period": row}
        case rules.Paid(paid):
            return _("membership is paid") if paid else _("membership is not paid")
        case _:
            raise AssertionError(f"no words for the condition {where!r}")
