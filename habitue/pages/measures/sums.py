"""A formula with the shop's own numbers, and the sums behind it whose customers can be listed."""

from __future__ import annotations

from typing import Final

from habitue.ledger import lifelines
from habitue.metrics import Result, wording
from habitue.metrics.figure import Measure
from habitue.pages import words
from habitue.pages.measures import saying
from habitue.pages.templatetags import words as say

_MORE: Final = {
    "retention": ("start", "end", "new", "kept", "reactivated", "lost"),
    "strict_retention": ("kept", "lost", "start", "reactivated"),
    "churn": ("lost", "kept", "new", "reactivated", "repeaters"),
}
"""Whom an owner wants to see beside those whom a formula counts."""


def label(name: str) -> str:
    """What a sum counts."""
    return wording.label(name)[words.language()]


def behind(result: Result) -> list[str]:
    """The sums whose customers can be listed, those an owner asks for first."""
    names = dict.fromkeys((*_MORE.get(result.id, ()), *result.figure.needs))
    return [name for name in names if name in lifelines.BEHIND]


def written(result: Result) -> str:
    """`(105 customers at the end − 15 new customers) / 100 customers at the start = 90 %`."""
    if result.value is None or result.ripens_on is not None:
        return ""
    worked = wording.worked(result.figure, result.parts)

    def number(value: int, measure: Measure) -> str:
        return measured(value, measure, result)

    text = wording.written(worked, words.language(), number)
    return f"{text} = {saying.plain(result, result.value)}"


def whole(result: Result, number: int | None, place: int) -> str:
    """A numerator (place 0) or denominator (1), as what it is counted in has it."""
    if number is None:
        return ""
    if len(result.figure.numerator) > 1 or len(result.figure.denominator) > 1:
        return ""  # a product of sums is nothing that anybody counted
    return measured(number, result.figure.measures[place], result)


def measured(number: int, measure: Measure, result: Result) -> str:
    """A sum in its own unit: money, units of the program, or a plain number."""
    match measure:
        case "money":
            return say.money(number, result.currency)
        case "units":
            return saying.decimal(number / 10**result.decimals)
        case "number":
            return say.count(number)
