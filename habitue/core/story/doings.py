"""What people do in a story: phrases such as `buys 80.00`, and mappings for what a phrase lacks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, Final

from msgspec import Struct, structs

from habitue.core import facts, program
from habitue.core.document import awards, page, phrases
from habitue.core.document.forms import (
    BAD,
    NAME,
    Key,
    Many,
    Phrase,
    Table,
    Variants,
    entries,
    expected,
)
from habitue.core.document.page import Node, Sheet

VERBS: Final = (
    "joins",
    "buys 80.00",
    "buys 80.00 paying 5.00 with units",
    "returns 20.00 of 2026-05-12",
    "returns everything of 2026-05-12",
    "takes mini",
    "takes mini at once",
    "uses mini",
    "uses mini choosing 2",
    "enjoys delivery",
    "visits",
    "scans 3",
    "acts share",
    "acts delivery of 2026-05-12",
    "has birthday",
    "has anniversary",
    "has date",
    "is approved",
    "is rejected",
    "is in vip",
    "gives 50 points to bruno",
    "is the same as bruno",
    "is not the same as bruno",
    "pays fee 49.00",
    "fails to pay",
    "is paid back",
    "cancels",
    "wins 1 of weekly",
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
    partner: str = ""


class PaysPart(Struct, frozen=True):
    """A purchase, `money` of which is paid with units first."""

    purchase: facts.Purchase
    money: int


class Concerns(Struct, frozen=True):
    """An action about the event of a day: the delivery of what was bought then."""

    action: facts.Action
    of: date


class Judged(Struct, frozen=True):
    """A person lets the last event that earned something count, or not."""

    given: bool


class Gives(Struct, frozen=True):
    """Units for another member."""

    unit: str
    amount: int
    to: str


class IsThe(Struct, frozen=True):
    """Two members are one person, or (not `same`) turn out to be two after all."""

    other: str
    same: bool = True


class Wins(Struct, frozen=True):
    """Prize number `prize` (from 0) of a draw, of the period in which that day lies."""

    draw: str
    prize: int


class UndoesLast(Struct, frozen=True):
    """The member's last accepted event was a mistake."""


Doing = (
    facts.What | Returns | Uses | PaysPart | Concerns | Judged | Gives | IsThe | Wins | UndoesLast
)
_Make = Callable[[re.Match[str], Sheet], Doing]


