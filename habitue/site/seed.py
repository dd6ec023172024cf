"""Businesses made up for trying the API out: two or more, alike, strangers to each other.

Each has a rich program, customers with histories, and one credential of every kind; what is
handed out names everything that a stranger needs to begin.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from msgspec import Struct

from habitue import ledger
from habitue.api import routing, values
from habitue.core import program
from habitue.members import businesses, cards, keys, staff, tokens
from habitue.members.models import ApiKey, Business, Card, Customer, Staff
from habitue.outreach import audiences
from habitue.pages import account
from habitue.site import neighbors

PROGRAM: Final = Path(__file__).with_name("seed.yaml")
ADDRESS: Final = "@seed.invalid"
"""Owners of seeded businesses have addresses that end so: nobody reads there."""

NEW: Final = audiences.OfSegment(segment="new")

_KINDS: Final = (("Chez Alice", "cafe", "FR"), ("Da Bruno", "restaurant", "IT"))


class Shop(Struct, frozen=True):
    """The business itself."""

    id: str
    slug: str
    name: str
    country: str
    currency: str
    timezone: str


class Person(Struct, frozen=True, omit_defaults=True):
    """Somebody who works there, with a token, and the PIN with which a till gets another."""

    id: str
    name: str
    role: str
    token: str
    pin: str = ""
    partner: str = ""


class Member(Struct, frozen=True):
    """A member by all their names, with a token, the card's address and its printed code."""

    customer: str
    name: str
    external: str
    email: str
    number: str
    token: str
    card: str
    printed_code: str
    balances: dict[str, str]


class Voucher(Struct, frozen=True):
    """One that waits to be used."""

    id: str
    customer: str
    reward: str
    code: str


class Purchase(Struct, frozen=True):
    """One that may be returned, undone or posted again."""

    event: str
    customer: str
    source: str
    reference: str


class Tenant(Struct, frozen=True):
    """A business with everything that opens it. `keys` by scope; `partner` is its partner key's.

    `units` with their decimals; `rewards` with what they cost by unit, in decimals.
    """

    business: Shop
    keys: dict[str, str]
    partner: str
    owner: Person
    manager: Person
    cashier: Person
    partner_cashier: Person
    members: list[Member]
    not_enrolled: list[str]
    units: dict[str, int]
    rewards: dict[str, dict[str, str]]
    tiers: list[str]
    benefits: list[str]
    causes: list[str]
    partners: list[str]
    draws: list[str]
    audience: str
    voucher: Voucher
    purchase: Purchase


class Seed(Struct, frozen=True):
    """What is printed: where the API is, the limits that hold, and the businesses."""

    api: str
    openapi: str
    limits: dict[str, int]
    tenants: list[Tenant]


def build(
    count: int, *, prefix: str, address: str, now: datetime, tell: Callable[[str], object]
) -> Seed:
    """So many new businesses at `address`; `tell` is told each that is ready."""
    tenants = []
    for place in range(count):
        tenants.append(_tenant(place, prefix, address, now))
        tell(tenants[-1].business.slug)
    api = f"{address}{routing.PREFIX}"
    limits = {
        "requests_per_second": settings.API_RATE,
        "requests_at_once": settings.API_BURST,
        "member_token_minutes": settings.MEMBER_TOKEN_LIFE // timedelta(minutes=1),
        "staff_token_hours": settings.STAFF_TOKEN_LIFE // timedelta(hours=1),
        "api_key_overlap_hours": settings.API_KEY_OVERLAP // timedelta(hours=1),
        "wrong_pins": staff.TRIES,
        "locked_minutes": staff.LOCKED_FOR // timedelta(minutes=1),
    }
    return Seed(api, f"{api}/openapi.json", limits, tenants)


def lived_in() -> Business | None:
    """A business that an owner signed up for, neither demo nor seeded; None where there is none."""
    owners = Staff.objects.filter(role=Staff.Role.OWNER, active=True, business__is_demo=False)
    real = owners.exclude(user__email__endswith=ADDRESS).select_related("business").first()
    return real.business if real else None


