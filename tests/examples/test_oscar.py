"""A real django-oscar shop beside a real Habitué: an account, orders, points at the checkout."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from habitue import client
from tests import ports
from tests.faults.test_supervisor import LINUX, PATIENCE, House, until

pytestmark = [LINUX, pytest.mark.slow, pytest.mark.xdist_group("oscar")]
EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "oscar_shop"
ADDRESS: Final = {
    "first_name": "Alice",
    "last_name": "Martin",
    "line1": "1 rue des Amis",
    "line4": "Paris",
    "postcode": "75001",
    "country": "FR",
}

DONE: Final = "done\n"
OFFICE: Final = """
import sys
import django
from django.core.management import call_command

django.setup()
for line in sys.stdin:
    call_command(*line.split())
    print("done", flush=True)
"""


class Shop:
    """The shop's process, and a visitor in it."""

    def __init__(self, folder: Path, house: House, key: str) -> None:
        self._held = ports.held()
        port = ports.number(self._held)
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "shop.settings",
            "PYTHONPATH": str(EXAMPLE),
            "PYTHONWARNINGS": "ignore",
            "SHOP_DATABASE": str(folder / "shop.sqlite3"),
            "SHOP_TABLES_AT_ONCE": "yes",
            "HABITUE_URL": f"http://127.0.0.1:{house.port}",
            "HABITUE_KEY": key,
        }
        self.log = (folder / "shop.log").open("wb")
        self.office = subprocess.Popen(
            [sys.executable, "-c", OFFICE],
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        self.run("migrate", "--run-syncdb", "-v0")
        self.run("stock_shelves")
        command = [sys.executable, "-m", "django", "runserver", str(port), "--noreload"]
        self.server = subprocess.Popen(command, env=self.env, stdout=self.log, stderr=self.log)
        self.visitor = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=PATIENCE
        )
        until(self._answers, "the shop answers")

    def run(self, *command: str) -> None:
        """A command of the shop, in the one process that is there for them."""
        assert self.office.stdin
        assert self.office.stdout
        print(*command, file=self.office.stdin, flush=True)
        assert DONE in iter(self.office.stdout.readline, ""), Path(self.log.name).read_text()

    def page(self, path: str) -> str:
        answer = self.visitor.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, form: dict[str, Any]) -> str:
        """Fill in a form of a page; where it leads."""
        token = self.visitor.cookies.get("csrftoken") or ""
        answer = self.visitor.post(path, data={**form, "csrfmiddlewaretoken": token})
        assert answer.status_code == 200, answer.text
        return answer.text

    def end(self) -> None:
        self.visitor.close()
        self.server.terminate()
        self.server.wait(PATIENCE)
        self.office.communicate(timeout=PATIENCE)
        self.log.close()
        self._held.close()

    def _answers(self) -> bool:
        try:
            self.visitor.get("/")
        except httpx.TransportError:
            return False
        return True


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.end()


def test_points_are_earned_shown_spent_and_given_back_in_a_real_shop(
    house: House, tmp_path: Path
) -> None:
    code, printed = house.run("seed", "--tenants", "1", "--json")
    assert code == 0, printed
    tenant = json.loads(printed[printed.index("{") : printed.rindex("}") + 1])["tenants"][0]
    house.start()
    shop = Shop(tmp_path, house, tenant["keys"]["till"])
    url = f"http://127.0.0.1:{house.port}"
    try:
        with client.Client(url, tenant["keys"]["owner"]) as owner:
            walk(shop, owner)
    finally:
        shop.end()


def walk(shop: Shop, owner: client.Client) -> None:
    """Alice opens an account, buys, brings things back, and pays with points."""
    register(shop)
    start = points(owner)
    shown, first = order(shop, {"MILL": 1, "CUP": 2})
    earned = int(event(owner, first)["entries"][0]["amount"])
    assert f"{earned} points" in shown
    assert points(owner) == start + earned

    shop.run("give_back", first, "CUP", "1")
    assert start < points(owner) < start + earned
    shop.run("give_back", first, "CUP", "1")
    shop.run("give_back", first, "MILL", "1")
    assert points(owner) == start, "all that the order earned is taken back"

    order(shop, {"MILL": 2})
    rich = points(owner)
    shown, paid = order(shop, {"BEANS": 1}, points="yes")
    assert "Use" in shown
    spent = -int(event(owner, f"{paid}:points")["entries"][0]["amount"])
    entries = event(owner, paid)["entries"]
    gained = sum(int(one["amount"]) for one in entries if one["unit"] == "points")
    assert spent > 0
    assert points(owner) == rich - spent + gained
    shop.run("give_back", paid, "BEANS", "1")
    assert points(owner) == rich, "what was paid with points comes back as points"

    shop.run("tell_orders")
    assert points(owner) == rich, "told again, nothing counts twice"


def register(shop: Shop) -> None:
    shop.page("/accounts/login/")
    secret = "a-long-Secret-1"
    shop.send(
        "/accounts/login/",
        {
            "registration-email": "alice@example.org",
            "registration-password1": secret,
            "registration-password2": secret,
            "registration_submit": "Register",
        },
    )


def order(shop: Shop, goods: dict[str, int], **ticked: str) -> tuple[str, str]:
    """Put goods into the basket and order them; the last page before, and the order's number."""
    numbers = {"BEANS": 1, "CUP": 2, "MILL": 3}
    for upc, many in goods.items():
        shop.send(f"/basket/add/{numbers[upc]}/", {"quantity": many})
    shop.page("/checkout/")
    shop.send("/checkout/shipping-address/", ADDRESS)
    shop.page("/checkout/shipping-method/")
    preview = shop.page("/checkout/preview/")
    thanks = shop.send("/checkout/preview/", {"action": "place_order", **ticked})
    found = re.search(r"order number is[^0-9]*([0-9]+)", re.sub(r"<[^>]+>", "", thanks))
    assert found, thanks
    return preview, found[1]


def event(owner: client.Client, reference: str) -> dict[str, Any]:
    return owner.send(client.get(f"/events/{client.purchased('oscar', reference)}", dict[str, Any]))


def points(owner: client.Client) -> int:
    """Alice's points: she is the shop's customer number 1."""
    told = owner.send(client.get("/customers/external:1/balances", dict[str, Any]))
    return next(int(one["usable"]) for one in told["units"] if one["unit"] == "points")
