"""Reads a story: steps with their lines, what is done in them, and what must be true then."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from habitue.core import facts, money, program
from habitue.core.document import awards, conditions, page, phrases
from habitue.core.document.forms import (
    BAD,
    NAME,
    Form,
    Key,
    Known,
    Many,
    Phrase,
    Table,
    Variants,
    entries,
    expected,
)
from habitue.core.document.page import Node, Problem, Sheet

VERBS: Final = (
    "joins",
    "buys 80.00",
    "returns 20.00 of 2026-05-12",
    "returns everything of 2026-05-12",
    "takes mini",
    "takes mini at once",
    "uses mini",
    "uses mini choosing 2",
    "visits",
    "scans 3",
    "acts share",
    "has birthday",
    "undoes last",
    "waits",
)


class Returns(Struct, frozen=True):
    """Goods of the purchase made on the day `of` come back."""

    of: date
    lines: tuple[facts.Returned, ...] = ()
    amount: int = 0


class Uses(Struct, frozen=True):
    """The oldest open voucher of a reward is handed in; `choice` from 0."""

    reward: str
    choice: int = 0


class UndoesLast(Struct, frozen=True):
    """The member's last accepted event was a mistake."""


Doing = facts.What | Returns | Uses | UndoesLast


class Expectation(Struct, frozen=True):
    """One thing that must be true: a unit's balance, or a word such as `tier`."""

    line: int
    key: str
    value: Any


class Step(Struct, frozen=True):
    """One line of a story. Without `member`, time passes for everyone."""

    line: int
    at: datetime
    said: str
    member: str | None = None
    doing: Doing | None = None
    then: tuple[Expectation, ...] = ()


class Story(Struct, frozen=True):
    """The steps in the order told, and the customers who are no members."""

    steps: tuple[Step, ...]
    guests: tuple[str, ...] = ()


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
    steps = []
    for number, node in enumerate(page.items(root)):
        if page.peek(node, "guests") is not None:
            named = _GUESTS.read(node, f"[{number}]", sheet)
            guests = guests if named is BAD else named
            continue
        step = _Reader(of, sheet).step(node, f"[{number}]")
        if step is not None:
            steps.append(step)
    if sheet.problems:
        return sorted(sheet.problems, key=lambda problem: (problem.line, problem.column))
    return Story(tuple(steps), guests)


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
                member, doing = name, self._doing(value, under)
                said = _said(value)
            else:
                self.sheet.fault(value, under, "a step is about one person", word=name)
        if at is BAD:
            if page.peek(node, "at") is None:
                self.sheet.fault(node, path, '"at" is missing', word="at")
            return None
        line = page.position(node)[0]
        return Step(line, at.replace(tzinfo=self.zone), said, member, doing, then)

    def _doing(self, node: Node, path: str) -> Doing | None:
        if isinstance(node, page.Mapping):
            read = self._forms().read(node, path, self.sheet)
            return None if read is BAD else read
        text = page.word(node)
        for pattern, make in _PHRASES:
            if match := pattern.fullmatch(text):
                return self._made(make, match, node, path)
        sentence = f"nobody knows what {page.found(node)} means"
        self.sheet.fault(node, path, sentence, word=text, allowed=VERBS)
        return None

    def _made(
        self,
        make: Callable[[re.Match[str], Sheet], Doing],
        match: re.Match[str],
        node: Node,
        path: str,
    ) -> Doing | None:
        try:
            doing = make(match, self.sheet)
        except ValueError as refused:
            self.sheet.fault(node, path, str(refused) or f"{page.found(node)} is not understood")
            return None
        if isinstance(doing, facts.Purchase):
            return _priced(doing, self.program.currency)
        if isinstance(doing, facts.Redemption | Uses):
            known = self.program.reward(doing.reward)
            if known is None:
                sentence = f'unknown reward "{doing.reward}"'
                names = self.rewards.names(self.sheet)
                self.sheet.fault(node, path, sentence, word=doing.reward, allowed=names)
        return doing

    def _forms(self) -> Variants:
        """The mapping forms, for what does not fit in a phrase."""
        bought = partial(_purchase, self.program.currency)
        where = {name: Key(phrases.TEXT) for name in ("channel", "place", "partner")}
        attributes = {"attributes": Key(Attributes())}
        tables = {
            "buys": Table(
                bought,
                {
                    "buys": Key(Basket(), "", "lines", required=True),
                    "tender": Key(phrases.TEXT),
                    "covered": Key(phrases.CASH),
                    **where,
                    **attributes,
                },
            ),
            "returns": Table(
                Returns,
                {
                    "returns": Key(Many(_RETURNED), "", "lines", required=True),
                    "of": Key(phrases.DAY, required=True),
                },
            ),
            "visits": Table(
                facts.Visit,
                {"visits": Key(_COUNT, "", "quantity", required=True), **where, **attributes},
            ),
            "acts": Table(
                facts.Action,
                {
                    "acts": Key(phrases.ID, "", "name", required=True),
                    "quantity": Key(_COUNT),
                    **where,
                    **attributes,
                },
            ),
            "adjusts": Table(
                _adjustment,
                {
                    "adjusts": Key(Correction(), required=True),
                    "reason": Key(phrases.TEXT, required=True),
                },
            ),
        }
        return Variants("what happened, such as buys 80.00", tables, str)

    def _then(self, node: Node, path: str) -> tuple[Expectation, ...]:
        if not isinstance(node, page.Mapping):
            expected("a mapping such as {points: 80}", node, path, self.sheet)
            return ()
        words: dict[str, Form] = {
            "tier": conditions.TIER,
            "tier_until": _DAY_OR_NEVER,
            "rewards": Many(self.rewards, least=0),
            "refused": phrases.ID,
            "because": phrases.TEXT,
            "expires": _DAY_OR_NEVER,
        }
        units = tuple(self.sheet.decimals)
        found = []
        for name, value, under in entries(node, path, self.sheet, (*units, *words)):
            form = words.get(name) or _balance(name)
            read = form.read(value, under, self.sheet)
            if read is not BAD:
                found.append(Expectation(page.position(value)[0], name, read))
        return tuple(found)


