"""A quote says what the posting would do, and nothing happens."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from msgspec import structs

from habitue import ledger
from habitue.core import document, facts, program
from habitue.core.facts import Line, Purchase
from habitue.ledger import Fact, quoting
from habitue.ledger.quoting import Quote
from habitue.members import businesses
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
    takes,
)
from tests.ledger.town import TOWN

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).parents[2] / "programs"
BASKET = Purchase((Line(3_000),), "EUR")


def quoted(business: Business, customer: int | None, what: Any = BASKET, **given: Any) -> Quote:
    found = quoting.quote(business.pk, customer, what, **{"now": later(hours=1), **given})
    assert found is not None
    return found


def offers(quote: Quote) -> list[tuple[str, int, str]]:
    return [
        (one.reward, one.missing, one.refused.code if one.refused else "") for one in quote.offers
    ]


def test_a_member_hears_what_a_basket_earns_and_what_they_can_do(
    cafe: Business, alice: int
) -> None:
    post(cafe, bought(alice, 8_000), does(alice, facts.Visit(9)))
    quote = quoted(cafe, alice)
    assert [(line.unit, line.amount) for line in quote.entries] == [
        ("points", 30),
        ("spend", 3_000),
    ]
    assert quote.entries[0].why == (("base", 3_000, 30),)
    assert (quote.level_before, quote.level) == ("basic", "gold")
    assert quote.balances == {"points": 80, "stamps": 0, "spend": 8_000}
    assert quote.after == {"points": 110, "stamps": 0, "spend": 11_000}
    assert offers(quote) == [("coffee", 0, "")]
    assert quote.offers[0].cost == ("points", 10)
    assert quote.refused is None
    assert quote.joining == []


def test_what_is_missing_is_said_with_the_reason(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 700))
    quote = quoted(cafe, alice)
    assert offers(quote) == [("coffee", 3, "insufficient")]
    refused = quote.offers[0].refused
    assert refused is not None
    (answer,) = post(cafe, takes(alice, at=later(hours=1)))
    assert answer.refused == refused


def test_what_comes_by_itself_and_what_can_be_handed_in(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 2_000), does(alice, facts.Visit(10)))
    _, taken = post(
        cafe, does(alice, facts.Birthday(), at=later(minutes=1)), takes(alice, at=later(minutes=2))
    )
    quote = quoted(cafe, alice)
    assert [voucher.reward for voucher in quote.vouchers] == ["candle", "coffee"]
    assert quote.vouchers[1] == taken.issued[0]
    later_on = quoted(cafe, alice, now=later(days=40))
    assert [voucher.reward for voucher in later_on.vouchers] == ["candle"]
    assert later_on.balances["stamps"] == 0  # the cake took them, in memory
    assert rows("SELECT count(*) FROM ledger_voucher") == [(2,)]


def test_somebody_unknown_hears_it_as_a_new_member(db: None) -> None:
    text = PROGRAM.replace(
        "earn:", "earn:\n  - {id: welcome, when: enrolment, award: {points: 12}}", 1
    )
    cafe = make_cafe(text)
    quote = quoted(cafe, None)
    assert [(line.unit, line.amount) for line in quote.joining] == [("points", 12)]
    assert (quote.balances["points"], quote.after["points"]) == (12, 42)
    assert offers(quote) == [("coffee", 0, "")]
    on_request = make_cafe(text.replace("enrolment: automatic\n", ""), name="On request")
    assert quoted(on_request, None).after["points"] == 42
    (alice,) = guests(on_request, 1)
    known = quoted(on_request, alice)
    assert (known.entries, offers(known)) == ([], [("coffee", 10, "not_a_member")])
    assert rows("SELECT count(*) FROM ledger_account") == [(0,)]


def test_paying_is_quoted_up_to_what_is_allowed_and_held(db: None) -> None:
    paying = "pay_with: {unit: points, most: 50 %, least: 20}\n"
    cafe = make_cafe(PROGRAM + paying)
    alice, bruno, chiara = guests(cafe, 3)
    post(cafe, bought(alice, 90_000), bought(bruno, 5_000), bought(chiara, 1_000))
    assert quoted(cafe, alice).payment == facts.Payment(1_500, 3_000, units=300)
    assert quoted(cafe, bruno).payment == facts.Payment(250, 3_000, units=50)
    too_few = quoted(cafe, chiara).payment
    assert isinstance(too_few, facts.Refused)
    assert too_few.code == "too_little"
    nothing = quoted(cafe, alice, Purchase((Line(0),), "EUR")).payment
    assert isinstance(nothing, facts.Refused)
    assert nothing.code == "share"
    (paid,) = post(cafe, does(bruno, facts.Payment(250, 3_000), at=later(hours=1)))
    assert paid.what == facts.Payment(250, 3_000, units=50)
    assert quoted(cafe, bruno, facts.Visit()).payment is None
    assert isinstance(quoted(make_cafe(name="Bakery"), None).payment, facts.Refused)


def test_what_all_share_is_asked_for_and_not_touched(db: None) -> None:
    town = make_cafe(TOWN.replace("stock: 7", "stock: 1"))
    alice, bruno = guests(town, 2)
    post(town, bought(alice, 2_000), bought(bruno, 2_000))
    assert ("lamp", 0, "") in offers(quoted(town, alice))
    post(town, takes(bruno, "lamp", at=later(minutes=1)))
    before = rows("SELECT * FROM ledger_budget ORDER BY name")
    assert ("lamp", 0, "sold_out") in offers(quoted(town, alice))
    early = facts.Action("early-bird")
    assert [line.amount for line in quoted(town, alice, early).entries] == [5]
    assert rows("SELECT * FROM ledger_budget ORDER BY name") == before


def test_a_basket_that_could_not_be_posted_says_so(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 2_000))
    wrong = quoted(cafe, alice, Purchase((Line(100),), "USD"))
    assert wrong.refused is not None
    assert wrong.refused.code == "currency"
    assert (wrong.entries, wrong.after) == ([], wrong.balances)
    assert offers(wrong) == [("coffee", 0, "")]


def test_who_went_over_into_somebody_else_is_that_one(
    cafe: Business, alice: int, bruno: int
) -> None:
    post(cafe, bought(alice, 2_000), bought(bruno, 100))
    post(cafe, does(alice, facts.Merge(bruno), at=later(minutes=1)))
    quote = quoted(cafe, alice)
    assert (quote.customer, quote.balances["points"]) == (bruno, 21)


def test_nobody_of_another_business_is_quoted(cafe: Business, alice: int) -> None:
    opposite = make_cafe(name="Bakery")
    assert quoting.quote(opposite.pk, alice, BASKET, now=NOW) is None
    assert quoting.quote(cafe.pk, 256, BASKET, now=NOW) is None
    assert quoted(cafe, alice).balances == {"points": 0, "stamps": 0, "spend": 0}


def test_a_till_whose_clock_is_behind_is_quoted_as_of_the_newest_event(
    cafe: Business, alice: int
) -> None:
    post(cafe, bought(alice, 2_000, at=later(hours=3)))
    quote = quoted(cafe, alice)
    assert (quote.balances["points"], quote.after["points"]) == (20, 50)


@pytest.mark.parametrize("name", ["starbucks", "points-and-tiers", "hyatt", "stamp-card", "toms"])
def test_what_was_quoted_is_what_the_posting_gives(name: str, db: None) -> None:
    """Of named programs, for somebody who comes back day after day and takes what they can."""
    text = (FOLDER / f"{name}.yaml").read_text()
    source = document.read(text)
    assert isinstance(source, program.Program)
    shop = businesses.create(name=name, kind="cafe", country="FR", currency=source.currency)
    assert not ledger.publish(shop.pk, text).problems
    (alice,) = guests(shop, 1)
    post(shop, does(alice, facts.Enrolment()))
    for day in range(1, 12):
        at = NOW + timedelta(days=day)
        ledger.sweep(shop.pk, now=at)
        what = Purchase((Line(4_250 * day, 2),), source.currency)
        quote = quoted(shop, alice, what, now=at)
        before = ledger.standing(shop.pk, alice, now=at)
        assert before is not None
        assert quote.balances == before.balances
        taken = [does(alice, facts.Redemption(one.reward), at=at) for one in quote.offers]
        for offer, fact in zip(quote.offers, taken, strict=True):
            with transaction.atomic():
                (answer,) = post(shop, fact, now=at)
                assert answer.refused == offer.refused, offer
                transaction.set_rollback(True)
        (answer,) = post(shop, Fact(customer=alice, at=at, what=what), now=at)
        assert [without_numbers(line) for line in quote.entries] == [
            without_numbers(line) for line in answer.entries
        ]
        assert quote.brings == [one.reward for one in answer.issued]
        assert (quote.level_before, quote.level) == (answer.level_before, answer.level)
        then = ledger.standing(shop.pk, alice, now=at)
        assert then is not None
        assert quote.after == then.balances


def without_numbers(line: ledger.EntryLine) -> ledger.EntryLine:
    return structs.replace(line, event=0, lot=0)


@pytest.mark.parametrize(
    ("text", "due"), [(PROGRAM, 1), (TOWN.replace("stock: 7", "stock: 9"), 3)], ids=["cafe", "town"]
)
def test_a_quote_is_one_statement_or_a_few_and_writes_nothing(
    db: None, text: str, due: int, counted: list[str]
) -> None:
    """Lots are read again where something is due, and at once where the program always asks; one
    statement more says what is left for all.
    """
    shop = make_cafe(text)
    (alice,) = guests(shop, 1)
    post(shop, bought(alice, 2_000), takes(alice, at=later(minutes=1)))
    tables = ("ledger_event", "ledger_entry", "ledger_lot", "ledger_account", "ledger_outbox")
    before = [rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]
    for now, most in ((later(hours=1), max(1, due - 1)), (later(days=400), due)):
        sent = len(counted)
        quoted(shop, alice, now=now)
        assert len(counted) - sent == most
    assert [rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables] == before
