"""`habitue figures`: all of them in one table, one with its own numbers, and as JSON."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from habitue import ledger, metrics
from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.ledger import Fact
from habitue.members import businesses, customers
from habitue.site import cli, database

PROGRAM = """\
program: cafe
title: Café des Amis
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units: {points: {worth: 0.05, expiry: 12 months, decimals: 1}}
earn: [{id: base, when: purchase, award: {points: 1, per: 1.00}}]
rewards: [{id: coffee, cost: {points: 10}, gives: {product: coffee}}]
"""
DAY = datetime(2026, 1, 10, 12, tzinfo=UTC)
PERIOD = "2026-02-01..2026-03-01"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cafe(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alice comes again and takes a coffee, Bruno does not. The test's database is used."""

    def there() -> AbstractContextManager[None]:
        return nullcontext()

    monkeypatch.setattr(database, "database", there)
    made = businesses.create(name="Café des Amis", kind="cafe", country="FR", slug="cafe")
    assert not ledger.publish(made.pk, PROGRAM).problems
    emails = ["alice@example.org", "bruno@example.org"]
    alice, bruno = customers.find_or_create_many(made, "email", emails).values()
    told: list[tuple[int, int, facts.What]] = [
        (0, alice, Purchase((Line(20_00),), "EUR")),
        (0, bruno, Purchase((Line(10_00),), "EUR")),
        (30, alice, Purchase((Line(30_00),), "EUR")),
        (31, alice, facts.Redemption("coffee")),
    ]
    for days, who, what in told:
        at = DAY + timedelta(days=days)
        (answer,) = ledger.post(made.pk, [Fact(customer=who, at=at, what=what)], now=at)
        assert answer.refused is None


def run(*more: str, period: str = PERIOD) -> Result:
    command = ["figures", "--business", "cafe", "--period", period, "--window", "31", *more]
    return CliRunner().invoke(cli.app, command)


def printed(*more: str, period: str = PERIOD) -> str:
    found = run(*more, period=period)
    assert found.exit_code == 0, found.output
    return " ".join(found.output.split())


def test_the_table_shows_the_essential_ones_then_the_others_by_what_they_are_about() -> None:
    found = printed()
    places = [
        found.index(words)
        for words in (
            "Retention rate, strict 1 of 2 1 2",
            "Customers",
            "Money Average order value 30.00 EUR 30.00 1",
            "Program",
            "Burn rate (points) 33.3 % 10.0 30.0",
            "Generosity (points) 1.7 % 0.50 30.00",
            "Program liability (points)",
            "Not enough data yet: ",
            "Satisfaction (CSAT)",
            "Retention rate, strict = customers kept / customers at the start",
            "bought within 31 days before it (as asked)",
            "estimated as 1 / churn = 2 / 1 = 2.00 periods of 28 days",
        )
    ]
    assert places == sorted(places)


def test_one_figure_is_told_with_its_own_numbers() -> None:
    found = printed("--figure", "retention", "--figure", "customer_lifetime_value")
    for words in (
        "Retention rate (as in the articles) = 1 of 2",
        "Formula: (customers at the end − new customers) / customers at the start",
        "Here: (1 customers at the end − 0 new customers) / 2 customers at the start = 50.0 %",
        "Customer lifetime value (simple) = 60.00 EUR",
        "(30.00 revenue × 2 customers at the start) / (1 customers who bought × 1 customers lost)",
        "Average order: 30.00 Orders per customer and period: 1.00 Lifespan in periods: 2.00",
        "(Wilson)",
        "Source: Retention articles",
    ):
        assert words in found


def test_what_is_quoted_is_called_so() -> None:
    found = printed("--figure", "spend_advantage")
    assert "Quoted: existing customers spend 31 % more." in found


def test_a_period_that_is_not_over_says_when_it_will_be() -> None:
    found = printed(period="2098-01-01..2099-01-01")
    assert "not before 2099-01-01" in found
    assert "Not before 2099-01-01: " in found


def test_json_has_every_figure_in_whole_money_and_units() -> None:
    found = run("--json")
    told: dict[str, dict[str, Any]] = {one["id"]: one for one in json.loads(found.output)}
    assert list(told) == list(metrics.every())
    assert told["average_order_value"]["value"] == 30
    assert told["average_order_value"]["unit"] == "EUR"
    burnt = told["burn_rate"]
    assert (burnt["numerator"], burnt["denominator"], burnt["of"]) == (10, 30, "points")


def test_a_figure_that_is_not_there_is_a_sentence() -> None:
    found = run("--figure", "luck")
    assert found.exit_code == 2
    assert "There is no figure 'luck'" in " ".join(found.output.split())
