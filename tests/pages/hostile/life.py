"""A shop in full life, with one of everything that an address names; and what is secret in it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.core import signing
from django.test import Client

from habitue import ledger
from habitue.connectors.models import Import, Shop, ShopMessage
from habitue.connectors.shops import connecting
from habitue.connectors.webhooks import endpoints, kinds
from habitue.core import facts
from habitue.ledger import draws
from habitue.members import (
    answers,
    cards,
    consents,
    devices,
    journal,
    keys,
    partners,
    tills,
)
from habitue.members import staff as people
from habitue.members.models import ApiKey, Business, Customer, Staff
from habitue.outreach import audiences, experiments
from habitue.pages import account
from habitue.pages.card import letters
from habitue.pages.models import Passkey, Study
from tests.pages.program import town
from tests.pages.settings.test_account import public_half

NOW = datetime.now(UTC)


@dataclass
class Life:
    """The shop, what stands for each word of an address, and the words that nobody else may read.

    `known` has, beside what is in every shop's pages by name (a cause, a draw), the numbers.
    """

    shop: Business
    owner: User
    manager: User
    cashier: Staff
    till: Staff
    alice: Customer
    bruno: Customer
    known: dict[str, Any] = field(default_factory=dict)
    secret: tuple[str, ...] = ()


def make(name: str, sign: str) -> Life:
    """A shop in which everybody's surname, address and note contains `sign`."""
    shop = town.make_town(name)
    owner, manager = (
        User.objects.create_user(f"{role}.{sign}@example.org".lower(), f"{role}.{sign}@example.org")
        for role in ("owner", "manager")
    )
    chief = people.add_owner(shop, owner)
    people.admit(shop, manager, Staff.Role.MANAGER, by=chief, at=NOW)
    cashier = people.add_cashier(shop, name="Diego", pin="4711")
    till = people.add_cashier(shop, name="Kim", pin="4712", partner="bakery")
    alice, bruno = (_person(shop, first, sign) for first in ("Alice", "Bruno"))
    life = Life(shop, owner, manager, cashier, till, alice, bruno)
    life.known = {
        **_people(life, chief),
        **_program(life),
        **_files(life, chief),
        **_told(life, chief),
        "key": shop.counter_key,
        "slug": shop.slug,
    }
    card = alice.cards.get()
    life.secret = (sign, sign.lower(), card.token, alice.member.number, bruno.member.number)
    return life