class Doings:
    """Reads what somebody does in a story about one program."""

    def __init__(self, of: program.Program, sheet: Sheet) -> None:
        self.program = of
        self.sheet = sheet

    def read(self, node: Node, path: str) -> Doing | None:
        """What a step says is done, or None with its problem on the sheet."""
        if isinstance(node, page.Mapping):
            read = self._forms().read(node, path, self.sheet)
            return None if read is BAD else self._known(read, node, path)
        text = page.word(node)
        for pattern, make in _PHRASES:
            if match := pattern.fullmatch(text):
                return self._made(make, match, node, path)
        sentence = f"nobody knows what {page.found(node)} means"
        self.sheet.fault(node, path, sentence, word=text, allowed=VERBS)
        return None

    def _made(self, make: _Make, match: re.Match[str], node: Node, path: str) -> Doing | None:
        try:
            doing = make(match, self.sheet)
        except ValueError as refused:
            self.sheet.fault(node, path, str(refused) or f"{page.found(node)} is not understood")
            return None
        return self._known(_priced(doing, self.program.currency), node, path)

    def _known(self, doing: Doing, node: Node, path: str) -> Doing:
        """The same; a name that the program does not know is noted."""
        match doing:
            case facts.Redemption(reward) | Uses(reward):
                rewards = [each.id for each in self.program.rewards]
                self._named("reward", reward, rewards, node, path)
            case facts.BenefitUse(benefit):
                benefits = [each.id for each in self.program.benefits]
                self._named("benefit", benefit, benefits, node, path)
            case Wins(draw):
                self._named("draw", draw, [each.id for each in self.program.draws], node, path)
            case Gives(unit):
                self._named("unit", unit, [each.id for each in self.program.units], node, path)
        return doing

    def _named(self, what: str, name: str, names: list[str], node: Node, path: str) -> None:
        if name not in names:
            self.sheet.fault(node, path, f'unknown {what} "{name}"', word=name, allowed=names)

    def _forms(self) -> Variants:
        """The mapping forms, for what does not fit in a phrase."""
        bought = partial(_purchase, self.program.currency)
        where: dict[str, Key] = {
            name: Key(phrases.TEXT) for name in ("channel", "place", "partner")
        }
        partner = {"partner": Key(phrases.TEXT)}
        attributes = {"attributes": Key(Attributes())}
        bought_keys = {
            "buys": Key(Basket(), attribute="lines", required=True),
            "tender": Key(phrases.TEXT),
            "covered": Key(phrases.CASH),
            "paying": Key(phrases.CASH),
        }
        acted = {"acts": Key(phrases.ID, attribute="name", required=True), "quantity": Key(_COUNT)}
        visited = {"visits": Key(_COUNT, attribute="quantity", required=True)}
        returned = {
            "returns": Key(Many(_RETURNED), attribute="lines", required=True),
            "of": Key(phrases.DAY, required=True),
        }
        taken: dict[str, Key] = {"takes": Key(phrases.ID, attribute="reward", required=True)}
        enjoyed = {
            "enjoys": Key(phrases.ID, attribute="benefit", required=True),
            "quantity": Key(_COUNT),
            "order": Key(phrases.CASH),
        }
        adjusted = {
            "adjusts": Key(Correction(), required=True),
            "reason": Key(phrases.TEXT, required=True),
        }
        tables = {
            "buys": Table(bought, bought_keys | where | attributes),
            "returns": Table(Returns, returned),
            "visits": Table(facts.Visit, visited | where | attributes),
            "acts": Table(facts.Action, acted | where | attributes),
            "takes": Table(facts.Redemption, taken | partner),
            "uses": Table(
                Uses, {"uses": Key(phrases.ID, attribute="reward", required=True)} | partner
            ),
            "enjoys": Table(facts.BenefitUse, enjoyed),
            "adjusts": Table(_adjustment, adjusted),
        }
        return Variants("what happened, such as buys 80.00", tables, str)


def said(node: Node) -> str:
    """The step in words for the trace: `buys 80.00`, `buys 14.35, tender preloaded card`."""
    if isinstance(node, page.Mapping):
        return ", ".join(f"{page.word(name)} {said(value)}" for name, value in page.pairs(node))
    if isinstance(node, page.Sequenced):
        return "; ".join(f"({said(item)})" for item in page.items(node))
    return page.word(node)


def balance(unit: str) -> Phrase:
    """A number of a unit, which may be below zero."""

    def parse(text: str, sheet: Sheet) -> int:
        return phrases.number(text, sheet.decimals[unit], of=f'the unit "{unit}"')

    return Phrase(f"a number of {unit}", parse)


# --- phrases -----------------------------------------------------------------------------------


def _buys(match: re.Match[str], sheet: Sheet) -> Doing:
    purchase = facts.Purchase((facts.Line(phrases.cash(match[1], sheet)),), "")
    return PaysPart(purchase, phrases.cash(match[2], sheet)) if match[2] else purchase


def _returns(match: re.Match[str], sheet: Sheet) -> Doing:
    amount = 0 if match[1] == "everything" else phrases.cash(match[1], sheet)
    return Returns(phrases.day(match[2]), amount=amount)


def _acts(match: re.Match[str], _sheet: Sheet) -> Doing:
    action = facts.Action(match[1])
    return Concerns(action, phrases.day(match[2])) if match[2] else action


def _gives(match: re.Match[str], sheet: Sheet) -> Doing:
    unit = match[2]
    places = sheet.decimals.get(unit, 0)
    return Gives(unit, phrases.number(match[1], places, of=f'the unit "{unit}"'), match[3])


def _pays_fee(match: re.Match[str], sheet: Sheet) -> Doing:
    return facts.FeePaid(phrases.cash(match[1], sheet), "")


