"""The API behind a real socket, and a bad line to it: a proxy that loses what it is told to."""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.db import connections

from habitue.api.application import application

CANNED: Final = {
    "busy": b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy",
    "defect": b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\noh",
    "gateway": b"HTTP/1.1 502 Bad\r\nContent-Length: 10\r\n\r\n<h1>502</h1"[:-1],
    "limited": b"HTTP/1.1 429 Slow\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
    "locked": b"HTTP/1.1 429 Slow\r\nRetry-After: 900\r\nContent-Length: 0\r\n\r\n",
    "portal": b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<h1>WLAN</h1>",
    "moved": b"HTTP/1.1 301 Moved\r\nLocation: https://x.test/\r\nContent-Length: 0\r\n\r\n",
}
"""What the proxy answers by itself, without asking the server."""

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is said to the terminal."""


class Line:
    """A line to the API. `faults` says what becomes of the next requests, one word each.

    "lost": done, and no answer comes back; "half": half of one; "late": later than anybody waits;
    "hangup": answered well, and then the connection is cut; or a key of `CANNED`. `seen` are the
    requests as they came, `open` how many connections there are.
    """

    def __init__(self, upstream: int, port: int = 0) -> None:
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.faults: deque[str] = deque()
        self.seen: list[bytes] = []
        self.open = 0
        self._changed = threading.Condition()
        self._callers: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def keys(self) -> set[bytes]:
        """The idempotency keys that were seen."""
        return set(re.findall(rb"\r\nidempotency-key: *([^\r]+)", b"".join(self.seen), re.I))

    def quiet(self) -> bool:
        """Whether everybody lets go of the line."""
        with self._changed:
            return self._changed.wait_for(lambda: self.open == 0, 120)

    def close(self) -> None:
        """Cut it."""
        self._listener.close()
        for caller in self._callers:
            with contextlib.suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                caller, _ = self._listener.accept()
                self._callers.append(caller)
                self._count(1)
                threading.Thread(target=self._serve, args=[caller], daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with contextlib.closing(caller), contextlib.suppress(OSError):
            while (request := _message(caller)) and self._answered(caller, request):
                pass
        self._count(-1)

    def _answered(self, caller: socket.socket, request: bytes) -> bool:
        """Do what is to become of a request; whether the connection goes on."""
        self.seen.append(request)
        fault = self.faults.popleft() if self.faults else ""
        if fault in CANNED:
            caller.sendall(CANNED[fault])
            return True
        with socket.create_connection(("127.0.0.1", self._upstream)) as server:
            server.sendall(request)
            answer = _message(server).replace(b"HTTP/1.0", b"HTTP/1.1", 1)
        if fault == "late":
            caller.recv(1)  # until the caller gives up
        elif fault == "half":
            caller.sendall(answer[: len(answer) // 2])
        elif fault != "lost":
            caller.sendall(answer)
            return fault != "hangup"
        return False

    def _count(self, change: int) -> None:
        with self._changed:
            self.open += change
            self._changed.notify_all()


@contextlib.contextmanager
def served() -> Iterator[int]:
    """The API at a port of this machine; each request has its own thread and connection."""
    server = make_server("127.0.0.1", 0, _asked, _Server, _Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _asked(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    try:
        return [b"".join(application(environ, start_response))]
    finally:
        connections.close_all()


def _message(of: socket.socket) -> bytes:
    """One HTTP message with a Content-Length, or none; b"" when nobody is there any more."""
    text = b""
    while b"\r\n\r\n" not in text:
        part = of.recv(65536)
        if not part:
            return b""
        text += part
    head, _, body = text.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    while len(body) < int(length[1] if length else 0):
        body += of.recv(65536)
    return head + b"\r\n\r\n" + body
