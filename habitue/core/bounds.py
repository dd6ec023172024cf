"""How much anything may come to: what would not fit the ledger's columns is refused before.

The columns hold 9.2 × 10^18. What one event earns and what an account holds stay far below, so that
no sum of what follows (a dividend, a gift, a return) ever comes near. Amounts are in fixed point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd
from typing import Final

from habitue.core.account import Account
from habitue.core.facts import Refused

MOST_EARNED: Final = 10**15
"""Of one unit by one event."""
MOST_HELD: Final = 10**17
"""Of one unit by one member."""
MUCH: Final = 10**12
"""What is less than this takes millions of events to come to too much."""
FINE: Final = 10**18
"""Remainders that are carried are kept to this part of the smallest part of a unit."""

TOO_MUCH: Final = Refused("too_much_earned", "This would earn more than can be counted.")
FULL: Final = Refused("full", "This account holds as much as can be counted.")


def refusal(account: Account, given: Mapping[int, int]) -> Refused | None:
    """Why an account cannot get so much of each unit by one event, or None."""
    if any(amount > MOST_EARNED for amount in given.values()):
        return TOO_MUCH
    after = [balance + given.get(unit, 0) for unit, balance in enumerate(account.balances)]
    return held(account.balances, after)


def held(before: Sequence[int], after: Sequence[int]) -> Refused | None:
    """Why balances cannot become what they would, or None."""
    for was, now in zip(before, after, strict=True):
        if now > max(was, MOST_HELD):
            return FULL
    return None


def remainder(num: int, den: int) -> tuple[int, int]:
    """A carried remainder with a denominator that stays small however many events bring theirs."""
    if den > FINE:
        num, den = num * FINE // den, FINE
    shared = gcd(num, den)
    return num // shared, den // shared
