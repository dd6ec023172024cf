"""A thing of the program ends on a day, waits for a time, or goes; what that means is said."""

from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from msgspec import structs

from habitue.core.program import Dates, Program
from habitue.members.models import Business
from habitue.pages import access, events
from habitue.pages.program import changing, refused, versions
from habitue.pages.program.sentences import blank, catalogue, places
from habitue.pages.program.sentences.places import Place
from habitue.pages.templatetags import words as say

ENDED: Final = ("rules", "rewards")
_OPEN: Final = """
SELECT count(*) FROM ledger_voucher voucher
JOIN members_customer customer ON customer.id = voucher.customer_id
WHERE customer.business_id = %(business)s AND voucher.reward = %(reward)s
  AND voucher.state = 'issued' AND voucher.expires_on >= %(today)s"""


class Ending(forms.Form):
    """From which day on it no longer holds; with a day on which it begins again, it only waits."""

    since = blank.day(gettext_lazy("From which day on does it no longer hold?")).field()
    again = blank.day(gettext_lazy("Holds again from (empty: it has ended)")).field()

    def __init__(self, *args: Any, dates: Dates | None, waits: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dates = dates
        self.fields["again"].required = False
        if not waits:
            del self.fields["again"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        since, again = given.get("since"), given.get("again")
        begun = self.dates.since if self.dates else None
        until = self.dates.until if self.dates else None
        if since and ((begun and since <= begun) or (until and since >= until)):
            self.add_error("since", _("This day is not within its dates."))
        if since and again and (again <= since or (until and again >= until)):
            self.add_error("again", _("It can only begin again after it has ended."))
        return given


@never_cache
@access.owner
def end(request: HttpRequest, business: Business, shelf: str, name: str, turn: int) -> HttpResponse:
    """From a day on it no longer holds; a rule may begin again."""
    if shelf not in ENDED:
        raise Http404
    work, place, thing = changing.at(business, shelf, name, turn)
    tomorrow = versions.today(business) + timedelta(days=1)
    form = Ending(
        request.POST or None,
        initial={"since": tomorrow},
        dates=thing.dates,
        waits=shelf == "rules",
    )
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        made = _ended(work.program, place, thing, **form.cleaned_data)
        faults = [refused.sentence(made, one) for one in changing.problems_of(made)]
        if not faults and changing.kept(request, business, work, made):
            return redirect("program-edit")
        if not faults:
            return redirect(request.path)
    context = {
        "business": business,
        "here": "program",
        "work": work,
        "place": place,
        "line": changing.line(work.program, place, business),
        "form": form,
        "faults": faults,
    }
    wrong = bool(faults or form.errors)
    return render(request, "pages/program/end.html", context, status=422 if wrong else 200)


def _ended(
    of: Program, place: Place, thing: Any, *, since: date, again: date | None = None
) -> Program:
    begun = thing.dates.since if thing.dates else None
    made = places.replaced(of, place, structs.replace(thing, dates=Dates(begun, since)))
    if again is None:
        return made
    until = thing.dates.until if thing.dates else None
    return places.added(made, place.shelf, structs.replace(thing, dates=Dates(again, until)))


@never_cache
@access.owner
def remove(
    request: HttpRequest, business: Business, shelf: str, name: str, turn: int
) -> HttpResponse:
    """It goes with the next version; first what that means for those who have something of it."""
    work, place, thing = changing.at(business, shelf, name, turn)
    if shelf in ("units", places.FEE):
        raise Http404
    faults: list[str] = []
    if request.method == "POST":
        made = places.replaced(work.program, place, None)
        faults = [refused.sentence(work.program, one) for one in changing.problems_of(made)]
        if not faults and changing.kept(request, business, work, made):
            return redirect("program-edit")
        if not faults:
            return redirect(request.path)
    context = {
        "business": business,
        "here": "program",
        "work": work,
        "place": place,
        "kind": catalogue.of(work.program, shelf, thing),
        "line": changing.line(work.program, place, business),
        "means": _means(business, place),
        "faults": faults,
        "endable": shelf in ENDED,
    }
    return render(request, "pages/program/remove.html", context, status=422 if faults else 200)


def _means(business: Business, place: Place) -> list[str]:
    """What becomes of what members have of it."""
    if place.shelf == "rewards":
        values = {
            "business": business.pk,
            "reward": place.name,
            "today": versions.today(business),
        }
        ((count,),) = events.query(_OPEN, values)
        kept = ngettext(
            "%(count)s voucher of it is open now: it stays good until its last day.",
            "%(count)s vouchers of it are open now: they stay good until their last day.",
            count,
        )
        shown = {"count": say.count(count)}
        return [
            _("From the day on which the next version holds, nobody can take it any more."),
            kept % shown if count else _("No voucher of it is open now."),
        ]
    if place.shelf == "levels":
        return [_("Whoever has this level keeps it until its last day, then the one earned.")]
    if place.shelf == "draws":
        return [_("What has begun is still drawn as it was promised.")]
    return [_("What was earned by it stays.")]
