"""What each customer may like next: products that they have not bought yet, likeliest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from habitue.metrics.affinity import judging, taste
from habitue.metrics.affinity.baskets import Baskets
from habitue.metrics.affinity.judging import Judgement
from habitue.metrics.affinity.taste import Liking, Popular, Taste
from habitue.metrics.affinity.words import METHODS, Refusal
from habitue.metrics.figure import Text
from habitue.metrics.lives import Integers

FEW_CUSTOMERS: Final = 30
FEW_PRODUCTS: Final = 3


class Suggestions(NamedTuple):
    """A row per customer: places of products, −1 where there is none left; and how good it is."""

    customer: Integers
    product: Integers
    products: tuple[str, ...]
    judgement: Judgement

    @property
    def words(self) -> Text:
        """How they were found, and why so."""
        return METHODS[self.judgement.method]

    def named(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Each customer with the names of what is suggested."""
        for who, row in zip(self.customer.tolist(), self.product.tolist(), strict=True):
            yield who, tuple(self.products[place] for place in row if place >= 0)


def suggest(found: Baskets, *, most: int = judging.MOST) -> Suggestions | Refusal:
    """So many products for every customer, by whichever way did better on baskets held back."""
    if not found.products:
        return Refusal(reason="no names")
    for reason, have, least in (
        ("few customers", len(found.customers), FEW_CUSTOMERS),
        ("few products", len(found.products), FEW_PRODUCTS),
    ):
        if have < least:
            return Refusal(reason=reason, values={"found": have, "least": least})
    judgement = judging.judge(found)
    liking: Liking = Popular(found)
    if judgement.method == "taste" and judgement.regularization is not None:
        liking = Taste(found, judgement.regularization)
    everybody = np.arange(len(found.customers))
    return Suggestions(
        found.customers, taste.best(liking, found, everybody, most), found.products, judgement
    )
