"""Whatever happens to the line, a call is done once, and the program knows how it stands."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from habitue import client
from habitue.client.asking import Ask
from tests import ports
from tests.api import world
from tests.client import serving
from tests.client.serving import Line

T = TypeVar("T")

WAYS = ("waiting", "asyncio")
FAULTS = {
    "waiting": ("lost", "half", "late", "busy", "defect", "limited"),
    "asyncio": ("lost", "late", "limited"),
}
BOUGHT = {"kind": "purchase", "customer": "external:alice", "currency": "EUR", "amount": 1000}


def bought() -> Ask[client.Event]:
    """Ten points, under no reference: nothing but its key keeps it from counting twice."""
    return client.do("POST", "/events", BOUGHT, client.Event)


def send(way: str, line: Line, key: str, ask: Ask[client.Event], **more: float) -> client.Event:
    tries, timeout = int(more.get("tries", 5)), more.get("timeout", 60.0)
    if way == "waiting":
        with client.Client(line.url, key, timeout=timeout, tries=tries) as till:
            return till.send(ask)

    async def sent() -> client.Event:
        async with client.AsyncClient(line.url, key, timeout=timeout, tries=tries) as till:
            return await till.send(ask)

    return aside(sent())


def aside(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread: a browser of an earlier test may have a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def points(cafe: world.Place, line: Line) -> int:
    line.faults.clear()
    with client.Client(line.url, cafe.read) as reader:
        told = reader.send(client.balances("external:alice"))
    return next(int(one.usable) for one in told.units if one.unit == "points")


@pytest.mark.parametrize("way", WAYS)
def test_a_bad_line_doubles_and_loses_nothing(way: str, cafe: world.Place, line: Line) -> None:
    before = points(cafe, line)
    for done, fault in enumerate(FAULTS[way], 1):
        line.seen.clear()
        line.faults.extend([fault, fault])
        timeout = 2.0 if fault == "late" else 60.0
        told = send(way, line, cafe.till, bought(), timeout=timeout)
        assert told.balances["points"] == str(before + 10 * done), fault
        assert len(line.seen) == 3, fault
        assert len(line.keys()) == 1, fault
        assert points(cafe, line) == before + 10 * done, fault


@pytest.mark.parametrize("way", WAYS)
def test_no_answer_in_all_attempts_may_be_asked_again_later(
    way: str, cafe: world.Place, line: Line
) -> None:
    before = points(cafe, line)
    line.faults.extend(["lost", "lost"])
    with pytest.raises(client.Unreachable, match="no answer") as lost:
        send(way, line, cafe.till, bought(), tries=2)
    assert points(cafe, line) == before + 10, "it was done, and nobody was told"
    again = send(way, line, cafe.till, lost.value.ask)
    assert again.balances["points"] == str(before + 10)
    assert points(cafe, line) == before + 10


def test_a_server_that_is_not_up_yet_is_waited_for(cafe: world.Place) -> None:
    lines: list[Line] = []
    with serving.served() as upstream, ports.held() as free:
        port = ports.number(free)
        late = threading.Timer(0.3, lambda: lines.append(Line(upstream, port)))
        late.start()
        with client.Client(f"http://127.0.0.1:{port}/", cafe.till, tries=20) as till:
            assert till.send(bought()).balances
        late.join()
        lines[0].close()


def test_nobody_there_is_said_so(cafe: world.Place) -> None:
    with (
        ports.held() as free,
        client.Client(f"http://127.0.0.1:{ports.number(free)}", cafe.till, tries=2) as till,
        pytest.raises(client.Unreachable, match="refused"),
    ):
        till.send(bought())


def test_who_must_wait_long_is_told_at_once(cafe: world.Place, line: Line) -> None:
    line.faults.append("locked")
    with pytest.raises(client.Problem) as told:
        send("waiting", line, cafe.till, bought())
    assert (told.value.status, told.value.retry_after, len(line.seen)) == (429, 900, 1)


def test_whoever_stands_between_may_answer_anything(cafe: world.Place, line: Line) -> None:
    line.faults.append("portal")
    with pytest.raises(client.Unreachable, match="cannot be read") as lost:
        send("waiting", line, cafe.till, bought())
    assert send("waiting", line, cafe.till, lost.value.ask).balances
    line.faults.append("moved")
    with pytest.raises(client.Problem, match="status 301"):
        send("waiting", line, cafe.till, bought())
    line.faults.extend(["gateway"] * 2)
    with pytest.raises(client.Problem, match="502"):
        send("waiting", line, cafe.till, bought(), tries=2)


def test_connections_are_kept_and_closed(cafe: world.Place, line: Line) -> None:
    with client.Client(line.url, cafe.till) as till:
        till.send(bought())
        till.send(bought())
        assert line.open == 1
        line.faults.append("hangup")
        till.send(bought())
        till.send(bought())
    assert line.quiet()

    async def twice() -> None:
        async with client.AsyncClient(line.url, cafe.till) as till:
            await till.send(bought())
            await till.send(bought())
            assert line.open == 1

    aside(twice())
    assert line.quiet()


def test_a_problem_says_what_and_where(cafe: world.Place, line: Line) -> None:
    with client.Client(line.url, cafe.till) as till:
        with pytest.raises(client.Problem) as poor:
            till.send(client.redeem("external:bruno", "five", reference="R-9"))
        assert (poor.value.status, poor.value.code) == (409, "insufficient")
        assert poor.value.values
        assert poor.value.event
        with pytest.raises(client.Problem, match="/body/lines/0/amount") as wrong:
            till.send(
                client.purchase("external:bruno", [{"amount": -1}], currency="EUR", reference="1")
            )
        assert [one.pointer for one in wrong.value.errors] == ["/body/lines/0/amount"]
    with client.Client(line.url, "hk_till_nobody") as nobody:
        with pytest.raises(client.Problem) as unknown:
            nobody.send(client.rewards())
        assert (unknown.value.status, unknown.value.code) == (401, "credential")


def test_what_can_be_no_address_and_no_key_is_refused_before_anything_is_sent() -> None:
    for url, key in (
        ("localhost:8000", "hk_a"),
        ("https://x.test", "hk_…"),
        ("http://x.test", "a\n"),
    ):
        with pytest.raises(ValueError, match=r"key|address"):
            client.Client(url, key)
