"""What the references of many bodies mean: customers, events, vouchers, each in one statement.

References of partners and members live in spaces of their own: nobody can take a number that the
business's own tills will use, nor be answered what became of those.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from msgspec import Struct

from habitue.api import naming, values
from habitue.api.calls import Call
from habitue.api.problems import Problem
from habitue.api.sent import Held, Named, NewEvent
from habitue.ledger import events as recorded
from habitue.ledger import held as holdings
from habitue.ledger.events import EventLine
from habitue.members import cards, finding
from habitue.members.callers import Caller
from habitue.members.models import Card

Name = tuple[str, str]
"""A source, in the caller's space, and a reference."""

DEFAULT_SOURCE: Final = "api"
_CODE: Final = "code"
_REFERENCE: Final = "reference"


class Item(Struct, frozen=True):
    """One body: who sent it, where in their request it stands, and which request of the group."""

    call: Call
    body: NewEvent
    pointer: str = "/body"
    request: int = 0


class Found(Struct):
    """What was found for a group. `codes`: by place, whom a card's code names, or why nobody.

    `today`: who the customers of events and vouchers are today. `told`: what
    the named events were, where a partner names them.
    """

    customers: dict[str, int]
    codes: dict[int, int | Problem]
    events: dict[Name | int, Held]
    vouchers: dict[str, Held]
    today: dict[int, int]
    told: dict[int, EventLine]

    def of(self, place: int, item: Item) -> int:
        """Whose event this is: as it says, or the owner of what it is about."""
        own, owner = item.call.caller.customer, self._owner(item)
        named = self._named(place, item)
        if named is None:
            named = own if owner is None else self.today.get(owner)
        if not named or (own is not None and named != own):
            raise naming.missing("customer", f"{item.pointer}/customer")
        if owner is not None and self.today.get(owner) != named:
            what, field = ("voucher", "code") if item.body.codes() else ("customer", "customer")
            raise naming.missing(what, f"{item.pointer}/{field}")
        return owner or named

    def named(self, item: Item, customer: int) -> Named:
        """What the references of a body mean, which is this customer's."""
        caller, body = item.call.caller, item.body
        if not (body.names() or body.people() or body.codes()):
            return _NOTHING
        person = self.today.get(customer, customer)
        events = {
            one: held
            for one in body.names()
            if (held := self._event(caller, one)) and self.today.get(held.customer) == person
        }
        return Named(item.pointer, self.customers, events, self.vouchers)

    def _named(self, place: int, item: Item) -> int | None:
        """Whom a body names; None where it names nobody, 0 where that one is not there."""
        if place not in self.codes:
            reference = item.body.customer
            if reference == naming.ME:
                return item.call.caller.customer or 0
            return None if reference is None else self.customers.get(reference, 0)
        found = self.codes[place]
        if isinstance(found, Problem):
            raise found
        return found

    def _owner(self, item: Item) -> int | None:
        """The customer of what a body is about; None where it is about nothing there was."""
        body = item.body
        if body.owned():
            held = self._event(item.call.caller, body.owned())
            if held is None:
                raise naming.missing("event", f"{item.pointer}/of")
            return held.customer
        if body.codes():
            (code,) = body.codes()
            voucher = self.vouchers.get(code)
            if voucher is None:
                raise naming.missing("voucher", f"{item.pointer}/code")
            return voucher.customer
        return None

    def _event(self, caller: Caller, reference: str) -> Held | None:
        """The event that a caller means; a partner sees its own ones only."""
        held = self.events.get(_event_key(caller, reference))
        if held is None or not caller.partner:
            return held
        event = self.told.get(held.id)
        return held if event is not None and partner(event) == caller.partner else None


_NOTHING: Final = Named("", {}, {}, {})


def found(items: Sequence[Item]) -> Found:
    """Look up whatever a group's bodies name; codes of cards are used up by it."""
    business, now = items[0].call.caller.business, items[0].call.now
    references = {
        one
        for item in items
        for one in (item.body.customer, *item.body.people())
        if one is not None and not (one is item.body.customer and naming.kind(one) == _CODE)
    }
    customers = naming.customers(business, references, at=now) if references else {}
    events = _events(items)
    vouchers = _vouchers(items)
    owners = {held.customer for held in (*events.values(), *vouchers.values())}
    today = finding.by_id(business, owners)
    by_partners = any(item.call.caller.partner for item in items)
    named = {held.id for held in events.values()} if by_partners else ()
    told = recorded.by_number(business, named)
    return Found(customers, _codes(items), events, vouchers, today, told)


def has_code(item: Item) -> bool:
    """Whether a body names its customer by a card's code, which is good once."""
    return naming.kind(item.body.customer or "") == _CODE


