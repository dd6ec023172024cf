"""A new version: written, compared, seen for every member, and only then published."""

from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from msgspec import Struct

from habitue import ledger
from habitue.core import document
from habitue.core.document import Problem
from habitue.core.program import Program
from habitue.ledger import books, publishing
from habitue.ledger import versions as ledger_versions
from habitue.ledger.publishing import Preview
from habitue.members import ids
from habitue.members.models import Business, Customer, Staff
from habitue.pages import access
from habitue.pages.models import Study
from habitue.pages.owner import today
from habitue.pages.program import changes, drafts, faults, saying, studies, trying, versions
from habitue.pages.program.studies import PreviewAsked
from habitue.pages.templatetags import words as say


class Since(forms.Form):
    """The day from which a version holds."""

    since = forms.DateField(
        label=gettext_lazy("Holds from which day on?"),
        help_text=gettext_lazy(
            "From midnight in the shop. What has happened stays as it was: nothing is changed for "
            "the past."
        ),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self, *args: Any, earliest: date, follows: date | None = None, **kwargs: Any
    ) -> None:
        """`follows`: when the version begins that this one goes on from, if it is still to come."""
        super().__init__(*args, **kwargs)
        self.earliest = earliest
        self.follows = follows

    def clean_since(self) -> date:
        given: date = self.cleaned_data["since"]
        if self.follows and given < self.follows:
            day = {"day": say.day(self.follows)}
            raise forms.ValidationError(
                _("It goes on from a version that begins on %(day)s: choose that day or later.")
                % day
            )
        if given < self.earliest:
            day = {"day": say.day(self.earliest)}
            raise forms.ValidationError(
                _("What has happened stays: choose %(day)s or later.") % day
            )
        return given


class Draft(Since):
    """The text of a version, and the day from which it holds."""

    text = forms.CharField(
        label=gettext_lazy("The program file"),
        max_length=trying.MOST,
        strip=False,
        widget=forms.Textarea({"rows": 18, "spellcheck": "false", "class": "file"}),
    )
    field_order = ("text",)


class Example(Struct, frozen=True):
    """A member for whom something would be different, in words."""

    customer: int
    name: str
    said: tuple[str, ...]


@never_cache
@access.owner
def write(request: HttpRequest, business: Business) -> HttpResponse:
    """The text of the next version, and from when; a sound one goes on to its preview."""
    found = versions.every(business)
    first = earliest(business)
    newest = max(found, key=lambda one: one.number, default=None)
    initial = {"text": newest.text if newest else "", "since": first}
    if key := ids.read(request.GET.get("draft", "")):
        asked = studies.asked(studies.find(business, key, Study.Kind.PREVIEW), PreviewAsked)
        initial = {"text": asked.text, "since": asked.since}
    form = Draft(request.POST or None, initial=initial, earliest=first)
    problems: list[faults.Fault] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        problems = [faults.fault(one) for one in _problems(business, given["text"])]
        if not problems:
            number = books.latest(business.pk)
            draft = PreviewAsked(given["text"], given["since"], number)
            return redirect("program-draft", studies.begin(business, draft).pk)
    context = {"business": business, "here": "program", "form": form, "problems": problems}
    wrong = bool(problems or form.errors)
    return render(request, "pages/program/publish.html", context, status=422 if wrong else 200)