# --- phrases -----------------------------------------------------------------------------------


def _moment(text: str, _sheet: Sheet) -> datetime:
    match = re.fullmatch(r"([0-9-]{10})(?: ([0-9]{2}:[0-9]{2}))?", text)
    if match is None:
        raise ValueError
    day = phrases.day(match[1])
    return datetime.combine(day, time.fromisoformat(match[2] or "12:00"))


def _buys(match: re.Match[str], sheet: Sheet) -> Doing:
    return facts.Purchase((facts.Line(phrases.cash(match[1], sheet)),), "")


def _returns(match: re.Match[str], sheet: Sheet) -> Doing:
    amount = 0 if match[1] == "everything" else phrases.cash(match[1], sheet)
    return Returns(phrases.day(match[2]), amount=amount)


def _counted(match: re.Match[str], _sheet: Sheet) -> Doing:
    return facts.Visit(int(match[1] or 1))


_N: Final = NAME.pattern
_PHRASES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Sheet], Doing]], ...]] = (
    (re.compile(r"joins"), lambda match, _: facts.Enrolment()),
    (re.compile(r"buys ([0-9.]+)"), _buys),
    (re.compile(r"returns (everything|[0-9.]+) of ([0-9-]+)"), _returns),
    (re.compile(rf"takes ({_N})( at once)?"), lambda m, _: facts.Redemption(m[1], bool(m[2]))),
    (
        re.compile(rf"uses ({_N})(?: choosing ([1-9]))?"),
        lambda match, _: Uses(match[1], int(match[2] or 1) - 1),
    ),
    (re.compile(r"(?:visits|scans)(?: ([0-9]{1,7}))?"), _counted),
    (re.compile(rf"acts ({_N})"), lambda match, _: facts.Action(match[1])),
    (re.compile(r"has birthday"), lambda match, _: facts.Birthday()),
    (re.compile(r"undoes last"), lambda match, _: UndoesLast()),
    (re.compile(r"waits"), lambda match, _: facts.Passage()),
)
_MOMENT: Final = Phrase("a date such as 2026-02-01, or 2026-02-01 10:30", _moment)
_DAY_OR_NEVER: Final = Phrase(
    "a date such as 2026-02-01, or never",
    lambda text, _: None if text == "never" else phrases.day(text),
)
_COUNT: Final = phrases.whole(1, facts.MAX_QUANTITY)


