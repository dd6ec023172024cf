"""The counter's PIN has few tries, and owners see their own businesses."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User

from habitue.members import businesses, staff
from habitue.members.models import Business, Staff
from habitue.site import settings


def test_five_wrong_pins_lock_for_a_quarter_of_an_hour(diego: Staff, now: datetime) -> None:
    assert [staff.check_pin(diego, "0000", at=now) for _ in range(5)] == ["wrong"] * 4 + ["locked"]
    assert staff.check_pin(diego, "4711", at=now) == "locked"
    assert staff.check_pin(diego, "4711", at=now + timedelta(minutes=15)) == "right"


def test_a_right_pin_forgives_the_wrong_ones(diego: Staff, now: datetime) -> None:
    for _ in range(3):
        assert [staff.check_pin(diego, "0000", at=now) for _ in range(4)] == ["wrong"] * 4
        assert staff.check_pin(diego, "4711", at=now) == "right"


def test_a_new_pin_opens_what_was_locked(diego: Staff, now: datetime) -> None:
    for _ in range(5):
        staff.check_pin(diego, "0000", at=now)
    staff.set_pin(diego, "1234")
    assert staff.check_pin(diego, "1234", at=now) == "right"
    assert "1234" not in diego.pin_hash


def test_in_earnest_a_pin_takes_long_to_hash() -> None:
    """Only the suite hashes quickly (tests/conftest.py): the settings leave Django's own."""
    assert not hasattr(settings, "PASSWORD_HASHERS")


def test_who_left_or_has_no_pin_stays_out(diego: Staff, cafe: Business, now: datetime) -> None:
    diego.active = False
    diego.save()
    assert staff.check_pin(diego, "4711", at=now) == "wrong"
    nobody = Staff.objects.create(business=cafe, name="Eva", role="cashier")
    assert staff.check_pin(nobody, "", at=now) == "wrong"


def test_a_pin_has_four_digits() -> None:
    assert all(len(pin) == 4 and pin.isdigit() for pin in (staff.new_pin() for _ in range(50)))


def test_an_owner_sees_own_businesses_and_no_others(cafe: Business) -> None:
    zoe = User.objects.create_user("zoe", "zoe@example.org")
    businesses.create(name="Bar", kind="cafe", country="IT")
    assert staff.owned(zoe) == []
    first = staff.add_owner(cafe, zoe)
    assert staff.add_owner(cafe, zoe) == first
    assert staff.owned(zoe) == [cafe]
