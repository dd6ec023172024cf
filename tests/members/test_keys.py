"""Keys for programs: good until revoked, never kept in the open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import serializers
from django.db import connection
from django.test import override_settings

from habitue.members import businesses, callers, keys
from habitue.members.models import ApiKey, Business, JournalLine

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe() -> Business:
    return businesses.create(name="Café des Amis", kind="cafe", country="FR")


def test_a_key_is_good_until_it_is_revoked(cafe: Business) -> None:
    key, text = keys.make(cafe, name="Till", scope=ApiKey.Scope.TILL, by=None, at=NOW)
    assert text.startswith("hk_till_")
    found = callers.callers([text], at=NOW)[text]
    assert (found.key, found.business) == (key.pk, cafe.pk)

    assert keys.revoke(key, by=None, at=NOW)
    assert not callers.callers([text], at=NOW)
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
    assert not callers.callers([text], at=NOW)


def test_its_last_use_is_noted_to_the_minute(cafe: Business) -> None:
    key, text = keys.make(cafe, name="Books", scope=ApiKey.Scope.READ, by=None, at=NOW)
    for seconds, noted in ((0, 0), (30, 0), (60, 60)):
        callers.callers([text], at=NOW + timedelta(seconds=seconds))
        key.refresh_from_db()
        assert key.used_at == NOW + timedelta(seconds=noted)


def test_only_a_partners_key_names_a_partner(cafe: Business) -> None:
    with pytest.raises(ValueError, match="partner"):
        keys.make(cafe, name="x", scope=ApiKey.Scope.PARTNER, by=None, at=NOW)
    with pytest.raises(ValueError, match="partner"):
        keys.make(cafe, name="x", scope=ApiKey.Scope.TILL, by=None, at=NOW, partner="bakery")


def test_a_key_may_end_at_a_stated_instant(cafe: Business) -> None:
    end = NOW + timedelta(days=1)
    _, text = keys.make(
        cafe, name="Trial", scope=ApiKey.Scope.READ, by=None, at=NOW, expires_at=end
    )
    assert callers.callers([text], at=end - timedelta(microseconds=1))
    assert not callers.callers([text], at=end)


def test_a_renewed_key_goes_on_while_its_successor_is_good_already(cafe: Business) -> None:
    old, text = keys.make(
        cafe, name="Bakery", scope=ApiKey.Scope.PARTNER, by=None, at=NOW, partner="bakery"
    )
    renewed = keys.rotate(old, by=None, at=NOW)
    assert renewed is not None
    new, other = renewed
    assert (new.name, new.scope, new.partner, new.expires_at) == (
        "Bakery",
        "partner",
        "bakery",
        None,
    )
    day = timedelta(hours=24)  # the setting's default
    assert set(callers.callers([text, other], at=NOW + day - timedelta(seconds=1))) == {text, other}
    assert set(callers.callers([text, other], at=NOW + day)) == {other}
    told = JournalLine.objects.order_by("pk").values_list("what__did", flat=True)
    assert list(told) == ["made", "made", "renewed"]


@override_settings(API_KEY_OVERLAP=timedelta(0))
def test_the_overlap_is_a_setting_and_may_be_none(cafe: Business) -> None:
    old, text = keys.make(cafe, name="Till", scope=ApiKey.Scope.TILL, by=None, at=NOW)
    assert keys.rotate(old, by=None, at=NOW)
    assert not callers.callers([text], at=NOW)


def test_whoever_renews_may_say_how_long_the_old_one_goes_on(cafe: Business) -> None:
    old, text = keys.make(cafe, name="Till", scope=ApiKey.Scope.TILL, by=None, at=NOW)
    five = timedelta(minutes=5)
    assert keys.rotate(old, by=None, at=NOW, overlap=five)
    assert callers.callers([text], at=NOW + five - timedelta(seconds=1))
    assert not callers.callers([text], at=NOW + five)


def test_what_was_renewed_or_is_over_is_not_renewed_again(cafe: Business) -> None:
    once, _ = keys.make(cafe, name="Till", scope=ApiKey.Scope.TILL, by=None, at=NOW)
    gone, _ = keys.make(cafe, name="Books", scope=ApiKey.Scope.READ, by=None, at=NOW)
    over, _ = keys.make(cafe, name="x", scope=ApiKey.Scope.READ, by=None, at=NOW, expires_at=NOW)
    assert keys.rotate(once, by=None, at=NOW)
    keys.revoke(gone, by=None, at=NOW)
    assert [keys.rotate(key, by=None, at=NOW) for key in (once, gone, over)] == [None] * 3
    assert ApiKey.objects.count() == 4


def test_renewing_lengthens_no_old_key_and_gives_the_new_one_the_same_span(cafe: Business) -> None:
    end = NOW + timedelta(days=30)
    old, _ = keys.make(cafe, name="x", scope=ApiKey.Scope.READ, by=None, at=NOW, expires_at=end)
    late = end - timedelta(hours=1)
    renewed = keys.rotate(old, by=None, at=late, overlap=timedelta(days=2))
    assert renewed is not None
    old.refresh_from_db()
    assert (old.expires_at, renewed[0].expires_at) == (end, late + timedelta(days=30))


def test_keys_that_are_good_are_those_that_open(cafe: Business) -> None:
    for name, end in (("over", NOW), ("ending", NOW + timedelta(seconds=1)), ("endless", None)):
        keys.make(cafe, name=name, scope=ApiKey.Scope.READ, by=None, at=NOW, expires_at=end)
    gone, _ = keys.make(cafe, name="revoked", scope=ApiKey.Scope.READ, by=None, at=NOW)
    keys.revoke(gone, by=None, at=NOW)
    assert {key.name for key in keys.good(cafe, at=NOW)} == {"ending", "endless"}


def test_a_successor_may_be_taken_back_without_the_old_one(cafe: Business) -> None:
    old, text = keys.make(cafe, name="Till", scope=ApiKey.Scope.TILL, by=None, at=NOW)
    renewed = keys.rotate(old, by=None, at=NOW)
    assert renewed is not None
    keys.revoke(old, by=None, at=NOW)
    assert set(callers.callers([text, renewed[1]], at=NOW)) == {renewed[1]}
