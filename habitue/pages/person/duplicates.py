"""Customers who may be one person, side by side, until somebody says that they are or are not.

Two are looked at when they share the last digits of a phone, the part before the @, or a birthday
together with the first name; or when their names are written nearly alike. A pair that somebody
said are two people is not shown again: the journal remembers it (`distinct`).
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from msgspec import Struct

from habitue.ledger import database
from habitue.members import journal
from habitue.members.models import Business, Customer, JournalLine
from habitue.pages import access

SHOWN: Final = 20
MOST: Final = 20_000
"""Of the newest customers; a shop of more is looked through by its newest."""

CROWD: Final = 8
"""What more than so many share (a shop's own phone) tells nobody apart."""

_PEOPLE: Final = """
SELECT customer.id, customer.name, customer.birth_day, customer.birth_month,
    coalesce(array_agg(identity.value ORDER BY identity.value)
        FILTER (WHERE identity.kind = 'email'), '{}'),
    coalesce(array_agg(identity.value ORDER BY identity.value)
        FILTER (WHERE identity.kind = 'phone'), '{}'),
    life.last_on, coalesce(life.orders, 0), min(member.number)
FROM members_customer customer
LEFT JOIN members_identity identity ON identity.customer_id = customer.id
LEFT JOIN members_member member ON member.customer_id = customer.id
LEFT JOIN ledger_life life ON life.customer_id = customer.id
WHERE customer.business_id = %(business)s AND customer.erased_at IS NULL
  AND customer.binned_at IS NULL AND customer.merged_into_id IS NULL
GROUP BY customer.id, life.last_on, life.orders
ORDER BY customer.id DESC LIMIT %(most)s"""


class Person(Struct, frozen=True):
    """What two are compared by."""

    id: int
    name: str
    day: int | None
    month: int | None
    emails: list[str]
    phones: list[str]
    last: date | None = None
    visits: int = 0
    number: str | None = None

    @property
    def plain(self) -> str:
        """The name without accents, case or signs, its parts in order."""
        text = unicodedata.normalize("NFKD", self.name.casefold())
        letters = "".join(one if one.isalnum() else " " for one in text
                          if not unicodedata.combining(one))  # fmt: skip
        return " ".join(sorted(letters.split()))

    @property
    def birthday(self) -> date | None:
        """In a leap year, to be written."""
        return date(2024, self.month, self.day) if self.day and self.month else None


class Pair(Struct, frozen=True):
    """Two who may be one, the older one first, and why, in words."""

    left: Person
    right: Person
    why: tuple[str, ...]


@never_cache
@require_GET
@access.owner
def duplicates(request: HttpRequest, business: Business) -> HttpResponse:
    """The pairs with the most in common, one below the other."""
    found = pairs(business)
    context = {
        "business": business,
        "here": "customers",
        "pairs": found[:SHOWN],
        "more": max(0, len(found) - SHOWN),
    }
    return render(request, "pages/person/duplicates.html", context)


@require_POST
@access.owner
def distinct(request: HttpRequest, business: Business, key: int, other: int) -> HttpResponse:
    """They are two people: this is remembered."""
    first, second = sorted((key, other))
    one = access.customer(business, first)
    get_object_or_404(Customer, pk=min(second, 2**63 - 1), business=business, erased_at=None)
    staff = access.person(request, business)
    what: dict[str, str | int] = {"other": str(second)}
    journal.write(business, "distinct", at=timezone.now(), staff=staff, customer=one, what=what)
    return redirect("duplicates")


def pairs(business: Business) -> list[Pair]:
    """Everybody who may be somebody else too, those with most in common first."""
    asked = {"business": business.pk, "most": MOST}
    people = {row[0]: Person(*row) for row in database.query(_PEOPLE, asked)}
    told_apart = _told_apart(business)
    reasons: dict[tuple[int, int], list[str]] = defaultdict(list)
    for why, together in _alike(list(people.values())):
        for left, right in together:
            if (left, right) not in told_apart and why not in reasons[left, right]:
                reasons[left, right].append(why)
    found = [
        Pair(people[left], people[right], tuple(why))
        for (left, right), why in reasons.items()
        if why and not _differ(people[left], people[right])
    ]
    return sorted(found, key=lambda one: (-len(one.why), -one.right.id))


def _alike(people: list[Person]) -> Iterator[tuple[str, Iterable[tuple[int, int]]]]:
    """Why two may be one, and who."""
    shared: dict[str, dict[str, list[int]]] = {
        name: defaultdict(list) for name in ("phone", "mail", "born", "name", "near")
    }
    for one in people:
        for phone in one.phones:
            shared["phone"][phone[-8:]].append(one.id)
        for mail in one.emails:
            before = mail.partition("@")[0].partition("+")[0].replace(".", "")
            if len(before) > 5:
                shared["mail"][before].append(one.id)
        first = one.name.casefold().partition(" ")[0]
        if one.day and first:
            shared["born"][f"{one.day} {one.month} {first}"].append(one.id)
        if " " in one.plain:
            shared["name"][one.plain].append(one.id)
            for form in _near(one.plain):
                shared["near"][form].append(one.id)
    titles = {
        "phone": _("phone numbers that end alike"),
        "mail": _("e-mail addresses that begin alike"),
        "born": _("the same first name and birthday"),
        "name": _("the same name"),
        "near": _("names written nearly alike"),
    }
    for kind, groups in shared.items():
        yield titles[kind], _pairs_of(groups.values())


def _pairs_of(groups: Iterable[list[int]]) -> Iterator[tuple[int, int]]:
    for group in groups:
        members = sorted(set(group))
        if 1 < len(members) <= CROWD:
            yield from combinations(members, 2)


def _near(name: str) -> set[str]:
    """The name, whole and without any one letter: who differs by one letter shares a form."""
    if len(name) <= 6:
        return set()
    return {name, *(name[:place] + name[place + 1 :] for place in range(len(name)))}


def _differ(left: Person, right: Person) -> bool:
    """Two birthdays that differ belong to two people."""
    return None not in (left.birthday, right.birthday) and left.birthday != right.birthday


def _told_apart(business: Business) -> set[tuple[int, int]]:
    lines = JournalLine.objects.filter(business=business, kind="distinct")
    rows = lines.values_list("customer_id", "what__other")
    return {(int(one), int(other)) for one, other in rows if one is not None}
