"""The ten templates: each fills with anything that fits, needs no advice, and runs a story."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec import Struct

from habitue.core import advice, document, money, program, story, templates
from habitue.core.templates import Blank, Template
from habitue.core.templates.blanks import LANGUAGES, Value

FOLDER = Path(__file__).parents[2] / "programs" / "templates"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml") if ".story." not in path.name)
CURRENCIES = ("EUR", "JPY", "KWD")
ODD_WORDS = (
    "x: #1 'y'",
    "- yes",
    "null",
    "12",
    "☕️",
    "l’été & <b>",
    "{a: 1}",
    "%(nth)s %s",
    "{count}",
)


def template(name: str) -> Template:
    found = templates.read((FOLDER / f"{name}.yaml").read_text("utf-8"))
    assert isinstance(found, Template), [problem.located(name) for problem in found]
    return found


def filled(
    of: Template, values: dict[str, Value], language: str = "en", currency: str = "EUR"
) -> program.Program:
    text = templates.fill(of, values, language=language, currency=currency, timezone="Europe/Paris")
    assert isinstance(text, str), text
    found = document.read(text)
    assert isinstance(found, program.Program), [problem.text() for problem in found] + [text]
    return found


def test_there_are_ten_and_each_has_its_story() -> None:
    assert len(NAMES) == 10
    assert {path.name.removesuffix(".story.yaml") for path in FOLDER.glob("*.story.yaml")} == set(
        NAMES
    )


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_it_needs_no_advice_as_it_starts(name: str, language: str, currency: str) -> None:
    of = filled(template(name), {}, language, currency)
    assert advice.on(of) == []
    assert of.currency == currency
    assert of.title[language] == templates.sentence(
        template(name), {}, language=language, currency=currency
    )


def extremes(blank: Blank, currency: str) -> Iterator[Value]:
    """The least and the most that fits in a blank, and words that YAML reads in its own way."""
    if blank.kind == "text":
        yield "x"
        yield "é" * int(blank.most)
        yield from (word for word in ODD_WORDS if len(word) <= blank.most)
        return
    yield from blank.bounds(currency)


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("name", NAMES)
def test_each_blank_may_be_filled_to_its_bounds(name: str, currency: str) -> None:
    of = template(name)
    for blank in of.blanks.values():
        for value in extremes(blank, currency):
            found = filled(of, {blank.name: value}, "fr", currency)
            said = {one.sentence for one in advice.on(found)}
            # Who gives nothing to begin with is told what that costs.
            assert said <= ({advice.HEAD_START} if value == 0 else set()), (blank.name, value)
            if isinstance(value, str):
                assert any(value in text for text in texts(found)), (blank.name, value)


def texts(value: Any) -> Iterator[str]:
    """Every text within a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in texts(each))
    elif isinstance(value, tuple):
        yield from (text for each in value for text in texts(each))
    elif isinstance(value, Struct):
        yield from (
            text for name in value.__struct_fields__ for text in texts(getattr(value, name))
        )


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
@given(data=some.data())
def test_any_values_that_fit_make_a_program(name: str, data: some.DataObject) -> None:
    of = template(name)
    currency = data.draw(some.sampled_from(CURRENCIES))
    values = {blank.name: data.draw(fitting(blank, currency)) for blank in of.blanks.values()}
    found = filled(of, values, data.draw(some.sampled_from(LANGUAGES)), currency)
    assert document.read(document.write(found)) == found


def fitting(blank: Blank, currency: str) -> some.SearchStrategy[Value]:
    if blank.kind == "text":
        signs = some.characters(categories=["L", "N", "P", "S"], codec="utf-8")
        return some.text(signs, min_size=1, max_size=int(blank.most))
    least, most = blank.bounds(currency)
    scale = {"whole": 1, "percent": 100, "money": 10 ** money.decimals(currency)}[blank.kind]
    return some.integers(int(least * scale), int(most * scale)).map(
        lambda number: Fraction(number, scale)
    )


@pytest.mark.parametrize("name", NAMES)
def test_it_goes_as_its_story_says(name: str) -> None:
    of = filled(template(name), {})
    told = story.parse((FOLDER / f"{name}.story.yaml").read_text("utf-8"), of)
    assert isinstance(told, story.Story), [problem.located(name) for problem in told]
    failures = [failure.located(name) for failure in story.play([of], told).failures]
    assert not failures, "\n".join(["the story goes otherwise:", *failures])
