"""All that is known of a group: how many customers, sums, sums of products. Whole numbers.

They add up across partitions of customers, and means, variances and covariances follow exactly:
no difference of large floats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TypeVar

from msgspec import Struct

Pair = tuple[str, str]
Key = TypeVar("Key", str, Pair)


class Sums(Struct, frozen=True, kw_only=True):
    """`products` holds every pair of columns once, in alphabetical order (squares among them)."""

    count: int = 0
    sums: dict[str, int] = {}
    products: dict[Pair, int] = {}

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            count=self.count + other.count,
            sums=_added(self.sums, other.sums),
            products=_added(self.products, other.products),
        )

    def mean(self, name: str) -> float:
        """Per customer."""
        return float(Fraction(self.sums[name], self.count))

    def variance(self, name: str) -> float:
        """Of the sample (n − 1)."""
        return self.covariance(name, name)

    def covariance(self, one: str, other: str) -> float:
        """Of the sample (n − 1); needs two customers."""
        together = self.count * self.products[pair(one, other)] - self.sums[one] * self.sums[other]
        return float(Fraction(together, self.count * (self.count - 1)))


def of(rows: Iterable[Mapping[str, int]]) -> Sums:
    """The sums of a group's customers, each with all columns."""
    total = Sums()
    for row in rows:
        names = sorted(row)
        products = {
            (one, other): row[one] * row[other]
            for place, one in enumerate(names)
            for other in names[place:]
        }
        total += Sums(count=1, sums=dict(row), products=products)
    return total


def pair(one: str, other: str) -> Pair:
    """The key of two columns' product."""
    return (one, other) if one <= other else (other, one)


def _added(one: dict[Key, int], other: dict[Key, int]) -> dict[Key, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}
