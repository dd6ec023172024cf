"""Each kind of sentence says what stands in a program, and gives it back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.utils import translation
from msgspec import structs

from habitue.core import document, program, templates
from habitue.core.document import editing
from habitue.pages.program import refused, trying
from habitue.pages.program.sentences import catalogue, places
from habitue.pages.program.sentences.filling import Filling
from habitue.pages.program.sentences.kind import Kind, Shop
from habitue.pages.program.sentences.places import Place
from habitue.pages.start import ideas
from tests.pages.program.test_overview import POINTS

LEVELS = """\
tiers:
  basis: {unit: points, window: calendar year}
  levels:
    - {id: basic, from: 0}
    - {id: gold, from: 100}
"""
COUNTED = POINTS.replace("worth: 0.05,", "worth: 0.05, qualifying: true, redeemable: true,")


def texts() -> Iterator[tuple[str, str]]:
    """The twelve programs and the two models as they are written, and every template filled."""
    for path in sorted(trying.FOLDER.glob("*.yaml")):
        if ".story." not in path.name:
            yield path.stem, path.read_text(encoding="utf-8")
    for name in ideas.names():
        filled = templates.fill(
            ideas.template(name), {}, language="fr", currency="EUR", timezone="Europe/Paris"
        )
        assert isinstance(filled, str)
        yield name, filled


TEXTS = dict(texts())


def read(text: str) -> program.Program:
    found = document.read(text)
    assert isinstance(found, program.Program), found
    return found


def form_of(of: program.Program, shelf: str, thing: Any, data: Any = None) -> Filling:
    kind = catalogue.of(of, shelf, thing)
    return Filling(kind.parts(of, thing, Shop()), thing, data)


def sent(form: Filling) -> QueryDict:
    """What a browser would send of a form that nobody touched."""
    data = QueryDict(mutable=True)
    for name in form.fields:
        field = form[name]
        value = field.value()
        if isinstance(value, list):
            data.setlist(name, [str(one) for one in value])
        elif isinstance(field.field, forms.MultipleChoiceField):
            continue
        elif isinstance(field.field, forms.ChoiceField):
            data[name] = value or str(next(iter(field.subwidgets)).data["value"])
        elif value is not None:
            shown = field.field.widget.format_value(value)
            data[name] = str(shown)
    return data


def filled(form: Filling, **values: str | list[str]) -> QueryDict:
    data = sent(form)
    for name, value in values.items():
        named = name.replace("__", "-")
        data.setlist(named, value if isinstance(value, list) else [value])
    return data


@pytest.mark.parametrize("language", ["fr", "it", "en"])
@pytest.mark.parametrize("name", TEXTS)
def test_what_nobody_touches_comes_back_as_it_was(name: str, language: str) -> None:
    of = made = read(TEXTS[name])
    with translation.override(language):
        for shelf in places.SHELVES:
            for place, thing in places.every(of, shelf):
                form = form_of(of, shelf, thing)
                again = form_of(of, shelf, thing, sent(form))
                assert again.is_valid(), (place, again.errors)
                assert again.thing() == thing, place
                made = places.replaced(made, place, again.thing())
    if language == "fr":
        assert editing.changed(TEXTS[name], of, made) == TEXTS[name]


@pytest.mark.parametrize("name", TEXTS)
def test_every_sentence_shows_all_its_blanks(name: str) -> None:
    of = read(TEXTS[name])
    for shelf in places.SHELVES:
        for _place, thing in places.every(of, shelf):
            form = form_of(of, shelf, thing)
            shown = [
                field.name for one in form.sentences() for _words, field in one.pieces if field
            ]
            assert sorted(shown) == sorted(form.fields)


@pytest.mark.parametrize("language", ["fr", "it"])
def test_translated_sentences_have_the_blanks_of_the_english_ones(language: str) -> None:
    of = read(COUNTED + LEVELS)
    for name, kind in catalogue.every().items():
        thing = kind.begins(of, "new") if kind.begins else None
        if thing is None:
            continue
        for part in kind.parts(of, thing, Shop()):
            with translation.override(language):
                holes = sorted(hole for _words, hole in part.pieces() if hole)
            assert holes == sorted(part.blanks), (name, part.name)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("spending", {"award__per": "2", "award__amount": "5", "award__unit": "points"}),
        ("coming", {"award__when": "visit", "award__amount": "1", "award__unit": "stamps"}),
        ("occasion", {"award__when": "birthday", "award__amount": "50"}),
        ("times", {"award__factor": "2", "week__days": ["1"], "week__since": "14:00",
                   "week__until": "17:00"}),
        ("more", {"award__share": "25", "levels__levels": ["gold"]}),
        ("thing", {"price__unit": "points", "price__amount": "10", "price__name": "Un café",
                   "stock__stock": "50"}),
        ("money_off", {"price__unit": "points", "price__amount": "100", "price__value": "5"}),
        ("percent_off", {"price__unit": "points", "price__amount": "100", "price__value": "10"}),
        ("welcome", {"gift__name": "Un biscuit", "valid__count": "30", "valid__period": "day"}),
        ("birthday", {"gift__name": "Un gâteau"}),
        ("level", {"needs__amount": "500", "needs__unit": "points"}),
        ("draw", {"prize__name": "Un panier", "odds__odds": "30", "odds__expects": "40"}),
    ],
)  # fmt: skip
def test_a_sentence_that_is_filled_in_makes_a_program_and_reads_back(
    kind: str, values: dict[str, str | list[str]]
) -> None:
    text = COUNTED + LEVELS
    of = read(text)
    found: Kind = catalogue.every()[kind]
    assert found.begins is not None
    thing = found.begins(of, "brand-new")
    assert thing is not None
    form = Filling(found.parts(of, thing, Shop()), thing)
    form = Filling(found.parts(of, thing, Shop()), thing, filled(form, **values))
    assert form.is_valid(), form.errors
    made = found.completes(places.added(of, found.shelf, form.thing()), form.thing())
    written = editing.changed(text, of, made)
    assert read(written) == made
    assert len([line for line in written.splitlines() if line not in text]) <= 12
    again = places.find(made, Place(found.shelf, "brand-new"))
    assert again is not None
    assert catalogue.of(made, found.shelf, again) is found
    assert not Filling(found.parts(made, again, Shop()), again).kept


def test_every_kind_that_can_be_added_is_tried_above() -> None:
    tried = {
        "spending", "coming", "occasion", "times", "more", "thing", "money_off", "percent_off",
        "welcome", "birthday", "level", "draw",
    }  # fmt: skip
    assert {name for name, kind in catalogue.every().items() if kind.begins} == tried


@pytest.mark.parametrize(
    ("blank", "value"),
    [
        ("award__amount", "0"),
        ("award__amount", "-1"),
        ("award__amount", "9" * 400),
        ("award__amount", "1e999"),
        ("award__amount", "NaN"),
        ("award__amount", "1\x00"),
        ("award__amount", ""),
        ("award__per", "Infinity"),
        ("award__unit", "euros"),
        ("title__fr", "a\x00b"),
        ("title__fr", "a\nb: {"),
        ("title__fr", "x" * 5_000),
        ("dates__since", "0000-00-00"),
        ("dates__until", "9999-12-31"),
        ("apart__count", "99999999999999999999"),
        ("week__days", "9"),
        ("goods__what", "label"),
    ],
)
def test_what_does_not_fit_a_blank_is_refused_there(blank: str, value: str) -> None:
    of = read(POINTS)
    thing = of.rules[0]
    data = filled(form_of(of, "rules", thing), goods__names="thé", **{blank: value})
    form = form_of(of, "rules", thing, data)
    assert not form.is_valid()
    assert list(form.errors) == [blank.replace("__", "-")]


def test_words_in_a_blank_stay_words_in_the_file() -> None:
    of = read(POINTS)
    reward = of.rewards[0]
    strange = "thé: {à}, [#1] & \"deux\" 'x' | > *&!"
    form = form_of(
        of, "rewards", reward, filled(form_of(of, "rewards", reward), price__name=strange)
    )
    assert form.is_valid(), form.errors
    made = places.replaced(of, Place("rewards", "tea"), form.thing())
    again = read(editing.changed(POINTS, of, made))
    assert again.rewards[0].gifts[0].name == strange


def test_a_sentence_left_empty_takes_what_it_said_away() -> None:
    of = read(POINTS)
    unit = of.units[1]
    data = filled(form_of(of, "units", unit), expiry__count="")
    form = form_of(of, "units", unit, data)
    assert form.is_valid(), form.errors
    assert form.thing() == structs.replace(unit, expiry=None)


def test_what_a_part_cannot_say_is_kept() -> None:
    text = POINTS.replace("per: 1.00}}", "per: 1.00}, where: {channel: online, weekday: monday}}")
    of = read(text)
    thing = of.rules[0]
    data = filled(form_of(of, "rules", thing), week__days=["1", "2"])
    made = form_of(of, "rules", thing, data)
    assert made.is_valid(), made.errors
    where = made.thing().where
    assert program.Among("channel", ("online",)) in where.of
    assert program.Weekday((1, 2)) in where.of


def test_a_third_of_a_point_is_shown_as_it_is_and_not_rounded() -> None:
    of = read(POINTS.replace("{points: 1, per: 1.00}", "{points: 1/3, per: 1.00}"))
    form = form_of(of, "rules", of.rules[0])
    assert [part.name for part in form.kept] == ["award"]
    again = form_of(of, "rules", of.rules[0], sent(form))
    assert again.is_valid()
    assert again.thing().awards[0].amount == Fraction(1, 3)


def test_a_new_name_is_none_that_was_ever_used() -> None:
    assert places.free_name("Un thé", "thing", {"un-the", "un-the-2"}) == "un-the-3"
    assert places.free_name("100 %", "thing", set()) == "thing-100"
    assert places.free_name("", "thing", set()) == "thing"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cost: {points: 275}", "cost: {stamps: 275}", "Personne ne pourrait jamais"),
        ("award: {points: 1, per: 1.00}", "award: {multiply: 2}", "Il n’y a rien à multiplier"),
    ],
)
def test_refusals_are_sentences_with_titles(old: str, new: str, said: str) -> None:
    found = document.read(POINTS.replace(old, new))
    assert isinstance(found, list)
    with translation.override("fr"):
        sentences = [refused.sentence(read(POINTS), one) for one in found]
    assert any(said in one for one in sentences), sentences


def test_dates_on_the_page_include_the_last_day() -> None:
    of = read(POINTS)
    data = filled(
        form_of(of, "rules", of.rules[0]), dates__since="2027-03-01", dates__until="2027-03-01"
    )
    form = form_of(of, "rules", of.rules[0], data)
    assert form.is_valid()
    assert form.thing().dates == program.Dates(date(2027, 3, 1), date(2027, 3, 2))
