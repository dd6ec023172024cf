"""Gamma-Gamma: how much a customer spends on a day of purchase.

Amounts scatter around a mean of the customer's own, and means differ between customers; who was
seen rarely is drawn towards everybody's mean. Fader and Hardie, "The Gamma-Gamma model of monetary
value", 2013 (note 025); Colombo and Jiang, 1999. It assumes that how much one spends says nothing
of how often one comes: the correlation is measured, and said where it is large.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct
from scipy import special

from habitue.metrics.lives import Integers
from habitue.metrics.models import fitting
from habitue.metrics.models.fitting import LEAST, LEAST_BACK, Caution, Fitted, Likelihood, Unfit
from habitue.metrics.models.patterns import Floats, summed

NAMES: Final = ("p", "q", "v")

CORRELATED: Final = 0.3
"""A correlation of frequency and amount beyond which it is said: own choice. On CDNOW, where the
model is known to do, it is 0.12."""


class GammaGamma(Struct, frozen=True, kw_only=True):
    """Amounts are gamma(p, ν), ν is gamma(q, v); `v` is in the unit of the amounts given."""

    p: float
    q: float
    v: float

    @property
    def mean(self) -> float:
        """What somebody of whom nothing is known spends on a day of purchase."""
        return self.p * self.v / (self.q - 1)

    def expected(self, purchases: Integers, spent: Floats | Integers) -> Floats:
        """What each spends on a day of purchase, having spent so much in all on so many.

        The mean of their own mean and everybody's, weighted by how much is known of them. Who has
        spent less than nothing counts as having spent nothing.
        """
        total = np.maximum(spent, 0)
        return self.p * (self.v + total) / (self.p * purchases + self.q - 1)


def fit(purchases: Integers, spent: Floats | Integers) -> Fitted[GammaGamma] | Unfit:
    """The most likely parameters, from each customer's days of purchase and whole spending.

    Who has spent nothing or less, after refunds, is left out, and that is said.
    """
    positive = (np.asarray(spent) > 0) & (np.asarray(purchases) > 0)
    times, total = purchases[positive], np.asarray(spent)[positive].astype(float)
    refusal = _hopeless(times, total)
    if refusal:
        return refusal
    typical = float(total.sum() / times.sum())
    summit = fitting.climb(
        likelihood(times, total),
        [(4.0, 3.0, 0.5), (1.0, 2.0, 1.0)],
        (1.0, 1.0, typical),
        len(times),
    )
    if summit is None:
        return Unfit(reason="not settled")
    p, q, v = summit.parameters
    if q <= 1:
        return Unfit(reason="no mean")
    return Fitted(
        model=GammaGamma(p=p, q=q, v=v),
        log_likelihood=summit.height,
        errors=dict(zip(NAMES, summit.errors, strict=True)),
        customers=len(times),
        patterns=len(times),
        cautions=_cautions(int((~positive).sum()), times, total, at_bound=summit.at_bound),
    )


def likelihood(times: Integers, total: Floats) -> Likelihood:
    """The log-likelihood of everybody's mean amount and its gradient, by logarithms of p, q, v."""
    different, at, count = np.unique(times, return_inverse=True, return_counts=True)
    logs = np.log(total)
    bought, by_mean = summed(times, logs), (logs - np.log(times)).sum()

    def both(logarithms: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(logarithms)
        shape, sums = p * different + q, np.log(v + total)
        mean_sums = np.bincount(at, sums)
        digamma = special.digamma(shape)
        height = (
            count @ (special.gammaln(shape) - special.gammaln(p * different) - special.gammaln(q))
            + len(total) * q * np.log(v)
            + p * bought
            - by_mean
            - shape @ mean_sums
        )
        by_p = (
            (count * different) @ (digamma - special.digamma(p * different))
            + bought
            - different @ mean_sums
        )
        by_q = count @ (digamma - special.digamma(q) + np.log(v)) - sums.sum()
        by_v = len(total) * q / v - shape @ np.bincount(at, 1 / (v + total))
        return float(height), np.array([p * by_p, q * by_q, v * by_v])

    return both


def correlation(purchases: Integers, spent: Floats) -> float:
    """Pearson's, of days of purchase and mean amount, among those who came back; 0 if undefined."""
    back = purchases > 1
    times, means = purchases[back].astype(float), spent[back] / purchases[back]
    if len(times) < 2 or np.ptp(times) == 0 or np.ptp(means) == 0:
        return 0.0
    return float(np.corrcoef(times, means)[0, 1])


def _hopeless(times: Integers, total: Floats) -> Unfit | None:
    if len(times) == 0:
        return Unfit(reason="no amounts")
    if len(times) < LEAST:
        return Unfit(reason="few customers", values={"customers": len(times), "least": LEAST})
    back = int((times > 1).sum())
    if back < LEAST_BACK:
        return Unfit(reason="few back", values={"customers": back, "least": LEAST_BACK})
    if np.ptp(total / times) <= 1e-9 * total.max():
        return Unfit(reason="same amounts")
    return None


def _cautions(
    left_out: int, times: Integers, total: Floats, *, at_bound: bool
) -> tuple[Caution, ...]:
    found = []
    if left_out:
        found.append(Caution(code="amounts left out", values={"customers": left_out}))
    together = correlation(times, total)
    if abs(together) > CORRELATED:
        percent = round(100 * together)
        found.append(Caution(code="value follows frequency", values={"percent": percent}))
    if at_bound:
        found.append(Caution(code="at a bound"))
    return tuple(found)
