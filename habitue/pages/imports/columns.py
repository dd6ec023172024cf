"""Step 2: which column is what, and what is done with the rows."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, cast

import msgspec
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from habitue.connectors import bringing, people, platforms, reading, running, uploads
from habitue.connectors.models import Import
from habitue.connectors.reading import Reading
from habitue.connectors.text import Unusable
from habitue.members.models import Business
from habitue.pages import access, holdings
from habitue.pages.forms import PLAIN
from habitue.pages.imports import finding, naming, reasons

CONSENTS: Final = ("consent", "consent_email", "consent_sms")
_ORDERS: Final = [
    ("", gettext_lazy("As the file shows")),
    ("day", gettext_lazy("Day first: 31/12")),
    ("month", gettext_lazy("Month first: 12/31")),
]
_MARKS: Final = [
    ("", gettext_lazy("As the file shows")),
    (",", gettext_lazy("Comma: 12,50")),
    (".", gettext_lazy("Point: 12.50")),
]


class Ways(forms.Form):
    """How the file is written."""

    what = forms.ChoiceField(
        label=gettext_lazy("What does the file hold?"), choices=list(naming.WHATS.items())
    )
    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    encoding = forms.ChoiceField(
        label=gettext_lazy("Letters"), choices=list(naming.ENCODINGS.items()), required=False
    )
    separator = forms.ChoiceField(
        label=gettext_lazy("Between columns"),
        choices=list(naming.SEPARATORS.items()),
        required=False,
    )
    dates = forms.ChoiceField(label=gettext_lazy("Dates"), choices=_ORDERS, required=False)
    decimal = forms.ChoiceField(label=gettext_lazy("Decimals"), choices=_MARKS, required=False)

    def __init__(self, said: Reading, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        listed = [(one.name, _("%(name)s (hidden)") % {"name": one.name} if one.hidden
                   else one.name) for one in said.sheets]  # fmt: skip
        cast("forms.ChoiceField", self.fields["sheet"]).choices = listed


class Rows(forms.Form):
    """What is done with the rows."""

    existing = forms.ChoiceField(
        label=gettext_lazy("Customers whom you know already"),
        choices=[
            ("update", gettext_lazy("Bring them up to date")),
            ("leave", gettext_lazy("Leave them as they are")),
        ],
        required=False,
    )
    no_consent = forms.BooleanField(
        label=gettext_lazy("No column says who agreed to news and offers"), required=False
    )
    wording = forms.CharField(
        label=gettext_lazy("What did people agree to?"),
        help_text=gettext_lazy("The words that they read, as on your form."),
        required=False,
        max_length=500,
        validators=[PLAIN],
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    agreed_on = forms.DateField(
        label=gettext_lazy("When did they agree?"),
        help_text=gettext_lazy("For rows that have no day of their own."),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    members = forms.BooleanField(
        label=gettext_lazy("Make new customers members, with a card"), required=False
    )
    welcome = forms.BooleanField(
        label=gettext_lazy("Give them what others get for joining"), required=False
    )
    question = forms.ChoiceField(
        label=gettext_lazy("Which question, where the file does not say?"),
        choices=[
            ("", "—"),
            ("nps", gettext_lazy("Would you recommend us? (0 to 10)")),
            ("csat", gettext_lazy("Are you satisfied? (1 to 5)")),
            ("ces", gettext_lazy("Was it easy? (1 to 7)")),
        ],
        required=False,
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("What do they collect, where the file does not say?"), required=False
    )

    def __init__(self, business: Business, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        listed = [
            (unit.id, holdings.words(unit.title, unit.id)) for unit in reading.units(business)
        ]
        cast("forms.ChoiceField", self.fields["unit"]).choices = listed

    def clean_agreed_on(self) -> str:
        """ISO, or "" where no day is given."""
        given: date | None = self.cleaned_data["agreed_on"]
        if given and given > timezone.now().date():
            raise forms.ValidationError(_("This day is in the future."))
        return given.isoformat() if given else ""


@never_cache
@access.owner
def columns(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """The columns with examples; confirmed, the whole file is looked at."""
    one = finding.one(business, key)
    if one.state not in (Import.State.COLUMNS, Import.State.CHECKED):
        return finding.onward(one)
    if not uploads.path(one.pk).exists():
        return redirect("import-preview", one.pk)  # which says that it is gone
    said, problems = reading.of(one), list[str]()
    ways, rows = Ways(said, initial=_ways(one, said)), Rows(business, initial=_rows(said))
    if request.method == "POST":
        ways, rows = Ways(said, request.POST), Rows(business, request.POST)
        if ways.is_valid() and rows.is_valid():
            problems = _settled(request, one, ways, rows)
            said = reading.of(one)
            if not problems and "again" not in request.POST:
                running.look(one)
                return finding.onward(one)
            ways = Ways(said, initial=_ways(one, said))
    context = {
        "business": business,
        "here": "import",
        "import": one,
        "ways": ways,
        "rows": rows,
        "table": _table(one, said),
        "problems": problems,
        "listed": naming.ROLES[one.what].items(),
        "agreeing": any(role in said.columns for role in CONSENTS),
        "said": said,
        "behind": _behind(said),
    }
    bad = bool(problems or ways.errors or rows.errors)
    return render(request, "pages/imports/columns.html", context, status=422 if bad else 200)


def _settled(request: HttpRequest, one: Import, ways: Ways, rows: Rows) -> list[str]:
    """Take over what was said; answers what is still wrong, in sentences."""
    before, path = reading.of(one), uploads.path(one.pk)
    said = msgspec.structs.replace(
        before,
        encoding=before.encoding if before.sheets else ways.cleaned_data["encoding"],
        separator=before.separator if before.sheets else ways.cleaned_data["separator"],
        day_first={"day": True, "month": False}.get(ways.cleaned_data["dates"]),
        decimal=ways.cleaned_data["decimal"],
        existing=rows.cleaned_data["existing"] or "update",
        members=rows.cleaned_data["members"],
        welcome=rows.cleaned_data["welcome"],
        wording=rows.cleaned_data["wording"].strip(),
        agreed_on=rows.cleaned_data["agreed_on"],
        question=rows.cleaned_data["question"],
        unit=rows.cleaned_data["unit"],
    )
    written_otherwise = (said.encoding, said.separator) != (before.encoding, before.separator)
    other = ways.cleaned_data["what"] != one.what
    one.what = ways.cleaned_data["what"]
    try:
        if before.sheets and ways.cleaned_data["sheet"] not in ("", before.sheet):
            return _other_sheet(one, said, ways.cleaned_data["sheet"])
        if written_otherwise or other:
            said = reading.recognised(path, one.what, said)
            problems = [_("Please look at the columns again.")]
        else:
            said.columns, problems = _chosen(request, one.what, len(said.header) or 100)
            problems += _lacking(one.what, said, agreed=rows.cleaned_data["no_consent"])
            problems += _unit_missing(one, said)
        if not problems:
            one.rows = reading.survey(path, one.what, said).rows
            problems = _too_many(one.rows)
    except Unusable as error:
        return [reasons.say(str(error).replace(path.name, one.filename))]
    reading.keep(one, said)
    one.header = reading.mark(said.header)
    one.corrections = {}
    one.save()
    return problems


def _other_sheet(one: Import, said: Reading, sheet: str) -> list[str]:
    """Take over another sheet of the workbook, and how that one looks; else the former stays."""
    before = one.what
    try:
        found = uploads.unfold(one.pk, one.filename, sheet)
        bringing.look(one, reading.unfolded(Reading(), found))
    except Unusable:
        one.what = before
        uploads.unfold(one.pk, one.filename, said.sheet)
        raise
    one.corrections = {}
    one.save()
    return [_("Please look at the columns again.")]


def _unit_missing(one: Import, said: Reading) -> list[str]:
    if one.what != Import.What.BALANCES:
        return []
    if not reading.units(one.business):
        return [_("Your program has nothing to collect yet: write a rule that gives something.")]
    if "unit" not in said.columns and not said.unit:
        return [_("Choose what the balances are of.")]
    return []


def _behind(said: Reading) -> list[str]:
    """The columns of a platform's export that have no place here."""
    known = platforms.recognised(said.header) if said.platform else None
    return platforms.behind(known, said.header) if known else []


