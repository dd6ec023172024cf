"""The counter without a network: nothing lost, nothing twice, nothing green before its commit."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import segno
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, expect
from pytest_django.live_server_helper import LiveServer

from habitue import ledger
from habitue.ledger import joining
from habitue.members import cards, customers, devices, staff
from habitue.members.models import Business, CodeRefusal, Customer, OfflineScan
from habitue.pages import access
from tests.browser import product as real
from tests.browser import stills
from tests.browser.watch import PHONE, Watch
from tests.pages.conftest import make_shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SIGNS = """
window.greens = [];
new MutationObserver(() => {
  for (const sign of document.querySelectorAll('.good, .done')) {
    if (sign.checkVisibility()) greens.push([Date.now(), sign.textContent.trim()]);
  }
}).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
"""

# When the camera first shows more than the grey wall, told to the page that comes next.
SHOWN = """
addEventListener('DOMContentLoaded', () => {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', {willReadFrequently: true});
  const watch = () => {
    const video = document.querySelector('#camera video');
    if (!video || sessionStorage.getItem('shown')) return;
    if (video.videoWidth) {
      context.drawImage(video, 0, 0, 64, 64);
      const grey = context.getImageData(0, 0, 64, 64).data.filter((_, i) => i % 4 === 0);
      if (Math.max(...grey) - Math.min(...grey) > 80) {
        sessionStorage.setItem('shown', performance.timeOrigin + performance.now());
      }
    }
    requestAnimationFrame(watch);
  };
  watch();
});
"""
READ = """async (photos) => {
  const { look } = await import('/static/pages/look.js');
  const read = [];
  for (const [, address] of photos) {
    const image = new Image();
    image.src = address;
    await image.decode();
    read.push(look(image, image.naturalWidth, image.naturalHeight));
  }
  return read;
}"""

# Eight actions at once, begun and not waited for.
KEEP = """async (code) => {
  const { keep } = await import('/static/pages/queue.js');
  window.kept = Promise.all(Array.from({length: 8}, () => keep({code, kind: 'visit', size: 1})));
}"""


@pytest.fixture(autouse=True)
def in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright keeps a loop in this thread; the database here is asked by nobody else in it."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


class Counter:
    """A phone at the counter whose browser can be killed and started again."""

    def __init__(self, playwright: Playwright, address: str, home: Path) -> None:
        self.playwright, self.home = playwright, home
        self.shop = make_shop("Café des Amis")
        self.address = f"{address}/s/{self.shop.counter_key}"
        self.staff = staff.add_cashier(self.shop, name="Diego", pin="4711")
        self.context = self._start()

    def _start(self) -> BrowserContext:
        context: BrowserContext = self.playwright.chromium.launch_persistent_context(
            self.home,
            executable_path=os.environ.get("HABITUE_CHROMIUM") or None,
            args=real.FLAGS,
            viewport=PHONE,
            locale="fr-FR",
        )
        context.set_default_timeout(real.PATIENCE * 1000)
        context.add_init_script(SIGNS)
        return context

    def open(self) -> Page:
        page = self.context.new_page()
        page.goto(self.address)
        return page

    def sign_in(self, page: Page) -> None:
        enter(page, self.address)
        expect(page.get_by_role("heading", name="Scannez la carte")).to_be_visible()
        expect(page.locator("#queue")).to_have_attribute("data-ready", "true")
        until = time.monotonic() + real.PATIENCE
        while not page.evaluate("Boolean(navigator.serviceWorker.controller)"):
            assert time.monotonic() < until
            page.wait_for_timeout(50)

    def kill(self) -> None:
        """As a phone that is out of battery: no good-bye."""
        session = self.context.browser.new_browser_cdp_session() if self.context.browser else None
        if session is None:
            session = self.context.new_cdp_session(self.context.pages[0])
        found = session.send("SystemInfo.getProcessInfo")["processInfo"]
        (browser,) = [one["id"] for one in found if one["type"] == "browser"]
        os.kill(browser, signal.SIGKILL)

    def again(self, *, offline: bool) -> None:
        self.context = self._start()
        self.context.set_offline(offline)


@pytest.fixture
def counter(live_server: LiveServer, playwright: Playwright, tmp_path: Path) -> Iterator[Counter]:
    made = Counter(playwright, live_server.url, tmp_path / "phone")
    yield made
    made.context.close()


@pytest.fixture
def browser(live_server: LiveServer, playwright: Playwright) -> Iterator[Browser]:
    """Closed before the server, so that no request is left in the database."""
    made = real.launch(playwright)
    yield made
    made.close()


def enter(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Code PIN").fill("4711")
    page.get_by_role("button", name="Commencer").click()


def member(shop: Business, name: str) -> Customer:
    address = f"{name.lower()}@example.org"
    key = customers.find_or_create_many(shop, "email", [address])[address]
    Customer.objects.filter(pk=key).update(name=name)
    made = Customer.objects.get(pk=key)
    joining.welcome(made, at=timezone.now() - timedelta(days=2))
    return made


def stamp_offline(page: Page, code: str, count: int) -> None:
    """Opened, one tap, and it lies on the phone."""
    page.get_by_label("N° de carte").fill(code)
    page.get_by_role("button", name="Ouvrir").click()
    page.get_by_role("button", name="+1").click()
    expect(page.locator("#queue")).to_have_attribute("data-count", str(count))
    expect(page.locator(".kept")).to_be_visible()


def photograph_offline(page: Page, code: str, count: int, folder: Path) -> None:
    """A photo of the code, one tap, and it lies on the phone."""
    picture = folder / "photo.png"
    segno.make(code).save(str(picture), scale=7, border=6)
    page.locator("#photo input").set_input_files(picture)
    page.get_by_role("button", name="+1").click()
    expect(page.locator("#queue")).to_have_attribute("data-count", str(count))


def greens(page: Page) -> list[str]:
    """Every green sign that this page has shown so far."""
    shown: list[str] = page.evaluate("greens.map(([at, text]) => text)")
    return shown


def visits(shop: Business) -> int:
    """What stands in the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_event"
            " WHERE business_id = %s AND kind = 'visit' AND refusal IS NULL",
            [shop.pk],
        )
        return int(cursor.fetchone()[0])


