"""What programs say has happened: the bodies of events, and what each means to the ledger.

A body is judged in two steps. `check` sees it by itself: what can never be meant is refused with a
pointer. `what` makes the ledger's fact of it, once customers and events that it names are known.
"""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Mapping
from datetime import UTC, date
from typing import Annotated, ClassVar, Final

import msgspec
from msgspec import Meta, Struct, structs

from habitue.api import calls, naming, problems
from habitue.api.values import (
    CustomerReference,
    Instant,
    Name,
    Reference,
    Said,
    Source,
)
from habitue.core import facts, money
from habitue.ledger import books
from habitue.members.callers import Caller, Scope

Money = Annotated[
    int, Meta(ge=1, le=10**13, description="Money in minor units, more than nothing.")
]
Attribute = (
    Annotated[int, Meta(ge=-(10**13), le=10**13)] | Annotated[str, Meta(max_length=200)] | bool
)
Attributes = Annotated[
    dict[Name, Attribute],
    Meta(max_length=50, description="Whatever else rules may ask for: texts, whole numbers."),
]
Day = Annotated[date, Meta(description="A day of the business's own calendar.")]
AT_TILLS: Final = calls.TILLS | frozenset[Scope]({"partner"})
_encoder: Final = msgspec.json.Encoder(order="deterministic")


class Held(Struct, frozen=True):
    """Something of a customer's, by its number: an event, a voucher."""

    customer: int
    id: int


class Place(Struct, frozen=True):
    """Where a body stands: its pointer, who sent it, and the business's programs."""

    pointer: str
    caller: Caller
    shelf: books.Shelf

    def exactly(self, field: str, text: str, unit: str) -> int:
        """An amount of a unit in its fixed point; 422 where it has no such unit or decimals."""
        units = {one.id: one.decimals for one in self.shelf.book.latest.program.units}
        if unit not in units:
            known = ", ".join(units) or "none"
            raise problems.wrong(
                f"{self.pointer}/unit", f"There is no unit {unit!r}; there are: {known}."
            )
        try:
            return money.fixed(text, units[unit])
        except ValueError:
            raise problems.wrong(
                f"{self.pointer}/{field}", f"{unit} are counted with {units[unit]} decimals."
            ) from None

    def counted(self, currency: str) -> None:
        """422 unless this is the business's currency."""
        if currency != self.shelf.currency:
            raise problems.wrong(
                f"{self.pointer}/currency",
                f"This is in {currency}, the business counts in {self.shelf.currency}.",
            )


class Named(Struct, frozen=True):
    """What the references of bodies mean; what is not there is absent."""

    pointer: str
    customers: Mapping[str, int]
    events: Mapping[str, Held]
    vouchers: Mapping[str, Held]

    def event(self, field: str, reference: str) -> Held:
        """An event that a body names; 404 where there is none."""
        if reference not in self.events:
            raise naming.missing("event", f"{self.pointer}/{field}")
        return self.events[reference]

    def customer(self, field: str, reference: str) -> int:
        """A customer that a body names; 404 where there is none."""
        if reference not in self.customers:
            raise naming.missing("customer", f"{self.pointer}/{field}")
        return self.customers[reference]


class _Abstract(msgspec.StructMeta, ABCMeta):
    """Of structs that say what their kinds must have."""


class NewEvent(Said, frozen=True, kw_only=True, metaclass=_Abstract):
    """What every event says: whose it is, when it was, and under which number of its source.

    With `source` and `reference` it happens once, for ever: sent again it is answered again.
    """

    customer: Annotated[
        CustomerReference | None,
        Meta(description="Whose; a member's own token may leave it out."),
    ] = None
    at: Annotated[Instant | None, Meta(description="When it happened; now if left out.")] = None
    source: Source | None = None
    reference: Reference | None = None
    may: ClassVar[frozenset[Scope]] = calls.OWNERS

    def check(self, place: Place) -> None:
        """Refuse (422) what can never be meant."""
        if self.at is not None and not 1900 <= self.at.year <= 9998:
            raise problems.wrong(f"{place.pointer}/at", "No event is of that year.")
        if self.source is not None and self.reference is None:
            raise problems.wrong(
                f"{place.pointer}/reference", "A source comes with a reference: the event's number."
            )

    def names(self) -> tuple[str, ...]:
        """The events that it names."""
        return ()

    def people(self) -> tuple[str, ...]:
        """The customers that it names beside the one whose event it is."""
        return ()

    def codes(self) -> tuple[str, ...]:
        """The vouchers that it names, by code: then it is about their customer."""
        return ()

    def owned(self) -> str:
        """The event whose customer it is about, where it need not say the customer."""
        return ""

    @abstractmethod
    def what(self, named: Named, place: Place) -> facts.What:
        """What it means to the ledger."""

    def said(self) -> bytes:
        """What was said, but for the customer (in whatever way they were named) and the number."""
        at = None if self.at is None else self.at.astimezone(UTC)
        bare = structs.replace(self, customer=None, at=at, source=None, reference=None)
        return type(self).__name__.encode() + _encoder.encode(bare)
