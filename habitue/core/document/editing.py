"""Changes one thing in the text of a program file, and leaves every other character as it stands.

`changed` writes the old and the new program as plain values, finds where they differ, and splices
just these places into the text: what an owner wrote beside them (notes, order, layout) stays. A
value that is replaced loses the notes within it: a `source` explains the number that is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml
from msgspec import Struct

from habitue.core import document, program
from habitue.core.document import page
from habitue.core.document.page import Node

Path = tuple[str | int, ...]
_STEP: Final = 2
_LONG: Final = 10**9


def changed(text: str, old: program.Program, new: program.Program) -> str:
    """The text of `old` with what makes it `new`. Raises ValueError if `text` is not of `old`.

    Where the places cannot be told apart in the file, whole sections are written anew, and at
    worst the whole file: what comes out always reads as `new`.
    """
    if document.read(text) != old:
        raise ValueError("this is not the text of that program")
    for spliced in (_by_places, _by_sections):
        found = spliced(text, document.plain(old), document.plain(new))
        if document.read(found) == new:
            return found
    return document.write(new)


def _by_places(text: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    for path, value in reversed(list(_differences(old, new, ()))):
        text = _put(text, path, value)
    return text


def _by_sections(text: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    for key in dict.fromkeys([*old, *new]):
        if old.get(key, _GONE) != new.get(key, _GONE):
            text = _put(text, (key,), new.get(key, _GONE))
    return text


# --- where two programs differ -------------------------------------------------------------------


class _Gone:
    """Stands for what is no longer there."""


class _Before(Struct, frozen=True):
    """A new thing of a list, to stand before the one at that place."""

    thing: dict[str, Any]


_GONE: Final = _Gone()


def _differences(old: Any, new: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The smallest places that differ, with what stands there then; applied from last to first."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and _opens(path):
        for key in dict.fromkeys([*old, *new]):
            yield from _differences(old.get(key, _GONE), new.get(key, _GONE), (*path, key))
    elif _identified(old) and _identified(new) and (kept := _kept(old, new)):
        yield from _of_list(old, new, kept, path)
    else:
        yield path, new


def _opens(path: Path) -> bool:
    """Whether a mapping is taken apart: the file, its sections, the things in them; no deeper."""
    return len(path) < 2 or (path[0] == "units" and len(path) == 2) or isinstance(path[-1], int)


def _identified(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and "id" in one for one in value)


def _of_list(
    old: list[Any], new: list[Any], kept: dict[int, int], path: Path
) -> Iterator[tuple[Path, Any]]:
    """What became of each thing, and what is new before it; `kept`: new places by old ones."""
    start = 0
    for place, one in enumerate(old):
        if place not in kept:
            yield (*path, place), _GONE
            continue
        for fresh in new[start : kept[place]]:
            yield (*path, place), _Before(fresh)
        yield from _differences(one, new[kept[place]], (*path, place))
        start = kept[place] + 1
    for fresh in new[start:]:
        yield (*path, len(old)), _Before(fresh)


def _kept(old: list[Any], new: list[Any]) -> dict[int, int]:
    """Where each thing that stays stands then; nothing if their order changed."""
    places = {name: at for at, name in enumerate(_names(new))}
    kept = {at: places[name] for at, name in enumerate(_names(old)) if name in places}
    return kept if list(kept.values()) == sorted(kept.values()) else {}


def _names(things: list[Any]) -> list[tuple[str, int]]:
    """Things by id; of several of one id (at other dates), each has a number."""
    ids = [one["id"] for one in things]
    return [(name, ids[:at].count(name)) for at, name in enumerate(ids)]


# --- places in the text --------------------------------------------------------------------------


def _put(text: str, path: Path, value: Any) -> str:
    """The text with a value at a place: replaced, added after the others, or taken out."""
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    parent: Node | None = root
    for step in path[:-1]:
        parent = _child(parent, step)
        if parent is None:
            return text
    step = path[-1]
    if isinstance(parent, page.Mapping):
        return _in_mapping(text, parent, str(step), value)
    if isinstance(parent, page.Sequenced) and isinstance(step, int):
        return _in_list(text, parent, step, value)
    return text


def _child(node: Node | None, step: str | int) -> Node | None:
    if isinstance(step, str):
        return page.peek(node, step)
    listed = page.items(node)
    return listed[step] if step < len(listed) else None


def _in_mapping(text: str, node: yaml.MappingNode, key: str, value: Any) -> str:
    pairs = page.pairs(node)
    place = next((at for at, (name, _) in enumerate(pairs) if page.word(name) == key), None)
    if place is None:
        return text if value is _GONE else _add_key(text, node, key, value)
    name, held = pairs[place]
    if value is not _GONE:
        shown = _shown(value, name.start_mark.column, block=not node.flow_style)
        return f"{text[: name.end_mark.index]}:{shown}{text[_end(held) :]}"
    if node.flow_style:
        return _cut(text, [(one.start_mark.index, _end(other)) for one, other in pairs], place)
    if place == 0 and node.start_mark.column > 0:
        # The first key of an item stands behind the dash; the next one takes its place.
        after = pairs[1][0].start_mark.index
        return text[: name.start_mark.index] + text[after:]
    return text[: _line_start(text, name.start_mark.index)] + text[_line_end(text, _end(held)) :]


def _add_key(text: str, node: yaml.MappingNode, key: str, value: Any) -> str:
    pairs = page.pairs(node)
    if node.flow_style:
        return _add_within(text, node, [_end(held) for _, held in pairs], f"{key}:{_shown(value)}")
    column = pairs[0][0].start_mark.column
    line = f"{' ' * column}{key}:{_shown(value, column, block=True)}"
    return _add_line(text, _end(pairs[-1][1]), line)


def _in_list(text: str, node: yaml.SequenceNode, place: int, value: Any) -> str:
    items = page.items(node)
    if isinstance(value, _Before):
        return _add_item(text, node, place, value.thing)
    held = items[place]
    if value is not _GONE:
        return text[: held.start_mark.index] + _flow(value) + text[_end(held) :]
    if node.flow_style:
        return _cut(text, [(one.start_mark.index, _end(one)) for one in items], place)
    dash_at = text.rindex("-", 0, held.start_mark.index)
    return text[: _line_start(text, dash_at)] + text[_line_end(text, _end(held)) :]


def _add_item(text: str, node: yaml.SequenceNode, place: int, thing: dict[str, Any]) -> str:
    items = page.items(node)
    if node.flow_style and place < len(items):
        at = items[place].start_mark.index
        return f"{text[:at]}{_flow(thing)}, {text[at:]}"
    if node.flow_style:
        return _add_within(text, node, [_end(one) for one in items], _flow(thing))
    shown = "\n".join(_item(thing, node.start_mark.column))
    if place:
        return _add_line(text, _end(items[place - 1]), shown)
    at = _line_start(text, node.start_mark.index)
    return f"{text[:at]}{shown}\n{text[at:]}"


def _cut(text: str, spans: list[tuple[int, int]], place: int) -> str:
    """Without one of the things between brackets, and without its comma."""
    if place:
        return text[: spans[place - 1][1]] + text[spans[place][1] :]
    after = spans[1][0] if len(spans) > 1 else spans[0][1]
    return text[: spans[0][0]] + text[after:]


def _add_within(text: str, node: Node, ends: list[int], shown: str) -> str:
    """After the last thing between brackets."""
    at = ends[-1] if ends else node.start_mark.index + 1
    comma = ", " if ends else ""
    return f"{text[:at]}{comma}{shown}{text[at:]}"


def _add_line(text: str, after: int, line: str) -> str:
    """After the line on which something ends."""
    end = _line_end(text, after)
    before = text[:end] if text[:end].endswith("\n") else f"{text[:end]}\n"
    return f"{before}{line}\n{text[end:]}"


def _end(node: Node) -> int:
    """Where a node's last sign stands; a block's own end is only the beginning of the next."""
    if isinstance(node, page.Mapping | page.Sequenced) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


# --- values as they stand in a file --------------------------------------------------------------


def _shown(value: Any, column: int = 0, *, block: bool = False) -> str:
    """What follows the colon: on the same line, or the things of a list on lines of their own."""
    if block and _identified(value) and value:
        lines = [line for one in value for line in _item(one, column + _STEP)]
        return "\n" + "\n".join(lines)
    return f" {_flow(value)}"


def _item(value: dict[str, Any], dash: int) -> list[str]:
    """A thing of a list, a key a line."""
    margins = [f"{' ' * dash}- ", *[" " * (dash + _STEP)] * (len(value) - 1)]
    return [
        f"{margin}{key}: {_flow(held)}"
        for margin, (key, held) in zip(margins, value.items(), strict=True)
    ]


def _flow(value: Any) -> str:
    """A value on one line, quoted so that it may stand between brackets."""
    listed = yaml.dump(
        [value],
        Dumper=document.Writer,
        default_flow_style=True,
        sort_keys=False,
        allow_unicode=True,
        width=_LONG,
    )
    return str(listed).strip()[1:-1]
