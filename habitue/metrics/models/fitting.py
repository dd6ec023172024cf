"""Finding the parameters under which what happened is most likely, and how sure they are.

Parameters are positive and are sought by their logarithms, with the exact gradient; the last steps
are Newton's. What does not settle is `Unfit` with a reason in words: never a number that is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray
from scipy import optimize

from habitue.metrics.figure import Text
from habitue.metrics.models import words
from habitue.metrics.models.patterns import Floats

Model = TypeVar("Model", covariant=True)

Flags = NDArray[np.bool_]

Likelihood = Callable[[Floats], tuple[float, Floats]]
"""From logarithms of parameters to the log-likelihood and its gradient by them."""

LEAST: Final = 30
"""Of fewer customers no model is made."""

LEAST_BACK: Final = 10
"""Of fewer customers who came back no model is made."""

REACH: Final = 9.0
"""How far a parameter is sought from its natural scale, as a logarithm: a factor of 8,000."""

STEP: Final = 1e-4
"""Difference of logarithms for second derivatives: their error is of the order of its square."""

SETTLED: Final = 1e-6
"""The largest slope, per customer, at which an estimate counts as settled."""

FLAT: Final = 1e-10
"""The slope, per customer, at which Newton's steps have nothing left to do."""

STEPS: Final = 8
"""Newton's steps at most; they share one curvature, so each wins some digits, not all."""

ALIKE: Final = 200.0
"""A shape beyond which customers are practically the same: a spread under some 7 %."""


class Unfit(Struct, frozen=True, kw_only=True):
    """There is no model; `reason` is one of `words.REASONS`, `values` the numbers in it."""

    reason: str
    values: dict[str, int] = field(default_factory=dict)

    @property
    def words(self) -> Text:
        """The reason as a sentence per language."""
        return words.filled(words.REASONS[self.reason], self.values)


class Caution(Struct, frozen=True, kw_only=True):
    """What to keep in mind though there is a model; one of `words.CAUTIONS`."""

    code: str
    values: dict[str, int] = field(default_factory=dict)

    @property
    def words(self) -> Text:
        """The caution as a sentence per language."""
        return words.filled(words.CAUTIONS[self.code], self.values)


class Fitted(Struct, Generic[Model], frozen=True, kw_only=True):
    """A model with its parameters, and how well they are known.

    `errors` are standard errors by parameter; None where the data do not determine one.
    `patterns` says how many different histories the `customers` have.
    """

    model: Model
    log_likelihood: float
    errors: dict[str, float | None]
    customers: int
    patterns: int
    cautions: tuple[Caution, ...] = ()


class Summit(NamedTuple):
    """The best parameters, the log-likelihood there, and their standard errors."""

    parameters: tuple[float, ...]
    height: float
    errors: tuple[float | None, ...]
    at_bound: bool


def climb(
    likelihood: Likelihood,
    starts: Sequence[Sequence[float]],
    scale: Sequence[float],
    customers: int,
    near: Summit | None = None,
) -> Summit | None:
    """The summit, from the first start that leads to one; None if none does.

    `scale` is the natural scale of each parameter, around which it is sought; `starts` are
    multiples of it. So nothing depends on the unit of time or of money. `near` is the summit of a
    sample of the same customers: from there Newton's steps mostly do.
    """
    middle = np.log(np.asarray(scale, dtype=float))
    found = near and _newton(likelihood, np.log(near.parameters), middle, customers)
    for start in starts:
        if found:
            break
        at = _walk(likelihood, middle + np.log(start), middle, customers)
        found = _newton(likelihood, at, middle, customers)
    return found


def _walk(likelihood: Likelihood, start: Floats, middle: Floats, customers: int) -> Floats:
    """Uphill by the gradient, within reach of the middle."""

    def descent(at: Floats) -> tuple[float, Floats]:
        height, slope = likelihood(at)
        return -height / customers, -slope / customers

    found = optimize.minimize(
        descent,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(centre - REACH, centre + REACH) for centre in middle],
        options={"maxiter": 300, "ftol": 1e-13, "gtol": 1e-7},
    )
    return np.asarray(found.x, dtype=float)


def _newton(likelihood: Likelihood, at: Floats, middle: Floats, customers: int) -> Summit | None:
    """The last steps to the summit; None if it is not there.

    A parameter that has come to its bound is held there.
    """
    free = np.abs(at - middle) < REACH - 1e-6
    start = at
    height, slope = likelihood(at)
    curve = _curvature(likelihood, at, free)
    for _ in range(STEPS):
        steep = np.abs(slope[free]).max(initial=0.0)
        if steep < FLAT * customers or not _is_summit(curve):
            break
        ahead = at.copy()
        ahead[free] -= np.linalg.solve(curve, slope[free])
        if np.abs(ahead - middle)[free].max(initial=0.0) >= REACH:
            break
        higher, flatter = likelihood(ahead)
        if not np.abs(flatter[free]).max() < steep:
            break
        at, height, slope = ahead, higher, flatter
    if not np.isfinite(height) or np.abs(slope[free]).max(initial=0.0) > SETTLED * customers:
        return None
    if np.abs(at - start).max() > STEP:
        curve = _curvature(likelihood, at, free)
    return Summit(
        tuple(float(number) for number in np.exp(at)),
        height,
        _errors(at, curve, free),
        bool((~free).any()),
    )


def _curvature(likelihood: Likelihood, at: Floats, free: Flags) -> Floats:
    """Second derivatives by the free logarithms: central differences of the exact gradient."""
    places = np.flatnonzero(free)
    rows = []
    for place in places:
        step = np.zeros_like(at)
        step[place] = STEP
        rows.append((likelihood(at + step)[1] - likelihood(at - step)[1])[places] / (2 * STEP))
    curve = np.asarray(rows, dtype=float).reshape(len(places), len(places))
    even: Floats = (curve + curve.T) / 2
    return even


def _is_summit(curve: Floats) -> bool:
    """Whether the ground falls in every direction, and by more than rounding."""
    if not np.all(np.isfinite(curve)):
        return False
    bends = np.linalg.eigvalsh(curve) if curve.size else np.array([-1.0])
    return bool(bends.max() < -1e-9 * max(1.0, -bends.min()))


def _errors(at: Floats, curve: Floats, free: Flags) -> tuple[float | None, ...]:
    """Standard errors of the parameters: those of their logarithms, times the parameters."""
    errors: list[float | None] = [None] * len(at)
    if curve.size and _is_summit(curve):
        spread = np.sqrt(np.diag(np.linalg.inv(-curve)))
        for place, error in zip(np.flatnonzero(free), spread, strict=True):
            errors[place] = float(np.exp(at[place]) * error)
    return tuple(errors)


def cautions(summit: Summit, *, rhythm: float, leaving: float) -> tuple[Caution, ...]:
    """Where customers differ too little for the data to say how much."""
    alike = [
        code
        for code, shape in (("alike in rhythm", rhythm), ("alike in leaving", leaving))
        if shape > ALIKE
    ]
    if summit.at_bound and not alike:
        alike = ["at a bound"]
    return tuple(Caution(code=code) for code in alike)
