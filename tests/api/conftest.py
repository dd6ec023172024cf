"""The world of the API's tests: made once a module, and after each test as it was."""

import copy
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from habitue.ledger import books
from tests.api import world


@pytest.fixture(scope="module")
def places(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[world.Place, world.Place]]:
    """Two businesses in a transaction around the module's tests, which are savepoints in it.

    Tests with transactions of their own therefore stand in a module of theirs: test_at_once.py.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.make(), world.make("Chez Voisin")
        transaction.set_rollback(True)


@pytest.fixture
def cafe(places: tuple[world.Place, world.Place], db: None) -> world.Place:
    """Café des Amis; a program that the test before published is forgotten."""
    books._shelves.clear()
    return copy.deepcopy(places[0])


@pytest.fixture
def next_door(places: tuple[world.Place, world.Place], db: None) -> world.Place:
    """Another business, with the same people under the same names."""
    return copy.deepcopy(places[1])
