"""Bad events are told what is wrong: each by its code, a whole sentence, and the bad value."""

from __future__ import annotations

from typing import Any

import pytest

from habitue.core import facts
from habitue.core.facts import Event, Line, Purchase, Refused, Returned
from tests.core.cast import ALICE, BRUNO, at

MOST = 10**13
MANY = 10**6

PIECES = "A quantity must be between 1 and 1,000,000."
BOUGHT = "A quantity must be between 1 and 1,000,000; goods brought back are a refund."
MONEY = "An amount must be 0 or more, and not huge; money given back is a refund."
GIFT = "A gift must be more than nothing, and not huge."
BY_HAND = "An adjustment must not be zero or huge."
SHARE = "The part paid with units exceeds the total."
ORDER = "A payment is of some money, and of one order."
BACK = "A refund is by lines, by a positive amount, or whole."
RETURNED = "A returned quantity must be 1 or more."
FEE = "A fee must be 0 or more, and not huge."
HUGE = "A number among the attributes is huge."
LINES = "A purchase has between 1 and 1,000 lines."
ONESELF = Refused("oneself", "Giver and receiver are the same member.")


def problem(what: facts.What) -> Refused | None:
    return facts.problem(Event(256, ALICE, at("2026-03-02"), what), currency="EUR")


def bought(amount: int = 100, quantity: int = 1, *, covered: int = 0, **line: Any) -> Purchase:
    """Two lines, so that the second one is looked at too."""
    return Purchase((Line(100), Line(amount, quantity, **line)), "EUR", covered=covered)


@pytest.mark.parametrize(
    ("what", "code", "sentence", "given"),
    [
        (Purchase((), "EUR"), "lines", LINES, 0),
        (Purchase((Line(1),) * 1_001, "EUR"), "lines", LINES, 1_001),
        (bought(quantity=0), "quantity", BOUGHT, 0),
        (bought(quantity=MANY + 1), "quantity", BOUGHT, MANY + 1),
        (bought(-1), "amount", MONEY, -1),
        (bought(MOST + 1), "amount", MONEY, MOST + 1),
        (bought(5, discount=-1), "amount", MONEY, 5),
        (bought(5, discount=MOST + 1), "amount", MONEY, 5),
        (bought(5, tax=-1), "amount", MONEY, 5),
        (bought(5, tax=MOST + 1), "amount", MONEY, 5),
        (bought(covered=201), "covered", SHARE, 201),
        (bought(covered=-1), "covered", SHARE, -1),
        (facts.Visit(0), "quantity", PIECES, 0),
        (facts.Visit(MANY + 1), "quantity", PIECES, MANY + 1),
        (facts.Action("share", 0), "quantity", PIECES, 0),
        (facts.BenefitUse("lounge", 0), "quantity", PIECES, 0),
        (facts.Payment(0, 100), "amount", ORDER, 0),
        (facts.Payment(101, 100), "amount", ORDER, 101),
        (facts.Payment(1, MOST + 1), "amount", ORDER, 1),
        (facts.FeePaid(-1, "EUR"), "amount", FEE, -1),
        (facts.FeePaid(MOST + 1, "EUR"), "amount", FEE, MOST + 1),
        (facts.Adjustment("points", 0, "a gift"), "amount", BY_HAND, 0),
        (facts.Adjustment("points", MOST + 1, "a gift"), "amount", BY_HAND, MOST + 1),
        (facts.Adjustment("points", -MOST - 1, "a slip"), "amount", BY_HAND, -MOST - 1),
        (facts.Transfer("points", 0, BRUNO), "amount", GIFT, 0),
        (facts.Transfer("points", MOST + 1, BRUNO), "amount", GIFT, MOST + 1),
        (facts.Refund(512, amount=-1), "refund", BACK, 512),
        (facts.Refund(512, (Returned(0),), 1), "refund", BACK, 512),
        (facts.Refund(512, (Returned(0, 0),)), "quantity", RETURNED, 0),
        (facts.Refund(512, (Returned(0), Returned(-1, 3))), "quantity", RETURNED, 3),
        (facts.Visit(attributes={"age": 3, "steps": MOST + 1}), "attribute", HUGE, MOST),
        (facts.Action("leg", attributes={"miles": -MOST - 1}), "attribute", HUGE, MOST),
        (Purchase((Line(1),), "EUR", attributes={"n": MOST + 1}), "attribute", HUGE, MOST),
    ],
)
def test_a_bad_number_is_refused_with_a_sentence_and_given_back(
    what: facts.What, code: str, sentence: str, given: int
) -> None:
    assert problem(what) == Refused(code, sentence, {"given": given})


@pytest.mark.parametrize(
    "what",
    [
        Purchase((Line(1),) * 1_000, "EUR"),
        bought(0),
        bought(MOST, MANY, discount=MOST, tax=MOST),
        bought(covered=200),
        facts.Visit(1),
        facts.Visit(MANY),
        facts.Action("share", MANY),
        facts.BenefitUse("lounge", MANY),
        facts.Payment(1, 1),
        facts.Payment(MOST, MOST),
        facts.FeePaid(0, "EUR"),
        facts.FeePaid(MOST, "EUR"),
        facts.Adjustment("points", MOST, "a gift"),
        facts.Adjustment("points", -MOST, "a slip"),
        facts.Transfer("points", 1, BRUNO),
        facts.Transfer("points", MOST, BRUNO),
        facts.Merge(BRUNO),
        facts.Refund(512),
        facts.Refund(512, amount=1),
        facts.Refund(512, (Returned(0), Returned(1))),
        facts.Visit(attributes={"steps": MOST, "low": -MOST, "name": "x", "own": True}),
        facts.Passage(),
    ],
)
def test_what_is_just_within_its_bounds_is_no_problem(what: facts.What) -> None:
    assert problem(what) is None


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (Purchase((Line(1),), "USD"), "The purchase is in 'USD', the program counts in EUR."),
        (facts.FeePaid(1, "USD"), "The fee was paid in 'USD', the program counts in EUR."),
    ],
)
def test_money_of_another_currency_is_refused(what: facts.What, sentence: str) -> None:
    assert problem(what) == Refused("currency", sentence, {"given": "USD", "expected": "EUR"})


def test_nobody_gives_to_oneself_or_goes_over_into_oneself() -> None:
    assert problem(facts.Transfer("points", 5, ALICE)) == ONESELF
    assert problem(facts.Merge(ALICE)) == ONESELF


@pytest.mark.parametrize("reason", ["", " \t"])
def test_a_correction_by_hand_has_a_reason(reason: str) -> None:
    refused = problem(facts.Adjustment("points", 5, reason))
    assert refused == Refused("reason", "An adjustment needs a reason.")


def test_a_purchase_comes_to_all_its_lines() -> None:
    assert [bought(50).total, Purchase((Line(70),), "EUR").total] == [150, 70]


def test_rules_listen_to_kinds_and_to_the_names_of_actions() -> None:
    share = facts.Action("share")
    assert (facts.kind(share), facts.trigger(share)) == ("action", "share")
    assert (facts.kind(facts.CalendarDay()), facts.trigger(facts.CalendarDay())) == ("date", "date")
