"""A bare endpoint: our web server with nothing behind it, for the load to compare with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.server import Server


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Read what was sent, answer an empty object."""
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"{}"]


if __name__ == "__main__":
    Server(
        target="benchmarks.bare:application",
        address="127.0.0.1",
        port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=int(os.environ["WEB_PROCESSES"]),
        blocking_threads=int(os.environ["WEB_THREADS"]),
        log_enabled=False,
    ).serve()
