"""The API's own page in a real browser: axe finds nothing, and nothing scrolls sideways."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Playwright, Route

from habitue.api import apps, browsing, routing
from tests.browser import watch
from tests.browser.product import launch

STATIC: Final = Path(apps.__file__).with_name("static")
PLACE: Final = "http://habitue.test"


def served(route: Route) -> None:
    """The page and its style, with the headers that they come with."""
    path = route.request.url.removeprefix(PLACE)
    answer = browsing.answer(path)
    if answer is None:
        route.fulfill(path=STATIC / path.removeprefix("/static/"))
    else:
        headers = {**dict(answer.headers), "Content-Type": answer.media}
        route.fulfill(body=answer.body, headers=headers)


@pytest.mark.slow
def test_the_page_is_well(playwright: Playwright) -> None:
    browser = launch(playwright)
    for width, dark in ((320, True), (1280, False)):
        page = browser.new_page(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            bypass_csp=True,  # axe is brought along by the test
        )
        page.route("**/*", served)
        page.goto(PLACE + routing.PREFIX)
        assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none", "no style"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for answer in page.locator("details").all()[:8]:
            answer.evaluate("one => one.open = true")
        assert watch.barriers(page) == []
        page.close()
    browser.close()
