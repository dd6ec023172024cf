"""Phones at the counter: each with a secret of its own, by which its offline actions are honest.

An action is signed (HMAC-SHA256) over one text with all it says, its number among them, and the
signature of the action before it. So nobody without the secret writes or changes one, and what
the phone itself left out or rewrote shows in the next.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from msgspec import Struct

from habitue.members import journal
from habitue.members.models import Business, Device, OfflineScan, Staff

_PLACES: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


class Signed(Struct, frozen=True, kw_only=True):
    """One action as a phone kept it.

    `code` is what was scanned, a member's number, or `m:` and a customer's number where their
    sheet was open already. `size` counts pieces, or minor units of money. `at` is the phone's
    clock in milliseconds, `skew` what the server's was ahead of it when they last met.
    """

    device: int
    number: int
    reference: str
    code: str
    kind: str
    size: int
    at: int
    skew: int
    before: str
    signature: str

    def text(self) -> str:
        """What is signed: each part on a line of its own (no part holds a line's end)."""
        parts = (self.device, self.number, self.reference, self.code, self.kind)
        return "\n".join(map(str, (*parts, self.size, self.at, self.skew, self.before)))


class Listed(Struct, frozen=True):
    """A device for its owner: what came of it, and how many of its actions never arrived."""

    device: Device
    scans: int
    missing: int


def admit(staff: Staff, *, user_agent: str, at: datetime) -> Device:
    """A browser works at the counter from now on."""
    with transaction.atomic():
        made = Device.objects.create(
            business=staff.business,
            staff=staff,
            name=named(user_agent),
            secret=secrets.token_hex(32),
            made_at=at,
            seen_at=at,
        )
        what: dict[str, str | int] = {"device": made.pk, "name": made.name, "done": "admitted"}
        journal.write(staff.business, "device", at=at, staff=staff, what=what)
    return made


def revoke(device: Device, *, by: Staff | None, at: datetime) -> None:
    """Its session at the counter ends now, and what it brings later is refused."""
    with transaction.atomic():
        if Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=at):
            what: dict[str, str | int] = {
                "device": device.pk,
                "name": device.name,
                "done": "revoked",
            }
            journal.write(device.business, "device", at=at, staff=by, what=what)


def listed(business: Business) -> list[Listed]:
    """The devices that may work here, the last seen first."""
    found = working(business).select_related("staff").order_by("-seen_at", "-pk")
    counted = found.annotate(scans=Count("offlinescan"), last=Max("offlinescan__number"))
    return [Listed(one, one.scans, (one.last or 0) - one.scans) for one in counted]


def working(business: Business) -> QuerySet[Device]:
    """Devices that were not revoked, of people who still work here."""
    return Device.objects.filter(business=business, revoked_at=None, staff__active=True)


def honest(device: Device, action: Signed) -> bool:
    """Whether the device itself signed exactly this."""
    mac = hmac.new(bytes.fromhex(device.secret), action.text().encode(), hashlib.sha256)
    return hmac.compare_digest(mac.hexdigest(), action.signature)


def fits(device: Device, action: Signed) -> bool:
    """Whether the action agrees with its neighbors, as far as they have arrived.

    It must name the signature of the one before it, and be named by the one after it. What has
    not arrived, or is erased with its customer, says nothing: it stops none of the later ones.
    """
    if action.number == 1 and action.before:
        return False
    near = {
        scan.number: scan.answer
        for scan in OfflineScan.objects.filter(
            device=device, number__in=[action.number - 1, action.number + 1]
        )
        if "signature" in scan.answer
    }
    before, after = near.get(action.number - 1), near.get(action.number + 1)
    if before is not None and before["signature"] != action.before:
        return False
    return after is None or after["before"] == action.signature


def named(user_agent: str) -> str:
    """A browser as people call it: "Safari · iPhone"."""
    browser = next((name for sign, name in _BROWSERS if f"{sign}/" in user_agent), "")
    place = next((name for sign, name in _PLACES if sign in user_agent), "")
    known = " · ".join(name for name in (browser, place) if name)
    return known or re.sub(r"[^ -~]", "", user_agent)[:40].strip() or "?"
