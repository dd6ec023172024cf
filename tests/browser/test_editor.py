"""The program changed by an owner in a real browser: typed, seen live, kept; no barriers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, Playwright
from pytest_django.live_server_helper import LiveServer

from habitue import ledger
from habitue.members import staff
from habitue.members.models import Business
from habitue.pages.program import drafts
from tests.browser import product as real
from tests.browser.watch import Watch
from tests.pages.conftest import make_shop
from tests.pages.program import town as made
from tests.pages.program.test_overview import POINTS

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


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


def shop_with_points() -> tuple[Business, User]:
    """A café with points and a reward, from tomorrow on."""
    shop = make_shop("Café des Amis")
    since = timezone.localdate(timezone=made.PARIS) + timedelta(days=1)
    published = ledger.publish(shop.pk, POINTS, since=since)
    assert not published.problems, published.problems
    user = User.objects.create_user("zoe@example.org", "zoe@example.org")
    staff.add_owner(shop, user)
    return shop, user


def change(page: Page, address: str) -> None:
    """Another price for the tea: what would come of it is shown while it is typed."""
    page.goto(f"{address}/program/edit/rewards/tea/0")
    page.get_by_label("combien", exact=True).first.fill("120")
    page.get_by_text("Coûte 120 points.").wait_for()
    page.get_by_role("button", name="Garder dans le brouillon").click()
    page.get_by_text("Noté dans votre brouillon").wait_for()


def test_an_owner_changes_the_program_by_sentences(
    live_server: LiveServer, browser: Browser
) -> None:
    (shop, user), address = shop_with_points(), live_server.url
    watch = Watch(address)
    page = watch.phone(browser)
    signed_in(page, address, user)
    change(page, address)
    assert "points: 120" in drafts.current(shop).text
    watch.all_well()
