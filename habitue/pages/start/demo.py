"""A look around: the demo business, built by the worker while a page shows how far it is."""

from contextlib import suppress
from typing import cast

from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from habitue.members import staff
from habitue.members.models import Business
from habitue.pages import access, account, events
from habitue.pages.owner import today

TASK = "habitue.site.tasks.build_demo"
LOCK = "demo"
GUEST = "demo@habitue.invalid"


@require_POST
@access.starter
def begin(request: HttpRequest) -> HttpResponse:
    """Have the demo built, once; then watch."""
    if _state() not in ("succeeded", "todo", "doing"):
        # Someone else may press at the same moment: then theirs is watched.
        with suppress(AlreadyEnqueued), transaction.atomic():
            app.configure_task(TASK, queueing_lock=LOCK).defer()
    return redirect("demo")


@never_cache
@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """How far it is; whole, or only the panel for the page that asks again."""
    state = _state()
    context = {"state": state, "events": events.of_demo(), "worker": today.worker_lives()}
    template = (
        "pages/start/_demo.html" if request.headers.get("HX-Request") else "pages/start/demo.html"
    )
    return render(request, template, context)


@require_POST
@access.starter
def look(request: HttpRequest) -> HttpResponse:
    """Go in as a guest who owns the demo and nothing else; a signed-in owner stays themselves."""
    business = Business.objects.filter(is_demo=True).first()
    if business is None or _state() != "succeeded":
        return redirect("demo")
    if not request.user.is_authenticated:
        guest, _made = User.objects.get_or_create(username=GUEST, defaults={"email": GUEST})
        login(request, guest, backend=account.BACKEND)
    staff.add_owner(business, cast(User, request.user))
    access.choose(request, business)
    return redirect("today")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Out of the demo: back to the own shop, or to the first run."""
    if request.user.is_authenticated and request.user.get_username() == GUEST:
        logout(request)
        return redirect("start")
    request.session.pop("business", None)
    return redirect("today")


def _state() -> str:
    """`none`, or the state of the newest job; a demo made by a command counts as succeeded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text FROM procrastinate_jobs WHERE task_name = %s"
            " ORDER BY id DESC LIMIT 1",
            [TASK],
        )
        row = cursor.fetchone()
    there = Business.objects.filter(is_demo=True).exists()
    if row is None:
        return "succeeded" if there else "none"
    state = str(row[0])
    return state if there or state != "succeeded" else "none"
