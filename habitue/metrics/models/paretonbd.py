"""Pareto/NBD: customers may leave at any moment, at a rate of their own.

Rates of purchase are gamma(r, alpha), rates of leaving gamma(s, beta). Schmittlein, Morrison and
Colombo, "Counting your customers", Management Science 33, 1987; formulas as in Fader and Hardie,
"A note on deriving the Pareto/NBD model", 2005. Their two hypergeometric functions, which change
with the sign of alpha − beta and lose digits, are here one integral of something positive; its
derivatives, for the exact gradient, come from the same nodes.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct
from scipy import special

from habitue.metrics.lives import Integers
from habitue.metrics.models import dropout, fitting
from habitue.metrics.models.fitting import Fitted, Likelihood, Unfit
from habitue.metrics.models.patterns import Floats, Pairs, Patterns, summed
from habitue.metrics.models.spans import Span, Unit

NAMES: Final = ("r", "alpha", "s", "beta")

BLOCK: Final = 512
"""So many rows are integrated at once, which keeps them near the processor."""


class ParetoNBD(Struct, frozen=True, kw_only=True):
    """Rates per `unit`: of purchase gamma(r, alpha), of leaving gamma(s, beta)."""

    r: float
    alpha: float
    s: float
    beta: float
    unit: Unit

    def log_likelihood(self, seen: Patterns) -> Floats:
        """The log-likelihood of one customer of each pattern."""
        again, at = seen.by_again
        rising = special.gammaln(self.r + again) - special.gammaln(self.r)
        fixed = self.r * np.log(self.alpha) + self.s * np.log(self.beta)
        likely: Floats = rising[at] + fixed + np.logaddexp(*self._ways(seen))
        return likely

    def alive(self, seen: Patterns) -> Floats:
        """The probability of still being a customer."""
        silent = self._silence(seen.by_age.again, seen.by_age.day)
        return np.exp(silent[seen.by_age.at] - np.logaddexp(*self._ways(seen)))

    def expected(self, seen: Patterns, span: Span) -> Floats:
        """Days of purchase to expect in the span that follows."""
        return self.alive(seen) * self.if_alive(seen, span)

    def if_alive(self, seen: Patterns, span: Span) -> Floats:
        """The same of somebody who is still a customer for certain."""
        again, day, at = seen.by_age
        alpha, beta = (first + day / self.unit.value for first in (self.alpha, self.beta))
        stay = np.log1p(span.of(self.unit) / beta)
        steps = self.s - 1
        time = -np.expm1(-steps * stay) / steps if steps else stay
        return ((self.r + again) * beta / alpha * time)[at]

    def wait(self, seen: Patterns, share: float) -> Floats:
        """Days until a customer who is still one has bought again with probability `share`.

        Found by halving; infinite where it is never reached, or not within two years.
        """
        again, _, at = seen.by_age
        low, high = np.zeros(len(again)), np.full(len(again), float(dropout.LATEST))
        never = self._returned(seen.by_age, high) < share
        while np.any(high - low > 0.01):
            middle = (low + high) / 2
            reached = self._returned(seen.by_age, middle) >= share
            low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        return np.where(never, np.inf, high)[at]

    def _returned(self, pairs: Pairs, after: Floats) -> Floats:
        """The probability of having bought again after so many days, of those still customers."""
        again, day, _ = pairs
        now, then = self._silence(again, day), self._silence(again, day + after)
        later = np.exp(then - now) * (1 - self._leaves(again, day + after).share)
        return 1 - self._leaves(again, day).share - later

    def _ways(self, seen: Patterns) -> tuple[Floats, Floats]:
        """Logarithms of the two ways to be silent since t_x, whose sum is the likelihood.

        Leaving at some moment after t_x without buying before; less what of that lies after T,
        which together with staying until T is the second.
        """
        since, until = seen.by_recency, seen.by_age
        gone = self._silence(since.again, since.day)
        gone += np.log(self._leaves(since.again, since.day).share)
        stay = self._silence(until.again, until.day)
        stay += np.log1p(-self._leaves(until.again, until.day).share)
        return gone[since.at], stay[until.at]

    def _silence(self, again: Integers, day: Floats | Integers) -> Floats:
        """Logarithm of (α+t)^−(r+x) · (β+t)^−s."""
        time = day / self.unit.value
        return -(self.r + again) * np.log(self.alpha + time) - self.s * np.log(self.beta + time)

    def _leaves(self, again: Integers, day: Floats | Integers) -> Leaving:
        time = np.asarray(day, dtype=float) / self.unit.value
        rates = self.r + again.astype(float)
        return leaving(rates, (self.beta + time) / (self.alpha + time), self.s)


class Leaving(NamedTuple):
    """The probability of leaving before buying again, and its derivatives.

    Of somebody who is a customer now; `m` is r + x, `k` is (β+t)/(α+t).
    """

    share: Floats
    by_m: Floats
    by_k: Floats
    by_s: Floats


def leaving(m: Floats, k: Floats, s: float) -> Leaving:
    """The integral over v from 0 of s · exp(−s·v) · (1 + k·(e^v − 1))^−m.

    It equals s/(r+s+x) · 2F1(1, r+x; r+s+x+1; 1 − k) for k ≤ 1. Double-exponential quadrature
    (Takahasi and Mori, 1974), on the scale of each row's first decline: relative errors stay below
    1e-12 where k ≥ 0.1, below 1e-8 where k ≥ 0.001.
    """
    least = k.min(initial=1.0)
    step = 0.15 if least > 0.5 else 0.1 if least > 0.1 else 0.05
    at = np.arange(-3.7, 3.8 + np.log(max(1.0, k.max(initial=1.0))), step)
    nodes, weights = np.exp(at - np.exp(-at)), step * (1 + np.exp(-at))
    found = np.empty((4, len(m)))
    for since in range(0, len(m), BLOCK):
        block = slice(since, since + BLOCK)
        rate, odds = m[block, None], k[block, None] - 1
        v = nodes * (1 / (s + rate * (odds + 1)))
        gone = 1 - np.exp(-v)
        bent = 1 + odds * gone
        logs = np.log(bent)
        logs += v
        f = np.exp(-s * v - rate * logs) * v * weights
        found[0, block] = f.sum(axis=1)
        found[1, block] = np.einsum("ij,ij->i", f, logs)
        found[2, block] = np.einsum("ij,ij->i", f, gone / bent)
        found[3, block] = np.einsum("ij,ij->i", f, v)
    whole, by_m, by_k, by_s = found
    return Leaving(s * whole, -s * by_m, -s * m * by_k, whole - s * by_s)


def fit(seen: Patterns, *, unit: Unit) -> Fitted[ParetoNBD] | Unfit:
    """The most likely parameters."""
    summit = dropout.settle(seen, unit, likelihood, shape=0.5)
    if isinstance(summit, Unfit):
        return summit
    r, alpha, s, beta = summit.parameters
    return Fitted(
        model=ParetoNBD(r=r, alpha=alpha, s=s, beta=beta, unit=unit),
        log_likelihood=summit.height,
        errors=dict(zip(NAMES, summit.errors, strict=True)),
        customers=seen.customers,
        patterns=len(seen.count),
        cautions=fitting.cautions(summit, rhythm=r, leaving=s),
    )


def likelihood(seen: Patterns, unit: Unit) -> Likelihood:
    """The log-likelihood of everybody and its gradient, by the logarithms of r, alpha, s, beta."""
    since, until = seen.by_recency, seen.by_age
    again, at = seen.by_again
    customers, everybody = np.bincount(at, seen.weight), seen.weight.sum()
    many = len(since.again)
    bought = np.concatenate([since.again, until.again])
    time = np.concatenate([since.day, until.day]) / unit.value

    def exact(logarithms: Floats) -> tuple[float, Floats]:
        r, alpha, s, beta = np.exp(logarithms)
        m, a, b = r + bought, alpha + time, beta + time
        log_a, log_b = np.log(a), np.log(b)
        leaves = leaving(m, b / a, s)
        ways = -m * log_a - s * log_b
        ways[:many] += np.log(leaves.share[:many])
        ways[many:] += np.log1p(-leaves.share[many:])
        found = dropout.silence(seen, ways[:many], ways[many:])
        weight = np.concatenate([found.left, found.stayed])
        slope = weight / np.concatenate([leaves.share[:many], leaves.share[many:] - 1])
        rising = special.gammaln(r + again) - special.gammaln(r)
        height = found.height + summed(customers, rising)
        height += everybody * (r * np.log(alpha) + s * np.log(beta))
        by_r = summed(customers, special.digamma(r + again) - special.digamma(r))
        by_r += everybody * np.log(alpha) + summed(slope, leaves.by_m) - summed(weight, log_a)
        by_alpha = everybody * r / alpha - summed(weight, m / a)
        by_alpha -= summed(slope, leaves.by_k * b / a**2)
        by_s = everybody * np.log(beta) + summed(slope, leaves.by_s) - summed(weight, log_b)
        by_beta = everybody * s / beta + summed(slope, leaves.by_k / a) - summed(weight, s / b)
        return float(height), np.array([r * by_r, alpha * by_alpha, s * by_s, beta * by_beta])

    return exact
