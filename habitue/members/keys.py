"""Keys for programs: shown once, kept as a hash, each with what it may do.

A key reads `hk_<scope>_<43 characters>`: 256 bits by chance, so a plain SHA-256 is hash enough,
and whoever finds one in a file sees what it is.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from habitue.members import journal
from habitue.members.models import ApiKey, Business, Staff

PREFIX: Final = "hk"
NOTED: Final = timedelta(minutes=1)  # its last use is written down this often at most


def make(
    business: Business,
    *,
    name: str,
    scope: ApiKey.Scope,
    by: Staff | None,
    at: datetime,
    partner: str = "",
) -> tuple[ApiKey, str]:
    """A new key, and its text: the only moment at which anybody sees it.

    A partner's key names the partner; any other names none (ValueError).
    """
    if bool(partner) != (scope == ApiKey.Scope.PARTNER):
        raise ValueError(f"a key of scope {scope} with the partner {partner!r}")
    text = f"{PREFIX}_{scope.value}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        business=business,
        name=name,
        scope=scope,
        partner=partner,
        key_hash=_hash(text),
        ending=text[-4:],
        made_at=at,
        made_by=by,
    )
    what: dict[str, str | int] = {"did": "made", "key": name, "scope": scope.value}
    journal.write(business, "key", at=at, staff=by, what=what)
    return key, text


def find(text: str, *, at: datetime) -> ApiKey | None:
    """The key of this text, unless it was revoked; its use is noted."""
    if not text.isascii() or len(text) > 100:
        return None
    key = (
        ApiKey.objects.select_related("business")
        .filter(key_hash=_hash(text), revoked_at=None)
        .first()
    )
    if key is not None and (key.used_at is None or at - key.used_at >= NOTED):
        # Not the object's own save: two uses in one moment must not undo a revocation.
        late = Q(used_at=None) | Q(used_at__lte=at - NOTED)
        ApiKey.objects.filter(late, pk=key.pk).update(used_at=at)
    return key


def revoke(key: ApiKey, *, by: Staff | None, at: datetime) -> bool:
    """End a key; whether it was still good."""
    ended = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at)
    if ended:
        what: dict[str, str | int] = {"did": "revoked", "key": key.name, "scope": key.scope}
        journal.write(key.business, "key", at=at, staff=by, what=what)
    return bool(ended)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()