def _chosen(request: HttpRequest, what: str, width: int) -> tuple[dict[str, int], list[str]]:
    """The column of each role; a role that was chosen twice is a problem."""
    found: dict[str, int] = {}
    problems = []
    for place in range(width):
        role = request.POST.get(f"column-{place}", "")
        if role in found:
            problems.append(
                _("“%(role)s” is chosen for two columns. Keep one of them.")
                % {"role": naming.ROLES[what][role]}
            )
        elif role in naming.ROLES[what]:
            found[role] = place
    return found, problems


def _lacking(what: str, said: Reading, *, agreed: bool) -> list[str]:
    roles, problems = naming.ROLES[what], []
    lacking = reading.missing(what, said.columns)
    whom = [role for role in lacking if role in people.KINDS]
    others = [role for role in lacking if role not in people.KINDS]
    if whom:
        names = ", ".join(str(roles[role]) for role in whom)
        problems.append(_("Choose a column for at least one of: %(names)s.") % {"names": names})
    if others:
        names = ", ".join(str(roles[role]) for role in others)
        problems.append(_("Choose a column for: %(names)s.") % {"names": names})
    agreeing = any(role in said.columns for role in CONSENTS)
    if what == Import.What.CUSTOMERS and not agreeing and not agreed:
        problems.append(
            _("Choose the column that says who agreed to news and offers, or tick that none does.")
        )
    return problems


def _too_many(rows: int) -> list[str]:
    if rows <= uploads.MOST_ROWS:
        return []
    return [
        _("The file has more than %(most)s rows. Cut it into several.")
        % {"most": uploads.MOST_ROWS}
    ]


def _table(one: Import, said: Reading) -> list[dict[str, Any]]:
    """Each column with its name, three values, and what it is taken for."""
    roles = {place: role for role, place in said.columns.items()}
    shown = reading.examples(uploads.path(one.pk), one.what, said)
    return [
        {
            "place": place,
            "name": said.header[place] if place < len(said.header) else "",
            "values": values,
            "role": roles.get(place, ""),
        }
        for place, values in enumerate(shown)
    ]


def _ways(one: Import, said: Reading) -> dict[str, str]:
    orders = {True: "day", False: "month", None: ""}
    return {
        "what": one.what,
        "sheet": said.sheet,
        "encoding": said.encoding,
        "separator": said.separator or "",
        "dates": orders[said.day_first],
        "decimal": said.decimal,
    }


def _rows(said: Reading) -> dict[str, object]:
    return {
        "existing": said.existing,
        "wording": said.wording,
        "agreed_on": said.agreed_on,
        "members": said.members,
        "welcome": said.welcome,
        "question": said.question,
        "unit": said.unit,
    }