def test_twenty_scans_without_a_network(counter: Counter, tmp_path: Path) -> None:
    people = [member(counter.shop, name) for name in ("Alice", "Bruno", "Chiara", "Emma")]
    numbers = [one.member.number for one in people] * 5
    page = counter.context.new_page()
    counter.sign_in(page)
    counter.context.set_offline(True)
    for place in range(6):
        stamp_offline(page, numbers[place], place + 1)
    photograph_offline(page, cards.code(people[2].cards.get(), at=timezone.now()), 7, tmp_path)
    assert greens(page) == []
    page.reload()  # from the phone itself
    expect(page.get_by_label("Chercher par nom")).to_have_count(0)
    expect(page.locator(".state")).to_have_text("Hors ligne · 7 en attente")
    for place in range(7, 12):
        stamp_offline(page, numbers[place], place + 1)
    assert greens(page) == []
    page.close()
    page = counter.open()
    for place in range(12, 16):
        stamp_offline(page, numbers[place], place + 1)
    assert greens(page) == []
    counter.kill()
    counter.again(offline=True)
    page = counter.open()
    expect(page.locator(".state")).to_have_text("Hors ligne · 16 en attente")
    for place in range(16, 20):
        stamp_offline(page, numbers[place], place + 1)
    assert (greens(page), visits(counter.shop)) == ([], 0)

    dropped: list[int] = []

    def drop(route: Route) -> None:
        if len(dropped) < 3:
            dropped.append(route.fetch().status)  # the server has it; the phone never hears of it
            return route.abort()
        return route.continue_()

    page.route("**/queue", drop)
    counter.context.set_offline(False)
    over = page.locator("#queue[data-count='0'], .pin:not([hidden])")
    expect(over).to_be_attached()
    if page.locator(".pin").is_visible():  # the session's cookie died with the browser
        counter.sign_in(page)
    expect(page.locator("#queue")).to_have_attribute("data-count", "0")
    expect(page.locator(".arrived")).to_have_text("20 enregistrés")
    assert dropped == [200, 200, 200]
    assert visits(counter.shop) == 20
    assert OfflineScan.objects.filter(refused="").count() == 20
    committed = OfflineScan.objects.latest("received_at").received_at.timestamp() * 1000
    assert page.evaluate("greens.length") >= 1
    assert page.evaluate("greens[0][0]") >= committed
    assert ledger.verify(counter.shop.pk) == []
    assert ledger.replay(counter.shop.pk) == []


def test_a_camera_opens_the_sheet_and_one_tap_stamps(
    live_server: LiveServer, playwright: Playwright, tmp_path: Path
) -> None:
    shop = make_shop("Café des Amis")
    alice = member(shop, "Alice")
    diego = staff.add_cashier(shop, name="Diego", pin="4711")
    code = cards.code(alice.cards.get(), at=timezone.now())
    browser = real.launch(playwright, film=real.film(code, tmp_path / "camera.y4m", empty=25))
    page = browser.new_page(viewport=PHONE, locale="fr-FR")
    page.add_init_script(SHOWN)
    enter(page, f"{live_server.url}/s/{shop.counter_key}")
    page.wait_for_url("**/m/*")
    opened = page.evaluate("performance.timeOrigin + performance.now()")
    shown = page.evaluate("Number(sessionStorage.getItem('shown'))")
    assert shown
    print("from the picture to the sheet:", round(opened - shown), "ms")
    assert opened - shown < 1_000 * max(2, 10 * real.opening(page))
    page.get_by_role("button", name="+1").click()
    expect(page.locator(".done")).to_have_text("+1")
    assert visits(shop) == 1

    # The same code again, and one whose minute is over: refused with a sentence, and written down.
    page.goto(f"{live_server.url}/s/{shop.counter_key}")
    old = cards.code(alice.cards.get(), at=timezone.now() - timedelta(seconds=61))
    for text, sentence in ((code, re.compile("déjà servi|expiré")), (old, "expiré")):
        page.get_by_label("N° de carte").fill(text)
        page.get_by_role("button", name="Ouvrir").click()
        expect(page.locator("#problem")).to_contain_text(sentence)
    assert CodeRefusal.objects.filter(card=alice.cards.get(), staff=diego).count() == 2
    browser.close()


