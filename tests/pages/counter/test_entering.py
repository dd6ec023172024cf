"""Who works at the counter: few tries, sealed by shop, out at once."""

import pytest
from django.test import Client

from habitue.members.models import Business, Customer, Staff
from tests.pages.conftest import make_member, make_shop

pytestmark = pytest.mark.django_db


def path(customer: Customer, action: str = "") -> str:
    return f"/s/{customer.business.counter_key}/m/{customer.pk}{action and '/' + action}"


def test_five_wrong_pins_lock_the_counter(client: Client, cafe: Business, diego: Staff) -> None:
    where = f"/s/{cafe.counter_key}/in"
    for _ in range(5):
        assert client.post(where, {"staff": diego.pk, "pin": "0000"}).status_code == 422
    answer = client.post(where, {"staff": diego.pk, "pin": "4711"})
    assert answer.status_code == 422
    assert "15 minutes" in answer.content.decode()


def test_another_shops_counter_asks_for_its_own_pin(counter: Client) -> None:
    bar = make_shop("Bar")
    stranger = make_member(bar, "Nino", "nino@example.org")
    for where in (f"/s/{bar.counter_key}", path(stranger), f"/s/{bar.counter_key}/search?q=nino"):
        assert counter.get(where).headers["Location"] == f"/s/{bar.counter_key}/in"
    answer = counter.post(path(stranger, "stamp"), {"reference": "x" * 20})
    assert answer.headers["Location"] == f"/s/{bar.counter_key}/in"
    assert counter.get("/s/unknown").status_code == 404


def test_who_was_let_go_is_out_at_once(counter: Client, cafe: Business, diego: Staff) -> None:
    diego.active = False
    diego.save()
    assert counter.get(f"/s/{cafe.counter_key}").status_code == 302


def test_leaving_ends_the_shift(counter: Client, cafe: Business) -> None:
    counter.post(f"/s/{cafe.counter_key}/out")
    assert counter.get(f"/s/{cafe.counter_key}").status_code == 302
