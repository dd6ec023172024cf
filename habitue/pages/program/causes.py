"""Causes: what members gave, what was paid out, and a report that balances to the cent."""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from habitue.core import money
from habitue.ledger import giving
from habitue.ledger.giving import Report, Running
from habitue.members.models import Business
from habitue.pages import access, forms, holdings, refusals, spreadsheet
from habitue.pages.card import certificate

DAY = timedelta(days=1)


@never_cache
@require_GET
@access.owner
def overview(request: HttpRequest, business: Business) -> HttpResponse:
    """Every cause with its running total."""
    found = [(one, holdings.words(one.title, one.cause)) for one in giving.running(business.pk)]
    context = {"business": business, "here": "program", "causes": found}
    return render(request, "pages/program/causes.html", context)


@never_cache
@require_GET
@access.owner
def one(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """A cause over a period, and its payouts."""
    return _one(request, business, name, _form(business))


@require_POST
@access.owner
def pay(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """Write down that the cause received money; never more than is outstanding."""
    _running(business, name)
    form = forms.Payment(request.POST, currency=business.currency)
    if form.is_valid():
        given = form.cleaned_data
        refused = giving.pay_out(
            business.pk,
            name,
            money=given["amount"],
            day=given["day"],
            reference=given["reference"],
            note=given["note"],
            now=timezone.now(),
        )
        if refused is None:
            return redirect("cause", name)
        form.add_error(None, refusals.posting(refused))
    return _one(request, business, name, form)


@never_cache
@require_GET
@access.owner
def sheet(request: HttpRequest, business: Business, name: str) -> HttpResponse:
    """The report as a file."""
    _running(business, name)
    period = _period(request, business)
    report = _report(business, name, period)
    header = [_("day"), _("what"), _("reference"), _("money"), _("currency")]
    return spreadsheet.answer(f"{business.slug}-{name}.csv", header, _rows(report))


@require_GET
@access.owner
def proof(request: HttpRequest, business: Business, key: int, name: str, year: int) -> HttpResponse:
    """A member's certificate, for the owner to hand over."""
    return certificate.answer(business, access.customer(business, key), name, year)


def _one(request: HttpRequest, business: Business, name: str, form: forms.Payment) -> HttpResponse:
    running, period = _running(business, name), _period(request, business)
    report = _report(business, name, period)
    context = {
        "business": business,
        "here": "program",
        "running": running,
        "title": holdings.words(running.title, running.cause),
        "report": report,
        "last_on": report.until - DAY,
        "period": period,
        "form": form,
    }
    status = 422 if form.errors or (period.is_bound and period.errors) else 200
    return render(request, "pages/program/cause.html", context, status=status)


def _running(business: Business, name: str) -> Running:
    for running in giving.running(business.pk):
        if running.cause == name:
            return running
    raise Http404


def _period(request: HttpRequest, business: Business) -> forms.Period:
    """What was asked for; this year where nothing was."""
    if "since" in request.GET:
        return forms.Period(request.GET)
    today = timezone.now().astimezone(ZoneInfo(business.timezone)).date()
    start = {"since": date(today.year, 1, 1), "until": date(today.year, 12, 31)}
    return forms.Period(start)


def _report(business: Business, name: str, period: forms.Period) -> Report:
    """The report of a valid period, else of the day that is given."""
    if period.is_valid():
        since, last = period.cleaned_data["since"], period.cleaned_data["until"]
    else:
        since = last = timezone.localdate()
    return giving.report(business.pk, name, since=since, until=last + DAY)


def _rows(report: Report) -> Iterator[list[str]]:
    places = money.decimals(report.currency)

    def row(day: date, what: str, reference: str, amount: int) -> list[str]:
        number = spreadsheet.number(amount, places)
        return [day.isoformat(), what, spreadsheet.neutral(reference), number, report.currency]

    last = report.until - DAY
    yield row(report.since, _("brought forward"), "", report.opening)
    yield row(last, _("given by members"), "", report.given)
    for payment in report.payouts:
        yield row(payment.day, _("paid out"), payment.reference, payment.money)
    yield row(last, _("carried forward"), "", report.closing)


def _form(business: Business) -> forms.Payment:
    return forms.Payment(currency=business.currency, initial={"day": timezone.localdate()})
