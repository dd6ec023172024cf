"""Webhooks out: which addresses are told of what, and what became of every message."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from django.db import transaction
from msgspec import UNSET, Meta, UnsetType

from habitue.api import calls, paging, problems, values
from habitue.api.problems import Problem
from habitue.api.routing import operation
from habitue.api.values import Given, Id, Instant, Said
from habitue.connectors.models import Attempt, Endpoint, Message
from habitue.connectors.webhooks import deliveries, endpoints, kinds
from habitue.connectors.webhooks.addresses import LONGEST, Refused

MessageType = Annotated[
    str,
    Meta(
        max_length=40,
        description=f"One of {', '.join(kinds.ALL)}; see docs/webhooks.md.",
        examples=[kinds.EVENT_POSTED],
    ),
]
MessageTypes = Annotated[
    tuple[MessageType, ...], Meta(min_length=1, max_length=len(kinds.ALL), description="Of what.")
]
EndpointAddress = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST,
        description="An https address of the open internet, on port 443 or one from 1024 on.",
        examples=["https://shop.example/habitue"],
    ),
]
About = Annotated[str, Meta(max_length=100, description="For people.")]
_ONCE: Final = "Shown this once, and null when the same Idempotency-Key is sent again."


class EndpointShown(Given, frozen=True, kw_only=True):
    """An address that is told what happens here, without its secret."""

    id: Id
    url: str
    description: About
    types: MessageTypes
    made_at: Instant
    paused: Annotated[
        Literal["hand", "failing", "gone"] | None,
        Meta(
            description="Null: it is told. `failing`: nothing arrived for three days; `gone`: it"
            " answered 410."
        ),
    ]
    paused_at: Instant | None
    failures: Annotated[int, Meta(description="Attempts in a row that did not arrive.")]
    rotating_until: Annotated[
        Instant | None, Meta(description="Until then the former secret signs as well.")
    ]


class EndpointSecret(Given, frozen=True, kw_only=True):
    """An endpoint with the secret that signs its messages (Standard Webhooks)."""

    secret: Annotated[str | None, Meta(description=_ONCE, examples=["whsec_…"])]
    endpoint: EndpointShown


class NewEndpoint(Said, frozen=True, kw_only=True):
    """An address to be told."""

    url: EndpointAddress
    types: MessageTypes
    description: About = ""


class EndpointChange(Said, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays."""

    url: EndpointAddress | UnsetType = UNSET
    types: MessageTypes | UnsetType = UNSET
    description: About | UnsetType = UNSET
    paused: Annotated[
        bool | UnsetType,
        Meta(description="`true`: messages wait; `false`: send again, first what waited."),
    ] = UNSET


class MessageShown(Given, frozen=True, kw_only=True):
    """Something that an endpoint is told; kept for 30 days."""

    id: Annotated[str, Meta(description="The header `webhook-id`.", examples=["msg_382841"])]
    type: MessageType
    customer: Id | None
    made_at: Instant
    state: Literal["waiting", "delivered", "failed"]
    due_at: Annotated[Instant | None, Meta(description="When it is tried next.")]
    attempts: int


class AttemptShown(Given, frozen=True, kw_only=True):
    """One try to deliver a message."""

    at: Instant
    status: Annotated[int, Meta(description="What the receiver answered; 0: nothing.")]
    milliseconds: int
    answer: Annotated[str, Meta(description="The first of its words.")]
    error: Annotated[str, Meta(description="Why there was no answer, or none that counts.")]


class MessageOpened(MessageShown, frozen=True, kw_only=True):
    """A message with its text and its attempts, the newest first."""

    body: Annotated[str, Meta(description="The text that is sent and signed.")]
    tried: list[AttemptShown]


class Replay(Said, frozen=True, kw_only=True):
    """From when on everything is sent once more."""

    since: Instant


class Replayed(Given, frozen=True, kw_only=True):
    """So many messages are sent once more, each under the id that it had."""

    messages: int


class OfEndpoint(Said, frozen=True, kw_only=True):
    """Which endpoint."""

    endpoint: Id


