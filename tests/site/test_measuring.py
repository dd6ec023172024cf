"""The report of figures: once a day in the small hours of each shop, and whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from habitue.members.models import Business
from habitue.metrics import cadence
from habitue.metrics.report import VERSION, Report
from habitue.pages.models import Study
from habitue.pages.program import studies
from habitue.site import measuring, studying
from tests.ledger.conftest import bought, guests, make_cafe, post

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 3, 3, 2, 10, tzinfo=UTC)  # ten past three in Paris


@pytest.fixture
def cafe() -> Business:
    made = make_cafe()
    (alice,) = guests(made, 1)
    post(made, bought(alice, 1000))
    return made


def asked(shop: Business, at: datetime) -> None:
    Study.objects.create(
        business=shop, kind=Study.Kind.MEASURES, asked={"version": VERSION}, asked_at=at
    )


def due(now: datetime) -> list[int]:
    return [one.pk for one in measuring.due(now=now)]


def test_a_shop_with_purchases_and_no_report_is_due_at_once(cafe: Business) -> None:
    make_cafe(name="Bar Sport")  # nobody has bought there
    assert due(NIGHT - timedelta(hours=8)) == [cafe.pk]


def test_a_report_is_due_once_a_day_by_the_shops_own_clock(cafe: Business) -> None:
    asked(cafe, NIGHT - timedelta(days=1))
    assert due(NIGHT - timedelta(minutes=30)) == []
    assert due(NIGHT) == [cafe.pk]
    asked(cafe, NIGHT)
    assert due(NIGHT + timedelta(hours=20)) == []
    assert due(NIGHT + timedelta(days=1)) == [cafe.pk]


def test_a_machine_that_slept_does_it_when_it_wakes(cafe: Business) -> None:
    asked(cafe, NIGHT - timedelta(days=3))
    assert due(NIGHT + timedelta(hours=9)) == [cafe.pk]


def test_another_question_of_the_owner_is_no_report(cafe: Business) -> None:
    Study.objects.create(
        business=cafe, kind=Study.Kind.PREVIEW, asked={}, asked_at=NIGHT + timedelta(minutes=1)
    )
    assert due(NIGHT + timedelta(hours=1)) == [cafe.pk]


def test_what_is_due_is_queued_and_worked_out_whole(cafe: Business) -> None:
    assert measuring.begin_due(now=NIGHT) == 1
    (study,) = Study.objects.filter(kind=Study.Kind.MEASURES)
    studying.run(study.pk)
    study.refresh_from_db()
    found = studies.found(study, Report)
    assert found is not None
    assert study.done == 100
    assert found.version == VERSION
    assert found.people is not None
    assert found.people.customers == 1
    assert found.worth is not None
    assert found.worth.models[0].refused is not None  # one customer is no crowd
    assert found.cohorts[0].size == 1
    assert set(found.trends) == set(cadence.SHOWN)


def test_all_periods_of_a_trend_have_the_window_of_the_last(cafe: Business) -> None:
    (bruno,) = guests(cafe, 1)
    for days in (200, 190, 130, 40, 31):
        post(cafe, bought(bruno, 500, at=NIGHT - timedelta(days=days)), now=NIGHT)
    found = measuring.report(cafe, now=NIGHT)
    windows = {one.window.days for one in found.trends["month"]}
    assert len(windows) == 1
    periods = [one.period for one in found.trends["month"]]
    assert periods == cadence.closed("month", today=NIGHT.date(), count=len(periods))
    assert found.first is not None
    assert periods[0].since <= found.first < periods[0].until


def test_without_purchases_a_report_is_empty() -> None:
    found = measuring.report(make_cafe(name="Bar Sport"), now=NIGHT)
    assert found.first is None
    assert (found.people, found.worth, found.together, found.cohorts) == (None, None, None, ())
    assert all(trend == () for trend in found.trends.values())


def test_a_report_asks_only_once_the_tables_were_looked_at(cafe: Business) -> None:
    """Right after an import PostgreSQL takes them for empty, and would ask for minutes."""
    measuring.report(cafe, now=NIGHT)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples, (SELECT count(*) FROM ledger_event) FROM pg_class"
            " WHERE relname = 'ledger_event'"
        )
        believed, there = cursor.fetchone()
    assert believed == there > 0
