"""Café des Amis with an endpoint at a real receiver on this machine, and a clock handed in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import pytest
from pytest_django.fixtures import Settings

from habitue.connectors.models import Endpoint, Message
from habitue.connectors.webhooks import endpoints, kinds
from habitue.connectors.webhooks.endpoints import Made
from habitue.connectors.webhooks.loop import Crew
from habitue.members.models import Business
from tests.ledger.conftest import guests, make_cafe

PATIENCE = 120.0
"""Seconds for what comes at once on a machine that has time."""


class Request(BaseHTTPRequestHandler):
    """A request with the message that it carries."""

    said: Any = None


Answer = Callable[[Request], None]


class Server(ThreadingHTTPServer):
    """`open` is set when it closes, so that nobody hangs on."""

    daemon_threads = True

    def __init__(self, *given: Any) -> None:
        self.open = threading.Event()
        super().__init__(*given)


class Receiver:
    """A server that writes down what it is sent; `answer` says what it does then."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answer: Answer = answers(204)
        receiver = self

        class Handler(Request):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.said = msgspec.json.decode(body)
                receiver.got.append(({**self.headers, "path": self.path}, body))
                receiver.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:
                    pass  # who hung up on a receiver that talks too much

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def said(self) -> list[Any]:
        """The messages, decoded."""
        return [msgspec.json.decode(body) for _, body in self.got]

    @property
    def types(self) -> list[str]:
        return [one["type"] for one in self.said]

    def close(self) -> None:
        self.server.open.set()
        self.server.shutdown()
        self.server.server_close()


def answers(status: int, body: bytes = b"", **headers: str) -> Answer:
    """An answer at once."""

    def answer(handler: Request) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def hang(handler: Request) -> None:
    """No answer until the receiver closes."""
    assert isinstance(handler.server, Server)
    handler.server.open.wait(PATIENCE)


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **delta: float) -> None:
        self.now += timedelta(**delta)


class World:
    """A worker's crew, driven by hand."""

    def __init__(self, clock: Clock, **given: Any) -> None:
        self.clock = clock
        self.crew = Crew(clock=clock, **given)

    def deliver(self) -> None:
        """Go round until nothing is under way and nothing is due."""
        until = time.monotonic() + PATIENCE
        while self.crew.round() or not self.crew.idle:
            assert time.monotonic() < until, "it does not come to an end"
            self.crew.wait(0.01)


def receiving() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


receiver = pytest.fixture(receiving)
other = pytest.fixture(receiving)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock, timeout=PATIENCE)


@pytest.fixture
def cafe(transactional_db: None, settings: Settings) -> Business:
    settings.WEBHOOKS_LOOPBACK = True
    return make_cafe()


@pytest.fixture
def alice(cafe: Business) -> int:
    return guests(cafe, 1, name="Alice")[0]


@pytest.fixture
def bruno(cafe: Business) -> int:
    return guests(cafe, 1, name="Bruno")[0]


def make(business: Business, url: str, *types: str, at: datetime | None = None) -> Endpoint:
    """An endpoint for these types, or for all."""
    moment = at or datetime.now(UTC)
    made = endpoints.make(business, url=url, types=types or kinds.ALL, by=None, at=moment)
    assert isinstance(made, Made), made
    return made.endpoint


@pytest.fixture
def endpoint(cafe: Business, alice: int, receiver: Receiver, clock: Clock) -> Endpoint:
    """The receiver, told of everything, of customers who come after Alice."""
    return make(cafe, receiver.url, at=clock.now)


def states(endpoint: Endpoint) -> list[str]:
    """What became of an endpoint's messages, in their order."""
    return list(
        Message.objects.filter(endpoint=endpoint).order_by("pk").values_list("state", flat=True)
    )
