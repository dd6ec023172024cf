"""The sheet of one customer: the reward first, what can be done, and a minute to undo.

Every action carries a reference made for its button: sent twice, it happens once. The answer is
green only because the ledger has committed before it is written.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from habitue import ledger
from habitue.core import facts, money
from habitue.ledger import books
from habitue.members import wishes
from habitue.members.models import Business, Customer, Staff, Wish
from habitue.pages import access, drawing, events, forms, holdings, refusals, standing
from habitue.pages.card import catalogue
from habitue.pages.counter import badges, posting
from habitue.pages.templatetags import words as say

UNDO: Final = timedelta(seconds=60)
LAST = "last_action"


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
        lines = (facts.Line(amount=posting.minor(amount, business)),)
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
        form.cleaned_data["benefit"], order=posting.minor(order, business) if order else 0
    )
    return _post(request, business, staff, customer, what, form.cleaned_data["reference"])


@require_POST
@access.counter
def pay(request: HttpRequest, business: Business, staff: Staff, member: int) -> HttpResponse:
    """An order is paid in part with units: the payment and the purchase it is for, or neither."""
    customer, form = access.customer(business, member), forms.PayWith(request.POST)
    if not form.is_valid():
        return _sheet(request, business, staff, customer, problem=_("Please check the number."))
    order, part = (posting.minor(form.cleaned_data[name], business) for name in ("order", "part"))
    reference = form.cleaned_data["reference"]
    with transaction.atomic():
        paid = posting.answer(business, staff, customer, facts.Payment(part, order), reference)
        bought = paid
        if paid.refused is None:
            what = facts.Purchase(
                lines=(facts.Line(amount=order),),
                currency=business.currency,
                channel="counter",
                covered=events.paid(customer.pk, paid.event),
                spent=(paid.event,),
            )
            bought = posting.answer(business, staff, customer, what, f"{reference}-order")
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
            answer = posting.answer(
                business, staff, customer, facts.Undo(of=event), f"undo-{event}"
            )
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
    answer = posting.answer(business, staff, customer, what, reference)
    if answer.refused is not None:
        problem = refusals.posting(answer.refused)
        return _sheet(request, business, staff, customer, problem=problem)
    if not answer.duplicate:
        _remember(request, customer, answer.event)
    if posting.gave_nothing(what, answer):
        return _sheet(request, business, staff, customer, hint=refusals.gave_nothing())
    quantity = what.quantity if isinstance(what, facts.Visit) else 0
    return _sheet(request, business, staff, customer, done=facts.kind(what), fresh=quantity)


def _remember(request: HttpRequest, customer: Customer, *made: int) -> None:
    """What can be undone within a minute."""
    at = timezone.now().timestamp()
    request.session[LAST] = {"customer": customer.pk, "events": made, "at": at}


@books.at_once()
def _sheet(
    request: HttpRequest,
    business: Business,
    staff: Staff,
    customer: Customer,
    *,
    problem: str = "",
    done: str = "",
    hint: str = "",
    fresh: int = 0,
) -> HttpResponse:
    now = timezone.now()
    held = ledger.standing(business.pk, customer.pk, now=now)
    face = holdings.face(business, customer.pk, now=now, held=held)
    beyond = standing.beyond(business, customer, now=now, held=held)
    last = request.session.get(LAST)
    left = _left(last, now) if last and last["customer"] == customer.pk else 0
    wish = wishes.of(customer, now=now)
    picture = drawing.progress(face.have, face.goal, label=face.label, fresh=fresh) if face else ""
    context = {
        "business": business,
        "customer": customer,
        "name": say.initials(customer.name) if staff.partner else customer.name,
        "badges": [] if staff.partner else badges.of(business, customer, held, now=now),
        "note": "" if staff.partner else customer.note,
        "face": face,
        "wish": wish,
        "wanted": catalogue.title(business, wish) if wish else "",
        "rest": [one for one in face.ready if not _asked(wish, one)] if face else [],
        "beyond": beyond,
        "picture": picture,
        "problem": problem,
        "hint": hint,
        "done": _done(done, fresh),
        "given": done in ("redemption", "voucher_use"),
        "undo_left": left,
        "reference": uuid.uuid4,
        "decimals": money.decimals(business.currency),
    }
    template = "_sheet" if "HX-Request" in request.headers else "sheet"
    return render(
        request, f"pages/counter/{template}.html", context, status=422 if problem else 200
    )


def _asked(wish: Wish | None, one: holdings.Ready) -> bool:
    """Whether this is the very thing that the member asks for, and stands on top already."""
    if wish is None:
        return False
    if one.voucher or wish.voucher:
        return (one.voucher, one.choice) == (wish.voucher or 0, wish.choice)
    return one.reward == wish.reward


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
