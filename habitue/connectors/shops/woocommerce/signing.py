"""Whether a payload is the shop's own.

`X-WC-Webhook-Signature` is over the raw body. On its creation a webhook sends `webhook_id=N`, form
encoded and unsigned: it is answered and means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from habitue.connectors.shops import signatures

_PING: Final = re.compile(rb"webhook_id=[0-9]{1,18}")


def verify(secret: str, address: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the shop signed this."""
    return signatures.fits(secret, body, headers.get("X-WC-Webhook-Signature", ""))


def is_ping(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether this is the greeting of a new webhook."""
    form = headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
    return form and _PING.fullmatch(body.strip()) is not None
