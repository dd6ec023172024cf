"""What a new version changes, in the words of the page: each thing as it was, and as it will be.

The sentences of both versions are laid side by side, so that a difference is said in the reader's
language and with titles. What no sentence shows (a rounding, an order) is listed from the core's
own differences, by its place in the file: so nothing that differs is left out.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from msgspec import Struct

from habitue.core import differences
from habitue.core.program import Program
from habitue.pages.program import rules, saying
from habitue.pages.program.rules import Line


class Change(Struct, frozen=True):
    """One thing that changes: what is said of it now and then; an empty side: it is not there."""

    section: str
    title: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Unsaid(Struct, frozen=True):
    """A change that no sentence shows: its place in the file, what stood there, what will."""

    path: str
    old: str
    new: str


_SECTIONS: Final = {
    "units": ("units",),
    "earn": ("earn", "promotions"),
    "rewards": ("rewards",),
    "tiers": ("tiers",),
    "benefits": ("benefits",),
    "draws": ("draws",),
    "causes": ("causes",),
    "partners": ("partners",),
    "fee": ("fee",),
    "household": ("together",),
    "transfers": ("together",),
    "leaderboard": ("together",),
    "dividend": ("dividend",),
    "pay_with": ("rewards",),
    "enrolment": ("basics",),
    "refund_of_spent": ("basics",),
    "undo_within": ("basics",),
}


def between(old: Program, new: Program, on: date) -> tuple[list[Change], list[Unsaid]]:
    """All that changes: what sentences show, and the rest."""
    said = list(_said(old, new, on))
    shown = {section.title: section.id for of in (old, new) for section in rules.sections(of, on)}
    titles = {(shown[one.section], one.title) for one in said}
    unsaid = [
        Unsaid(one.path, one.values.get("old", ""), one.values.get("new", ""))
        for one in differences.between(old, new)
        if one.path != "since" and not _covered(one.path, old, new, titles)
    ]
    return said, unsaid


def _said(old: Program, new: Program, on: date) -> Iterator[Change]:
    before = {section.id: section for section in rules.sections(old, on)}
    after = {section.id: section for section in rules.sections(new, on)}
    for name in dict.fromkeys([*after, *before]):
        there = after.get(name) or before[name]
        lines = [_by_title(one.lines if one else ()) for one in (before.get(name), after.get(name))]
        for key in dict.fromkeys([*lines[1], *lines[0]]):
            sides = [side[key].sentences if key in side else () for side in lines]
            if sides[0] != sides[1] or (key in lines[0]) != (key in lines[1]):
                yield Change(there.title, key[0], *sides)


def _by_title(lines: tuple[Line, ...]) -> dict[tuple[str, int], Line]:
    """Things by title; of several of one title, each has a number."""
    found: dict[tuple[str, int], Line] = {}
    for line in lines:
        number = sum(1 for title, _number in found if title == line.title)
        found[line.title, number] = line
    return found


def _covered(path: str, old: Program, new: Program, titles: set[tuple[str, str]]) -> bool:
    """Whether a sentence shows a change of that place in the file."""
    head, _dot, rest = path.partition(".")
    sections = _SECTIONS.get(head, ())
    name = rest.removeprefix("levels.").partition(".")[0].partition("#")[0]
    called = {
        "units": saying.called,
        "earn": saying.rule,
        "rewards": saying.reward,
        "draws": saying.draw,
    }.get(head)
    if head == "tiers" and rest.startswith("levels."):
        called = saying.tier
    if called is not None:
        known = {called(of, name) for of in (old, new)}
        return any((section, title) in titles for section in sections for title in known)
    return any(section in sections for section, _title in titles)
