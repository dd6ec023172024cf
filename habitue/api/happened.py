"""What programs say has happened: purchases, visits, refunds, fees, gifts."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, field

from habitue.api import calls, naming, problems, values
from habitue.api.sent import AT_TILLS, Attributes, Money, Named, NewEvent, Place
from habitue.api.values import (
    Amount,
    Cents,
    Currency,
    CustomerReference,
    EventReference,
    Name,
    Quantity,
    Said,
    Text,
)
from habitue.core import facts
from habitue.members.callers import Scope


class PurchaseLine(Said, frozen=True, kw_only=True):
    """One line of a purchase. `amount` is net of `discount` and before `tax`, for all pieces."""

    amount: Cents
    quantity: Quantity = 1
    sku: Text = ""
    category: Text = ""
    labels: Annotated[tuple[Text, ...], Meta(max_length=50)] = ()
    discount: Cents = 0
    tax: Cents = 0


class NewPurchase(NewEvent, frozen=True, kw_only=True, tag_field="kind", tag="purchase"):
    """Goods bought: by `lines`, or in one `amount`."""

    may: ClassVar[frozenset[Scope]] = AT_TILLS

    currency: Currency
    lines: Annotated[list[PurchaseLine], Meta(min_length=1, max_length=1000)] | None = None
    amount: Annotated[Cents | None, Meta(description="The net total, without lines.")] = None
    channel: Text = ""
    place: Text = ""
    partner: Text = ""
    tender: Annotated[Text, Meta(description="How it was paid: card, cash…")] = ""
    covered: Annotated[
        Cents, Meta(description="The part of the total that was paid with units.")
    ] = 0
    spent: Annotated[
        tuple[EventReference, ...],
        Meta(
            max_length=50,
            description="The payments and redemptions that paid for it: when all of it is brought"
            " back, they are given back too.",
        ),
    ] = ()
    attributes: Attributes = field(default_factory=dict)

    def check(self, place: Place) -> None:
        """One of `lines` and `amount`, in the business's currency, not paid over its total."""
        NewEvent.check(self, place)
        place.counted(self.currency)
        if (self.lines is None) == (self.amount is None):
            field = "amount" if self.lines is None else "lines"
            raise problems.wrong(
                f"{place.pointer}/{field}", "A purchase has lines, or one amount: one of them."
            )
        total = self.amount or sum(line.amount for line in self.lines or ())
        if self.covered > total:
            raise problems.wrong(
                f"{place.pointer}/covered", "More was paid with units than it cost."
            )

    def names(self) -> tuple[str, ...]:
        """What paid for it."""
        return self.spent

    def what(self, named: Named, place: Place) -> facts.What:
        """A purchase."""
        lines = [PurchaseLine(amount=self.amount)] if self.amount is not None else self.lines or []
        return facts.Purchase(
            tuple(
                [
                    facts.Line(
                        line.amount,
                        line.quantity,
                        line.sku,
                        line.category,
                        line.labels,
                        line.discount,
                        line.tax,
                    )
                    for line in lines
                ]
            ),
            self.currency,
            self.channel,
            self.place,
            self.partner,
            self.tender,
            self.covered,
            tuple([named.event(f"spent/{n}", one).id for n, one in enumerate(self.spent)]),
            self.attributes,
        )


class ReturnedLine(Said, frozen=True, kw_only=True):
    """So many pieces of a line of the purchase, counted from 0."""

    line: Annotated[int, Meta(ge=0, le=999)]
    quantity: Quantity = 1


class NewRefund(NewEvent, frozen=True, kw_only=True, tag_field="kind", tag="refund"):
    """Goods of purchase `of` came back: by `lines`, by `amount`, or (neither) all of it.

    The customer may be left out: it is the purchase's.
    """

    may: ClassVar[frozenset[Scope]] = AT_TILLS

    of: EventReference
    lines: Annotated[list[ReturnedLine], Meta(min_length=1, max_length=1000)] | None = None
    amount: Money | None = None

    def check(self, place: Place) -> None:
        """Not by lines and by amount at once."""
        NewEvent.check(self, place)
        if self.lines is not None and self.amount is not None:
            raise problems.wrong(
                f"{place.pointer}/amount", "A refund is by lines or by an amount, not by both."
            )

    def names(self) -> tuple[str, ...]:
        """The purchase."""
        return (self.of,)

    def owned(self) -> str:
        """It is the purchase's customer's."""
        return self.of

    def what(self, named: Named, place: Place) -> facts.What:
        """A refund."""
        lines = tuple(facts.Returned(one.line, one.quantity) for one in self.lines or ())
        return facts.Refund(named.event("of", self.of).id, lines, self.amount or 0)


class NewVisit(NewEvent, frozen=True, kw_only=True, tag_field="kind", tag="visit"):
    """A scan of the card at the counter, worth `quantity` visits or items."""

    may: ClassVar[frozenset[Scope]] = AT_TILLS

    quantity: Quantity = 1
    channel: Text = ""
    place: Text = ""
    partner: Text = ""
    attributes: Attributes = field(default_factory=dict)

    def what(self, named: Named, place: Place) -> facts.What:
        """A visit."""
        return facts.Visit(self.quantity, self.channel, self.place, self.partner, self.attributes)


