"""What happened: the events that a loyalty program reacts to, as frozen typed values.

An `Event` says who, when and what. Its body (`what`) is one of the structs below. Amounts of
money are integers in minor units (cents); instants are aware datetimes; nothing here knows the
clock. A body is checked by `problem`, which answers with a refusal instead of raising, so that
one bad event never stops its neighbours.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, get_args

from msgspec import Struct, field

from habitue.core.account import Memory, Voucher

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
    """A customer becomes a member. `invited_by`: the member who brought them, by number.

    The ledger rewards both with the actions `referral` and `referred` once the friend has bought.
    `unwelcomed`: they come from a list of long-known customers, so nothing is given for joining.
    """

    channel: str = ""
    place: str = ""
    invited_by: int = 0
    unwelcomed: bool = False


class Birthday(Struct, frozen=True, omit_defaults=True, tag="birthday", gc=False):
    """A member's birthday; the door sends it on the day that is celebrated."""


class Action(Struct, frozen=True, omit_defaults=True, tag="action", gc=False):
    """Anything else that a rule may reward: a share, a review, a referral, a flight leg.

    `of` is the event it concerns, if one: the delivery of that purchase.
    """

    name: str
    quantity: int = 1
    channel: str = ""
    place: str = ""
    partner: str = ""
    attributes: dict[str, str | int | bool] = {}
    of: int = 0


class Anniversary(Struct, frozen=True, omit_defaults=True, tag="anniversary", gc=False):
    """A year, or some, since a member enrolled; the sweep sends it on the day."""


class CalendarDay(Struct, frozen=True, omit_defaults=True, tag="date", gc=False):
    """A day that a rule `when: date` names has come; the sweep sends it to every member."""


class Segments(Struct, frozen=True, tag="segments", gc=False):
    """The segments in which a member is from now on, as the figures say.

    A trigger of rules where the member comes into one; what is left brings nothing.
    """

    names: tuple[str, ...]


class Approval(Struct, frozen=True, omit_defaults=True, tag="approval", gc=False):
    """A person lets what event `of` earned become usable, or (not `given`) cancels it."""

    of: int
    given: bool = True


class Redemption(Struct, frozen=True, omit_defaults=True, tag="redemption", gc=False):
    """A member takes a reward. `at_once`: handed over now, so its voucher is already used."""

    reward: str
    at_once: bool = False
    partner: str = ""


class Payment(Struct, frozen=True, omit_defaults=True, tag="payment", gc=False):
    """A member pays `money` of an `order` (minor units) with units.

    The purchase that follows names this event in `spent` and the money in `covered`. The engine
    fills in `units` (fixed point), and lowers `money` where the program clamps.
    """

    money: int
    order: int
    partner: str = ""
    units: int = 0


class BenefitUse(Struct, frozen=True, omit_defaults=True, tag="benefit_use", gc=False):
    """A member uses a benefit, for an `order` of so much (minor units) where it has a minimum."""

    benefit: str
    quantity: int = 1
    order: int = 0


class FeePaid(Struct, frozen=True, omit_defaults=True, tag="fee_paid", gc=False):
    """The membership fee came in: `amount` in minor units. The next period is paid.

    The engine fills in `since` and `until`: the first and the last day that it pays, as they stood
    when it was decided.
    """

    amount: int
    currency: str
    since: date | None = None
    until: date | None = None


class FeeFailed(Struct, frozen=True, tag="fee_failed", gc=False):
    """An attempt to collect the fee failed: membership ends with what is paid, and its grace."""


class FeeRefunded(Struct, frozen=True, tag="fee_refunded", gc=False):
    """The last payment was given back (a chargeback, a kindness): membership ends now."""


class Cancellation(Struct, frozen=True, omit_defaults=True, tag="cancellation", gc=False):
    """A member ends the paid membership; `money` is what they get back, filled in by the engine."""

    money: int = 0


