"""What every screen must keep: no errors, no stranger asked, no barrier, no sideways scroll."""

from typing import Final, Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
)

from tests.browser.product import PATIENCE

Theme = Literal["light", "dark"]
THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
PHONE = ViewportSize(width=390, height=844)
# The browser reports refused forms, closed and missing pages, and the test's own cut line.
EXPECTED = [
    "status of 422",
    "status of 403",
    "status of 404",
    "ERR_INTERNET_DISCONNECTED",
    "Failed to fetch",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


AXE: Final = Axe().axe_script
_ASK: Final = """tags => axe
  .run({runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]})
  .then(found => found.violations.map(one =>
    `${one.id} ${one.nodes.slice(0, 4).map(node => node.html.slice(0, 120)).join(" ")}`))"""


def barriers(page: Page) -> list[str]:
    """What axe finds on the page as it is; axe itself is brought to a page once."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(_ASK, RULES)
    return found


class Watch:
    """Collects what went wrong over all pages of all contexts."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        self.barriers: list[str] = []
        self.sideways: list[str] = []
        self.screens: list[str] = []

    def phone(self, browser: Browser, *, locale: str = "fr-FR") -> Page:
        """A phone of its own, in French if nothing else is said, watched."""
        context: BrowserContext = browser.new_context(viewport=PHONE, locale=locale)
        context.set_default_timeout(PATIENCE * 1000)
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        return context.new_page()

    def screen(self, page: Page, name: str) -> None:
        """Look at one screen in light and dark at 390 px, and at 320 px."""
        self.screens.append(name)
        size = page.viewport_size
        page.emulate_media(reduced_motion="reduce")
        for theme in THEMES:
            self._theme(page, name, theme)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 320, "height": 640})
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            self.sideways.append(f"{name}: {wide} px")
        if size:
            page.set_viewport_size(size)

    def glance(self, page: Page, name: str, theme: Theme) -> None:
        """Look at one screen in one theme only: another language of what was looked at whole."""
        self.screens.append(name)
        self._theme(page, name, theme)
        page.set_viewport_size({"width": 320, "height": 640})
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            self.sideways.append(f"{name}: {wide} px")
        page.set_viewport_size(PHONE)

    def _theme(self, page: Page, name: str, theme: Theme) -> None:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.wait_for_timeout(50)
        self.barriers += [f"{name} {theme}: {found}" for found in barriers(page)]

    def all_well(self) -> None:
        """Fail with everything that was found."""
        found = [*self.strangers, *self.complaints, *self.barriers, *self.sideways]
        assert not found, "\n".join(found)

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.netloc != self.host:
            self.strangers.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in EXPECTED):
            where = message.page.url if message.page else ""
            self.complaints.append(f"{where}: {message.text}")
