"""Whether a payload is Shopify's own: `X-Shopify-Hmac-SHA256` is over the raw body."""

from __future__ import annotations

from collections.abc import Mapping

from habitue.connectors.shops import signatures


def verify(secret: str, address: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether Shopify signed this."""
    return signatures.fits(secret, body, headers.get("X-Shopify-Hmac-SHA256", ""))


def is_ping(headers: Mapping[str, str], body: bytes) -> bool:
    """Shopify never greets unsigned."""
    return False
