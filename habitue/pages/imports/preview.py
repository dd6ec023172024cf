"""Step 3: what would follow from the whole file; wrong values are mended on the spot."""

from __future__ import annotations

import re
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from habitue.connectors import checking, reading, running, uploads
from habitue.connectors.checking import Fault
from habitue.connectors.models import Import
from habitue.connectors.reading import Reading
from habitue.members.models import Business
from habitue.pages import access
from habitue.pages.imports import finding, naming, reasons, sums
from habitue.pages.owner import today

LONGEST: Final = 500
_FIELD: Final = re.compile(r"mend-(\d{1,9})-(\d{1,4})")


@never_cache
@require_GET
@access.owner
def preview(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """How far the look is, then the counts, the first rows and every wrong one."""
    one = finding.one(business, key)
    there = uploads.path(one.pk).exists()
    looked = (Import.State.CHECKING, Import.State.CHECKED)
    if one.state not in looked and (there or one.state != Import.State.COLUMNS):
        return finding.onward(one)
    said = reading.of(one)
    context: dict[str, Any] = {
        "business": business,
        "here": "import",
        "import": one,
        "said": said,
        "what": naming.WHATS[one.what],
        "again": request.path,
        "worker": one.state != Import.State.CHECKING or today.worker_lives(),
        "there": there,
        "step": 3,
    }
    if found := checking.of(one):
        context |= {
            "found": found,
            "titles": _titles(one, said, found),
            "faults": [_fault(one, said, fault) for fault in found.faults],
            "encoding": naming.ENCODINGS.get(said.encoding, said.encoding),
            "separator": naming.SEPARATORS.get(said.separator or "", ""),
            "sheet": sums.lines(business, found.sheet),
        }
    template = "_preview" if "HX-Request" in request.headers else "preview"
    return render(request, f"pages/imports/{template}.html", context)


@require_POST
@access.owner
def mend(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Keep what was written instead, and look at the file again."""
    one = finding.one(business, key)
    found = checking.of(one)
    if one.state != Import.State.CHECKED or found is None:
        return finding.onward(one)
    shown = {(fault.line, fault.column): fault.value for fault in found.faults}
    for name, value in request.POST.items():
        field = _FIELD.fullmatch(name)
        where = (int(field[1]), int(field[2])) if field else None
        if where in shown and str(value) != shown[where]:
            line = one.corrections.setdefault(str(where[0]), {})
            line[str(where[1])] = str(value)[:LONGEST].replace("\0", "")
    running.look(one)
    return finding.onward(one)


@require_POST
@access.owner
def start(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Have the rows brought in; wrong ones are left out."""
    one = finding.one(business, key)
    try:
        running.start(one, finding.staff(request, business))
    except running.Busy:
        messages.error(request, _("Another import is at work. Start this one when it has ended."))
        return redirect("import-preview", one.pk)
    return redirect("import-result", one.pk)


def _titles(one: Import, said: Reading, found: checking.Found) -> list[str]:
    """What stands over the columns of the first rows: what they are taken for, else their name."""
    roles = {place: str(naming.ROLES[one.what][role]) for role, place in said.columns.items()}
    width = max((len(row) for row in found.first), default=0)
    names = dict(enumerate(said.header))
    return [roles.get(place) or names.get(place, "") for place in range(width)]


def _fault(one: Import, said: Reading, fault: Fault) -> dict[str, Any]:
    role = next((role for role, place in said.columns.items() if place == fault.column), "")
    title = naming.ROLES[one.what].get(role, "")
    named = said.header[fault.column] if 0 <= fault.column < len(said.header) else ""
    return {"of": fault, "reason": reasons.say(fault.reason), "column": title or named}
