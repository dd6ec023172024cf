"""The API under load, against TPC-B on the same server: single events, batches, quotes.

The web is the product's own, with 2 processes of 32 threads; the load comes from a process of its
own over 64 connections, each asking again when it was answered. An event is a purchase with a
permanent reference: JSON in, durable commit, JSON out. Beside them stand an endpoint that does
nothing but find out who asks, and a bare one: the same web server without us.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measure import Sample, Subject, rounds, show
from benchmarks.posting import Shop
from benchmarks.server import Server, fsync_probe, running

CONNECTIONS = 64
PROCESSES = 2
THREADS = 32
SINGLE = 6_000
BATCHES, BATCH = 160, 100
GOALS = {"S": {"single": 4.0, "batch": 10.0}, "F": {"single": 0.8, "batch": 2.0}}
PERCENTILES = (50, 95, 99, 100)


class Door:
    """A web process under load: where it listens, and what was measured of it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, key: str) -> None:
        self.process, self.port, self.key = process, port, key
        self.latencies: dict[str, list[float]] = {}
        self.statuses: dict[str, dict[str, int]] = {}

    def under(
        self, name: str, make: Callable[[], list[str]], each: int = 1
    ) -> Callable[[], Sample]:
        """A round: requests made before the clock starts, spread over the connections."""

        def run() -> Sample:
            requests = make()
            parts = [requests[place::CONNECTIONS] for place in range(CONNECTIONS)]
            before = _cpu(self.process.pid)
            told = _load(self.port, parts)
            used = _cpu(self.process.pid) - before
            self.latencies.setdefault(name, []).extend(told["latencies"])
            if any(not status.startswith("2") for status in told["statuses"]):
                raise AssertionError(f"{name} was answered {told['statuses']}")
            counted = self.statuses.setdefault(name, {})
            for status, number in told["statuses"].items():
                counted[status] = counted.get(status, 0) + number
            many = len(requests) * each
            return Sample(many / told["seconds"], client=used / many * 1e6)

        return run

    def request(self, method: str, path: str, body: object = None) -> str:
        """A request as it goes over the wire."""
        text = "" if body is None else json.dumps(body, separators=(",", ":"))
        return (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}"
        )


