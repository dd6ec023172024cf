"""Draws before they are drawn: who is expected, what can be won, how many prizes are missing."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct

from habitue.core import drawing, program


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
    given = [prize.pieces for prize in draw.prizes]
    return Odds(
        draw.id,
        draw.every,
        draw.expects,
        None if None in given else sum(pieces or 0 for pieces in given),
        draw.odds,
        drawing.chance(draw.prizes, draw.expects, draw.odds),
        drawing.missing_prizes(draw.prizes, draw.expects, draw.odds),
    )
