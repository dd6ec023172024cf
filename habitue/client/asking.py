"""How a call is made: one description of it, sent with or without asyncio, repeated until answered.

A write carries an idempotency key of its own, made once for the call, so that a repeat after a lost
answer does nothing twice: the server answers the same again.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

import httpx
import msgspec
from msgspec import Struct

T = TypeVar("T")
PREFIX: Final = "/api/v1"
AGAIN: Final = frozenset({429, 500, 502, 503, 504})
"""Statuses after which the same call is made again."""


class Wrong(Struct, frozen=True):
    """One thing that is wrong in a request, and a JSON pointer to where."""

    pointer: str = ""
    detail: str = ""


class _Details(Struct, frozen=True):
    code: str = ""
    detail: str = ""
    values: dict[str, str | int] = {}
    errors: list[Wrong] = []


class Problem(Exception):
    """The API said no: `status` and `code` for the program, `detail` for a person.

    A refusal by the loyalty program has status 409, its own code, and its numbers in `values`.
    """

    def __init__(self, status: int, details: _Details) -> None:
        where = ", ".join(one.pointer for one in details.errors)
        said = details.detail or f"status {status}"
        super().__init__(f"{said} ({where})" if where else said)
        self.status, self.code, self.detail = status, details.code, details.detail
        self.values, self.errors = details.values, details.errors


class Unreachable(Exception):
    """No answer in all attempts. Make the call again with the same `key`: nothing counts twice."""

    def __init__(self, key: str, cause: str) -> None:
        super().__init__(f"no answer: {cause}")
        self.key = key


class Ask(Struct, Generic[T], frozen=True):
    """One call, described: nothing is sent before a client sends it."""

    method: str
    path: str
    answers: type[T]
    query: dict[str, str | int] = {}
    body: Any = None
    key: str = ""


class _Sending:
    """What both clients share: the request to send, and what its answer means."""

    def __init__(self, url: str, key: str, *, timeout: float, tries: int) -> None:
        self._url, self._timeout, self._tries = url.rstrip("/") + PREFIX, timeout, tries
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}

    def _request(self, ask: Ask[T]) -> tuple[dict[str, Any], str]:
        """Arguments of httpx's `request`, and the idempotency key in them."""
        headers = dict(self._headers)
        key = ask.key
        if ask.method != "GET":
            key = key or str(uuid.uuid4())
            headers["Idempotency-Key"] = key
        content = None
        if ask.body is not None:
            headers["Content-Type"] = "application/json"
            content = msgspec.json.encode(ask.body)
        arguments = {
            "method": ask.method,
            "url": self._url + ask.path,
            "params": ask.query,
            "headers": headers,
            "content": content,
        }
        return arguments, key

    def _wait(self, tried: int, response: httpx.Response | None) -> float | None:
        """Seconds to wait before the next attempt; None when this answer stands."""
        if response is not None and response.status_code not in AGAIN:
            return None
        if tried >= self._tries:
            return None
        asked = response.headers.get("Retry-After", "") if response is not None else ""
        if asked.isdigit():
            return float(min(int(asked), 60))
        return float(min(8.0, 0.1 * 2**tried) * random.uniform(0.5, 1.0))

    def _answer(self, ask: Ask[T], response: httpx.Response) -> T:
        if response.status_code >= 400:
            raise Problem(response.status_code, _details(response))
        if not response.content:
            return msgspec.convert(None, ask.answers)
        return msgspec.json.decode(response.content, type=ask.answers)


class Client(_Sending):
    """A connection to one business, for programs that wait for each answer.

    `key` is a key of the business or a token. `tries` attempts are made of each call.
    """

    def __init__(self, url: str, key: str, *, timeout: float = 10.0, tries: int = 5) -> None:
        super().__init__(url, key, timeout=timeout, tries=tries)
        self._http = httpx.Client(timeout=timeout)

    def send(self, ask: Ask[T]) -> T:
        """Make a call; its answer. Raises `Problem` or `Unreachable`."""
        arguments, key = self._request(ask)
        tried = 0
        while True:
            tried += 1
            response, cause = None, ""
            try:
                response = self._http.request(**arguments)
            except httpx.TransportError as error:
                cause = str(error) or type(error).__name__
            wait = self._wait(tried, response)
            if wait is not None:
                time.sleep(wait)
            elif response is None:
                raise Unreachable(key, cause)
            else:
                return self._answer(ask, response)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


class AsyncClient(_Sending):
    """The same for asyncio: `await client.send(…)`."""

    def __init__(self, url: str, key: str, *, timeout: float = 10.0, tries: int = 5) -> None:
        super().__init__(url, key, timeout=timeout, tries=tries)
        self._http = httpx.AsyncClient(timeout=timeout)

    async def send(self, ask: Ask[T]) -> T:
        """Make a call; its answer. Raises `Problem` or `Unreachable`."""
        arguments, key = self._request(ask)
        tried = 0
        while True:
            tried += 1
            response, cause = None, ""
            try:
                response = await self._http.request(**arguments)
            except httpx.TransportError as error:
                cause = str(error) or type(error).__name__
            wait = self._wait(tried, response)
            if wait is not None:
                await asyncio.sleep(wait)
            elif response is None:
                raise Unreachable(key, cause)
            else:
                return self._answer(ask, response)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.close()


def _details(response: httpx.Response) -> _Details:
    """What a problem says; whoever stands between (a proxy) may answer anything."""
    try:
        return msgspec.json.decode(response.content, type=_Details)
    except msgspec.MsgspecError:
        return _Details(detail=response.text[:200])
