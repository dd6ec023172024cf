"""Every operation of the OpenAPI file, asked with another business's ids and credentials.

What is somebody else's is not there: 404, or a list without it. Nothing in any answer is theirs.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Final

import pytest
from django.db import transaction

from habitue import ledger
from habitue.api import routing
from habitue.core.program import Program
from habitue.ledger import books
from habitue.members.models import ApiKey, Card, Identity, Member
from habitue.outreach import audiences
from tests.api import world
from tests.api.asking import ask, named

pytestmark = pytest.mark.django_db
CREDENTIALS: Final = ("owner", "till", "read", "partner", "member", "cashier")
SCOPES: Final = {"cashier": "till"}


@dataclasses.dataclass
class Theirs:
    """The other business, by everything that names something of it."""

    place: world.Place
    blanks: dict[str, str]
    secrets: set[str]


@pytest.fixture
def theirs(cafe: world.Place) -> Theirs:
    shop = cafe.business
    audience = audiences.make(
        shop,
        "Lapsed",
        audiences.OfChosen(customers=1),
        now=world.now(),
        frozen=True,
        chosen=[cafe.bruno],
    )
    blanks = {
        "customer": str(cafe.alice),
        "event": str(cafe.purchase),
        "voucher": cafe.voucher,
        "code": cafe.voucher,
        "key": str(ApiKey.objects.filter(business=shop).order_by("pk")[0].pk),
        "card": str(Card.objects.filter(customer=cafe.alice)[0].pk),
        "identity": str(Identity.objects.filter(customer=cafe.alice)[0].pk),
        "audience": str(audience.pk),
    }
    numbers = Member.objects.filter(customer__business=shop).values_list("number", flat=True)
    tokens = Card.objects.filter(customer__business=shop).values_list("token", flat=True)
    secrets = {*blanks.values(), str(shop.pk), str(cafe.bruno), str(cafe.diego.pk)}
    return Theirs(cafe, blanks, secrets | set(numbers) | set(tokens))


@pytest.mark.parametrize("who", CREDENTIALS)
def test_what_belongs_to_another_business_is_not_there(
    who: str, theirs: Theirs, next_door: world.Place
) -> None:
    found = [
        f"{one.method} {one.path}: {wrong}"
        for one in routing.operations()
        if (wrong := _tried(one, who, theirs, next_door))
    ]
    assert not found, "\n".join(found)


def _tried(one: routing.Operation, who: str, theirs: Theirs, next_door: world.Place) -> str:
    """What is wrong with the answer to an operation asked about theirs; what it did is undone."""
    path, swapped = _path(one.path, theirs.blanks)
    body = _theirs(one.example or {}, theirs) if one.body else None
    with transaction.atomic():
        told = ask(one.method, path, key=getattr(next_door, who), body=body, checked=False)
        transaction.set_rollback(True)
    if told.status >= 500:
        return f"{told.status}"
    if SCOPES.get(who, who) not in one.may:
        return "" if told.status == 403 else f"{told.status}, which is not for a {who}"
    if swapped and told.status != 404:
        return f"{told.status} {told.raw[:200]!r}"
    given = {*theirs.blanks.values()} if told.status >= 400 else set[str]()
    shown = told.raw.decode()
    return ", ".join(secret for secret in theirs.secrets - given if secret in shown)


def test_the_crawl_would_see_what_is_told(theirs: Theirs) -> None:
    """Asked by its own people the same ids are there, so a 404 above is no accident."""
    for kind in ("customer", "event", "audience"):
        told = ask("GET", f"/{kind}s/{theirs.blanks[kind]}", key=theirs.place.owner)
        assert told.status == 200
    shelf = books.shelf(theirs.place.business.pk)
    assert isinstance(shelf.book.latest.program, Program)
    assert ledger.standing(theirs.place.business.pk, theirs.place.alice, now=world.now())


def _path(path: str, blanks: dict[str, str]) -> tuple[str, bool]:
    """An address with their ids in its blanks, and whether there were any."""
    swapped = False
    for name, value in blanks.items():
        if f"{{{name}}}" in path:
            path, swapped = path.replace(f"{{{name}}}", named(value)), True
    own = {"{reward}": "coffee", "{version}": "current", "{partner}": "airline", "{cause}": "trees"}
    for blank, value in own.items():
        path = path.replace(blank, value)
    for name in ("draw", "day", "month", "kind", "figure"):
        path = path.replace(f"{{{name}}}", {"day": "2026-03-02", "month": "2026-03"}.get(name, "x"))
    return path, swapped


def _theirs(example: Any, theirs: Theirs) -> Any:
    """An example in which everybody and everything is theirs, by id."""
    if isinstance(example, dict):
        return {name: _theirs(value, theirs) for name, value in example.items()}
    if isinstance(example, list):
        return [_theirs(value, theirs) for value in example]
    if isinstance(example, str) and example.startswith("external:"):
        return theirs.blanks["customer"]
    if isinstance(example, str) and example.startswith("reference:"):
        return theirs.blanks["event"]
    return example
