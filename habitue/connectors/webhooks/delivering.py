"""One attempt: a message is sent to a checked address, and what came of it. No database in here."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Final

import httpcore
from msgspec import Struct

from habitue.connectors.webhooks import addresses, pinned, signing
from habitue.connectors.webhooks.addresses import Refused, Resolve, Target

TIMEOUT: Final = 15.0
"""Seconds for a whole attempt, after the name was resolved."""

CONNECT: Final = 5.0
KEPT: Final = 500
"""Characters of an answer that are kept for the log."""

READ: Final = 8_192
"""Bytes of an answer that are read at all."""

GONE: Final = 410


class Letter(Struct, frozen=True):
    """A message as it is sent: where to, signed by which secrets.

    `failing`: the last attempt at its endpoint failed.
    """

    number: int
    endpoint: int
    customer: int | None
    url: str
    secrets: tuple[str, ...]
    body: str
    attempts: int
    first_at: datetime | None
    failing: bool = False


class Outcome(Struct, frozen=True):
    """What came of an attempt; `status` 0 and an `error` where nothing was answered in full."""

    at: datetime
    milliseconds: int
    status: int = 0
    answer: str = ""
    error: str = ""

    @property
    def arrived(self) -> bool:
        """Whether the receiver took the message: by any answer from 200 to 299."""
        return not self.error and 200 <= self.status < 300


def send(
    letter: Letter,
    *,
    at: datetime,
    loopback: bool,
    resolve: Resolve | None = None,
    trust: ssl.SSLContext | None = None,
    timeout: float = TIMEOUT,
) -> Outcome:
    """Try once; every way in which it may fail is an outcome."""
    began = time.monotonic()
    target = addresses.check(letter.url, loopback=loopback, resolve=resolve)
    if isinstance(target, Refused):
        return Outcome(at, _since(began), error=target.code)
    status, answer, error = 0, b"", ""
    try:
        status, answer = _post(letter, target, at, trust or _trusted(), timeout)
    except httpcore.TimeoutException:
        error = "timeout"
    except ssl.SSLError:
        error = "tls"
    except (httpcore.NetworkError, OSError):
        error = "no_connection"
    except httpcore.ProtocolError:
        error = "no_http"
    return Outcome(at, _since(began), status, _text(answer), error)


def _post(
    letter: Letter, target: Target, at: datetime, trust: ssl.SSLContext, timeout: float
) -> tuple[int, bytes]:
    backend = pinned.Backend(target.address, deadline=time.monotonic() + timeout)
    content = letter.body.encode()
    signed = signing.headers(f"msg_{letter.number}", letter.body, at=at, secrets=letter.secrets)
    headers = {
        "Host": target.authority,
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
        "User-Agent": "Habitue-Webhooks/1",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **signed,
    }
    url = httpcore.URL(
        scheme=target.scheme.encode(),
        host=target.host.encode(),
        port=target.port,
        target=target.path.encode(),
    )
    extensions = {"timeout": {"connect": min(CONNECT, timeout), "read": timeout, "write": timeout}}
    with (
        httpcore.ConnectionPool(ssl_context=trust, network_backend=backend) as pool,
        pool.stream(
            "POST",
            url,
            headers=_pairs(headers),
            content=content,
            extensions=extensions,
        ) as response,
    ):
        return response.status, _first(response)


def _first(response: httpcore.Response) -> bytes:
    """The beginning of an answer; whatever more there is stays unread."""
    read = b""
    try:
        for part in response.iter_stream():
            read += part
            if len(read) >= READ:
                break
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        pass  # the status was said already, and that is the answer
    return read[:READ]


def _pairs(headers: dict[str, str]) -> Sequence[tuple[bytes, bytes]]:
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]


def _text(answer: bytes) -> str:
    """Its first characters, printable ones only: they are shown on a page."""
    told = answer.decode("utf-8", "replace")
    return "".join(one if one.isprintable() else " " for one in told).strip()[:KEPT]


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


@cache
def _trusted() -> ssl.SSLContext:
    """Certificates as browsers check them."""
    return httpcore.default_ssl_context()
