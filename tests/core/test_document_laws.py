"""Laws of the program file: what is written reads back the same, and no text can crash a reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as some
from msgspec import Struct, structs

from habitue.core import document, program
from habitue.core.document import forms
from tests.core import drawn, whole

PROGRAMS = Path(__file__).parents[2] / "programs"
FILES = [path for path in sorted(PROGRAMS.glob("*.yaml")) if not path.stem.endswith(".story")]
SCHEMA = PROGRAMS / "schema.json"

STRUCTS = {
    kind
    for kind in vars(program).values()
    if isinstance(kind, type) and issubclass(kind, Struct) and kind is not Struct
}


@given(whole.whole_programs() | whole.CLUBS)
@settings(max_examples=max(drawn.EXAMPLES, 100), deadline=None)
def test_what_is_written_reads_back_the_same(given_program: program.Program) -> None:
    assert document.read(document.write(given_program)) == given_program


def test_the_drawn_programs_say_everything_that_a_program_can_say() -> None:
    """Else the law above would not look at all of it. Every field departs from its default."""
    said: set[tuple[str, str]] = set()

    @given(whole.whole_programs())
    @settings(max_examples=150, deadline=None, derandomize=True, phases=[Phase.generate])
    def look(given_program: program.Program) -> None:
        said.update(_departures(given_program))

    look()
    every = {(kind.__name__, field.name) for kind in STRUCTS for field in structs.fields(kind)}
    assert every - said == set()


def _departures(value: Any) -> Iterator[tuple[str, str]]:
    """Each field within a value that is not at its default, as type and name."""
    if isinstance(value, tuple | list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _departures(part)
    elif isinstance(value, Struct):
        defaults = forms.defaults_of(type(value))
        for name in value.__struct_fields__:
            held = getattr(value, name)
            if name not in defaults or held != defaults[name]:
                yield type(value).__name__, name
                yield from _departures(held)


@given(
    some.text(max_size=300)
    | some.lists(
        some.sampled_from(
            [
                "program",
                ":",
                " ",
                "\n",
                "- ",
                "{",
                "}",
                "[",
                "earn",
                "units",
                "a",
                "*a",
                "&a",
                "!!int",
                "?",
            ]
        ),
        max_size=60,
    ).map("".join)
)
@settings(max_examples=100, deadline=None)
def test_no_text_can_crash_the_reader(text: str) -> None:
    assert isinstance(document.read(text), list)


JUNK = ["''", "[]", "{}", "[[a]]", "{? [a] : b}", "{source: a}", "{any: []}", "1e5", "{bonus: 1%}"]


@pytest.mark.parametrize("junk", JUNK)
def test_junk_anywhere_is_a_problem_or_a_program_that_can_be_written(junk: str) -> None:
    text = (PROGRAMS / "stamp-card.yaml").read_text("utf-8")
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    assert root is not None
    for start, end in _spans(root):
        found = document.read(f"{text[:start]}{junk}\n{text[end:]}")
        if isinstance(found, program.Program):
            assert document.read(document.write(found)) == found
        else:
            assert all(problem.located("x.yaml") for problem in found)


def _spans(node: yaml.Node) -> list[tuple[int, int]]:
    """Where every value of a file begins and ends."""
    assert node.start_mark
    assert node.end_mark
    inner = node.value if isinstance(node, yaml.SequenceNode) else []
    if isinstance(node, yaml.MappingNode):
        inner = [value for _, value in node.value]
    return [
        (node.start_mark.index, node.end_mark.index),
        *(span for value in inner for span in _spans(value)),
    ]


def test_the_published_schema_is_up_to_date() -> None:
    assert json.loads(SCHEMA.read_text("utf-8")) == document.schema(), (
        "publish it again: habitue program schema > programs/schema.json"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_a_program_file_is_read_and_follows_the_schema(path: Path) -> None:
    text = path.read_text("utf-8")
    found = document.read(text)
    assert isinstance(found, program.Program), [one.located(path.name) for one in found]
    assert document.read(document.write(found)) == found
    jsonschema.Draft202012Validator(document.schema()).validate(_plain(text))


@given(whole.whole_programs() | whole.CLUBS)
@settings(max_examples=40, deadline=None)
def test_what_is_written_follows_the_schema(given_program: program.Program) -> None:
    validator = jsonschema.Draft202012Validator(document.schema())
    validator.validate(_plain(document.write(given_program)))


def test_the_schema_refuses_an_unknown_word() -> None:
    jsonschema.Draft202012Validator.check_schema(document.schema())
    faults = jsonschema.Draft202012Validator(document.schema()).iter_errors({"earn": [{"wen": 1}]})
    assert any("wen" in fault.message for fault in faults)


def _plain(text: str) -> Any:
    """The file as an editor sees it: dates are texts, numbers are numbers."""
    return json.loads(json.dumps(yaml.safe_load(text), default=str))
