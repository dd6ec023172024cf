"""The demo tells a plausible year, the same one however often it is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from habitue import ledger, metrics
from habitue.ledger import figures
from habitue.members.models import Business, Customer, Staff
from habitue.site import demo, regulars

NOW = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)
TODAY = date(2026, 11, 21)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A village café: the cast and some others."""
    monkeypatch.setattr(regulars, "PEOPLE", 40)


def kinds(business: Business) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, count(*) FROM ledger_event WHERE business_id = %s AND refusal IS NULL"
            " GROUP BY kind",
            [business.pk],
        )
        return dict(cursor.fetchall())


def refusals(business: Business) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, refusal FROM ledger_event WHERE business_id = %s AND refusal IS NOT NULL",
            [business.pk],
        )
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_a_year_with_everything_that_happens_in_a_cafe(few: None) -> None:
    business = demo.build(now=NOW)
    assert business.is_demo
    assert kinds(business).keys() >= {"enrolment", "purchase", "voucher_use", "undo", "refund"}
    assert refusals(business) == []
    assert ledger.verify(business.pk) == []
    assert ledger.replay(business.pk) == []
    assert Staff.objects.get(business=business).name == "Diego"


@pytest.mark.django_db
def test_telling_it_again_adds_nothing_on_another_day_either(few: None) -> None:
    business = demo.build(now=NOW)
    before = kinds(business)
    again = demo.build(now=NOW + timedelta(days=9))
    assert (again.pk, kinds(again)) == (business.pk, before)


@pytest.mark.django_db
def test_a_telling_that_was_killed_is_finished_by_the_next(
    few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = kinds(demo.build(now=NOW))
    Business.objects.update(slug="told-before", is_demo=False)
    real, calls = ledger.post, iter(range(10**6))

    def killed(*arguments: Any, **options: Any) -> Any:
        if next(calls) == 61:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(ledger, "post", killed)
        with pytest.raises(KeyboardInterrupt):
            demo.build(now=NOW)
    business = demo.build(now=NOW + timedelta(hours=3))
    assert kinds(business) == whole
    assert refusals(business) == []


@pytest.mark.django_db
def test_alice_comes_back_bruno_lapses_and_chiara_never_enrols(few: None) -> None:
    business = demo.build(now=NOW)
    ids = {
        customer.name: customer.pk
        for customer in Customer.objects.filter(
            business=business, name__in=["Alice", "Bruno", "Chiara"]
        )
    }
    standings = ledger.standings(business.pk, list(ids.values()), now=NOW)
    assert standings[ids["Alice"]].enrolled_on is not None
    assert standings[ids["Chiara"]].enrolled_on is None
    alice = list(regulars.visits(regulars.ALICE, TODAY))
    bruno = list(regulars.visits(regulars.BRUNO, TODAY))
    assert alice[-1].at.date() > TODAY - timedelta(days=10)
    assert bruno[-1].at.date() < TODAY - timedelta(days=60)
    period = metrics.Period(date(2026, 8, 1), date(2026, 11, 1))
    found = figures.answer(business, period=period, now=NOW)
    assert 0 < (found.get("churn").value or 0) < 1


@pytest.mark.django_db
def test_the_first_page_is_planned_for_what_is_there(few: None) -> None:
    """Statistics of an empty table let PostgreSQL compare each row with each: minutes a page."""
    demo.build(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::int FROM pg_class WHERE relname = 'ledger_entry'")
        (believed,) = cursor.fetchone() or (0,)
        cursor.execute("SELECT count(*)::int FROM ledger_entry")
        assert cursor.fetchone() == (believed,)
        assert believed > 1_000


def test_the_year_is_the_same_every_time_and_never_on_a_monday() -> None:
    for person in regulars.people()[:20]:
        told = list(regulars.visits(person, TODAY))
        assert told == list(regulars.visits(person, TODAY))
        assert all(visit.at.weekday() != 0 for visit in told)
        assert len({visit.at.date() for visit in told}) == len(told)
