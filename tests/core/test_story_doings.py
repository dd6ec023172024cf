"""Every phrase of a story means exactly one thing, and a wrong one is refused with its sentence."""

from __future__ import annotations

from datetime import date

import pytest

from habitue.core import facts
from habitue.core.story import doings
from tests.core.quarter import refused, told

DAY = date(2026, 5, 12)


def bought(amount: int) -> facts.Purchase:
    return facts.Purchase((facts.Line(amount),), "EUR")


PHRASES: dict[str, doings.Doing] = {
    "joins": facts.Enrolment(),
    "buys 80.00": bought(8_000),
    "buys 80": bought(8_000),
    "buys 20.00 paying 4.50 with units": doings.PaysPart(bought(2_000), 450),
    "returns 20.00 of 2026-05-12": doings.Returns(DAY, amount=2_000),
    "returns everything of 2026-05-12": doings.Returns(DAY, amount=0),
    "takes tea": facts.Redemption("tea"),
    "takes tea at once": facts.Redemption("tea", at_once=True),
    "uses tea": doings.Uses("tea", 0),
    "uses tea choosing 1": doings.Uses("tea", 0),
    "uses tea choosing 2": doings.Uses("tea", 1),
    "enjoys delivery": facts.BenefitUse("delivery"),
    "visits": facts.Visit(1),
    "visits 2": facts.Visit(2),
    "scans": facts.Visit(1),
    "scans 3": facts.Visit(3),
    "acts share": facts.Action("share"),
    "acts delivery of 2026-05-12": doings.Concerns(facts.Action("delivery"), DAY),
    "has birthday": facts.Birthday(),
    "has anniversary": facts.Anniversary(),
    "has date": facts.CalendarDay(),
    "is approved": doings.Judged(True),
    "is rejected": doings.Judged(False),
    "is in vip": facts.Segments(("vip",)),
    "is in vip, regulars": facts.Segments(("vip", "regulars")),
    "gives 50 points to bruno": doings.Gives("points", 50, "bruno"),
    "gives 2.5 miles to bruno": doings.Gives("miles", 25, "bruno"),
    "is the same as bruno": doings.IsThe("bruno", same=True),
    "is not the same as bruno": doings.IsThe("bruno", same=False),
    "pays fee 49.00": facts.FeePaid(4_900, "EUR"),
    "fails to pay": facts.FeeFailed(),
    "is paid back": facts.FeeRefunded(),
    "cancels": facts.Cancellation(),
    "wins 1 of weekly": doings.Wins("weekly", 0),
    "wins 12 of weekly": doings.Wins("weekly", 11),
    "undoes last": doings.UndoesLast(),
    "waits": facts.Passage(),
    "{buys: 80.00}": bought(8_000),
    "{buys: 80.00, paying: 5.00}": doings.PaysPart(bought(8_000), 500),
    "{buys: 80.00, partner: bookshop, channel: online, place: quay, tender: card, covered: 1.00}": (
        facts.Purchase(
            (facts.Line(8_000),),
            "EUR",
            channel="online",
            place="quay",
            partner="bookshop",
            tender="card",
            covered=100,
        )
    ),
    "{buys: [{amount: 4.00, quantity: 2, sku: ESP, category: tea, labels: [new, fair],"
    " discount: 0.50, tax: 0.20}, {amount: 1.00, labels: new}], attributes: {table: 4}}": (
        facts.Purchase(
            (
                facts.Line(400, 2, "ESP", "tea", ("new", "fair"), 50, 20),
                facts.Line(100, labels=("new",)),
            ),
            "EUR",
            attributes={"table": 4},
        )
    ),
    "{returns: [{line: 1}, {line: 3, quantity: 2}], of: 2026-05-12}": doings.Returns(
        DAY, (facts.Returned(0, 1), facts.Returned(2, 2))
    ),
    "{visits: 2, channel: app, place: quay, partner: bookshop, attributes: {dog: true}}": (
        facts.Visit(2, "app", "quay", "bookshop", {"dog": True})
    ),
    "{acts: leg, quantity: 3, channel: app, place: quay, partner: airline,"
    " attributes: {distance: 3459, class: J, own: false}}": facts.Action(
        "leg", 3, "app", "quay", "airline", {"distance": 3459, "class": "J", "own": False}
    ),
    "{takes: tea, partner: bookshop}": facts.Redemption("tea", partner="bookshop"),
    "{uses: tea, partner: bookshop}": doings.Uses("tea", 0, "bookshop"),
    "{enjoys: delivery, quantity: 2, order: 30.00}": facts.BenefitUse("delivery", 2, 3_000),
    "{adjusts: {miles: -2.5}, reason: sorry}": facts.Adjustment("miles", -25, "sorry"),
}


