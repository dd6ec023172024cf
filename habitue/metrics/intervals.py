"""Where the true value probably lies: 95 % intervals of shares, of mean scores, of the NPS."""

from __future__ import annotations

from math import sqrt
from typing import Final, NamedTuple

Z: Final = 1.959963984540054
"""The normal quantile that leaves 2.5 % on either side."""


class Interval(NamedTuple):
    """Both ends, in the figure's unit."""

    low: float
    high: float


def wilson(successes: int, trials: int) -> Interval | None:
    """Wilson's score interval of a share (E. B. Wilson, 1927); None without trials.

    It keeps within 0 and 1 and stays honest for small numbers and for shares near either end.
    """
    if trials == 0:
        return None
    share, square = successes / trials, Z * Z
    middle = share + square / (2 * trials)
    reach = Z * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    return Interval(max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale))


def net_promoters(promoters: int, passives: int, detractors: int) -> Interval | None:
    """Adjusted-Wald interval of an NPS, in points, clamped to −100…100; None without answers.

    Adds three pretended answers, ¾ at each end and 1½ in the middle (B. Rocks, "Interval
    Estimation for the Net Promoter Score", 2016).
    """
    if promoters + passives + detractors == 0:
        return None
    answers = promoters + passives + detractors + 3
    up, down = (promoters + 0.75) / answers, (detractors + 0.75) / answers
    score = up - down
    reach = Z * sqrt(max(0.0, up + down - score * score) / answers)
    return Interval(100 * max(-1.0, score - reach), 100 * min(1.0, score + reach))


def mean(total: int, squares: int, number: int, scale: tuple[int, int]) -> Interval | None:
    """Interval of a mean score, total / number ± z·s/√n, kept within the scale's ends.

    `squares`: the sum of the squared scores. None for fewer than two, which show no spread.
    """
    if number < 2:
        return None
    middle = total / number
    variance = (number * squares - total * total) / (number * (number - 1))
    reach = Z * sqrt(variance / number)
    return Interval(max(float(scale[0]), middle - reach), min(float(scale[1]), middle + reach))
