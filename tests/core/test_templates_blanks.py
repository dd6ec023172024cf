"""What fits in a blank, to its bounds and in every currency; and what a filled file says."""

from __future__ import annotations

from fractions import Fraction

import pytest

from habitue.core import document, program, templates
from habitue.core.templates import Misfit, Template
from habitue.core.templates.blanks import Blank, Value, misfits, shown

TEXT = """\
template: shop
title: {en: Shop, fr: Boutique, it: Negozio}
says:
  en: "{rate} % back, {name}, from {price}."
  fr: "{rate} % en retour, {name}, dès {price}."
  it: "{rate} % in cambio, {name}, da {price}."
blanks:
  count: {kind: whole, least: 3, most: 30, start: 10}
  price: {kind: money, least: 0.50, most: 20.00, start: 2.50}
  rate: {kind: percent, least: 1, most: 20, start: 5}
  name: {kind: text, most: 5, start: {en: tea, fr: thé}}
  extra: {kind: whole, least: 0, most: 5, start: 0}
program:
  program: shop
  title: {"{language}": "{sentence}"}
  currency: "{currency}"
  timezone: "{timezone}"
  units: {points: {worth: "{price / count}", decimals: "{decimals}"}}
  earn:
    - {id: base, when: purchase, award: {points: "{rate}", per: "{price}"}}
    - {if: extra, id: extra, when: visit, award: {points: "{extra * 2}"}}
  rewards:
    - {id: free, cost: {points: "{count - 1}"}, gives: {product: "{name}"}}
"""


def shop() -> Template:
    found = templates.read(TEXT)
    assert isinstance(found, Template), [problem.text() for problem in found]
    return found


BLANKS = shop().blanks
WRONG: list[tuple[str, Value, str, Misfit | None]] = [
    ("count", 3, "EUR", None),
    ("count", 30, "EUR", None),
    ("count", 2, "EUR", Misfit("count", "range", '"count" is between 3 and 30',
                               {"least": "3", "most": "30"})),
    ("count", 31, "JPY", Misfit("count", "range", '"count" is between 3 and 30',
                                {"least": "3", "most": "30"})),
    ("count", Fraction(7, 2), "EUR", Misfit("count", "decimals",
                                            '"count" has at most 0 decimals', {"places": "0"})),
    ("count", "ten", "EUR", Misfit("count", "type", '"count" is a number')),
    ("count", True, "EUR", Misfit("count", "type", '"count" is a number')),
    ("price", Fraction(1, 2), "EUR", None),
    ("price", 20, "EUR", None),
    ("price", Fraction(49, 100), "EUR", Misfit("price", "range",
     '"price" is between 0.50 and 20.00', {"least": "0.50", "most": "20.00"})),
    ("price", Fraction(2001, 100), "KWD", Misfit("price", "range",
     '"price" is between 0.500 and 20.000', {"least": "0.500", "most": "20.000"})),
    ("price", 2000, "JPY", None),
    ("price", 2001, "JPY", Misfit("price", "range", '"price" is between 50 and 2000',
                                  {"least": "50", "most": "2000"})),
    ("price", Fraction(1001, 1000), "EUR", Misfit("price", "decimals",
     '"price" has at most 2 decimals', {"places": "2"})),
    ("price", Fraction(1001, 1000), "KWD", None),
    ("price", Fraction(101, 2), "JPY", Misfit("price", "decimals",
     '"price" has at most 0 decimals', {"places": "0"})),
    ("rate", Fraction(101, 100), "JPY", None),
    ("rate", Fraction(1001, 1000), "EUR", Misfit("rate", "decimals",
     '"rate" has at most 2 decimals', {"places": "2"})),
    ("rate", 21, "EUR", Misfit("rate", "range", '"rate" is between 1 and 20',
                               {"least": "1", "most": "20"})),
    ("name", "12345", "EUR", None),
    ("name", "123456", "EUR", Misfit("name", "text", '"name" has at most 5 characters',
                                     {"most": "5"})),
    ("name", " a", "EUR", Misfit("name", "text",
     '"name" is one line of text, without spaces around it', {"most": "5"})),
    ("name", "", "EUR", Misfit("name", "text",
     '"name" is one line of text, without spaces around it', {"most": "5"})),
    ("name", "a\nb", "EUR", Misfit("name", "text",
     '"name" is one line of text, without spaces around it', {"most": "5"})),
    ("name", 5, "EUR", Misfit("name", "type", '"name" is a text')),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "currency", "wrong"), WRONG)
def test_what_fits_and_what_does_not(
    name: str, value: Value, currency: str, wrong: Misfit | None
) -> None:
    found = misfits({name: BLANKS[name]}, {name: value}, currency)
    assert found == ([wrong] if wrong else [])


def test_an_empty_blank_and_one_that_is_none_are_misfits() -> None:
    assert misfits({"rate": BLANKS["rate"]}, {"rte": 5}, "EUR") == [
        Misfit("rte", "unknown", 'there is no blank "rte"'),
        Misfit("rate", "missing", 'the blank "rate" is empty'),
    ]


