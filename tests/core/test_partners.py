"""What partners owe for units given there, and are owed for units spent there."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec import structs

from habitue.core import facts, program
from habitue.core.facts import Payment, Redemption, Refund, Returned, Undo, Visit, VoucherUse
from habitue.core.program import Partner
from tests.core.cast import ALICE, BRUNO, COFFEE, SPEND, YEARLY, Stage, at, buys, cafe, picture
from tests.core.drawn import lawful

BAKERY = Partner("bakery", {"en": "Bakery"}, Fraction(3, 200), Fraction(1, 100))
BOOKSHOP = Partner("bookshop", {"en": "Bookshop"}, Fraction(1, 50), Fraction(1, 50))
AHEAD = structs.replace(BAKERY, account="prepaid")


def street(*partners: Partner, **given_: Any) -> Stage:
    return Stage(cafe(partners=partners or (BAKERY, BOOKSHOP), **given_))


def at_partner(amount: int, partner: str = "bakery", **line: Any) -> facts.Purchase:
    return structs.replace(buys(amount, **line), partner=partner)


def refusal(outcome: Any) -> str | None:
    return outcome.refused.code if outcome.refused else None


# --- post-paid -----------------------------------------------------------------------------------


def test_a_partner_owes_for_what_was_earned_there_rounded_for_each_event() -> None:
    stage = street()
    one = stage.post("2026-03-01", at_partner(300))
    assert one.tallies == {"issued bakery points": (3, 5)}  # 4.5 cents, half up
    stage.post("2026-03-02", at_partner(300))
    stage.post("2026-03-02", at_partner(1000, "bookshop"), BRUNO)
    stage.post("2026-03-03", buys(700))
    assert stage.totals == {
        "issued bakery points": (6, 10),
        "issued bookshop points": (10, 20),
    }


def test_only_units_that_can_be_spent_are_billed_and_a_welcome_is_the_houses_own() -> None:
    welcome = program.EarnRule("hi", "enrolment", (program.Fixed("points", Fraction(50)),))
    units = (program.Unit("points", decimals=1), SPEND)
    stage = street(units=units, rules=(*cafe().rules, YEARLY, welcome))
    stage.post("2026-03-01", at_partner(1000))
    assert stage.totals == {"issued bakery points": (100, 15)}


def test_a_name_that_is_no_partner_is_plain_text() -> None:
    stage = street()
    stage.post("2026-03-01", at_partner(300, "butcher"))
    assert (stage.has(), stage.totals) == (3, {})


def test_returns_and_mistakes_take_back_what_was_billed_to_the_cent() -> None:
    stage = street()
    lines = (facts.Line(300), facts.Line(100), facts.Line(100))
    bought = stage.post("2026-03-01", facts.Purchase(lines, "EUR", partner="bakery"))
    assert bought.tallies == {"issued bakery points": (5, 8)}  # 7.5 cents
    back = stage.post("2026-03-02", Refund(bought.event.id, (Returned(1),)))
    assert back.tallies == {"issued bakery points": (-1, -2)}
    undone = stage.post("2026-03-02", Undo(bought.event.id))
    assert undone.tallies == {"issued bakery points": (-4, -6)}
    assert stage.totals == {"issued bakery points": (0, 0)}


@lawful
@given(
    some.lists(some.tuples(some.integers(0, 999), some.integers(1, 3)), min_size=1, max_size=4),
    some.data(),
)
def test_what_is_billed_after_returns_is_what_the_kept_goods_are_billed(
    goods: list[tuple[int, int]], data: some.DataObject
) -> None:
    lines = tuple(facts.Line(price * pieces, pieces) for price, pieces in goods)
    back = [data.draw(some.integers(0, pieces)) for _, pieces in goods]
    stage, kept = street(), street()
    bought = stage.post("2026-03-01", facts.Purchase(lines, "EUR", partner="bakery"))
    for number, pieces in enumerate(back):
        for _ in range(pieces):
            stage.post("2026-03-02", Refund(bought.event.id, (Returned(number),)))
    left = tuple(
        facts.Line(price * (pieces - gone), pieces - gone)
        for (price, pieces), gone in zip(goods, back, strict=True)
        if pieces > gone
    )
    if left:
        kept.post("2026-03-01", facts.Purchase(left, "EUR", partner="bakery"))
    held = stage.account().memory.tallies
    assert held == (kept.account().memory.tallies if left else {})
    assert stage.totals.get("issued bakery points", (0, 0)) == held.get(
        "issued bakery points", (0, 0)
    )


def test_a_partner_is_owed_for_what_it_handed_over_or_took_as_payment() -> None:
    worth = program.Unit("points", worth=Fraction(1, 20))
    stage = street(units=(worth,), pay_with=program.PayWith("points"))
    stage.post("2026-03-01", buys(10_000))
    stage.post("2026-03-02", Redemption("coffee", at_once=True, partner="bakery"))
    assert stage.totals == {"redeemed bakery points": (10, 10)}
    taken = stage.post("2026-03-03", Redemption("coffee", partner="bakery"))
    assert taken.tallies == {}  # nobody has handed anything over yet
    used = stage.post("2026-03-04", VoucherUse(taken.event.id, partner="bookshop"))
    assert used.tallies == {"redeemed bookshop points": (10, 20)}
    paid = stage.post("2026-03-05", Payment(100, 500, partner="bookshop"))
    assert paid.tallies == {"redeemed bookshop points": (20, 40)}
    stage.post("2026-03-05", Undo(paid.event.id))
    assert stage.totals == {
        "redeemed bakery points": (10, 10),
        "redeemed bookshop points": (10, 20),
    }


# --- prepaid -------------------------------------------------------------------------------------


def ahead(paid: int) -> Stage:
    stage = street(AHEAD, BOOKSHOP)
    stage.totals["funded bakery"] = (0, paid)
    return stage


def test_a_partner_that_paid_ahead_gives_units_as_far_as_that_goes() -> None:
    stage = ahead(16)
    stage.post("2026-03-01", at_partner(700))
    assert stage.totals["prepaid bakery"] == (0, 11)
    refused = stage.post("2026-03-02", at_partner(400), BRUNO)
    assert refused.refused is not None
    assert refused.refused.code == "partner_funds"
    assert refused.refused.values == {"partner": "bakery", "needed": 6, "left": 5}
    assert "Bakery" in refused.refused.sentence
    assert stage.post("2026-03-02", at_partner(300), BRUNO).refused is None
    assert stage.totals["prepaid bakery"] == (0, 16)
    assert refusal(stage.post("2026-03-03", at_partner(100))) == "partner_funds"
    assert refusal(stage.post("2026-03-03", at_partner(100, "bookshop"))) is None
    stage.totals["funded bakery"] = (0, 30)
    assert refusal(stage.post("2026-03-03", at_partner(100))) is None


def test_what_is_refused_for_want_of_funds_leaves_no_trace() -> None:
    stage = ahead(3)
    stage.post("2026-03-01", at_partner(200))
    before = deepcopy((picture(stage.account()), stage.totals))
    assert refusal(stage.post("2026-03-02", at_partner(900))) == "partner_funds"
    assert (picture(stage.account()), stage.totals) == before
    assert refusal(stage.post("2026-03-02", at_partner(900), BRUNO)) == "partner_funds"
    assert stage.accounts[BRUNO].enrolled_on is None


def test_what_earns_nothing_and_what_is_spent_needs_no_funds() -> None:
    stage = ahead(0)
    stage.post("2026-03-01", buys(2000))
    assert refusal(stage.post("2026-03-02", Visit(partner="bakery"))) is None
    done = stage.post("2026-03-02", Redemption("coffee", at_once=True, partner="bakery"))
    assert refusal(done) is None
    assert stage.totals["prepaid bakery"] == (0, -10)
    assert refusal(stage.post("2026-03-03", at_partner(600))) is None  # 9 of the 10 it is owed
    assert refusal(stage.post("2026-03-03", at_partner(600))) == "partner_funds"


def test_a_return_fills_the_account_again_and_asks_for_no_funds_when_folded() -> None:
    stage = ahead(15)
    first = stage.post("2026-03-01", at_partner(500))
    stage.post("2026-03-02", at_partner(400))
    assert stage.totals["prepaid bakery"] == (0, 14)
    stage.totals["funded bakery"] = (0, 0)
    back = stage.post("2026-03-03", Refund(first.event.id))
    assert back.tallies == {"issued bakery points": (-5, -8), "prepaid bakery": (0, -8)}
    assert stage.has() == 4


def test_a_late_till_does_not_refuse_what_was_accepted_before() -> None:
    stage = ahead(14)
    stage.post("2026-03-05", at_partner(900))
    stage.totals["funded bakery"] = (0, 16)
    late = stage.post("2026-03-01", at_partner(100))
    assert late.refused is None
    assert stage.has() == 10
    assert stage.totals["prepaid bakery"] == (0, 16)


def test_two_partners_in_one_batch_each_see_their_own_account() -> None:
    stage = ahead(8)
    moment = at("2026-03-01")
    events = [
        facts.Event(256 * (1 + number), who, moment, at_partner(500, partner))
        for number, (who, partner) in enumerate(
            [(ALICE, "bakery"), (BRUNO, "bookshop"), (BRUNO, "bakery"), (ALICE, "bookshop")]
        )
    ]
    codes = [refusal(one) for one in stage.run(events)]
    assert codes == [None, None, "partner_funds", None]


@pytest.mark.parametrize(("currency", "owed"), [("JPY", 2), ("EUR", 150), ("KWD", 1500)])
def test_bills_are_in_minor_units_of_the_currency(currency: str, owed: int) -> None:
    stage = street(currency=currency)
    bought = facts.Purchase((facts.Line(10_000),), currency, partner="bakery")
    assert stage.post("2026-03-01", bought).tallies == {"issued bakery points": (100, owed)}
    assert COFFEE.cost == ("points", 10)
