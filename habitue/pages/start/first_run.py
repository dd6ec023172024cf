"""From nothing to a living card in four steps, the account last.

1. Shop: name, kind, country. 2. The sentence, with a preview. 3. E-mail, then the code from it.
4. Ready: everything is created in one transaction, and the first customer can come.
"""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from habitue import ledger
from habitue.members import businesses, staff
from habitue.members.models import Business
from habitue.pages import access, account, drawing, forms, links, qr
from habitue.pages import words as say
from habitue.pages.start import countries, sentence

DRAFT = "first_run"
STEPS = 4


@access.starter
def shop(request: HttpRequest) -> HttpResponse:
    """Step 1."""
    draft = request.session.get(DRAFT, {})
    form = forms.Shop(request.POST or None, initial=draft or {"country": countries.guess()})
    cast(Any, form.fields["country"]).choices = countries.choices()
    if request.method == "POST" and form.is_valid():
        request.session[DRAFT] = {**draft, **form.cleaned_data}
        return redirect("start-sentence")
    context = {"form": form, "step": 1, "steps": STEPS}
    return render(request, "pages/start/shop.html", context, status=422 if form.errors else 200)


@access.starter
def promise(request: HttpRequest) -> HttpResponse:
    """Step 2."""
    draft = request.session.get(DRAFT, {})
    if "name" not in draft:
        return redirect("start")
    first = {"count": 10, "item": sentence.usual_item(draft["kind"]), "head_start": True}
    form = forms.Promise(request.POST or None, initial={**first, **draft.get("promise", {})})
    if request.method == "POST" and form.is_valid():
        language = say.language()
        request.session[DRAFT] = {**draft, "promise": {**form.cleaned_data, "language": language}}
        return redirect("start-save")
    context = {"form": form, "step": 2, "steps": STEPS, **_preview(draft, form)}
    return render(request, "pages/start/sentence.html", context, status=422 if form.errors else 200)


@require_GET
@access.starter
def preview(request: HttpRequest) -> HttpResponse:
    """The phone beside the sentence, drawn anew while someone types."""
    draft = request.session.get(DRAFT, {"name": "", "kind": "other"})
    context = {"oob": True, **_preview(draft, forms.Promise(request.GET))}
    return render(request, "pages/start/_phone.html", context)


@access.starter
def save(request: HttpRequest) -> HttpResponse:
    """Step 3: the address that the code goes to."""
    if "promise" not in request.session.get(DRAFT, {}):
        return redirect("start")
    return account.ask_address(request, "pages/start/save.html", "start-code", step=3, steps=STEPS)


@access.starter
def code(request: HttpRequest) -> HttpResponse:
    """Step 3, second half: the code; a right one creates everything."""
    if "promise" not in request.session.get(DRAFT, {}):
        return redirect("start")
    email, answer = account.ask_code(request, "pages/start/code.html", step=3, steps=STEPS)
    if not email:
        return answer
    draft = request.session.pop(DRAFT)
    user = account.user_of(email)
    pin = staff.new_pin()
    business = _create(draft, user, pin)
    login(request, user, backend=account.BACKEND)
    access.choose(request, business)
    request.session[access.FIRST_PIN] = {"business": business.pk, "pin": pin}
    return redirect("start-ready")


@access.owner
def ready(request: HttpRequest, business: Business) -> HttpResponse:
    """Step 4: try it with a phone."""
    join = links.absolute(request, "join", business.slug)
    remembered = request.session.get(access.FIRST_PIN, {})
    context = {
        "business": business,
        "step": STEPS,
        "steps": STEPS,
        "join": join,
        "code": qr.svg(join, label=join),
        "counter": links.absolute(request, "counter", business.counter_key),
        "pin": remembered.get("pin") if remembered.get("business") == business.pk else None,
        "only_here": links.only_here(request),
        "mail": settings.HABITUE_MAIL_CONFIGURED,
        "first": account.first_member(business),
    }
    return render(request, "pages/start/ready.html", context)


@access.owner
def waiting(request: HttpRequest, business: Business) -> HttpResponse:
    """The panel that turns green when the first customer has joined."""
    context = {"first": account.first_member(business)}
    return render(request, "pages/start/_waiting.html", context)


def _create(draft: dict[str, Any], user: User, pin: str) -> Business:
    """The shop, its owner, its counter and its program: all or nothing."""
    with transaction.atomic():
        business = businesses.create(
            name=draft["name"],
            kind=draft["kind"],
            country=draft["country"],
            language=draft["promise"]["language"],
        )
        staff.add_owner(business, user)
        staff.add_cashier(business, name=say.counter(), pin=pin)
        filled = sentence.Sentence(**draft["promise"])
        published = ledger.publish(business.pk, sentence.program(filled, business))
        if published.problems:
            raise RuntimeError(f"the sentence makes no program: {published.problems}")
    return business


def _preview(draft: dict[str, Any], form: forms.Promise) -> dict[str, Any]:
    values = {**form.initial}
    if form.is_bound:
        form.is_valid()
        values = {"count": 10, "item": sentence.usual_item(draft["kind"]), "head_start": False}
        values |= form.cleaned_data
    filled = sentence.Sentence(
        count=values["count"],
        item=values["item"],
        head_start=values["head_start"],
        language=say.language(),
    )
    label = say.progress(filled.given, filled.goal)
    return {
        "shop": draft["name"],
        "filled": filled,
        "picture": drawing.progress(filled.given, filled.goal, label=label),
    }
