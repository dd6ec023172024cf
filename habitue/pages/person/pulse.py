"""How somebody comes: last visit and own rhythm, and what they are probably worth in a year.

The rhythm is the segments' own (`metrics.segments.rhythm`): a customer's gaps drawn towards the
shop's. The worth is that of the models that the nightly report fitted, applied to this one life.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from habitue.ledger import database, rhythm
from habitue.members.models import Business
from habitue.pages.measures import reports
from habitue.pages.templatetags import words as say

if TYPE_CHECKING:
    from habitue.metrics.lives import Lives

VISITS: Final = 3
"""Days of visits from which on somebody has a rhythm of their own to speak of."""

_LIFE: Final = """
SELECT first_on, last_on, days, orders, amount FROM ledger_life
WHERE customer_id = %(customer)s AND first_on IS NOT NULL"""

_MEAN: Final = """
SELECT sum(last_on - first_on)::float / sum(days - 1) FROM ledger_life
WHERE business_id = %(business)s AND days > 1"""


class Pulse(Struct, frozen=True):
    """`last`: the sentence of the last visit; `worth`: money in words, empty while unknown."""

    last: str
    late: bool = False
    silence: int = 0
    usual: int = 0
    worth: str = ""
    spent: str = ""
    visits: int = 0


def of(business: Business, customer: int, *, now: datetime, worth: bool = True) -> Pulse:
    """A customer's pulse; of one who never came, that alone. `worth` needs the whole report."""
    rows = database.query(_LIFE, {"customer": customer})
    if not rows:
        return Pulse(_("Has not come yet."))
    first, last, days, orders, amount = rows[0]
    today = now.astimezone(ZoneInfo(business.timezone)).date()
    silence = max(0, (today - last).days)
    usual, late = 0, False
    if days >= VISITS:
        usual, late = _rhythm(business, (first, last, days), today, now)
    return Pulse(
        _last(silence, usual),
        late,
        silence,
        usual,
        _worth(business, (first, last, days, orders, amount)) if worth else "",
        say.money(int(amount), business.currency) if amount else "",
        orders,
    )


def _last(silence: int, usual: int) -> str:
    """“Last visit 43 days ago, usually every 7 days.”"""
    came = _("Last visit today") if silence == 0 else ngettext(
        "Last visit %(days)s day ago", "Last visit %(days)s days ago", silence
    ) % {"days": say.count(silence)}  # fmt: skip
    if not usual:
        return f"{came}."
    often = ngettext("usually every day", "usually every %(days)s days", usual)
    return f"{came}, {often % {'days': say.count(usual)}}."


def _rhythm(
    business: Business, life: tuple[date, date, int], today: date, now: datetime
) -> tuple[int, bool]:
    """The usual gap in days, and whether the silence is longer than is usual for this one."""
    from habitue.metrics.segments import rhythm as rhythms

    (mean,) = database.query(_MEAN, {"business": business.pk})[0]
    first, last, days = life
    lives = _lives(business, today, (first, last, days, days, 0))
    gaps: dict[Any, int] = {float(mean): 1}
    found = rhythms.of(lives, rhythm.window(business, now=now).days, gaps)
    return max(1, round(float(found.usual[0]))), bool(rhythms.late(found)[0])


def _worth(business: Business, life: tuple[date, date, int, int, int]) -> str:
    """The expected sales of the next year, by the models of the last report."""
    kept = reports.latest(business)
    if kept is None or kept.report.worth is None:
        return ""
    held = {one.name: {each.name: each.value for each in one.parameters}
            for one in kept.report.worth.models}  # fmt: skip
    leaving, spending = held.get("MBG/NBD"), held.get("Gamma-Gamma")
    if not leaving or not spending or life[4] <= 0:
        return ""
    from habitue.metrics import outlook
    from habitue.metrics.models import betageometric, gammagamma, patterns, spans, worth

    model = betageometric.BetaGeometric(**leaving, unit=spans.Unit.WEEK, at_once=True)
    until = max(kept.at.astimezone(ZoneInfo(business.timezone)).date(), life[1])
    lives = _lives(business, date.fromordinal(until.toordinal() + 1), life)
    bought = worth.purchases(model, patterns.of(lives), outlook.TERMS)
    each = gammagamma.GammaGamma(**spending).expected(lives.days, lives.revenue)
    return say.whole(round(float((bought * each)[0])), business.currency)


def _lives(business: Business, until: date, life: tuple[date, date, int, int, int]) -> Lives:
    from habitue.metrics import lives

    first, last, days, orders, amount = life
    rows = [(0, first, last, days, orders, int(amount))]
    return lives.of(rows, until=until, currency=business.currency)
