"""What customers are called, and pages of rows: shared by every list of customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Generic, TypeVar

from django.http import HttpRequest
from msgspec import Struct

from habitue.members.models import Business, Customer, Identity

PAGE: Final = 50

Row = TypeVar("Row")


class Page(Struct, Generic[Row], frozen=True):
    """A page of rows: its number, how many pages there are."""

    rows: tuple[Row, ...]
    number: int
    pages: int


def cut(request: HttpRequest, rows: Sequence[Row]) -> Page[Row]:
    """The page that is asked for; the last one, if there are not so many."""
    pages = max(1, -(-len(rows) // PAGE))
    at = min(number(request), pages)
    return Page(tuple(rows[(at - 1) * PAGE : at * PAGE]), at, pages)


def number(request: HttpRequest) -> int:
    """The number of the page that is asked for, the first one unless it is a number."""
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def names(business: Business, customers: Sequence[int]) -> dict[int, str]:
    """What they are called, else their number in the system they came from, else their card's.

    Who was erased since, or lies in the recycle bin, is left out.
    """
    found = Customer.objects.filter(
        business=business, pk__in=customers, erased_at=None, binned_at=None
    )
    called = dict(found.values_list("pk", "name"))
    return called | numbers(business, [key for key, name in called.items() if not name])


def numbers(business: Business, nameless: Sequence[int]) -> dict[int, str]:
    """The numbers by which customers without a name are told apart; the oldest of each."""
    if not nameless:
        return {}
    kinds = [Identity.Kind.NUMBER, Identity.Kind.EXTERNAL]
    known = Identity.objects.filter(business=business, kind__in=kinds, customer__in=nameless)
    # Of one customer the last counts: a number of another system before the card's.
    rows = known.order_by("-kind", "-pk").values_list("customer", "value")
    return dict(rows)
