"""Asking a shop by REST: patient with its limits, not for ever; only where its address may lead.

A shop's address is the owner's own words: it must be one of the open internet (`addresses`), asked
over https, and the connection goes to exactly the address that was looked at. `SHOPS_LOOPBACK` lets
this machine itself be one, for tests and trials. Redirects are not followed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any, Final

import httpx
from django.conf import settings

from habitue.connectors.shops import payload
from habitue.connectors.shops.order import Unread
from habitue.connectors.webhooks import addresses

TIMEOUT: Final = 10.0
WHOLE: Final = 60.0  # seconds for one answer, however slowly it drips
MOST_BYTES: Final = 20 * 1024 * 1024
MOST_PAGES: Final = 1_000
_TRIES: Final = 4
_LONGEST_WAIT: Final = 30.0  # seconds; a shop that wants more is asked the next time
_AGAIN: Final = frozenset({429, 502, 503, 504})


class Trouble(Exception):
    """A shop cannot be asked: `code` for doors to phrase, and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


class Rest:
    """One shop's REST: `get` and `post` answer JSON and the headers."""

    def __init__(self, base: str, headers: Mapping[str, str], auth: Any = None) -> None:
        self.base = checked(base)
        self.client = httpx.Client(
            headers=dict(headers), auth=auth, timeout=TIMEOUT, follow_redirects=False
        )

    def get(
        self, path: str, parameters: Mapping[str, str] | None = None
    ) -> tuple[Any, httpx.Headers]:
        """What stands under an address of the shop."""
        said = {"params": dict(parameters)} if parameters else {}  # an empty one would cut a query
        return self._asked("GET", path, **said)

    def post(self, path: str, content: Mapping[str, Any]) -> tuple[Any, httpx.Headers]:
        """What the shop answers to a question that is posted."""
        return self._asked("POST", path, json=dict(content))

    def _asked(self, method: str, path: str, **said: Any) -> tuple[Any, httpx.Headers]:
        url = path if path.startswith(("https://", "http://")) else f"{self.base}{path}"
        if not url.startswith(f"{self.base}/"):
            raise Trouble("address", "The shop points to an address that is not its own.")
        for left in reversed(range(_TRIES)):
            status, headers, body = self._sent(method, url, said)
            if status not in _AGAIN or not left:
                break
            time.sleep(_wait(headers, _TRIES - left))
        return _read(status, body), headers

    def _request(self, method: str, url: str, said: Mapping[str, Any]) -> httpx.Request:
        """A request whose connection goes to the address that was checked just now."""
        target = _target(url)
        request = self.client.build_request(method, url, **said)
        request.url = request.url.copy_with(host=target.address, port=target.port)
        request.extensions["sni_hostname"] = target.host
        return request

    def _sent(
        self, method: str, url: str, said: Mapping[str, Any]
    ) -> tuple[int, httpx.Headers, bytes]:
        until = time.monotonic() + WHOLE
        try:
            with closing(self.client.send(self._request(method, url, said), stream=True)) as answer:
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise Trouble("huge", "The shop answers more than can be read.")
                    if time.monotonic() > until:
                        raise Trouble("slow", "The shop does not answer in time.")
                return answer.status_code, answer.headers, bytes(body)
        except httpx.TimeoutException:
            raise Trouble("slow", "The shop does not answer in time.") from None
        except httpx.HTTPError as error:
            raise Trouble("unreachable", f"The shop cannot be reached ({_name(error)}).") from None


def checked(base: str) -> str:
    """An address of a shop without its last slash; `Trouble` where it may not be asked."""
    base = base.strip().rstrip("/")
    if "?" in base:
        raise Trouble("address", "The address must look like https://shop.example.com.")
    _target(base)
    return base


def _target(url: str) -> addresses.Target:
    target = addresses.check(url, loopback=settings.SHOPS_LOOPBACK)
    if isinstance(target, addresses.Refused):
        raise Trouble("address", target.sentence)
    return target


def _wait(headers: httpx.Headers, tried: int) -> float:
    """How long a shop wants to be left alone, in seconds."""
    wanted = headers.get("Retry-After", "")
    try:
        seconds = float(wanted)
    except ValueError:
        seconds = 0.5 * 2**tried
    if not seconds <= _LONGEST_WAIT:
        raise Trouble("busy", "The shop wants to be left alone for a while.")
    return max(seconds, 0.0)


def _read(status: int, body: bytes) -> Any:
    if status in (401, 403):
        raise Trouble("rights", "The shop does not accept the keys for its REST interface.")
    if status == 404:
        return None
    if status == 429:
        raise Trouble("busy", "The shop wants to be left alone for a while.")
    if not 200 <= status < 300:
        raise Trouble("answer", f"The shop answers with an error ({status}).")
    try:
        return payload.read(body)
    except Unread:
        raise Trouble("answer", "The shop answers something that cannot be read.") from None


def _name(error: Exception) -> str:
    return type(error).__name__
