"""A partner's own address: made by chance, shown once, kept as a hash, revoked at any time."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from habitue.members.models import Business, PartnerLink


def issue(business: Business, partner: str, *, at: datetime) -> str:
    """A new secret (192 bits) that opens a partner's statement; the one before opens nothing."""
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        revoke(business, partner, at=at)
        PartnerLink.objects.create(
            business=business, partner=partner, token_hash=_hash(token), made_at=at
        )
    return token


def revoke(business: Business, partner: str, *, at: datetime) -> None:
    """From now on the partner's address opens nothing."""
    PartnerLink.objects.filter(business=business, partner=partner, revoked_at=None).update(
        revoked_at=at
    )


def find(token: str) -> PartnerLink | None:
    """Whose address this is; None where there is none, or it was revoked."""
    links = PartnerLink.objects.select_related("business")
    return links.filter(token_hash=_hash(token), revoked_at=None).first()


def made_at(business: Business, partner: str) -> datetime | None:
    """Since when a partner has the address that opens now."""
    link = PartnerLink.objects.filter(business=business, partner=partner, revoked_at=None).first()
    return link.made_at if link else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
