"""What happened: purchases, visits, refunds, actions; one, or up to a thousand in a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from habitue.api import calls, posting, sent, told
from habitue.api.looking import Item
from habitue.api.problems import Problem, ProblemDetails
from habitue.api.replies import Reply
from habitue.api.routing import operation
from habitue.api.told import EventTold
from habitue.api.values import Given, Said
from habitue.ledger import books
from habitue.members.callers import Scope

MOST: Final = 1_000
_MOST_ERRORS: Final = 100
_SENDERS: Final = calls.TILLS | frozenset[Scope]({"partner", "member"})


class NewEvents(Said, frozen=True, kw_only=True):
    """Events, in the order in which they happened."""

    events: Annotated[list[sent.AnyEvent], Meta(min_length=1, max_length=MOST)]


class EventResult(Given, frozen=True, kw_only=True):
    """What one event came to: the event, or the problem."""

    event: EventTold | None = None
    problem: ProblemDetails | None = None


class EventResults(Given, frozen=True, kw_only=True):
    """What the events of a request came to, in their order."""

    results: list[EventResult]


@operation(
    "POST",
    "/events",
    may=_SENDERS,
    status=201,
    plural=True,
    body=sent.AnyEvent,
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
def record(asked: Sequence[calls.Asked]) -> list[EventTold | Reply | Problem]:
    """Record an event, and be told what the program gave for it.

    Tills send purchases, visits, refunds, actions and uses of benefits; partners all but the last,
    always their own; members may only give units away. With `source` and `reference` an event
    happens once, for ever: sent again, also without `at`, it is answered again word for word, with
    the header `Idempotent-Replayed`; the same reference for something else is a conflict (409). A
    card's `code:` is good once: name the customer by the answer's id from then on.
    """
    shelf = books.shelf(asked[0].call.caller.business)
    items = [Item(one.call, one.body, request=place) for place, one in enumerate(asked)]
    return [
        _one(item, answer, shelf) for item, answer in zip(items, _posted(items, shelf), strict=True)
    ]


@operation(
    "POST",
    "/events/batch",
    may=_SENDERS,
    plural=True,
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
    answers = iter(posting.post(sound, shelf) if sound else [])
    return [
        problem or EventResults(results=[_result(item, next(answers), shelf) for item in items])
        for items, problem in zip(requests, wrong, strict=True)
    ]


def _posted(items: Sequence[Item], shelf: books.Shelf) -> list[posting.Told]:
    """What each body is answered; what is wrong by itself is never posted."""
    wrong = posting.checked(items, shelf)
    sound = [item for item, problem in zip(items, wrong, strict=True) if problem is None]
    answers = iter(posting.post(sound, shelf) if sound else [])
    return [problem or next(answers) for problem in wrong]


def _one(item: Item, answer: posting.Told, shelf: books.Shelf) -> EventTold | Reply | Problem:
    if isinstance(answer, Problem):
        return answer
    body = item.body
    shown = told.event(answer, shelf, source=body.source, reference=body.reference)
    if not answer.duplicate:
        return shown
    return Reply(201, msgspec.json.encode(shown), headers=told.REPEATED)


def _result(item: Item, answer: posting.Told, shelf: books.Shelf) -> EventResult:
    if isinstance(answer, Problem):
        return EventResult(problem=answer.shown())
    body = item.body
    return EventResult(
        event=told.event(answer, shelf, source=body.source, reference=body.reference)
    )


def _wrong(found: Sequence[Problem | None]) -> Problem | None:
    """What is wrong with a request as a whole: every pointer, up to a hundred."""
    wrong = [one for one in found if one is not None]
    if not wrong:
        return None
    errors = tuple(error for one in wrong for error in one.errors)[:_MOST_ERRORS]
    first = wrong[0]
    return Problem(first.status, first.code, first.detail, errors=errors)
