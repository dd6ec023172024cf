"""Every screen is in the list, and every one of the list is looked at: A10, A13, A14 and A15.

Here each in one language and two looks that differ, all pairs of language, theme and width among
them; `make matrix` looks at each in every language, theme and width.
"""

from __future__ import annotations

import re
from itertools import product as pairs

import pytest
from django.test import Client
from playwright.sync_api import Playwright

from tests.browser import matrix, places
from tests.browser.matrix import LANGUAGES, LOOKS, Look
from tests.browser.product import Product, launch


@pytest.mark.django_db
def test_no_page_is_forgotten(client: Client) -> None:
    listed = {place.view for place in places.EVERY if place.name != "error: nowhere"}
    for name, pattern in places.addresses().items():
        path = re.sub(r"%\(\w+\)s", "1", pattern)
        if path.endswith(places.FILES) or client.get(path).status_code == 405:
            continue
        assert name in listed or name in places.NO_SCREENS, f"{path} is in no entry of places.py"
    assert set(places.NO_SCREENS) <= set(places.addresses())
    assert not listed & set(places.NO_SCREENS)


def test_names_are_used_once() -> None:
    names = [place.name for place in places.EVERY]
    assert len(set(names)) == len(names)


def turns(place: int) -> tuple[str, tuple[Look, ...]]:
    """The language of a place and how it is looked at: all pairs come up in 18 places."""
    language = LANGUAGES[place % 3]
    first = (place + place // 3) % len(LOOKS)
    return language, (LOOKS[first], LOOKS[(first + 3) % len(LOOKS)])


def test_all_pairs_come_up() -> None:
    seen = {(turn[0], look) for turn in map(turns, range(18)) for look in turn[1]}
    assert seen == set(pairs(LANGUAGES, LOOKS))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_screen_is_well(product: Product, playwright: Playwright) -> None:
    told, sessions = matrix.build(product.home)
    browser = launch(playwright)
    eyes = matrix.Eyes(browser, product.address, told, sessions)
    for number, place in enumerate(places.EVERY):
        language, looks = turns(number)
        eyes.look(place, language, looks)
        if place.offline:
            continue
        if number % 6 == 0:
            eyes.strain(place, language, (320, 1280)[number % 2])
        if number % 12 == 0:
            eyes.tab(place, language, (390, 1280)[number % 2])
    found = eyes.settle()
    browser.close()
    assert not found.faults, matrix.summary(found, len(places.EVERY))
