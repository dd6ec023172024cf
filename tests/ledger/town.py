"""A neighbourhood: the café with partners, a cause, households, and a few things for all."""

from __future__ import annotations

from typing import Any

from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.ledger import Fact
from tests.ledger.conftest import NOW

TOWN = """\
program: town
title: The neighbourhood
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units:
  points: {worth: 0.05, expiry: 12 months}
  stars: {decimals: 1}
  spend: {qualifying: true, decimals: 2}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
  - {id: scan, when: visit, award: {stars: 1.5, per: item}}
  - {id: year, when: purchase, award: {spend: 1, per: 1.00, step: proportional}}
  - {id: early, when: early-bird, award: {points: 5}, limit: {times: 3, per: month, total: true}}
  - {id: friend, when: referral, award: {points: 100}}
  - {id: welcome, when: referred, award: {points: 20}}
  - {id: years, when: anniversary, award: {points: 7}}
  - {id: epiphany, when: date, where: {each: 6 January}, award: {points: 6}}
tiers:
  basis: {unit: spend, window: calendar year}
  levels: [{id: basic, from: 0}, {id: gold, from: 100}]
rewards:
  - {id: coffee, cost: {points: 10}, gives: {product: coffee}}
  - {id: lamp, cost: {points: 10}, gives: {product: lamp}, stock: 7}
  - {id: tree, cost: {points: 20}, gives: {donation: 1.00, cause: trees}}
  - {id: star, cost: {stars: 3}, gives: {product: star}}
pay_with: {unit: points}
causes: [{id: trees, title: Trees for the street}]
partners:
  - {id: bakery, title: The bakery, issuing: 0.01, redeeming: 0.008}
  - {id: kiosk, title: The kiosk, issuing: 0.02, account: prepaid}
household: {members: 3, pools: points}
transfers: {units: points}
leaderboard: {unit: points, every: week}
"""


def at_partner(customer: int, cents: int, partner: str = "bakery", **given: Any) -> Fact:
    what = Purchase((Line(cents),), "EUR", partner=partner)
    return Fact(**{"customer": customer, "at": NOW, "what": what, **given})


def gives(giver: int, to: int, points: int, **given: Any) -> Fact:
    what = facts.Transfer("points", points, to)
    return Fact(**{"customer": giver, "at": NOW, "what": what, **given})
