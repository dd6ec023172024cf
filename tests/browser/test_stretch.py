"""The tool that stretches pages sees what it is for, and the design system holds under it."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, Playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser import product, stretch

pytestmark = pytest.mark.slow
FAULTY = """<!doctype html><body><a href="#" id="{}">Enregistrer la carte</a><p>Texte</p>
<style>body {{ margin: 0; font: 16px monospace }} p {{ margin: 0 }}
#wide {{ display: block; width: 12em; white-space: nowrap }}
#cut {{ display: block; width: 13em; height: 1.2em; overflow: hidden }}</style>"""


@pytest.fixture
def page(playwright: Playwright) -> Page:
    browser = product.launch(playwright)
    return browser.new_page(viewport={"width": 390, "height": 844}, bypass_csp=True)


@pytest.mark.parametrize(("name", "fault"), [("wide", "sticks out"), ("cut", "cut off")])
def test_what_holds_short_words_only_is_told(page: Page, name: str, fault: str) -> None:
    page.set_content(FAULTY.format(name))
    assert stretch.faults(page) == []
    assert [one for one in stretch.longer(page) if fault in one]


def test_a_page_that_scrolls_sideways_is_told(page: Page) -> None:
    page.set_content("<!doctype html><body><div style='width: 500px'>x</div>")
    assert "sideways" in stretch.faults(page)[0]


@pytest.mark.django_db
@pytest.mark.parametrize("width", [320, 1280])
def test_the_design_system_holds(
    page: Page, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(settings, "DEBUG", True)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{live_server.url}/design")
    found = [way(page) for way in (stretch.zoomed, stretch.enlarged, stretch.longer)]
    assert found == [[], [], []]
