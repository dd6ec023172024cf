"""What changes from one version of a program to another, in words: a sentence per change.

The two programs are compared as they are written (`document.write`), which says everything a
program is: so programs that differ have at least one difference, and equal ones have none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import yaml
from msgspec import Struct

from habitue.core import document, program
from habitue.core.differences import sentences, words

__all__ = ["Difference", "between"]

LISTS: Final = {
    "earn": "rule",
    "rewards": "reward",
    "benefits": "benefit",
    "causes": "cause",
    "partners": "partner",
    "draws": "draw",
}
"""Lists of things with an id, and what one of them is called."""

WHOLE: Final = ("fee", "household", "transfers", "pay_with", "dividend", "leaderboard")
"""Things that a program has or has not."""


class Difference(Struct, frozen=True):
    """One change: `key` and `values` for a page to phrase, `path` in the file, and from when.

    `values` always holds what it is about (`id`), `new` and `old`, as far as there are such.
    """

    key: str
    path: str
    values: dict[str, str]
    since: date | None

    @property
    def sentence(self) -> str:
        """The change in English: `From 1 March 2026, the reward coffee costs 12 stamps …`"""
        said = sentences.SENTENCES[self.key].format(**self.values)
        day = f"{self.since.day} {self.since:%B %Y}" if self.since else "the day it is published"
        return f"From {day}, {said}."


class Change(Struct, frozen=True):
    """A place in the file that is written otherwise; None: not there.

    `about` is the thing it belongs to (a rule, a unit…), `id` its name, `field` what of it.
    """

    about: str
    id: str
    field: str
    path: str
    old: Any
    new: Any
    thing: Mapping[str, Any] = {}


def between(old: program.Program, new: program.Program) -> list[Difference]:
    """All that changes from `old` to `new`, in the order of the file."""
    before, after = _tree(old), _tree(new)
    starts = before.pop("since", None), after.pop("since", None)
    found = [_difference(change, new.since) for change in _changes(before, after)]
    if not found and starts[0] != starts[1]:
        moved = Change("program", new.id, "since", "since", *starts)
        found.append(_difference(moved, new.since))
    return found


def _tree(of: program.Program) -> dict[str, Any]:
    tree = yaml.load(document.write(of), Loader=yaml.BaseLoader)
    assert isinstance(tree, dict)
    return tree


def _difference(change: Change, since: date | None) -> Difference:
    values = {"id": change.id, "field": change.field, "path": change.path}
    key, more = sentences.of_change(
        change.about, change.field, change.old, change.new, change.thing
    )
    return Difference(key, change.path, values | more, since)


# --- what is written otherwise -----------------------------------------------------------------


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key in _keys(before, after):
        old, new = before.get(key), after.get(key)
        if key == "units":
            yield from _things("unit", "units.", old or {}, new or {})
        elif key in LISTS:
            yield from _things(LISTS[key], f"{key}.", _named(old), _named(new))
        elif key == "tiers":
            yield from _tiers(old, new)
        elif key == "combine":
            yield from _fields("combine", "", "combine.", old or {}, new or {})
        elif key in WHOLE:
            yield from _one(key, old, new)
        elif old != new:
            yield Change("program", "", key, key, old, new)


def _keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The keys of both, in the order of the newer."""
    return list(dict.fromkeys([*after, *before]))


def _named(entries: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    """The entries of a list by id; one that stands several times (dated rules) is numbered."""
    found: dict[str, Any] = {}
    for entry in entries or ():
        name, number = entry["id"], 1
        while name in found:
            number += 1
            name = f"{entry['id']}#{number}"
        found[name] = entry
    return found


def _things(
    about: str, path: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    """Things that come, go, change, or stand in another order."""
    for name in _keys(before, after):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            yield Change(about, name, "", f"{path}{name}", old, new, new or old or {})
        else:
            yield from _fields(about, name, f"{path}{name}.", old, new)
    stay = [
        [name for name in names if name in before and name in after] for names in (before, after)
    ]
    if stay[0] != stay[1]:
        yield Change(about, "", "order", path.rstrip("."), stay[0], stay[1])


def _fields(
    about: str, name: str, path: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    for key in _keys(before, after):
        old, new = before.get(key), after.get(key)
        if old != new:
            yield Change(about, name, key, f"{path}{key}", old, new, after)


def _one(key: str, old: Any, new: Any) -> Iterator[Change]:
    if old is None or new is None:
        yield Change(key, key, "", key, old, new, old or new or {})
    else:
        yield from _fields(key, key, f"{key}.", old, new)


def _tiers(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[Change]:
    if old is None or new is None:
        there = new if old is None else old
        assert there is not None
        listed = words.joined([level["id"] for level in there["levels"]])
        yield Change("tiers", listed, "", "tiers", old, new, there)
        return
    before, after = dict(old), dict(new)
    levels = _named(before.pop("levels")), _named(after.pop("levels"))
    basis = before.pop("basis", {}), after.pop("basis", {})
    yield from _fields("tiers", "", "tiers.basis.", *basis)
    yield from _fields("tiers", "", "tiers.", before, after)
    yield from _things("tier", "tiers.levels.", *levels)