def browser(user: User | None = None) -> Client:
    """A browser, of a signed-in person or of nobody."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend=account.BACKEND)
    return client


def phone(life: Life, one: Staff, pin: str) -> Client:
    """A phone at the counter."""
    client = Client(raise_request_exception=False)
    path = f"/s/{life.shop.counter_key}/in"
    if one.partner:
        path += f"?partner={one.partner}"
    assert client.post(path, {"staff": one.pk, "pin": pin}).status_code == 302
    return client


def _person(shop: Business, first: str, sign: str) -> Customer:
    one = town.make_neighbor(shop, f"{first}.{sign}")
    one.name, one.note = f"{first} {sign}", f"pays with {sign} bills"
    one.save()
    town.buys(shop, one, 4_000, at=NOW - timedelta(days=1))
    return one


def _connected(shop: Business, chief: Staff) -> tuple[Shop, ShopMessage]:
    """A web shop, and something it told that could not be recorded."""
    connected, _secret = connecting.connect(
        shop, kind="square", name="till", address="production", credentials={}, by=chief, at=NOW
    )
    heard = ShopMessage.objects.create(
        shop=connected, received_at=NOW, state=ShopMessage.State.FAILED, body=b"{", became="json"
    )
    return connected, heard


def _people(life: Life, chief: Staff) -> dict[str, Any]:
    alice, shop = life.alice, life.shop
    answer = town.buys(shop, alice, 1_500, at=NOW)
    said = answers.Answered("nps", 3, 10, NOW.date(), "r1", alice.pk, comment=f"{alice.name}!")
    answers.record(shop, [said], source="import")
    consents.record(
        alice, purpose="marketing", channel="email", granted=True, wording="Yes.", source="join",
        at=NOW,
    )  # fmt: skip
    journal.write(shop, "note", at=NOW, staff=chief, customer=alice)
    device = devices.admit(life.cashier, user_agent="Phone", at=NOW)
    key, _text = keys.make(shop, name="till", scope=ApiKey.Scope.TILL, by=chief, at=NOW)
    _code, text = tills.show(shop, life.cashier, quantity=1, at=NOW)
    connected, heard = _connected(shop, chief)
    mailed = alice.identities.get(kind="email")
    session = UserSession.objects.create(
        user=life.owner, ip="127.0.0.1", user_agent="x", session_key=secrets.token_hex(16)
    )
    passkey = Passkey.objects.create(
        user=life.owner,
        credential=secrets.token_hex(8),
        public=public_half(),
        name="x",
        made_at=NOW,
    )
    card = alice.cards.get()
    return {
        "customer": alice.pk,
        "other": life.bruno.pk,
        "event": answer.event,
        "device": device.pk,
        "api": key.pk,
        "connected": connected.pk,
        "heard": heard.pk,
        "staff": life.cashier.pk,
        "hired": life.till.pk,
        "session": session.pk,
        "passkey": passkey.pk,
        "token": card.token,
        "code": cards.code(card, at=NOW),
        "text": text,
        "signed": signing.dumps(["confirm", mailed.pk], salt=letters.SALT),
    }


def _program(life: Life) -> dict[str, Any]:
    shop = life.shop
    draws.confirm(shop.pk, country="FR", by="zoe", now=NOW - timedelta(days=2))
    day = town.yesterday()[0]
    draws.open_period(shop.pk, "daily", day, now=NOW - timedelta(days=2))
    fact = ledger.Fact(
        customer=life.alice.pk, at=NOW, what=facts.Redemption("tree", at_once=True), source="x",
        reference="tree",
    )  # fmt: skip
    ledger.post(shop.pk, [fact], now=NOW)
    made = [
        Study.objects.create(business=shop, kind=kind, asked=asked, asked_at=NOW)
        for kind, asked in (
            ("preview", {"text": town.TOWN, "since": f"{NOW + timedelta(days=2):%Y-%m-%d}"}),
            ("what-if", {"title": "x", "text": town.TOWN, "stretch": "year", "choice": "soonest"}),
        )
    ]
    return {
        "preview": made[0].pk,
        "study": made[1].pk,
        "draw": "daily",
        "day": day.isoformat(),
        "cause": "trees",
        "year": NOW.year,
        "partner": "bakery",
        "month": f"{NOW:%Y-%m}",
        "link": partners.issue(shop, "bakery", at=NOW),
    }


def _files(life: Life, chief: Staff) -> dict[str, Any]:
    shop = life.shop
    brought = Import.objects.create(
        business=shop, staff=chief, what="customers", state="checked", filename="list.csv",
        sha256="", header="", brought_at=NOW, corrections={"2": life.alice.name},
    )  # fmt: skip
    audience = audiences.make(
        shop, "newcomers", audiences.OfSegment(segment="new"), now=NOW, frozen=True
    )
    audience.frozen.get_or_create(customer=life.alice)
    experiments.start(shop, "winter", seed=secrets.token_hex(16), now=NOW)
    return {"import": brought.pk, "audience": audience.pk, "experiment": "winter"}


def _told(life: Life, chief: Staff) -> dict[str, Any]:
    """Another system that is told what happens, and a message to it."""
    made = endpoints.make(
        life.shop,
        url="https://hooks.example/in",
        types=kinds.ALL,
        by=chief,
        at=NOW,
        resolve=lambda *_: ["93.184.216.34"],
    )
    assert isinstance(made, endpoints.Made)
    return {"webhook": made.endpoint.pk, "told": endpoints.test(made.endpoint, at=NOW).pk}
