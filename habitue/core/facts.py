"""What happened: the events that a loyalty program reacts to, as frozen typed values.

An `Event` says who, when and what. Its body (`what`) is one of the structs below. Amounts of
money are integers in minor units (cents); instants are aware datetimes; nothing here knows the
clock. A body is checked by `problem`, which answers with a refusal instead of raising, so that
one bad event never stops its neighbours.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, get_args

from msgspec import Struct

MAX_LINES: Final = 1_000
MAX_AMOUNT: Final = 10**13
MAX_QUANTITY: Final = 10**6
MAX_TEXT: Final = 200


class Refused(Struct, frozen=True, gc=False):
    """A refusal: `code` for machines, `sentence` (English) and `values` for a door to phrase."""

    code: str
    sentence: str
    values: dict[str, str | int] = {}


class Line(Struct, frozen=True, omit_defaults=True, gc=False):
    """One line of a purchase. `amount` is net of `discount` and before `tax`, in minor units."""

    amount: int
    quantity: int = 1
    sku: str = ""
    category: str = ""
    labels: tuple[str, ...] = ()
    discount: int = 0
    tax: int = 0


class Purchase(Struct, frozen=True, omit_defaults=True, tag="purchase", gc=False):
    """Goods bought. `covered` is the part of the total that was paid with units: it earns nothing.

    `spent` names the redemptions used to pay: a full return gives their units back.
    """

    lines: tuple[Line, ...]
    currency: str
    channel: str = ""
    place: str = ""
    partner: str = ""
    tender: str = ""
    covered: int = 0
    spent: tuple[int, ...] = ()
    attributes: dict[str, str | int | bool] = {}

    @property
    def total(self) -> int:
        """Net total in minor units."""
        lines = self.lines
        return lines[0].amount if len(lines) == 1 else sum([line.amount for line in lines])


class Returned(Struct, frozen=True, omit_defaults=True, gc=False):
    """Part of a purchase brought back: so many pieces of its line number `line` (from 0)."""

    line: int
    quantity: int = 1


class Refund(Struct, frozen=True, omit_defaults=True, tag="refund", gc=False):
    """Goods of purchase `of` returned: by lines, by `amount` in minor units, or (neither) whole."""

    of: int
    lines: tuple[Returned, ...] = ()
    amount: int = 0


class Visit(Struct, frozen=True, omit_defaults=True, tag="visit", gc=False):
    """A scan of the card at the counter, worth `quantity` visits or items."""

    quantity: int = 1
    channel: str = ""
    place: str = ""
    partner: str = ""
    attributes: dict[str, str | int | bool] = {}


class Enrolment(Struct, frozen=True, omit_defaults=True, tag="enrolment", gc=False):
    """A customer becomes a member."""

    channel: str = ""
    place: str = ""


class Birthday(Struct, frozen=True, omit_defaults=True, tag="birthday", gc=False):
    """A member's birthday; the door sends it on the day that is celebrated."""


class Action(Struct, frozen=True, omit_defaults=True, tag="action", gc=False):
    """Anything else that a rule may reward: a share, a review, a referral, a flight leg."""

    name: str
    quantity: int = 1
    channel: str = ""
    place: str = ""
    partner: str = ""
    attributes: dict[str, str | int | bool] = {}


class Redemption(Struct, frozen=True, omit_defaults=True, tag="redemption", gc=False):
    """A member takes a reward. `at_once`: handed over now, so its voucher is already used."""

    reward: str
    at_once: bool = False


class VoucherUse(Struct, frozen=True, omit_defaults=True, tag="voucher_use", gc=False):
    """A voucher is handed in; `choice` picks one of its gifts where there are several (from 0).

    `reward` and `issued_on` are filled in by the engine: history is read without vouchers.
    """

    voucher: int
    choice: int = 0
    reward: str = ""
    issued_on: date | None = None


class Undo(Struct, frozen=True, omit_defaults=True, tag="undo", gc=False):
    """Event `of` was a mistake: the same lots come back with the same dates."""

    of: int


