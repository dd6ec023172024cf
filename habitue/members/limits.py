"""How often something may be tried: counted in the database by the hour, right for all processes.

A try is counted by the statement that reads the count, so tries in parallel count one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from habitue.members import ids
from habitue.members.models import Attempt

KEPT: Final = timedelta(days=1)

_COUNT: Final = """
INSERT INTO members_attempt (id, what, whom, hour, count)
VALUES (%s, %s, %s, date_trunc('hour', %s), 1)
ON CONFLICT (what, whom, hour) DO UPDATE SET count = members_attempt.count + 1
RETURNING count"""

_TRIED: Final = """
SELECT count FROM members_attempt
WHERE what = %s AND whom = %s AND hour = date_trunc('hour', %s)"""


def allow(what: str, whom: object, *, most: int, at: datetime) -> bool:
    """Count one more try of something by someone, and say whether it is within `most` an hour."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [ids.make(), what, _mark(what, whom), at])
        (count,) = cursor.fetchone()
    return int(count) <= most


def tried(what: str, whom: object, *, at: datetime) -> int:
    """How often it was tried in this hour up to now."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIED, [what, _mark(what, whom), at])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def network(environ: Mapping[str, object]) -> str:
    """From which network address a request comes, as the trusted proxies before us say.

    `environ` is what WSGI hands over, in Django `request.META`.
    """
    proxies = int(getattr(settings, "AXES_IPWARE_PROXY_COUNT", None) or 0)
    passed = [part.strip() for part in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    if proxies and len(passed) >= proxies:
        return passed[-proxies]
    return str(environ.get("REMOTE_ADDR", ""))


def forget(*, before: datetime) -> None:
    """Delete the counts of hours that are long over."""
    Attempt.objects.filter(hour__lt=before - KEPT).delete()


def _mark(what: str, whom: object) -> str:
    return salted_hmac(f"habitue.members.limits.{what}", str(whom), algorithm="sha256").hexdigest()
