"""The program's own page: sentences, versions, and nothing for strangers."""

import html
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from habitue import ledger
from habitue.members.models import Business
from habitue.pages.program import versions
from tests.pages.conftest import make_shop

pytestmark = pytest.mark.django_db

POINTS = """\
program: cafe
title: {en: Coffee points, fr: Points café}
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units:
  stamps: {title: {en: stamps, fr: tampons, it: timbri}}
  points: {title: {en: points, fr: points, it: punti}, worth: 0.05, expiry: 12 months}
earn:
  - {id: base, title: {fr: Un point par euro}, when: purchase, award: {points: 1, per: 1.00}}
rewards:
  - {id: tea, title: {fr: Un thé}, cost: {points: 275}, gives: {product: thé}}
"""


def body(client: Client, path: str, **asked: str) -> str:
    """A page's text, with plain spaces where the language asks for others."""
    text = client.get(path, asked).content.decode()
    return html.unescape(text).replace("\xa0", " ").replace("\u202f", " ")


def publish(shop: Business, text: str, days: int) -> None:
    """A version that holds from so many days on."""
    published = ledger.publish(shop.pk, text, since=(timezone.now() + timedelta(days=days)).date())
    assert not published.problems


def test_the_rules_are_read_as_sentences(keeper: Client) -> None:
    text = body(keeper, "/program")
    assert "Une visite rapporte 1 tampon par pièce." in text
    assert "<dd>Coûte 12 tampons.</dd>" in text
    assert "En vigueur depuis le début." in text
    assert 'aria-current="page"' in text


def test_a_version_to_come_is_shown_as_such_and_can_be_read(keeper: Client, cafe: Business) -> None:
    publish(cafe, POINTS, 30)
    text = body(keeper, "/program")
    assert "Une visite rapporte 1 tampon" in text  # still in force
    assert "Version 2" in text
    assert "Vaut à partir du" in text
    coming = body(keeper, "/program", version="2")
    assert "Un achat rapporte 1 point pour 1 €." in coming
    assert "Ce n’est pas la version en vigueur." in coming


def test_the_version_in_force_is_the_newest_that_has_begun(cafe: Business) -> None:
    publish(cafe, POINTS, -3)
    publish(cafe, POINTS, 3)
    states = {one.number: one.state for one in versions.every(cafe)}
    assert states == {3: "to come", 2: "in force", 1: "over"}


def test_a_version_that_does_not_exist_is_not_found(keeper: Client) -> None:
    assert keeper.get("/program", {"version": "7"}).status_code == 404
    assert keeper.get("/program", {"version": "../1"}).status_code == 404


def test_another_shops_program_is_never_shown(keeper: Client) -> None:
    bar = make_shop("Bar")
    publish(bar, POINTS, -1)
    assert "Points café" not in body(keeper, "/program")


def test_strangers_sign_in_first(client: Client, cafe: Business) -> None:
    for path in ("/program", "/program/check"):
        assert client.get(path).headers["Location"] == "/sign-in"
