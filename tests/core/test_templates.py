"""A template's sentence, its blanks, and what does not fit: each a sentence, none a surprise."""

from __future__ import annotations

from fractions import Fraction

import pytest

from habitue.core import document, program, templates
from habitue.core.templates import Template

CARD = """\
template: card
title: {en: Card, fr: Carte, it: Tessera}
says: {en: "After {count}, {gift}.", fr: "Après {count}, {gift}.", it: "Dopo {count}, {gift}."}
blanks:
  count: {kind: whole, least: 3, most: 30, start: 10}
  gift: {kind: text, most: 20, start: {en: tea, fr: thé, it: tè}}
  price: {kind: money, least: 0.50, most: 20.00, start: 2.00}
  extra: {kind: whole, least: 0, most: 5, start: 0}
program:
  program: card
  title: {"{language}": "{sentence}"}
  currency: "{currency}"
  timezone: "{timezone}"
  units: {stamps: {worth: "{price / count}"}}
  earn:
    - {id: scan, when: visit, award: {stamps: 1}}
    - {if: extra, id: extra, when: enrolment, award: {stamps: "{extra}"}}
  rewards:
    - {id: free, cost: {stamps: "{count + extra}"}, gives: {product: "{gift}"}}
"""


def card(text: str = CARD) -> Template:
    found = templates.read(text)
    assert isinstance(found, Template), [problem.text() for problem in found]
    return found


def fill(**values: templates.blanks.Value) -> str | list[templates.Misfit]:
    return templates.fill(card(), values, language="en", currency="EUR", timezone="Europe/Rome")


def read(**values: templates.blanks.Value) -> program.Program:
    text = fill(**values)
    assert isinstance(text, str), text
    found = document.read(text)
    assert isinstance(found, program.Program), [problem.text() for problem in found]
    return found


def test_the_sentence_says_what_the_program_does() -> None:
    of = read(count=12, gift="a cup of tea", price=Fraction(3), extra=2)
    assert of.title == {"en": "After 12, a cup of tea."}
    assert of.rewards[0].cost == ("stamps", 14)
    assert of.units[0].worth == Fraction(1, 4)
    assert [rule.id for rule in of.rules] == ["scan", "extra"]
    assert (of.currency, of.timezone) == ("EUR", "Europe/Rome")


def test_what_is_not_filled_keeps_what_it_starts_with() -> None:
    of = read()
    assert of.title == {"en": "After 10, tea."}
    assert [rule.id for rule in of.rules] == ["scan"]  # nothing extra, no rule for it
    assert of.rewards[0].cost == ("stamps", 10)


def test_words_stay_words_whatever_they_look_like() -> None:
    for words in ("12", "no", "null", "{count}", "a: b #c", "'", "- x"):
        assert read(gift=words).rewards[0].gifts[0].name == words


WRONG: dict[str, tuple[dict[str, templates.blanks.Value], str, str]] = {
    "too little": ({"count": 2}, "range", '"count" is between 3 and 30'),
    "too much": ({"price": Fraction(21)}, "range", '"price" is between 0.50 and 20.00'),
    "too fine": ({"price": Fraction("1.005")}, "decimals", '"price" has at most 2 decimals'),
    "half a visit": ({"count": Fraction(7, 2)}, "decimals", '"count" has at most 0 decimals'),
    "a word for a number": ({"count": "ten"}, "type", '"count" is a number'),
    "a number for a word": ({"gift": 5}, "type", '"gift" is a text'),
    "too long": ({"gift": "x" * 21}, "text", '"gift" has at most 20 characters'),
    "empty": ({"gift": " "}, "text", '"gift" is one line of text, without spaces around it'),
    "two lines": ({"gift": "a\nb"}, "text", '"gift" is one line of text, without spaces around it'),
    "no such blank": ({"cost": 5}, "unknown", 'there is no blank "cost"'),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_does_not_fit_is_a_sentence(fault: str) -> None:
    values, code, sentence = WRONG[fault]
    found = fill(**values)
    assert isinstance(found, list)
    (wrong,) = found
    assert (wrong.code, wrong.sentence) == (code, sentence)
    assert wrong.blank == next(iter(values))


def test_all_misfits_are_named_at_once() -> None:
    wrong = fill(count=1, gift="", price=Fraction(100))
    assert [one.blank for one in wrong if isinstance(one, templates.Misfit)] == [
        "count",
        "gift",
        "price",
    ]


def test_a_currency_without_cents_has_prices_of_its_own() -> None:
    blank = card().blanks["price"]
    assert blank.bounds("JPY") == (Fraction(50), Fraction(2000))
    assert blank.first("en", "JPY") == 200
    assert blank.first("en", "KWD") == 2


def test_a_door_may_write_numbers_as_its_reader_does() -> None:
    said = templates.sentence(
        card(),
        {"count": 1200, "gift": "thé"},
        language="fr",
        currency="EUR",
        show=lambda blank, value: f"«{value}»",
    )
    assert said == "Après «10», «thé»."  # 1200 does not fit: the start stands


def test_a_sentence_too_long_for_a_title_gives_way_to_the_templates() -> None:
    text = templates.fill(
        card(), {}, language="fr", currency="EUR", timezone="Europe/Paris", said="x" * 201
    )
    assert isinstance(text, str)
    found = document.read(text)
    assert isinstance(found, program.Program)
    assert found.title == {"fr": "Carte"}


FAULTS = {
    "a language is missing": (", it: Tessera", "", "title: the language it is missing"),
    "a hole without a blank": (
        "After {count}", "After {cuont}", 'says.en: there is no blank "cuont"',
    ),
    "languages that differ": (
        "Dopo {count}", "Dopo", "says: the languages do not name the same blanks",
    ),
    "a start out of bounds": (
        "start: 10", "start: 31", "blanks.count: it starts with what does not fit",
    ),
    "a start that is no number": (
        "start: 10", "start: ten", "blanks.count: it starts with what is no number",
    ),
    "an endless text": (
        "kind: text, most: 20", "kind: text",
        "blanks.gift: a text has at most so many signs: most, up to 200",
    ),
    "a program that is none": (
        "program:\n  program: card", "program: card\nx:\n  a: b",
        'program: expected a program, found "card"',
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_template_that_cannot_be_meant_is_refused(fault: str) -> None:
    old, new, said = FAULTS[fault]
    assert old in CARD
    found = templates.read(CARD.replace(old, new, 1))
    assert isinstance(found, list)
    assert said in [problem.text() for problem in found]
