"""The page being read: bounded YAML nodes, and the problems found on it with their lines.

Scalars stay the exact text that was written (no floats, no surprise booleans). Aliases are
refused, so that a few lines can never unfold into millions.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import yaml
from msgspec import Struct

MAX_CHARACTERS: Final = 262_144
MAX_DEPTH: Final = 20
MAX_NODES: Final = 20_000
MAX_PROBLEMS: Final = 100
NEAR: Final = 0.6

Node = yaml.Node
Scalar = yaml.ScalarNode
Mapping = yaml.MappingNode
Sequenced = yaml.SequenceNode


class Problem(Struct, frozen=True):
    """What is wrong, where, and what could stand there instead.

    `line` and `column` count from 1. `word` is the word at fault, `nearest` the valid one that
    looks most like it, `allowed` all that could stand there (empty: no closed list).
    """

    line: int
    column: int
    path: str
    sentence: str
    allowed: tuple[str, ...] = ()
    nearest: str | None = None
    word: str = ""

    def text(self) -> str:
        """`earn[0].wen: unknown word "wen"; did you mean "when"? Allowed: id, when, …`"""
        said = f"{self.path}: {self.sentence}" if self.path else self.sentence
        if self.nearest is not None:
            said += f'; did you mean "{self.nearest}"?'
        if self.allowed:
            said += ("" if said.endswith("?") else ".") + f" Allowed: {', '.join(self.allowed)}"
        return said

    def located(self, file: str) -> str:
        """The problem as one line that editors can jump to: `programs/x.yaml:14  …`"""
        return f"{file}:{self.line}  {self.text()}"


@dataclass(frozen=True)
class Sheet:
    """What a form needs to know while it reads or writes, and where it notes problems.

    `decimals` of each unit, `places` of the currency, the `tiers`, `causes`, `partners` and `draws`
    there are; `counting` is the unit that a bare limit counts in, `basis` the one that a bare tier
    threshold counts in.
    `marks` are the lines of paths, `kept` the positions of list items that could be read.
    """

    decimals: dict[str, int] = field(default_factory=dict)
    places: int = 2
    tiers: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    draws: tuple[str, ...] = ()
    counting: str = ""
    basis: str = ""
    problems: list[Problem] = field(default_factory=list)
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    kept: dict[str, list[int]] = field(default_factory=dict)

    def counting_in(self, unit: str) -> Sheet:
        return replace(self, counting=unit)

    def based_on(self, unit: str) -> Sheet:
        return replace(self, basis=unit)

    def paths(self, path: str) -> list[str]:
        """Where the items of a list stand that were read, in their order."""
        return [f"{path}[{index}]" for index in self.kept.get(path, [])]

    def mark(self, path: str, node: Node) -> None:
        """Remember where a path stands, for checks made after reading."""
        self.marks[path] = position(node)

    def fault(
        self, node: Node, path: str, sentence: str, *, word: str = "", allowed: Sequence[str] = ()
    ) -> None:
        self._note(position(node), path, sentence, word, tuple(allowed))

    def fault_at(
        self, path: str, sentence: str, *, word: str = "", allowed: Sequence[str] = ()
    ) -> None:
        """Note a problem on a path read before; a part that was left out borrows its parent."""
        known = path
        while known and known not in self.marks:
            known = known[: max(known.rfind("."), known.rfind("["), 0)]
        self._note(self.marks.get(known, (1, 1)), path, sentence, word, tuple(allowed))

    def _note(
        self, where: tuple[int, int], path: str, sentence: str, word: str, allowed: tuple[str, ...]
    ) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            near = nearest(word, allowed)
            self.problems.append(Problem(*where, path, sentence, allowed, near, word))


def opened(text: str) -> Node | Problem:
    """The root node of one YAML document, or the problem that makes it unreadable."""
    if len(text) > MAX_CHARACTERS:
        return Problem(1, 1, "", f"the file is longer than {MAX_CHARACTERS:,} characters")
    try:
        refused = _beyond_bounds(text)
        if refused is not None:
            return refused
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return Problem(line, column, "", f"this is not readable as YAML: {error.problem}")
    except yaml.YAMLError as error:
        reason = getattr(error, "reason", "unreadable")
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        return Problem(line, 1, "", f"this is not readable as YAML: {reason}")
    return root if root is not None else Problem(1, 1, "", "the file is empty")


def _beyond_bounds(text: str) -> Problem | None:
    depth = nodes = documents = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return _stop(event, "anchors and aliases (& and *) are not used here; write it out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        nodes += isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if depth > MAX_DEPTH:
            return _stop(event, f"this is nested more than {MAX_DEPTH} levels deep")
        if nodes > MAX_NODES:
            return _stop(event, f"the file holds more than {MAX_NODES:,} values")
        if documents > 1:
            return _stop(event, "a file holds one document; remove the second ---")
    return None


def _stop(event: yaml.Event, sentence: str) -> Problem:
    mark = event.start_mark
    return (
        Problem(mark.line + 1, mark.column + 1, "", sentence)
        if mark
        else Problem(1, 1, "", sentence)
    )


def position(node: Node) -> tuple[int, int]:
    """Line and column of a node, from 1."""
    return node.start_mark.line + 1, node.start_mark.column + 1


def nearest(word: str, allowed: Sequence[str]) -> str | None:
    """The allowed word that looks most like the one written, if one does."""
    found = difflib.get_close_matches(word, allowed, n=1, cutoff=NEAR) if word else []
    return found[0] if found else None


def found(node: Node) -> str:
    """What stands there, in words: `the text "ten"`, `a list`, `nothing`."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequenced):
        return "a list"
    text = str(node.value)
    if not text:
        return "nothing"
    return f'"{text[:40]}{"…" if len(text) > 40 else ""}"'


def pairs(node: Node | None) -> list[tuple[Node, Node]]:
    """Key and value nodes of a mapping; nothing for any other node."""
    return list(node.value) if isinstance(node, Mapping) else []


def items(node: Node | None) -> list[Node]:
    """The nodes of a list; nothing for any other node."""
    return list(node.value) if isinstance(node, Sequenced) else []


def peek(node: Node | None, *keys: str) -> Node | None:
    """The node under a chain of keys, without judging it."""
    for key in keys:
        if node is None:
            return None
        node = next((value for name, value in pairs(node) if name.value == key), None)
    return node


def word(node: Node | None) -> str:
    """The text of a scalar, or nothing."""
    return node.value if isinstance(node, Scalar) else ""


def alike(one: str, other: str) -> float:
    """How much two words look alike, from 0 to 1."""
    return difflib.SequenceMatcher(None, one, other).ratio()
