"""A café after fourteen months: regulars, some who left, some who are new; and its report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from habitue import ledger
from habitue.core import facts
from habitue.ledger import Fact
from habitue.members import staff
from habitue.members.models import Business, Customer
from habitue.metrics.report import VERSION
from habitue.pages.program import studies
from habitue.site import studying
from tests.ledger.conftest import guests, make_cafe
from tests.pages.conftest import ZOE

BATCH = 500


def bring(shop: Business, ago: dict[int, Sequence[int]], cents: int = 650) -> None:
    """Purchases so many days before now, told all together, in the order of time."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    found = [
        Fact(
            customer=who,
            at=now - timedelta(days=days),
            what=facts.Purchase((facts.Line(cents, 1, "coffee", "drinks"),), "EUR"),
            source="till",
            reference=f"{who}:{days}",
        )
        for who, those in ago.items()
        for days in those
    ]
    found.sort(key=lambda fact: fact.at)
    for start in range(0, len(found), BATCH):
        ledger.post(shop.pk, found[start : start + BATCH], now=now)


def make_history(shop: Business) -> dict[str, list[int]]:
    """Regulars come weekly; others left in spring; a few are new; one is late."""
    keys = guests(shop, 40)
    regular, gone, new = keys[:18], keys[18:32], keys[32:39]
    late = keys[39]
    ago: dict[int, Sequence[int]] = {}
    for place, who in enumerate(regular):
        ago[who] = range(place % 7, 420 - 9 * place, 7)
    for place, who in enumerate(gone):
        ago[who] = range(180 + 5 * place, 400, 10)
    for place, who in enumerate(new):
        ago[who] = (35 + place, 40 + 2 * place)
    ago[late] = range(12, 300, 7)
    bring(shop, ago)
    names = dict(zip(keys, [f"Guest {place}" for place in range(40)], strict=True))
    people = [Customer(pk=key, name=name) for key, name in names.items()]
    Customer.objects.bulk_update(people, ["name"])
    return {"regular": regular, "gone": gone, "new": new, "late": [late]}


def work_out(shop: Business) -> None:
    """What the worker does when an owner asks."""
    studying.run(studies.begin(shop, studies.MeasuresAsked(VERSION)).pk)


@pytest.fixture
def shop(db: None) -> Business:
    made = make_cafe()
    staff.add_owner(made, User.objects.create_user(ZOE, ZOE))
    return made


@pytest.fixture
def people(shop: Business) -> dict[str, list[int]]:
    return make_history(shop)


@pytest.fixture
def owner(shop: Business) -> Client:
    """The owner's browser, in French."""
    client = Client(headers={"accept-language": "fr"})
    user = User.objects.get(username=ZOE)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def reported(shop: Business, people: dict[str, list[int]]) -> dict[str, list[int]]:
    """The people, with a report of them."""
    work_out(shop)
    return people
