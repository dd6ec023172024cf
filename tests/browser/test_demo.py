"""A look around the demo: built by the worker while the page tells, one click in and out."""

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import product as real
from tests.browser.product import Product
from tests.browser.watch import Watch

pytestmark = pytest.mark.slow


def enter_the_demo(page: Page, product: Product, watch: Watch) -> None:
    page.goto(product.address + "/start")
    page.get_by_role("button", name="Visiter une démonstration").click()
    expect(page.locator("#demo")).to_be_visible()
    watch.screen(page, "demo: building")
    expect(page.get_by_role("button", name="Entrer")).to_be_visible(timeout=150_000)
    watch.screen(page, "demo: ready")
    page.get_by_role("button", name="Entrer").click()


def test_the_demo_is_one_click_in_and_out(product: Product, playwright: Playwright) -> None:
    watch, browser = Watch(product.address), real.launch(playwright)
    page = watch.phone(browser)
    enter_the_demo(page, product, watch)
    expect(page.get_by_text("Ceci est une démonstration")).to_be_visible()
    expect(page.locator(".figures .value").first).to_contain_text("%")
    watch.screen(page, "demo: today")
    page.get_by_role("link", name="Clients", exact=True).click()
    watch.screen(page, "demo: customers")
    page.locator(".people a").nth(1).click()
    watch.screen(page, "demo: customer")
    page.get_by_role("button", name="Quitter la démonstration").click()
    expect(page.get_by_text("Ceci est une démonstration")).to_have_count(0)
    browser.close()
    watch.all_well()
