"""The owner's first page: how it goes in one sentence, three figures, what happened last."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from msgspec import Struct

from habitue import metrics
from habitue.ledger import figures as figures_of
from habitue.members.models import Business, Member
from habitue.metrics import benchmarks
from habitue.metrics.answers import Result
from habitue.metrics.benchmarks import Benchmark
from habitue.pages import access, account, events, words

SPAN: Final = timedelta(days=90)
ALIVE: Final = timedelta(seconds=15)  # the worker beats every few seconds
LAST: Final = 8


class Figure(Struct, frozen=True):
    """One figure on the page. `share` or `number` is None while there is too little to say."""

    title: str
    help: str
    formula: str
    share: float | None = None
    number: int | None = None
    of: tuple[int, int] | None = None
    change: int | None = None
    beside: float | None = None


@never_cache
@access.owner
def today(request: HttpRequest, business: Business) -> HttpResponse:
    """The page."""
    now = timezone.now()
    request.session.pop(access.FIRST_PIN, None)  # it was seen; only its hash is kept
    context = {
        "business": business,
        "here": "today",
        "now": now,
        "members": Member.objects.filter(customer__business=business).count(),
        "first": account.first_member(business),
        "figures": figures(business, now),
        "happenings": happenings(business),
        "worker": worker_lives(),
        "mail": settings.HABITUE_MAIL_CONFIGURED,
        "sentence": _sentence(business, now),
    }
    return render(request, "pages/owner/today.html", context)


def figures(business: Business, now: datetime) -> list[Figure]:
    """Repeat-purchase rate first, retention beside the sector's, active customers."""
    day = now.astimezone(ZoneInfo(business.timezone)).date()
    latest = _answers(business, day, now)
    before = _answers(business, day - SPAN, now, window=latest.window.days)
    active = latest.aggregates.counts.end
    shares = [
        _share(latest.get(name), before.get(name), sector)
        for name, sector in (
            ("repeat_purchase_rate", None),
            ("strict_retention", benchmarks.of(business.kind, "strict_retention")),
        )
    ]
    window = {"days": latest.window.days}
    return [
        *shares,
        Figure(
            title=_("Active customers"),
            help=_("Customers who bought within the last %(days)s days.") % window,
            formula=_("customers with ≥ 1 purchase in %(days)s days") % window,
            number=active,
            change=active - before.aggregates.counts.end,
        ),
    ]


def happenings(business: Business) -> list[tuple[events.Happening, str]]:
    """The last events that counted, each with its title."""
    return [(one, _kind(one.kind)) for one in events.newest(business, limit=LAST)]


def worker_lives() -> bool:
    """Whether the worker has sent a sign of life just now."""
    rows = events.query(
        "SELECT now() - max(last_heartbeat) < %(alive)s FROM procrastinate_workers",
        {"alive": ALIVE},
    )
    return bool(rows[0][0])


def _answers(
    business: Business, until: date, now: datetime, window: int | None = None
) -> metrics.Answers:
    period = metrics.Period(until - SPAN, until)
    names = ("repeat_purchase_rate", "strict_retention")
    return figures_of.answer(business, period=period, now=now, window=window, figures=names)


def _share(latest: Result, before: Result, sector: Benchmark | None) -> Figure:
    language, declared = words.language(), latest.figure
    of = None
    if latest.numerator is not None and latest.denominator:
        of = (int(latest.numerator), int(latest.denominator))
    change = None
    if latest.value is not None and before.value is not None and not before.few:
        change = round(100 * (latest.value - before.value))
    return Figure(
        title=declared.title[language],
        help=declared.help[language],
        formula=declared.formula[language],
        share=latest.value,
        of=of,
        change=change,
        beside=sector.value if sector else None,
    )


def _sentence(business: Business, now: datetime) -> str:
    """How it goes, in one sentence with the week's own number."""
    day = now.astimezone(ZoneInfo(business.timezone)).date()
    visits, people = events.came(business, since=day - timedelta(6), until=day + timedelta(1))
    if not visits:
        return _("No visit was recorded in the last 7 days.")
    text = ngettext(
        "In the last 7 days, %(people)s customer came, %(visits)s visits in all.",
        "In the last 7 days, %(people)s customers came, %(visits)s visits in all.",
        people,
    )
    return text % {"people": people, "visits": visits}


def _kind(kind: str) -> str:
    titles = {
        "purchase": _("Purchase"),
        "visit": _("Stamped"),
        "enrolment": _("Joined"),
        "redemption": _("Took a reward"),
        "voucher_use": _("Took a reward"),
        "undo": _("Undone"),
        "refund": _("Brought back"),
        "birthday": _("Birthday"),
        "adjustment": _("Corrected"),
        "action": _("Took part"),
        "payment": _("Paid with units"),
        "benefit_use": _("Used a benefit"),
        "fee_paid": _("Membership paid"),
        "fee_failed": _("Payment of the membership failed"),
        "fee_refunded": _("Membership given back"),
        "cancellation": _("Ended the membership"),
        "transfer": _("Gave units"),
        "receipt": _("Received units"),
        "merge": _("Same person as another customer"),
        "merged": _("Same person as another customer"),
        "won": _("Won in a draw"),
        "anniversary": _("A year of membership"),
        "date": _("A special day"),
        "approval": _("Approved"),
        "segments": _("Looked at anew"),
        "passage": _("Time passed"),
    }
    return titles.get(kind, kind)
