"""Where an owner can go: the bar, the rail, More, and the commands without a script."""

import pytest
from django.test import Client

from habitue.members.models import Business, Customer
from habitue.pages.owner import places

pytestmark = pytest.mark.django_db


def test_a_phone_has_five_places_and_a_wide_screen_all(owner: Client, cafe: Business) -> None:
    text = owner.get("/").content.decode()
    bar = text.partition('<nav class="places"')[2].partition("</nav>")[0]
    links = bar.split("<a ")[1:]
    narrow = [link for link in links if 'class="wide"' not in link]
    assert len(narrow) == 5
    assert narrow[-1].count("slim")
    assert bar.count('aria-current="page"') == 1
    for way in places.ways(cafe.counter_key):
        if way.place.rail:
            assert f'href="{way.address}"' in bar


def test_every_place_leads_somewhere(owner: Client, cafe: Business) -> None:
    found = places.ways(cafe.counter_key)
    assert {"today", "customers", "measures", "posters", "settings"} <= {w.place.id for w in found}
    for way in found:
        assert owner.get(way.address).status_code in (200, 302), way.address


def test_commands_find_places_and_customers_without_a_script(
    owner: Client, alice: Customer
) -> None:
    every = owner.get("/go").content.decode()
    assert "/measures/leaks" in every
    text = owner.get("/go", {"q": "reglages"}).content.decode()
    assert "/settings" in text.partition("<main")[2]
    assert "/measures/leaks" not in text
    text = owner.get("/go", {"q": "mart"}).content.decode()
    assert f"/customers/{alice.pk}" in text
    assert "Rien trouvé" in owner.get("/go", {"q": "zzz"}).content.decode()
    part = owner.get("/go", {"q": "mart"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


def test_more_has_what_the_bar_has_no_room_for(owner: Client) -> None:
    main = owner.get("/more").content.decode().partition("<main")[2]
    assert "/measures" in main
    assert "/settings" in main
