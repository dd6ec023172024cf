"""A shop whose members hold points that lapse, and credit to the cent."""

from __future__ import annotations

import pytest

from habitue import ledger
from habitue.members import businesses
from habitue.members.models import Business

PROGRAM = """
program: club
title: Club
currency: EUR
timezone: Europe/Paris
enrolment: on request
units:
  points: {worth: 0.05, expiry: {after: 24 months}}
  credit: {decimals: 2, title: {fr: Avoir}}
  status: {redeemable: false, qualifying: true}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
  - {id: welcome, when: enrolment, award: {points: 50}}
rewards:
  - {id: coffee, cost: {points: 100}, gives: {product: coffee}}
"""


@pytest.fixture
def club(db: None) -> Business:
    shop = businesses.create(name="Club", kind="cafe", country="FR")
    published = ledger.publish(shop.pk, PROGRAM)
    assert not published.problems
    return shop
