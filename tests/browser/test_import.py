"""A list comes in by keyboard only, wrong values mended on the way, and goes out again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import FileChooser, Page, Playwright, expect

from tests.browser import product as real
from tests.browser.product import Product
from tests.browser.test_keyboard import VISIBLE, fill, go, to
from tests.browser.test_passkey import open_a_shop, sign_in
from tests.browser.watch import Watch
from tests.connectors.test_running import LIST, NEWS

pytestmark = pytest.mark.slow
MANY = 2_500


def choose(page: Page, path: Path) -> None:
    """The dialog that the space bar opens on a field of files."""
    opened: list[FileChooser] = []

    def keep(chooser: FileChooser) -> None:
        opened.append(chooser)

    page.on("filechooser", keep)  # before the way there: a listener takes a moment to be in place
    to(page, "Choisissez un fichier")
    with page.expect_file_chooser():
        page.keyboard.press("Space")
    opened[0].set_files(path)


def numbers(page: Page) -> list[str]:
    return page.locator(".tally dd").all_inner_texts()


def by_keyboard(page: Page, product: Product, path: Path) -> None:
    page.goto(f"{product.address}/import")
    choose(page, path)
    go(page, "Voir les colonnes")
    fill(page, "Qu’ont-ils accepté", NEWS)
    go(page, "Examiner toutes les lignes")
    expect(page.locator(".tally")).to_be_visible()
    assert numbers(page) == ["4", "0", "1", "4"]
    fill(page, "E-mail – ce n’est pas", "chiara@example.org")
    go(page, "Regarder de nouveau")
    assert numbers(page) == ["5", "0", "1", "3"]
    go(page, "Importer les autres")
    expect(page.locator(".waiting.good")).to_contain_text("terminé")
    assert numbers(page) == ["5", "0", "1", "3"]
    assert page.evaluate(VISIBLE) or page.evaluate("document.activeElement === document.body")


def many(page: Page, product: Product, path: Path) -> None:
    """Progress is seen while the worker looks and brings in; all of it goes out again."""
    rows = "".join(f"Client {number};c{number}@example.net\n" for number in range(MANY))
    path.write_text(f"Nom;E-mail\n{rows}")
    page.goto(f"{product.address}/import")
    page.locator("#id_file").set_input_files(path)
    page.get_by_role("button", name="Voir les colonnes").click()
    page.get_by_label("Aucune colonne ne dit").check()
    page.get_by_role("button", name="Examiner toutes les lignes").click()
    expect(page.locator("progress")).to_be_visible()
    expect(page.locator(".tally dd").first).to_have_text(re.compile(r"2.500"))
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.locator("progress")).to_be_visible()
    page.goto(f"{product.address}/import")  # it can be left and found again
    page.get_by_role("link", name=path.name).click()
    expect(page.locator(".waiting.good")).to_contain_text("terminé")
    page.get_by_role("button", name="Annuler cet import").click()
    expect(page.locator(".waiting.good")).to_contain_text("Annulé")


def test_a_list_comes_in_by_keyboard_and_goes_out(
    product: Product, playwright: Playwright, tmp_path: Path
) -> None:
    watch, browser = Watch(product.address), real.launch(playwright)
    page = watch.phone(browser)
    open_a_shop(product)
    sign_in(page, product)
    expect(page).to_have_url(product.address + "/")
    path = tmp_path / "clients.csv"
    path.write_bytes(LIST)
    by_keyboard(page, product, path)
    many(page, product, tmp_path / "many.csv")
    page.goto(f"{product.address}/import")
    browser.close()
    watch.all_well()