class Adjustment(Struct, frozen=True, omit_defaults=True, tag="adjustment", gc=False):
    """A person corrects a balance by an exact number of units (fixed point), with a reason."""

    unit: str
    amount: int
    reason: str


class Passage(Struct, frozen=True, tag="passage", gc=False):
    """Time has passed: whatever fell due until then takes effect (sent by the sweep)."""


What = (
    Purchase
    | Refund
    | Visit
    | Enrolment
    | Birthday
    | Action
    | Redemption
    | VoucherUse
    | Undo
    | Adjustment
    | Passage
)


class Forgiven(Struct, frozen=True, gc=False):
    """Units that a correction found already spent and did not collect; `at` is when."""

    at: datetime
    amounts: dict[int, int]


class Event(Struct, frozen=True, gc=False):
    """Who, when, what. `id` is unique per customer, a multiple of 256, and grows with arrival."""

    id: int
    customer: int
    at: datetime
    what: What
    forgiven: Forgiven | None = None


KINDS: Final[dict[type, str]] = {body: body.__struct_config__.tag for body in get_args(What)}


def kind(what: What) -> str:
    """The word for an event's body, as the programs' `when` and the ledger write it."""
    return KINDS[type(what)]


def problem(event: Event, *, currency: str) -> Refused | None:
    """What is wrong with an event taken by itself, or None. `currency` is the program's."""
    what = event.what
    if isinstance(what, (Purchase, Visit, Action)) and what.attributes:
        for value in what.attributes.values():
            if not isinstance(value, str) and abs(value) > MAX_AMOUNT:
                return _refused("attribute", "A number among the attributes is huge.", MAX_AMOUNT)
    if isinstance(what, Purchase):
        return _purchase_problem(what, currency)
    if isinstance(what, Refund):
        return _refund_problem(what)
    if isinstance(what, (Visit, Action)) and not 0 < what.quantity <= MAX_QUANTITY:
        return _refused("quantity", "A quantity must be between 1 and 1,000,000.", what.quantity)
    if isinstance(what, Adjustment):
        if abs(what.amount) > MAX_AMOUNT or what.amount == 0:
            return _refused("amount", "An adjustment must not be zero or huge.", what.amount)
        if not what.reason.strip():
            return Refused("reason", "An adjustment needs a reason.")
    return None


def _purchase_problem(what: Purchase, currency: str) -> Refused | None:
    if what.currency != currency:
        return Refused(
            "currency",
            f"The purchase is in {what.currency!r}, the program counts in {currency}.",
            {"given": what.currency, "expected": currency},
        )
    lines = what.lines
    if not 0 < len(lines) <= MAX_LINES:
        return _refused("lines", "A purchase has between 1 and 1,000 lines.", len(lines))
    for line in lines:
        if not 0 < line.quantity <= MAX_QUANTITY:
            return _refused(
                "quantity",
                "A quantity must be between 1 and 1,000,000; goods brought back are a refund.",
                line.quantity,
            )
        if not (
            0 <= line.amount <= MAX_AMOUNT
            and 0 <= line.discount <= MAX_AMOUNT
            and 0 <= line.tax <= MAX_AMOUNT
        ):
            return _refused(
                "amount",
                "An amount must be 0 or more, and not huge; money given back is a refund.",
                line.amount,
            )
    if what.covered and not 0 <= what.covered <= what.total:
        return _refused("covered", "The part paid with units exceeds the total.", what.covered)
    return None


def _refund_problem(what: Refund) -> Refused | None:
    if what.amount < 0 or (what.amount and what.lines):
        return _refused("refund", "A refund is by lines, by a positive amount, or whole.", what.of)
    for returned in what.lines:
        if returned.quantity <= 0 or returned.line < 0:
            return _refused("quantity", "A returned quantity must be 1 or more.", returned.quantity)
    return None


def _refused(code: str, sentence: str, value: int) -> Refused:
    return Refused(code, sentence, {"given": value})