class Parcel(Struct, frozen=True, omit_defaults=True, gc=False):
    """Part of lot number `lot` on its way to another account, with its dates: `unit` by number."""

    lot: int
    unit: int
    amount: int
    earned_on: date
    active_on: date
    expires_on: date
    awaits: str = ""


class Transfer(Struct, frozen=True, omit_defaults=True, tag="transfer", gc=False):
    """A member gives units to another one. `pooled`: a household spends together.

    `parcels` is filled in by the engine, which decides the receiving side in the same breath.
    """

    unit: str
    amount: int
    to: int
    pooled: bool = False
    parcels: tuple[Parcel, ...] = ()


class Receipt(Struct, frozen=True, omit_defaults=True, tag="receipt", gc=False):
    """Units that another customer gave, under the same event number on that customer's side.

    Only the engine makes these, as what follows from a Transfer.
    """

    giver: int
    parcels: tuple[Parcel, ...]
    pooled: bool = False


class Estate(Struct, frozen=True, omit_defaults=True):
    """What goes over when two members turn out to be one person.

    `parcels` are whole lots, pending ones too; `counted` the balances of units without lots;
    `vouchers` the open ones; `memory` what the rules remember, debts included, less what stays
    behind (`merging`).
    """

    parcels: tuple[Parcel, ...] = ()
    counted: dict[int, int] = {}
    vouchers: tuple[Voucher, ...] = ()
    memory: Memory = field(default_factory=Memory)
    enrolled_on: date | None = None


class Merge(Struct, frozen=True, omit_defaults=True, tag="merge", gc=False):
    """The customer and `into` are one person: everything goes there, and stays there.

    What that is follows from the customer's history alone; `into` is told by `Merged`.
    """

    into: int


class Merged(Struct, frozen=True, omit_defaults=True, tag="merged", gc=False):
    """Everything of the customer `giver` came here, under the same event number there.

    With `of`, the estate of that earlier event is corrected: goods of the giver came back since.
    Only the engine makes these, as what follows from a Merge or from a correction at the giver.
    """

    giver: int
    estate: Estate
    of: int = 0


class Won(Struct, frozen=True, omit_defaults=True, tag="won", gc=False):
    """A draw was revealed: this member won prize number `prize` (from 0) of its period."""

    draw: str
    period: date
    prize: int


class VoucherUse(Struct, frozen=True, omit_defaults=True, tag="voucher_use", gc=False):
    """A voucher is handed in; `choice` picks one of its gifts where there are several (from 0).

    `reward` and `issued_on` are filled in by the engine: history is read without vouchers.
    """

    voucher: int
    choice: int = 0
    reward: str = ""
    issued_on: date | None = None
    partner: str = ""


class Undo(Struct, frozen=True, omit_defaults=True, tag="undo", gc=False):
    """Event `of` was a mistake: the same lots come back with the same dates.

    `consequence`: it follows from a correction elsewhere (an invited friend's purchase was
    returned), so the window in which mistakes are undone does not bind it.
    """

    of: int
    consequence: bool = False


class Adjustment(Struct, frozen=True, omit_defaults=True, tag="adjustment", gc=False):
    """A person corrects a balance by an exact number of units (fixed point), with a reason.

    `earned_on`, `expires_on` (the last usable day): of units brought along from another program.
    """

    unit: str
    amount: int
    reason: str
    earned_on: date | None = None
    expires_on: date | None = None


class Passage(Struct, frozen=True, tag="passage", gc=False):
    """Time has passed: whatever fell due until then takes effect (sent by the sweep)."""


What = (
    Purchase
    | Refund
    | Visit
    | Enrolment
    | Birthday
    | Anniversary
    | CalendarDay
    | Action
    | Segments
    | Approval
    | Redemption
    | Payment
    | BenefitUse
    | VoucherUse
    | FeePaid
    | FeeFailed
    | FeeRefunded
    | Cancellation
    | Transfer
    | Receipt
    | Merge
    | Merged
    | Won
    | Undo
    | Adjustment
    | Passage
)


