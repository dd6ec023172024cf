"""The levels of a program in words: what reaches them, over which time, and how long they hold."""

from collections.abc import Iterator
from datetime import date
from typing import assert_never

from django.utils.translation import gettext as _

from habitue.core import program as rules
from habitue.core.program import Kept, Ladder, Level, Program, Window
from habitue.pages.program import clauses, saying
from habitue.pages.program.sentences import places
from habitue.pages.program.told import Told


def sentences(of: Program, _on: date) -> Iterator[Told]:
    """Each level, then what holds for all of them."""
    if of.tiers is None:
        return
    for place, level in places.every(of, "levels"):
        # The first level is everybody's: there is nothing to change in it.
        changes = place if level.needs else None
        yield Told(saying.words(level.title, level.id), list(_level(of, level)), place=changes)
    yield Told(_("For all levels"), list(_ladder(of.tiers)))


def needs(of: Program, level: Level) -> str:
    """What reaches a level: one way, or any of several."""
    ways = [saying.both([saying.fixed(of, *part) for part in way]) for way in level.needs]
    return saying.either(ways)


def window(of: Window) -> str:
    """The time over which is counted."""
    match of:
        case rules.CalendarYear():
            return _("in a calendar year")
        case rules.Rolling(months, from_first):
            period = saying.period(rules.Period(months, "month"))
            if from_first:
                return _("since the first of the month %(period)s ago") % {"period": period}
            return _("in the last %(period)s") % {"period": period}
        case rules.MembershipYear():
            return _("in a year of membership")
        case rules.Lifetime():
            return _("in the whole membership")
        case rules.TierCycle(period):
            return _("in %(period)s from joining or rising on") % {"period": saying.period(period)}
    assert_never(of)


def kept(of: Kept) -> str:
    """How long a level holds."""
    match of:
        case rules.UntilDate(12, 31, 0):
            return _("for the rest of the year")
        case rules.UntilDate(12, 31, 1):
            return _("for the rest of this and the next year")
        case rules.UntilDate(month, day, 0):
            return _("to %(day)s of the year") % {"day": saying.day_of_year(month, day)}
        case rules.UntilDate(month, day, 1):
            return _("to %(day)s of the next year") % {"day": saying.day_of_year(month, day)}
        case rules.UntilDate(month, day, years):
            values = {"day": saying.day_of_year(month, day)}
            later = saying.period(rules.Period(years, "year"))
            return _("to %(day)s, %(period)s later") % {**values, "period": later}
        case rules.For(period):
            return _("for %(period)s") % {"period": saying.period(period)}
        case rules.Always():
            return _("for ever")
        case rules.WhileEarned():
            return _("as long as enough is counted")
    assert_never(of)


def _level(of: Program, level: Level) -> Iterator[str]:
    yield _("from %(needs)s") % {"needs": needs(of, level)} if level.needs else _("for everybody")
    if level.window is not None:
        yield _("counted %(window)s") % {"window": window(level.window)}
    if level.kept is not None:
        yield _("held %(kept)s") % {"kept": kept(level.kept)}
    for unit, expiry in level.expiry.items():
        lapse = clauses.expiry(expiry) if expiry else _("never lapse")
        yield _("%(units)s %(lapse)s") % {"units": saying.called(of, unit), "lapse": lapse}


def _ladder(of: Ladder) -> Iterator[str]:
    if of.measure == "balance":
        yield _("what counts is the balance that can be spent")
    else:
        yield _("counted %(window)s") % {"window": window(of.window)}
    yield _("held %(kept)s") % {"kept": kept(of.kept)}
    yield {
        "to level earned": _("afterwards: the level that was earned meanwhile"),
        "one step": _("afterwards: one level down, or the level that was earned if it is higher"),
        "never": _("nobody ever falls"),
        "to base": _("afterwards: the first level again"),
    }[of.downgrade]
    if of.upgrade == "at period end":
        yield _("a level that is reached holds from the next period on")
    if of.grace is not None:
        yield _("held %(period)s longer out of goodwill") % {"period": saying.period(of.grace)}
    if of.notice is not None:
        yield _("announced %(period)s before it ends") % {"period": saying.period(of.notice)}
    if of.rules_see == "tier after":
        yield _("a purchase earns by the level that it leads to")
