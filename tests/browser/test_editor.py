"""The program changed by an owner in a real browser: typed, seen live, kept; no barriers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from habitue import ledger
from habitue.members import staff
from habitue.members.models import Business
from habitue.pages.program import drafts
from tests.browser import test_beyond as beyond
from tests.browser.watch import THEMES, Watch
from tests.pages.conftest import make_shop
from tests.pages.program.test_overview import POINTS

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
browser, in_one_thread = beyond.browser, beyond.in_one_thread
LANGUAGES = ("fr", "it", "en")
LEVELS = """\
tiers:
  basis: {unit: points, window: calendar year}
  levels:
    - {id: basic, from: 0}
    - {id: gold, from: 100, title: {fr: Or, it: Oro, en: Gold}}
"""
DOUBLE = (
    "  - {{id: double, title: {{fr: Les mardis doubles du quartier}}, when: purchase,"
    " award: {{multiply: 2}}, where: {{weekday: [tuesday, saturday], hours: 14:00-17:00}},"
    " dates: {{since: {}, until: {}}}}}\nrewards:"
)


def shop_with_all() -> tuple[Business, User]:
    """A café with points, levels and a promotion of these weeks."""
    shop, today = make_shop("Café des Amis et de la Très Longue Rue"), timezone.localdate()
    dates = DOUBLE.format(today - timedelta(days=10), today + timedelta(days=20))
    text = POINTS.replace("worth: 0.05,", "worth: 0.05, qualifying: true, redeemable: true,")
    published = ledger.publish(
        shop.pk, text.replace("rewards:", dates) + LEVELS, since=today + timedelta(days=1)
    )
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
    (shop, user), address = shop_with_all(), live_server.url
    watch = Watch(address)
    page = watch.phone(browser)
    beyond.signed_in(page, address, user)
    change(page, address)
    assert "points: 120" in drafts.current(shop).text
    paths = {
        "draft": "",
        "rule": "/rules/base/0",
        "promotion": "/rules/double/0",
        "level": "/add/level",
        "draw": "/add/draw",
        "unit": "/units/points/0",
        "end": "/rules/double/0/end",
        "remove": "/rewards/tea/0/remove",
    }
    found = {name: f"/program/edit{path}" for name, path in paths.items()}
    for place, (name, path) in enumerate(
        {**found, "program": "/program", "calendar": "/program/calendar"}.items()
    ):
        language, theme = LANGUAGES[place % len(LANGUAGES)], THEMES[place % 2]
        beyond.speaks(page, address, language)
        page.goto(address + path)
        assert page.locator("h1").count() == 1, path
        watch.glance(page, f"editor: {name} {language}", theme)
    watch.all_well()