def name(item: Item) -> Name | None:
    """Under which source and reference an event is kept for ever, if it has any."""
    body = item.body
    if body.reference is None:
        return None
    return _space(item.call.caller) + (body.source or DEFAULT_SOURCE), body.reference


def event_name(caller: Caller, reference: str) -> Name | None:
    """The source and reference that an event reference means; None for a number of ours."""
    if naming.kind(reference) != _REFERENCE:
        return None
    _, source, number = reference.split(":", 2)
    return _space(caller) + source, number


def event(call: Call, reference: str) -> EventLine | None:
    """The event that an address names; None where there is none, or it is no partner's own."""
    business, key = call.caller.business, _event_key(call.caller, reference)
    number = (
        key if isinstance(key, int) else recorded.by_reference(business, [key]).get(key, (0, 0))[1]
    )
    line = recorded.one(business, number) if number else None
    own = call.caller.partner
    return line if line is not None and (not own or partner(line) == own) else None


def partner(event: EventLine) -> str:
    """At which partner's till it was; empty: at the business's own."""
    return str(getattr(event.what, "partner", ""))


def source(caller: Caller, kept: str) -> str:
    """A source as its caller knows it: without the space in which it is kept."""
    return kept.removeprefix(_space(caller))


def _space(caller: Caller) -> str:
    """Before which sources a caller's references are kept apart; sources have no colon."""
    if caller.customer is not None:
        return f"member:{caller.customer}:"
    return f"partner:{caller.partner}:" if caller.partner else ""


def _event_key(caller: Caller, reference: str) -> Name | int:
    named = event_name(caller, reference)
    return named if named is not None else values.number(reference) or 0


def _events(items: Sequence[Item]) -> dict[Name | int, Held]:
    keys = {_event_key(item.call.caller, one) for item in items for one in item.body.names()}
    if not keys:
        return {}
    business = items[0].call.caller.business
    found: dict[Name | int, Held] = {}
    names = [key for key in keys if not isinstance(key, int)]
    for named, there in recorded.by_reference(business, names).items():
        found[named] = Held(*there)
    numbers = [key for key in keys if isinstance(key, int)]
    for number, customer in recorded.customers_of(business, numbers).items():
        found[number] = Held(customer, number)
    return found


def _vouchers(items: Sequence[Item]) -> dict[str, Held]:
    """Whose vouchers these are, whatever became of them: one that was is no guess."""
    codes = {code for item in items for code in item.body.codes()}
    if not codes:
        return {}
    there = holdings.find_vouchers(items[0].call.caller.business, codes, now=items[0].call.now)
    return {code: Held(one.customer, one.voucher.id) for code, one in there.items()}


# --- codes of cards ------------------------------------------------------------------------------


def _codes(items: Sequence[Item]) -> dict[int, int | Problem]:
    """Whom the codes of cards name, by place. A code serves one request, or one reference.

    What was posted under its reference before is a repeat: its code is used up, and still names
    the customer whose answer is given again.
    """
    asked: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        if item.body.customer is not None and has_code(item):
            asked.setdefault(item.body.customer.partition(":")[2], []).append(place)
    if not asked:
        return {}
    call = items[0].call
    judged = cards.judge(asked, business=call.caller.business, at=call.now, use=True)
    repeats = _repeats(items, judged, asked)
    told: dict[int, int | Problem] = {}
    refused: list[tuple[Card | None, cards.Refused]] = []
    for text, places in asked.items():
        card, answer = judged[text]
        first = items[places[0]]
        for place in places:
            item = items[place]
            one = answer if _shares(item, first) else cards.Refused("used")
            if card is not None and (isinstance(one, cards.Read) or name(item) in repeats):
                told[place] = card.customer_id
            elif isinstance(one, cards.Refused):
                refused.append((card, one))
                told[place] = naming.refusal((card, one), f"{item.pointer}/customer")
    if refused:
        staff = call.caller.staff
        cards.keep_refusals(refused, business=call.caller.business, staff=staff, at=call.now)
    return told


def _shares(item: Item, first: Item) -> bool:
    """Whether a body may use the code that another one brought first."""
    return item.request == first.request or (name(item) is not None and name(item) == name(first))


def _repeats(
    items: Sequence[Item], judged: Mapping[str, naming.Code], asked: Mapping[str, Collection[int]]
) -> Collection[Name]:
    """The references of refused codes under which something was posted before."""
    names = {
        named
        for text, places in asked.items()
        for place in places
        if isinstance(judged[text][1], cards.Refused) and (named := name(items[place])) is not None
    }
    return recorded.by_reference(items[0].call.caller.business, names).keys()
