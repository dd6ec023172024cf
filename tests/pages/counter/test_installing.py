"""The counter as an app: what is kept on a phone is nobody's, and belongs to one counter."""

import json
import re

import pytest
from django.test import Client

from habitue.members.models import Business, Customer
from tests.pages.conftest import make_shop

pytestmark = pytest.mark.django_db


def test_the_kept_page_holds_nobody_and_nothing_secret(
    counter: Client, cafe: Business, alice: Customer
) -> None:
    where = f"/s/{cafe.counter_key}/kept"
    mine, strangers = counter.get(where), Client().get(where)
    assert mine.content == strangers.content  # whoever asks
    text = mine.content.decode()
    assert "csrf" not in text
    assert "Diego" not in text
    assert "Alice" not in text
    assert text.count("<h1") == 1
    assert not mine.cookies


def test_the_worker_keeps_that_page_and_its_files_and_nothing_else(cafe: Business) -> None:
    scope = f"/s/{cafe.counter_key}"
    answer = Client().get(f"{scope}/worker.js")
    found = re.match(r"const APP = (.*);\n", answer.content.decode())
    assert found
    told = json.loads(found[1])
    assert answer["Service-Worker-Allowed"] == told["scope"] == scope
    assert told["kept"] == f"{scope}/kept"
    assert all(name.startswith("/static/") for name in told["files"])
    assert {"/static/pages/outbox.js", "/static/vendor/qr/index.js"} <= set(told["files"])
    assert not any("htmx" in name for name in told["files"])


def test_the_manifest_opens_this_counter(cafe: Business) -> None:
    manifest = Client().get(f"/s/{cafe.counter_key}/app.webmanifest").json()
    assert manifest["name"] == "Café des Amis"
    assert manifest["start_url"] == manifest["scope"] == f"/s/{cafe.counter_key}"
    other = make_shop("Bar")
    assert Client().get(f"/s/{other.counter_key}/app.webmanifest").json()["name"] == "Bar"
    for name in ("app.webmanifest", "worker.js", "kept"):
        assert Client().get(f"/s/unknown/{name}").status_code == 404
