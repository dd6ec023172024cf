"""What an answer tells, and that it tells the same for ever."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from habitue import ledger
from habitue.core import facts
from habitue.ledger import Answer, Fact
from habitue.members.models import Business
from tests.ledger.conftest import (
    NOW,
    PROGRAM,
    bought,
    does,
    guests,
    later,
    make_cafe,
    post,
    rows,
    sound,
)

pytestmark = pytest.mark.django_db

CLUB = """\
program: club
title: Club
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units: {points: {worth: 0.05}}
earn: [{id: base, when: purchase, award: {points: 1, per: 1.00}}]
pay_with: {unit: points, most: 50 %}
fee: {prices: [{price: 12.00}], every: year, refund: always}
"""


def told(fact: Fact, name: str) -> Fact:
    return structs.replace(fact, reference=name)


def the_same(business: Business, first: list[Answer], *batch: Fact) -> None:
    """Asked again years later, in one request, everything is as it was said."""
    much_later = later(days=800)
    ledger.sweep(business.pk, now=much_later)
    again = post(business, *batch, now=much_later)
    assert again == [structs.replace(answer, duplicate=True) for answer in first]


def test_a_tier_is_told_where_it_changes(cafe: Business, alice: int) -> None:
    batch = [
        told(bought(alice, 900), "joins"),
        told(bought(alice, 900, at=later(minutes=1)), "stays"),
        told(bought(alice, 9_900, at=later(minutes=2)), "rises"),
        told(bought(alice, 900, at=later(minutes=3)), "stays up"),
    ]
    first = post(cafe, *batch)
    levels = [(answer.level_before, answer.level) for answer in first]
    assert levels == [("", "basic"), ("", ""), ("basic", "gold"), ("", "")]
    the_same(cafe, first, *batch)


def test_vouchers_are_told_as_they_were_issued(cafe: Business, alice: int) -> None:
    """One taken, one that the threshold brought, one handed over at once; all lapse or go later."""
    batch = [
        told(bought(alice, 2_500), "buys"),
        told(does(alice, facts.Redemption("coffee"), at=later(minutes=1)), "takes"),
        told(does(alice, facts.Redemption("coffee", at_once=True), at=later(minutes=2)), "at once"),
        told(does(alice, facts.Redemption("coffee"), at=later(minutes=3)), "too much"),
        told(does(alice, facts.Birthday(), at=later(minutes=4)), "birthday"),
    ]
    first = post(cafe, *batch)
    issued = [[(one.reward, one.state) for one in answer.issued] for answer in first]
    assert issued == [
        [],
        [("coffee", "issued")],
        [("coffee", "redeemed")],
        [],
        [("candle", "issued")],
    ]
    assert [answer.cost for answer in first] == [None, ("points", 10), ("points", 10), None, None]
    (voucher,), (candle,) = first[1].issued, first[4].issued
    assert (voucher.issued_on, voucher.expires_on) == (date(2026, 3, 2), date(2026, 4, 2))
    assert candle.expires_on is None
    stored = rows("SELECT id, code FROM ledger_voucher WHERE customer_id = %s ORDER BY id", alice)
    assert stored == sorted((one.id, one.code) for answer in first for one in answer.issued)
    post(cafe, does(alice, facts.VoucherUse(voucher.id), at=later(hours=1)), now=later(hours=1))
    the_same(cafe, first, *batch)
    sound(cafe)


def test_what_a_threshold_brings_at_midnight_is_told_by_whoever_comes_next(
    cafe: Business, alice: int
) -> None:
    """The stamps are usable after two days; a late visit changes what had been brought."""
    batch = [
        told(does(alice, facts.Visit(10)), "stamps"),
        told(does(alice, facts.Visit(1), at=later(days=3)), "days later"),
        told(does(alice, facts.Visit(10), at=later(hours=1)), "told late"),
    ]
    first = [post(cafe, fact, now=later(days=3))[0] for fact in batch]
    assert [[one.reward for one in answer.issued] for answer in first] == [[], ["cake"], ["cake"]]
    assert len({one.id for answer in first for one in answer.issued}) == 2
    the_same(cafe, first, *batch)
    sound(cafe)


def test_what_goes_back_and_what_is_paid_is_told(db: None) -> None:
    club = make_cafe(CLUB)
    (alice,) = guests(club, 1)
    batch = [
        told(does(alice, facts.FeePaid(1_200, "EUR")), "fee"),
        told(bought(alice, 10_000, at=later(minutes=1)), "buys"),
        told(does(alice, facts.Payment(200, 1_000), at=later(minutes=2)), "pays"),
    ]
    first = post(club, *batch)
    assert first[2].what == facts.Payment(200, 1_000, units=40)
    assert first[2].at == later(minutes=2)
    back = [
        told(does(alice, facts.Refund(first[1].event, amount=2_500), at=later(hours=1)), "back"),
        told(does(alice, facts.Refund(first[1].event, amount=9_999), at=later(hours=2)), "much"),
        told(does(alice, facts.Cancellation(), at=later(days=73)), "ends"),
    ]
    first += [post(club, fact, now=later(days=73))[0] for fact in back]
    assert [answer.money for answer in first] == [0, 0, 0, 2_500, 0, 1_200]
    the_same(club, first, *batch, *back)
    sound(club)


def test_any_number_of_repeats_is_answered_by_so_many_statements(
    cafe: Business, counted: list[str]
) -> None:
    people = guests(cafe, 300)

    def batch(count: int) -> list[Fact]:
        buys = [told(bought(person, 1_500), f"{person}") for person in people[:count]]
        takes = facts.Redemption("coffee")
        return buys + [
            told(does(person, takes, at=later(minutes=1)), f"takes {person}")
            for person in people[:count]
        ]

    first = post(cafe, *batch(300))

    def statements(count: int) -> int:
        before = len(counted)
        again = post(cafe, *batch(count))
        assert {answer.duplicate for answer in again} == {True}
        assert [one.code for answer in again for one in answer.issued] == [
            one.code for answer in first[300 : 300 + count] for one in answer.issued
        ]
        return len(counted) - before

    assert statements(1) == statements(300) <= 10


def test_usual_purchases_keep_nothing_for_their_answers(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 900))
    post(cafe, bought(alice, 900, at=later(minutes=1)), bought(alice, 10, at=later(minutes=2)))
    assert rows("SELECT count(told), count(*) FROM ledger_event") == [(1, 3)]


def test_both_sides_of_a_gift_have_their_own_lines(db: None) -> None:
    text = PROGRAM + "transfers: {units: points}\n"
    cafe = make_cafe(text)
    alice, bruno = guests(cafe, 2)
    post(cafe, bought(alice, 2_000), bought(bruno, 100))
    gift = told(does(alice, facts.Transfer("points", 5, bruno), at=later(minutes=1)), "gift")
    first = post(cafe, gift)
    assert [line.amount for line in first[0].entries] == [-5]
    the_same(cafe, first, gift)


def test_a_conflict_tells_nothing_of_what_was_there(cafe: Business, alice: int) -> None:
    post(cafe, told(bought(alice, 2_000), "one"))
    (answer,) = post(cafe, told(bought(alice, 3_000), "one"), now=NOW)
    assert answer.refused is not None
    assert (answer.entries, answer.what, answer.duplicate) == ([], None, False)
