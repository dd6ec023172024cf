"""Bodies sent slowly hold some threads and never all."""

from __future__ import annotations

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from habitue.api import application
from habitue.site import bodies
from habitue.site.bodies import Body, Places


class Slow(io.BytesIO):
    """A sender who sends when told to."""

    def __init__(self, text: bytes = b"{}") -> None:
        super().__init__(text)
        self.reading, self.sent = threading.Event(), threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        """What was sent, once it was."""
        self.reading.set()
        assert self.sent.wait(120)
        return super().read(size)


def test_slow_senders_leave_places_to_others_and_come_back_when_they_are_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = Places(most=3, each=2)
    slow = [Slow() for _ in range(3)]
    with ThreadPoolExecutor(4) as threads:
        read = []
        for one, whose in zip(slow, ("slow", "slow", "other"), strict=True):
            read.append(threads.submit(Body(one, whose, places).read))
            assert one.reading.wait(120)
        begun = time.monotonic()
        with pytest.raises(bodies.Crowded):
            Body(io.BytesIO(b"{}"), "slow", places).read(2)
        with pytest.raises(bodies.Crowded):
            Body(io.BytesIO(b"{}"), "third", places).read(2)
        assert bodies.PATIENCE <= time.monotonic() - begun < 60
        slow[2].sent.set()
        assert read[2].result(120) == b"{}"
        assert Body(io.BytesIO(b"{}"), "third", places).read(2) == b"{}"
        with pytest.raises(bodies.Crowded):
            Body(io.BytesIO(b"{}"), "slow", places).read(2)
        monkeypatch.setattr(bodies, "PATIENCE", 120)
        waits = threads.submit(Body(io.BytesIO(b"{}"), "slow", places).read)
        slow[0].sent.set()
        assert waits.result(120) == b"{}"
        slow[1].sent.set()


def test_a_body_is_read_in_lines_too() -> None:
    places = Places(most=1, each=1)
    assert list(Body(io.BytesIO(b"a\nb"), "", places)) == [b"a\n", b"b"]
    assert Body(io.BytesIO(b"a\nb"), "", places).readlines() == [b"a\n", b"b"]


def test_a_sender_is_a_credential_or_else_an_address() -> None:
    source = io.BytesIO(b"{}")
    known = bodies.guarded({"wsgi.input": source, "HTTP_AUTHORIZATION": "Bearer x"})
    assert known.read() == b"{}"
    assert bodies.guarded({"wsgi.input": source, "REMOTE_ADDR": "127.0.0.1"}).read() == b""


def test_who_finds_no_place_is_told_to_come_back() -> None:
    places = Places(most=0, each=1)
    told: list[tuple[str, dict[str, str]]] = []
    application.application(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/api/v1/events",
            "CONTENT_LENGTH": "2",
            "wsgi.input": Body(io.BytesIO(b"{}"), "", places),
        },
        lambda status, headers: told.append((status, dict(headers))),
    )
    ((status, headers),) = told
    assert (status[:3], headers["Retry-After"]) == ("503", "1")
