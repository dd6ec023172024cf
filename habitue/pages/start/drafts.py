"""What an owner has said so far, kept in their session until the shop is opened.

`typed` holds the blanks of every idea as they were typed, so that going back and forth loses
nothing; `chosen` is the idea that was continued with, and in which language.
"""

from typing import Any, Final

from django.http import HttpRequest

from habitue.pages import words
from habitue.pages.start import choice, deriving
from habitue.pages.start.deriving import Shop

DRAFT: Final = "first_run"
_BUTTONS: Final = ("csrfmiddlewaretoken", "then", "idea")
_LONGEST: Final = 300


def shop(request: HttpRequest) -> Shop | None:
    """The shop of the first step, in the page's language; None before that step."""
    draft = _draft(request)
    if "name" not in draft:
        return None
    return Shop(draft["name"], draft["kind"], draft["country"], words.language())


def facts(request: HttpRequest) -> dict[str, Any]:
    """What the first step's fields hold."""
    return {name: value for name, value in _draft(request).items() if isinstance(value, str)}


def keep_shop(request: HttpRequest, told: dict[str, str]) -> None:
    """Another kind of shop has another idea to begin with, unless one was chosen."""
    _write(request, {**_draft(request), **told})


def idea(request: HttpRequest) -> str:
    """The idea that is looked at: the one taken, else what suits such a shop."""
    draft = _draft(request)
    return str(draft.get("idea") or deriving.suited(draft.get("kind", "")))


def take(request: HttpRequest, key: str) -> None:
    """Look at another idea."""
    draft = _draft(request)
    draft.pop("chosen", None)
    _write(request, {**draft, "idea": key})


def typed(request: HttpRequest, key: str) -> dict[str, str] | None:
    """The blanks of an idea as they were typed, or None if nobody has."""
    found = _draft(request).get("typed", {}).get(key)
    return dict(found) if found is not None else None


def keep_typed(request: HttpRequest, key: str) -> None:
    """Remember what the page sent, right or wrong."""
    sent = {
        name: str(value)[:_LONGEST] for name, value in request.POST.items() if name not in _BUTTONS
    }
    draft = _draft(request)
    _write(request, {**draft, "typed": {**draft.get("typed", {}), key: sent}})


def choose(request: HttpRequest, key: str) -> None:
    """Go on with an idea as it is filled in now."""
    _write(request, {**_draft(request), "chosen": {"idea": key, "language": words.language()}})


def chosen(request: HttpRequest) -> tuple[str, Shop] | None:
    """The idea gone on with, and the shop in the language it was written in."""
    draft = _draft(request)
    if "name" not in draft or not choice.exists(draft.get("chosen", {}).get("idea", "")):
        return None
    language = draft["chosen"]["language"]
    return draft["chosen"]["idea"], Shop(draft["name"], draft["kind"], draft["country"], language)


def forget(request: HttpRequest) -> None:
    """The shop is open: nothing is drafted any more."""
    request.session.pop(DRAFT, None)


def _draft(request: HttpRequest) -> dict[str, Any]:
    return dict(request.session.get(DRAFT, {}))


def _write(request: HttpRequest, draft: dict[str, Any]) -> None:
    request.session[DRAFT] = draft