class OfMessage(OfEndpoint, frozen=True, kw_only=True):
    """Which message of which endpoint."""

    message: Annotated[str, Meta(pattern=values.whole("msg_[0-9]{1,19}"))]


class AskedMessages(paging.Paged, frozen=True, kw_only=True):
    """Which messages."""

    state: Literal["waiting", "delivered", "failed", ""] = ""
    type: Annotated[str, Meta(max_length=40)] = ""


@operation("GET", "/webhooks", may=calls.OWNERS, summary="Who is told what happens here")
def find(call: calls.Call, asked: paging.Paged) -> paging.Page[EndpointShown]:
    """The newest first."""
    found = endpoints.listed(call.business)
    if position := paging.position(asked.cursor):
        found = [one for one in found if one.pk < position[0]]
    return paging.page(
        found[: asked.limit + 1], asked.limit, lambda one: _shown(call, one), lambda one: [one.pk]
    )


@operation(
    "POST",
    "/webhooks",
    may=calls.OWNERS,
    status=201,
    secret="secret",
    summary="Have an address told what happens here",
)
def make(call: calls.Call, body: NewEndpoint) -> EndpointSecret:
    """From now on; its secret is in this answer and nowhere else."""
    made = endpoints.make(
        call.business,
        url=body.url,
        types=body.types,
        description=body.description,
        by=call.staff,
        at=call.now,
    )
    if isinstance(made, Refused):
        raise _wrong(made)
    return EndpointSecret(secret=made.secret, endpoint=_shown(call, made.endpoint))


@operation("GET", "/webhooks/{endpoint}", may=calls.OWNERS, summary="One endpoint")
def show(call: calls.Call, where: OfEndpoint) -> EndpointShown:
    """How it stands."""
    return _shown(call, _endpoint(call, where))


@operation("PATCH", "/webhooks/{endpoint}", may=calls.OWNERS, summary="Change or pause an endpoint")
def change(call: calls.Call, where: OfEndpoint, body: EndpointChange) -> EndpointShown:
    """What waits goes to the new address."""
    with transaction.atomic():
        endpoint = _endpoint(call, where)
        if any(one is not UNSET for one in (body.url, body.types, body.description)):
            _update(call, endpoint, body)
        if body.paused is True:
            endpoints.pause(endpoint, by=call.staff, at=call.now)
        elif body.paused is False:
            endpoints.resume(endpoint, by=call.staff, at=call.now)
    return _shown(call, _endpoint(call, where))


@operation("DELETE", "/webhooks/{endpoint}", may=calls.OWNERS, summary="Delete an endpoint")
def delete(call: calls.Call, where: OfEndpoint) -> None:
    """Nothing more is sent there; its log is gone too."""
    endpoints.delete(_endpoint(call, where), by=call.staff, at=call.now)


@operation(
    "POST",
    "/webhooks/{endpoint}/rotate",
    may=calls.OWNERS,
    secret="secret",
    summary="Give an endpoint another secret",
)
def rotate(call: calls.Call, where: OfEndpoint) -> EndpointSecret:
    """The former one signs beside it for a day."""
    endpoint = _endpoint(call, where)
    secret = endpoints.rotate(endpoint, by=call.staff, at=call.now)
    return EndpointSecret(secret=secret, endpoint=_shown(call, endpoint))


@operation(
    "POST",
    "/webhooks/{endpoint}/test",
    may=calls.OWNERS,
    status=201,
    summary="Send an endpoint a message that says nothing",
)
def test(call: calls.Call, where: OfEndpoint) -> MessageShown:
    """Of type `webhook.test`; look at what became of it a moment later."""
    return _message(endpoints.test(_endpoint(call, where), at=call.now))


@operation(
    "GET", "/webhooks/{endpoint}/messages", may=calls.OWNERS, summary="What an endpoint was told"
)
def messages(
    call: calls.Call, where: OfEndpoint, asked: AskedMessages
) -> paging.Page[MessageShown]:
    """The newest first."""
    position = paging.position(asked.cursor)
    found = deliveries.listed(
        _endpoint(call, where),
        state=asked.state,
        type=asked.type,
        before=position[0] if position else None,
        limit=asked.limit + 1,
    )
    return paging.page(found, asked.limit, _message, lambda one: [one.pk])


