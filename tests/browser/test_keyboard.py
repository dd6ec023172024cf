"""By keyboard alone: the first run, and a stamp by typed number, with the focus always in sight."""

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import product as real
from tests.browser.product import Product
from tests.browser.watch import Watch

pytestmark = pytest.mark.slow
VISIBLE = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    || style.boxShadow !== "none";
}"""


def to(page: Page, name: str) -> None:
    """Tab until the element of that accessible name has the focus; it must be seen on the way."""
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(VISIBLE), page.evaluate("document.activeElement.outerHTML")
        said = page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
        )
        if said.startswith(name):
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def fill(page: Page, name: str, text: str) -> None:
    to(page, name)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def go(page: Page, name: str = "") -> None:
    """Press Enter on what is named (or has the focus) and wait for the next page."""
    if name:
        to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_without_a_mouse(product: Product, playwright: Playwright) -> None:
    watch, browser = Watch(product.address), real.launch(playwright)
    page = watch.phone(browser)
    page.goto(product.address)
    fill(page, "Nom de votre commerce", "Chez Léa")
    go(page, "Continuer")
    expect(page.locator("#phone")).to_be_visible()
    fill(page, "Combien", "6")
    go(page, "Continuer")
    fill(page, "Votre adresse", "lea@example.org")
    go(page, "Recevoir le code")
    fill(page, "Code reçu", product.letters.code())
    go(page)
    expect(page.locator("#waiting")).to_be_visible()
    join, pin = page.locator(".address a").get_attribute("href"), page.locator(".pin").inner_text()
    staff = page.locator(".keys a").first.get_attribute("href")

    page.goto(join or "")
    fill(page, "Votre prénom", "Alice")
    fill(page, "E-mail ou", "alice@example.org")
    go(page, "Recevoir ma carte")
    number = page.locator(".number").inner_text()

    page = watch.phone(browser)
    page.goto(staff or "")
    fill(page, "Code PIN", pin)
    go(page)
    fill(page, "N° de carte", number)
    go(page)
    to(page, "+1")
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_have_text("+1")
    expect(page.locator("svg.stamps")).to_have_attribute("aria-label", "3 sur 8 tampons")
    browser.close()
    watch.all_well()