def _balance(unit: str) -> Phrase:
    def parse(text: str, sheet: Sheet) -> int:
        return phrases.number(text, sheet.decimals[unit], of=f'the unit "{unit}"')

    return Phrase(f"a number of {unit}", parse)


# --- mapping forms -----------------------------------------------------------------------------

_LINE: Final = Table(
    facts.Line,
    {
        "amount": Key(phrases.CASH, "Net of discount, before tax.", required=True),
        "quantity": Key(_COUNT),
        "sku": Key(phrases.TEXT),
        "category": Key(phrases.TEXT),
        "labels": Key(Many(phrases.TEXT, alone=True)),
        "discount": Key(phrases.CASH),
        "tax": Key(phrases.CASH),
    },
)


def _returned(line: int, quantity: int = 1) -> facts.Returned:
    return facts.Returned(line - 1, quantity)


_RETURNED: Final = Table(
    _returned, {"line": Key(phrases.whole(1, 1_000), required=True), "quantity": Key(_COUNT)}
)


class Basket:
    """`80.00`, or a list of lines."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if isinstance(node, page.Sequenced):
            return Many(_LINE).read(node, path, sheet)
        amount = phrases.CASH.read(node, path, sheet)
        return BAD if amount is BAD else (facts.Line(amount),)

    def write(self, value: Any, sheet: Sheet) -> Any:
        return Many(_LINE).write(value, sheet)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [phrases.CASH.schema(), Many(_LINE).schema()]}


class Attributes:
    """`{distance: 3459, class: J}`."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        if not isinstance(node, page.Mapping):
            return expected("a mapping such as {distance: 3459}", node, path, sheet)
        return {
            name: phrases.attribute_value(page.word(value), sheet)
            for name, value, _ in entries(node, path, sheet, (), closed=False)
        }

    def write(self, value: Any, _sheet: Sheet) -> Any:
        return dict(value)

    def schema(self) -> dict[str, Any]:
        return {"type": "object"}


class Correction:
    """`{points: -5}`: an exact number of one unit, up or down."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        read = [
            (name, _balance(name).read(value, under, sheet))
            for name, value, under in entries(node, path, sheet, tuple(sheet.decimals))
        ]
        if len(read) != 1:
            return expected("a number of one unit", node, path, sheet)
        return BAD if read[0][1] is BAD else read[0]

    def write(self, value: Any, _sheet: Sheet) -> Any:
        return dict([value])

    def schema(self) -> dict[str, Any]:
        return awards.Amounts().schema()


def _purchase(currency: str, lines: tuple[facts.Line, ...], **more: Any) -> facts.Purchase:
    return facts.Purchase(lines, currency, **more)


def _adjustment(adjusts: tuple[str, int], reason: str) -> facts.Adjustment:
    return facts.Adjustment(adjusts[0], adjusts[1], reason)


def _priced(purchase: facts.Purchase, currency: str) -> facts.Purchase:
    return facts.Purchase(purchase.lines, currency)


def _said(node: Node) -> str:
    """The step in words for the trace: `buys 80.00`, `buys 14.35, tender preloaded card`."""
    if isinstance(node, page.Mapping):
        return ", ".join(f"{page.word(name)} {_said(value)}" for name, value in page.pairs(node))
    if isinstance(node, page.Sequenced):
        return "; ".join(f"({_said(item)})" for item in page.items(node))
    return page.word(node)