@operation(
    "POST",
    "/webhooks/{endpoint}/replay",
    may=calls.OWNERS,
    summary="Send everything since then once more",
)
def replay(call: calls.Call, where: OfEndpoint, body: Replay) -> Replayed:
    """In its order; what waits already is not counted."""
    endpoint = _endpoint(call, where)
    if body.since > call.now or call.now - body.since > deliveries.KEPT:
        raise problems.wrong("/body/since", "Messages are kept for 30 days. Give an instant since.")
    count = deliveries.replay_since(endpoint, since=body.since, by=call.staff, at=call.now)
    return Replayed(messages=count)


@operation(
    "GET",
    "/webhooks/{endpoint}/messages/{message}",
    may=calls.OWNERS,
    summary="A message and its attempts",
)
def look(call: calls.Call, where: OfMessage) -> MessageOpened:
    """With the text that is sent."""
    one = _one(call, where)
    shown = _message(one)
    return MessageOpened(
        id=shown.id,
        type=shown.type,
        customer=shown.customer,
        made_at=shown.made_at,
        state=shown.state,
        due_at=shown.due_at,
        attempts=shown.attempts,
        body=one.body,
        tried=[_attempt(each) for each in deliveries.attempts(one)],
    )


@operation(
    "POST",
    "/webhooks/{endpoint}/messages/{message}/replay",
    may=calls.OWNERS,
    summary="Send a message once more",
)
def resend(call: calls.Call, where: OfMessage) -> Replayed:
    """The same under the same id; none where it waits already."""
    again = deliveries.replay(_one(call, where), by=call.staff, at=call.now)
    return Replayed(messages=int(again))


def _endpoint(call: calls.Call, where: OfEndpoint) -> Endpoint:
    found = endpoints.find(call.business, key=values.number(where.endpoint) or 0)
    if found is None:
        raise problems.unknown("endpoint")
    return found


def _one(call: calls.Call, where: OfMessage) -> Message:
    number = values.number(where.message.removeprefix("msg_")) or 0
    found = deliveries.find(_endpoint(call, where), key=number)
    if found is None:
        raise problems.unknown("message")
    return found


def _update(call: calls.Call, endpoint: Endpoint, body: EndpointChange) -> None:
    done = endpoints.update(
        endpoint,
        url=None if body.url is UNSET else body.url,
        types=None if body.types is UNSET else body.types,
        description=None if body.description is UNSET else body.description,
        by=call.staff,
        at=call.now,
    )
    if isinstance(done, Refused):
        raise _wrong(done)


def _wrong(refused: Refused) -> Problem:
    if refused.code == "too_many":
        return Problem(409, refused.code, refused.sentence)
    field = refused.code if refused.code in ("types", "description") else "url"
    return problems.wrong(f"/body/{field}", refused.sentence, code=refused.code)


def _shown(call: calls.Call, one: Endpoint) -> EndpointShown:
    return EndpointShown(
        id=str(one.pk),
        url=one.url,
        description=one.description,
        types=tuple(one.types),
        made_at=one.made_at,
        paused=_paused(one),
        paused_at=one.paused_at,
        failures=one.failures,
        rotating_until=_later(one.old_until, call.now),
    )


def _later(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and until > now else None


def _paused(one: Endpoint) -> Literal["hand", "failing", "gone"] | None:
    match one.paused:
        case "hand" | "failing" | "gone" as why:
            return why
        case _:
            return None


def _message(one: Message) -> MessageShown:
    waiting = one.state == Message.State.WAITING
    return MessageShown(
        id=str(one),
        type=one.type,
        customer=None if one.customer is None else str(one.customer),
        made_at=one.made_at,
        state=_state(one),
        due_at=one.due_at if waiting else None,
        attempts=one.attempts,
    )


def _state(one: Message) -> Literal["waiting", "delivered", "failed"]:
    match one.state:
        case "delivered" | "failed" as state:
            return state
        case _:
            return "waiting"


def _attempt(one: Attempt) -> AttemptShown:
    return AttemptShown(
        at=one.at,
        status=one.status,
        milliseconds=one.milliseconds,
        answer=one.answer,
        error=one.error,
    )
