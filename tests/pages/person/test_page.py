"""A customer's page: who, how they come, what to do, what they may be written."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils.translation import override

from habitue.members import customers
from habitue.members.models import Business, Customer
from habitue.pages.person import page, pulse
from tests.pages.conftest import make_member, make_shop
from tests.pages.person.conftest import held, reference, visit

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("days", "silence", "said", "late"),
    [
        (0, 0, "Has not come yet.", False),
        (1, 0, "Last visit today.", False),
        (2, 1, "Last visit 1 day ago.", False),
        (5, 3, "Last visit 3 days ago, usually every 7 days.", False),
        (5, 400, "Last visit 400 days ago, usually every 7 days.", True),
    ],
)
def test_the_head_says_when_somebody_came_last_and_how_often_they_usually_do(
    cafe: Business, alice: Customer, days: int, silence: int, said: str, late: bool
) -> None:
    now = datetime.now(UTC)
    last = now.astimezone(ZoneInfo(cafe.timezone)).date() - timedelta(silence)
    if days:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_life (customer_id, business_id, first_on, last_on, touched_on,"
                " days, orders, amount) VALUES (%s, %s, %s, %s, %s, %s, %s, 0)",
                [alice.pk, cafe.pk, last - timedelta(7 * (days - 1)), last, last, days, days],
            )
    with override("en"):
        found = pulse.of(cafe, alice.pk, now=now)
    assert (found.last, found.late, found.worth) == (said, late, "")


def test_a_stamp_is_given_once_however_often_the_button_is_pressed(
    cafe: Business, alice: Customer, owner: Client
) -> None:
    before, path = held(cafe, alice), f"/customers/{alice.pk}"
    sent = {"reference": reference(owner, path)}
    for _ in range(2):
        assert owner.post(f"{path}/stamp", sent).status_code == 302
    assert held(cafe, alice) == before + 1


def test_what_to_do_next_stands_first_each_with_one_action(
    cafe: Business, alice: Customer, owner: Client
) -> None:
    visit(cafe, alice, 10)
    page = owner.get(f"/customers/{alice.pk}", headers=ENGLISH).content.decode()
    assert page.index("Ready:") < page.index("Everything that happened")
    assert "No consent to be written to" in page


def test_somebody_without_a_name_is_called_by_a_number(cafe: Business, alice: Customer) -> None:
    alice.name = ""
    with override("en"):
        assert page.called(alice) == f"Customer {alice.member.number}"
        customers.add_identity(alice, "external", "A-7")
        assert page.called(alice) == "Customer A-7"


def test_another_shop_s_customer_does_not_exist_and_a_cashier_is_sent_to_sign_in(
    cafe: Business, alice: Customer, owner: Client, counter: Client
) -> None:
    stranger = make_member(make_shop("Boulangerie"), "Bruno", "bruno@example.org")
    for path in ("", "/correct", "/gift", "/edit", "/erase", "/undo/256"):
        assert owner.get(f"/customers/{stranger.pk}{path}").status_code == 404, path
        answer = counter.get(f"/customers/{alice.pk}{path}")
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in")
    for path in ("stamp", "card", "download", "bin", "restore", "erase"):
        assert owner.post(f"/customers/{stranger.pk}/{path}").status_code == 404, path
        answer = counter.post(f"/customers/{alice.pk}/{path}")
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in")
    stranger.refresh_from_db()
    assert (stranger.binned_at, stranger.erased_at) == (None, None)


def test_no_page_of_a_customer_changes_anything_when_it_is_looked_at(
    alice: Customer, owner: Client
) -> None:
    for path in ("stamp", "card", "download", "bin", "restore"):
        assert owner.get(f"/customers/{alice.pk}/{path}").status_code == 405
