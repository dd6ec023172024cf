"""Reads a story: steps with their lines, what is done in them, and what must be true then."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from habitue.core import money, program
from habitue.core.document import conditions, page, phrases
from habitue.core.document.forms import (
    BAD,
    NAME,
    Choice,
    Form,
    Key,
    Known,
    Many,
    Phrase,
    Table,
    entries,
    expected,
)
from habitue.core.document.page import Node, Problem, Sheet
from habitue.core.story import doings
from habitue.core.story.doings import Doing


class Expectation(Struct, frozen=True):
    """One thing that must be true: a unit's balance, or a word such as `tier`.

    `of` names which one, where there are several: `{causes: {fund: 5.00}}` is about `fund`.
    """

    line: int
    key: str
    value: Any
    of: str = ""


class Step(Struct, frozen=True):
    """One line of a story. Without `member`, time passes for everyone."""

    line: int
    at: datetime
    said: str
    member: str | None = None
    doing: Doing | None = None
    then: tuple[Expectation, ...] = ()


class Story(Struct, frozen=True):
    """The steps in the order told, the customers who are no members, and partners' deposits."""

    steps: tuple[Step, ...]
    guests: tuple[str, ...] = ()
    deposits: dict[str, int] = {}


def parse(text: str, of: program.Program) -> Story | list[Problem]:
    """The story that a YAML text tells about a program, or all its problems."""
    root = page.opened(text)
    if isinstance(root, Problem):
        return [root]
    sheet = Sheet(
        decimals={unit.id: unit.decimals for unit in of.units},
        places=money.decimals(of.currency),
        tiers=tuple(level.id for level in of.tiers.levels) if of.tiers else (),
    )
    if not isinstance(root, page.Sequenced) or not root.value:
        expected("a list of steps, each beginning with -", root, "", sheet)
    guests: tuple[str, ...] = ()
    deposits: dict[str, int] = {}
    steps = []
    for number, node in enumerate(page.items(root)):
        reader, path = _Reader(of, sheet), f"[{number}]"
        if page.peek(node, "guests") is not None:
            named = _GUESTS.read(node, path, sheet)
            guests = guests if named is BAD else named
        elif (paid := page.peek(node, "deposits")) is not None:
            deposits |= reader.amounts(paid, f"{path}.deposits", reader.partners, phrases.CASH)
        else:
            step = reader.step(node, path)
            steps += [step] if step is not None else []
    if sheet.problems:
        return sorted(sheet.problems, key=lambda problem: (problem.line, problem.column))
    return Story(tuple(steps), guests, deposits)


def _names(guests: tuple[str, ...]) -> tuple[str, ...]:
    return guests


_GUESTS: Final = Table(_names, {"guests": Key(Many(phrases.ID), required=True)})


