"""Segments that act, through PostgreSQL: who begins to slip is told so once, and gets the bonus."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.members.models import Business
from habitue.outreach import telling
from tests.ledger.conftest import (
    bought,
    does,
    guests,
    has,
    make_cafe,
    post,
    rows,
    sound,
)
from tests.outreach.conftest import NOW, PROGRAM, came, weekly

pytestmark = pytest.mark.django_db


def told(customer: int) -> list[tuple[date, list[str]]]:
    return rows(
        "SELECT business_date, what->'names' FROM ledger_event"
        " WHERE customer_id = %s AND kind = 'segments' ORDER BY id",
        customer,
    )


def remembered(customer: int) -> str:
    ((names,),) = rows(
        "SELECT coalesce((memory->'segments')::text, '') FROM ledger_account"
        " WHERE customer_id = %s",
        customer,
    )
    return str(names)


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


def test_who_becomes_slipping_gets_the_bonus_once(cafe: Business, people: dict[str, int]) -> None:
    """W is 7 days, the mean gap 4.5; Bruno's usual gap 2.4 days: more than 3 days is slipping."""
    bruno = people["bruno"]
    assert has(cafe, bruno) == 120
    assert telling.tell(cafe.pk, now=NOW) == 1
    assert has(cafe, bruno) == 170
    for hours in (0, 1, 24):
        assert telling.tell(cafe.pk, now=NOW + timedelta(hours=hours)) == 0
    assert has(cafe, bruno) == 170
    assert (has(cafe, people["alice"]), has(cafe, people["chiara"])) == (120, 10)
    assert remembered(bruno) == '["slipping"]'
    sound(cafe)


def test_who_comes_back_leaves_the_segment_and_may_slip_again(
    cafe: Business, people: dict[str, int]
) -> None:
    bruno = people["bruno"]
    telling.tell(cafe.pk, now=NOW)
    post(cafe, bought(bruno, 1000, at=later(1)), now=later(1))
    assert telling.tell(cafe.pk, now=later(2)) == 1
    assert (has(cafe, bruno, now=later(2)), remembered(bruno)) == (180, "")
    assert telling.tell(cafe.pk, now=later(6)) >= 1
    assert (has(cafe, bruno, now=later(6)), remembered(bruno)) == (230, '["slipping"]')
    assert len(told(bruno)) == 3
    sound(cafe)


def test_nothing_is_told_where_no_rule_asks(db: None) -> None:
    plain = make_cafe(PROGRAM.replace("where: {segment: slipping}, ", "where: {segment: fans}, "))
    (bruno,) = guests(plain, 1)
    came(plain, {bruno: [5 + 2 * time for time in range(12)]})
    assert telling.tell(plain.pk, now=NOW) == 0
    assert told(bruno) == []


def test_a_business_without_a_program_and_one_without_purchases_have_nothing_to_tell(
    db: None,
) -> None:
    make_cafe(name="Empty")
    from habitue.members import businesses

    businesses.create(name="Bare", kind="cafe", country="FR")
    assert telling.tell(None, now=NOW) == 0


def test_segments_that_another_door_told_stay(cafe: Business, people: dict[str, int]) -> None:
    bruno = people["bruno"]
    post(cafe, does(bruno, facts.Segments(("students",)), at=NOW))
    assert telling.tell(cafe.pk, now=NOW) == 1
    assert remembered(bruno) == '["slipping","students"]'
    post(cafe, bought(bruno, 1000, at=NOW), now=NOW)
    telling.tell(cafe.pk, now=later(1))
    assert remembered(bruno) == '["students"]'


def test_conditions_of_other_rules_see_the_segment(db: None) -> None:
    """Double points for a regular: told beforehand, used by the next purchase."""
    text = PROGRAM.replace(
        "{id: come-back, when: segments, where: {segment: slipping}, award: {points: 50}}",
        "{id: double, when: purchase, where: {segment: regular}, award: {points: 1, per: 1.00}}",
    )
    shop = make_cafe(text, name="Double")
    (alice,) = guests(shop, 1)
    came(shop, {alice: weekly(3)})
    in_force = ledger.program(shop.pk)
    assert in_force is not None
    assert telling.used(in_force) == ["regular"]
    assert telling.tell(None, now=NOW) == 1
    post(shop, bought(alice, 1000, at=NOW), now=NOW)
    assert has(shop, alice) == 120 + 20


def test_a_refund_of_the_past_folds_the_bonus_again(cafe: Business, people: dict[str, int]) -> None:
    """What was told was told: goods brought back take their points, not the bonus."""
    bruno = people["bruno"]
    telling.tell(cafe.pk, now=NOW)
    ((last,),) = rows(
        "SELECT max(id) FROM ledger_event WHERE customer_id = %s AND kind = 'purchase'", bruno
    )
    post(cafe, does(bruno, facts.Refund(of=last)), now=NOW)
    assert has(cafe, bruno) == 160
    sound(cafe)
