"""The counter: a PIN, a camera, a sheet with the reward first, and a minute to undo.

Every action carries a reference made for its button: sent twice, it happens once. The answer is
green only because the ledger has committed before it is written.
"""

import logging
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from msgspec import structs

from habitue import ledger
from habitue.core import facts, money
from habitue.members import cards, customers
from habitue.members import staff as people
from habitue.members.models import Business, Customer, Identity, Staff
from habitue.pages import access, drawing, events, forms, holdings, refusals, standing
from habitue.pages.templatetags import words as say

UNDO: Final = timedelta(seconds=60)
FOUND: Final = 12
LAST = "last_action"
_AT_PARTNERS: Final = (
    facts.Visit,
    facts.Purchase,
    facts.Redemption,
    facts.VoucherUse,
    facts.Payment,
)
log = logging.getLogger(__name__)


@never_cache
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Name and PIN."""
    business = access.counter_of(key)
    partner = request.GET.get("partner", "")
    crew = Staff.objects.filter(business=business, active=True, partner=partner)
    crew = crew.exclude(pin_hash="")
    form = forms.Pin(request.POST or None)
    cast(Any, form.fields["staff"]).choices = [(one.pk, one.name) for one in crew.order_by("name")]
    if request.method == "POST" and form.is_valid():
        one = crew.get(pk=form.cleaned_data["staff"])
        verdict = people.check_pin(one, form.cleaned_data["pin"], at=timezone.now())
        if verdict == "right":
            access.enter(request, one)
            return redirect("counter", key)
        form.add_error("pin", _pin(verdict))
    context = {"business": business, "form": form}
    status = 422 if form.errors else 200
    return render(request, "pages/counter/enter.html", context, status=status)


@require_POST
def leave(request: HttpRequest, key: str) -> HttpResponse:
    """Hand the phone on."""
    access.leave(request, access.counter_of(key))
    return redirect("counter-in", key)


@never_cache
@access.counter
def scan(request: HttpRequest, business: Business, staff: Staff) -> HttpResponse:
    """The camera and, beneath it, a typed code and the search."""
    if request.method == "POST":
        return _scanned(request, business, staff, request.POST.get("code", ""))
    return _scan_page(request, business, staff)


@never_cache
@require_GET
@access.counter
def search(request: HttpRequest, business: Business, staff: Staff) -> HttpResponse:
    """Members by name, number, e-mail or phone."""
    form = forms.Search(request.GET)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    context = {"business": business, "found": _found(business, staff, text), "q": text}
    return render(request, "pages/counter/_found.html", context)


@never_cache
@access.counter
def sheet(request: HttpRequest, business: Business, staff: Staff, member: int) -> HttpResponse:
    """Who stands here, and what can be done: the ready reward first."""
    return _sheet(request, business, staff, access.customer(business, member))


@require_POST
@access.counter
def stamp(request: HttpRequest, business: Business, staff: Staff, member: int) -> HttpResponse:
    """One or several pieces, or an amount of money."""
    customer, form = access.customer(business, member), forms.Stamp(request.POST)
    if not form.is_valid():
        return _sheet(request, business, staff, customer, problem=_("Please check the number."))
    what: facts.What = facts.Visit(quantity=form.cleaned_data["quantity"] or 1, channel="counter")
    if amount := form.cleaned_data["amount"]:
        lines = (facts.Line(amount=_minor(amount, business)),)
        what = facts.Purchase(lines=lines, currency=business.currency, channel="counter")
    return _post(request, business, staff, customer, what, form.cleaned_data["reference"])


@require_POST
@access.counter
def give(request: HttpRequest, business: Business, staff: Staff, member: int) -> HttpResponse:
    """Hand a reward over: from the balance, or a voucher issued before."""
    customer, form = access.customer(business, member), forms.Give(request.POST)
    if not form.is_valid():
        return _sheet(request, business, staff, customer, problem=_("Please choose a reward."))
    what: facts.What = facts.Redemption(reward=form.cleaned_data["reward"], at_once=True)
    if voucher := form.cleaned_data["voucher"]:
        what = facts.VoucherUse(voucher=voucher, choice=form.cleaned_data["choice"] or 0)
    return _post(request, business, staff, customer, what, form.cleaned_data["reference"])


@require_POST
@access.counter
def use(request: HttpRequest, business: Business, staff: Staff, member: int) -> HttpResponse:
    """A benefit is used once more."""
    customer, form = access.customer(business, member), forms.Use(request.POST)
    if not form.is_valid():
        return _sheet(request, business, staff, customer, problem=_("Please check the number."))
    order = form.cleaned_data["order"]
    what = facts.BenefitUse(
        form.cleaned_data["benefit"], order=_minor(order, business) if order else 0
    )
    return _post(request, business, staff, customer, what, form.cleaned_data["reference"])


@require_POST
@access.counter
def pay(request: HttpRequest, business: Business, staff: Staff, member: int) -> HttpResponse:
    """An order is paid in part with units: the payment and the purchase it is for, or neither."""
    customer, form = access.customer(business, member), forms.PayWith(request.POST)
    if not form.is_valid():
        return _sheet(request, business, staff, customer, problem=_("Please check the number."))
    order, part = (_minor(form.cleaned_data[name], business) for name in ("order", "part"))
    reference = form.cleaned_data["reference"]
    with transaction.atomic():
        paid = _answer(business, staff, customer, facts.Payment(part, order), reference)
        bought = paid
        if paid.refused is None:
            what = facts.Purchase(
                lines=(facts.Line(amount=order),),
                currency=business.currency,
                channel="counter",
                covered=events.paid(customer.pk, paid.event),
                spent=(paid.event,),
            )
            bought = _answer(business, staff, customer, what, f"{reference}-order")
        if bought.refused is not None:
            transaction.set_rollback(True)
    if bought.refused is not None:
        problem = refusals.posting(bought.refused)
        return _sheet(request, business, staff, customer, problem=problem)
    if not bought.duplicate:
        _remember(request, customer, paid.event, bought.event)
    return _sheet(request, business, staff, customer, done="payment")


@require_POST
@access.counter
def undo(request: HttpRequest, business: Business, staff: Staff, member: int) -> HttpResponse:
    """Take the last action at this counter back, within a minute."""
    customer, last, now = (
        access.customer(business, member),
        request.session.get(LAST),
        timezone.now(),
    )
    if not last or last["customer"] != customer.pk or _left(last, now) <= 0:
        return _sheet(
            request, business, staff, customer, problem=_("The minute to undo this is over.")
        )
    with transaction.atomic():
        for event in reversed(last["events"]):
            answer = _answer(business, staff, customer, facts.Undo(of=event), f"undo-{event}")
            if answer.refused is not None:
                transaction.set_rollback(True)
                break
    if answer.refused is not None:
        problem = refusals.posting(answer.refused)
        return _sheet(request, business, staff, customer, problem=problem)
    request.session.pop(LAST, None)
    return _sheet(request, business, staff, customer, done="undo")


def _post(
    request: HttpRequest,
    business: Business,
    staff: Staff,
    customer: Customer,
    what: facts.What,
    reference: str,
) -> HttpResponse:
    """Post one fact and show the sheet with what came of it."""
    answer = _answer(business, staff, customer, what, reference)
    if answer.refused is not None:
        problem = refusals.posting(answer.refused)
        return _sheet(request, business, staff, customer, problem=problem)
    if not answer.duplicate:
        _remember(request, customer, answer.event)
    quantity = what.quantity if isinstance(what, facts.Visit) else 0
    return _sheet(request, business, staff, customer, done=facts.kind(what), fresh=quantity)


def _answer(
    business: Business, staff: Staff, customer: Customer, what: facts.What, reference: str
) -> ledger.Answer:
    """What the ledger says to one fact; to a button sent twice, what it said first."""
    now, what = timezone.now(), _at(staff, what)
    source = f"counter:{staff.pk}"
    fact = ledger.Fact(customer=customer.pk, at=now, what=what, source=source, reference=reference)
    (answer,) = ledger.post(business.pk, [fact], now=now)
    if answer.refused and answer.refused.code == "conflict" and (first := _first(fact, business)):
        (answer,) = ledger.post(business.pk, [first], now=now)
    return answer


def _remember(request: HttpRequest, customer: Customer, *made: int) -> None:
    """What can be undone within a minute."""
    at = timezone.now().timestamp()
    request.session[LAST] = {"customer": customer.pk, "events": made, "at": at}


def _minor(amount: Decimal, business: Business) -> int:
    """An amount of money in minor units."""
    return int((amount * 10 ** money.decimals(business.currency)).quantize(Decimal(1)))


def _at(staff: Staff, what: facts.What) -> facts.What:
    """What happens at a partner's till carries the partner."""
    if staff.partner and isinstance(what, _AT_PARTNERS):
        return structs.replace(what, partner=staff.partner)
    return what


