"""Where a member stands on the ladder: what counts, and what is missing."""

from datetime import UTC, datetime, timedelta

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.ledger import climbing
from habitue.members import businesses, customers

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
PROGRAM = """\
program: cafe
title: Café des Amis
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units:
  spend: {qualifying: true, redeemable: false}
earn:
  - {id: year, when: purchase, award: {spend: 1, per: 1.00}}
tiers:
  basis: {unit: spend, window: calendar year}
  kept: rest of this and next year
  notice: 3 months
  levels: [{id: basic, from: 0}, {id: gold, from: 100}, {id: black, from: 300}]
"""


def bought(business: int, customer: int, amount: int, at: datetime) -> None:
    what = facts.Purchase((facts.Line(amount),), "EUR")
    (answer,) = ledger.post(business, [ledger.Fact(customer=customer, at=at, what=what)], now=at)
    assert answer.refused is None


def test_what_counts_and_what_is_missing_as_of_the_moment() -> None:
    cafe = businesses.create(name="Café des Amis", kind="cafe", country="FR")
    published = ledger.publish(cafe.pk, PROGRAM)
    assert not published.problems, published.problems
    known = customers.find_or_create_many(cafe, "external", ["alice", "chiara"])
    bought(cafe.pk, known["alice"], 12000, NOW)
    here = climbing.climb(cafe.pk, known["alice"], now=NOW)
    assert here is not None
    assert (here.level, here.counted, here.next) == ("gold", (("spend", 120),), "black")
    assert here.missing == ((("spend", 180),),)
    next_year = climbing.climb(cafe.pk, known["alice"], now=NOW + timedelta(days=365))
    assert next_year is not None
    assert (next_year.level, next_year.counted) == ("gold", (("spend", 0),))
    assert next_year.notice is not None
    assert next_year.notice.missing == (("spend", 100),)
    later = climbing.climb(cafe.pk, known["alice"], now=NOW + timedelta(days=2 * 365))
    assert later is not None
    assert (later.level, later.next) == ("basic", "gold")
    stranger = climbing.climb(cafe.pk, known["chiara"], now=NOW)
    assert stranger is not None
    assert (stranger.level, stranger.missing) == (None, ())
