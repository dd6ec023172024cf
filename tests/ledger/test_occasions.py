"""Days that come round: anniversaries and named dates, each once, also after days without power."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from habitue import ledger
from habitue.core import document, program
from habitue.ledger import occasions
from habitue.members.models import Business
from tests.ledger.conftest import (
    PROGRAM,
    bought,
    does,
    guests,
    has,
    later,
    make_cafe,
    post,
    rows,
    sound,
)
from tests.ledger.town import TOWN

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None) -> Business:
    return make_cafe(TOWN, name="The neighbourhood")


def happened(customer: int, kind: str) -> list[date]:
    found = rows(
        "SELECT business_date FROM ledger_event WHERE customer_id = %s AND kind = %s ORDER BY id",
        customer,
        kind,
    )
    return [day for (day,) in found]


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=12)


def test_an_anniversary_is_brought_once_a_year(town: Business) -> None:
    (alice,) = guests(town, 1)
    post(town, bought(alice, 100))
    for day in ("2026-03-02", "2027-03-01", "2027-03-02", "2027-03-02", "2027-03-05", "2028-03-02"):
        ledger.sweep(town.pk, now=noon(day))
    assert happened(alice, "anniversary") == [date(2027, 3, 2), date(2028, 3, 2)]
    assert has(town, alice, now=noon("2027-03-02")) >= 7
    sound(town)


@pytest.mark.parametrize(("year", "day"), [(2029, "2029-02-28"), (2032, "2032-02-29")])
def test_who_joined_on_a_leap_day_is_remembered_every_year(
    town: Business, year: int, day: str
) -> None:
    (alice,) = guests(town, 1)
    leap = noon("2028-02-29")
    post(town, bought(alice, 100, at=leap), now=leap)
    for number in (27, 28, 29, 30):
        ledger.sweep(town.pk, now=noon(f"{year}-02-01") + timedelta(days=number - 1))
    assert happened(alice, "anniversary") == [date.fromisoformat(day)]


def test_nothing_is_brought_to_a_program_that_does_not_care(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 100))
    ledger.sweep(cafe.pk, now=noon("2027-03-02"))
    ledger.sweep(cafe.pk, now=noon("2027-01-06"))
    assert happened(alice, "anniversary") == happened(alice, "date") == []


def test_a_named_date_comes_to_every_member_once_and_as_of_itself(town: Business) -> None:
    alice, bruno, chiara = guests(town, 3)
    post(town, bought(alice, 100), bought(bruno, 100))
    after = noon("2027-01-08")  # the machine was off on the 6th
    post(town, bought(bruno, 100, at=noon("2027-01-07")), now=after)
    post(town, bought(chiara, 100, at=after), now=after)  # joined since
    assert ledger.sweep(town.pk, now=after) == 2
    assert ledger.sweep(town.pk, now=after) == 0
    assert happened(alice, "date") == happened(bruno, "date") == [date(2027, 1, 6)]
    assert happened(chiara, "date") == []
    assert (has(town, alice, now=after), has(town, bruno, now=after)) == (7, 8)
    ledger.sweep(town.pk, now=noon("2027-01-14"))
    assert happened(alice, "date") == [date(2027, 1, 6)]
    sound(town)


def test_a_date_missed_for_more_than_a_week_is_past(town: Business) -> None:
    (alice,) = guests(town, 1)
    post(town, bought(alice, 100))
    ledger.sweep(town.pk, now=noon("2027-01-13"))
    assert happened(alice, "date") == []
    ledger.sweep(town.pk, now=noon("2028-01-12"))
    assert happened(alice, "date") == [date(2028, 1, 6)]


def test_what_a_program_reacts_to() -> None:
    source = document.read(
        PROGRAM.replace("{pending: 2 days}", "{pending: {until: delivery}}").replace(
            "expiry: 12 months", "expiry: {inactivity: 1 year, restarted_by: [anniversary]}"
        )
    )
    assert isinstance(source, program.Program), source
    for word in ("purchase", "birthday", "delivery", "anniversary"):
        assert occasions.reacts(source, word)
    assert not occasions.reacts(source, "referral")


def test_who_went_over_into_another_customer_gets_nothing_of_their_own(town: Business) -> None:
    from habitue.core import facts

    alice, ali = guests(town, 2)
    post(town, bought(alice, 100), bought(ali, 100))
    post(town, does(ali, facts.Merge(alice), at=later(minutes=1)), now=later(minutes=2))
    ledger.sweep(town.pk, now=noon("2027-01-06"))
    ledger.sweep(town.pk, now=noon("2027-03-02"))
    assert happened(ali, "date") == happened(ali, "anniversary") == []
    assert len(happened(alice, "date")) == len(happened(alice, "anniversary")) == 1
    sound(town)
