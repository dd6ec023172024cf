"""The owner's settings: what may change, who may work and sign in, keys and backups."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from habitue.ledger import rhythm
from habitue.members import callers, devices, keys, staff
from habitue.members.models import ApiKey, Business, Customer, Device, JournalLine, Staff
from tests.pages.conftest import make_shop
from tests.pages.program import town

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
BACKEND = "django.contrib.auth.backends.ModelBackend"
SHOP = {
    "name": "Café des Amies",
    "kind": "bakery",
    "language": "it",
    "quiet_from": "20:30",
    "quiet_until": "09:00",
    "window_days": "45",
    "printed_cards": "on",
}
ALL = ["", "/shop", "/staff", "/keys", "/backups"]
CHIEFS = ["/staff", "/keys", "/backups"]


def journaled(shop: Business) -> list[str]:
    return list(
        JournalLine.objects.filter(business=shop).order_by("pk").values_list("kind", flat=True)
    )


@pytest.fixture
def manager(cafe: Business) -> Client:
    """Somebody who signs in, but is not the owner."""
    user = User.objects.create_user("mara@example.org", "mara@example.org")
    own = Staff.objects.get(business=cafe, role="owner")
    staff.admit(cafe, user, Staff.Role.MANAGER, by=own, at=NOW)
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.mark.parametrize("path", ALL)
def test_every_page_opens_for_the_owner_and_for_nobody_else(
    owner: Client, client: Client, counter: Client, path: str
) -> None:
    assert owner.get(f"/settings{path}").status_code == 200
    for stranger in (client, counter):
        assert stranger.get(f"/settings{path}").status_code == 302


@pytest.mark.parametrize("path", CHIEFS)
def test_people_keys_and_backups_are_closed_to_a_manager(manager: Client, path: str) -> None:
    assert manager.get("/settings/shop").status_code == 200
    assert manager.get(f"/settings{path}").status_code == 403
    assert f'href="/settings{path}"' not in manager.get("/settings").content.decode()


def test_the_shop_changes_and_the_journal_says_which_fields(owner: Client, cafe: Business) -> None:
    assert owner.post("/settings/shop", SHOP).status_code == 302
    cafe.refresh_from_db()
    assert (cafe.name, cafe.kind, cafe.language) == ("Café des Amies", "bakery", "it")
    assert (str(cafe.quiet_from), str(cafe.quiet_until)) == ("20:30:00", "09:00:00")
    assert (cafe.window_days, cafe.printed_cards) == (45, True)
    (line,) = JournalLine.objects.filter(kind="settings")
    assert line.what == {
        "changed": "kind language name printed_cards quiet_from quiet_until window_days"
    }
    owner.post("/settings/shop", SHOP)
    assert journaled(cafe) == ["settings"]  # nothing changed, nothing told


def test_an_owner_says_in_how_many_days_a_purchase_makes_a_customer(
    owner: Client, cafe: Business
) -> None:
    assert "90 jours" in owner.get("/settings/shop").content.decode(), "nobody has come back yet"
    for days, kept in (("45", 45), ("", None)):
        assert owner.post("/settings/shop", {**SHOP, "window_days": days}).status_code == 302
        cafe.refresh_from_db()
        assert rhythm.window(cafe, now=timezone.now()).days == (kept or 90)
        value = 'value="45"' in owner.get("/settings/shop").content.decode()
        assert value is bool(kept)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 61),
        ("name", "a\x00b"),
        ("kind", "bank"),
        ("language", "de"),
        ("quiet_from", "25:00"),
        ("quiet_until", "20:30"),
        ("window_days", "0"),
        ("window_days", "-3"),
        ("window_days", "4000"),
        ("window_days", "many"),
        ("window_days", "1e3"),
    ],
)
def test_a_wrong_value_is_said_beside_its_field(
    owner: Client, cafe: Business, field: str, value: str
) -> None:
    answer = owner.post("/settings/shop", {**SHOP, field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    cafe.refresh_from_db()
    assert cafe.name == "Café des Amis"


def test_somebody_new_at_the_counter_gets_a_pin_that_is_shown_once(
    owner: Client, cafe: Business
) -> None:
    page = owner.post("/settings/staff", {"name": "Bruno"}, follow=True).content.decode()
    found = re.search(r'class="pin">(\d{4})<', page)
    assert found
    bruno = Staff.objects.get(business=cafe, name="Bruno")
    assert staff.check_pin(bruno, found[1], at=NOW) == "right"
    assert 'class="pin"' not in owner.get("/settings/staff").content.decode()
    assert found[1] not in str(list(JournalLine.objects.values("what")))


def test_a_dismissed_person_is_out_at_once(
    owner: Client, counter: Client, cafe: Business, diego: Staff
) -> None:
    path = f"/settings/staff/{diego.pk}/dismiss"
    assert "Diego" in owner.get(path).content.decode()
    diego.refresh_from_db()
    assert diego.active  # asking changes nothing
    owner.post(path)
    answer = counter.get(f"/s/{cafe.counter_key}")
    assert answer.status_code == 302
    assert answer["Location"].endswith("/in")
    assert not Device.objects.filter(staff=diego, revoked_at=None).exists()
    assert "staff" in journaled(cafe)


def test_the_last_owner_stays(owner: Client, cafe: Business) -> None:
    own = Staff.objects.get(business=cafe, role="owner")
    owner.post(f"/settings/staff/{own.pk}/dismiss")
    own.refresh_from_db()
    assert own.active
    user = User.objects.create_user("second@example.org", "second@example.org")
    staff.admit(cafe, user, Staff.Role.OWNER, by=own, at=NOW)
    owner.post(f"/settings/staff/{own.pk}/dismiss")
    assert owner.get("/settings").status_code == 403


def test_an_invited_address_signs_in_and_is_told(owner: Client, cafe: Business) -> None:
    given = {"email": "Mara@Example.org", "role": "manager"}
    page = owner.post("/settings/staff/invite", given, follow=True).content.decode()
    assert "mara@example.org" in page
    (letter,) = mail.outbox
    assert letter.to == ["mara@example.org"]
    assert "/sign-in" in letter.body
    assert Staff.objects.get(business=cafe, user__email="mara@example.org").role == "manager"


@pytest.mark.parametrize(
    "given", [{"email": "x", "role": "owner"}, {"email": "zoe@example.org", "role": "manager"}]
)
def test_a_wrong_invitation_changes_nobody(
    owner: Client, cafe: Business, given: dict[str, str]
) -> None:
    assert owner.post("/settings/staff/invite", given).status_code == 422
    assert list(Staff.objects.values_list("role", flat=True)) == ["owner"]
    assert not mail.outbox


def test_a_lost_phone_is_locked_out(
    owner: Client, counter: Client, cafe: Business, diego: Staff
) -> None:
    phone = Device.objects.get(staff=diego)
    owner.post(f"/settings/phones/{phone.pk}/revoke")
    assert counter.get(f"/s/{cafe.counter_key}").status_code == 302
    assert not devices.listed(cafe)


def test_a_key_is_shown_once_and_taken_back(owner: Client, cafe: Business) -> None:
    given = {"name": "Caisse", "scope": "till"}
    page = owner.post("/settings/keys", given, follow=True).content.decode()
    found = re.search(r"hk_till_[\w-]{43}", page)
    assert found
    assert callers.callers([found[0]], at=NOW)
    assert found[0] not in owner.get("/settings/keys").content.decode()
    key = ApiKey.objects.get(business=cafe)
    owner.post(f"/settings/keys/{key.pk}/revoke")
    assert not callers.callers([found[0]], at=NOW)
    assert journaled(cafe) == ["key", "key"]


def test_a_renewed_key_is_shown_once_and_the_old_one_says_when_it_ends(
    owner: Client, cafe: Business
) -> None:
    key, old = keys.make(cafe, name="Caisse", scope=ApiKey.Scope.TILL, by=None, at=NOW)
    page = owner.post(f"/settings/keys/{key.pk}/renew", follow=True).content.decode()
    found = re.search(r"hk_till_[\w-]{43}", page)
    assert found
    assert set(callers.callers([old, found[0]], at=datetime.now(UTC))) == {old, found[0]}
    assert "il y a une nouvelle clé à sa place" in page
    assert page.count("/renew") == 1  # only the new one may be renewed
    again = owner.post(f"/settings/keys/{key.pk}/renew", follow=True).content.decode()
    assert "hk_till" not in again
    assert "déjà renouvelée" in again
    later = datetime.now(UTC) + timedelta(hours=24)
    assert set(callers.callers([old, found[0]], at=later)) == {found[0]}
    assert journaled(cafe) == ["key"] * 3


def test_a_partner_that_the_program_names_may_get_a_key(client: Client, db: None) -> None:
    zoe = User.objects.create_user("zoe@quartier.example", "zoe@quartier.example")
    staff.add_owner(town.make_town(), zoe)
    client.force_login(zoe, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/settings/keys").content.decode()
    assert 'value="partner:bakery"' in page
    assert client.post("/settings/keys", {"name": "x", "scope": "partner:x"}).status_code == 422
    given = {"name": "Boulangerie", "scope": "partner:bakery"}
    page = client.post("/settings/keys", given, follow=True).content.decode()
    found = re.search(r"hk_partner_[\w-]{43}", page)
    assert found
    made = callers.callers([found[0]], at=datetime.now(UTC))[found[0]]
    assert (made.scope, made.partner) == ("partner", "bakery")


def test_another_shops_people_phones_and_keys_do_not_exist(
    owner: Client, db: None, alice: Customer
) -> None:
    other = make_shop("Ailleurs")
    chiara = staff.add_cashier(other, name="Chiara", pin="1234")
    phone = devices.admit(chiara, user_agent="x", at=NOW)
    key, text = keys.make(other, name="x", scope=ApiKey.Scope.READ, by=None, at=NOW)
    for path in (
        f"staff/{chiara.pk}/pin",
        f"staff/{chiara.pk}/dismiss",
        f"phones/{phone.pk}/revoke",
        f"keys/{key.pk}/renew",
        f"keys/{key.pk}/revoke",
    ):
        assert owner.post(f"/settings/{path}").status_code == 404
    assert callers.callers([text], at=NOW)


def test_backups_are_listed_asked_for_and_taken_away(
    owner: Client, cafe: Business, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "HABITUE_HOME", tmp_path)
    (tmp_path / "backups").mkdir()
    name = "habitue-20261122T080000Z.tar"
    (tmp_path / "backups" / name).write_bytes(b"everything")
    (tmp_path / "backups" / "habitue-mine.tar").write_bytes(b"somebody's own")
    assert name in owner.get("/settings/backups").content.decode()
    answer = owner.get(f"/settings/backups/{name}")
    assert answer.getvalue() == b"everything"
    for wrong in ("habitue-mine.tar", "..", "secret-key", "habitue-20261122T080001Z.tar"):
        assert owner.get(f"/settings/backups/{wrong}").status_code == 404
    for _ in range(2):
        assert owner.post("/settings/backups").status_code == 302
    waiting = ProcrastinateJob.objects.filter(task_name="habitue.site.tasks.backup_now")
    assert waiting.count() == 1
    assert journaled(cafe).count("backup") == 3


def test_nobody_takes_away_another_shops_data(
    owner: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "HABITUE_HOME", tmp_path)
    (tmp_path / "backups").mkdir()
    name = "habitue-20261122T080000Z.tar"
    (tmp_path / "backups" / name).write_bytes(b"everything")
    make_shop("Ailleurs")
    assert owner.get(f"/settings/backups/{name}").status_code == 404
    assert f"/settings/backups/{name}" not in owner.get("/settings/backups").content.decode()
