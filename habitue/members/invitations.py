"""Codes by which members invite friends: they name the member, open nothing, and are not guessed.

A code is the member's own for ever, so that a link that was shared once keeps its meaning.
"""

from __future__ import annotations

import base64
import secrets
from typing import Final

from django.utils.crypto import salted_hmac

from habitue.members import survivors
from habitue.members.models import Business, Customer

_SIGN: Final = 8  # characters: 40 bits


def code(customer: Customer) -> str:
    """What stands in the link that a member shares."""
    number = base64.b32encode(customer.pk.to_bytes(8, "big")).decode().rstrip("=")
    return f"{number}{_sign(customer.pk)}".lower()


def inviter(business: Business, text: str) -> int:
    """The member of this business who shared a link; 0 where nobody did."""
    number, signature = text.upper()[:-_SIGN], text.upper()[-_SIGN:]
    try:
        key = int.from_bytes(base64.b32decode(number + "=" * (-len(number) % 8)), "big")
    except ValueError:
        return 0
    if not 0 < key < 2**63 or not secrets.compare_digest(_sign(key).encode(), signature.encode()):
        return 0
    goes_on = survivors.of([key]).get(key, 0)
    there = Customer.objects.filter(
        pk=goes_on, business=business, member__isnull=False, erased_at=None, binned_at=None
    )
    return goes_on if there.exists() else 0


def _sign(key: int) -> str:
    mac = salted_hmac("habitue.members.invitations", str(key), algorithm="sha256")
    return base64.b32encode(mac.digest()[:5]).decode()
