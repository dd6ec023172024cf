"""Figures, segments and audiences by the API: the same numbers as on the owner's pages."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection

from habitue import ledger, metrics
from habitue.api.operations import figures as operation
from habitue.core import facts
from habitue.ledger import Fact, figures
from habitue.members import ids
from habitue.outreach.models import Audience, Experiment
from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(cafe: world.Place) -> world.Place:
    """In a year that is over Alice bought thrice (once for a third of a cent's sum), Bruno once."""
    now = datetime.now(UTC)
    days = {cafe.alice: ("2025-01-10", "2025-02-10", "2025-03-10"), cafe.bruno: ("2025-01-20",)}
    batch = [
        Fact(
            customer=who,
            at=datetime.fromisoformat(f"{day}T12:00:00+00:00"),
            what=facts.Purchase((facts.Line(1001),), "EUR"),
            source="old",
            reference=f"{who}-{day}",
        )
        for who, those in days.items()
        for day in those
    ]
    answers = ledger.post(cafe.business.pk, batch, now=now)
    assert not any(one.refused for one in answers)
    return cafe


def test_every_figure_says_what_it_means(cafe: world.Place) -> None:
    told = ask("GET", "/figures", key=cafe.read).json["items"]
    assert [one["id"] for one in told] == list(metrics.every())
    assert all({"en", "fr", "it"} <= one["formula"].keys() for one in told)


def test_a_figure_is_what_the_ledger_answers_divided_exactly(year: world.Place) -> None:
    span = "since=2025-01-01&until=2025-04-01"
    told = ask("GET", f"/figures/average_order_value?{span}", key=year.read).json
    (item,) = told["items"]
    assert (item["value"], item["numerator"], item["denominator"]) == ("1001", "4004", "4")
    assert (item["currency"], item["n"], told["unit"]) == ("EUR", 4, "money")
    told = ask("GET", f"/figures/repeat_purchase_rate?{span}&window=60", key=year.read).json
    period = metrics.periods.parse("2025-01-01..2025-04-01")
    known = figures.answer(
        year.business,
        period=period,
        now=datetime.now(UTC),
        window=60,
        figures=["repeat_purchase_rate"],
    ).get("repeat_purchase_rate")
    (item,) = told["items"]
    assert known.numerator is not None
    assert known.low is not None
    assert Fraction(item["value"]) == Fraction(known.numerator, known.denominator or 1)
    assert abs(float(item["low"]) - known.low) < 1e-6
    assert told["window"] == {"days": 60, "origin": "given"}


def test_a_third_is_rounded_once(year: world.Place) -> None:
    span = "since=2025-01-01&until=2025-02-01"
    told = ask("GET", f"/figures/sales_per_customer?{span}", key=year.read).json
    assert told["items"][0]["value"] == "1001"
    span = "since=2025-01-01&until=2025-04-01"
    told = ask("GET", f"/figures/sales_per_customer?{span}", key=year.read).json
    assert told["items"][0]["value"] == "2002"
    told = ask("GET", f"/figures/purchase_frequency?{span}", key=year.read).json
    assert told["items"][0]["value"] == "2"


def test_a_period_that_is_not_over_has_no_value_yet(cafe: world.Place) -> None:
    today = datetime.now(UTC).date()
    span = f"since={today - timedelta(days=20)}&until={today + timedelta(days=20)}"
    told = ask("GET", f"/figures/churn?{span}", key=cafe.read).json
    assert told["items"][0]["value"] is None
    assert told["items"][0]["ripens_on"] == (today + timedelta(days=20)).isoformat()


@pytest.mark.parametrize(
    "query",
    [
        "since=2025-01-01",
        "since=2025-02-01&until=2025-01-01",
        "since=0001-01-01&until=2025-01-01",
        "window=0",
        "lifespan=0",
        "lifespan=1e9",
        "by=month",
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(cafe: world.Place, query: str) -> None:
    assert ask("GET", f"/figures/churn?{query}", key=cafe.read).status == 422


def test_what_takes_too_long_is_refused_and_not_waited_for(
    year: world.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = figures.answer

    def slowly(*asked: Any, **named: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(600)")
        return real(*asked, **named)

    monkeypatch.setattr(figures, "answer", slowly)
    monkeypatch.setattr(operation, "PATIENCE", 50)
    told = ask("GET", "/figures/upsell_ratio?since=2025-01-01&until=2025-04-01", key=year.read)
    assert (told.status, told.json["code"]) == (422, "too_long")


def test_who_is_no_analyst_sees_no_figures(cafe: world.Place) -> None:
    for key in (cafe.till, cafe.partner, cafe.member):
        for path in ("/figures", "/figures/churn", "/segments", "/audiences"):
            assert ask("GET", path, key=key).status == 403
    assert ask("GET", "/figures/nothing", key=cafe.read).status == 404


def test_everybody_who_bought_is_in_one_audience_of_the_lifecycle(year: world.Place) -> None:
    every = ask("GET", "/segments", key=year.read).json["items"]
    found: list[str] = []
    for segment in (one["id"] for one in every if one["family"] == "lifecycle"):
        body = {"name": f"Those {segment}", "segment": segment}
        made = ask("POST", "/audiences", key=year.owner, body=body)
        assert (made.status, made.json["kind"], made.json["segment"]) == (201, "live", segment)
        address = f"/audiences/{made.json['id']}"
        who = ask("GET", f"{address}/members", key=year.read).json["items"]
        assert ask("GET", f"{address}/count", key=year.read).json["customers"] == len(who)
        found += [one["customer"] for one in who]
    assert sorted(found) == sorted([str(year.alice), str(year.bruno)])


def test_an_audience_by_hand_holds_those_who_were_named(
    cafe: world.Place, next_door: world.Place
) -> None:
    body = {"name": "Both", "customers": ["external:bruno", str(cafe.alice), "external:alice"]}
    made = ask("POST", "/audiences", key=cafe.owner, body=body).json
    assert (made["kind"], made["segment"]) == ("frozen", None)
    address = f"/audiences/{made['id']}"
    first = ask("GET", f"{address}/members?limit=1", key=cafe.read).json
    rest = ask("GET", f"{address}/members?cursor={first['next']}", key=cafe.read).json
    both = [one["customer"] for one in (*first["items"], *rest["items"])]
    assert both == sorted([str(cafe.alice), str(cafe.bruno)])
    for path in ("", "/members", "/count"):
        assert ask("GET", f"{address}{path}", key=next_door.owner).status == 404
    assert ask("DELETE", address, key=next_door.owner).status == 404
    assert ask("DELETE", address, key=cafe.read).status == 403
    assert ask("DELETE", address, key=cafe.owner).status == 204
    assert ask("GET", address, key=cafe.read).status == 404


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"name": "A"}, 422, "/body/segment"),
        ({"name": "A", "segment": "nobody"}, 422, "/body/segment"),
        ({"name": "\t", "segment": "slipping"}, 422, "/body/name"),
        ({"name": "A", "customers": ["external:alice", "external:zoe"]}, 404, "/body/customers/1"),
        ({"name": "A", "customers": ["external:alice"], "window": 9}, 422, "/body/window"),
    ],
)
def test_an_audience_that_cannot_be_meant_is_refused(
    cafe: world.Place, body: dict[str, object], status: int, pointer: str
) -> None:
    told = ask("POST", "/audiences", key=cafe.owner, body=body)
    assert (told.status, told.json["errors"][0]["pointer"]) == (status, pointer)


def test_a_name_is_given_once_and_what_an_experiment_needs_stays(cafe: world.Place) -> None:
    body = {"name": "Both", "customers": ["external:alice"]}
    made = ask("POST", "/audiences", key=cafe.owner, body=body).json
    told = ask("POST", "/audiences", key=cafe.owner, body=body)
    assert (told.status, told.json["code"]) == (409, "name_taken")
    Experiment.objects.create(
        id=ids.make(),
        business=cafe.business,
        name="held",
        seed="s",
        share=1000,
        days=30,
        figures=["churn"],
        audience=Audience.objects.get(pk=made["id"]),
        started_on=datetime.now(UTC).date(),
    )
    told = ask("DELETE", f"/audiences/{made['id']}", key=cafe.owner)
    assert (told.status, told.json["code"]) == (409, "in_use")
