"""Lines become baskets: each product once an order, orders in time, nameless lines left out."""

from __future__ import annotations

from datetime import date

from habitue.metrics.affinity import baskets

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def test_each_product_once_an_order_in_the_order_of_time() -> None:
    found = baskets.of(
        [
            (7, 900, TUESDAY, "tea"),
            (7, 950, MONDAY, "tea"),
            (7, 950, MONDAY, "cake"),
            (7, 950, MONDAY, "tea"),
            (3, 960, TUESDAY, ""),
            (3, 970, TUESDAY, "cake"),
        ]
    )
    assert found.products == ("cake", "tea")
    assert found.customers.tolist() == [3, 7]
    rows = zip(found.customer.tolist(), found.order.tolist(), found.product.tolist(), strict=True)
    assert list(rows) == [(0, 0, 0), (1, 1, 0), (1, 1, 1), (1, 2, 1)]
    assert found.orders == 3


def test_nothing_named_is_no_basket() -> None:
    found = baskets.of([(1, 1, MONDAY, "")])
    assert (found.orders, found.products, found.customers.tolist()) == (0, (), [])
