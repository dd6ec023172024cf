"""What happened: purchases, visits, refunds, actions; one, or up to a thousand in a request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Final

import msgspec
from django.db import transaction
from msgspec import Meta, Struct

from habitue.api import (
    calls,
    happened,
    looking,
    naming,
    paging,
    posting,
    problems,
    recorded,
    sent,
    told,
)
from habitue.api.looking import Item
from habitue.api.problems import Problem, ProblemDetails
from habitue.api.recorded import EventShown, EventWhole
from habitue.api.replies import Reply
from habitue.api.routing import operation
from habitue.api.taking import Undoing
from habitue.api.told import EventTold
from habitue.api.values import (
    CustomerReference,
    EventReference,
    Given,
    Instant,
    Reference,
    Said,
    Source,
)
from habitue.core import facts
from habitue.ledger import books, explained
from habitue.ledger import events as ledger_events
from habitue.ledger.events import EventLine
from habitue.members import ids, survivors
from habitue.members.callers import Scope

MOST: Final = 1_000
UNDONE_WITHIN: Final = timedelta(days=1)
"""For so long a till may undo what happened at a till; an owner, as long as the program says."""

_MOST_ERRORS: Final = 100
_AT_TILLS: Final = frozenset(
    {"purchase", "visit", "action", "redemption", "payment", "voucher_use", "benefit_use"}
)
_NOT_AT_A_TILL: Final = (
    "A till undoes purchases, visits, actions, rewards, payments and what was handed in,"
    " within a day. An owner's key undoes the rest."
)
_READERS: Final = calls.READERS | frozenset[Scope]({"partner"})
_SENDERS: Final = calls.TILLS | frozenset[Scope]({"partner", "member"})


class NewEvents(Said, frozen=True, kw_only=True):
    """Events, in the order in which they happened."""

    events: Annotated[list[happened.AnyEvent], Meta(min_length=1, max_length=MOST)]


class EventResult(Given, frozen=True, kw_only=True):
    """What one event came to: the event, or the problem."""

    event: EventTold | None = None
    problem: ProblemDetails | None = None


class EventResults(Given, frozen=True, kw_only=True):
    """What the events of a request came to, in their order."""

    results: list[EventResult]


class AskedEvents(paging.Paged, frozen=True, kw_only=True):
    """Which events."""

    kind: Annotated[str, Meta(max_length=20, examples=["purchase"])] | None = None
    customer: CustomerReference | None = None
    refused: Annotated[bool | None, Meta(description="Only what was refused; or only not.")] = None
    since: Annotated[Instant | None, Meta(description="Came in at that instant or later.")] = None
    until: Annotated[Instant | None, Meta(description="Came in before that instant.")] = None


class OfEvent(Said, frozen=True, kw_only=True):
    """Which event."""

    event: EventReference


class NewUndo(Said, frozen=True, kw_only=True):
    """Under which number of its source the undoing is kept; repeated, it is answered again."""

    source: Source | None = None
    reference: Reference | None = None


@operation(
    "POST",
    "/events",
    may=_SENDERS,
    status=201,
    plural=True,
    body=happened.AnyEvent,
    answers=EventTold,
    problems=(404,),
    summary="Something happened",
    example={
        "kind": "purchase",
        "customer": "external:alice",
        "currency": "EUR",
        "lines": [{"amount": 350, "sku": "cappuccino"}, {"amount": 280, "sku": "croissant"}],
        "source": "till",
        "reference": "T-2001",
    },
)
def record(asked: Sequence[calls.Asked]) -> list[Struct | Reply | Problem]:
    """Record an event, and be told what the program gave for it.

    Tills send purchases, visits, refunds, actions and uses of benefits; partners all but the last,
    always their own; members may only give units away. With `source` and `reference` an event
    happens once, for ever: sent again, also without `at`, it is answered again word for word, with
    the header `Idempotent-Replayed`; the same reference for something else is a conflict (409). A
    card's `code:` is good once: name the customer by the answer's id from then on.
    """
    return posting.answered(asked, told.event)


@operation(
    "POST",
    "/events/batch",
    may=_SENDERS,
    plural=True,
    weigh=lambda body: len(body.events),
    body=NewEvents,
    answers=EventResults,
    summary="Many things happened",
    example={
        "events": [
            {"kind": "visit", "customer": "external:bruno", "source": "till", "reference": "V-1"},
            {
                "kind": "purchase",
                "customer": "external:bruno",
                "currency": "EUR",
                "amount": 1250,
                "source": "till",
                "reference": "T-2002",
            },
            {
                "kind": "refund",
                "of": "reference:till:T-2002",
                "amount": 250,
                "source": "till",
                "reference": "T-2002-back",
            },
        ]
    },
)
def batch(asked: Sequence[calls.Asked]) -> list[EventResults | Problem]:
    """Record up to 1,000 events; each is decided on its own, in the order given.

    What is refused, or names somebody who is not here, stands among `results` as a problem, and
    its neighbors go on. An event that cannot be meant (a field that is wrong) refuses the whole
    request, and nothing is recorded. A refund may name a purchase of the same request.
    """
    shelf = books.shelf(asked[0].call.caller.business)
    requests = [
        [
            Item(one.call, event, f"/body/events/{place}", request)
            for place, event in enumerate(one.body.events)
        ]
        for request, one in enumerate(asked)
    ]
    wrong = [_wrong(posting.checked(items, shelf)) for items in requests]
    sound = [
        item
        for items, problem in zip(requests, wrong, strict=True)
        for item in items
        if problem is None
    ]
    with transaction.atomic():
        answers = iter(posting.post(sound, shelf) if sound else [])
        return [
            problem or EventResults(results=[_result(item, next(answers), shelf) for item in items])
            for items, problem in zip(requests, wrong, strict=True)
        ]


@operation(
    "POST",
    "/events/{event}/undo",
    may=sent.AT_TILLS,
    status=201,
    answers=EventTold,
    summary="Undo an event",
    example={"source": "till", "reference": "U-2001"},
)
def undo(call: calls.Call, where: OfEvent, body: NewUndo) -> Reply:
    """It was a mistake: the same units come back with the same dates.

    Tills undo what happened at a till within a day; a refund of goods is an event of its own.
    An owner undoes the rest: refunds, corrections, what is older.
    """
    mistake = looking.event(call, where.event)
    if mistake is None:
        raise problems.unknown("event")
    if call.caller.scope != "owner" and not _at_a_till(mistake, call):
        raise Problem(403, "scope", _NOT_AT_A_TILL)
    undoing = Undoing(of=str(mistake.id), source=body.source, reference=body.reference)
    (answer,) = posting.answered([calls.Asked(call, undoing)], told.event)
    if isinstance(answer, Problem):
        raise answer
    return answer if isinstance(answer, Reply) else Reply(201, msgspec.json.encode(answer))


@operation("GET", "/events", may=calls.READERS, problems=(404,), summary="What happened")
def listed(call: calls.Call, asked: AskedEvents) -> paging.Page[EventShown]:
    """Events of the business, newest first in the order in which they came in, refused ones too.

    Filters narrow it down; where few events fit, a page may hold fewer than asked, and go on.
    """
    if asked.kind is not None and asked.kind not in facts.KINDS.values():
        known = ", ".join(sorted(facts.KINDS.values()))
        raise problems.wrong("/query/kind", f"There is no such kind of event; there are: {known}.")
    position = paging.position(asked.cursor, 2)
    before = (position[0], position[1]) if position else ledger_events.LATEST
    if asked.until is not None:
        before = min(before, (ids.first_at(asked.until), 0))
    wanted: dict[str, Any] = {
        "before": before,
        "kinds": [asked.kind] if asked.kind else (),
        "refused": asked.refused,
        "since": ids.first_at(asked.since) if asked.since is not None else 0,
        "limit": asked.limit,
    }
    business = call.caller.business
    if asked.customer is None:
        page = ledger_events.of_business(business, **wanted)
    else:
        customer = naming.customer(call, asked.customer)
        people = survivors.went_over([customer])[customer]
        page = ledger_events.of_customers(business, people, **wanted)
    return paging.Page(
        items=[EventShown(**recorded.fields(call, one)) for one in page.events],
        next=paging.cursor(*page.next) if page.next else None,
    )


@operation("GET", "/events/{event}", may=_READERS, summary="One event")
def show(call: calls.Call, where: OfEvent) -> EventWhole:
    """By our id, or by the reference under which it was sent; a partner sees its own ones."""
    line = looking.event(call, where.event)
    if line is None:
        raise problems.unknown("event")
    key = (line.customer, line.id)
    return recorded.whole(call, line, explained.of_events(call.caller.business, [key])[key])


def _at_a_till(one: EventLine, call: calls.Call) -> bool:
    return one.kind in _AT_TILLS and one.recorded_at > call.now - UNDONE_WITHIN


def _result(item: Item, answer: posting.Told, shelf: books.Shelf) -> EventResult:
    if isinstance(answer, Problem):
        return EventResult(problem=answer.shown())
    return EventResult(event=told.event(item, answer, shelf))


def _wrong(found: Sequence[Problem | None]) -> Problem | None:
    """What is wrong with a request as a whole: every pointer, up to a hundred."""
    wrong = [one for one in found if one is not None]
    if not wrong:
        return None
    errors = tuple(error for one in wrong for error in one.errors)[:_MOST_ERRORS]
    first = wrong[0]
    return Problem(first.status, first.code, first.detail, errors=errors)
