"""What is printed: posters, a table tent and stickers, by whose code customers join."""

from typing import Any, cast
from urllib.parse import quote

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from habitue import ledger
from habitue.members import journal
from habitue.members.models import LANGUAGES, Business, Staff
from habitue.pages import access, links
from habitue.pages.forms import PLAIN
from habitue.pages.owner import sheets
from habitue.pages.poster import Sheet

LONGEST_PLACE = 60  # as the page that reads it takes


class Wanted(forms.Form):
    """Which sheet, in which languages, with which words, for which place."""

    format = forms.ChoiceField(
        label=gettext_lazy("What do you print?"), choices=sheets.FORMATS, widget=forms.RadioSelect
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("In which languages?"),
        choices=list(LANGUAGES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    at = forms.CharField(
        label=gettext_lazy("Where will it hang? (optional)"),
        help_text=gettext_lazy("Door, table 4… Who joins there is counted for that place."),
        max_length=LONGEST_PLACE,
        required=False,
        validators=[PLAIN],
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business
        for language, name in LANGUAGES.items():
            self.fields[f"headline_{language}"] = forms.CharField(
                label=_("Headline: %(language)s") % {"language": name},
                max_length=160,
                required=False,
                validators=[PLAIN],
                widget=forms.TextInput({"autocomplete": "off", "lang": language}),
            )

    def headlines(self) -> list[forms.BoundField]:
        """One for each language."""
        return [self[f"headline_{language}"] for language in LANGUAGES]

    def said(self) -> tuple[sheets.Words, ...]:
        """The words in every language that was ticked, else in the shop's own."""
        chosen = self.cleaned_data["languages"] or [self.business.language]
        usual = headlines(self.business)
        # The shop's own language stands first and largest.
        ordered = sorted(chosen, key=lambda one: one != self.business.language)
        return tuple(
            sheets.words(one, self.cleaned_data.get(f"headline_{one}") or usual[one])
            for one in ordered
        )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@access.owner
def posters(request: HttpRequest, business: Business) -> HttpResponse:
    """Choose and look; sending the form answers with the file."""
    sent = request.POST if request.method == "POST" else request.GET
    form = Wanted(sent if "format" in sent else _first(business), business=business)
    sheet = _sheet(request, business, form) if form.is_valid() else None
    if request.method == "POST" and sheet is not None and "show" not in request.POST:
        return _printed(request, business, sheet, form.cleaned_data["format"])
    context = {
        "business": business,
        "here": "posters",
        "form": form,
        "only_here": links.only_here(request),
        "picture": sheet.svg(_("What will be printed")) if sheet else "",
    }
    only = "_sheet" if request.headers.get("HX-Request") else "posters"
    status = 200 if sheet else 422
    return render(request, f"pages/owner/{only}.html", context, status=status)


@require_GET
@access.owner
def poster_pdf(request: HttpRequest, business: Business) -> HttpResponse:
    """The usual poster, to look at."""
    form = Wanted(_first(business), business=business)
    form.is_valid()
    return _file(business, _sheet(request, business, form), "a4", "inline")


def headlines(business: Business) -> dict[str, str]:
    """What the poster says in each language: the program's own title, else that there is a card."""
    program = ledger.program(business.pk)
    found = {}
    for language in LANGUAGES:
        with override(language):
            own = program.title.get(language) if program else None
            found[language] = own or _("Our loyalty card")
    return found


def _first(business: Business) -> dict[str, Any]:
    usual = {f"headline_{language}": said for language, said in headlines(business).items()}
    return {"format": "a4", "languages": [business.language], **usual}


def _sheet(request: HttpRequest, business: Business, form: Wanted) -> Sheet:
    address, at = links.absolute(request, "join", business.slug), form.cleaned_data["at"]
    if at:
        address += f"?at={quote(at)}"
    content = sheets.Content(business.name, form.said(), address)
    return sheets.draw(form.cleaned_data["format"], content)


def _printed(request: HttpRequest, business: Business, sheet: Sheet, name: str) -> HttpResponse:
    """The file, and a line in the journal: the checklist sees by it that there is a poster."""
    with transaction.atomic():
        staff = Staff.objects.filter(business=business, user=cast(Any, request.user)).first()
        journal.write(business, "print", at=timezone.now(), staff=staff, what={"sheet": name})
    return _file(business, sheet, name, "attachment")


def _file(business: Business, sheet: Sheet, name: str, how: str) -> HttpResponse:
    disposition = f'{how}; filename="{business.slug}-{name}.pdf"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return HttpResponse(sheet.content(), content_type="application/pdf", headers=headers)