class NewAction(NewEvent, frozen=True, kw_only=True, tag_field="kind", tag="action"):
    """Anything else that a rule may reward, by its `name`: a review, a share, a flight leg."""

    may: ClassVar[frozenset[Scope]] = AT_TILLS

    name: Annotated[str, Meta(pattern=values.whole("[a-z0-9_-]{1,60}"), examples=["review"])]
    quantity: Quantity = 1
    channel: Text = ""
    place: Text = ""
    partner: Text = ""
    attributes: Attributes = field(default_factory=dict)
    of: Annotated[EventReference | None, Meta(description="The event it concerns, if one.")] = None

    def check(self, place: Place) -> None:
        """Not by the name of a kind of event that says more than an action can."""
        NewEvent.check(self, place)
        if self.name in facts.KINDS.values():
            raise problems.wrong(
                f"{place.pointer}/name", f"A {self.name} is an event of its own kind, no action."
            )

    def names(self) -> tuple[str, ...]:
        """What it concerns."""
        return (self.of,) if self.of else ()

    def what(self, named: Named, place: Place) -> facts.What:
        """An action."""
        of = named.event("of", self.of).id if self.of else 0
        return facts.Action(
            self.name, self.quantity, self.channel, self.place, self.partner, self.attributes, of
        )


class NewBenefitUse(NewEvent, frozen=True, kw_only=True, tag_field="kind", tag="benefit_use"):
    """A member uses a benefit, for an `order` of so much where it has a minimum."""

    may: ClassVar[frozenset[Scope]] = calls.TILLS

    benefit: Name
    quantity: Quantity = 1
    order: Cents = 0

    def what(self, named: Named, place: Place) -> facts.What:
        """A use of a benefit."""
        return facts.BenefitUse(self.benefit, self.quantity, self.order)


class NewApproval(NewEvent, frozen=True, kw_only=True, tag_field="kind", tag="approval"):
    """What event `of` earned becomes usable, or (not `given`) is cancelled.

    The customer may be left out: it is the event's.
    """

    of: EventReference
    given: bool = True

    def names(self) -> tuple[str, ...]:
        """What is approved."""
        return (self.of,)

    def owned(self) -> str:
        """It is that event's customer's."""
        return self.of

    def what(self, named: Named, place: Place) -> facts.What:
        """An approval."""
        return facts.Approval(named.event("of", self.of).id, self.given)


class NewFeePaid(NewEvent, frozen=True, kw_only=True, tag_field="kind", tag="fee_paid"):
    """The membership fee came in: the next period is paid."""

    amount: Cents
    currency: Currency

    def check(self, place: Place) -> None:
        """In the business's currency."""
        NewEvent.check(self, place)
        place.counted(self.currency)

    def what(self, named: Named, place: Place) -> facts.What:
        """A fee."""
        return facts.FeePaid(self.amount, self.currency)


class NewFeeFailed(NewEvent, frozen=True, kw_only=True, tag_field="kind", tag="fee_failed"):
    """The fee could not be collected: membership ends with what is paid, and its grace."""

    def what(self, named: Named, place: Place) -> facts.What:
        """A fee that did not come."""
        return facts.FeeFailed()


class NewFeeRefunded(NewEvent, frozen=True, kw_only=True, tag_field="kind", tag="fee_refunded"):
    """The last fee was given back: membership ends now."""

    def what(self, named: Named, place: Place) -> facts.What:
        """A fee given back."""
        return facts.FeeRefunded()


class NewCancellation(NewEvent, frozen=True, kw_only=True, tag_field="kind", tag="cancellation"):
    """A member ends the paid membership; the answer's `money` is what they get back."""

    def what(self, named: Named, place: Place) -> facts.What:
        """A cancellation."""
        return facts.Cancellation()


class NewTransfer(NewEvent, frozen=True, kw_only=True, tag_field="kind", tag="transfer"):
    """A member gives units to another one. A member's own token names them by `number:` only."""

    may: ClassVar[frozenset[Scope]] = calls.OWNERS | frozenset[Scope]({"member"})

    unit: Name
    amount: Amount
    to: CustomerReference

    def check(self, place: Place) -> None:
        """An exact amount above nothing; a member may not try out who is known here."""
        NewEvent.check(self, place)
        if place.exactly("amount", self.amount, self.unit) <= 0:
            raise problems.wrong(f"{place.pointer}/amount", "A gift is more than nothing.")
        if place.caller.scope == "member" and naming.kind(self.to) not in ("", "number"):
            raise problems.wrong(f"{place.pointer}/to", "Name the receiver by their card's number.")

    def people(self) -> tuple[str, ...]:
        """The receiver."""
        return (self.to,)

    def what(self, named: Named, place: Place) -> facts.What:
        """A gift."""
        amount = place.exactly("amount", self.amount, self.unit)
        return facts.Transfer(self.unit, amount, named.customer("to", self.to))


AnyEvent = (
    NewPurchase
    | NewVisit
    | NewRefund
    | NewAction
    | NewBenefitUse
    | NewApproval
    | NewFeePaid
    | NewFeeFailed
    | NewFeeRefunded
    | NewCancellation
    | NewTransfer
)
