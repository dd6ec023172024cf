"""A posting inside a transaction of its door: a part of it, all or nothing with the rest."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from habitue.core import facts
from habitue.ledger import Fact, households, posting, writing
from habitue.members.models import Business
from tests.ledger.conftest import NOW, bought, does, guests, has, make_cafe, post, rows, sound
from tests.ledger.town import TOWN

pytestmark = pytest.mark.django_db(transaction=True)


def pays(customer: int, money: int) -> Fact:
    what = facts.Payment(money=money, order=1_000)
    return Fact(customer=customer, at=NOW, what=what, source="web", reference=f"pays {money}")


def pair() -> tuple[Business, int, int]:
    """A household of two with 10 points each, which the payments may pool."""
    town = make_cafe(TOWN)
    alice, bruno = guests(town, 2)
    post(town, bought(alice, 1_000), bought(bruno, 1_000))
    assert households.join(town.pk, alice, bruno, now=NOW) is None
    return town, alice, bruno


class Change(Exception):
    """The door thinks again."""


def thinks_again(town: Business, fact: Fact) -> None:
    with transaction.atomic():
        assert post(town, fact)[0].refused is None
        raise Change


def test_a_posting_that_begins_again_with_more_customers_keeps_what_the_door_did_before() -> None:
    town, alice, bruno = pair()
    with transaction.atomic():
        post(town, bought(alice, 100, reference="before"))
        (paid,) = post(town, pays(alice, 75))  # 15 of the 11 and 10 points that there are
        post(town, bought(bruno, 300, reference="after"))
    assert paid.refused is None
    assert (has(town, alice), has(town, bruno)) == (0, 9)
    assert rows("SELECT reference FROM ledger_reference ORDER BY 1") == [
        ("after",),
        ("before",),
        ("pays 75",),
    ]
    sound(town)


def test_what_the_door_takes_back_was_never_posted() -> None:
    town, alice, bruno = pair()
    before = rows("SELECT count(*) FROM ledger_event")
    with pytest.raises(Change):
        thinks_again(town, pays(alice, 75))
    assert rows("SELECT count(*) FROM ledger_event") == before
    assert (has(town, alice), has(town, bruno)) == (10, 10)
    (paid,) = post(town, pays(alice, 75))
    assert (paid.duplicate, has(town, alice), has(town, bruno)) == (False, 0, 5)
    sound(town)


def test_a_posting_that_fails_leaves_the_door_its_transaction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town, alice, bruno = pair()

    def broken(*_: object) -> None:
        raise Change

    with transaction.atomic():
        post(town, bought(bruno, 200, reference="one"))
        with monkeypatch.context() as planted:
            planted.setattr(writing, "_outbox", broken)
            with pytest.raises(Change):
                post(town, bought(alice, 200, reference="two"))
        post(town, bought(alice, 300, reference="two"))
    assert (has(town, alice), has(town, bruno)) == (13, 12)
    sound(town)


def test_a_deadlock_is_the_doors_to_begin_again_from(monkeypatch: pytest.MonkeyPatch) -> None:
    town, alice, _ = pair()
    real, tries = posting._post, []

    def unlucky(*args: Any, **kwargs: Any) -> Any:
        tries.append(1)
        if len(tries) == 1:
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$")
        return real(*args, **kwargs)

    monkeypatch.setattr(posting, "_post", unlucky)

    def door() -> None:
        with transaction.atomic():
            post(town, does(alice, facts.Visit()), bought(alice, 200, reference="one"))

    with pytest.raises(OperationalError):
        door()
    assert len(tries) == 1  # inside, the locks of the door would still be held
    assert has(town, alice) == 10
    door()
    assert has(town, alice) == 12
    sound(town)
