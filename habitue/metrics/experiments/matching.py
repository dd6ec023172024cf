"""Members beside others who bought as they did before: a look, never an effect.

Members chose themselves, so whatever differs afterwards may have been different all along.
Coarsened exact matching (S. M. Iacus, G. King, G. Porro, 2012) puts together only who was alike
before: every life is described by spend, frequency, recency and tenure, each cut where `CUTS` says;
members are compared within the cells that hold both, others weighted to the members' number there.
What was not seen (why somebody joined) stays as it was, and the warning says so.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from habitue.metrics import intervals, lives
from habitue.metrics.experiments import words
from habitue.metrics.figure import FEW, Text
from habitue.metrics.lives import Lives

CUTS: Final = (0.2, 0.4, 0.6, 0.8, 0.9, 0.97)
"""Shares of everybody below each cut: finer at the top, where few are far apart."""

APART: Final = 0.25
"""Further apart in a trait, in standard deviations, nobody is called alike (E. A. Stuart, 2010)."""

OVERLAP: Final = 0.5
"""At least so many of the members must have somebody like them."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Balance(Struct, frozen=True, kw_only=True):
    """How far apart both groups were in one trait, in standard deviations: before and after."""

    trait: str
    before: float
    after: float


class Compared(Struct, frozen=True, kw_only=True):
    """Members beside others like them. `difference` with its interval, per customer; no effect."""

    members: int
    others: int
    matched_members: int
    matched_others: int
    member_value: float
    other_value: float
    difference: float
    low: float
    high: float
    balance: tuple[Balance, ...]
    warning: Text


class Refused(Struct, frozen=True, kw_only=True):
    """Why members and others cannot be put beside each other."""

    members: int
    others: int
    matched_members: int
    why: Text


def compare(before: Lives, member: Flags, outcome: Floats) -> Compared | Refused:
    """Whoever had bought before a day, by what they did after it (`outcome`, in their order).

    `member`: enrolled by that day. `before` holds nothing of what came after.
    """
    traits = _traits(before)
    cell = _cells(traits)
    joined = np.bincount(cell[member], minlength=cell.max(initial=0) + 1)
    alone = np.bincount(cell[~member], minlength=cell.max(initial=0) + 1)
    both = (joined > 0) & (alone > 0)
    matched = both[cell] if len(cell) else np.zeros(0, dtype=bool)
    members, others = int(member.sum()), int((~member).sum())
    taken = int((matched & member).sum())
    if min(taken, int((matched & ~member).sum())) < FEW or taken < OVERLAP * members:
        return Refused(
            members=members,
            others=others,
            matched_members=taken,
            why=words.unlike(members, others, taken),
        )
    alike = np.where(member, 1.0, joined[cell] / np.maximum(alone[cell], 1))
    weight = np.where(matched, alike, 0.0)
    balance = tuple(_balance(name, one, member, weight) for name, one in traits.items())
    if max(abs(one.after) for one in balance) > APART:
        return Refused(
            members=members, others=others, matched_members=taken, why=words.still_unlike()
        )
    mine, theirs = np.where(member, weight, 0.0), np.where(member, 0.0, weight)
    error = sqrt(_error(outcome, mine) + _error(outcome, theirs))
    member_value, other_value = _mean(outcome, mine), _mean(outcome, theirs)
    difference = member_value - other_value
    return Compared(
        members=members,
        others=others,
        matched_members=taken,
        matched_others=int((matched & ~member).sum()),
        member_value=member_value,
        other_value=other_value,
        difference=difference,
        low=difference - intervals.Z * error,
        high=difference + intervals.Z * error,
        balance=balance,
        warning=words.observed(),
    )


def _traits(before: Lives) -> dict[str, Floats]:
    """Spend, days of purchase, days since the last and since the first."""
    until = lives.number(before.until)
    return {
        "spend": before.revenue.astype(float),
        "frequency": before.days.astype(float),
        "recency": (until - before.last).astype(float),
        "tenure": (until - before.first).astype(float),
    }


def _cells(traits: dict[str, Floats]) -> NDArray[np.int64]:
    """Which cell everybody is in: a number per combination of traits between their cuts."""
    cell = np.zeros(len(next(iter(traits.values()))), dtype=np.int64)
    for values in traits.values():
        cuts = np.quantile(values, CUTS) if len(values) else np.zeros(0)
        cell = cell * (len(CUTS) + 1) + np.searchsorted(np.unique(cuts), values, side="left")
    return np.unique(cell, return_inverse=True)[1]


def _mean(values: Floats, weight: Floats) -> float:
    return float((values * weight).sum() / weight.sum())


def _error(values: Floats, weight: Floats) -> float:
    """The squared standard error of a weighted mean."""
    square = weight**2 * (values - _mean(values, weight)) ** 2
    return float(square.sum() / weight.sum() ** 2)


def _balance(trait: str, values: Floats, member: Flags, weight: Floats) -> Balance:
    """The difference of means over the spread of both groups as they were, before and after."""
    spread = sqrt((values[member].var() + values[~member].var()) / 2)
    before = float(values[member].mean() - values[~member].mean())
    after = _mean(values, np.where(member, weight, 0.0))
    after -= _mean(values, np.where(member, 0.0, weight))
    if spread == 0:
        return Balance(trait=trait, before=0.0, after=0.0)
    return Balance(trait=trait, before=before / spread, after=after / spread)
