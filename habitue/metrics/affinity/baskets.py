"""Baskets: which products were in which order of which customer, each product once an order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from habitue.metrics.lives import Integers, number


class Baskets(NamedTuple):
    """A row per order and product, by customer and then by time.

    `customer`, `order` and `product` are places: in `customers`, in time within everybody's
    orders, and in `products`, which has the names, sorted.
    """

    customer: Integers
    order: Integers
    product: Integers
    customers: Integers
    products: tuple[str, ...]

    @property
    def orders(self) -> int:
        """How many orders name a product."""
        return int(self.order[-1]) + 1 if len(self.order) else 0


def of(lines: Iterable[tuple[int, int, date, str]]) -> Baskets:
    """Baskets of lines (customer, order, day, product); lines that name no product are left out.

    A customer's orders of one day follow one another as their numbers do.
    """
    named = [(who, number(on), order, what) for who, order, on, what in lines if what]
    if not named:
        nothing = np.zeros(0, dtype=np.int64)
        return Baskets(nothing, nothing, nothing, nothing, ())
    who, on, order, what = zip(*named, strict=True)
    products = tuple(sorted(set(what)))
    places = {name: place for place, name in enumerate(products)}
    product = np.fromiter((places[name] for name in what), dtype=np.int64, count=len(what))
    customers, customer = np.unique(np.array(who, dtype=np.int64), return_inverse=True)
    rows = np.column_stack([customer, np.array(on), np.array(order, dtype=np.int64), product])
    rows = rows[np.lexsort(rows.T[::-1])]
    changes = rows[1:] != rows[:-1]
    rows = rows[np.concatenate([[True], changes.any(axis=1)])]
    begins = (rows[1:, :3] != rows[:-1, :3]).any(axis=1)
    place = np.concatenate([[0], np.cumsum(begins)])
    return Baskets(rows[:, 0], place, rows[:, 3], customers, products)


def kept(found: Baskets, rows: Any) -> Baskets:
    """The rows that a mask keeps; customers, orders and products keep their places."""
    return found._replace(
        customer=found.customer[rows], order=found.order[rows], product=found.product[rows]
    )
