"""Complete Journey from its stamps to the lake: 18.3 % of its baskets change their day."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from habitue import ledger, metrics
from habitue.connectors import imports, purchases
from habitue.connectors.rejects import Rejects
from habitue.lake import refreshing
from habitue.ledger import figures
from habitue.members import businesses, customers
from habitue.members.models import Business
from tests.lake import journey
from tests.lake.conftest import copy, view

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PROGRAM = """\
program: grocer
title: Grocer
currency: USD
timezone: America/New_York
enrolment: automatic
units: {points: {}}
earn: [{id: base, when: purchase, award: {points: 1, per: 1.00}}]
"""


@pytest.fixture
def grocer(transactional_db: None) -> Business:
    made = businesses.create(
        name="Grocer", kind="shop", country="US", currency="USD", timezone="America/New_York"
    )
    assert not ledger.publish(made.pk, PROGRAM).problems
    return made


def test_nearly_a_fifth_of_the_baskets_are_of_another_day_in_new_york() -> None:
    every = journey.baskets()
    moved = sum(journey.local_day(at) != at.date() for _, _, at in every)
    assert (moved, len(every)) == (28_571, 155_848)
    assert round(moved / len(every), 3) == 0.183


def test_every_line_is_read_once() -> None:
    lines = journey.order_lines()
    assert lines.num_rows == 1_469_307
    assert sum(lines["amount"].to_pylist()) == 459_603_958
    assert lines.filter(lines["line"].to_numpy() == 0).num_rows == 155_848
    assert len(set(lines["customer"].to_pylist())) == 2_469


def test_three_hundred_households_from_a_file_to_figures(grocer: Business, tmp_path: Path) -> None:
    lines = journey.order_lines(households=300).to_pylist()
    money: Counter[int] = Counter()
    for line in lines:
        money[line["order"]] += line["amount"]
    baskets = journey.baskets(300)
    path = tmp_path / "journey.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "date", "amount", "currency", "receipt"])
        for basket, household, at in baskets:
            cents = money[basket]
            writer.writerow([household, at.isoformat(), f"{cents / 100:.2f}", "USD", basket])
    with Rejects(tmp_path / "rejected.csv") as refused:
        tally = imports.run(grocer, path, purchases.survey(path), refused, now=NOW)
    assert (tally.accepted, tally.rejected) == (len(baskets), 0)
    bought = [(journey.local_day(at), money[basket]) for basket, _, at in baskets]
    assert sorted((row[4], row[5]) for row in view(grocer, "order_lines")) == sorted(bought)
    refreshing.refresh([grocer.pk], tmp_path / "lake", now=NOW)
    assert copy(tmp_path / "lake", grocer, "order_lines") == view(grocer, "order_lines")
    since, until = date(2017, 10, 1), date(2018, 1, 1)
    buyers = {who for _, who, at in baskets if since <= journey.local_day(at) < until}
    within = [cents for day, cents in bought if since <= day < until]
    found = numbers(grocer, metrics.Period(since, until))
    assert found["purchase_frequency"] == (len(within), len(buyers))
    assert found["average_order_value"] == (sum(within), len(within))


def numbers(business: Business, period: metrics.Period) -> dict[str, Any]:
    """Numerator and denominator of the figures that a plain pass can tell."""
    asked = ("purchase_frequency", "average_order_value")
    told = figures.answer(business, period=period, now=NOW, window=90, figures=asked)
    return {one.id: (one.numerator, one.denominator) for one in told.results}


def test_every_line_of_forty_households_arrives_in_the_lake(
    grocer: Business, tmp_path: Path
) -> None:
    wanted = journey.order_lines(households=40).to_pylist()
    households = sorted({line["customer"] for line in wanted})
    keys = customers.find_or_create_many(grocer, "external", [str(key) for key in households])
    people = {household: keys[str(household)] for household in households}
    batch = sorted(journey.facts(people, 40), key=lambda fact: fact.at)
    for place in range(0, len(batch), 500):
        told = ledger.post(grocer.pk, batch[place : place + 500], now=NOW)
        assert not [answer.refused for answer in told if answer.refused]
    refreshing.refresh([grocer.pk], tmp_path, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id, reference::bigint FROM ledger_reference")
        basket_of = dict(cursor.fetchall())
    household_of = {key: household for household, key in people.items()}
    found = [
        (household_of[row[1]], basket_of[row[2]], *row[3:])
        for row in copy(tmp_path, grocer, "order_lines")
    ]
    assert sorted(found) == sorted(tuple(line.values())[1:] for line in wanted)
    assert len({row[3] for row in found}) > 300  # days
