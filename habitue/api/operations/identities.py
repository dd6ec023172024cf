"""Identities: by what a customer is recognised, each one's alone in a business."""

from __future__ import annotations

from typing import Annotated

from django.db import transaction
from django.db.models import QuerySet
from msgspec import Meta

from habitue.api import calls, paging, people, problems, values
from habitue.api.people import IdentityKind, IdentityShown, OfCustomer
from habitue.api.problems import Problem, Wrong
from habitue.api.routing import operation
from habitue.api.values import CustomerReference, Id, Said
from habitue.members import customers, identities, journal, survivors
from habitue.members.models import Customer, Identity


class NewIdentity(Said, frozen=True, kw_only=True):
    """Something by which a customer shall be found from now on."""

    kind: IdentityKind
    value: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=254,
            description="E-mail and phone are brought into one spelling; a phone without + is read"
            " as one of the business's country.",
        ),
    ]


class OfIdentity(Said, frozen=True, kw_only=True):
    """Which identity of which customer."""

    customer: CustomerReference
    identity: Id


@operation(
    "GET",
    "/customers/{customer}/identities",
    may=calls.READERS | {"member"},
    summary="How a customer is recognised",
)
def find(call: calls.Call, where: OfCustomer) -> paging.Page[IdentityShown]:
    """All of them, on one page; also those of customers who went over into this one."""
    found = _of(people.named(call, where)).order_by("pk")
    return paging.Page(items=[people.identity(call, one) for one in found])


@operation(
    "POST",
    "/customers/{customer}/identities",
    may=calls.TILLS,
    status=201,
    summary="Recognise a customer by one more",
    example={"kind": "phone", "value": "+33 6 12 34 56 78"},
)
def add(call: calls.Call, where: OfCustomer, body: NewIdentity) -> IdentityShown:
    """Again, it changes nothing. Somebody else's identity is a conflict; whose, is not said."""
    customer = people.named(call, where)
    with transaction.atomic():
        made = claim(customer, body, "/body")
        _tell(call, customer, body.kind)
    return people.identity(call, made)


@operation(
    "DELETE",
    "/customers/{customer}/identities/{identity}",
    may=calls.OWNERS,
    summary="Recognise a customer by one less",
)
def remove(call: calls.Call, where: OfIdentity) -> None:
    """A member's own number stays; it goes with the person."""
    customer = people.named(call, OfCustomer(customer=where.customer))
    with transaction.atomic():
        rows = _of(customer).select_for_update().filter(pk=values.number(where.identity) or 0)
        one = rows.first()
        if one is None:
            raise problems.unknown("identity")
        if one.kind == Identity.Kind.NUMBER and _is_own(one):
            raise Problem(409, "own_number", "This is the member's own number, which stays.")
        one.delete()
        _tell(call, customer, one.kind)


def claim(customer: Customer, said: NewIdentity, pointer: str) -> Identity:
    """Give a customer an identity; 422 where it can be none, 409 where it is somebody else's."""
    normal = identities.normalise(said.kind, said.value, country=customer.business.country)
    if normal is None:
        raise problems.wrong(f"{pointer}/value", f"This cannot be a value of kind {said.kind!r}.")
    if not customers.add_identity(customer, said.kind, normal):
        detail = "Somebody else is recognised by this already."
        errors = (Wrong(pointer=f"{pointer}/value", detail=detail),)
        raise Problem(409, "identity_taken", detail, errors=errors)
    return Identity.objects.get(business=customer.business, kind=said.kind, value=normal)


def _of(customer: Customer) -> QuerySet[Identity]:
    whole = survivors.went_over([customer.pk])[customer.pk]
    return Identity.objects.filter(customer__in=whole)


def _is_own(one: Identity) -> bool:
    return Customer.objects.filter(pk=one.customer_id, member__number=one.value).exists()


def _tell(call: calls.Call, customer: Customer, kind: str) -> None:
    what = {"changed": kind, **call.through}
    journal.write(
        call.business, "contact", at=call.now, staff=call.staff, customer=customer, what=what
    )
