"""Every screen × fr, it, en × light, dark × 320, 390, 1280 px: `make matrix` (check A10).

In each of them axe must find nothing; in each language nothing scrolls sideways at 320 px or at
twice the size, and no text that is 40 % longer is cut off; besides, thumbs must find their targets,
the keyboard's focus must be in sight, and no page may complain or ask a stranger for anything.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Error, Page, ViewportSize, sync_playwright

from tests.browser import places, stretch, watch
from tests.browser.places import Place
from tests.browser.product import Product, launch
from tests.browser.watch import Theme, Watch

LANGUAGES: Final = ("fr", "it", "en")
HEIGHTS: Final = {320: 640, 390: 844, 1280: 800}
THUMB: Final = 44
TABS: Final = 80
"""Presses of the tab key after which a page is left."""

_BUILD: Final = "from tests.browser import world; world.main()"
_KEPT: Final = """async () => {
  await navigator.serviceWorker.ready;
  while (!navigator.serviceWorker.controller) await new Promise(done => setTimeout(done, 50));
}"""
_SCRIPT: Final = (Path(__file__).parent / "look.js").read_text()


@dataclass(frozen=True)
class Look:
    """One way to look at a screen."""

    theme: Theme
    width: int

    @property
    def size(self) -> ViewportSize:
        return ViewportSize(width=self.width, height=HEIGHTS[self.width])


LOOKS: Final = tuple(Look(theme, width) for width, theme in product(HEIGHTS, watch.THEMES))


@dataclass
class Found:
    """How often was looked, and what was wrong: kind, where, what."""

    checks: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, str, str]] = field(default_factory=list)

    def note(self, kind: str, where: str, faults: Sequence[str]) -> None:
        """One more look of a kind, with what it showed."""
        self.checks[kind] += 1
        self.faults += [(kind, where, fault) for fault in faults]


class Eyes:
    """Looks at places in a running product whose world was built."""

    def __init__(
        self, browser: Browser, address: str, told: dict[str, str], sessions: dict[str, str]
    ) -> None:
        self.browser, self.address = browser, address
        self.told, self.sessions = told, sessions
        self.watch, self.found = Watch(address), Found()
        self.pages: dict[tuple[str, str], Page] = {}

    def look(self, place: Place, language: str, looks: Sequence[Look]) -> None:
        """One place in one language, in all those ways, by one load of it."""
        self.found.checks["screens"] += 1
        where = f"{place.name} {language}"
        page = self.open(place, language)
        self.found.note("one h1", where, _headings(page))
        for one in looks:
            self._seen(page, one)
            faults = watch.barriers(page)
            self.found.note("axe", f"{where} {one.theme} {one.width}", faults)
            if one.width == min(HEIGHTS):
                self.found.note("320 px", where, _sideways(page))
        if place.touched:
            small = page.evaluate(f"least => ({_SCRIPT}).small(least)", THUMB)
            self.found.note("targets", where, small)
        if place.offline:
            page.context.close()

    def strain(self, place: Place, language: str, width: int) -> None:
        """The place that is open, twice as large, then with longer words (they stay so)."""
        page, where = self.pages[place.who, language], f"{place.name} {language} {width}"
        self._seen(page, Look("light", width))
        self.found.note("200 %", where, stretch.zoomed(page))
        self.found.note("+40 %", where, stretch.longer(page))

    def tab(self, place: Place, language: str, width: int) -> None:
        """All that the tab key comes to on a place, in a window that is not high."""
        page = self.open(place, language)
        self._seen(page, Look("light", width))
        faults: list[str] = []
        for _ in range(TABS):
            page.keyboard.press("Tab")
            fault = page.evaluate(f"() => ({_SCRIPT}).focus()")
            if fault is None:
                break
            faults += [fault] if fault else []
        self.found.note("focus", f"{place.name} {language} {width}", faults)

    def open(self, place: Place, language: str) -> Page:
        """Go there and bring it into its state."""
        page = self._page("" if place.offline else place.who, language, place)
        address = self.address + place.path.format(**self.told)
        page.set_viewport_size(Look("light", 390).size)
        page.emulate_media(reduced_motion="reduce", color_scheme="light")
        answer = page.goto(address)
        status = answer.status if answer else 0
        wrong = [] if status == place.status else [f"answers {status}"]
        self.found.note("status", f"{place.name} {language}", wrong)
        if place.offline:
            page.evaluate(_KEPT)
            page.context.set_offline(True)
            page.goto(address)
        for selector, text in place.steps:
            self._step(page, selector.format(**self.told), text)
        page.locator(place.shows).locator("visible=true").first.wait_for()
        return page

    def settle(self) -> Found:
        """Everything, with what the pages said by themselves."""
        self.found.note("console and policy", "", self.watch.complaints)
        self.found.note("own origin only", "", self.watch.strangers)
        return self.found

    def _step(self, page: Page, selector: str, text: str | None) -> None:
        first = page.locator(selector).first
        if text is None:
            page.evaluate("document.querySelectorAll('form').forEach(f => f.noValidate = true)")
            first.click()
            page.wait_for_load_state("load")
        else:
            first.fill(text.format(**self.told))

    def _seen(self, page: Page, one: Look) -> None:
        page.set_viewport_size(one.size)
        page.emulate_media(color_scheme=one.theme, reduced_motion="reduce")
        page.wait_for_timeout(30)

    def _page(self, who: str, language: str, place: Place) -> Page:
        if place.offline:
            return self._made(place.who, language)
        if (who, language) not in self.pages:
            self.pages[who, language] = self._made(who, language)
        return self.pages[who, language]

    def _made(self, who: str, language: str) -> Page:
        page = self.watch.phone(self.browser, locale=language)
        cookies = {"django_language": language}
        if who:
            cookies["habitue-session"] = self.sessions[who]
        page.context.add_cookies(
            [{"name": name, "value": value, "url": self.address} for name, value in cookies.items()]
        )
        return page


def build(home: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Build the world in the product whose folder this is; what is told of it, its sessions."""
    made = subprocess.run(
        [sys.executable, "-m", "habitue", "django", "shell", "--no-imports", "-c", _BUILD],
        env={**os.environ, "HABITUE_HOME": str(home)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    world = json.loads(made.stdout.splitlines()[-1])
    return world["told"], world["sessions"]


def whole(eyes: Eyes, chosen: Sequence[Place]) -> Found:
    """All of it, with a line that says how far it is."""
    began = time.monotonic()
    turns = [(*one, *other) for one in enumerate(chosen) for other in enumerate(LANGUAGES)]
    for turn, (number, place, nth, language) in enumerate(turns, 1):
        try:
            eyes.look(place, language, LOOKS)
            if not place.offline:
                eyes.strain(place, language, tuple(HEIGHTS)[(number + nth) % 3])
            if not place.offline and nth == number % 3:
                eyes.tab(place, language, (390, 1280)[number % 2])
        except Error as error:
            eyes.found.note("reached", f"{place.name} {language}", [str(error)[:300]])
        spent = time.monotonic() - began
        line = f"{turn}/{len(turns)} {spent:.0f} s, {len(eyes.found.faults)} faults: {place.name}"
        print(f"\r{line[:78]:<78}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return eyes.settle()


def summary(found: Found, screens: int) -> str:
    """In Markdown: checks and violations by kind, then each violation."""
    wrong = Counter(kind for kind, _, _ in found.faults)
    lines = [f"{screens} screens", "", "| check | looked | violations |", "|---|---|---|"]
    lines += [f"| {kind} | {count} | {wrong[kind]} |" for kind, count in found.checks.items()]
    together: dict[tuple[str, str], list[str]] = {}
    for kind, where, fault in found.faults:
        together.setdefault((kind, fault), []).append(where)
    lines += [""] if together else []
    for (kind, fault), wheres in sorted(together.items()):
        lines.append(f"- {kind}: {fault} — {len(wheres)} times: {'; '.join(wheres[:3])}")
    return "\n".join(lines)


def main() -> int:
    """Look at everything, or at the screens whose names match; exit code 1 if anything is wrong."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", default="", help="screens whose name matches this expression")
    asked.add_argument("--json", type=Path, help="write every violation into this file, too")
    given = asked.parse_args()
    chosen = [one for one in places.EVERY if re.search(given.only, one.name)]
    product = Product()
    try:
        product.start()
        told, sessions = build(product.home)
        with sync_playwright() as playwright:
            browser = launch(playwright)
            found = whole(Eyes(browser, product.address, told, sessions), chosen)
            browser.close()
    finally:
        product.stop()
    print(summary(found, len(chosen)))
    if given.json:
        kept = {"screens": len(chosen), "checks": found.checks, "faults": found.faults}
        given.json.write_text(json.dumps(kept, ensure_ascii=False, indent=1))
    return 1 if found.faults else 0


def _headings(page: Page) -> list[str]:
    count = page.locator("h1").count()
    return [] if count == 1 else [f"{count} headings of the first level"]


def _sideways(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{wide} px too wide"] if wide > 0 else []


if __name__ == "__main__":
    sys.exit(main())
