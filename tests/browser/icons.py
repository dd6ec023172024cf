"""The app's pictures in PNG, drawn from icon.svg by a browser: `python -m tests.browser.icons`.

A phone cuts its own shape out of the maskable one: the sign stays within the inner four fifths.
"""

from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from habitue.pages import webapp
from tests.browser import product

PAGES: Final = Path(__file__).parents[2] / "habitue" / "pages" / "static" / "pages"
ICONS: Final = {  # name: pixels, share of the sign, whether the ground is filled
    "app-192": (192, 1.0, False),
    "app-512": (512, 1.0, False),
    "maskable-512": (512, 1.06, True),  # the circle may be cut, the letter stays
    "touch-180": (180, 1.06, True),
}


def draw(browser: Browser, name: str) -> bytes:
    """One picture."""
    pixels, share, filled = ICONS[name]
    page = browser.new_page(viewport={"width": pixels, "height": pixels})
    ground = webapp.BRICK if filled else "transparent"
    sign = (PAGES / "icon.svg").read_text()
    page.set_content(
        f"<style>body{{margin:0;background:{ground};display:grid;place-items:center;"
        f"width:{pixels}px;height:{pixels}px;overflow:hidden}}"
        f"svg{{width:{pixels * share}px;height:{pixels * share}px;margin:-9%}}</style>{sign}"
    )
    picture: bytes = page.screenshot(omit_background=True)
    page.close()
    return picture


def main() -> None:
    """Write all of them."""
    folder = PAGES / "icons"
    folder.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = product.launch(playwright)
        for name in ICONS:
            (folder / f"{name}.png").write_bytes(draw(browser, name))
        browser.close()


if __name__ == "__main__":
    main()