def _always(what: Doing) -> _Make:
    return lambda _match, _sheet: what


_N: Final = NAME.pattern
_AMOUNT: Final = "[0-9.]+"
_DAY: Final = "[0-9-]+"
_FORMS: Final[dict[str, _Make]] = {
    "joins": _always(facts.Enrolment()),
    rf"buys ({_AMOUNT})(?: paying ({_AMOUNT}) with units)?": _buys,
    rf"returns (everything|{_AMOUNT}) of ({_DAY})": _returns,
    rf"takes ({_N})( at once)?": lambda match, _: facts.Redemption(match[1], bool(match[2])),
    rf"uses ({_N})(?: choosing ([1-9]))?": lambda match, _: Uses(match[1], int(match[2] or 1) - 1),
    rf"enjoys ({_N})": lambda match, _: facts.BenefitUse(match[1]),
    r"(?:visits|scans)(?: ([0-9]{1,7}))?": lambda match, _: facts.Visit(int(match[1] or 1)),
    rf"acts ({_N})(?: of ({_DAY}))?": _acts,
    "has birthday": _always(facts.Birthday()),
    "has anniversary": _always(facts.Anniversary()),
    "has date": _always(facts.CalendarDay()),
    "is approved": _always(Judged(True)),
    "is rejected": _always(Judged(False)),
    rf"is in ({_N}(?:, {_N})*)": lambda match, _: facts.Segments(tuple(match[1].split(", "))),
    rf"gives ({_AMOUNT}) ({_N}) to ({_N})": _gives,
    rf"is (not )?the same as ({_N})": lambda match, _: IsThe(match[2], not match[1]),
    rf"pays fee ({_AMOUNT})": _pays_fee,
    "fails to pay": _always(facts.FeeFailed()),
    "is paid back": _always(facts.FeeRefunded()),
    "cancels": _always(facts.Cancellation()),
    rf"wins ([1-9][0-9]?) of ({_N})": lambda match, _: Wins(match[2], int(match[1]) - 1),
    "undoes last": _always(UndoesLast()),
    "waits": _always(facts.Passage()),
}
_PHRASES: Final = tuple((re.compile(pattern), make) for pattern, make in _FORMS.items())
_COUNT: Final = phrases.whole(1, facts.MAX_QUANTITY)


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


_VALUE: Final = Phrase("a value", phrases.attribute_value)


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
        read = {
            name: _VALUE.read(value, under, sheet)
            for name, value, under in entries(node, path, sheet, (), closed=False)
        }
        return BAD if BAD in read.values() else read

    def write(self, value: Any, _sheet: Sheet) -> Any:
        return dict(value)

    def schema(self) -> dict[str, Any]:
        return {"type": "object"}


class Correction:
    """`{points: -5}`: an exact number of one unit, up or down."""

    def read(self, node: Node, path: str, sheet: Sheet) -> Any:
        read = [
            (name, balance(name).read(value, under, sheet))
            for name, value, under in entries(node, path, sheet, tuple(sheet.decimals))
        ]
        if len(read) != 1:
            return expected("a number of one unit", node, path, sheet)
        return BAD if read[0][1] is BAD else read[0]

    def write(self, value: Any, _sheet: Sheet) -> Any:
        return dict([value])

    def schema(self) -> dict[str, Any]:
        return awards.Amounts().schema()


def _purchase(
    currency: str, lines: tuple[facts.Line, ...], paying: int = 0, **more: Any
) -> facts.Purchase | PaysPart:
    purchase = facts.Purchase(lines, currency, **more)
    return PaysPart(purchase, paying) if paying else purchase


def _adjustment(adjusts: tuple[str, int], reason: str) -> facts.Adjustment:
    return facts.Adjustment(adjusts[0], adjusts[1], reason)


def _priced(doing: Doing, currency: str) -> Doing:
    """A phrase names no currency: it is the program's."""
    match doing:
        case facts.Purchase() | facts.FeePaid():
            return structs.replace(doing, currency=currency)
        case PaysPart(purchase, money):
            return PaysPart(structs.replace(purchase, currency=currency), money)
        case _:
            return doing
