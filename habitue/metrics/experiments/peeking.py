"""Looking every day: intervals that hold at all days together, not just at one.

Whoever looks at a 95 % interval every day until it leaves out 0 will see it do so in the end, with
no difference there at all. The normal-mixture confidence sequence is wider, by just as much as is
needed to hold at every look (I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas,
"Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 2024,
their Gaussian mixture; H. Robbins' of 1970):

    estimate ± σ/√t · √( (tρ² + 1) / (tρ²) · ln( (tρ² + 1) / α² ) )

σ/√t is the standard error, t how much was observed. `ρ` decides at which t the interval is at its
narrowest: ρ² = (−2 ln α + ln(1 − 2 ln α)) / t (theirs too), with the end that was planned for t.

Time is counted in days: the customers of an experiment are there from its start, and every day adds
to what is known of all of them. Were their days independent, the sum of differences would be a
random walk in days, for which the theorem holds. As some always buy more than others, looks on two
days resemble each other more than those of a random walk, which by Slepian's inequality makes
crossing the bound only less likely.
"""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Final

ALPHA: Final = 0.05
"""How often, at most, a difference is seen where there is none."""


def reach(days: int, *, planned: int, alpha: float = ALPHA) -> float:
    """How many standard errors on either side hold at all days together.

    `alpha` may be smaller than `ALPHA` where several figures are looked at: the narrowest day
    stays.
    """
    t = _scaled(days, planned)
    return sqrt((t + 1) / t * log((t + 1) / (alpha * alpha)))


def chance(z: float, days: int, *, planned: int) -> float:
    """The smallest `alpha` whose interval leaves out 0, for an estimate of `z` standard errors.

    The always-valid p-value of R. Johari, P. Koomen, L. Pekelis, D. Walsh, "Always valid
    inference", Operations Research 2022: however long one looks, it comes below α with a
    probability of α at most where there is no difference.
    """
    t = _scaled(days, planned)
    return min(1.0, sqrt(t + 1) * exp(-z * z * t / (2 * (t + 1))))


def _scaled(days: int, planned: int) -> float:
    """t·ρ²."""
    if days <= 0 or planned <= 0:
        raise ValueError(f"days are counted from 1: {days} of {planned}")
    narrowest = -2 * log(ALPHA)
    return (narrowest + log(narrowest + 1)) * days / planned
