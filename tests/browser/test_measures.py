"""The measures of the demo in a real browser: every page, in three languages, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import product as real
from tests.browser.product import Product
from tests.browser.test_demo import enter_the_demo
from tests.browser.watch import THEMES, Watch

pytestmark = pytest.mark.slow

PAGES = {
    "overview": "/measures",
    "quarters": "/measures?by=quarter",
    "figure": "/measures/figure/retention",
    "money": "/measures/figure/average_order_value",
    "customers": "/measures/customers/lost",
    "cohorts": "/measures/cohorts",
    "cohorts money": "/measures/cohorts?show=revenue",
    "leaks": "/measures/leaks",
    "segments": "/measures/segments",
    "segment": "/measures/segments/vip",
    "audiences": "/measures/audiences",
    "staying": "/measures/staying",
    "worth": "/measures/worth?margin=60",
    "satisfaction": "/measures/satisfaction",
    "together": "/measures/together",
    "scenario": "/measures/scenario?margin=60",
    "experiments": "/measures/experiments",
    "more": "/more",
}


def work_out(page: Page, product: Product) -> None:
    """The first report comes with the demo; another one is asked for, and its progress watched."""
    page.goto(product.address + "/measures")
    page.locator("form[action='/measures/anew'] button").click(timeout=60_000)
    expect(page.locator("#study")).to_have_count(0, timeout=60_000)
    expect(page.locator(".hero .value")).to_contain_text("%")


def make_an_audience(page: Page, product: Product) -> None:
    """From the list of figures to a named segment, as an owner finds it."""
    page.goto(product.address + "/measures")
    page.get_by_role("link", name="Segments", exact=True).click()
    page.get_by_role("link", name="VIP").click()
    page.get_by_text("En faire une audience").first.click()
    page.get_by_label("Nom").fill("Nos meilleurs clients")
    page.get_by_role("button", name="En faire une audience").click()
    expect(page.get_by_text("Nos meilleurs clients")).to_be_visible()


def follow_a_figure_by_keyboard(page: Page, product: Product) -> None:
    """A figure opens, and from it its customers, and from them one customer's page."""
    page.goto(product.address + "/measures")
    page.get_by_role("link", name="Taux d'attrition").press("Enter")
    expect(page.get_by_role("heading", name="Comment est-ce calculé")).to_be_visible()
    page.get_by_role("link", name="Clients perdus").press("Enter")
    page.locator(".people a").first.press("Enter")
    expect(page).to_have_url(f"{product.address}/customers/" + page.url.rsplit("/", 1)[1])


def test_every_measure_can_be_seen_by_everybody(product: Product, playwright: Playwright) -> None:
    watch, browser = Watch(product.address), real.launch(playwright)
    page = watch.phone(browser)
    enter_the_demo(page, product, watch)
    work_out(page, product)
    make_an_audience(page, product)
    follow_a_figure_by_keyboard(page, product)
    for place, (name, path) in enumerate(PAGES.items()):
        page.goto(product.address + path)
        watch.screen(page, f"measures: {name}")
        for mark, language in (("it", "Italiano"), ("en", "English")):
            page.get_by_role("button", name=language, exact=True).click()
            page.goto(product.address + path)
            watch.glance(page, f"measures: {name} {mark}", THEMES[place % 2])
        page.get_by_role("button", name="Français", exact=True).click()
    browser.close()
    watch.all_well()
