"""A load of HTTP requests from a process of its own: so many connections, each asking in turn.

Reads from standard input, as JSON, the port and the requests of each connection; writes how many
were answered how, how fast, and every latency, so that the parent draws a histogram. A connection
sends its next request when the last was answered, as a till does.
"""

from __future__ import annotations

import asyncio
import functools
import json
import sys
import time
from collections import Counter


class Asking(asyncio.Protocol):
    """One connection and the requests it still has to make."""

    def __init__(self, requests: list[bytes], tell: Tell) -> None:
        self.requests = iter(requests)
        self.tell = tell
        self.buffer = b""
        self.sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Take an answer when it is whole, then ask again."""
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        start = lower.index(b"content-length:") + 15
        length = int(lower[start:].split(b"\r\n", 1)[0])
        if len(rest) < length:
            return
        self.buffer = rest[length:]
        self.tell.latencies.append(time.perf_counter() - self.sent)
        self.tell.statuses[head[9:12].decode()] += 1
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        """The server went away: what was asked last has no answer."""
        if not self.done.done():
            self.tell.statuses["lost"] += 1
            self.done.set_result(None)

    def _next(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.done.set_result(None)
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(request)


class Tell:
    """What came of it."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self.statuses: Counter[str] = Counter()


async def run(port: int, connections: list[list[bytes]]) -> dict[str, object]:
    """Make all requests; what came of them."""
    tell = Tell()
    loop = asyncio.get_running_loop()
    cpu, begin = time.process_time(), time.perf_counter()
    asking = []
    for requests in connections:
        one = Asking(requests, tell)
        await loop.create_connection(functools.partial(_itself, one), "127.0.0.1", port)
        asking.append(one.done)
    await asyncio.gather(*asking)
    return {
        "seconds": time.perf_counter() - begin,
        "cpu": time.process_time() - cpu,
        "latencies": tell.latencies,
        "statuses": dict(tell.statuses),
    }


def _itself(one: Asking) -> Asking:
    return one


def main() -> None:
    """Do what standard input says."""
    asked = json.load(sys.stdin)
    connections = [[text.encode() for text in texts] for texts in asked["connections"]]
    json.dump(asyncio.run(run(asked["port"], connections)), sys.stdout)


if __name__ == "__main__":
    main()
