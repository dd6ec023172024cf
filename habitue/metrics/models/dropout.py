"""What all models of leaving have in common: what they answer, and when they cannot be.

The models see purchases only; nobody says goodbye. Each customer buys at a rhythm of their own
(Poisson, with gamma-distributed rates) until leaving unseen; the models differ in when one may.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

import numpy as np
from scipy import special

from habitue.metrics.lives import Integers
from habitue.metrics.models import fitting
from habitue.metrics.models.fitting import LEAST, LEAST_BACK, Likelihood, Summit, Unfit
from habitue.metrics.models.patterns import Floats, Patterns, summed
from habitue.metrics.models.spans import Span, Unit

DETECTABLE: Final = 5.99
"""Twice the gain in log-likelihood from letting customers leave that 95 % of histories in which
nobody does stay under: the 95th percentile of chi-squared with two degrees of freedom."""

LATEST: Final = 731
"""A next purchase is not foretold for a day that lies farther ahead: two years."""

NEVER: Final = -1
"""Stands in a column of days where there is none."""

EARLY, MIDDLE, LATE = 0.1, 0.5, 0.9


class NextDays(NamedTuple):
    """When the next purchase is expected of each: days since 1970-01-01, or NEVER.

    Given that somebody is still a customer, they come by `early` with probability 0.1, by `likely`
    with 0.5, by `late` with 0.9. Of those who have more probably left than not, and for days more
    than two years ahead, nothing is foretold.
    """

    likely: Integers
    early: Integers
    late: Integers


class Dropout(Protocol):
    """A fitted model of buying and leaving. All columns are per pattern, not per customer."""

    @property
    def unit(self) -> Unit:
        """The unit of time of the parameters."""
        ...

    def log_likelihood(self, seen: Patterns) -> Floats:
        """The log-likelihood of one customer of each pattern."""
        ...

    def alive(self, seen: Patterns) -> Floats:
        """The probability of still being a customer at the end of what was seen."""
        ...

    def expected(self, seen: Patterns, span: Span) -> Floats:
        """How many days of purchase to expect in the span that follows what was seen."""
        ...

    def if_alive(self, seen: Patterns, span: Span) -> Floats:
        """The same of somebody who is still a customer for certain."""
        ...

    def wait(self, seen: Patterns, share: float) -> Floats:
        """Days until somebody who is still a customer has bought again with probability `share`.

        Infinite where that probability is never reached.
        """
        ...


NEWCOMER: Final = Patterns(*(np.array([number]) for number in (0, 0, 0, 1, 0)))
"""Somebody on the day of the first purchase."""


def newcomer(model: Dropout, span: Span) -> float:
    """How many more days of purchase to expect of somebody in the span after the first purchase."""
    return float(model.expected(NEWCOMER, span)[0])


def next_days(model: Dropout, seen: Patterns, alive: Floats, end: int) -> NextDays:
    """When each pattern's next purchase is expected, counted from `end`, the last day seen."""
    likely, early, late = (
        _on_days(model.wait(seen, share), alive, end) for share in (MIDDLE, EARLY, LATE)
    )
    gone = likely == NEVER
    return NextDays(likely, np.where(gone, NEVER, early), np.where(gone, NEVER, late))


def _on_days(wait: Floats, alive: Floats, end: int) -> Integers:
    told = (alive >= 0.5) & (wait <= LATEST)
    return np.where(told, end + np.ceil(np.where(told, wait, 0.0)).astype(np.int64), NEVER)


def hopeless(seen: Patterns) -> Unfit | None:
    """Why no model can be made of these patterns, if so."""
    back = int(seen.count[seen.again > 0].sum())
    if seen.customers < LEAST:
        return Unfit(reason="few customers", values={"customers": seen.customers, "least": LEAST})
    if not seen.age.any():
        return Unfit(reason="one day")
    if back == 0:
        return Unfit(reason="nobody back")
    if back < LEAST_BACK:
        return Unfit(reason="few back", values={"customers": back, "least": LEAST_BACK})
    return None