class _Reader:
    """Reads the steps of a story about one program."""

    def __init__(self, of: program.Program, sheet: Sheet) -> None:
        self.program = of
        self.sheet = sheet
        self.zone = ZoneInfo(of.timezone)
        self.rewards = Known("reward", lambda _: tuple(reward.id for reward in of.rewards))
        self.partners = tuple(partner.id for partner in of.partners)

    def step(self, node: Node, path: str) -> Step | None:
        """One step, or None with its problems on the sheet."""
        if not isinstance(node, page.Mapping):
            expected("a step such as {at: 2026-02-01, alice: buys 80.00}", node, path, self.sheet)
            return None
        at: Any = BAD
        member, doing, said = None, None, ""
        then: tuple[Expectation, ...] = ()
        for name, value, under in entries(node, path, self.sheet, (), closed=False):
            if name == "at":
                at = _MOMENT.read(value, under, self.sheet)
            elif name == "then":
                then = self._then(value, under)
            elif name == "note":
                phrases.TEXT.read(value, under, self.sheet)
            elif member is None and NAME.fullmatch(name):
                member, doing = name, doings.Doings(self.program, self.sheet).read(value, under)
                said = doings.said(value)
            else:
                self.sheet.fault(value, under, "a step is about one person", word=name)
        if at is BAD:
            if page.peek(node, "at") is None:
                self.sheet.fault(node, path, '"at" is missing', word="at")
            return None
        line = page.position(node)[0]
        return Step(line, at.replace(tzinfo=self.zone), said, member, doing, then)

    def _then(self, node: Node, path: str) -> tuple[Expectation, ...]:
        if not isinstance(node, page.Mapping):
            expected("a mapping such as {points: 80}", node, path, self.sheet)
            return ()
        words, several = self._words(), self._several()
        units = tuple(self.sheet.decimals)
        found = []
        for name, value, under in entries(node, path, self.sheet, (*units, *words, *several)):
            line = page.position(value)[0]
            if name in several:
                names, form = several[name]
                held = self.amounts(value, under, names, form)
                found += [Expectation(line, name, of[1], of[0]) for of in held.items()]
                continue
            read = (words.get(name) or doings.balance(name)).read(value, under, self.sheet)
            if read is not BAD:
                found.append(Expectation(line, name, read))
        return tuple(found)

    def _words(self) -> dict[str, Form]:
        """What can be expected of a member, beside balances; only what the program has."""
        of = self.program
        words: dict[str, Form] = {
            "tier": conditions.TIER,
            "tier_until": _DAY_OR_NEVER,
            "rewards": Many(self.rewards, least=0),
            "refused": phrases.ID,
            "because": phrases.TEXT,
            "expires": _DAY_OR_NEVER,
            "money": _MONEY,
        }
        if of.fee is not None:
            words |= {"fee": _FEE, "fee_until": _DAY_OR_NEVER, "fee_asked": _MONEY, "saved": _MONEY}
        if of.draws:
            words["prizes"] = Many(Known("draw", lambda _: tuple(d.id for d in of.draws)), least=0)
        return words

    def _several(self) -> dict[str, tuple[tuple[str, ...], Form | None]]:
        """What can be expected of several things by name; None: a number of that unit."""
        of = self.program
        several: dict[str, tuple[tuple[str, ...], Form | None]] = {}
        if of.units:
            several["pending"] = (tuple(self.sheet.decimals), None)
        if of.causes:
            several["causes"] = (tuple(cause.id for cause in of.causes), _MONEY)
        if of.partners:
            several |= {"owes": (self.partners, _MONEY), "is_owed": (self.partners, _MONEY)}
        if of.draws:
            several["entries"] = (tuple(draw.id for draw in of.draws), _ENTRIES)
        return several

    def amounts(
        self, node: Node, path: str, names: tuple[str, ...], form: Form | None
    ) -> dict[str, Any]:
        """Values by name."""
        if not isinstance(node, page.Mapping):
            expected("a mapping of names and numbers", node, path, self.sheet)
            return {}
        found = {}
        for name, value, under in entries(node, path, self.sheet, names):
            read = (form or doings.balance(name)).read(value, under, self.sheet)
            if read is not BAD:
                found[name] = read
        return found


def _moment(text: str, _sheet: Sheet) -> datetime:
    match = re.fullmatch(r"([0-9-]{10})(?: ((?:[01][0-9]|2[0-3]):[0-5][0-9]))?", text)
    if match is None:
        raise ValueError
    day = phrases.day(match[1])
    return datetime.combine(day, time.fromisoformat(match[2] or "12:00"))


def _day_or_never(text: str, _sheet: Sheet) -> date | None:
    return None if text == "never" else phrases.day(text)


def _money(text: str, sheet: Sheet) -> int:
    return phrases.number(text, sheet.places, of="the currency")


_MOMENT: Final = Phrase("a date such as 2026-02-01, or 2026-02-01 10:30", _moment)
_DAY_OR_NEVER: Final = Phrase("a date such as 2026-02-01, or never", _day_or_never)
_MONEY: Final = Phrase("an amount of money such as 12.50", _money)
_FEE: Final = Choice(("none", "trial", "paid", "ending", "lapsed"))
_ENTRIES: Final = phrases.whole(0, 1_000_000)
