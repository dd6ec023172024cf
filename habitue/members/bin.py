"""The recycle bin: customers who are hidden for 30 days, and erased after that.

Whoever lies there is in no list, search or audience, and the counter does not know their card;
figures go on counting them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from habitue.members import journal
from habitue.members.models import Business, Customer, Staff

KEPT: Final = timedelta(days=30)

Through = Mapping[str, str | int] | None
"""Which program asked, as the journal says it; None: nobody's program."""


def put(
    business: Business,
    customers: Sequence[int],
    *,
    at: datetime,
    staff: Staff | None = None,
    through: Through = None,
) -> int:
    """Put customers into the bin; answers how many are new there. `through`: for the journal."""
    with transaction.atomic():
        rows = _known(business, customers).filter(binned_at=None)
        return _mark(business, rows, at, "bin", at=at, staff=staff, through=through)


def restore(
    business: Business,
    customers: Sequence[int],
    *,
    at: datetime,
    staff: Staff | None = None,
    through: Through = None,
) -> int:
    """Take customers out of it again; answers how many lay there."""
    with transaction.atomic():
        rows = _known(business, customers).filter(binned_at__isnull=False)
        return _mark(business, rows, None, "restore", at=at, staff=staff, through=through)


def contents(business: Business) -> QuerySet[Customer]:
    """Who lies in the bin, whoever came last first."""
    lying = Customer.objects.filter(business=business, erased_at=None, binned_at__isnull=False)
    return lying.order_by("-binned_at", "-pk")


def due(*, now: datetime) -> list[Customer]:
    """Who has lain there for 30 days, in all businesses."""
    lying = Customer.objects.filter(erased_at=None, binned_at__lte=now - KEPT)
    return list(lying.select_related("business").order_by("pk"))


def _known(business: Business, customers: Sequence[int]) -> QuerySet[Customer]:
    rows = Customer.objects.filter(business=business, erased_at=None, merged_into=None)
    return rows.filter(pk__in=customers).order_by("pk").select_for_update()


def _mark(
    business: Business,
    rows: QuerySet[Customer],
    binned_at: datetime | None,
    kind: str,
    *,
    at: datetime,
    staff: Staff | None,
    through: Through,
) -> int:
    found = list(rows)
    for one in found:
        journal.write(business, kind, at=at, staff=staff, customer=one, what=through)
    Customer.objects.filter(pk__in=[one.pk for one in found]).update(binned_at=binned_at)
    return len(found)
