"""Somebody is erased: nothing personal is left in the tables of this room.

The customer's row stays, without any word, because the ledger's sums hang on it; so do the lines
of consent and of the journal, which hold nothing personal. Customers that went over into the
person are the person too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection
from msgspec import Struct

from habitue.members import answers, survivors
from habitue.members.models import (
    AccessToken,
    Card,
    CodeRefusal,
    Customer,
    Identity,
    Member,
    OfflineScan,
    TillCode,
)

ERASED: Final = {"erased": True}  # what is left of the answer to a device

_PERSON: Final = """
WITH RECURSIVE person (id) AS (
    SELECT %s::bigint
    UNION
    SELECT giver.id FROM person
    JOIN members_customer giver ON giver.merged_into_id = person.id
) SELECT id FROM person ORDER BY id"""


class Known(Struct, frozen=True):
    """By which texts a person can be found; `telling` are those that nobody shares."""

    names: tuple[str, ...]
    telling: tuple[str, ...]


def person(customer: int) -> list[int]:
    """All customers that are one person: whom this one goes on as, and who went over there."""
    goes_on = survivors.of([customer]).get(customer, customer)
    with connection.cursor() as cursor:
        cursor.execute(_PERSON, [goes_on])
        return [key for (key,) in cursor.fetchall()]


def known(customers: Sequence[int]) -> Known:
    """The names, addresses, numbers and card tokens of these customers, before they are erased."""
    names = Customer.objects.filter(pk__in=customers).exclude(name="")
    identities = Identity.objects.filter(customer__in=customers)
    tokens = Card.objects.filter(customer__in=customers)
    return Known(
        tuple(names.values_list("name", flat=True)),
        (
            *identities.exclude(kind=Identity.Kind.EXTERNAL).values_list("value", flat=True),
            *tokens.values_list("token", flat=True),
        ),
    )


def erase(customers: Sequence[int], *, at: datetime) -> None:
    """Leave nothing personal of these customers in the tables of this room."""
    Customer.objects.filter(pk__in=customers).update(
        name="",
        language="",
        birth_day=None,
        birth_month=None,
        birth_year=None,
        note="",
        paused_until=None,
        less_often=False,
        binned_at=None,
        erased_at=at,
    )
    answers.forget(customers)
    Member.objects.filter(customer__in=customers).update(number="")
    Identity.objects.filter(customer__in=customers).delete()
    TillCode.objects.filter(used_by__in=customers).update(used_by=None)
    OfflineScan.objects.filter(customer__in=customers).update(customer=None, answer=ERASED)
    CodeRefusal.objects.filter(card__customer__in=customers).update(card=None)
    AccessToken.objects.filter(customer__in=customers).delete()
    Card.objects.filter(customer__in=customers).delete()  # with what hangs on them
