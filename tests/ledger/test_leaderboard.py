"""The order of members by what they earned in the week."""

from __future__ import annotations

from datetime import date

import pytest

from habitue.core import facts
from habitue.ledger import leaderboard
from habitue.members.models import Business
from tests.ledger.conftest import NOW, bought, does, guests, later, make_cafe, post, takes
from tests.ledger.town import TOWN

pytestmark = pytest.mark.django_db


def test_the_week_is_ordered_by_what_was_earned_and_kept() -> None:
    town = make_cafe(TOWN, name="The neighbourhood")
    alice, bruno, chiara, diego, elena = guests(town, 5)
    sunday = later(days=-1)
    post(
        town,
        bought(alice, 90_000, at=sunday),  # last week
        bought(alice, 5_000),
        bought(bruno, 7_000),
        bought(chiara, 5_000),
        bought(diego, 9_000),
        bought(elena, 4_000),
    )
    (kept, _) = post(town, bought(elena, 1_000), takes(bruno))  # spending costs no place
    (gone,) = post(town, bought(diego, 100))
    back = [does(diego, facts.Refund(gone.event)), does(elena, facts.Refund(kept.event))]
    post(town, *back)
    board = leaderboard.board(town.pk, now=NOW)
    assert board is not None
    assert (board.unit, board.since, board.last_on) == (
        "points", date(2026, 3, 2), date(2026, 3, 8),
    )  # fmt: skip
    assert [(one.place, one.customer, one.amount) for one in board.places] == [
        (1, diego, 90),
        (2, bruno, 70),
        (3, alice, 50),
        (3, chiara, 50),
        (5, elena, 40),
    ]
    shown = leaderboard.board(town.pk, now=NOW, limit=2)
    assert shown is not None
    assert len(shown.places) == 2
    following = leaderboard.board(town.pk, now=later(days=7))
    assert following is not None
    assert following.places == ()


def test_a_program_without_one_has_none(cafe: Business) -> None:
    assert leaderboard.board(cafe.pk, now=NOW) is None