def _first(fact: ledger.Fact, business: Business) -> ledger.Fact | None:
    """The fact at the moment of its first sending: a button sent twice is one and the same."""
    event = ledger.find(business.pk, fact.source, fact.reference)
    at = events.moment_of(fact.customer, event) if event else None
    return structs.replace(fact, at=at) if at else None


def _sheet(
    request: HttpRequest,
    business: Business,
    staff: Staff,
    customer: Customer,
    *,
    problem: str = "",
    done: str = "",
    fresh: int = 0,
) -> HttpResponse:
    now = timezone.now()
    face = holdings.face(business, customer.pk, now=now)
    beyond = standing.beyond(business, customer, now=now)
    last = request.session.get(LAST)
    left = _left(last, now) if last and last["customer"] == customer.pk else 0
    picture = drawing.progress(face.have, face.goal, label=face.label, fresh=fresh) if face else ""
    context = {
        "business": business,
        "customer": customer,
        "name": say.initials(customer.name) if staff.partner else customer.name,
        "face": face,
        "beyond": beyond,
        "picture": picture,
        "problem": problem,
        "done": _done(done, fresh),
        "undo_left": left,
        "reference": uuid.uuid4,
    }
    template = "_sheet" if "HX-Request" in request.headers else "sheet"
    return render(
        request, f"pages/counter/{template}.html", context, status=422 if problem else 200
    )


