"""`habitue explain`, `verify` and `sweep` on Café des Amis, and the worker's own sweep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from typer.testing import CliRunner, Result

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.ledger import Fact
from habitue.members import businesses, customers
from habitue.members.models import Business
from habitue.site import cli, tasks

PROGRAM = """\
program: cafe
title: Café des Amis
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units: {points: {expiry: 1 month}}
earn: [{id: base, when: purchase, award: {points: 1, per: 1.00}}]
rewards: [{id: coffee, cost: {points: 10}, gives: {product: coffee}}]
"""

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("running")]


@pytest.fixture
def cafe(db: None) -> Business:
    made = businesses.create(name="Café des Amis", kind="cafe", country="FR", slug="cafe")
    assert not ledger.publish(made.pk, PROGRAM).problems
    return made


@pytest.fixture
def alice(cafe: Business) -> int:
    email = "alice@example.org"
    return customers.find_or_create_many(cafe, "email", [email])[email]


def post(cafe: Business, customer: int, what: facts.What, *, days_ago: int = 0) -> int:
    at = datetime.now(UTC) - timedelta(days=days_ago, hours=1)
    (answer,) = ledger.post(cafe.pk, [Fact(customer=customer, at=at, what=what)], now=at)
    return answer.event


def habitue(name: str, *arguments: str) -> Result:
    return CliRunner().invoke(cli.app, [name, *arguments])


def explain(*arguments: str) -> Result:
    return habitue("explain", "--business", "cafe", *arguments)


def test_a_balance_is_explained_line_by_line_to_who_names_an_address(
    cafe: Business, alice: int
) -> None:
    post(cafe, alice, Purchase((Line(1_250),), "EUR"))
    taken = post(cafe, alice, facts.Redemption("coffee"))
    told = explain("--customer", " Alice@Example.org ")
    assert told.exit_code == 0, told.output
    assert f"Customer {alice}, a member since" in told.output
    assert "  2 points\n    2 usable from" in told.output
    assert "  reward coffee, issued" in told.output
    assert "+12 points: earned by rule base: 12.50 EUR at 1 per 1.00 gives 12" in told.output
    assert "-10 points: taken for a reward" in told.output
    by_event = explain("--customer", str(alice), "--event", str(taken))
    assert by_event.output.startswith("-10 points: taken for a reward by coffee")


def test_a_refusal_is_explained_too(cafe: Business, alice: int) -> None:
    post(cafe, alice, Purchase((Line(250),), "EUR"))
    refused = post(cafe, alice, facts.Redemption("coffee"))
    told = explain("--customer", str(alice), "--event", str(refused))
    assert told.output == "Refused: This takes 10 points; 2 can be used.\n"


@pytest.mark.parametrize("who", ["bruno@example.org", "12", "9" * 40, "+33 6 12 34 56 78"])
def test_nobody_and_nothing_are_said_so(cafe: Business, alice: int, who: str) -> None:
    told = explain("--customer", who)
    assert told.exit_code == 2
    assert "Nobody at 'cafe' is known by" in told.output
    assert "Nothing was posted" in explain("--customer", str(alice)).output
    assert explain("--customer", str(alice), "--event", "5").exit_code == 2
    assert "no business 'bar'; there is cafe" in habitue("verify", "--business", "bar").output


def test_a_sound_ledger_ends_with_zero(cafe: Business, alice: int) -> None:
    post(cafe, alice, Purchase((Line(1_250),), "EUR"))
    told = habitue("verify", "--replay")
    assert told.exit_code == 0
    assert told.output == (
        "The ledger of 1 businesses keeps every promise, and every history leads to its balances.\n"
    )


def test_a_broken_ledger_ends_with_one_and_says_what(cafe: Business, alice: int) -> None:
    post(cafe, alice, Purchase((Line(1_250),), "EUR"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_account SET balances = '{13}'")
    told = habitue("verify", "--business", "cafe", "--replay")
    assert told.exit_code == 1
    assert "a balance differs from the sum of its entries: 1 customers" in told.output
    assert f"cafe: customer {alice} has 13 points; the history gives 12" in told.output


def test_a_sweep_posts_what_lapsed_once(cafe: Business, alice: int) -> None:
    post(cafe, alice, Purchase((Line(1_250),), "EUR"), days_ago=60)
    assert habitue("sweep", "--business", "cafe").output == "1 members had something due.\n"
    assert habitue("sweep").output == "0 members had something due.\n"
    assert [line.kind for line in ledger.entries(cafe.pk, alice)] == ["expiry", "accrual"]


def test_the_worker_sweeps_every_business_by_itself(cafe: Business, alice: int) -> None:
    post(cafe, alice, Purchase((Line(1_250),), "EUR"), days_ago=60)
    task = app.periodic_registry.periodic_tasks["habitue.site.tasks.sweep", ""]
    assert task.cron == "*/5 * * * *"
    tasks.sweep(timestamp=0)
    assert [line.kind for line in ledger.entries(cafe.pk, alice)] == ["expiry", "accrual"]