@never_cache
@require_GET
@access.owner
def draft(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """What would change, in words and for every member; nothing is published yet."""
    return _draft(request, business, studies.find(business, key, Study.Kind.PREVIEW))


@require_POST
@access.owner
def confirm(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """The last step: the version is published with its date."""
    study = studies.find(business, key, Study.Kind.PREVIEW)
    asked = studies.asked(study, PreviewAsked)
    if not _newest(business, asked):
        messages.error(request, _("Another version was published meanwhile. Look at it first."))
        return redirect("program")
    if studies.found(study, Preview) is None:
        return redirect("program-draft", key)
    with transaction.atomic():
        published = ledger_versions.publish(
            business,
            asked.text,
            since=asked.since,
            after=asked.after,
            said=_told(business, asked),
            by=_who(request, business),
            now=timezone.now(),
        )
        if published is None:
            return redirect("program")
        if not published.problems:
            drafts.published(business, asked.text)
    if published.problems:
        return _draft(request, business, study, problems=published.problems, status=422)
    day = {"number": published.number, "day": say.day(asked.since)}
    messages.success(request, _("Version %(number)s is published; it holds from %(day)s on.") % day)
    return redirect("program")


def _newest(business: Business, asked: PreviewAsked) -> bool:
    """Whether nothing was published since this was looked at."""
    return books.latest(business.pk) == asked.after


def _who(request: HttpRequest, business: Business) -> Staff | None:
    """The owner, as one of the shop's staff."""
    user = cast(User, request.user)
    return Staff.objects.filter(business=business, user=user, active=True).first()


def _told(business: Business, asked: PreviewAsked) -> str:
    """What a version changes, for the journal: the titles and the sentences, no persons."""
    new = document.read(asked.text)
    before = max(versions.every(business), key=lambda one: one.number, default=None)
    if before is None or not isinstance(new, Program):
        return _("The first version.")
    said, unsaid = changes.between(before.program, new, asked.since)
    gone = _("goes")
    lines = [f"{one.title}: {' '.join(one.after) or gone}" for one in said]
    lines += [f"{one.path}: {one.old} → {one.new}" for one in unsaid]
    return "\n".join(lines)


@require_POST
@access.owner
def withdraw(request: HttpRequest, business: Business, number: int) -> HttpResponse:
    """A version that has not begun is taken back: the one before holds on from that same day.

    What was published stays on record, so taking back is a version too, and is seen first.
    """
    found = versions.every(business)
    taken = next((one for one in found if one.number == number and one.state == "to come"), None)
    if taken is None:
        raise Http404
    before = next((one for one in found[found.index(taken) + 1 :] if one.state != "replaced"), None)
    if before is None or taken.since is None or _problems(business, before.text):
        messages.error(
            request,
            _("This version cannot be taken back: members would lose what it lets them hold."),
        )
        return redirect("program")
    asked = PreviewAsked(before.text, taken.since, books.latest(business.pk))
    return redirect("program-draft", studies.begin(business, asked).pk)


def _draft(
    request: HttpRequest,
    business: Business,
    study: Study,
    *,
    problems: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    asked, preview = studies.asked(study, PreviewAsked), studies.found(study, Preview)
    new = document.read(asked.text)
    assert isinstance(new, Program)
    before = max(versions.every(business), key=lambda one: one.number, default=None)
    said, unsaid = changes.between(before.program, new, asked.since) if before else ([], [])
    context = {
        "business": business,
        "here": "program",
        "study": study,
        "since": asked.since,
        "changes": said,
        "unsaid": unsaid,
        "first": before is None,
        "problems": [*problems, *(preview.problems if preview else ())],
        "preview": preview,
        "stale": books.latest(business.pk) != asked.after,
        "worker": today.worker_lives(),
        "editing": drafts.current(business).text == asked.text,
    }
    if preview is not None:
        context |= {
            "sums": _sums(new, before.program if before else new, preview),
            "examples": _examples(business, new, preview),
        }
    fragment = "HX-Request" in request.headers
    template = "pages/program/_draft.html" if fragment else "pages/program/draft.html"
    return render(request, template, context, status=status)


# --- what is wrong, before anything is asked of the ledger ---------------------------------------


def earliest(business: Business) -> date:
    """The first day from which a version may hold: tomorrow, once something happened today."""
    return ledger_versions.earliest(business.pk, on=versions.today(business))


def _problems(business: Business, text: str) -> list[Problem]:
    """What is wrong in the text, and what members hold that it leaves out."""
    found = trying.problems(text, business)
    before, new = ledger.program(business.pk), document.read(text)
    if found or before is None or not isinstance(new, Program):
        return found
    line = next((number for number, one in enumerate(text.splitlines(), 1) if "units:" in one), 1)
    for place, unit in enumerate(before.units):
        same = new.units[place] if place < len(new.units) else None
        if same is None or (same.id, same.decimals) != (unit.id, unit.decimals):
            values = {"unit": unit.id, "place": place + 1, "decimals": unit.decimals}
            text_of = _(
                "“%(unit)s” must stay the unit number %(place)s, with %(decimals)s decimals: "
                "members hold it already."
            )
            found.append(Problem(line, 1, "units", text_of % values))
    return found


# --- the preview in words ------------------------------------------------------------------------


def _sums(new: Program, old: Program, preview: Preview) -> list[str]:
    """How many members gain or lose what."""
    found = []
    for (before, after), count in sorted(preview.tiers.items(), key=lambda item: -item[1]):
        if before != after:
            values = {
                "before": saying.tier(old, before) if before else _("no level"),
                "after": saying.tier(new, after) if after else _("no level"),
                "count": say.count(count),
            }
            found.append(_("%(before)s → %(after)s: %(count)s members") % values)
    for unit, (count, moved) in preview.usable.items():
        values = {"units": saying.called(new, unit), "count": say.count(count)}
        sign = "+" if moved > 0 else "−"
        values["sum"] = sign + saying.fixed(new, unit, abs(moved))
        found.append(
            _("%(units)s that can be used: different for %(count)s members, %(sum)s in all")
            % values
        )
    for reward, (gained, lost) in preview.rewards.items():
        of = new if new.reward(reward) else old
        values = {"reward": saying.reward(of, reward)}
        if gained:
            more = {**values, "count": say.count(gained)}
            found.append(_("“%(reward)s”: %(count)s members can take it who could not") % more)
        if lost:
            less = {**values, "count": say.count(lost)}
            found.append(_("“%(reward)s”: %(count)s members can take it no longer") % less)
    return found


def _examples(business: Business, new: Program, preview: Preview) -> list[Example]:
    """Some of the members for whom something is different, by name."""
    numbers = [one.customer for one in preview.examples]
    rows = Customer.objects.filter(
        business=business, pk__in=numbers, erased_at=None, binned_at=None
    )
    names = dict(rows.values_list("pk", "name"))
    return [
        Example(one.customer, names[one.customer], tuple(_example(new, one)))
        for one in preview.examples
        if one.customer in names
    ]


def _example(new: Program, one: publishing.Change) -> list[str]:
    said = []
    if one.before.tier != one.after.tier:
        levels = [
            saying.tier(new, tier) if tier else "—" for tier in (one.before.tier, one.after.tier)
        ]
        said.append(" → ".join(levels))
    for unit in dict.fromkeys([*one.before.usable, *one.after.usable]):
        sides = [side.usable.get(unit, 0) for side in (one.before, one.after)]
        if sides[0] != sides[1]:
            said.append(" → ".join(saying.fixed(new, unit, side) for side in sides))
    for sign, more, less in (("+", one.after, one.before), ("−", one.before, one.after)):
        said += [
            f"{sign} {saying.reward(new, reward)}"
            for reward in more.rewards
            if reward not in less.rewards
        ]
    return said
