"""Pages for what went wrong: what, why, and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _page(
        request,
        400,
        "broken",
        _("This request cannot be read"),
        _("The address or the form that was sent is damaged."),
        _("Go back, reload the page and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _page(
        request,
        403,
        "locked",
        _("This is not open to you"),
        _("Your account does not include this page."),
        _("Sign in with another account, or ask the owner of the shop."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: also the answer to what belongs to someone else."""
    return _page(
        request,
        404,
        "lost",
        _("There is nothing at this address"),
        _("The link may be incomplete, or what it led to is gone."),
        _("Check the address, or scan the code once more."),
    )


def too_often(request: HttpRequest) -> HttpResponse:
    """429."""
    return _page(
        request,
        429,
        "late",
        _("That was often, for one hour"),
        _("So that nobody can try for ever, this works only some times an hour."),
        _("Wait an hour, or ask at the counter."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(
        request,
        500,
        "broken",
        _("Something broke on our side"),
        _("The fault is written in the log. Nothing you entered was half saved."),
        _("Wait a moment and try again."),
    )


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not sent from our own page, or from one that is too old."""
    return _page(
        request,
        403,
        "late",
        _("This page has become too old"),
        _("For your safety a form is only accepted from a page that was opened recently."),
        _("Go back, reload the page and send it again. Cookies must be allowed."),
    )


def _page(
    request: HttpRequest, status: int, picture: str, what: str, why: str, do: str
) -> HttpResponse:
    context = {"picture": picture, "what": what, "why": why, "do": do, "status": status}
    template = "pages/_error.html" if "HX-Request" in request.headers else "pages/error.html"
    return render(request, template, context, status=status)
