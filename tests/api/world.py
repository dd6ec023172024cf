"""The world in which the API is tried: Café des Amis, a shop next door, and everybody's keys.

Alice and Bruno are members, Chiara buys without enrolling, Diego is at the counter. Alice bought
for 40.00 under `reference:till:T-1001` and took a coffee; the airline is a partner.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from habitue import ledger
from habitue.core import facts
from habitue.ledger import Fact, joining
from habitue.members import businesses, customers, keys, staff, tokens
from habitue.members.models import ApiKey, Business, Customer, Staff

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def now() -> datetime:
    """The moment of a test."""
    return datetime.now(UTC)


PROGRAM = """\
program: cafe
title: Café des Amis
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units:
  points: {worth: 0.05, expiry: 12 months}
  stars: {worth: 0.10, decimals: 1}
  spend: {qualifying: true, redeemable: false, decimals: 2}
partners:
  - {id: airline, title: Air Aosta, issuing: 0.01, redeeming: 0.01}
causes:
  - {id: trees, title: Trees for the quarter}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
  - {id: visit, when: visit, award: {stars: 0.5, per: item}}
  - {id: year, when: purchase, award: {spend: 1, per: 1.00, step: proportional}}
tiers:
  basis: {unit: spend, window: calendar year}
  kept: rest of this and next year
  levels: [{id: basic, from: 0}, {id: gold, from: 100}]
rewards:
  - {id: coffee, title: A coffee, cost: {points: 10}, gives: {product: coffee}, valid_for: 1 month}
  - {id: five, title: Five off, cost: {points: 100}, gives: {money_off: 5.00}}
  - {id: tree, title: A tree, cost: {points: 20}, gives: {donation: 1.00, cause: trees}}
pay_with: {unit: points, most: 50%}
"""


@dataclass
class Place:
    """A business and who has a way into it; the credentials are texts."""

    business: Business
    owner: str
    till: str
    read: str
    partner: str
    member: str
    cashier: str
    alice: int
    bruno: int
    diego: Staff
    purchase: int
    voucher: str


def make(
    name: str = "Café des Amis", *, program: str = PROGRAM, now: datetime | None = None
) -> Place:
    """A business with its people, keys and a little history that ends now."""
    now = now or datetime.now(UTC)
    business = businesses.create(name=name, kind="cafe", country="FR")
    published = ledger.publish(business.pk, program)
    assert not published.problems, published.problems
    known = customers.find_or_create_many(business, "external", ["alice", "bruno", "chiara"])
    for key, one in known.items():
        Customer.objects.filter(pk=one).update(name=key.title(), language="fr")
    for key in ("alice", "bruno"):
        joining.welcome(Customer.objects.get(pk=known[key]), at=now - timedelta(hours=3))
    alice = known["alice"]
    bought = Fact(
        customer=alice,
        at=now - timedelta(hours=2),
        what=facts.Purchase((facts.Line(4000, sku="cake"),), "EUR"),
        source="till",
        reference="T-1001",
    )
    took = Fact(
        customer=alice,
        at=now - timedelta(hours=1),
        what=facts.Redemption("coffee"),
        source="till",
        reference="R-1",
    )
    first, second = ledger.post(business.pk, [bought, took], now=now)
    assert not first.refused
    assert not second.refused
    held = ledger.standing(business.pk, alice, now=now)
    assert held is not None
    diego = staff.add_cashier(business, name="Diego", pin="1234")
    made = {
        scope: keys.make(
            business,
            name=scope.value,
            scope=scope,
            by=None,
            at=now,
            partner="airline" if scope == ApiKey.Scope.PARTNER else "",
        )[1]
        for scope in ApiKey.Scope
    }
    return Place(
        business=business,
        owner=made[ApiKey.Scope.OWNER],
        till=made[ApiKey.Scope.TILL],
        read=made[ApiKey.Scope.READ],
        partner=made[ApiKey.Scope.PARTNER],
        member=tokens.issue_member(Customer.objects.get(pk=alice), at=now)[1],
        cashier=tokens.issue_staff(diego, at=now)[1],
        alice=alice,
        bruno=known["bruno"],
        diego=diego,
        purchase=first.event,
        voucher=held.vouchers[0].code,
    )