class Forgiven(Struct, frozen=True, gc=False):
    """Units that a correction found already spent and did not collect; `at` is when.

    `withheld`: money (minor units) by which the refund was lowered instead.
    """

    at: datetime
    amounts: dict[int, int]
    withheld: int = 0


class Event(Struct, frozen=True, gc=False):
    """Who, when, what. `id` is unique per customer, a multiple of 256, and grows with arrival.

    `room` is what the other members had left, when the event was decided, of each thing that all
    share (stock, total limits, a partner's prepaid account): a fact of the event, as chance would
    be. `tallies.room` says how much of it the event may use.
    """

    id: int
    customer: int
    at: datetime
    what: What
    forgiven: Forgiven | None = None
    room: dict[str, int] | None = None


KINDS: Final[dict[type, str]] = {body: body.__struct_config__.tag for body in get_args(What)}


def kind(what: What) -> str:
    """The word for an event's body, as the programs' `when` and the ledger write it."""
    return KINDS[type(what)]


def trigger(what: What) -> str:
    """What rules listen to: the kind of an event, or the name of an action."""
    return what.name if isinstance(what, Action) else KINDS[type(what)]


def problem(event: Event, *, currency: str) -> Refused | None:
    """What is wrong with an event taken by itself, or None. `currency` is the program's."""
    what = event.what
    if isinstance(what, (Purchase, Visit, Action)) and what.attributes:
        refused = _attributes_problem(what.attributes)
        if refused is not None:
            return refused
    if isinstance(what, Purchase):
        return purchase_problem(what, currency)
    if isinstance(what, Refund):
        return _refund_problem(what)
    if isinstance(what, Payment):
        return _payment_problem(what)
    if isinstance(what, FeePaid):
        return _fee_problem(what, currency)
    if isinstance(what, (Visit, Action, BenefitUse)) and not 0 < what.quantity <= MAX_QUANTITY:
        return _refused("quantity", "A quantity must be between 1 and 1,000,000.", what.quantity)
    if isinstance(what, Adjustment):
        if abs(what.amount) > MAX_AMOUNT or what.amount == 0:
            return _refused("amount", "An adjustment must not be zero or huge.", what.amount)
        if not what.reason.strip():
            return Refused("reason", "An adjustment needs a reason.")
        if what.amount < 0 and (what.earned_on or what.expires_on):
            return Refused("dates", "Only units that are given have days of their own.")
    return _sides_problem(event.customer, what)


def _attributes_problem(attributes: dict[str, str | int | bool]) -> Refused | None:
    if any(not isinstance(value, str) and abs(value) > MAX_AMOUNT for value in attributes.values()):
        return _refused("attribute", "A number among the attributes is huge.", MAX_AMOUNT)
    return None


def purchase_problem(what: Purchase, currency: str) -> Refused | None:
    """What is wrong with a purchase, but for its attributes, or None."""
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


def _payment_problem(what: Payment) -> Refused | None:
    if not 0 < what.money <= what.order <= MAX_AMOUNT:
        return _refused("amount", "A payment is of some money, and of one order.", what.money)
    return None


def _fee_problem(what: FeePaid, currency: str) -> Refused | None:
    if what.currency != currency:
        return Refused(
            "currency",
            f"The fee was paid in {what.currency!r}, the program counts in {currency}.",
            {"given": what.currency, "expected": currency},
        )
    if not 0 <= what.amount <= MAX_AMOUNT:
        return _refused("amount", "A fee must be 0 or more, and not huge.", what.amount)
    return None


def _sides_problem(customer: int, what: What) -> Refused | None:
    oneself = Refused("oneself", "Giver and receiver are the same member.")
    if isinstance(what, Merge):
        return oneself if what.into == customer else None
    if isinstance(what, Transfer) and what.to == customer:
        return oneself
    if isinstance(what, Transfer) and not 0 < what.amount <= MAX_AMOUNT:
        return _refused("amount", "A gift must be more than nothing, and not huge.", what.amount)
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
