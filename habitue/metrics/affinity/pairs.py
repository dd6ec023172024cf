"""Bought together: pairs of products that are in one basket more often than by chance.

Of n baskets a has n_a, b has n_b, both are in k:

    support     k / n
    confidence  k / n_a: of the baskets with a, the share with b
    lift        k n / (n_a n_b): 1 where they have nothing to do with one another

A pair is shown that is in at least `LEAST` baskets of at least `PEOPLE` customers, and whose k
would be a rare chance were they unrelated: the hypergeometric probability of k or more, corrected
for all pairs of products that could be in `LEAST` baskets (Benjamini and Hochberg, 1995), so that
at most one in twenty of those shown is noise. The lift's 95 % interval is that of its logarithm, by
the delta method: variance 1/k − 1/n_a − 1/n_b + (2 lift − 1)/n. Baskets of one customer are not
independent of each other; that is why several customers must have such a basket.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from msgspec import Struct

from habitue.metrics.affinity.baskets import Baskets
from habitue.metrics.affinity.words import Refusal
from habitue.metrics.intervals import Z

LEAST: Final = 5
PEOPLE: Final = 3
NOISE: Final = 0.05
MOST: Final = 2_000
FEW: Final = 30
"""Baskets of several products under which nothing is said."""


class Pair(Struct, frozen=True, kw_only=True):
    """Two products in one basket: in `together` of the `baskets`, by so many customers."""

    first: str
    second: str
    together: int
    with_first: int
    with_second: int
    baskets: int
    customers: int
    low: float  # of the lift
    high: float

    @property
    def support(self) -> float:
        """The share of all baskets that have both."""
        return self.together / self.baskets

    @property
    def confidence(self) -> float:
        """Of the baskets with the first, the share that has the second."""
        return self.together / self.with_first

    @property
    def lift(self) -> float:
        """How many times as often as by chance they are together."""
        return self.together * self.baskets / (self.with_first * self.with_second)


class _Counted(NamedTuple):
    """Columns, an element per pair: the products' places, and in how many baskets they are."""

    first: Any
    second: Any
    together: Any
    with_first: Any
    with_second: Any


def together(found: Baskets, *, most: int = MOST) -> tuple[Pair, ...] | Refusal:
    """The pairs that are no chance, surest lift first; the first of a pair is the rarer product."""
    if not found.products:
        return Refusal(reason="no names")
    sizes = np.bincount(found.order, minlength=found.orders)
    several = int((sizes > 1).sum())
    if several < FEW:
        return Refusal(reason="few baskets", values={"found": several, "least": FEW})
    content = _content(found)
    counted, tests = _counted(content)
    sure = _sure(counted, found.orders, tests)
    pairs = [_pair(found, content, *row) for row in zip(*(c[sure] for c in counted), strict=True)]
    shown = [pair for pair in pairs if pair.customers >= PEOPLE]
    shown.sort(key=lambda pair: (-pair.low, pair.first, pair.second))
    return tuple(shown[:most])


def _content(found: Baskets) -> Any:
    """Orders × products, 1 where the product is in the order, by product."""
    from scipy import sparse

    shape = (found.orders, len(found.products))
    ones = np.ones(len(found.order), dtype=np.int64)
    return sparse.csc_matrix((ones, (found.order, found.product)), shape=shape)


def _counted(content: Any) -> tuple[_Counted, int]:
    """Every pair in `LEAST` baskets or more, and of how many that could have been."""
    from scipy import sparse

    baskets = np.asarray(content.sum(axis=0)).ravel()
    frequent = np.flatnonzero(baskets >= LEAST)
    own = content[:, frequent]
    both = sparse.triu(own.T @ own, k=1).tocoo()
    enough = both.data >= LEAST
    one, other = frequent[both.row[enough]], frequent[both.col[enough]]
    swapped = baskets[one] > baskets[other]
    first, second = np.where(swapped, other, one), np.where(swapped, one, other)
    counted = _Counted(first, second, both.data[enough], baskets[first], baskets[second])
    return counted, len(frequent) * (len(frequent) - 1) // 2


def _sure(counted: _Counted, orders: int, tests: int) -> Any:
    """The places of the pairs that are no chance; of too many, the surest."""
    from scipy.stats import hypergeom

    chance = hypergeom.sf(counted.together - 1, orders, counted.with_first, counted.with_second)
    order = np.argsort(chance, kind="stable")
    rare = chance[order] <= NOISE * np.arange(1, len(order) + 1) / max(1, tests)
    last = np.flatnonzero(rare)
    return order[: min(MOST, last[-1] + 1)] if len(last) else order[:0]


def _pair(
    found: Baskets, content: Any, first: int, second: int, k: int, n_first: int, n_second: int
) -> Pair:
    n = found.orders
    lift = k * n / (n_first * n_second)
    variance = 1 / k - 1 / n_first - 1 / n_second + (2 * lift - 1) / n
    reach = float(np.exp(Z * np.sqrt(max(0.0, variance))))
    return Pair(
        first=found.products[first],
        second=found.products[second],
        together=int(k),
        with_first=int(n_first),
        with_second=int(n_second),
        baskets=n,
        customers=_people(found, content, first, second),
        low=float(lift / reach),
        high=float(lift * reach),
    )


def _people(found: Baskets, content: Any, first: int, second: int) -> int:
    """How many customers have a basket with both."""
    of_first, of_second = (
        content.indices[content.indptr[one] : content.indptr[one + 1]] for one in (first, second)
    )
    both = np.intersect1d(of_first, of_second, assume_unique=True)
    return len(np.unique(found.customer[np.searchsorted(found.order, both)]))
