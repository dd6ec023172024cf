"""BG/NBD and MBG/NBD: customers leave, if they do, right after a purchase.

After each purchase a customer leaves with a probability of their own, beta(a, b). With BG/NBD
(Fader, Hardie and Lee, "Counting your customers the easy way", Marketing Science 24, 2005) nobody
can leave before coming back once, so whoever bought once counts as a customer for ever; with
MBG/NBD (Batislam, Denizel and Filiztekin, Int. J. of Research in Marketing 24, 2007) one may leave
after the first purchase too. `at_once` tells them apart. The likelihood is written as in Fader and
Hardie's note 027, so that nothing overflows.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct
from scipy import special

from habitue.metrics.lives import Integers
from habitue.metrics.models import dropout, fitting
from habitue.metrics.models.fitting import Fitted, Likelihood, Unfit
from habitue.metrics.models.patterns import Floats, Patterns, summed
from habitue.metrics.models.spans import Span, Unit

NAMES: Final = ("r", "alpha", "a", "b")

BLOCK: Final = 512
"""So many rows are integrated at once, which keeps them near the processor."""

NEGLIGIBLE: Final = -38.0
"""Logarithm of a weight that no double-precision sum would notice."""


class BetaGeometric(Struct, frozen=True, kw_only=True):
    """Rates of purchase per `unit` are gamma(r, alpha), probabilities of leaving beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float
    unit: Unit
    at_once: bool

    def log_likelihood(self, seen: Patterns) -> Floats:
        """The log-likelihood of one customer of each pattern."""
        again, at = seen.by_again
        stayed = again + self.at_once
        rising = _log_rising(self.r, again) + _log_rising(self.b, stayed)
        rising -= _log_rising(self.a + self.b, stayed)
        gone, stay = self._ways(seen)
        likely: Floats = rising[at] + self.r * np.log(self.alpha) + np.logaddexp(gone, stay)
        return likely

    def alive(self, seen: Patterns) -> Floats:
        """The probability of still being a customer."""
        gone, stay = self._ways(seen)
        here: Floats = special.expit(stay - gone)
        return here

    def expected(self, seen: Patterns, span: Span) -> Floats:
        """Days of purchase to expect in the span that follows."""
        return self.alive(seen) * self.if_alive(seen, span)

    def wait(self, seen: Patterns, share: float) -> Floats:
        """Days until a customer who stays has bought again with probability `share`."""
        again, day, at = seen.by_age
        reached = np.expm1(-np.log1p(-share) / (self.r + again))
        days: Floats = (self.alpha * self.unit.value + day) * reached
        return days[at]

    def _ways(self, seen: Patterns) -> tuple[Floats, Floats]:
        """Logarithms of the two ways to be silent since t_x: gone after it, or by chance until T.

        Without what depends on x alone.
        """
        since, until = seen.by_recency, seen.by_age
        gone = _log_odds(self.a, self.b, since.again, self.at_once)
        gone -= (self.r + since.again) * np.log(self.alpha + since.day / self.unit.value)
        stay: Floats = np.log(self.alpha + until.day / self.unit.value)
        stay = -stay * (self.r + until.again)
        return gone[since.at], stay[until.at]

    def if_alive(self, seen: Patterns, span: Span) -> Floats:
        """The same of somebody who is still a customer for certain.

        The mean over p ~ beta(a, b + stayed) of (1 − ((α+T)/(α+T+p·h))^(r+x)) / p.

        Equation 10 of Fader, Hardie and Lee before it is integrated into a hypergeometric
        function: nothing is subtracted, so no a, not even 1, is a special case.
        """
        pairs = seen.by_age
        ahead = span.of(self.unit) / (self.alpha + pairs.day / self.unit.value)
        agains, at = np.unique(pairs.again, return_inverse=True)
        leaving, weight = self._leaving(agains + self.at_once)
        found = np.empty(len(pairs.again))
        for since in range(0, len(found), BLOCK):
            block = slice(since, since + BLOCK)
            p = leaving[at[block]]
            power = -(self.r + pairs.again[block])[:, None]
            bought = -np.expm1(power * np.log1p(ahead[block][:, None] * p)) / p
            found[block] = np.einsum("ij,ij->i", bought, weight[at[block]])
        return found[pairs.at]

    def _leaving(self, stayed: Integers) -> tuple[Floats, Floats]:
        """Probabilities of leaving, and the weights of beta(a, b + stayed) at them, a row each.

        Quadrature of the double-exponential kind (Takahasi and Mori, 1974) over −log(1 − p), on
        the scale of each row; a large a, whose peak is narrow, takes smaller steps. Relative
        errors of the means stay below 1e-10 for horizons up to fifty times alpha + T.
        """
        a, b = self.a, (self.b + stayed)[:, None]
        step = min(0.15, 0.7 / np.sqrt(a))
        reach = (40 + 2 * a + 12 * np.sqrt(a)) * (1 + a / b.min(initial=np.inf))
        at = np.arange(-13.0, np.log(reach), step)
        logs = at - np.exp(-at / 2)
        exponent = np.exp(logs) / (a + b)
        p = -np.expm1(-exponent)
        weight = (a - 1) * np.log(p) - b * exponent - special.betaln(a, b) - np.log(a + b)
        weight += logs + np.log(step * (1 + np.exp(-at / 2) / 2))
        told = weight.max(axis=0, initial=-np.inf) > NEGLIGIBLE
        return p[:, told], np.exp(weight[:, told])


