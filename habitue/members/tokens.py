"""Tokens: what a member's app, or somebody who works here, shows for a while instead of a key.

A token reads `hm_<43 characters>` for a member and `hs_…` for staff: 256 bits by chance, kept as
a hash. What it opens is judged when it is shown (`callers`), by what the person is then: it ends
with the staff's dismissal or new PIN and with a new card, a member in the bin waits for the way
out of it, and who went over into another customer is that customer.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final, Literal

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from habitue.members import journal, keys
from habitue.members import staff as people
from habitue.members.models import AccessToken, Customer, Staff

MEMBER: Final = "hm"
STAFF: Final = "hs"
KEPT: Final = timedelta(days=1)  # after its end, before its row is deleted


def issue_member(customer: Customer, *, at: datetime) -> tuple[AccessToken, str]:
    """A token that shows a member what is theirs, for MEMBER_TOKEN_MINUTES, and its text."""
    return _issue(
        AccessToken(
            business_id=customer.business_id,
            customer=customer,
            expires_at=at + settings.MEMBER_TOKEN_LIFE,
        ),
        MEMBER,
        at,
    )


def issue_staff(staff: Staff, *, at: datetime, counter: bool = False) -> tuple[AccessToken, str]:
    """A token for somebody who works here, for STAFF_TOKEN_HOURS, and its text.

    It may do what their role may: an owner's or manager's everything, a cashier's a till's work,
    a partner's cashier's the partner's part. `counter`: a till's work at most, whoever they are.
    """
    return _issue(
        AccessToken(
            business_id=staff.business_id,
            staff=staff,
            counter=counter,
            expires_at=at + settings.STAFF_TOKEN_LIFE,
        ),
        STAFF,
        at,
    )


def issue_by_pin(
    business: int, staff: int, pin: str, *, at: datetime, partner: str = ""
) -> tuple[AccessToken, str] | Literal["wrong", "locked"]:
    """A token for who stands at a till and knows their PIN; otherwise why not.

    Only staff of this business, and of this partner where the till is a partner's. Whoever does
    not exist is `wrong` like a wrong PIN, after the same work. Five wrong ones in a row lock the
    person for a quarter of an hour. A PIN opens a till's work at most; journaled.
    """
    at_this_till = Staff.objects.filter(business=business, partner=partner, active=True)
    one = at_this_till.exclude(pin_hash="").filter(pk=staff).select_related("business").first()
    if one is None:
        make_password(pin)  # the work of judging one
        return "wrong"
    verdict = people.check_pin(one, pin, at=at)
    if verdict != "right":
        return verdict
    with transaction.atomic():
        journal.write(one.business, "token", at=at, staff=one)
        return issue_staff(one, at=at, counter=True)


def revoke(token: int, *, at: datetime) -> bool:
    """End a token by its number; whether it was still good."""
    living = AccessToken.objects.filter(pk=token, revoked_at=None, expires_at__gt=at)
    return bool(living.update(revoked_at=at))


def forget(*, before: datetime) -> int:
    """Delete tokens that are long over."""
    return AccessToken.objects.filter(expires_at__lt=before - KEPT).delete()[0]


def _issue(token: AccessToken, prefix: str, at: datetime) -> tuple[AccessToken, str]:
    text = f"{prefix}_{secrets.token_urlsafe(32)}"
    token.made_at, token.token_hash = at, keys.hashed(text)
    token.save(force_insert=True)
    return token, text
