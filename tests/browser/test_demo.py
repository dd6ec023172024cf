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


def try_points(page: Page, product: Product) -> str:
    """What if the café gave points? Answers with the address of the result."""
    page.goto(product.address + "/program/what-if")
    page.locator("[name=program]").select_option("template:points")
    page.locator("[name=stretch]").select_option("year")
    page.locator("[name=worth]").fill("0,25")
    page.get_by_role("button", name="Rejouer").click()
    expect(page.locator("#study figure").first).to_be_visible(timeout=60_000)
    expect(page.locator("#study .fact")).to_contain_text("au lieu de")
    return page.url


def draft_a_version(page: Page, product: Product) -> str:
    """A coffee after eight drinks: compared and seen for every member, not published."""
    page.goto(product.address + "/program/publish")
    text = page.locator("textarea").input_value()
    page.locator("textarea").fill(text.replace("cost: {stamps: 10}", "cost: {stamps: 8}"))
    page.get_by_role("button", name="Voir ce qui change").click()
    expect(page.locator("#study .fact")).to_be_visible(timeout=30_000)
    expect(page.locator(".changes")).to_contain_text("Arrive tout seul dès 8")
    return page.url


def about_the_program(page: Page, product: Product, watch: Watch) -> None:
    """Every page about the program, and those with most words in every language."""
    tried, draft = try_points(page, product), draft_a_version(page, product)
    pages = {
        "program": f"{product.address}/program",
        "program: check": f"{product.address}/program/check",
        "program: what if": f"{product.address}/program/what-if",
        "program: tried": tried,
        "program: publish": f"{product.address}/program/publish",
        "program: draft": draft,
        "program: liability": f"{product.address}/program/liability",
    }
    wordy = ["program", "program: tried", "program: draft"]
    for language, mark, names in (
        ("Italiano", " it", wordy),
        ("English", " en", wordy),
        ("Français", "", [*pages]),
    ):
        page.get_by_role("button", name=language, exact=True).click()
        for name in names:
            page.goto(pages[name])
            watch.screen(page, name + mark)


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
    about_the_program(page, product, watch)
    page.get_by_role("button", name="Quitter la démonstration").click()
    expect(page.get_by_text("Ceci est une démonstration")).to_have_count(0)
    browser.close()
    watch.all_well()