def fit(seen: Patterns, *, unit: Unit, at_once: bool) -> Fitted[BetaGeometric] | Unfit:
    """The most likely parameters: MBG/NBD with `at_once`, else BG/NBD."""
    summit = dropout.settle(
        seen,
        unit,
        lambda some, by: likelihood(some, by, at_once),
        shape=0.5,
        scale=2.0,
    )
    if isinstance(summit, Unfit):
        return summit
    r, alpha, a, b = summit.parameters
    return Fitted(
        model=BetaGeometric(r=r, alpha=alpha, a=a, b=b, unit=unit, at_once=at_once),
        log_likelihood=summit.height,
        errors=dict(zip(NAMES, summit.errors, strict=True)),
        customers=seen.customers,
        patterns=len(seen.count),
        cautions=fitting.cautions(summit, rhythm=r, leaving=a + b),
    )


def likelihood(seen: Patterns, unit: Unit, at_once: bool) -> Likelihood:
    """The log-likelihood of everybody and its gradient, by the logarithms of r, alpha, a, b."""
    since, until = seen.by_recency, seen.by_age
    again, at = seen.by_again
    customers, everybody = np.bincount(at, seen.weight), seen.weight.sum()
    stayed = again + at_once

    def exact(logarithms: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(logarithms)
        recency, age = alpha + since.day / unit.value, alpha + until.day / unit.value
        log_recency, log_age = np.log(recency), np.log(age)
        odds = _log_odds(a, b, since.again, at_once)
        found = dropout.silence(
            seen, odds - (r + since.again) * log_recency, -(r + until.again) * log_age
        )
        rising = _log_rising(r, again) + _log_rising(b, stayed) - _log_rising(a + b, stayed)
        height = found.height + summed(customers, rising) + everybody * r * np.log(alpha)
        by_r = summed(customers, special.digamma(r + again) - special.digamma(r))
        by_r += everybody * np.log(alpha)
        by_r -= summed(found.left, log_recency) + summed(found.stayed, log_age)
        by_alpha = everybody * r / alpha
        by_alpha -= summed(found.left, (r + since.again) / recency)
        by_alpha -= summed(found.stayed, (r + until.again) / age)
        by_sum = summed(customers, special.digamma(a + b) - special.digamma(a + b + stayed))
        by_a = by_sum + found.left.sum() / a
        by_b = by_sum + summed(customers, special.digamma(b + stayed) - special.digamma(b))
        by_b -= summed(found.left, np.exp(odds)) / a
        return float(height), np.array([r * by_r, alpha * by_alpha, a * by_a, b * by_b])

    return exact


def _log_rising(base: float, steps: Integers) -> Floats:
    """The logarithm of base · (base + 1) · …, so many factors."""
    rising: Floats = special.gammaln(base + steps) - special.gammaln(base)
    return rising


def _log_odds(a: float, b: float, again: Integers, at_once: bool) -> Floats:
    """Logarithm of the odds of leaving after the last purchase; −∞ where nobody may leave."""
    stayed = again + at_once
    may = stayed > 0
    odds = np.full(len(again), -np.inf)
    odds[may] = np.log(a / (b + stayed[may] - 1))
    return odds
