"""The pictures of the key screens in docs/screens, on a phone and on a desk: `make screens`."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser import matrix
from tests.browser.matrix import Look
from tests.browser.places import Place
from tests.browser.product import Product, launch

TO: Final = Path(__file__).parents[2] / "docs" / "screens"
LANGUAGE: Final = "fr"
COLORS: Final = 64
KEPT: Final = (
    Place("first-run", "/start/sentence", "starter", shows="#phone svg"),
    Place("ready", "/start/ready", "fresh"),
    Place("today", "/", "demo"),
    Place("customers", "/customers", "demo"),
    Place("customer", "/customers/{demo_alice}", "demo"),
    Place("program", "/program", "demo"),
    Place("calendar", "/program/calendar", "editor"),
    Place("what-if", "/program/what-if/{tried}", "demo"),
    Place("measures", "/measures", "demo"),
    Place("import", "/import/{import_checked}/preview", "owner"),
    Place(
        "counter", "/s/{key}/m/{bruno_stamped}", "counter", steps=((".plus", None),), shows=".undo"
    ),
    Place("card", "/c/{emma_card}", shows="svg.qr"),
    Place(
        "reward",
        "/c/{emma_card}/rewards",
        steps=(("form[action$='/ask'] button", None),),
        shows="[role=timer]",
    ),
)
"""Bruno's tenth stamp is given by the picture of the counter."""

WIDTHS: Final = {390: "", 1280: "-wide"}


def main() -> int:
    """Take all of them in a product with a world of its own; pictures of others are removed."""
    product = Product()
    try:
        product.start()
        told, sessions = matrix.build(product.home)
        with sync_playwright() as playwright:
            browser = launch(playwright)
            taken = take(matrix.Eyes(browser, product.address, told, sessions))
            browser.close()
    finally:
        product.stop()
    for old in set(TO.glob("*.png")) - taken:
        old.unlink()
    return 0


def take(eyes: matrix.Eyes) -> set[Path]:
    """Each screen at each width, as one window shows it."""
    TO.mkdir(parents=True, exist_ok=True)
    taken = set()
    for place in KEPT:
        page = eyes.open(place, LANGUAGE)
        for width, mark in WIDTHS.items():
            page.set_viewport_size(Look("light", width).size)
            page.wait_for_timeout(300)
            taken.add(_kept(page, TO / f"{place.name}{mark}.png"))
    faults = eyes.settle().faults
    assert not faults, faults
    return taken


def _kept(page: Page, path: Path) -> Path:
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    picture.quantize(COLORS).save(path, optimize=True)
    return path


if __name__ == "__main__":
    sys.exit(main())
