"""Backups: which there are, another one now, one to take away."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from msgspec import Struct
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from habitue.members import journal
from habitue.members import staff as people
from habitue.members.models import Business, Staff
from habitue.pages import access

TASK: Final = "habitue.site.tasks.backup_now"
LOCK: Final = "backup"
FOLDER: Final = "backups"
STAMP: Final = "habitue-%Y%m%dT%H%M%SZ.tar"


class Backup(Struct, frozen=True):
    """A backup in the data folder."""

    name: str
    at: datetime
    size: int


@never_cache
@access.chief
def backups(request: HttpRequest, business: Business, own: Staff) -> HttpResponse:
    """The list; a new one is made by the worker."""
    if request.method == "POST":
        with transaction.atomic():
            journal.write(
                business, "backup", at=timezone.now(), staff=own, what={"did": "asked for"}
            )
            _ask()
        messages.success(request, _("A backup is being made; it appears here when it is whole."))
        return redirect("settings-backups")
    context = {
        "business": business,
        "here": "settings",
        "kept": kept(),
        "folder": settings.HABITUE_HOME / FOLDER,
        "nightly": settings.ENVIRONMENT.backups_kept,
        "alone": _alone(own),
    }
    return render(request, "pages/settings/backups.html", context)


@never_cache
@access.chief
def take(request: HttpRequest, business: Business, own: Staff, name: str) -> HttpResponseBase:
    """One to take away, by whoever owns every business in it."""
    found = next((one for one in kept() if one.name == name), None)
    if found is None or not _alone(own):
        raise Http404
    what: dict[str, str | int] = {"did": "taken away", "name": name}
    journal.write(business, "backup", at=timezone.now(), staff=own, what=what)
    path = settings.HABITUE_HOME / FOLDER / found.name
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def kept() -> list[Backup]:
    """The backups in the data folder, the newest first."""
    folder: Path = settings.HABITUE_HOME / FOLDER
    found = []
    for path in folder.glob("habitue-*.tar"):
        try:
            at = datetime.strptime(path.name, STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue  # somebody's own file
        found.append(Backup(path.name, at, path.stat().st_size))
    return sorted(found, key=lambda one: one.at, reverse=True)


def _ask() -> None:
    # One that waits to be made already will hold all of this.
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(TASK, queueing_lock=LOCK).defer()


def _alone(own: Staff) -> bool:
    """Whether this person owns all that a backup holds: it holds every business."""
    mine = {one.pk for one in people.owned(own.user)} if own.user else set()
    return not Business.objects.filter(is_demo=False).exclude(pk__in=mine).exists()
