"""Draws before they are drawn: who is expected, what can be won, how many prizes are missing."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct

from habitue.core import program


class Odds(Struct, frozen=True):
    """A draw with as many entrants as it expects.

    `pieces`: prizes there are; None: as many as the odds ask for. `odds`: the share of entrants
    that wins something. `missing`: prizes that lack for the odds that are asked.
    """

    id: str
    every: str
    expects: int
    pieces: int | None
    asked: Fraction
    odds: Fraction
    missing: int


def of_draw(draw: program.Draw) -> Odds:
    """The odds of one draw of a period."""
    needed = -(-draw.expects * draw.odds.numerator // draw.odds.denominator)
    fixed = sum(prize.pieces for prize in draw.prizes if prize.pieces is not None)
    if any(prize.pieces is None for prize in draw.prizes):
        won = Fraction(max(needed, fixed), draw.expects)
        return Odds(draw.id, draw.every, draw.expects, None, draw.odds, min(won, Fraction(1)), 0)
    won = min(Fraction(fixed, draw.expects), Fraction(1))
    missing = max(needed - fixed, 0)
    return Odds(draw.id, draw.every, draw.expects, fixed, draw.odds, won, missing)
