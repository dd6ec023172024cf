"""Customers as the API names and shows them: to each caller what they may see.

| scope | sees |
|---|---|
| owner, read | everything |
| member | the same of themselves, without the shop's note |
| till | name, number, tier, language; of e-mail and phone only enough to tell who it is |
| partner | id, number, tier |
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from habitue import ledger
from habitue.api import naming, problems, values
from habitue.api.calls import Call
from habitue.api.values import CustomerReference, Given, Id, Instant, Said
from habitue.members import survivors
from habitue.members.models import Customer, Identity, Member

Language = Literal["fr", "it", "en"]
IdentityKind = Literal["email", "phone", "external", "number"]
CustomerName = Annotated[
    str, Meta(max_length=80, pattern=values.whole(r"[^\x00-\x1f\x7f]*"), examples=["Alice Martin"])
]
Note = Annotated[
    str,
    Meta(
        max_length=500,
        pattern=values.whole(r"[^\x00-\x09\x0b-\x1f\x7f]*"),
        description="The shop's note; the person may ask to read it.",
    ),
]
_HIDDEN: Final = "•••"


class OfCustomer(Said, frozen=True, kw_only=True):
    """Which customer."""

    customer: CustomerReference


class Birthday(Said, frozen=True, kw_only=True):
    """A birthday; the year may stay unsaid."""

    month: Annotated[int, Meta(ge=1, le=12)]
    day: Annotated[int, Meta(ge=1, le=31)]
    year: Annotated[int, Meta(ge=1900, le=9999)] | None = None


class IdentityShown(Given, frozen=True, kw_only=True):
    """One way in which somebody is recognised."""

    id: Id
    customer: Id
    kind: IdentityKind
    value: Annotated[
        str,
        Meta(description=f"Till scope sees e-mail and phone abridged: `a{_HIDDEN}@example.org`."),
    ]
    confirmed_at: Annotated[
        Instant | None, Meta(description="When whoever reads this e-mail address said yes.")
    ]


class CustomerShown(Given, frozen=True, kw_only=True):
    """A customer. What this credential may not see is left out.

    Owner and read scopes see everything, a member everything of themselves but the note; a till
    sees neither birthday nor note; a partner sees `id`, `number` and `tier`.
    """

    id: Id
    number: Annotated[str | None, Meta(description="The member's number; null: no member.")]
    tier: Annotated[
        str | UnsetType | None, Meta(description="The level held now; left out in lists.")
    ] = UNSET
    member_since: Instant | UnsetType | None = UNSET
    name: str | UnsetType = UNSET
    language: Annotated[
        Literal["fr", "it", "en", ""] | UnsetType, Meta(description="Empty: the business's own.")
    ] = UNSET
    identities: list[IdentityShown] | UnsetType = UNSET
    birthday: Birthday | UnsetType | None = UNSET
    note: str | UnsetType = UNSET
    paused_until: Annotated[
        date | UnsetType | None, Meta(description="No offers before that day.")
    ] = UNSET
    less_often: Annotated[bool | UnsetType, Meta(description="Asked for fewer messages.")] = UNSET
    created_at: Instant | UnsetType = UNSET


def named(call: Call, where: OfCustomer) -> Customer:
    """The customer that an address names; 404 for whoever is not this caller's."""
    return row(naming.customer(call, where.customer))


def anyone(call: Call, where: OfCustomer) -> Customer:
    """The same, also of somebody in the recycle bin, by our number."""
    number = values.number(where.customer)
    lying = Customer.objects.filter(
        pk=number or 0, business=call.caller.business, erased_at=None, binned_at__isnull=False
    )
    if number is not None and lying.exists():
        return row(number)
    return named(call, where)


def row(customer: int) -> Customer:
    """A customer with what is shown of them."""
    return Customer.objects.select_related("business", "member").get(pk=customer)


def one(call: Call, customer: int) -> CustomerShown:
    """A customer as this caller sees them now, with their tier."""
    standing = ledger.standing(call.caller.business, customer, now=call.now)
    tier = standing.tier if standing else None
    return _shown(call, row(customer), _identities([customer]).get(customer, []), tier)


def many(call: Call, customers: Sequence[Customer]) -> list[CustomerShown]:
    """Customers as this caller sees them, without their tiers."""
    identities = _identities([each.pk for each in customers])
    return [_shown(call, each, identities.get(each.pk, []), UNSET) for each in customers]


def birthday(said: Birthday | None, pointer: str) -> dict[str, int | None]:
    """A birthday as the table has it; 422 for a day that no month has."""
    if said is None:
        return {"birth_day": None, "birth_month": None, "birth_year": None}
    try:
        date(said.year or 2024, said.month, said.day)
    except ValueError:
        raise problems.wrong(pointer, "There is no such day.") from None
    return {"birth_day": said.day, "birth_month": said.month, "birth_year": said.year}


def identity(call: Call, of: Identity) -> IdentityShown:
    """An identity as this caller sees it."""
    return IdentityShown(
        id=str(of.pk),
        customer=str(of.customer_id),
        kind=_kind(of.kind),
        value=_abridged(of) if call.caller.scope == "till" else of.value,
        confirmed_at=of.confirmed_at,
    )


def _identities(customers: Sequence[int]) -> dict[int, list[Identity]]:
    """Their own, and those of whoever went over into them."""
    whole = survivors.went_over(customers)
    whose = {giver: customer for customer, givers in whole.items() for giver in givers}
    found: dict[int, list[Identity]] = {}
    for each in Identity.objects.filter(customer__in=list(whose)).order_by("pk"):
        found.setdefault(whose[each.customer_id], []).append(each)
    return found


def _shown(
    call: Call, customer: Customer, identities: Sequence[Identity], tier: str | UnsetType | None
) -> CustomerShown:
    scope, member = call.caller.scope, _member(customer)
    number = member.number if member else None
    if scope == "partner":
        return CustomerShown(id=str(customer.pk), number=number, tier=tier)
    whole = scope != "till"
    return CustomerShown(
        id=str(customer.pk),
        number=number,
        tier=tier,
        member_since=member.enrolled_at if member else None,
        name=customer.name,
        language=_language(customer.language),
        identities=[identity(call, each) for each in identities],
        birthday=_birthday(customer) if whole else UNSET,
        note=customer.note if scope in ("owner", "read") else UNSET,
        paused_until=customer.paused_until if whole else UNSET,
        less_often=customer.less_often if whole else UNSET,
        created_at=customer.created_at,
    )


def _member(customer: Customer) -> Member | None:
    return customer.member if hasattr(customer, "member") else None


def _birthday(customer: Customer) -> Birthday | None:
    if customer.birth_day is None or customer.birth_month is None:
        return None
    return Birthday(
        month=customer.birth_month, day=customer.birth_day, year=customer.birth_year or None
    )


def _abridged(of: Identity) -> str:
    """Enough to ask "is this yours?", and no more."""
    if of.kind == Identity.Kind.EMAIL:
        local, _, host = of.value.rpartition("@")
        return f"{local[:1]}{_HIDDEN}@{host}"
    return f"{_HIDDEN}{of.value[-2:]}" if of.kind == Identity.Kind.PHONE else of.value


def _kind(text: str) -> IdentityKind:
    match text:
        case "email" | "phone" | "external" as kind:
            return kind
        case _:
            return "number"


def _language(text: str) -> Literal["fr", "it", "en", ""]:
    match text:
        case "fr" | "it" | "en" as language:
            return language
        case _:
            return ""
