"""Signatures by Standard Webhooks: who knows the secret knows that a message is ours, and whole.

https://www.standardwebhooks.com: HMAC-SHA256 over id, moment and body, by the standard's own
library.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from standardwebhooks.webhooks import Webhook

PREFIX: Final = "whsec_"
_BYTES: Final = 32


def new_secret() -> str:
    """A secret of 256 bits, as the standard writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode("ascii")


def headers(number: str, body: str, *, at: datetime, secrets: Sequence[str]) -> dict[str, str]:
    """The standard's three headers of one attempt at `at`; a signature by each of the secrets."""
    moment = at.astimezone(UTC)
    signed = [
        Webhook(secret).sign(msg_id=number, timestamp=moment, data=body) for secret in secrets
    ]
    return {
        "webhook-id": number,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signed),
    }
