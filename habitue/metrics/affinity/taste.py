"""How much each customer may like each product: by what most buy, or by who buys alike.

`Taste` factorises customers × products by alternating least squares for implicit feedback (Hu,
Koren and Volinsky, 2008), as `implicit` does it. The same baskets always lead to the same numbers:
the seed is fixed, and who solves which row does not matter.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

import numpy as np

from habitue.metrics.affinity.baskets import Baskets
from habitue.metrics.lives import Integers

FACTORS: Final = 32
REGULARIZATIONS: Final = (0.1, 1.0, 10.0)
"""How firmly tastes are held to the usual, of which `judging` chooses: few customers, less."""

ITERATIONS: Final = 15
SEED: Final = 1


class Liking(Protocol):
    """Scores of all products for some customers (by place): the greater, the likelier."""

    def scores(self, customers: Integers) -> Any:
        """A row per customer, a column per product."""
        ...


class Popular:
    """Everybody likes what most customers have bought."""

    def __init__(self, found: Baskets) -> None:
        self._liked = np.asarray((owned(found) > 0).sum(axis=0), dtype=np.float64).ravel()

    def scores(self, customers: Integers) -> Any:
        """How many have bought each product, for whomever."""
        return np.broadcast_to(self._liked, (len(customers), len(self._liked)))


class Taste:
    """Customers like what those like who buy alike."""

    def __init__(self, found: Baskets, regularization: float) -> None:
        from implicit.cpu.als import AlternatingLeastSquares
        from threadpoolctl import threadpool_limits

        bought = owned(found).astype(np.float32)
        bought.data = np.log1p(bought.data)
        # Many small systems are solved side by side: threads inside each would only get in the way.
        with threadpool_limits(1, "blas"):
            self._model = AlternatingLeastSquares(
                factors=min(FACTORS, *bought.shape),
                regularization=regularization,
                iterations=ITERATIONS,
                random_state=SEED,
            )
            self._model.fit(bought, show_progress=False)

    def scores(self, customers: Integers) -> Any:
        """The products of the customers' factors with those of all products."""
        return self._model.user_factors[customers] @ self._model.item_factors.T


def owned(found: Baskets) -> Any:
    """Customers × products: in how many baskets of the customer the product is."""
    from scipy import sparse

    shape = (len(found.customers), len(found.products))
    ones = np.ones(len(found.customer), dtype=np.int64)
    return sparse.csr_matrix((ones, (found.customer, found.product)), shape=shape)


def best(liking: Liking, found: Baskets, customers: Integers, most: int) -> Integers:
    """For each customer the best products that they have not bought in these baskets; −1: none.

    Of equally liked products the first by name.
    """
    mine = owned(found)
    rows = [
        _best(np.array(liking.scores(part), dtype=np.float64), mine[part], most)
        for part in np.array_split(customers, len(customers) // _BATCH + 1)
    ]
    return np.concatenate(rows)


_BATCH: Final = 1_000


def _best(scores: Any, mine: Any, most: int) -> Integers:
    scores[mine.nonzero()] = -np.inf
    ranked = np.argsort(-scores, axis=1, kind="stable")[:, :most]
    known = np.isneginf(np.take_along_axis(scores, ranked, axis=1))
    chosen: Integers = np.where(known, -1, ranked)
    return chosen
