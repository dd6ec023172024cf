"""The reference page says every word of the vocabulary, and every example on it is read."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path

import pytest
import yaml
from msgspec import Struct

from habitue import core
from habitue.core import document, program
from habitue.core.document import forms, reference
from habitue.core.document.forms import BAD, Key, Table
from habitue.core.document.page import Sheet

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "vocabulary.md"
KEYS = [
    pytest.param(key, id=f"{section.name}.{name}")
    for section in reference.SECTIONS
    for name, key in section.keys.items()
]
SAID = {(name, key.says) for section in reference.SECTIONS for name, key in section.keys.items()}


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == reference.page(), (
        "print it again: habitue program reference > docs/vocabulary.md"
    )


def test_page_and_schema_are_the_same_however_late_the_tables_are_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Tables are made as their modules load, so nothing of another load may be left in them."""
    for name in [name for name in sys.modules if name.startswith(document.__name__)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(core, "document", None)
    anew = importlib.import_module(document.__name__)
    assert anew is not document
    page = importlib.import_module(reference.__name__).page()
    assert page == PAGE.read_text("utf-8")
    schema = json.loads((ROOT / "programs" / "schema.json").read_text("utf-8"))
    assert anew.schema() == schema
    for path in sorted((ROOT / "programs").glob("*.yaml")):
        if ".story." not in path.name:
            text = path.read_text("utf-8")
            found = document.read(text)
            assert isinstance(found, program.Program)
            assert anew.write(anew.read(text)) == document.write(found)


def faults_of(key: Key) -> list[str]:
    """What the reader says of a key's example."""
    node = yaml.compose(key.example, Loader=yaml.BaseLoader)
    if node is None:
        return ["there is no example"]
    sheet = Sheet(
        decimals=reference.SAMPLE.decimals,
        tiers=reference.SAMPLE.tiers,
        causes=reference.SAMPLE.causes,
        partners=reference.SAMPLE.partners,
        draws=reference.SAMPLE.draws,
        counting=reference.SAMPLE.counting,
        basis=reference.SAMPLE.basis,
    )
    read = forms.reading(key.form, node, "", sheet)
    assert (read is BAD) == bool(sheet.problems)
    return [problem.text() for problem in sheet.problems]


@pytest.mark.parametrize("key", KEYS)
def test_an_example_is_read(key: Key) -> None:
    assert key.says
    assert faults_of(key) == []


def test_a_wrong_example_would_be_seen() -> None:
    title = reference.SECTIONS[0].keys["since"]
    assert faults_of(Key(title.form, example="2026-02-31")) == [
        "there is no day 2026-02-31 in the calendar"
    ]


def test_an_example_departs_from_the_default() -> None:
    """Else it would show nothing."""
    same = [
        f"{section.name}.{name}"
        for section in reference.SECTIONS
        for kind in section.of
        for name, key in section.keys.items()
        if not key.required
        and read_as(key) == forms.defaults_of(kind).get(key.attribute or name, BAD)
    ]
    assert same == ["unit.redeemable"]  # its default depends on `qualifying`


def read_as(key: Key) -> object:
    node = yaml.compose(key.example, Loader=yaml.BaseLoader)
    assert node is not None
    return key.form.read(node, "", reference.SAMPLE)


def test_every_field_of_the_program_is_said() -> None:
    every = {
        f"{kind.__name__}.{name}"
        for kind in vars(program).values()
        if isinstance(kind, type) and issubclass(kind, Struct) and kind is not Struct
        for name in kind.__struct_fields__
    }
    # What a phrase says in whole: 18 months, last 12 months, until end of February.
    phrases = {"Period", "Rolling", "TierCycle", "UntilDate", "For"}
    said = {field for section in reference.SECTIONS for field in section.filled()}
    assert {field for field in every - said if field.split(".")[0] not in phrases} == set()
    assert said - every == set()


def tables() -> dict[str, Table]:
    """Every table of the reader that is a constant of its module."""
    found = {}
    for module in pkgutil.iter_modules(document.__path__, f"{document.__name__}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Table):
                found[f"{module.name}.{name}"] = value
    return found


def test_every_key_of_every_table_is_on_the_page() -> None:
    unsaid = {
        f"{where}: {name}"
        for where, table in tables().items()
        for name, key in table.keys.items()
        if key.says and (name, key.says) not in SAID
    }
    assert unsaid == {"habitue.core.document.ladder._ANY: any"}  # said at `from`
    assert len(tables()) > 20


def test_no_two_sections_have_one_name() -> None:
    names = [section.name for section in reference.SECTIONS]
    assert len(set(names)) == len(names)
