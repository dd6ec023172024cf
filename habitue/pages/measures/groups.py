"""In which order figures are shown: what a beginner needs first, then by what they are about."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from habitue.metrics import catalogue

FIRST: Final = "repeat_purchase_rate"
"""What a beginner sees first."""

ESSENTIAL: Final = ("strict_retention", "churn", "retention", "customer_lifetime_value", "nps")

YEARLY: Final = frozenset({"customer_lifetime_value", "predictive_lifetime_value"})
"""Figures that are only worth looking at over a year."""


class Group(Struct, frozen=True):
    """Figures about one thing: its name, a sentence about it, the ids."""

    id: str
    title: Promise | str
    about: Promise | str
    figures: tuple[str, ...]


_ABOUT: Final = (
    ("satisfaction", ("promoter", "satisf", "effort", "complain", "contented")),
    (
        "engagement",
        ("subscriber", "click", "messages", "ideas", "social", "refer", "engagement"),
    ),
    (
        "program",
        ("member", "redem", "reward", "issued", "lapsed", "open", "liability", "contracts"),
    ),
    ("money", ("revenue", "base", "expansion", "contraction", "churned")),
)
"""What the names of the sums that a figure needs say about it; the first that fits."""

GROUPS: Final = (
    ("customers", _("Customers"), _("Who came, who stayed, who did not come back.")),
    ("money", _("Money"), _("What they spend, and what a customer is worth.")),
    ("satisfaction", _("Satisfaction"), _("What they say, and how well they are served.")),
    ("program", _("Program"), _("What is given, what is taken, what is still owed.")),
    ("engagement", _("Taking part"), _("What they do beyond buying.")),
)


def every() -> list[Group]:
    """All groups with figures in them; the first and the essential ones are not repeated."""
    shown = {FIRST, *ESSENTIAL}
    rest = [one for one in catalogue.every().values() if one.id not in shown]
    found = []
    for name, title, about in GROUPS:
        ids = tuple(one.id for one in rest if group_of(one.id) == name)
        if ids:
            found.append(Group(name, title, about, ids))
    return found


def group_of(figure_id: str) -> str:
    """Which group a figure belongs to, by the sums that it needs and by its unit."""
    figure = catalogue.every()[figure_id]
    for name, words in _ABOUT:
        if any(need.startswith(words) for need in figure.needs):
            return name
    return "money" if figure.unit == "money" else "customers"
