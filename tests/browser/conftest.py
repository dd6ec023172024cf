"""The real product, fresh for each file of browser tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.product import PATIENCE, Product

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """`habitue start` with an embedded PostgreSQL, a worker and a mail server."""
    made = Product()
    try:
        made.start()
        yield made
    finally:
        made.stop()