def _tenant(place: int, prefix: str, address: str, now: datetime) -> Tenant:
    name, kind, country = _KINDS[place % len(_KINDS)]
    slug = f"{prefix}-{place + 1}-{secrets.token_hex(3)}"
    business = businesses.create(name=name, kind=kind, country=country, slug=slug)
    business.printed_cards = True  # a code that a test can hold on to
    business.save(update_fields=["printed_cards"])
    text = PROGRAM.read_text(encoding="utf-8").replace("Europe/Paris", business.timezone)
    published = ledger.publish(business.pk, text)
    assert not published.problems, published.problems
    email = f"owner.{slug}{ADDRESS}"
    owner = staff.add_owner(business, account.user_of(email))
    told = neighbors.tell(business, by=email, now=now)
    return _handed_out(business, owner, told, address, now)


def _handed_out(
    business: Business, owner: Staff, told: neighbors.Told, address: str, now: datetime
) -> Tenant:
    plan = ledger.program(business.pk)
    assert plan is not None
    second = account.user_of(f"manager.{business.slug}{ADDRESS}")
    manager = staff.admit(business, second, Staff.Role.MANAGER, by=owner, at=now)
    return Tenant(
        business=Shop(
            str(business.pk),
            business.slug,
            business.name,
            business.country,
            business.currency,
            business.timezone,
        ),
        keys={scope.value: _key(business, scope, owner, now) for scope in ApiKey.Scope},
        partner=neighbors.PARTNER,
        owner=_person(owner, now),
        manager=_person(manager, now),
        cashier=_cashier(business, "Diego", now),
        partner_cashier=_cashier(business, "Chiara", now, partner=neighbors.PARTNER),
        members=[_member(business, plan, key, address, now) for key in told.customers[:2]],
        not_enrolled=[str(key) for key in told.customers[neighbors.MEMBERS :]],
        units={unit.id: unit.decimals for unit in plan.units},
        rewards={one.id: _cost(plan, one) for one in plan.rewards},
        tiers=[level.id for level in plan.tiers.levels] if plan.tiers else [],
        benefits=[one.id for one in plan.benefits],
        causes=[one.id for one in plan.causes],
        partners=[one.id for one in plan.partners],
        draws=[one.id for one in plan.draws],
        audience=str(audiences.make(business, "New here", NEW, now=now).pk),
        voucher=_voucher(told.redemption),
        purchase=Purchase(
            str(told.purchase.event),
            str(told.purchase.customer),
            neighbors.SOURCE,
            neighbors.PURCHASE,
        ),
    )


def _key(business: Business, scope: ApiKey.Scope, by: Staff, now: datetime) -> str:
    partner = neighbors.PARTNER if scope == ApiKey.Scope.PARTNER else ""
    return keys.make(
        business, name=f"Seed {scope.value}", scope=scope, by=by, at=now, partner=partner
    )[1]


def _cashier(business: Business, name: str, now: datetime, partner: str = "") -> Person:
    pin = staff.new_pin()
    one = staff.add_cashier(business, name=name, pin=pin, partner=partner)
    return _person(one, now, pin)


def _person(one: Staff, now: datetime, pin: str = "") -> Person:
    token = tokens.issue_staff(one, at=now)[1]
    return Person(str(one.pk), one.name, one.role, token, pin, one.partner)


def _member(
    business: Business, plan: program.Program, key: int, address: str, now: datetime
) -> Member:
    one = Customer.objects.select_related("member").get(pk=key)
    card = Card.objects.get(customer=one)
    names = dict(one.identities.values_list("kind", "value"))
    standing = ledger.standing(business.pk, key, now=now)
    assert standing is not None
    return Member(
        customer=str(key),
        name=one.name,
        external=names["external"],
        email=names["email"],
        number=one.member.number,
        token=tokens.issue_member(one, at=now)[1],
        card=f"{address}/c/{card.token}",
        printed_code=cards.printed_code(card),
        balances={
            unit.id: values.written(standing.balances.get(unit.id, 0), unit.decimals)
            for unit in plan.units
        },
    )


def _cost(plan: program.Program, reward: program.Reward) -> dict[str, str]:
    if reward.cost is None:
        return {}
    unit, amount = reward.cost
    return {unit: values.written(amount, plan.units[plan.unit_index(unit)].decimals)}


def _voucher(answer: ledger.Answer) -> Voucher:
    (issued,) = answer.issued
    return Voucher(str(issued.id), str(answer.customer), issued.reward, issued.code)