def step(phrase: str) -> str:
    """A phrase with a comma is quoted, as YAML asks for within braces."""
    return f"- {{at: 2026-06-01, alice: {phrase if phrase[0] == '{' else repr(phrase)}}}"


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_phrase_means_what_it_says(phrase: str) -> None:
    (one,) = told(step(phrase)).steps
    assert one.doing == PHRASES[phrase]
    assert one.member == "alice"


def test_every_phrase_that_is_offered_is_understood_but_for_names() -> None:
    """The list that a wrong phrase is answered with; `mini` and `share` are names of elsewhere."""
    offered = [phrase.replace("mini", "tea") for phrase in doings.VERBS]
    assert {phrase for phrase in offered if not told(step(phrase)).steps} == set()
    assert len(set(doings.VERBS)) == len(doings.VERBS)


SAID = {
    "buys 80.00": "buys 80.00",
    "{buys: 14.35, tender: preloaded card}": "buys 14.35, tender preloaded card",
    "{buys: [{amount: 1.00, labels: [a, b]}, {amount: 2.00}]}": (
        "buys (amount 1.00, labels (a); (b)); (amount 2.00)"
    ),
}


@pytest.mark.parametrize("phrase", SAID)
def test_the_trace_says_a_step_in_a_row(phrase: str) -> None:
    (one,) = told(step(phrase)).steps
    assert one.said == SAID[phrase]


FAULTS = {
    "wins 0 of weekly": f'nobody knows what "wins 0 of weekly" means; did you mean "wins 1 of '
    f'weekly"? Allowed: {", ".join(doings.VERBS)}',
    "uses tae": 'unknown reward "tae"; did you mean "tea"? Allowed: tea, plant, give, five',
    "enjoys delivry": 'unknown benefit "delivry"; did you mean "delivery"? Allowed: delivery',
    "wins 1 of weakly": 'unknown draw "weakly"; did you mean "weekly"? Allowed: weekly',
    "gives 5 point to bruno": 'unknown unit "point"; did you mean "points"? '
    "Allowed: points, miles, spend, dividend",
    "gives 0.5 points to bruno": '0.5 has more decimals than the unit "points", '
    "which has no decimals",
    "gives 5.. points to bruno": '"gives 5.. points to bruno" is not understood',
    "buys 0": "0 is not above 0",
    "buys 1..0": '"buys 1..0" is not understood',
    "pays fee 49.005": "49.005 has more decimals than the currency, which has 2 decimals",
    "returns 5.00 of 2026-02-30": "there is no day 2026-02-30 in the calendar",
    "returns 5.00 of May": 'nobody knows what "returns 5.00 of May" means; did you mean "returns '
    f'20.00 of 2026-05-12"? Allowed: {", ".join(doings.VERBS)}',
    "{takes: te}": 'unknown reward "te"; did you mean "tea"? Allowed: tea, plant, give, five',
}


@pytest.mark.parametrize("phrase", FAULTS)
def test_what_cannot_be_meant_is_refused(phrase: str) -> None:
    assert refused(step(phrase)) == [f"1 [0].alice: {FAULTS[phrase]}"]


