"""Cards: a member's, made anew or ended; their secret addresses and printed codes.

A card's address opens the card to whoever has it, and its printed code stands for its holder at a
till. So only the owner and the member are told them: neither who only reads, nor a till.
"""

from __future__ import annotations

from typing import Annotated

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from msgspec import UNSET, Meta, UnsetType

from habitue.api import calls, paging, people, problems, values
from habitue.api.people import OfCustomer
from habitue.api.problems import Problem
from habitue.api.routing import operation
from habitue.api.values import CustomerReference, Given, Id, Instant, Said
from habitue.members import cards, journal, survivors
from habitue.members.models import Card, Customer


class CardShown(Given, frozen=True, kw_only=True):
    """A card. `address` and `code` are told to the owner and the member alone."""

    id: Id
    customer: Id
    revoked_at: Annotated[Instant | None, Meta(description="It opens nothing from then on.")]
    address: Annotated[
        str | UnsetType | None,
        Meta(description="The card's secret page, for its holder; null once it is revoked."),
    ] = UNSET
    code: Annotated[
        str | UnsetType | None,
        Meta(
            description="For printing: a code that never changes. Null where the business does not"
            " accept printed cards."
        ),
    ] = UNSET


class OfCard(Said, frozen=True, kw_only=True):
    """Which card of which customer."""

    customer: CustomerReference
    card: Id


@operation(
    "GET",
    "/customers/{customer}/cards",
    may=calls.READERS | {"member"},
    summary="A customer's cards",
)
def find(call: calls.Call, where: OfCustomer) -> paging.Page[CardShown]:
    """All of them on one page, the newest first; one at most is good."""
    return paging.Page(items=[_shown(call, one) for one in _of(people.named(call, where))])


@operation(
    "POST",
    "/customers/{customer}/cards",
    may=calls.OWNERS,
    status=201,
    summary="Make a member a new card",
)
def renew(call: calls.Call, where: OfCustomer) -> CardShown:
    """The old card, and the tokens of the member's app, open nothing any more."""
    customer = people.named(call, where)
    if not hasattr(customer, "member"):
        raise Problem(409, "not_a_member", "Only members have cards. Enroll this customer first.")
    with transaction.atomic():
        card = cards.renew(customer, at=call.now)
        _tell(call, customer)
    return _shown(call, card)


@operation(
    "DELETE",
    "/customers/{customer}/cards/{card}",
    may=calls.OWNERS,
    summary="End a card",
)
def revoke(call: calls.Call, where: OfCard) -> None:
    """It opens nothing any more, and its member has none until another one is made."""
    customer = people.named(call, OfCustomer(customer=where.customer))
    number = values.number(where.card) or 0
    if number not in {one.pk for one in _of(customer) if one.revoked_at is None}:
        raise problems.unknown("card")
    with transaction.atomic():
        cards.revoke(number, at=call.now)
        _tell(call, customer)


def _of(customer: Customer) -> list[Card]:
    whole = survivors.went_over([customer.pk])[customer.pk]
    return list(Card.objects.filter(customer__in=whole).order_by("-pk"))


def _tell(call: calls.Call, customer: Customer) -> None:
    journal.write(
        call.business, "card", at=call.now, staff=call.staff, customer=customer, what=call.through
    )


def _shown(call: calls.Call, one: Card) -> CardShown:
    bare = CardShown(id=str(one.pk), customer=str(one.customer_id), revoked_at=one.revoked_at)
    if call.caller.scope not in ("owner", "member"):
        return bare
    good = one.revoked_at is None
    return CardShown(
        id=bare.id,
        customer=bare.customer,
        revoked_at=bare.revoked_at,
        address=settings.HABITUE_ADDRESS + reverse("card", args=[one.token]) if good else None,
        code=cards.printed_code(one) if good and call.business.printed_cards else None,
    )