@pytest.mark.parametrize(
    ("name", "value", "currency", "text"),
    [
        ("count", 10, "EUR", "10"),
        ("count", 100, "EUR", "100"),
        ("price", Fraction(5, 2), "EUR", "2.50"),
        ("price", Fraction(5, 2), "KWD", "2.500"),
        ("price", 250, "JPY", "250"),
        ("rate", 5, "EUR", "5"),
        ("rate", 10, "EUR", "10"),
        ("rate", Fraction(5, 2), "EUR", "2.5"),
        ("rate", Fraction(501, 100), "JPY", "5.01"),
        ("name", "tea", "EUR", "tea"),
    ],
)
def test_a_value_stands_in_a_file_with_its_decimals(
    name: str, value: Value, currency: str, text: str
) -> None:
    assert shown(BLANKS[name], value, currency) == text


def test_what_stands_in_a_blank_at_first_is_of_its_language_and_currency() -> None:
    assert templates.filling.starts(shop(), "fr", "JPY") == {
        "count": 10, "price": 250, "rate": 5, "name": "thé", "extra": 0,
    }  # fmt: skip
    assert BLANKS["name"].first("it", "EUR") == "tea"
    assert BLANKS["price"].first("en", "EUR") == Fraction(5, 2)
    long = Blank("name", "text", {"en": "x"}, most=Fraction(999))
    assert misfits({"name": long}, {"name": "x" * 201}, "EUR")[0].values == {"most": "200"}


def filled(language: str, currency: str, **values: Value) -> program.Program:
    text = templates.fill(
        shop(), values, language=language, currency=currency, timezone="Asia/Tokyo"
    )
    assert isinstance(text, str), text
    found = document.read(text)
    assert isinstance(found, program.Program), [problem.text() for problem in found]
    return found


def test_a_filled_file_is_of_its_language_and_currency() -> None:
    yen = filled("fr", "JPY")
    assert (yen.title, yen.timezone) == ({"fr": "5 % en retour, thé, dès 250."}, "Asia/Tokyo")
    assert (yen.units[0].worth, yen.units[0].decimals) == (Fraction(25), 0)
    assert yen.rules[0].awards == (program.PerMoney("points", Fraction(5), 250),)
    assert [rule.id for rule in yen.rules] == ["base"]
    dinar = filled("it", "KWD", price=Fraction(5, 2), rate=Fraction(5, 2), name="tè", extra=3)
    assert dinar.title == {"it": "2.5 % in cambio, tè, da 2.500."}
    assert (dinar.units[0].worth, dinar.units[0].decimals) == (Fraction(1, 4), 3)
    assert dinar.rules[0].awards == (program.PerMoney("points", Fraction(5, 2), 2500),)
    assert dinar.rules[1].awards == (program.Fixed("points", Fraction(6)),)
    assert dinar.rewards[0].cost == ("points", 9_000)
    assert dinar.rewards[0].gifts[0].name == "tè"


def test_a_sentence_says_what_was_given_as_far_as_it_fits() -> None:
    def said(language: str, currency: str, **values: Value) -> str:
        return templates.sentence(shop(), values, language=language, currency=currency)

    assert said("en", "EUR") == "5 % back, tea, from 2.50."
    assert said("en", "JPY", price=300) == "5 % back, tea, from 300."
    assert said("en", "EUR", price=300, name="ham") == "5 % back, ham, from 2.50."


def test_blanks_are_named_in_the_order_of_the_sentence_then_the_options() -> None:
    assert shop().named("en") == ["rate", "name", "price", "count", "extra"]


READING = {
    ("template: shop", "template: Shop"): (
        '1:11 template: "Shop" is not a name; use small letters, digits, - and _'
    ),
    ("kind: whole, least: 3", "kind: number, least: 3"): (
        '8:17 blanks.count.kind: unknown word "number". Allowed: whole, money, percent, text'
    ),
    ("least: 3,", "least: -3,"): (
        '8:31 blanks.count.least: expected a number of 0 or more, found "-3"'
    ),
    ("most: 30", "most: 1000000001"): (
        '8:40 blanks.count.most: expected a number of 0 or more, found "1000000001"'
    ),
    ("  count: {", "  two-words: {"): '8:14 blanks.two-words: a blank cannot be called "two-words"',
    ("start: 10", "start: []"): "8:51 blanks.count.start: expected a text, found a list",
    (", start: 10", ""): '8:10 blanks.count: "start" is missing',
    ("most: 5, start: {en: tea", "most: 201, start: {en: tea"): (
        "11:9 blanks.name: a text has at most so many signs: most, up to 200"
    ),
    ("start: 5}", "start: 0.5}"): "10:9 blanks.rate: it starts with what does not fit",
    ("start: 5}", "start: 20}"): "",
    ("start: 5}", "start: 1}"): "",
    ("{rate} % back", "back"): "4:3 says: the languages do not name the same blanks",
    ("  it: \"{rate}", "  fr: \"{rate}"): '6:3 says.fr: "fr" is given twice',
}  # fmt: skip


@pytest.mark.parametrize("change", READING)
def test_a_template_that_cannot_be_read_says_where(change: tuple[str, str]) -> None:
    old, new = change
    assert old in TEXT
    found = templates.read(TEXT.replace(old, new, 1))
    said = (
        [f"{one.line}:{one.column} {one.text()}" for one in found]
        if isinstance(found, list)
        else [""]
    )
    assert READING[change] in said
