"""Programs as sentences: all there is to say is said, in every language, with titles."""

from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given, settings

from habitue.core import advice, document
from habitue.core.program import Program
from habitue.members.models import LANGUAGES
from habitue.pages.program import advising, changes, rules, saying, trying
from tests.core import anything

ON = date(2026, 3, 2)


def told(of: Program, language: str) -> dict[str, list[str]]:
    """Each section's sentences."""
    with override(language):
        return {
            section.id: [said for line in section.lines for said in line.sentences]
            for section in rules.sections(of, ON)
        }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(trying.known()))
def test_every_known_program_is_said_in_every_language(name: str, language: str) -> None:
    of = trying.known()[name]
    found = told(of, language)
    sentences = [said for each in found.values() for said in each]
    assert all(said and said[-1] in ".!?" and "%(" not in said for said in sentences)
    has = {
        "units": of.units, "rewards": of.rewards or of.pay_with, "tiers": of.tiers, "fee": of.fee,
        "benefits": of.benefits, "draws": of.draws, "causes": of.causes, "partners": of.partners,
        "dividend": of.dividend,
    }  # fmt: skip
    assert {section for section, there in has.items() if there} <= set(found)
    with override(language):
        advised = [advising.sentence(of, one) for one in advice.on(of)]
        assert all("{" not in said for said in advised), advised


def test_dates_are_said_with_their_last_day() -> None:
    of = trying.known()["starbucks"]
    assert "From December 1, 2020 to December 31, 2020." in told(of, "en")["promotions"]


def test_a_price_that_is_over_stands_last_and_says_so() -> None:
    with override("en"):
        (rewards,) = [
            one for one in rules.sections(trying.known()["starbucks"], ON) if one.id == "rewards"
        ]
    assert [line.over for line in rewards.lines] == sorted(line.over for line in rewards.lines)
    assert rewards.lines[-1].over


@pytest.mark.parametrize(
    ("language", "many", "one"),
    [("fr", "points", "point"), ("it", "punti", "punto"), ("it", "stelle", "stella"),
     ("en", "stamps", "stamp"), ("en", "miles", "mile"), ("it", "credito", "credito")],
)  # fmt: skip
def test_one_of_a_unit_is_said_in_the_singular(language: str, many: str, one: str) -> None:
    with override(language):
        assert saying.singular(many) == one


def test_whole_money_is_said_without_cents() -> None:
    with override("en"):
        assert saying.cash(500, "EUR") == "€5"
        assert saying.cash(1250, "EUR") == "€12.50"
        assert saying.cash(100_000, "EUR") == "€1,000"
        assert saying.cash(500, "JPY") == "¥500"
        assert saying.cash(1_000, "KWD") == saying.cash(1_000, "KWD").replace(".000", "")
    with override("fr"):
        assert saying.cash(100_000, "EUR").replace("\u202f", " ").replace("\xa0", " ") == "1 000 €"


def test_every_condition_has_words() -> None:
    """A program that asks for everything at once."""
    text = """\
program: all
title: All
currency: EUR
timezone: Europe/Paris
units: {points: {qualifying: true}}
tiers: {basis: {unit: points}, levels: [{id: base, from: 0}, {id: gold, from: 100}]}
earn:
  - id: everything
    when: purchase
    award: {points: 1, per: 1.00}
    where:
      all:
        - any: [{channel: app}, {place: quay}, {partner: bakery}, {tender: cash}]
        - not: {tier: gold}
        - {weekday: [monday, friday]}
        - {hours: "08:00-10:30"}
        - {minimum_order: 20.00}
        - {first_purchase: true}
        - {member_for: 1 month}
        - {attribute: {color: red}}
        - {segment: vip}
        - {streak: 3 days}
"""
    found = document.read(text)
    if isinstance(found, list):
        pytest.fail("; ".join(problem.text() for problem in found))
    (said,) = [one for one in told(found, "en")["earn"] if one.startswith("Only if")]
    parts = ("“app”", "not so that the level is gold", "Monday or Friday", "8:00", "€20 or more")
    more = ("first purchase", "1 month ago", "“red”", "“vip”", "3 days in a row")
    for part in (*parts, *more):
        assert part in said, part


@settings(max_examples=60, deadline=None)
@given(of=anything.any_programs())
def test_any_program_can_be_said_and_differs_from_none_of_its_own(of: Program) -> None:
    assert told(of, "en")["basics"]
    assert changes.between(of, of, ON) == ([], [])
