"""What an owner does by hand: exact corrections, surprises, undos; each looked at before."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from msgspec import Struct

from habitue import ledger
from habitue.core import facts
from habitue.core.program import Program, Unit
from habitue.members.models import Business, Customer
from habitue.pages import access, holdings, refusals
from habitue.pages.person import page, posting, timeline, wording


class Correction(posting.Reason):
    """So many units more, or fewer."""

    unit = forms.ChoiceField(label=gettext_lazy("What"))
    amount = forms.DecimalField(
        label=gettext_lazy("How many"),
        help_text=gettext_lazy("With a minus to take some away, such as −2."),
        min_value=Decimal(-10_000_000),
        max_value=Decimal(10_000_000),
        localize=True,
        widget=forms.TextInput({"inputmode": "text", "autocomplete": "off"}),
    )
    field_order = ("unit", "amount", "reason")

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.id: unit for unit in program.units}
        cast(Any, self.fields["unit"]).choices = [
            (unit.id, holdings.words(unit.title, unit.id)) for unit in program.units
        ]

    def clean(self) -> dict[str, Any]:
        """`exact`: the amount in the unit's fixed point."""
        given = super().clean() or self.cleaned_data
        if "unit" in given and "amount" in given:
            exact = given["amount"].scaleb(self.units[given["unit"]].decimals)
            if exact != exact.to_integral_value():
                problem = _("These units are not given in such small parts.")
                self.add_error("amount", problem)
            elif not exact:
                self.add_error("amount", _("Nothing would change. Write how many."))
            else:
                given["exact"] = int(exact)
        return given


class Surprise(posting.Reason):
    """A reward as a voucher, without paying for it."""

    gift = forms.ChoiceField(label=gettext_lazy("What"), widget=forms.RadioSelect)
    field_order = ("gift", "reason")


class Undoing(posting.Once):
    """Why an event is undone: one of a few reasons, for the journal names nobody."""

    reason = forms.ChoiceField(label=gettext_lazy("Why?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(Any, self.fields["reason"]).choices = wording.reasons()


class Seen(Struct, frozen=True):
    """What a correction will make of a balance."""

    unit: str
    before: str
    after: str
    change: str


@never_cache
@access.owner
def correct(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """So many units more or fewer, with a reason: first what comes of it, then it does."""
    customer, program = access.customer(business, key), _program(business)
    form = Correction(request.POST or None, program=program)
    problem, seen = "", None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        seen = _seen(business, customer, form.units[given["unit"]], given["exact"])
        if given["sure"]:
            what = facts.Adjustment(given["unit"], given["exact"], given["reason"])
            problem = _post(request, business, customer, [what], given["reference"])
            if not problem:
                return redirect("customer", key)
            seen = None
    context = {"form": form, "problem": problem, "seen": seen}
    return _answer(request, business, customer, "correct", context)


@never_cache
@access.owner
def gift(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """A reward as a voucher: its price is given first and then taken, so the sums tell both."""
    customer, program = access.customer(business, key), _program(business)
    form, problem = Surprise(request.POST or None), ""
    offered = {one.id: one for one in program.rewards if one.cost and one.automatic is None}
    cast(Any, form.fields["gift"]).choices = [
        (one.id, holdings.reward_words(program, one)) for one in offered.values()
    ]
    if request.method == "POST" and form.is_valid():
        reward = offered[form.cleaned_data["gift"]]
        assert reward.cost is not None
        unit, price = reward.cost
        whats: list[facts.What] = [
            facts.Adjustment(unit, price, form.cleaned_data["reason"]),
            facts.Redemption(reward.id),
        ]
        reference = form.cleaned_data["reference"]
        problem = _post(request, business, customer, whats, reference, line=("gift", {}))
        if not problem:
            return redirect("customer", key)
    context = {"form": form, "problem": problem, "offered": bool(offered)}
    return _answer(request, business, customer, "gift", context)


@never_cache
@access.owner
def undo(request: HttpRequest, business: Business, key: int, event: int) -> HttpResponse:
    """Take one event back, with a reason: first what it was, then it does."""
    customer = access.customer(business, key)
    line = timeline.one(business, customer, event)
    if line is None or line.customer != customer.pk:
        raise Http404
    form, problem = Undoing(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        said = ("undo", {"reason": form.cleaned_data["reason"]})
        reference = form.cleaned_data["reference"]
        problem = _post(request, business, customer, [facts.Undo(event)], reference, line=said)
        if not problem:
            return redirect("customer", key)
    return _answer(request, business, customer, "undo", {
        "form": form, "problem": problem, "line": line,
    })  # fmt: skip


def _post(
    request: HttpRequest,
    business: Business,
    customer: Customer,
    whats: Sequence[facts.What],
    reference: str,
    *,
    line: tuple[str, dict[str, Any]] | None = None,
) -> str:
    """Why it was refused, in words; empty when it is done."""
    refused = posting.post(
        business,
        access.person(request, business),
        customer,
        whats,
        reference=reference,
        at=timezone.now(),
        line=line,
    )
    return refusals.posting(refused) if refused else ""


def _seen(business: Business, customer: Customer, unit: Unit, amount: int) -> Seen:
    standing = ledger.standing(business.pk, customer.pk, now=timezone.now())
    held = standing.balances.get(unit.id, 0) if standing else 0
    return Seen(
        holdings.words(unit.title, unit.id),
        holdings.shown(unit, held),
        holdings.shown(unit, held + amount),
        ("+" if amount > 0 else "−") + holdings.shown(unit, abs(amount)),
    )


def _program(business: Business) -> Program:
    program = ledger.program(business.pk)
    if program is None:
        raise Http404
    return program


def _answer(
    request: HttpRequest,
    business: Business,
    customer: Customer,
    name: str,
    context: dict[str, Any],
) -> HttpResponse:
    shown = {
        "business": business,
        "here": "customers",
        "customer": customer,
        "title": page.called(customer),
        **context,
    }
    status = 422 if context["problem"] or context["form"].errors else 200
    return render(request, f"pages/person/{name}.html", shown, status=status)
