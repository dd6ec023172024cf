"""Step 4: the rows come in; what became of them, the rejected ones as a file, and the way back."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from habitue.connectors import running, uploads
from habitue.connectors.models import Import
from habitue.members import journal
from habitue.members.models import Business
from habitue.pages import access
from habitue.pages.imports import finding, naming, sums
from habitue.pages.owner import today

_BEFORE = (Import.State.COLUMNS, Import.State.CHECKED)


@never_cache
@require_GET
@access.owner
def result(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """How far it is, then what became of the rows."""
    one = finding.one(business, key)
    if finding.step(one) != "import-result":
        return finding.onward(one)
    working = one.state in (Import.State.RUNNING, Import.State.UNDOING)
    context = {
        "business": business,
        "here": "import",
        "import": one,
        "what": naming.WHATS[one.what],
        "counts": running.counts(one),
        "working": working,
        "worker": not working or today.worker_lives(),
        "again": request.path,
        "undo": running.may_be_undone(one, now=timezone.now()),
        "until": one.finished_at and one.finished_at + uploads.UNDO_WITHIN,
        "file": uploads.rejected(one.pk).exists(),
        "sheet": sums.lines(business, running.sheet(one)),
        "balanced": (kept := running.sheet(one)) is None or kept.balanced,
        "each": uploads.reconciled(one.pk).exists(),
        "step": 4,
    }
    template = "_result" if "HX-Request" in request.headers else "result"
    return render(request, f"pages/imports/{template}.html", context)


@require_POST
@access.owner
def undo(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Take everything back, while there is time."""
    one = finding.one(business, key)
    if not running.may_be_undone(one, now=timezone.now()):
        messages.error(request, _("This import cannot be undone any more."))
        return finding.onward(one)
    try:
        running.undo(one, finding.staff(request, business))
    except running.Busy:
        messages.error(request, _("Another import is at work. Undo this one when it has ended."))
    return redirect("import-result", one.pk)


@require_POST
@access.owner
def again(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Try once more what the worker gave up: it goes on where it stopped."""
    one = finding.one(business, key)
    if one.failed:
        running.again(one)
    return finding.onward(one)


@require_POST
@access.owner
def discard(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """Forget a file of which nothing was brought in."""
    one = finding.one(business, key)
    if one.state in (*_BEFORE, Import.State.CHECKING) and not one.changes.exists():
        uploads.drop(one.pk)
        one.delete()
    return redirect("import")


@require_GET
@access.owner
def rejected(request: HttpRequest, business: Business, key: int) -> HttpResponseBase:
    """The rows that were left out, with the reason in a column of its own."""
    one = finding.one(business, key)
    return _file(request, business, uploads.rejected(one.pk), "rejected rows", _("rejected"))


@require_GET
@access.owner
def balances(request: HttpRequest, business: Business, key: int) -> HttpResponseBase:
    """What became of each customer's balance."""
    one = finding.one(business, key)
    return _file(request, business, uploads.reconciled(one.pk), "balances", _("balances"))


def _file(
    request: HttpRequest, business: Business, path: Path, kind: str, title: str
) -> HttpResponseBase:
    """A file of people to take away; the journal knows who did."""
    if not path.exists():
        raise Http404
    staff = finding.staff(request, business)
    what: dict[str, str | int] = {"file": kind}
    journal.write(business, "download", at=timezone.now(), staff=staff, what=what)
    name = f"{title}.csv"
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name)
    answer["Content-Type"], answer["Cache-Control"] = "text/csv; charset=utf-8", "no-store"
    return answer
