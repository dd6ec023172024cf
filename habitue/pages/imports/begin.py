"""Step 1: a file or pasted rows; below it, what was brought in before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from habitue.connectors import bringing, dropping, platforms, running, sheets, uploads
from habitue.connectors.models import Import
from habitue.connectors.text import Unusable
from habitue.members.models import Business
from habitue.pages import access
from habitue.pages.imports import finding, naming, reasons

LISTED: Final = 30
MOST_PASTED: Final = 2_000_000


class Brought(forms.Form):
    """A file, or rows copied out of a spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ",".join((".csv", ".txt", ".tsv", *sheets.SUFFIXES))}),
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or paste rows here"),
        required=False,
        max_length=MOST_PASTED,
        strip=False,
        widget=forms.Textarea({"rows": 4, "spellcheck": "false", "class": "file"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("file") and not str(given.get("pasted", "")).strip():
            self.add_error("file", _("Choose a file, or paste some rows with their header."))
        return given


@never_cache
@access.owner
def begin(request: HttpRequest, business: Business) -> HttpResponse:
    """The form and the list; a file that can be read goes on to its columns."""
    form = Brought(request.POST, request.FILES) if request.method == "POST" else Brought()
    if request.method == "POST" and form.is_valid():
        one = _kept(business, form)
        if isinstance(one, Import):
            one.staff = finding.staff(request, business)
            one.save()
            return redirect("import-columns", one.pk)
        form.add_error("file", one)
    mine = Import.objects.filter(business=business).select_related("staff").order_by("-pk")
    now = timezone.now()
    context = {
        "business": business,
        "here": "import",
        "form": form,
        "listed": [_line(one, now) for one in mine.defer("found", "corrections")[:LISTED]],
        "whats": naming.WHATS,
        "megabytes": uploads.LARGEST // (1024 * 1024),
        "most": uploads.MOST_ROWS,
        "days": uploads.KEPT.days,
        "platforms": ", ".join(sorted({one.platform for one in platforms.exports()})),
        "folder": folder if (folder := dropping.folder(business)) and folder.exists() else "",
        "unclear": [
            {"name": one.name, "sentence": one.sentence} for one in dropping.unclear(business)
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "pages/imports/begin.html", context, status=status)


def _line(one: Import, now: Any) -> dict[str, Any]:
    return {
        "import": one,
        "what": naming.WHATS[one.what],
        "state": naming.STATES[one.state],
        "step": finding.step(one),
        "counts": running.counts(one),
        "undo": running.may_be_undone(one, now=now),
    }


def _kept(business: Business, form: Brought) -> Import | str:
    """The file as a new import that is not saved yet, or a sentence why it cannot be one."""
    file = cast("UploadedFile[Any] | None", form.cleaned_data["file"])
    name = (file.name or "") if file else _("Pasted rows")
    one = Import(business=business, filename=_plain(name), brought_at=timezone.now())
    try:
        one.sha256 = uploads.keep(one.pk, _chunks(file, str(form.cleaned_data["pasted"])))
    except uploads.TooLarge:
        return _("This file is larger than %(limit)s MB. Cut it into several.") % {
            "limit": uploads.LARGEST // (1024 * 1024)
        }
    try:
        bringing.recognise(one)
    except Unusable as error:
        return reasons.say(str(error))
    return one


def _chunks(file: UploadedFile[Any] | None, pasted: str) -> Iterable[bytes]:
    if file:
        return cast(Iterator[bytes], file.chunks())
    return [pasted.encode("utf-8", "backslashreplace")]


def _plain(name: str) -> str:
    """A file's name without what no screen should show."""
    return "".join(sign for sign in name if sign.isprintable())[-200:] or "?"