def _scan_page(
    request: HttpRequest, business: Business, staff: Staff, *, problem: str = ""
) -> HttpResponse:
    context = {"business": business, "staff": staff, "problem": problem}
    status = 422 if problem else 200
    return render(request, "pages/counter/scan.html", context, status=status)


def _scanned(request: HttpRequest, business: Business, staff: Staff, text: str) -> HttpResponse:
    """A card's code (or the address that holds it), or the member's number typed by hand."""
    code = text.strip().rstrip("/").rpartition("/")[2]
    number = customers.find(business, Identity.Kind.NUMBER, code)
    if number is not None:
        return redirect("sheet", business.counter_key, number)
    answer = cards.read(code, business=business.pk, staff=staff, at=timezone.now())
    if isinstance(answer, cards.Refused):
        log.warning("A code was refused at the counter of %s: %s", business.slug, answer.reason)
        return _scan_page(request, business, staff, problem=refusals.scan(answer.reason))
    return redirect("sheet", business.counter_key, answer.card.customer_id)


def _found(business: Business, staff: Staff, text: str) -> list[Customer]:
    """Members of this business who answer to the text; the newest first. A partner is told none."""
    members = Customer.objects.filter(business=business, erased_at=None, member__isnull=False)
    if len(text) < 2 or staff.partner:
        return []
    for kind in (Identity.Kind.NUMBER, Identity.Kind.EMAIL, Identity.Kind.PHONE):
        if (key := customers.find(business, kind, text)) is not None:
            return list(members.filter(pk=key))
    return list(members.filter(name__icontains=text).order_by("name", "-pk")[:FOUND])


def _left(last: dict[str, Any], now: datetime) -> int:
    """Whole seconds in which the last action can still be undone."""
    return max(0, int(UNDO.total_seconds() - (now.timestamp() - last["at"])))


def _done(kind: str, quantity: int) -> str:
    if kind == "visit":
        return f"+{quantity}"
    sentences = {
        "purchase": _("Recorded."),
        "redemption": _("Reward given."),
        "voucher_use": _("Reward given."),
        "benefit_use": _("Benefit used."),
        "payment": _("Paid and recorded."),
        "undo": _("Undone."),
    }
    return sentences.get(kind, "")


def _pin(verdict: str) -> str:
    if verdict == "locked":
        return _("Too many wrong PINs. Please wait 15 minutes or ask the owner for a new PIN.")
    return _("This PIN is not right.")
