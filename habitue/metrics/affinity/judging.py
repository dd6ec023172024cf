"""Are suggestions any good? Judged on baskets that were held back, beside what is popular.

Of everybody with two baskets or more the last tenth (one at least) is held back. From the rest,
`MOST` products are suggested that the customer has not bought yet. A hit is a customer for whom one
of them is in the baskets held back; recall is the share of the new products there that were
suggested. Customers who bought nothing new there cannot be hit and do not count.

How firmly tastes are held to the usual is chosen before, in the same way within the rest: what is
held back has no say in it.

Taste is chosen only where it hits more customers than what is popular does, beyond chance: where
the 95 % interval of the mean difference, customer by customer, lies above 0.
"""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

import numpy as np
from msgspec import Struct

from habitue.metrics.affinity import baskets, taste
from habitue.metrics.affinity.baskets import Baskets
from habitue.metrics.affinity.taste import Liking, Popular, Taste
from habitue.metrics.figure import FEW
from habitue.metrics.intervals import Z
from habitue.metrics.lives import Integers
from habitue.metrics.segments.rhythm import Flags, Reals

MOST: Final = 5
HELD: Final = 10
"""One basket in so many is held back."""

Method = Literal["taste", "popular"]


class Score(Struct, frozen=True, kw_only=True):
    """Of the `judged` customers, how many were hit, and the mean recall."""

    judged: int
    hits: int
    recall: float

    @property
    def hit_rate(self) -> float:
        """The share of customers who were hit; 0 without any."""
        return self.hits / self.judged if self.judged else 0.0


class Judgement(Struct, frozen=True, kw_only=True):
    """Both scores, the difference of their hit rates with its interval, and what is used.

    `taste` and the difference are None where too few could be judged.
    """

    popular: Score
    taste: Score | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    method: Method = "popular"
    regularization: float | None = None


class _Trial(NamedTuple):
    """What is seen, and customers × products: 1 where a product is only in what is held back."""

    seen: Baskets
    news: Any
    judged: Integers


def judge(found: Baskets) -> Judgement:
    """Which way of suggesting is used, and how both did; under `FEW` judged, what is popular."""
    trial = _trial(found)
    popular_hits, popular = _score(Popular(trial.seen), trial)
    if len(trial.judged) < FEW:
        return Judgement(popular=popular)
    firmness = _firmness(_trial(trial.seen))
    taste_hits, tasted = _score(Taste(trial.seen, firmness), trial)
    apart = taste_hits - popular_hits
    mean = float(apart.mean())
    reach = Z * float(apart.std(ddof=1)) / len(apart) ** 0.5
    return Judgement(
        popular=popular,
        taste=tasted,
        difference=mean,
        low=mean - reach,
        high=mean + reach,
        method="taste" if mean > reach else "popular",
        regularization=firmness,
    )


def held_back(found: Baskets) -> Flags:
    """The rows of everybody's last tenth of baskets, of who has two or more."""
    if not len(found.order):
        return np.zeros(0, dtype=np.bool_)
    first = np.full(len(found.customers), found.orders)
    np.minimum.at(first, found.customer, found.order)
    last = np.full(len(found.customers), -1)
    np.maximum.at(last, found.customer, found.order)
    number = last - first + 1  # a customer's orders follow one another
    back = np.where(number > 1, np.maximum(1, number // HELD), 0)
    held: Flags = found.order > (last - back)[found.customer]
    return held


def _trial(found: Baskets) -> _Trial:
    held = held_back(found)
    seen = baskets.kept(found, ~held)
    later = (taste.owned(baskets.kept(found, held)) > 0).astype(np.int64)
    news = (later - later.multiply(taste.owned(seen) > 0)).tocsr()
    news.eliminate_zeros()
    return _Trial(seen, news, np.flatnonzero(np.diff(news.indptr)))


def _firmness(trial: _Trial) -> float:
    """The regularization that hits most; of equal ones the firmest, which where nobody can be
    judged is all of them.
    """
    if not len(trial.judged):
        return taste.REGULARIZATIONS[-1]
    hits = {one: _score(Taste(trial.seen, one), trial)[1].hits for one in taste.REGULARIZATIONS}
    return max(hits, key=lambda one: (hits[one], one))


def _score(liking: Liking, trial: _Trial) -> tuple[Reals, Score]:
    """Who was hit (1 or 0), and the score."""
    judged = trial.judged
    if not len(judged):
        return np.zeros(0), Score(judged=0, hits=0, recall=0.0)
    suggested = taste.best(liking, trial.seen, judged, MOST)
    rows = np.repeat(judged, suggested.shape[1]).reshape(suggested.shape)
    right = np.asarray(trial.news[rows.ravel(), np.maximum(suggested, 0).ravel()])
    found = np.where(suggested >= 0, right.reshape(rows.shape), 0).sum(axis=1)
    recall = found / np.diff(trial.news.indptr)[judged]
    hits = (found > 0).astype(np.float64)
    return hits, Score(judged=len(judged), hits=int(hits.sum()), recall=float(recall.mean()))
