"""Tills post through the API while everything is killed: nothing told is lost, or twice.

Every till posts purchases of 1.00 under references of its own and repeats each until answered.
Then, cycle by cycle, the whole tree, the database, the web process or the worker is killed. In the
end every reference is there once, every acknowledged event under the number that was told, and the
balances are what the purchases come to. `make kills` does this 100 + 50 + 50 times.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

import pytest

from habitue.site import database
from tests.faults.test_supervisor import LINUX, PATIENCE, House, kill, until

KILLS: Final = {
    "tree": int(os.environ.get("HABITUE_KILLS_TREE", "4")),
    "database": int(os.environ.get("HABITUE_KILLS_DATABASE", "8")),
    "web": int(os.environ.get("HABITUE_KILLS_WEB", "4")),
    "worker": int(os.environ.get("HABITUE_KILLS_WORKER", "4")),
}
TILLS: Final = 8
pytestmark = [LINUX, pytest.mark.slow, pytest.mark.timeout(7200), pytest.mark.xdist_group("kills")]


@dataclass
class Till:
    """One that posts, and remembers what it was told."""

    house: House
    name: str
    key: str
    customers: list[str]
    told: dict[str, str] = field(default_factory=dict)
    repeated: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Post until it is over; the last one too is repeated until it is answered."""
        count = 0
        while not self.over.is_set():
            count += 1
            reference = f"{self.name}-{count}"
            self.told[reference] = self._surely(reference, self.customers[count % 7])

    def _surely(self, reference: str, customer: str) -> str:
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            with suppress(OSError, http.client.HTTPException, ValueError):
                status, told = self._once(reference, customer)
                if status == 201:
                    return str(told["id"])
                assert status in (429, 500, 503), told
            self.repeated += 1
            time.sleep(0.05)
        raise TimeoutError(f"{reference} was not answered in 300 s")

    def _once(self, reference: str, customer: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=30)
        body = {
            "kind": "purchase",
            "customer": customer,
            "currency": "EUR",
            "amount": 100,
            "source": "kills",
            "reference": reference,
        }
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            connection.request("POST", "/api/v1/events", json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.end()


def test_whatever_is_killed_nothing_told_is_lost_or_counted_twice(house: House) -> None:
    code, printed = house.run("seed", "--tenants", "1", "--json")
    assert code == 0, printed
    tenant = json.loads(printed[printed.index("{") : printed.rindex("}") + 1])["tenants"][0]
    people = [one["customer"] for one in tenant["members"]] + tenant["not_enrolled"]
    customers = (people * 7)[:7]
    tills = [
        Till(house, f"till{number}", tenant["keys"]["till"], customers) for number in range(TILLS)
    ]
    house.start()
    threads = [threading.Thread(target=till.work) for till in tills]
    for thread in threads:
        thread.start()
    try:
        recovered = [strike(house, what) for what in order()]
    finally:
        for till in tills:
            till.over.set()
        for thread in threads:
            thread.join(600)
    assert not any(thread.is_alive() for thread in threads)
    told = {name: event for till in tills for name, event in till.told.items()}
    print(
        f"{len(told):,} acknowledged, {sum(till.repeated for till in tills):,} repeated,"
        f" back in {median(recovered):.1f} s (median), {max(recovered):.1f} s (worst)"
    )
    assert max(recovered) <= PATIENCE
    assert there(house) == told
    code, printed = house.run("verify", "--business", tenant["business"]["slug"])
    assert code == 0, printed


def order() -> list[str]:
    """What is killed, in an order drawn once for all."""
    drawn = [what for what, times in KILLS.items() for _ in range(times)]
    random.Random(6).shuffle(drawn)
    return drawn


def strike(house: House, what: str) -> float:
    """Kill something at some moment of the load; seconds until a health check is well again."""
    time.sleep(random.Random(len(house.started)).uniform(0.2, 0.8))
    words = {"web": "habitue.site.web", "worker": "habitue.site.worker"}
    if what in words:  # it may have been killed just now
        until(lambda: any(words[what] in one for one in house.processes().values()), "back")
    begin = time.monotonic()
    if what == "tree":
        for pid in house.processes():
            kill(pid)
        until(lambda: not house.processes(), "gone")
        house.start()
    else:
        victim = house.postmaster() if what == "database" else house.process(words[what])
        kill(victim)
        until(lambda: victim not in house.processes(), "gone")
        until(house.healthy, "healthy again")
    return time.monotonic() - begin


def there(house: House) -> dict[str, str]:
    """Every reference of the tills that is in the ledger, with its event: each once."""
    with database.connect(house.env()) as connection:
        rows = connection.execute(
            "SELECT reference, event_id::text FROM ledger_reference WHERE source = 'kills'"
        ).fetchall()
        (events,) = connection.execute(
            "SELECT count(*) FROM ledger_event JOIN ledger_reference ON event_id = id"
            " WHERE source = 'kills' AND kind = 'purchase' AND refusal IS NULL"
        ).fetchone() or (0,)
    assert events == len(rows)
    return {str(reference): str(event) for reference, event in rows}
