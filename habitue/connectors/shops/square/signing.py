"""Whether a payload is Square's own: the signature is over the notification's address and body."""

from __future__ import annotations

from collections.abc import Mapping

from habitue.connectors.shops import signatures


def verify(secret: str, address: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether Square signed this for this address."""
    given = headers.get("X-Square-HmacSha256-Signature", "")
    return signatures.fits(secret, address.encode() + body, given)


def is_ping(headers: Mapping[str, str], body: bytes) -> bool:
    """Square never greets unsigned."""
    return False
