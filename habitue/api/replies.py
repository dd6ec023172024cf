"""An answer as bytes, as the web server sends it: at once, or part by part where it is long."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from msgspec import Struct


class Reply(Struct, frozen=True):
    """An answer: its status, its bytes, what they are, and further headers.

    With `parts` it is long: they are made and sent one by one, and `body` is empty.
    """

    status: int
    body: bytes
    media: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    parts: Iterable[bytes] | None = None


def tag(body: bytes) -> str:
    """What tells an answer from another of the same address: its ETag."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
