"""How members of a replay take rewards: stated, so that everyone can redo it; never guessed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from hashlib import blake2b
from typing import Final, Literal

from msgspec import Struct

Choice = Literal["as posted", "never", "soonest", "dearest"]

_SPACE: Final = 2**64


class Behaviour(Struct, frozen=True):
    """At the end of a day on which a member came, they take at most one reward.

    `soonest`: the cheapest they can have, so as soon as anything is affordable; `dearest`: the
    dearest they can have; `never`; `as posted`: what the history itself says, and nothing else.
    `only` names the rewards they care for (all when empty); `chance` is how likely they think of
    it on a day, decided by customer and day alone: the same replay gives the same answer.
    """

    choice: Choice = "soonest"
    only: tuple[str, ...] = ()
    chance: Fraction = Fraction(1)

    @property
    def takes(self) -> bool:
        """Whether rewards are taken that the history does not hold; then it holds none."""
        return self.choice in ("soonest", "dearest")

    def thinks(self, customer: int, day: date) -> bool:
        """Whether a member thinks of a reward on a day."""
        if self.chance >= 1:
            return True
        drawn = blake2b(f"{customer} {day}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn) * self.chance.denominator < self.chance.numerator * _SPACE

    @property
    def sentence(self) -> str:
        """The behaviour in words (English)."""
        match self.choice:
            case "as posted":
                return "Rewards are taken as the history says, where the program allows it."
            case "never":
                return "Nobody ever takes a reward."
        what = "the cheapest reward" if self.choice == "soonest" else "the dearest reward"
        among = f" among {', '.join(self.only)}" if self.only else ""
        if self.chance >= 1:
            return f"Whoever comes takes {what}{among} they can afford, at most one a day."
        share = f"{float(100 * self.chance):g} %"
        return f"Of the days on which a member can afford one, {share} end with {what}{among}."