FORM_FAULTS = {
    "{bys: 80.00}": [
        '1 [0].alice.bys: unknown word "bys"; did you mean "buys"? Allowed: buys, returns, visits, '
        "acts, takes, uses, enjoys, adjusts"
    ],
    "{}": ["1 [0].alice: expected what happened, such as buys 80.00, found a mapping"],
    "{buys: 1.00, quantity: 2}": [
        '1 [0].alice.quantity: unknown word "quantity". Allowed: buys, tender, covered, paying, '
        "channel, place, partner, attributes"
    ],
    "{returns: [{line: 1}]}": ['1 [0].alice: "of" is missing'],
    "{returns: [{quantity: 1}], of: 2026-05-12}": ['1 [0].alice.returns[0]: "line" is missing'],
    "{returns: [{line: 0}], of: 2026-05-12}": [
        "1 [0].alice.returns[0].line: 0 is not between 1 and 1,000"
    ],
    "{returns: [{line: 1001}], of: 2026-05-12}": [
        "1 [0].alice.returns[0].line: 1001 is not between 1 and 1,000"
    ],
    "{buys: [{sku: tea}]}": ['1 [0].alice.buys[0]: "amount" is missing'],
    "{buys: [{amount: 1.00, quantity: 0}]}": [
        "1 [0].alice.buys[0].quantity: 0 is not between 1 and 1,000,000"
    ],
    "{visits: 1000001}": ["1 [0].alice.visits: 1000001 is not between 1 and 1,000,000"],
    "{visits: 1, attributes: J}": [
        '1 [0].alice.attributes: expected a mapping such as {distance: 3459}, found "J"'
    ],
    "{visits: 1, attributes: {class: [J]}}": [
        "1 [0].alice.attributes.class: expected a value, found a list"
    ],
    f"{{visits: 1, attributes: {{class: {'x' * 201}}}}}": [
        "1 [0].alice.attributes.class: a text is one line of at most 200 characters"
    ],
    "{visits: 1, attributes: {class: J, class: D}}": [
        '1 [0].alice.attributes.class: "class" is given twice'
    ],
    "{buys: 1.005}": [
        "1 [0].alice.buys: 1.005 has more decimals than the currency, which has 2 decimals"
    ],
    "{buys: [{amount: 1.00, cost: 2.00}]}": [
        '1 [0].alice.buys[0].cost: unknown word "cost". Allowed: amount, '
        "quantity, sku, category, labels, discount, tax"
    ],
    "{adjusts: {points: 1, miles: 2}, reason: sorry}": [
        "1 [0].alice.adjusts: expected a number of one unit, found a mapping"
    ],
    "{adjusts: {points: 0.5}, reason: sorry}": [
        '1 [0].alice.adjusts.points: 0.5 has more decimals than the unit "points", '
        "which has no decimals"
    ],
    "{adjusts: {points: many}, reason: sorry}": [
        '1 [0].alice.adjusts.points: expected a number of points, found "many"'
    ],
    "{adjusts: {point: 1}, reason: sorry}": [
        "1 [0].alice.adjusts: expected a number of one unit, found a mapping",
        '1 [0].alice.adjusts.point: unknown word "point"; did you mean "points"? '
        "Allowed: points, miles, spend, dividend",
    ],
    "{adjusts: {points: 1}}": ['1 [0].alice: "reason" is missing'],
    "{uses: tea, choosing: 2}": [
        '1 [0].alice.choosing: unknown word "choosing". Allowed: uses, partner'
    ],
    "{takes: Tea}": ['1 [0].alice.takes: "Tea" is not a name; use small letters, digits, - and _'],
}


@pytest.mark.parametrize("form", FORM_FAULTS)
def test_a_wrong_mapping_is_refused_where_it_is_wrong(form: str) -> None:
    assert refused(step(form)) == FORM_FAULTS[form]


def test_forms_that_stories_share_with_programs_are_written_and_described() -> None:
    """Nobody writes stories out today; the forms can, as every form of a file."""
    from habitue.core.document.page import Sheet

    sheet = Sheet(decimals={"points": 0})
    lines = (facts.Line(400, 2, "ESP"), facts.Line(100, labels=("new",)))
    assert doings.Basket().write(lines, sheet) == [
        {"amount": "4.00", "quantity": "2", "sku": "ESP"},
        {"amount": "1.00", "labels": "new"},
    ]
    assert [set(form) for form in doings.Basket().schema()["anyOf"]] == [
        {"type", "exclusiveMinimum"},
        {"type", "items", "minItems", "maxItems"},
    ]
    assert doings.Attributes().write({"class": "J"}, sheet) == {"class": "J"}
    assert doings.Attributes().schema() == {"type": "object"}
    assert doings.Correction().write(("points", -5), sheet) == {"points": -5}
    assert doings.Correction().schema()["additionalProperties"] == {"type": "number", "minimum": 0}


UNREADABLE = {
    "{buys: much}": 'buys: expected an amount of money such as 12.50, found "much"',
    "{returns: [], of: 2026-05-12}": "returns: the list is empty; it needs 1 or more",
    "{returns: [{line: 1}], of: May}": 'of: expected a date such as 2026-05-12, found "May"',
    "{visits: often}": 'visits: expected a whole number, found "often"',
    "{acts: []}": "acts: expected a name, found a list",
    "{takes: []}": "takes: expected a name, found a list",
    "{uses: []}": "uses: expected a name, found a list",
    "{enjoys: []}": "enjoys: expected a name, found a list",
    "{adjusts: 5, reason: sorry}": 'adjusts: expected a number of one unit, found "5"',
    "{adjusts: {points: 5}, reason: []}": "reason: expected a text, found a list",
}


@pytest.mark.parametrize("form", UNREADABLE)
def test_what_a_form_is_about_must_be_readable(form: str) -> None:
    assert refused(step(form)) == [f"1 [0].alice.{UNREADABLE[form]}"]
