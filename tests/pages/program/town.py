"""The café with everything that goes beyond points: draws, partners, a cause, a fee, benefits."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.ledger import Answer, Fact, joining
from habitue.members import businesses, customers
from habitue.members.models import Business, Customer

PARIS = ZoneInfo("Europe/Paris")

TOWN = """\
program: town
title: {en: The neighbourhood, fr: Le quartier, it: Il quartiere}
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units:
  points: {worth: 0.05, title: {en: points, fr: points, it: punti}}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
rewards:
  - {id: coffee, cost: {points: 10}, gives: {product: coffee}}
  - id: tree
    title: {en: A tree, fr: Un arbre, it: Un albero}
    cost: {points: 20}
    gives: {donation: 1.00, cause: trees}
pay_with: {unit: points, least: 10, most: 50%}
causes: [{id: trees, title: {en: Trees for the street, fr: Des arbres, it: Alberi}}]
partners:
  - id: bakery
    title: {en: The bakery, fr: La boulangerie, it: Il forno}
    issuing: 0.01
    redeeming: 0.008
  - {id: kiosk, title: The kiosk, issuing: 0.02, account: prepaid}
household: {members: 3, pools: points}
transfers: {units: points}
draws:
  - id: daily
    title: {en: Draw of the day, fr: Tirage du jour, it: Estrazione del giorno}
    when: purchase
    every: day
    limit: {entries: 3}
    prizes: [{experience: a trip, worth: 100.00}, {money_off: 5.00, pieces: as many as needed}]
"""


def make_town(name: str = "Le Quartier", text: str = TOWN) -> Business:
    """A French shop whose program has all of it."""
    made = businesses.create(name=name, kind="cafe", country="FR")
    published = ledger.publish(made.pk, text)
    assert not published.problems, published.problems
    return made


def make_neighbor(shop: Business, name: str) -> Customer:
    """Someone with a card."""
    email = f"{name.lower()}@example.org"
    key = customers.find_or_create_many(shop, "email", [email])[email]
    customer = Customer.objects.get(pk=key)
    customer.name = name
    customer.save()
    joining.welcome(customer, at=timezone.now())
    return customer


def post(shop: Business, customer: Customer, what: facts.What, *, at: datetime) -> Answer:
    """One fact, posted when it happened."""
    (answer,) = ledger.post(shop.pk, [Fact(customer=customer.pk, at=at, what=what)], now=at)
    assert answer.refused is None, answer.refused
    return answer


def buys(
    shop: Business, customer: Customer, cents: int, *, at: datetime | None = None, partner: str = ""
) -> Answer:
    """A purchase."""
    what = Purchase((Line(cents),), "EUR", partner=partner)
    return post(shop, customer, what, at=at or timezone.now())


def yesterday() -> tuple[date, datetime]:
    """The shop's day before this one, and its noon."""
    day = today() - timedelta(days=1)
    return day, datetime.combine(day, time(12), PARIS).astimezone(UTC)


def today() -> date:
    """The shop's: for an hour or two each night it is another than that of UTC."""
    return timezone.localdate(timezone=PARIS)


CLUB = """\
program: club
title: {en: The club, fr: Le club, it: Il club}
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units:
  points: {worth: 0.05, pending: 3 days, title: {en: points, fr: points, it: punti}}
  spend: {qualifying: true, decimals: 2, title: {en: spent, fr: dépensés, it: spesi}}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
  - {id: year, when: purchase, award: {spend: 1, per: 1.00, step: proportional}}
tiers:
  basis: {unit: spend, window: last 1 month}
  kept: 1 year
  notice: 2 years
  levels:
    - {id: basic, from: 0}
    - {id: gold, from: 100, title: {en: Gold, fr: Or, it: Oro}}
fee: {every: year, price: 49.00, refund: if nothing was used}
benefits:
  - id: delivery
    title: {en: Free delivery, fr: Livraison offerte, it: Consegna gratis}
    uses: {times: 3, per: year}
    saves: 6.00
    minimum_order: 20.00
  - {id: lounge, title: {en: Lounge, fr: Salon, it: Sala}}
rewards:
  - {id: birthday, automatic: welcome-gift, choose: [{product: a cake}, {points: 5}]}
"""