class Staying(NamedTuple):
    """Buying without ever leaving (NBD; Ehrenberg, 1959): rates are gamma(r, alpha)."""

    r: float
    alpha: float
    height: float


def staying(seen: Patterns, unit: Unit) -> Staying | None:
    """The model in which nobody leaves, against which leaving must show; None if unsettled."""
    again, day, at = seen.by_age
    age = day / unit.value
    count = np.bincount(at, seen.count)
    customers, bought = count.sum(), summed(count, again)

    def likelihood(logarithms: Floats) -> tuple[float, Floats]:
        r, alpha = np.exp(logarithms)
        ages = np.log(alpha + age)
        rising = special.gammaln(r + again) - special.gammaln(r)
        height = summed(count, rising - (r + again) * ages) + customers * r * np.log(alpha)
        by_r = summed(count, special.digamma(r + again) - special.digamma(r) - ages)
        by_r += customers * np.log(alpha)
        by_alpha = customers * r / alpha - summed(count, (r + again) / (alpha + age))
        return float(height), np.array([r * by_r, alpha * by_alpha])

    typical = mean_age(seen, unit)
    start = (1.0, float(customers / bought))
    found = fitting.climb(likelihood, [start], (1.0, typical), int(customers))
    return found and Staying(found.parameters[0], found.parameters[1], found.height)


def mean_age(seen: Patterns, unit: Unit) -> float:
    """The natural scale of time: for how long customers were seen, on average."""
    return summed(seen.count, seen.age) / seen.customers / unit.value


class Silence(NamedTuple):
    """Everybody's log-likelihood but what depends on x alone, and how it follows each pair.

    By (x, t_x): how many are thought to have left after their last purchase; by (x, T): how many
    are thought not to have.
    """

    height: float
    left: Floats
    stayed: Floats


def silence(seen: Patterns, gone: Floats, stay: Floats) -> Silence:
    """A silence since t_x comes of having left (`gone`, by (x, t_x)) or of chance (by (x, T)).

    Both are logarithms; here they are added up for each pattern, and weighed.
    """
    since, until = seen.by_recency.at, seen.by_age.at
    apart = gone[since] - stay[until]
    less = np.exp(-np.abs(apart))
    more = 1 / (1 + less)
    left = seen.weight * np.where(apart > 0, more, less * more)
    by_age = _sums(until, seen.weight, len(stay))
    surprise = seen.weight * (np.maximum(apart, 0) - np.log(more))
    return Silence(
        height=summed(by_age, stay) + float(surprise.sum()),
        left=_sums(since, left, len(gone)),
        stayed=by_age - _sums(until, left, len(stay)),
    )


def _sums(at: Integers, weights: Floats, number: int) -> Floats:
    return np.asarray(np.bincount(at, weights, number), dtype=np.float64)


def settle(
    seen: Patterns,
    unit: Unit,
    likelihood: Callable[[Patterns, Unit], Likelihood],
    *,
    shape: float,
    scale: float | None = None,
) -> Summit | Unfit:
    """The best parameters of a model of leaving, or why there is none.

    The first two parameters are those of `Staying`; `shape` starts the third, which has no unit,
    and `scale` is the natural scale of the fourth, whence its start is taken: None for a time.
    """
    refusal = hopeless(seen)
    if refusal:
        return refusal
    still = staying(seen, unit)
    if still is None:
        return Unfit(reason="not settled")
    typical = mean_age(seen, unit)
    starts = [(still.r, still.alpha / typical, shape, 1.0), (1.0, 1.0, 1.0, 1.0)]
    scales = (1.0, typical, 1.0, typical if scale is None else scale)
    near = None
    if seen.sample:
        some = likelihood(seen.sample, unit)
        near = fitting.climb(some, starts, scales, seen.sample.customers)
    summit = fitting.climb(likelihood(seen, unit), starts, scales, seen.customers, near)
    if summit is None:
        return Unfit(reason="not settled")
    if 2 * (summit.height - still.height) < DETECTABLE:
        return Unfit(reason="nobody left")
    return summit
