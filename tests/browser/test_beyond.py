"""What goes beyond points, looked at: every page in three languages, light and dark, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, Playwright
from pytest_django.live_server_helper import LiveServer

from habitue.core import facts
from habitue.ledger import draws, households, payments
from habitue.members import partners, staff
from habitue.members.models import Customer
from tests.browser import product as real
from tests.browser.watch import THEMES, Watch
from tests.pages.program import town as made

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FEE = "fee: {every: year, price: 49.00}\n"
BENEFITS = (
    "benefits: [{id: delivery, title: {en: Free delivery, fr: Livraison offerte, it: Consegna},"
    " uses: {times: 3, per: year}, saves: 6.00, minimum_order: 20.00}]\n"
)


class Street:
    """A shop in the middle of its life, and the addresses of its pages."""

    def __init__(self) -> None:
        day, noon = made.yesterday()
        self.shop = made.make_town("Le Quartier", made.TOWN + FEE + BENEFITS)
        self.alice = self._member("Alice Martin-Desrousseaux", noon)
        self.bruno = self._member("Bruno", noon)
        now = timezone.now()
        draws.confirm(self.shop.pk, country="FR", by="zoe", now=noon)
        draws.open_period(self.shop.pk, "daily", day, now=noon)
        draws.open_due(self.shop.pk, now=now)
        for who in (self.alice, self.bruno):
            made.buys(self.shop, who, 6_000, at=noon)
        made.buys(self.shop, self.alice, 2_450, partner="bakery")
        made.post(self.shop, self.alice, facts.Redemption("tree"), at=timezone.now())
        draws.close(self.shop.pk, "daily", day, now=now)
        draws.reveal(self.shop.pk, "daily", day, now=now)
        households.join(self.shop.pk, self.alice.pk, self.bruno.pk, now=now)
        payments.record(
            self.shop.pk, "partner", "bakery",
            money=10, day=now.date(), reference="B-2026-11", now=now, note="Virement",
        )  # fmt: skip
        self.token = partners.issue(self.shop, "bakery", at=now)
        self.month, self.day = f"{now:%Y-%m}", day.isoformat()
        self.user = User.objects.create_user("zoe@example.org", "zoe@example.org")
        staff.add_owner(self.shop, self.user)

    def _member(self, name: str, before: datetime) -> Customer:
        who = made.make_neighbor(self.shop, name.split()[0])
        who.name = name
        who.save()
        made.post(self.shop, who, facts.FeePaid(4_900, "EUR"), at=before)
        return who

    def pages(self) -> dict[str, str]:
        """Each page's name and path."""
        customer, slug = f"/customers/{self.alice.pk}", self.shop.slug
        return {
            "draws": "/program/draws",
            "draw": f"/program/draws/daily/{self.day}",
            "proof": f"/draws/{slug}/daily/{self.day}",
            "partners": "/program/partners",
            "partner": "/program/partners/bakery",
            "partner month": f"/program/partners/bakery/{self.month}",
            "own statements": f"/p/{self.token}",
            "own month": f"/p/{self.token}/{self.month}",
            "causes": "/program/causes",
            "cause": "/program/causes/trees",
            "customer": customer,
            "fee": f"{customer}/fee",
            "household": f"{customer}/household",
            "merge": f"{customer}/merge",
            "give": f"{customer}/give",
            "card": f"/c/{self.alice.cards.get().token}",
            "sheet": f"/s/{self.shop.counter_key}/m/{self.alice.pk}",
        }


@pytest.fixture(autouse=True)
def in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright keeps a loop in this thread; the database here is asked by nobody else in it."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def browser(playwright: Playwright) -> Iterator[Browser]:
    made_one = real.launch(playwright)
    yield made_one
    made_one.close()


def signed_in(page: Page, address: str, user: User) -> None:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": address}]
    )


def speaks(page: Page, address: str, language: str) -> None:
    page.context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address}]
    )


def test_every_page_beyond_points_is_well(live_server: LiveServer, browser: Browser) -> None:
    street, address = Street(), live_server.url
    watch = Watch(address)
    page = watch.phone(browser)
    signed_in(page, address, street.user)
    for place, (name, path) in enumerate(street.pages().items()):
        first, other = THEMES[place % 2], THEMES[1 - place % 2]
        for language, theme in (("fr", first), (("it", "en")[place % 3 == 0], other)):
            speaks(page, address, language)
            page.goto(address + path)
            assert page.locator("h1").count() == 1, path
            watch.glance(page, f"beyond: {name} {language}", theme)
    watch.all_well()


def test_what_is_off_or_empty_is_well(live_server: LiveServer, browser: Browser) -> None:
    shop = made.make_town("Le Quartier")
    user = User.objects.create_user("zoe@example.org", "zoe@example.org")
    staff.add_owner(shop, user)
    watch = Watch(live_server.url)
    page = watch.phone(browser)
    signed_in(page, live_server.url, user)
    for name in ("draws", "partners/bakery", "causes/trees"):
        page.goto(f"{live_server.url}/program/{name}")
        watch.screen(page, f"beyond: empty {name.partition('/')[0]}")
    watch.all_well()
