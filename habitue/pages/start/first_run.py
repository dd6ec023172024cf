"""From nothing to a living card in four steps, the account last.

1. Shop: name, kind, country; the rest follows. 2. The promise as a sentence with blanks, and what
the card will look like. 3. E-mail, then the code from it. 4. `ready`: everything was created in one
transaction, and the first customer can come.
"""

from typing import Any, Final, cast

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from habitue import ledger
from habitue.core import document
from habitue.core.program import Program
from habitue.members import businesses, staff
from habitue.members.models import Business
from habitue.pages import access, account, forms
from habitue.pages import words as say
from habitue.pages.start import (
    blanks,
    choice,
    countries,
    deriving,
    drafts,
    gallery,
    likeness,
)
from habitue.pages.start.deriving import Shop

STEPS: Final = 4


@never_cache
@access.starter
def shop(request: HttpRequest) -> HttpResponse:
    """Step 1."""
    told = drafts.facts(request) or {"country": countries.guess(), "kind": "cafe"}
    form = forms.Shop(request.POST or None, initial=told)
    cast(Any, form.fields["country"]).choices = countries.choices()
    if request.method == "POST" and form.is_valid():
        drafts.keep_shop(request, form.cleaned_data)
        return redirect("start-sentence")
    context = {
        "form": form,
        "step": 1,
        "steps": STEPS,
        "derived": _derived(request.POST or told),
    }
    return render(request, "pages/start/shop.html", context, status=422 if form.errors else 200)


@require_GET
def derived(request: HttpRequest) -> HttpResponse:
    """What follows from kind and country, said anew when one of them changes."""
    return render(request, "pages/start/_derived.html", {"derived": _derived(request.GET)})


@never_cache
@access.starter
def promise(request: HttpRequest) -> HttpResponse:
    """Step 2. The buttons that do not go on keep what was typed all the same."""
    opened = drafts.shop(request)
    if opened is None:
        return redirect("start")
    key, then = drafts.idea(request), request.POST.get("then", "")
    if request.method == "POST":
        drafts.keep_typed(request, key)
        if then in ("start", "start-ideas"):
            return redirect(then)
    typed = drafts.typed(request, key)
    form = choice.form(key, opened, typed, bound=request.method == "POST")
    if form.is_bound and form.is_valid() and then != "show":
        drafts.choose(request, key)
        return redirect("start-save")
    context = {"form": form, "key": key, "step": 2, "steps": STEPS, **_preview(key, opened, typed)}
    if isinstance(form, blanks.Blanks):
        context |= {"parts": form.parts(), "options": form.options()}
    if key.startswith("known:"):
        context["known"] = gallery.about(key.partition(":")[2], opened)
    return render(request, "pages/start/sentence.html", context, status=422 if form.errors else 200)


@require_GET
@access.starter
def preview(request: HttpRequest) -> HttpResponse:
    """The phone beside the sentence, drawn anew while someone types."""
    opened = drafts.shop(request) or Shop("", "other", countries.guess(), say.language())
    key = drafts.idea(request)
    context = {"oob": True, "key": key, **_preview(key, opened, request.GET.dict())}
    return render(request, "pages/start/_phone.html", context)


@never_cache
@access.starter
def save(request: HttpRequest) -> HttpResponse:
    """Step 3: the address that the code goes to."""
    if drafts.chosen(request) is None:
        return redirect("start")
    return account.ask_address(request, "pages/start/save.html", "start-code", step=3, steps=STEPS)


@never_cache
@access.starter
def code(request: HttpRequest) -> HttpResponse:
    """Step 3, second half: the code; a right one creates everything."""
    chosen = drafts.chosen(request)
    if chosen is None:
        return redirect("start")
    email, answer = account.ask_code(request, "pages/start/code.html", step=3, steps=STEPS)
    if not email:
        return answer
    user, pin = account.user_of(email), staff.new_pin()
    key, opened = chosen
    with override(opened.language):  # numbers were typed in it
        text = choice.program(key, opened, choice.checked(key, opened, drafts.typed(request, key)))
    business = _create(opened, text, user, pin)
    drafts.forget(request)
    account.enter(request, user)
    access.choose(request, business)
    request.session[access.FIRST_PIN] = {"business": business.pk, "pin": pin}
    return redirect("start-ready")


def _create(opened: Shop, text: str, user: User, pin: str) -> Business:
    """The shop, its owner, its counter and its program: all or nothing."""
    with transaction.atomic():
        business = businesses.create(
            name=opened.name, kind=opened.kind, country=opened.country, language=opened.language
        )
        staff.add_owner(business, user)
        staff.add_cashier(business, name=say.counter(), pin=pin)
        published = ledger.publish(business.pk, text)
        if published.problems:
            raise RuntimeError(f"the sentence makes no program: {published.problems}")
    return business


def _derived(told: Any) -> deriving.Derived | None:
    """What follows, where kind and country are ones that there are."""
    kind, country = told.get("kind", ""), told.get("country", "")
    known = {code for code, _name in countries.choices()}
    return deriving.of(kind, country) if country in known else None


def _preview(key: str, opened: Shop, typed: dict[str, str] | None) -> dict[str, Any]:
    filled = choice.checked(key, opened, typed)
    program = document.read(choice.program(key, opened, filled))
    assert isinstance(program, Program), program
    return {
        "shop": opened.name,
        "said": choice.said(key, opened, filled),
        "rest": choice.promised(opened, filled).rest if key == choice.PROMISE else "",
        "likeness": likeness.of(program, timezone.now()),
    }
