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
    watch.glance(page, "demo: building", "dark")
    expect(page.get_by_role("button", name="Entrer")).to_be_visible()
    page.get_by_role("button", name="Entrer").click()


def try_points(page: Page, product: Product) -> None:
    """What if the café gave points?"""
    page.goto(product.address + "/program/what-if")
    page.locator("[name=program]").select_option("template:points")
    page.locator("[name=stretch]").select_option("year")
    page.locator("[name=worth]").fill("0,25")
    page.get_by_role("button", name="Rejouer").click()
    expect(page.locator("#study figure").first).to_be_visible()
    expect(page.locator("#study .fact")).to_contain_text("au lieu de")


def draft_a_version(page: Page, product: Product) -> None:
    """A coffee after eight drinks: compared and seen for every member, not published."""
    page.goto(product.address + "/program/publish")
    text = page.locator("textarea").input_value()
    page.locator("textarea").fill(text.replace("cost: {stamps: 10}", "cost: {stamps: 8}"))
    page.get_by_role("button", name="Voir ce qui change").click()
    expect(page.locator("#study .fact")).to_be_visible()
    expect(page.locator(".changes")).to_contain_text("Arrive tout seul dès 8")


def work_out(page: Page, product: Product) -> None:
    """The first report comes with the demo; another one is asked for, and its progress watched."""
    page.goto(product.address + "/measures")
    page.locator("form[action='/measures/anew'] button").click()
    expect(page.locator("#study")).to_have_count(0)
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


def test_the_demo_is_one_click_in_and_out(product: Product, playwright: Playwright) -> None:
    watch, browser = Watch(product.address), real.launch(playwright)
    page = watch.phone(browser)
    enter_the_demo(page, product, watch)
    expect(page.get_by_text("Ceci est une démonstration")).to_be_visible()
    expect(page.locator(".figures .value").first).to_contain_text("%")
    try_points(page, product)
    draft_a_version(page, product)
    work_out(page, product)
    make_an_audience(page, product)
    follow_a_figure_by_keyboard(page, product)
    page.get_by_role("button", name="Quitter la démonstration").click()
    expect(page.get_by_text("Ceci est une démonstration")).to_have_count(0)
    browser.close()
    watch.all_well()