class Traffic:
    """Requests as tills make them, each event another one."""

    def __init__(self, door: Door, shop: Shop) -> None:
        self.door, self.shop, self.count = door, shop, 0

    def single(self) -> list[str]:
        """One purchase a request."""
        events = self._events(SINGLE)
        return [self.door.request("POST", "/api/v1/events", event) for event in events]

    def batches(self) -> list[str]:
        """A hundred purchases a request."""
        events = self._events(BATCHES * BATCH)
        return [
            self.door.request(
                "POST", "/api/v1/events/batch", {"events": events[start : start + BATCH]}
            )
            for start in range(0, len(events), BATCH)
        ]

    def quotes(self) -> list[str]:
        """What a basket would earn."""
        return [
            self.door.request(
                "POST",
                "/api/v1/quotes",
                {name: event[name] for name in ("kind", "customer", "currency", "lines")},
            )
            for event in self._events(SINGLE // 2)
        ]

    def empty(self) -> list[str]:
        """Nothing but who asks."""
        return [self.door.request("GET", "/api/v1/status")] * SINGLE

    def _events(self, many: int) -> list[dict[str, Any]]:
        made = []
        for member in self.shop.chance.choices(self.shop.members, k=many):
            self.count += 1
            amount = self.shop.chance.randrange(100, 9_000)
            made.append(
                {
                    "kind": "purchase",
                    "customer": str(member),
                    "currency": "EUR",
                    "lines": [{"amount": amount, "sku": "beans"}],
                    "source": "till",
                    "reference": f"a{self.count}",
                }
            )
        return made


def main(profile: str, times: int) -> None:
    """Measure one disk profile."""
    with running(profile) as server:
        server.prepare_tpcb()
        shop = Shop()
        with _web("habitue.site.web", _key(shop)) as door, _web("benchmarks.bare", "") as bare:
            traffic = Traffic(door, shop)
            goals = GOALS[profile]
            subjects = [
                Subject(
                    "one event a request", door.under("one event", traffic.single), goals["single"]
                ),
                Subject(
                    f"{BATCH} events a request",
                    door.under(f"{BATCH} events", traffic.batches, BATCH),
                    goals["batch"],
                ),
                Subject("quote", door.under("quote", traffic.quotes)),
                Subject("empty endpoint", door.under("empty", traffic.empty)),
                Subject("bare endpoint", bare.under("bare", traffic.empty)),
            ]
            for subject in subjects:
                subject.run = _with_server_cpu(server, subject.run)
            rows = rounds(times, Subject("TPC-B, 4 clients", server.tpcb), subjects)
            _show(profile, rows, (door, bare), shop)


def _show(profile: str, rows: list[Any], doors: tuple[Door, ...], shop: Shop) -> None:
    from habitue import ledger

    broken = ledger.verify(shop.business)
    by_name = {row.name: row for row in rows}
    quote = by_name["empty endpoint"].rate / by_name["quote"].rate
    disk = "native disk" if profile == "F" else "slow disk emulated, +1 ms a WAL flush"
    notes = [
        f"profile {profile}: {disk}; {fsync_probe()}; {CONNECTIONS} connections",
        f"quote: {quote:.2f} times an empty endpoint (≤ 3)",
        f"ledger verified: {broken if broken else 'sound'}",
    ]
    for door in doors:
        for name, latencies in door.latencies.items():
            found = sorted(latencies)
            said = ", ".join(
                f"{'worst' if part == 100 else f'p{part}'} {_percentile(found, part):.1f} ms"
                for part in PERCENTILES
            )
            notes.append(f"{name}: {said}; answers {door.statuses[name]}")
            notes += _histogram(found)
    show(f"the API against TPC-B, profile {profile}", rows, notes)


def _percentile(found: list[float], part: int) -> float:
    return found[min(len(found) - 1, len(found) * part // 100)] * 1e3


def _histogram(found: list[float]) -> list[str]:
    """How many answers took how long, in doubling steps of milliseconds."""
    lines, low, step = [], 0.0, 0.001
    while low < found[-1]:
        many = sum(1 for one in found if low <= one < step)
        if many:
            bar = "█" * max(1, round(40 * many / len(found)))
            lines.append(f"    < {step * 1e3:5.0f} ms {bar} {many:,}")
        low, step = step, step * 2
    return lines


def _with_server_cpu(server: Server, run: Callable[[], Sample]) -> Callable[[], Sample]:
    def measured() -> Sample:
        before, begin = server.cpu(), time.perf_counter()
        sample = run()
        sample.server = (
            (server.cpu() - before) / (sample.rate * (time.perf_counter() - begin)) * 1e6
        )
        return sample

    return measured


def _key(shop: Shop) -> str:
    from habitue.members import keys
    from habitue.members.models import ApiKey, Business

    business = Business.objects.get(pk=shop.business)
    scope = ApiKey.Scope.TILL
    return keys.make(business, name="load", scope=scope, by=None, at=datetime.now(UTC))[1]


@contextmanager
def _web(module: str, key: str) -> Iterator[Door]:
    """A web process of ours, ready to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        **os.environ,
        "PORT": str(port),
        "WEB_THREADS": str(THREADS),
        "WEB_PROCESSES": str(PROCESSES),
        "API_RATE": "1000000",
        "API_BURST": "10000000",
    }
    process = subprocess.Popen([sys.executable, "-m", module], env=env)
    try:
        _await(port)
        yield Door(process, port, key)
    finally:
        process.terminate()
        process.wait(30)


def _await(port: int) -> None:
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")


def _load(port: int, connections: list[list[str]]) -> dict[str, Any]:
    asked = json.dumps({"port": port, "connections": connections})
    command = [sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _cpu(pid: int) -> float:
    """Seconds of CPU that a process and its children have used."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = 0.0
    for one in (pid, *map(int, children)):
        fields = Path(f"/proc/{one}/stat").read_text().rsplit(") ", 1)[1].split()
        found += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found
