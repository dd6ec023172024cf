"""Tokens end by themselves, with what they were got by, and are kept nowhere in the open."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import serializers
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from habitue.members import businesses, callers, erasure, staff, tokens
from habitue.members.models import AccessToken, Business, Customer, JournalLine, Staff

pytestmark = pytest.mark.django_db


def good(text: str, at: datetime) -> bool:
    return text in callers.callers([text], at=at)


def by_pin(who: Staff, pin: str, at: datetime, partner: str = "") -> str:
    """The token's text, or why there is none."""
    got = tokens.issue_by_pin(who.business_id, who.pk, pin, at=at, partner=partner)
    return got if isinstance(got, str) else got[1]


def test_each_kind_has_its_own_life(alice: Customer, diego: Staff, now: datetime) -> None:
    of_alice, of_diego = tokens.issue_member(alice, at=now)[1], tokens.issue_staff(diego, at=now)[1]
    assert (of_alice[:3], of_diego[:3]) == ("hm_", "hs_")
    for text, life in ((of_alice, timedelta(minutes=60)), (of_diego, timedelta(hours=12))):
        assert good(text, now + life - timedelta(seconds=1))
        assert not good(text, now + life)


@override_settings(MEMBER_TOKEN_LIFE=timedelta(minutes=5), STAFF_TOKEN_LIFE=timedelta(minutes=7))
def test_their_lives_are_settings(alice: Customer, diego: Staff, now: datetime) -> None:
    tokens.issue_member(alice, at=now)
    tokens.issue_staff(diego, at=now)
    ends = AccessToken.objects.order_by("pk").values_list("expires_at", flat=True)
    assert list(ends) == [now + timedelta(minutes=5), now + timedelta(minutes=7)]


def test_their_text_is_kept_nowhere(alice: Customer, diego: Staff, now: datetime) -> None:
    texts = [tokens.issue_member(alice, at=now)[1], by_pin(diego, "4711", now)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM members_accesstoken t")
        rows = str(cursor.fetchall()) + serializers.serialize("json", JournalLine.objects.all())
    assert not [text for text in texts if text[3:] in rows]


def test_one_that_was_taken_back_opens_nothing(alice: Customer, now: datetime) -> None:
    token, text = tokens.issue_member(alice, at=now)
    other = tokens.issue_member(alice, at=now)[1]
    assert tokens.revoke(token.pk, at=now)
    assert (good(text, now), good(other, now)) == (False, True)
    assert not tokens.revoke(token.pk, at=now)


def test_who_is_let_go_is_out_and_stays_out_when_they_come_back(
    cafe: Business, now: datetime
) -> None:
    zoe, max_ = (User.objects.create_user(name, f"{name}@example.org") for name in ("zoe", "max"))
    boss, second = staff.add_owner(cafe, zoe), staff.add_owner(cafe, max_)
    text = tokens.issue_staff(second, at=now)[1]
    assert staff.dismiss(second, by=boss, at=now)
    assert not good(text, now)
    staff.add_owner(cafe, max_)
    assert not good(text, now)


def test_a_pin_opens_a_till_and_is_journaled(diego: Staff, now: datetime) -> None:
    text = by_pin(diego, "4711", now)
    assert callers.callers([text], at=now)[text].scope == "till"
    assert list(JournalLine.objects.values_list("kind", "staff")) == [("token", diego.pk)]


def test_an_owners_pin_opens_no_more_than_a_till(cafe: Business, now: datetime) -> None:
    zoe = staff.add_owner(cafe, User.objects.create_user("zoe", "zoe@example.org"))
    staff.set_pin(zoe, "0815")
    text = by_pin(zoe, "0815", now)
    assert callers.callers([text], at=now)[text].scope == "till"


def test_wrong_pins_lock_and_whoever_is_not_there_is_wrong(
    cafe: Business, diego: Staff, now: datetime
) -> None:
    bar = businesses.create(name="Bar", kind="cafe", country="IT")
    there = staff.add_cashier(cafe, name="Chiara", pin="1234", partner="bakery")
    assert tokens.issue_by_pin(bar.pk, diego.pk, "4711", at=now) == "wrong"
    assert tokens.issue_by_pin(cafe.pk, 1, "4711", at=now) == "wrong"
    assert by_pin(there, "1234", now) == "wrong"
    assert by_pin(diego, "4711", now, partner="bakery") == "wrong"
    assert by_pin(there, "1234", now, partner="bakery").startswith("hs_")
    assert [by_pin(diego, "0000", now) for _ in range(5)] == ["wrong"] * 4 + ["locked"]
    assert by_pin(diego, "4711", now) == "locked"
    assert by_pin(diego, "4711", now + timedelta(minutes=15)).startswith("hs_")


def test_a_new_pin_ends_what_the_old_one_opened(diego: Staff, now: datetime) -> None:
    text = by_pin(diego, "4711", now)
    pin = staff.renew_pin(diego, by=diego, at=now)
    assert not good(text, now)
    assert good(by_pin(diego, pin, now), now)


def test_what_is_long_over_is_deleted(alice: Customer, now: datetime) -> None:
    tokens.issue_member(alice, at=now)
    assert tokens.forget(before=now + timedelta(minutes=60, days=1)) == 0
    assert tokens.forget(before=now + timedelta(minutes=61, days=1)) == 1


def test_erasure_leaves_no_token(alice: Customer, diego: Staff, now: datetime) -> None:
    tokens.issue_member(alice, at=now)
    other, _ = tokens.issue_staff(diego, at=now)
    erasure.erase([alice.pk], at=now)
    assert list(AccessToken.objects.all()) == [other]


def test_a_token_is_of_one_person(alice: Customer, diego: Staff, now: datetime) -> None:
    token, _ = tokens.issue_member(alice, at=now)
    for both in ({"staff": diego}, {"customer": None}, {"counter": True}):
        with pytest.raises(IntegrityError, match="access_token_of_one"), transaction.atomic():
            AccessToken.objects.filter(pk=token.pk).update(**both)
