"""Fractions and estimates as decimal text: rounded half up to six places, never a float."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from habitue.api import values
from habitue.core import allocation

PLACES: Final = 6


def share(of: Fraction) -> str:
    """An exact fraction as decimal text: 1/3 is "0.333333", 3/2 is "1.5"."""
    return values.written(allocation.half_up(of * 10**PLACES), PLACES)


def estimate(of: float) -> str:
    """A number that statistics have found, the same way."""
    return share(Fraction(of))
