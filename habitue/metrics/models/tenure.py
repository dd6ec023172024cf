"""How long memberships last: Kaplan and Meier's curve, with Greenwood's intervals.

E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", JASA 53, 1958.
Nothing is assumed of how people leave; those who have not left yet count for as long as they were
seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, sqrt

import numpy as np
from msgspec import Struct

from habitue.metrics.intervals import Z
from habitue.metrics.lives import Integers
from habitue.metrics.models.memberships import Spell


class Step(Struct, frozen=True, kw_only=True):
    """After `day` days of membership the share `survival` is still there.

    Of `at_risk` who had lasted so long, `left` left that day. `error` is Greenwood's standard
    error; `low` and `high` are the 95 % interval, made on the scale of log(−log survival) so that
    it stays within 0 and 1. They are None at 0: when the last one has left.
    """

    day: int
    at_risk: int
    left: int
    survival: float
    error: float
    low: float | None
    high: float | None


class Curve(Struct, frozen=True, kw_only=True):
    """The share still there, step by step; between the steps it stays."""

    members: int
    left: int
    steps: tuple[Step, ...]

    @property
    def median(self) -> int | None:
        """The day by which half have left; None while fewer have."""
        return next((step.day for step in self.steps if step.survival <= 0.5), None)

    def survival(self, day: int) -> float:
        """The share that lasts longer than so many days."""
        return next((step.survival for step in reversed(self.steps) if step.day <= day), 1.0)


def of(spells: Sequence[Spell]) -> Curve:
    """The curve of spells of membership."""
    return curve(
        np.array([spell.days for spell in spells], dtype=np.int64),
        np.array([spell.left for spell in spells], dtype=np.int64),
    )


def curve(days: Integers, left: Integers) -> Curve:
    """The curve of durations; `left` is 1 where somebody left, 0 where they were last seen."""
    different, at = np.unique(days, return_inverse=True)
    seen, gone = np.bincount(at, minlength=len(different)), np.bincount(at, left)
    at_risk = len(days) - np.cumsum(seen) + seen
    survival, variance, steps = 1.0, 0.0, []
    for day, risk, many in zip(different, at_risk, gone.astype(np.int64), strict=True):
        if many:
            survival *= 1 - many / risk
            variance += many / (risk * (risk - many)) if risk > many else 0.0
            steps.append(_step(int(day), int(risk), int(many), float(survival), float(variance)))
    return Curve(members=len(days), left=int(gone.sum()), steps=tuple(steps))


def _step(day: int, at_risk: int, left: int, survival: float, variance: float) -> Step:
    low = high = None
    if survival > 0:
        reach = exp(Z * sqrt(variance) / -log(survival))
        low, high = survival**reach, survival ** (1 / reach)
    return Step(
        day=day,
        at_risk=at_risk,
        left=left,
        survival=survival,
        error=survival * sqrt(variance),
        low=low,
        high=high,
    )
