"""Somebody is erased everywhere: the one way, for owners, programs, members, the recycle bin.

Each room registers how it forgets a person (`forgets`, when its app is ready), so that no room
above is known here and none is left out. No sum of the ledger moves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeVar

from django.db import transaction
from msgspec import Struct

from habitue.members import bin as recycle_bin
from habitue.members import erasure, journal
from habitue.members.models import Business, Customer, Staff


class Person(Struct, frozen=True):
    """Who is forgotten: all customers that are one person, and by what texts they were known."""

    business: int
    customers: tuple[int, ...]
    known: erasure.Known


Forget = Callable[[Person], None]
F = TypeVar("F", bound=Forget)

_rooms: Final[list[Forget]] = []


def forgets(act: F) -> F:
    """Register how a room forgets a person; it is called once the customers are erased here."""
    _rooms.append(act)
    return act


def erase(
    customer: Customer,
    *,
    at: datetime,
    staff: Staff | None = None,
    through: Mapping[str, str | int] | None = None,
) -> None:
    """Leave no byte of the person anywhere, all or nothing; the ledger's sums stay as they are.

    The row of the customer stays, marked as erased, and those who went over into them with it.
    `staff`: who does it, `through`: for the journal, which program asks; neither: the person, or
    the bin whose days are over.
    """
    with transaction.atomic():
        customers = erasure.person(customer.pk)
        business = Business.objects.get(pk=customer.business_id)
        rows = Customer.objects.filter(pk__in=customers).order_by("pk").select_for_update()
        if all(one.erased_at for one in rows):
            return  # by somebody else, a moment ago
        person = Person(business.pk, tuple(customers), erasure.known(customers))
        erasure.erase(customers, at=at)
        for forget in _rooms:
            forget(person)
        for one in Customer.objects.filter(pk__in=customers).order_by("pk"):
            journal.write(business, "erase", at=at, staff=staff, customer=one, what=through)


def empty_bin(*, now: datetime) -> int:
    """Erase whoever has lain in the recycle bin for its days; answers how many."""
    due = recycle_bin.due(now=now)
    for customer in due:
        erase(customer, at=now)
    return len(due)
