"""Lengths of time that know their unit, so that weeks are never read as days.

A rate per week taken for a rate per day is the commonest mistake with these models: it made a
widely copied example say 140.10 where 36.28 is meant. So no function here takes a bare number for
a length of time, and a fitted model knows in which unit its parameters are.
"""

from __future__ import annotations

from enum import Enum
from math import isfinite

from msgspec import Struct


class Unit(Enum):
    """A unit of time; its value is its length in days."""

    DAY = 1.0
    WEEK = 7.0
    MONTH = 365.25 / 12
    YEAR = 365.25


class Span(Struct, frozen=True, order=True):
    """A length of time, not negative; it has a number only in a named unit: `span.of(Unit.DAY)`."""

    days: float

    def __post_init__(self) -> None:
        if not (isfinite(self.days) and self.days >= 0):
            raise ValueError(f"A length of time is not negative and has an end: {self.days} days.")

    def of(self, unit: Unit) -> float:
        """How many of that unit it is."""
        return self.days / unit.value


def days(number: float) -> Span:
    """So many days."""
    return Span(float(number))


def weeks(number: float) -> Span:
    """So many weeks of seven days."""
    return Span(number * Unit.WEEK.value)


def months(number: float) -> Span:
    """So many twelfths of a year."""
    return Span(number * Unit.MONTH.value)


def years(number: float) -> Span:
    """So many years of 365.25 days."""
    return Span(number * Unit.YEAR.value)
