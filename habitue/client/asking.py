"""How a call is made: one description of it, sent with or without asyncio, repeated until answered.

A write carries an idempotency key of its own, made once for the call, so that a repeat after a lost
answer does nothing twice: the server answers the same again.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

import httpx
import msgspec
from msgspec import Struct, structs

from habitue.client.shapes import Details, Page

T = TypeVar("T")
PREFIX: Final = "/api/v1"
AGAIN: Final = frozenset({429, 500, 502, 503, 504})
"""Statuses after which the same call is made again."""

PATIENCE: Final = 10
"""Seconds: whoever asks for a longer wait (`Retry-After`) gives a `Problem` at once."""


class Ask(Struct, Generic[T], frozen=True):
    """One call, described: nothing is sent before a client sends it."""

    method: str
    path: str
    answers: type[T]
    query: dict[str, str | int] = {}
    body: Any = None
    key: str = ""


class Problem(Exception):
    """The API said no: `status` and `code` for the program, `detail` for a person.

    A refusal by the loyalty program has status 409, its own code, and its numbers in `values`;
    `event` is the event that was recorded as refused. `errors` say where a request is wrong.
    `retry_after` is in how many seconds it may be asked again, where the answer said so.
    """

    def __init__(self, status: int, details: Details, retry_after: int | None = None) -> None:
        where = ", ".join(one.pointer for one in details.errors)
        said = details.detail or f"status {status}"
        super().__init__(f"{said} ({where})" if where else said)
        self.status, self.code, self.detail = status, details.code, details.detail
        self.values, self.event, self.errors = details.values, details.event, details.errors
        self.retry_after = retry_after


class Unreachable(Exception):
    """No answer in all attempts, or none of Habitué's: it may be done, or not.

    Send `ask` later, as often as needed: it is the same call under the same key, done once.
    """

    def __init__(self, ask: Ask[Any], cause: str) -> None:
        super().__init__(f"no answer: {cause}")
        self.ask = ask


class _Sending:
    """What both clients share: the request to send, and what its answer means."""

    def __init__(self, url: str, key: str, *, tries: int) -> None:
        if httpx.URL(url).scheme not in ("http", "https"):
            raise ValueError(f"An address begins with https:// or http://, not {url!r}.")
        if not (key.isascii() and key.isprintable() and key == key.strip()):
            raise ValueError("A key is printable ASCII, without spaces around it.")
        self._url, self._tries = url.rstrip("/") + PREFIX, tries
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}

    def _keyed(self, ask: Ask[T]) -> Ask[T]:
        """The call with a key that all its attempts share."""
        if ask.method == "GET" or ask.key:
            return ask
        return structs.replace(ask, key=str(uuid.uuid4()))

    def _request(self, ask: Ask[T]) -> dict[str, Any]:
        """Arguments of httpx's `request`."""
        headers = dict(self._headers)
        if ask.key:
            headers["Idempotency-Key"] = ask.key
        content = None
        if ask.body is not None:
            headers["Content-Type"] = "application/json"
            content = msgspec.json.encode(ask.body)
        return {
            "method": ask.method,
            "url": self._url + ask.path,
            "params": ask.query,
            "headers": headers,
            "content": content,
        }

    def _wait(self, tried: int, response: httpx.Response | None) -> float | None:
        """Seconds to wait before the next attempt; None when this answer stands."""
        if response is not None and response.status_code not in AGAIN:
            return None
        asked = _retry_after(response)
        if tried >= self._tries or (asked or 0) > PATIENCE:
            return None
        if asked is not None:
            return asked + random.uniform(0.0, 0.2)
        return float(min(8.0, 0.1 * 2**tried) * random.uniform(0.5, 1.0))

    def _answer(self, ask: Ask[T], response: httpx.Response) -> T:
        if not response.is_success:
            raise Problem(response.status_code, _details(response), _retry_after(response))
        if not response.content:
            return msgspec.convert(None, ask.answers)
        try:
            return msgspec.json.decode(response.content, type=ask.answers)
        except msgspec.MsgspecError as error:  # a hotel's network answers 200, too
            raise Unreachable(ask, f"the answer cannot be read: {error}") from error


class Client(_Sending):
    """A connection to one business, for programs that wait for each answer; threads may share it.

    `key` is a key of the business or a token. `tries` attempts are made of each call, each with
    `timeout` seconds.
    """

    def __init__(self, url: str, key: str, *, timeout: float = 10.0, tries: int = 5) -> None:
        super().__init__(url, key, tries=tries)
        self._http = httpx.Client(timeout=timeout)

    def send(self, ask: Ask[T]) -> T:
        """Make a call; its answer. Raises `Problem` or `Unreachable`."""
        ask = self._keyed(ask)
        arguments = self._request(ask)
        tried = 0
        while True:
            tried += 1
            response, cause = None, ""
            try:
                response = self._http.request(**arguments)
            except httpx.RequestError as error:
                cause = str(error) or type(error).__name__
            wait = self._wait(tried, response)
            if wait is not None:
                time.sleep(wait)
            elif response is None:
                raise Unreachable(ask, cause)
            else:
                return self._answer(ask, response)

    def each(self, ask: Ask[Page[T]]) -> Iterator[T]:
        """Everything on a page and on those that follow, which are asked for on the way."""
        following: Ask[Page[T]] | None = ask
        while following is not None:
            page = self.send(following)
            yield from page.items
            following = _following(ask, page)

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
    """The same for asyncio: `await client.send(…)`, `async for … in client.each(…)`."""

    def __init__(self, url: str, key: str, *, timeout: float = 10.0, tries: int = 5) -> None:
        super().__init__(url, key, tries=tries)
        self._http = httpx.AsyncClient(timeout=timeout)

    async def send(self, ask: Ask[T]) -> T:
        """Make a call; its answer. Raises `Problem` or `Unreachable`."""
        ask = self._keyed(ask)
        arguments = self._request(ask)
        tried = 0
        while True:
            tried += 1
            response, cause = None, ""
            try:
                response = await self._http.request(**arguments)
            except httpx.RequestError as error:
                cause = str(error) or type(error).__name__
            wait = self._wait(tried, response)
            if wait is not None:
                await asyncio.sleep(wait)
            elif response is None:
                raise Unreachable(ask, cause)
            else:
                return self._answer(ask, response)

    async def each(self, ask: Ask[Page[T]]) -> AsyncIterator[T]:
        """Everything on a page and on those that follow, which are asked for on the way."""
        following: Ask[Page[T]] | None = ask
        while following is not None:
            page = await self.send(following)
            for item in page.items:
                yield item
            following = _following(ask, page)

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


def _following(ask: Ask[Page[T]], page: Page[T]) -> Ask[Page[T]] | None:
    if page.next is None:
        return None
    return structs.replace(ask, query={**ask.query, "cursor": page.next})


def _retry_after(response: httpx.Response | None) -> int | None:
    """For how many seconds an answer asks to wait, if it does."""
    said = response.headers.get("Retry-After", "") if response is not None else ""
    return int(said) if said.isascii() and said.isdigit() else None


def _details(response: httpx.Response) -> Details:
    """What a problem says; whoever stands between (a proxy) may answer anything."""
    try:
        return msgspec.json.decode(response.content, type=Details)
    except msgspec.MsgspecError:
        return Details(detail=response.text[:200])
