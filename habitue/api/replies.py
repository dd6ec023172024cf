"""An answer as bytes, as the web server sends it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """An answer: its status, its bytes, what they are, and further headers."""

    status: int
    body: bytes
    media: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def tag(body: bytes) -> str:
    """What tells an answer from another of the same address: its ETag."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
