"""Two shops in full life: the one whose things are tried, and the one from which it is tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.pages.hostile import life
from tests.pages.hostile.life import Life

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def quick_pins() -> Iterator[None]:
    """The real hash takes a third of a second a PIN, which no test here is about."""
    with override_settings(PASSWORD_HASHERS=QUICK):
        yield


@pytest.fixture
def ours(db: None) -> Life:
    return life.make("Le Quartier", "Zanzibar")


@pytest.fixture
def theirs(db: None) -> Life:
    return life.make("Il Borgo", "Timbuktu")
