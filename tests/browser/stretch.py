"""What breaks when every text is 40 % longer: `python -m tests.browser.stretch URL…`.

Translations run longer than the words a page was drawn with. In the browser each visible text gets
two fifths more letters; then whatever sticks out sideways, is cut off, or lies over its neighbor
is told in a sentence.
"""

import sys
from pathlib import Path
from typing import Final, cast

from playwright.sync_api import Page, sync_playwright

from tests.browser import product

LONGER: Final = 0.4
ZOOMED: Final = 2
WIDTHS: Final = (320, 390, 1280)
_SCRIPT: Final = (Path(__file__).parent / "stretch.js").read_text()


def longer(page: Page) -> list[str]:
    """What breaks on the page that is open once its texts are longer (they stay so)."""
    page.evaluate(f"share => ({_SCRIPT}).longer(share)", LONGER)
    return faults(page)


def zoomed(page: Page) -> list[str]:
    """What breaks on the page that is open when everything is twice as large, as by Ctrl-plus."""
    size = page.viewport_size or {"width": 1280, "height": 800}
    half = {"width": size["width"] // ZOOMED, "height": size["height"] // ZOOMED}
    page.set_viewport_size({"width": max(320, half["width"]), "height": half["height"]})
    found = faults(page)
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    return found


def enlarged(page: Page) -> list[str]:
    """What breaks when only the letters grow by half, as a phone's setting makes them."""
    page.evaluate("document.documentElement.style.setProperty('--pico-font-size', '150%')")
    found = faults(page)
    page.evaluate("document.documentElement.style.removeProperty('--pico-font-size')")
    return found


def faults(page: Page) -> list[str]:
    """What sticks out, is cut off or lies over another on the page as it is."""
    page.wait_for_timeout(60)
    return cast(list[str], page.evaluate(f"() => ({_SCRIPT}).faults()"))


def main(addresses: list[str]) -> int:
    """Stretch each address at each width; say what breaks."""
    found = 0
    with sync_playwright() as playwright:
        browser = product.launch(playwright)
        for address in addresses:
            for width in WIDTHS:
                page = browser.new_page(viewport={"width": width, "height": 844})
                page.goto(address)
                for way in (zoomed, enlarged, longer):
                    for fault in way(page):
                        found += 1
                        print(f"{address} {width} {way.__name__}: {fault}")
                page.close()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
