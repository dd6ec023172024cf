"""Finding customers and making new ones: set-based, race-proof, no one twice, no orphan.

An identity is claimed first and the customer written after it, both in one transaction (the
foreign key is checked at its end). Whoever loses a race finds the winner's claim and writes no
customer. Claims are taken in sorted order, so two imports never wait for each other in a ring.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from django.db import connection, transaction

from habitue.members import identities, ids, survivors
from habitue.members.models import Business, Customer, Identity, Member

NUMBER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
NUMBER_LENGTH = 8

_CLAIM = """
INSERT INTO members_identity (id, business_id, kind, value, customer_id)
SELECT id, %s, %s, value, customer_id
FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS claim (id, value, customer_id)
ORDER BY value
ON CONFLICT (business_id, kind, value) DO NOTHING
RETURNING value, customer_id"""

_HOLDERS = """
SELECT identity.value, identity.customer_id, customer.merged_into_id
FROM members_identity identity
JOIN members_customer customer ON customer.id = identity.customer_id
WHERE identity.business_id = %s AND identity.kind = %s AND identity.value = ANY(%s)"""

_ENROL = """
INSERT INTO members_member (customer_id, enrolled_at, number)
SELECT customer_id, %s, number
FROM unnest(%s::bigint[], %s::text[]) AS new (customer_id, number)
ORDER BY customer_id
ON CONFLICT (customer_id) DO NOTHING"""


def find(business: Business, kind: str, value: str) -> int | None:
    """The customer who holds this identity in this business, or None."""
    normal = identities.normalise(kind, value, country=business.country)
    if normal is None:
        return None
    return _holders(business, kind, [normal]).get(normal)


def find_many(business: Business, kind: str, values: Iterable[str]) -> dict[str, int]:
    """Customers by the values as given; whom nobody knows is absent."""
    normal = {
        value: form
        for value in values
        if (form := identities.normalise(kind, value, country=business.country)) is not None
    }
    found = _holders(business, kind, sorted(set(normal.values())))
    return {value: found[form] for value, form in normal.items() if form in found}


def holders(business: Business, kind: str, values: Iterable[str]) -> dict[str, int]:
    """Customers by values that `identities.normalise` made; whom nobody knows is absent."""
    return _holders(business, kind, sorted(set(values)))


def find_or_create_many(
    business: Business, kind: str, values: Iterable[str], *, created_at: datetime | None = None
) -> dict[str, int]:
    """Customers by the values as given; new ones are made. Values that cannot be one are absent."""
    normal = {
        value: form
        for value in values
        if (form := identities.normalise(kind, value, country=business.country)) is not None
    }
    found = _holders(business, kind, sorted(set(normal.values())))
    missing = sorted(set(normal.values()) - found.keys())
    if missing:
        with transaction.atomic():
            made = _claim(business, kind, missing, ids.make_many(len(missing)))
            _write(business, sorted(made.values()), created_at)
            found |= made
        # Claims lost to someone else are committed by now: our claim waited for that.
        found |= _holders(business, kind, [value for value in missing if value not in made])
    return {value: found[form] for value, form in normal.items()}


def add_identity(customer: Customer, kind: str, value: str) -> bool:
    """Give a customer one more identity; False when it is invalid or another customer's."""
    normal = identities.normalise(kind, value, country=customer.business.country)
    if normal is None:
        return False
    if _claim(customer.business, kind, [normal], [customer.pk]):
        return True
    return _holders(customer.business, kind, [normal]).get(normal) == customer.pk


def enroll(customer: Customer, *, at: datetime) -> Member:
    """Make a customer a member (or find the member that they already are)."""
    enroll_many(customer.business, [customer.pk], at=at)
    return Member.objects.get(customer=customer)


def enroll_many(business: Business, customers: Sequence[int], *, at: datetime) -> int:
    """Make customers members, each with a number of its own; answers how many are new."""
    new = sorted(set(customers) - _members(customers))
    if not new:
        return 0
    with transaction.atomic():
        numbers = _claim_numbers(business, new)
        with connection.cursor() as cursor:
            cursor.execute(_ENROL, [at, list(numbers), list(numbers.values())])
            return int(cursor.rowcount)


def _claim_numbers(business: Business, customers: list[int]) -> dict[int, str]:
    """A free number for each customer; the few that were taken are drawn again."""
    numbers: dict[int, str] = {}
    while missing := [customer for customer in customers if customer not in numbers]:
        drawn = {_new_number(): customer for customer in missing}
        made = _claim(business, Identity.Kind.NUMBER, list(drawn), list(drawn.values()))
        numbers |= {customer: number for number, customer in made.items()}
    return numbers


def _holders(business: Business, kind: str, values: list[str]) -> dict[str, int]:
    if not values:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [business.pk, str(kind), values])
        found = cursor.fetchall()
    merged = [customer for _, customer, merged_into in found if merged_into is not None]
    goes_on = survivors.of(merged) if merged else {}
    return {value: goes_on.get(customer, customer) for value, customer, _ in found}


def _claim(
    business: Business, kind: str, values: list[str], customers: list[int]
) -> dict[str, int]:
    """Claim each value for the customer at its place; answers the claims that were free."""
    with connection.cursor() as cursor:
        keys = ids.make_many(len(values))
        cursor.execute(_CLAIM, [business.pk, str(kind), keys, values, customers])
        return cast(dict[str, int], dict(cursor.fetchall()))


def _write(business: Business, customers: list[int], created_at: datetime | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO members_customer (id, business_id, created_at)"
            " SELECT id, %s, coalesce(%s, now()) FROM unnest(%s::bigint[]) AS new (id)",
            [business.pk, created_at, customers],
        )


def _members(customers: Sequence[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id FROM members_member WHERE customer_id = ANY(%s)", [list(customers)]
        )
        return {customer for (customer,) in cursor.fetchall()}


def _new_number() -> str:
    return "".join(NUMBER_ALPHABET[byte & 31] for byte in secrets.token_bytes(NUMBER_LENGTH))
