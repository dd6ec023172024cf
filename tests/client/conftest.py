"""A line to the API of Café des Amis."""

from collections.abc import Iterator

import pytest

from tests.api import world
from tests.client import serving


@pytest.fixture
def cafe(transactional_db: None) -> world.Place:
    """Café des Amis, committed, so that the server's threads see it."""
    return world.make()


@pytest.fixture
def line(cafe: world.Place) -> Iterator[serving.Line]:
    """A line to the API, as good as its faults."""
    with serving.served() as port:
        made = serving.Line(port)
        yield made
        made.close()
