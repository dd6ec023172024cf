"""What programs ask to be taken or corrected: rewards, payments with units, vouchers, balances."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from msgspec import Meta

from habitue.api import problems
from habitue.api.sent import AT_TILLS, Money, Named, NewEvent, Place
from habitue.api.values import Amount, Currency, EventReference, Name, Text
from habitue.core import facts
from habitue.members.callers import Scope


class NewRedemption(NewEvent, frozen=True, kw_only=True):
    """A member takes a reward: its voucher is used later, or `at_once`, where it is handed over."""

    may: ClassVar[frozenset[Scope]] = AT_TILLS | frozenset[Scope]({"member"})

    reward: Name
    at_once: bool = False
    partner: Text = ""

    def check(self, place: Place) -> None:
        """A reward of the program, handed over by people only."""
        NewEvent.check(self, place)
        if all(one.reward(self.reward) is None for one in place.shelf.programs):
            raise problems.wrong(f"{place.pointer}/reward", f"There is no reward {self.reward!r}.")
        if self.at_once and place.caller.scope == "member":
            raise problems.wrong(f"{place.pointer}/at_once", "A till hands rewards over.")

    def what(self, named: Named, place: Place) -> facts.What:
        """A redemption."""
        return facts.Redemption(self.reward, self.at_once, self.partner)


class NewPayment(NewEvent, frozen=True, kw_only=True):
    """A member pays `money` of an `order` with units, both in minor units.

    The purchase that follows names this event in `spent`, and the money that the answer says in
    `covered`: some programs lower it to what the member has.
    """

    may: ClassVar[frozenset[Scope]] = AT_TILLS

    money: Money
    order: Money
    currency: Currency
    partner: Text = ""

    def check(self, place: Place) -> None:
        """In the business's currency, and no more than the order."""
        NewEvent.check(self, place)
        place.counted(self.currency)
        if self.money > self.order:
            raise problems.wrong(f"{place.pointer}/money", "This is more than the order.")

    def what(self, named: Named, place: Place) -> facts.What:
        """A payment."""
        return facts.Payment(self.money, self.order, self.partner)


class NewVoucherUse(NewEvent, frozen=True, kw_only=True):
    """A voucher is handed in; `choice` picks one of its gifts where there are several (from 0).

    The customer may be left out: it is whose voucher it is.
    """

    may: ClassVar[frozenset[Scope]] = AT_TILLS

    code: Annotated[str, Meta(min_length=1, max_length=60, description="As the customer shows it.")]
    choice: Annotated[int, Meta(ge=0, le=99)] = 0
    partner: Text = ""

    def codes(self) -> tuple[str, ...]:
        """The voucher."""
        return (self.code,)

    def what(self, named: Named, place: Place) -> facts.What:
        """A use."""
        return facts.VoucherUse(named.vouchers[self.code].id, self.choice, partner=self.partner)


class NewAdjustment(NewEvent, frozen=True, kw_only=True):
    """A person corrects a balance by an exact amount, with a reason.

    Units that are given may bring days of their own along, from where they were earned before.
    """

    unit: Name
    amount: Annotated[Amount, Meta(description="Above 0: given; below: taken.")]
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    earned_on: date | None = None
    expires_on: Annotated[date | None, Meta(description="The last day of use.")] = None

    def check(self, place: Place) -> None:
        """Exact, not nothing, and with a reason."""
        NewEvent.check(self, place)
        amount = place.exactly("amount", self.amount, self.unit)
        if amount == 0 or abs(amount) > facts.MAX_AMOUNT:
            raise problems.wrong(f"{place.pointer}/amount", "A correction is not zero, nor huge.")
        if not self.reason.strip():
            raise problems.wrong(f"{place.pointer}/reason", "A correction needs a reason.")
        for field in ("earned_on", "expires_on"):
            if amount < 0 and getattr(self, field) is not None:
                raise problems.wrong(
                    f"{place.pointer}/{field}", "Only units that are given have days of their own."
                )

    def what(self, named: Named, place: Place) -> facts.What:
        """A correction."""
        amount = place.exactly("amount", self.amount, self.unit)
        return facts.Adjustment(self.unit, amount, self.reason, self.earned_on, self.expires_on)


class Undoing(NewEvent, frozen=True, kw_only=True):
    """Event `of` was a mistake."""

    may: ClassVar[frozenset[Scope]] = AT_TILLS

    of: EventReference

    def names(self) -> tuple[str, ...]:
        """The mistake."""
        return (self.of,)

    def owned(self) -> str:
        """It is that event's customer's."""
        return self.of

    def what(self, named: Named, place: Place) -> facts.What:
        """An undoing."""
        return facts.Undo(named.event("of", self.of).id)
