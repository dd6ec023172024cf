"""The world of the API's tests."""

import pytest

from tests.api import world


@pytest.fixture
def cafe(db: None) -> world.Place:
    """Café des Amis."""
    return world.make()


@pytest.fixture
def next_door(db: None) -> world.Place:
    """Another business, with the same people under the same names."""
    return world.make("Chez Voisin")
