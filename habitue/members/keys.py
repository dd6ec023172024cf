"""Keys for programs: shown once, kept as a hash, each with what it may do.

A key reads `hk_<scope>_<43 characters>`: 256 bits by chance, so a plain SHA-256 is hash enough,
and whoever finds one in a file sees what it is. Renewing a key makes another one that may do the
same, and the old one goes on for a stated time, so that no program stands still meanwhile.
Whose key a text is, `callers` says.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from habitue.members import journal
from habitue.members.models import ApiKey, Business, Staff

PREFIX: Final = "hk"
NOTED: Final = timedelta(minutes=1)  # its last use is written down this often at most
LONGEST: Final = 100  # characters; whatever is longer is neither key nor token

# Whoever notes the same use at this moment is not waited for: one of them is enough.
_NOTE: Final = """
UPDATE members_apikey SET used_at = %s WHERE id IN (
    SELECT id FROM members_apikey
    WHERE id = ANY(%s) AND (used_at IS NULL OR used_at <= %s)
    FOR NO KEY UPDATE SKIP LOCKED
)"""


def make(
    business: Business,
    *,
    name: str,
    scope: ApiKey.Scope,
    by: Staff | None,
    at: datetime,
    partner: str = "",
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key, and its text: the only moment at which anybody sees it.

    A partner's key names the partner; any other names none (ValueError). `expires_at`: from that
    instant on it opens nothing; None: it is good until it is revoked.
    """
    if bool(partner) != (scope == ApiKey.Scope.PARTNER):
        raise ValueError(f"a key of scope {scope} with the partner {partner!r}")
    text = f"{PREFIX}_{scope.value}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        business=business,
        name=name,
        scope=scope,
        partner=partner,
        key_hash=hashed(text),
        ending=text[-4:],
        made_at=at,
        made_by=by,
        expires_at=expires_at,
    )
    _tell(key, "made", by=by, at=at)
    return key, text


def rotate(
    key: ApiKey, *, by: Staff | None, at: datetime, overlap: timedelta | None = None
) -> tuple[ApiKey, str] | None:
    """Another key in this one's place, and its text; None where this one was renewed or is over.

    It has the same name, scope and partner, and the same span of life if there is one. The old
    key goes on for `overlap` (the setting API_KEY_OVERLAP), never beyond its own end.
    """
    with transaction.atomic():
        rows = good(key.business, at=at).select_for_update(no_key=True)
        old = rows.filter(pk=key.pk, successor=None).first()
        if old is None:
            return None
        new, text = make(
            key.business,
            name=old.name,
            scope=ApiKey.Scope(old.scope),
            partner=old.partner,
            by=by,
            at=at,
            expires_at=old.expires_at and at + (old.expires_at - old.made_at),
        )
        end = at + (settings.API_KEY_OVERLAP if overlap is None else overlap)
        old.expires_at = min(end, old.expires_at or end)
        old.successor = new
        old.save(update_fields=["expires_at", "successor"])
        _tell(old, "renewed", by=by, at=at)
    return new, text


def good(business: Business, *, at: datetime) -> QuerySet[ApiKey]:
    """The keys of a business that open something at this instant."""
    endless = Q(expires_at=None) | Q(expires_at__gt=at)
    return ApiKey.objects.filter(endless, business=business, revoked_at=None)


def note(used: dict[int, datetime | None], *, at: datetime) -> None:
    """Write down that these keys are used, given when they were last noted; often it has been."""
    late = [key for key, last in used.items() if last is None or at - last >= NOTED]
    if late:
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, [at, late, at - NOTED])


def revoke(key: ApiKey, *, by: Staff | None, at: datetime) -> bool:
    """End a key; whether it was still good."""
    ended = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at)
    if ended:
        _tell(key, "revoked", by=by, at=at)
    return bool(ended)


def hashed(text: str) -> str:
    """What is kept of a text of 256 bits by chance."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _tell(key: ApiKey, did: str, *, by: Staff | None, at: datetime) -> None:
    what: dict[str, str | int] = {"did": did, "key": key.name, "scope": key.scope}
    journal.write(key.business, "key", at=at, staff=by, what=what)
