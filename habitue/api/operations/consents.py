"""Consents: the log of what a customer agreed to, in which words, and where."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Literal

from msgspec import Meta

from habitue.api import calls, paging, people, problems
from habitue.api.people import OfCustomer
from habitue.api.problems import Problem
from habitue.api.routing import operation
from habitue.api.values import Given, Id, Instant, Said
from habitue.members import consents
from habitue.members.models import Consent, Customer, Identity

Purpose = Literal["marketing", "birthday", "survey"]
Channel = Literal["email", "sms"]


class ConsentShown(Given, frozen=True, kw_only=True):
    """One line of the log; of a purpose and channel the newest line counts."""

    id: Id
    customer: Id
    at: Instant
    purpose: Annotated[str, Meta(examples=["marketing"])]
    channel: Annotated[str, Meta(examples=["email"])]
    granted: bool
    pending: Annotated[
        bool, Meta(description="A box was ticked; the address's reader has not said yes so far.")
    ]
    wording: Annotated[str, Meta(description="What the person read, word for word.")]
    source: Annotated[str, Meta(description="Where they said it.")]


class NewConsent(Said, frozen=True, kw_only=True):
    """What a person said: yes (`granted`) or no."""

    purpose: Purpose
    channel: Channel
    granted: bool
    wording: Annotated[
        str,
        Meta(min_length=1, max_length=500, description="What the person read, word for word."),
    ]
    source: Annotated[
        str,
        Meta(min_length=1, max_length=60, description="Where: a form, a till, a page."),
    ]
    at: Annotated[Instant | None, Meta(description="When they said it; now if left out.")] = None


class AskedConsents(paging.Paged, frozen=True, kw_only=True):
    """Which lines."""

    current: Annotated[
        bool, Meta(description="Only the lines that count now, all on one page.")
    ] = False


@operation(
    "GET",
    "/customers/{customer}/consents",
    may=calls.READERS | {"member"},
    summary="What a customer agreed to",
)
def find(call: calls.Call, where: OfCustomer, asked: AskedConsents) -> paging.Page[ConsentShown]:
    """The log, newest line first."""
    customer = people.named(call, where)
    if asked.current:
        lines = sorted(consents.newest(customer).values(), key=lambda one: -one.pk)
        return paging.Page(items=[_shown(one) for one in lines])
    rows = Consent.objects.filter(customer=customer).order_by("-pk")
    if position := paging.position(asked.cursor):
        rows = rows.filter(pk__lt=position[0])
    return paging.page(list(rows[: asked.limit + 1]), asked.limit, _shown, lambda one: [one.pk])


@operation(
    "POST",
    "/customers/{customer}/consents",
    may=calls.TILLS | {"member"},
    status=201,
    summary="Write down what a customer agreed to, or no longer does",
    example={
        "purpose": "marketing",
        "channel": "email",
        "granted": True,
        "wording": "Yes, write to me about news and offers.",
        "source": "web shop checkout",
    },
)
def add(call: calls.Call, where: OfCustomer, body: NewConsent) -> ConsentShown:
    """Lines are only ever added. Say yes only for whoever said it, in these very words.

    A typed e-mail address may be somebody else's: let its reader confirm it first. A member's own
    token cannot grant what goes to an address that was not confirmed.
    """
    customer = people.named(call, where)
    if call.caller.scope == "member" and body.granted and body.channel == "email":
        _must_be_confirmed(customer)
    return _shown(record(call, customer, body, "/body"))


def record(call: calls.Call, customer: Customer, said: NewConsent, pointer: str) -> Consent:
    """Write one line; 422 for one from the future."""
    if said.at is not None and not 1900 < said.at.year <= call.now.year + 1:
        raise problems.wrong(f"{pointer}/at", "Nobody said anything then.")
    if said.at is not None and said.at > call.now:
        raise problems.wrong(f"{pointer}/at", "This is in the future.")
    return consents.record(
        customer,
        purpose=said.purpose,
        channel=said.channel,
        granted=said.granted,
        wording=said.wording,
        source=said.source,
        at=(said.at or call.now).astimezone(UTC),
    )


def _must_be_confirmed(customer: Customer) -> None:
    mine = Identity.objects.filter(customer=customer, kind=Identity.Kind.EMAIL)
    if not mine.filter(confirmed_at__isnull=False).exists():
        sentence = "The e-mail address was not confirmed by its reader. The card's page asks."
        raise Problem(409, "unconfirmed", sentence)


def _shown(one: Consent) -> ConsentShown:
    return ConsentShown(
        id=str(one.pk),
        customer=str(one.customer_id),
        at=one.at,
        purpose=one.purpose,
        channel=one.channel,
        granted=one.granted,
        pending=one.pending,
        wording=one.wording,
        source=one.source,
    )
