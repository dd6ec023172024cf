"""Two shops in full life: the one whose things are tried, and the one from which it is tried."""

from __future__ import annotations

import pytest

from tests.pages.hostile import life
from tests.pages.hostile.life import Life


@pytest.fixture
def ours(db: None) -> Life:
    return life.make("Le Quartier", "Zanzibar")


@pytest.fixture
def theirs(db: None) -> Life:
    return life.make("Il Borgo", "Timbuktu")
