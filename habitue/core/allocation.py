"""Dividing money exactly: the sale between goods and units, as IFRS 15 asks, to the cent.

IFRS 15 calls units a member may redeem a material right (B39-B43): part of each sale is not yet
earned. The price is divided in proportion to stand-alone selling prices (paragraph 74); that of
the units is their worth times the share that will ever be redeemed (B42). What is deferred is
revenue as units are redeemed, in proportion to all that are expected to be (Example 52).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def deferred(sale: int, worth: int | Fraction, redemption: Fraction) -> int:
    """The part of a sale that belongs to the units it gave, in minor units.

    `sale` is the price paid and, as goods are sold at their price, their stand-alone price too;
    `worth` that of all units given; `redemption` the share that will ever be redeemed.

    >>> deferred(2000_00, 200_00, Fraction(85, 100))
    15668
    """
    return shares(sale, (Fraction(sale), worth * redemption))[1]


def recognized(deferral: int, redeemed: int, expected: int | Fraction) -> int:
    """How much of what was deferred is revenue once `redeemed` of all `expected` units were taken.

    Cumulative, half a minor unit upwards: the figures of IFRS 15's Example 52.

    >>> recognized(8676, 4500, 9500)
    4110
    """
    if redeemed <= 0 or expected <= 0:
        return 0
    return half_up(deferral * min(Fraction(redeemed) / expected, Fraction(1)))


def shares(total: int, weights: Sequence[Fraction]) -> list[int]:
    """A whole amount divided in proportion to weights; the parts add up to it exactly.

    Without any weight, all of it goes to the first.
    """
    whole = sum(weights, Fraction(0))
    if not whole:
        return [total, *[0] * (len(weights) - 1)]
    return rounded([total * weight / whole for weight in weights], total)


def rounded(exact: Sequence[Fraction], total: int) -> list[int]:
    """Exact amounts as whole ones that add up to `total`, each less than one away from its own.

    The largest remainders are rounded up (Hamilton's method), of equal ones the first; `total`
    is the sum of `exact`, rounded either way.
    """
    floors = [amount.numerator // amount.denominator for amount in exact]
    left = total - sum(floors)
    order = sorted(range(len(exact)), key=lambda place: floors[place] - exact[place])
    for place in order[:left]:
        floors[place] += 1
    return floors


def half_up(amount: Fraction) -> int:
    """The nearest whole amount, a half upwards."""
    doubled = 2 * amount + 1
    return doubled.numerator // (2 * doubled.denominator)
