"""A page that reads asks once which version of the program is the newest."""

from typing import Any

import pytest
from psycopg import Cursor

from habitue.ledger import books
from habitue.members.models import Business
from tests.ledger.conftest import make_cafe

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Business:
    return make_cafe()


def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    execute = Cursor.execute

    def counting(self: Any, query: Any, *given: Any, **more: Any) -> Any:
        told.append(str(query))
        return execute(self, query, *given, **more)

    monkeypatch.setattr(Cursor, "execute", counting)
    return told


def test_once_in_there_each_time_outside_and_anew_the_next_time(
    shop: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = asked(monkeypatch)
    for _ in range(3):
        with books.at_once():
            assert books.latest(shop.pk) == books.latest(shop.pk) == 1
    assert len(told) == 3
    assert books.latest(shop.pk) == books.latest(shop.pk) == 1
    assert len(told) == 5
