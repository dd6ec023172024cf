"""The people who work for a business: owners by account, the counter by PIN with few tries."""

import secrets
from datetime import datetime, timedelta
from typing import Final, Literal

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import User
from django.db import transaction

from habitue.members import devices, journal
from habitue.members.models import Business, Staff

PIN_LENGTH: Final = 4
TRIES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)

# Asked with every page of an owner: written out, it takes a third of the time.
_OWNED: Final = """
SELECT business.* FROM members_business business JOIN members_staff staff
    ON staff.business_id = business.id
WHERE staff.user_id = %s AND staff.active AND staff.role IN ('owner', 'manager')
ORDER BY business.is_demo, business.id"""


def new_pin() -> str:
    """Four digits by chance; the staff link itself holds the secret that cannot be guessed."""
    return f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}d}"


def add_owner(business: Business, user: User) -> Staff:
    """Make a user an owner of a business."""
    name = user.get_short_name() or user.email.partition("@")[0]
    staff, _ = Staff.objects.update_or_create(
        business=business,
        user=user,
        defaults={"role": Staff.Role.OWNER, "name": name[:60], "active": True},
    )
    return staff


def admit(business: Business, user: User, role: Staff.Role, *, by: Staff, at: datetime) -> Staff:
    """Let somebody sign in for the business by mail, as an owner or a manager; journaled."""
    with transaction.atomic():
        one = add_owner(business, user)
        Staff.objects.filter(pk=one.pk).update(role=role)
        one.role = role
        _tell(one, "admitted", by=by, at=at)
    return one


def dismiss(one: Staff, *, by: Staff, at: datetime) -> bool:
    """End somebody's work here: PIN, sign-in, phones, tokens stop at once. The last owner stays.

    The business's row is locked meanwhile, so two owners cannot dismiss each other at once.
    """
    with transaction.atomic():
        Business.objects.select_for_update(no_key=True).get(pk=one.business_id)
        if not Staff.objects.filter(pk=one.pk, active=True).exists():
            return True  # by somebody else, a moment ago
        others = Staff.objects.filter(business=one.business, role=Staff.Role.OWNER, active=True)
        if one.role == Staff.Role.OWNER and not others.exclude(pk=one.pk).exists():
            return False
        for device in one.devices.filter(revoked_at=None):
            devices.revoke(device, by=by, at=at)
        one.tokens.filter(revoked_at=None).update(revoked_at=at)
        one.active, one.pin_hash = False, ""
        one.save(update_fields=["active", "pin_hash"])
        _tell(one, "dismissed", by=by, at=at)
    return True


def renew_pin(one: Staff, *, by: Staff, at: datetime) -> str:
    """Another PIN, told once; journaled without it. Tokens got by the one before end."""
    pin = new_pin()
    with transaction.atomic():
        set_pin(one, pin)
        one.tokens.filter(revoked_at=None).update(revoked_at=at)
        what: dict[str, str | int] = {"staff": one.pk, "name": one.name}
        journal.write(one.business, "pin", at=at, staff=by, what=what)
    return pin


def hire(business: Business, *, name: str, by: Staff, at: datetime) -> tuple[Staff, str]:
    """Somebody new at the business's own counter, and their PIN, told once."""
    pin = new_pin()
    with transaction.atomic():
        one = add_cashier(business, name=name, pin=pin)
        _tell(one, "admitted", by=by, at=at)
    return one, pin


def add_cashier(business: Business, *, name: str, pin: str, partner: str = "") -> Staff:
    """Someone at the counter: at the business's own, or at a partner's."""
    return Staff.objects.create(
        business=business,
        name=name,
        role=Staff.Role.CASHIER,
        pin_hash=make_password(pin),
        partner=partner,
    )


def set_pin(staff: Staff, pin: str) -> None:
    """A new PIN; it also opens a locked account."""
    staff.pin_hash, staff.wrong_pins, staff.locked_until = make_password(pin), 0, None
    staff.save(update_fields=["pin_hash", "wrong_pins", "locked_until"])


def check_pin(staff: Staff, pin: str, *, at: datetime) -> Literal["right", "wrong", "locked"]:
    """Judge a PIN. The row is locked meanwhile, so tries in parallel count one by one."""
    with transaction.atomic():
        row = Staff.objects.select_for_update().get(pk=staff.pk)
        if row.locked_until and row.locked_until > at:
            return "locked"
        right = row.active and bool(row.pin_hash) and check_password(pin, row.pin_hash)
        row.wrong_pins = 0 if right else row.wrong_pins + 1
        row.locked_until = None
        if row.wrong_pins >= TRIES:
            row.wrong_pins, row.locked_until = 0, at + LOCKED_FOR
        row.save(update_fields=["wrong_pins", "locked_until"])
    if row.locked_until:
        return "locked"
    return "right" if right else "wrong"


def _tell(one: Staff, done: str, *, by: Staff, at: datetime) -> None:
    what: dict[str, str | int] = {"staff": one.pk, "name": one.name, "role": one.role, "did": done}
    journal.write(one.business, "staff", at=at, staff=by, what=what)


def owned(user: User) -> list[Business]:
    """The businesses this user may manage, own ones before the demo, oldest first."""
    return list(Business.objects.raw(_OWNED, [user.pk]))
