"""Keys for programs: good until revoked, never kept in the open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import serializers
from django.db import connection

from habitue.members import businesses, keys
from habitue.members.models import ApiKey, Business, JournalLine

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe() -> Business:
    return businesses.create(name="Café des Amis", kind="cafe", country="FR")


def test_a_key_is_good_until_it_is_revoked(cafe: Business) -> None:
    key, text = keys.make(cafe, name="Till", scope=ApiKey.Scope.TILL, by=None, at=NOW)
    assert text.startswith("hk_till_")
    found = keys.find(text, at=NOW)
    assert found is not None
    assert (found.pk, found.business) == (key.pk, cafe)

    assert keys.revoke(key, by=None, at=NOW)
    assert keys.find(text, at=NOW) is None
    assert not keys.revoke(key, by=None, at=NOW)
    told = list(JournalLine.objects.order_by("pk").values_list("kind", "what__did"))
    assert told == [("key", "made"), ("key", "revoked")]


def test_its_text_is_kept_nowhere(cafe: Business) -> None:
    _, text = keys.make(cafe, name="Till", scope=ApiKey.Scope.TILL, by=None, at=NOW)
    secret = text.removeprefix("hk_till_")
    with connection.cursor() as cursor:
        cursor.execute("SELECT k::text FROM members_apikey k")
        rows = str(cursor.fetchall()) + serializers.serialize("json", JournalLine.objects.all())
    assert secret not in rows
    assert secret[-4:] in rows


@pytest.mark.parametrize("text", ["", "hk_till_", "é", "\x00", "x" * 1000, "hk_till_" + "A" * 43])
def test_what_is_no_key_opens_nothing(cafe: Business, text: str) -> None:
    keys.make(cafe, name="Till", scope=ApiKey.Scope.TILL, by=None, at=NOW)
    assert keys.find(text, at=NOW) is None


def test_its_last_use_is_noted_to_the_minute(cafe: Business) -> None:
    key, text = keys.make(cafe, name="Books", scope=ApiKey.Scope.READ, by=None, at=NOW)
    for seconds, noted in ((0, 0), (30, 0), (60, 60)):
        keys.find(text, at=NOW + timedelta(seconds=seconds))
        key.refresh_from_db()
        assert key.used_at == NOW + timedelta(seconds=noted)


def test_only_a_partners_key_names_a_partner(cafe: Business) -> None:
    with pytest.raises(ValueError, match="partner"):
        keys.make(cafe, name="x", scope=ApiKey.Scope.PARTNER, by=None, at=NOW)
    with pytest.raises(ValueError, match="partner"):
        keys.make(cafe, name="x", scope=ApiKey.Scope.TILL, by=None, at=NOW, partner="bakery")
