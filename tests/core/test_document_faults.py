"""Nonsense anywhere in a file is answered where it stands: golden, one line for each problem.

`everything.yaml` says every word of the vocabulary. In each entry of it, all values are replaced
by nonsense at once, for all problems are told at once; what the reader says stands in
`faults.txt`, printed again by `python -m tests.core.test_document_faults`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml

from habitue.core import document, program

HERE = Path(__file__).parent
TEXT = (HERE / "everything.yaml").read_text("utf-8")
GOLDEN = HERE / "faults.txt"
WORDS = ("Nonsense", "-1", "[]")
"""Instead of every scalar within an entry."""

THINGS = ("{x: 1}", "[]", "[{}]")
"""Instead of every value of an entry, whole."""


def test_everything_is_read_and_written_back() -> None:
    found = document.read(TEXT)
    assert isinstance(found, program.Program), [problem.text() for problem in found]
    assert document.read(document.write(found)) == found


def entries() -> dict[str, yaml.Node]:
    """The values at the top of the file; of a list each item, of units each."""
    root = yaml.compose(TEXT, Loader=yaml.BaseLoader)
    assert isinstance(root, yaml.MappingNode)
    found: dict[str, yaml.Node] = {}
    for key, value in root.value:
        if isinstance(value, yaml.SequenceNode):
            found |= {f"{key.value}[{number}]": one for number, one in enumerate(value.value)}
        elif key.value == "units":
            found |= {f"units.{name.value}": one for name, one in value.value}
        else:
            found[key.value] = value
    return found


ENTRIES = entries()


@pytest.mark.parametrize("entry", ENTRIES)
def test_nonsense_is_answered_where_it_stands(entry: str) -> None:
    told = GOLDEN.read_text("utf-8").strip().split("\n\n")
    assert "\n".join(faults(entry)) in told, "print it again, and look at what changed"


def faults(entry: str) -> Iterator[str]:
    """What the reader says of nonsense in an entry, each problem with its line and column."""
    yield f"# {entry}"
    node = ENTRIES[entry]
    inner = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else [node]
    for nonsense in WORDS:
        yield f"words = {nonsense}"
        yield from _said(list(_scalars(node)), nonsense)
    for nonsense in THINGS:
        yield f"things = {nonsense}"
        yield from _said(inner, nonsense)


def _said(nodes: Sequence[yaml.Node], nonsense: str) -> Iterator[str]:
    """The problems of the file with nonsense instead of these."""
    text = TEXT
    for node in sorted(nodes, key=lambda node: node.start_mark.index, reverse=True):
        start, end = node.start_mark.index, node.end_mark.index
        text = f"{text[:start]}{nonsense}{chr(10) if text[end - 1] == chr(10) else ''}{text[end:]}"
    found = document.read(text)
    if isinstance(found, program.Program):
        yield "  is read"
    else:
        yield from (f"  {each.line}:{each.column} {each.text()}" for each in found)


def _scalars(node: yaml.Node) -> Iterator[yaml.Node]:
    """Every word or number within a value."""
    if isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _scalars(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _scalars(value)
    else:
        yield node


if __name__ == "__main__":
    GOLDEN.write_text("\n\n".join("\n".join(faults(entry)) for entry in ENTRIES) + "\n", "utf-8")
