"""Small phrases that several pages share."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from habitue.members.models import LANGUAGES


def language() -> str:
    """The page's language, one of those we speak."""
    tag = (get_language() or "fr")[:2]
    return tag if tag in LANGUAGES else "fr"


def progress(have: int, goal: int) -> str:
    """The meaning of the card's picture."""
    text = ngettext("%(have)s stamp of %(goal)s", "%(have)s stamps of %(goal)s", have)
    return text % {"have": have, "goal": goal}


def counter() -> str:
    """The first name at the counter, until real ones are written."""
    return _("Counter")