def test_photos_as_people_take_them_are_read(live_server: LiveServer, browser: Browser) -> None:
    shop = make_shop("Café des Amis")
    photos = list(stills.stills())
    page = browser.new_page()
    page.goto(f"{live_server.url}/s/{shop.counter_key}/kept")
    read = page.evaluate(READ, photos)
    assert len(photos) == 50
    assert sum(found == code for found, (code, _) in zip(read, photos, strict=True)) >= 45
    assert all(found in (None, code) for found, (code, _) in zip(read, photos, strict=True))


def test_two_pages_of_one_phone_never_give_a_number_twice(
    live_server: LiveServer, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = make_shop("Café des Amis")
    code = f"m:{member(shop, 'Alice').pk}"
    staff.add_cashier(shop, name="Diego", pin="4711")
    first = browser.new_context(locale="fr-FR").new_page()
    asked, answered, told = Event(), Event(), access.told_device

    def late(*who: Any, **known: Any) -> Any:
        """The second page comes while the first still asks."""
        if not asked.is_set():
            asked.set()
            assert answered.wait(real.PATIENCE)
        return told(*who, **known)

    monkeypatch.setattr(access, "told_device", late)
    enter(first, f"{live_server.url}/s/{shop.counter_key}")
    expect(first.get_by_role("heading", name="Scannez la carte")).to_be_visible()
    assert asked.wait(real.PATIENCE)
    second = first.context.new_page()
    second.goto(first.url)
    expect(second.locator("#queue")).to_have_attribute("data-ready", "false")
    second.wait_for_timeout(500)
    answered.set()
    for page in (first, second):
        expect(page.locator("#queue")).to_have_attribute("data-ready", "true")
    first.context.set_offline(True)
    for page in (first, second):
        page.evaluate(KEEP, code)
    for page in (first, second):
        page.evaluate("kept")
    first.context.set_offline(False)
    for page in (first, second):
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator(".refused")).to_be_hidden()
    until = time.monotonic() + real.PATIENCE
    while visits(shop) < 16 and time.monotonic() < until:
        first.wait_for_timeout(100)
    assert visits(shop) == 16
    numbers = OfflineScan.objects.filter(refused="").values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, 17))


def test_what_was_refused_is_told_until_it_is_read(
    live_server: LiveServer, browser: Browser
) -> None:
    shop = make_shop("Café des Amis")
    alice = member(shop, "Alice")
    card = alice.cards.get()
    diego = staff.add_cashier(shop, name="Diego", pin="4711")
    address = f"{live_server.url}/s/{shop.counter_key}"
    watch = Watch(live_server.url)
    page = watch.phone(browser)
    enter(page, address)
    expect(page.get_by_role("heading", name="Scannez la carte")).to_be_visible()
    device = page.locator("#queue")
    expect(device).to_have_attribute("data-ready", "true")
    page.context.set_offline(True)
    code = cards.code(card, at=timezone.now())
    cards.read(code, business=shop.pk, staff=diego, at=timezone.now())  # at another counter
    page.get_by_label("N° de carte").fill(code)
    page.get_by_role("button", name="Ouvrir").click()
    watch.screen(page, "counter: sheet without a network")
    page.get_by_role("button", name="+1").click()
    expect(page.locator(".kept")).to_be_visible()
    page.locator(".badge summary").click()
    watch.screen(page, "counter: what waits")
    page.context.set_offline(False)
    told = page.locator(".refused")
    expect(told).to_contain_text("Ce code avait déjà servi")
    expect(device).to_have_attribute("data-count", "0")
    watch.screen(page, "counter: what was refused")
    page.reload()
    expect(told).to_contain_text("Ce code avait déjà servi")
    told.get_by_role("button", name="J’ai lu").click()
    expect(told).to_be_hidden()
    (one,) = devices.listed(shop)
    devices.revoke(one.device, by=None, at=timezone.now())
    page.reload()
    expect(page.get_by_label("Code PIN")).to_be_visible()
    assert visits(shop) == 0
    watch.all_well()
