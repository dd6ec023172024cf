"""First steps on Today: seen from the data, gone when all is done or put away."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from habitue import ledger
from habitue.core.facts import Visit
from habitue.members import journal
from habitue.members.models import Business
from habitue.pages.start import checklist
from tests.pages.conftest import make_member

pytestmark = pytest.mark.django_db
TITLE = "Vos premiers pas"


def stamp(cafe: Business) -> None:
    member = make_member(cafe, "Alice", "a@example.org")
    now = datetime.now(UTC)
    fact = ledger.Fact(customer=member.pk, at=now, what=Visit(), source="x", reference="1")
    ledger.post(cafe.pk, [fact], now=now)


def test_each_step_is_ticked_once_it_was_done(owner: Client, cafe: Business) -> None:
    page = owner.get("/").content.decode()
    assert TITLE in page
    assert page.count('class="ticked"') == 0
    make_member(cafe, "Bruno", "b@example.org")
    assert owner.get("/").content.decode().count('class="ticked"') == 1
    owner.post("/posters", {"format": "a4"})
    assert owner.get("/").content.decode().count('class="ticked"') == 2
    stamp(cafe)
    assert owner.get("/").content.decode().count('class="ticked"') == 3


def test_it_is_gone_when_all_is_done(owner: Client, cafe: Business) -> None:
    stamp(cafe)
    for kind in ("print", "import"):
        journal.write(cafe, kind, at=datetime.now(UTC))
    assert TITLE not in owner.get("/").content.decode()


def test_it_can_be_put_away(owner: Client) -> None:
    assert owner.get("/start/checklist/hide").status_code == 405
    assert owner.post("/start/checklist/hide").headers["Location"] == "/"
    assert TITLE not in owner.get("/").content.decode()


def test_an_old_shop_and_the_demo_need_no_first_steps(owner: Client, cafe: Business) -> None:
    Business.objects.filter(pk=cafe.pk).update(created_at=datetime.now(UTC) - checklist.NEW)
    assert TITLE not in owner.get("/").content.decode()
    newer = datetime.now(UTC) - checklist.NEW + timedelta(hours=1)
    Business.objects.filter(pk=cafe.pk).update(created_at=newer)
    assert TITLE in owner.get("/").content.decode()
    Business.objects.filter(pk=cafe.pk).update(is_demo=True)
    assert TITLE not in owner.get("/").content.decode()


def test_the_ready_page_goes_from_waiting_to_joined_to_stamped(
    owner: Client, cafe: Business
) -> None:
    assert "every 2s" in owner.get("/start/waiting").content.decode()
    make_member(cafe, "Bruno", "b@example.org")
    page = owner.get("/start/waiting").content.decode()
    assert "Bruno" in page
    assert f"/s/{cafe.counter_key}/m/" in page  # the sheet to stamp it
    stamp(cafe)
    page = owner.get("/start/waiting").content.decode()
    assert "Le premier tampon est donné" in page
    assert "every" not in page
