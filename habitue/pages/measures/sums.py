"""The sums that figures are made of, in words: what each counts, and a formula with its numbers."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from habitue.metrics import Answers, Result
from habitue.pages.measures import saying
from habitue.pages.templatetags import words as say

STATES: Final = ("new", "kept", "reactivated", "lost", "dormant")
"""The states behind every period."""

_MORE: Final = {
    "retention": ("start", "end", "new", "kept", "reactivated", "lost"),
    "strict_retention": ("kept", "lost", "start", "reactivated"),
    "churn": ("lost", "kept", "new", "reactivated", "repeaters"),
}
"""Whom an owner wants to see beside those whom a formula counts."""


def label(name: str) -> str:
    """What a sum counts."""
    labels = {
        "known": _("Customers who ever bought"),
        "start": _("Customers at the start"),
        "end": _("Customers at the end"),
        "new": _("New customers"),
        "kept": _("Customers who stayed"),
        "reactivated": _("Customers won back"),
        "dormant": _("Customers who sleep"),
        "lost": _("Customers lost"),
        "buyers": _("Customers who bought"),
        "repeaters": _("Customers who bought at least twice"),
        "first_buyers": _("Customers who bought for the first time"),
    }
    return labels.get(name, name)


def behind(figure: str, needs: tuple[str, ...]) -> list[str]:
    """The sums whose customers can be listed, those of the formula first."""
    return list(dict.fromkeys((*_MORE.get(figure, ()), *needs)))


def whole(result: Result, number: int | None) -> str:
    """A numerator: money in whole units of its currency, else a count."""
    if number is None:
        return ""
    return say.money(number, result.currency) if result.currency else say.count(number)


def written(result: Result, answers: Answers) -> str:
    """The formula with the shop's own numbers: `(105 − 15) / 100 = 90 %`."""
    if result.value is None or result.numerator is None or result.denominator is None:
        return ""
    parts = f"{whole(result, result.numerator)} / {say.count(result.denominator)}"
    return f"{parts} = {saying.plain(result, result.value)}"
