"""Shifted beta-geometric (sBG): how many paid memberships are renewed, and how often still.

At each renewal a member leaves with a probability of their own, beta(alpha, beta). Those more
inclined to leave go first, so the renewal rate of a cohort rises without anybody's changing.
Fader and Hardie, "How to project customer retention", Journal of Interactive Marketing 21, 2007.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from msgspec import Struct
from scipy import special

from habitue.metrics.models import fitting
from habitue.metrics.models.fitting import LEAST, Fitted, Likelihood, Unfit
from habitue.metrics.models.memberships import Spell
from habitue.metrics.models.patterns import Floats

NAMES: Final = ("alpha", "beta")


class Renewals(Struct, frozen=True, kw_only=True):
    """How many members left at their first, second, … renewal, and how many were kept so far.

    `left[3]`: those who renewed twice and not a third time. `kept[3]`: those who renewed three
    times and whose next renewal has not come yet.
    """

    left: Mapping[int, int]
    kept: Mapping[int, int]


class ShiftedBeta(Struct, frozen=True, kw_only=True):
    """Probabilities of leaving at a renewal are beta(alpha, beta)."""

    alpha: float
    beta: float

    def survival(self, renewals: int) -> float:
        """The share of members who renew at least so many times."""
        whole = special.betaln(self.alpha, self.beta)
        return float(np.exp(special.betaln(self.alpha, self.beta + renewals) - whole))

    def renewal_rate(self, renewal: int) -> float:
        """The share who renew at the first, second, … renewal of those who came so far."""
        before = self.beta + renewal - 1
        return before / (self.alpha + before)

    def to_come(self, renewed: int, discount: float) -> float:
        """Renewals still to come of a member who has renewed so many times, discounted.

        `discount` by the period, over 0; the next renewal counts as a period ahead.
        """
        kept = self.beta + renewed
        now = special.hyp2f1(1.0, kept, self.alpha + kept, 1 / (1 + discount))
        return float(now) - 1.0


def renewals(spells: Iterable[Spell]) -> Renewals:
    """How often spells of membership were renewed."""
    left: dict[int, int] = {}
    kept: dict[int, int] = {}
    for spell in spells:
        counts, number = (left, spell.renewals + 1) if spell.left else (kept, spell.renewals)
        counts[number] = counts.get(number, 0) + 1
    return Renewals(left=left, kept=kept)


def fit(seen: Renewals) -> Fitted[ShiftedBeta] | Unfit:
    """The most likely parameters."""
    left = sum(seen.left.values())
    renewed = sum(number for times, number in seen.kept.items() if times)
    again = sum(number for times, number in seen.left.items() if times > 1)
    if left + renewed < LEAST:
        return Unfit(reason="few members", values={"customers": left + renewed, "least": LEAST})
    if left == 0:
        return Unfit(reason="everybody renewed")
    if renewed + again == 0:
        return Unfit(reason="nobody renewed")
    customers = left + renewed
    summit = fitting.climb(likelihood(seen), [(1.0, 1.0), (1.0, 4.0)], (1.0, 1.0), customers)
    if summit is None:
        return Unfit(reason="not settled")
    alpha, beta = summit.parameters
    return Fitted(
        model=ShiftedBeta(alpha=alpha, beta=beta),
        log_likelihood=summit.height,
        errors=dict(zip(NAMES, summit.errors, strict=True)),
        customers=customers,
        patterns=len(seen.left) + len(seen.kept),
        cautions=fitting.cautions(summit, rhythm=0.0, leaving=alpha + beta),
    )


def likelihood(seen: Renewals) -> Likelihood:
    """The log-likelihood of all renewals and its gradient, by the logarithms of alpha, beta."""
    times = np.array([*seen.left, *seen.kept])
    count = np.array([*seen.left.values(), *seen.kept.values()], dtype=float)
    gone = np.arange(len(times)) < len(seen.left)
    stayed = times - gone

    def both(logarithms: Floats) -> tuple[float, Floats]:
        alpha, beta = np.exp(logarithms)
        whole = special.digamma(alpha + beta) - special.digamma(alpha + beta + times)
        height = count @ (special.betaln(alpha + gone, beta + stayed) - special.betaln(alpha, beta))
        by_alpha = count @ (whole + gone / alpha)
        by_beta = count @ (whole + special.digamma(beta + stayed) - special.digamma(beta))
        return float(height), np.array([alpha * by_alpha, beta * by_beta])

    return both
