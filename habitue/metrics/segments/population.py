"""Everybody as of a day, and the rhythm of the business: what all segments are found from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from habitue.metrics import asked as asking
from habitue.metrics.asked import Window
from habitue.metrics.lives import Lives
from habitue.metrics.sources import Source


class Population(NamedTuple):
    """Lives as of the day, lives as of W days before it, W, and the histogram of gaps until then.

    `gaps` says how often so many days lay between two days of purchase of one customer.
    """

    lives: Lives
    before: Lives
    window: Window
    gaps: dict[int, int]


def read(source: Source, until: date, *, window: int | None = None) -> Population:
    """The population of a business as of a day (left out); W is the business's own unless given.

    A `ValueError` carries a sentence about the window.
    """
    gaps = source.gaps(until)
    chosen = asking.own_rhythm(gaps) if window is None else asking.given(window)
    before = source.lives(until - timedelta(days=chosen.days))
    return Population(source.lives(until), before, chosen, gaps)
