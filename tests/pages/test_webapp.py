"""An app keeps one page and exactly the files it is made of; a change of any is a new worker."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from habitue.pages import webapp

APP = webapp.App(name="Café des Amis", language="fr", scope="/s/x", kept="/s/x/kept")
PAGE = (
    '<link rel="stylesheet" href="/static/pages/base.css"><a href="/elsewhere">'
    '<script type="module" src="/static/pages/scan.js"></script>'
)
STATIC = Path(webapp.__file__).parent / "static"


def told(page: str = PAGE) -> dict[str, object]:
    text = webapp.worker(APP, page=page).content.decode()
    found = re.match(r"const APP = (\{.*\});\n", text)
    assert found
    answer: dict[str, object] = json.loads(found[1])
    return answer


def test_the_manifest_names_pictures_of_the_sizes_it_says() -> None:
    answer = webapp.manifest(APP)
    assert answer["Content-Type"] == "application/manifest+json"
    shown = json.loads(answer.content)
    assert (shown["name"], shown["start_url"], shown["scope"]) == ("Café des Amis", "/s/x", "/s/x")
    assert {icon["purpose"] for icon in shown["icons"]} == {"any", "maskable"}
    for icon in shown["icons"]:
        path = STATIC / icon["src"].removeprefix(settings.STATIC_URL)
        with Image.open(path) as picture:
            assert "x".join(map(str, picture.size)) == icon["sizes"]


def test_a_page_needs_what_it_names_and_what_that_imports() -> None:
    names = webapp.needed(PAGE)
    assert {"pages/base.css", "pages/scan.js", "vendor/qr/decode.js", "vendor/qr/index.js"} <= set(
        names
    )
    assert all((STATIC / name).is_file() for name in names)


def test_another_page_or_another_file_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    first = told()["version"]
    assert told()["version"] == first
    assert told(PAGE + "<p>")["version"] != first
    before = webapp._source
    monkeypatch.setattr(
        webapp, "_source", lambda name: before(name) + b" " * (name == "vendor/qr/index.js")
    )
    assert told()["version"] != first


def test_the_worker_may_serve_its_scope_and_no_more() -> None:
    answer = webapp.worker(APP, page=PAGE)
    assert answer["Service-Worker-Allowed"] == "/s/x"
    assert answer["Cache-Control"] == "no-cache"
    assert told()["kept"] == "/s/x/kept"
