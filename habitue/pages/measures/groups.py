"""In which order figures are shown: what a beginner needs first, then by what they are about."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.metrics import catalogue, wording
from habitue.metrics.figure import Group
from habitue.pages import words

FIRST: Final = "repeat_purchase_rate"
"""What a beginner sees first."""

ESSENTIAL: Final = ("strict_retention", "churn", "retention", "customer_lifetime_value", "nps")


class Shelf(Struct, frozen=True):
    """Figures about one thing: its name, a sentence about it, the ids."""

    id: Group
    title: str
    about: str
    figures: tuple[str, ...]


def every() -> list[Shelf]:
    """All groups with figures in them; the first and the essential ones are not repeated."""
    shown = {FIRST, *ESSENTIAL}
    found = []
    for group, title in wording.GROUPS.items():
        figures = catalogue.every().values()
        ids = tuple(one.id for one in figures if one.group == group and one.id not in shown)
        if ids:
            found.append(Shelf(group, title[words.language()], _about(group), ids))
    return found


def _about(group: Group) -> str:
    return {
        "customers": _("Who came, who stayed, who did not come back."),
        "money": _("What they spend, and what a customer is worth."),
        "satisfaction": _("What they say, and how well they are served."),
        "program": _("What is given, what is taken, what is still owed."),
        "engagement": _("What they do beyond buying."),
    }[group]
