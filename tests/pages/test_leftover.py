"""No English is left on a French or Italian page, and no French on an Italian one.

Every page of a shop in full life is opened in the three languages by whom it belongs to. A text
that reads the same in two of them, and holds words that only one of them has, was not translated.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

import pytest
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client

from habitue.pages.start import known
from tests.pages.hostile import life, watching
from tests.pages.hostile.doors import DOORS
from tests.pages.hostile.life import Life

pytestmark = pytest.mark.django_db

SPOKEN: Final = ("title", "aria-label", "alt", "placeholder", "content")
"""Attributes whose text somebody reads or hears; those that begin with data- are as well."""

QUOTED: Final = frozenset({"script", "style", "textarea", "pre", "code"})
"""What stands in there is no sentence of the page."""

TONGUES: Final = ("en", "fr", "it")
NAMES: Final = re.compile(
    r"Le Quartier|Café des Amis|World of Hyatt|pays with Zanzibar bills|\S*/\S*"
)
"""Names, addresses and notes are no language's."""

ELSEWHERE: Final = frozenset({"posters", "design"})
"""A poster speaks the shop's language; the page for developers speaks English."""

LEAVING: Final = frozenset({"sign-out", "counter-out", "demo-leave", "demo-look"})
"""Whoever opens these is somebody else afterwards."""

SIGNS: Final = {
    "en": "the of your you is are was and with for not this that from to by on no how what who",
    "fr": "le les des du une est sont vous votre vos dans pour par qui que ce sur aux pas",
}
"""Words that sentences of a language can hardly do without, and other languages do not have."""


class Text(HTMLParser):
    """The texts of a page, as they are read and as they are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quoted += tag in QUOTED
        for name, value in attrs:
            if name in SPOKEN or (name.startswith("data-") and " " in (value or "")):
                self._add(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._quoted -= tag in QUOTED

    def handle_data(self, data: str) -> None:
        if not self._quoted:
            self._add(data)

    def _add(self, text: str) -> None:
        self.found.add(" ".join(NAMES.sub("", text).split()))


def texts(answer: HttpResponseBase) -> set[str]:
    """Every text of an answer: a page's, or each word between the quotes or commas of a file."""
    kind = answer["Content-Type"].partition(";")[0]
    assert isinstance(answer, HttpResponse | StreamingHttpResponse)
    body = answer.getvalue()
    if kind == "text/html":
        reader = Text()
        reader.feed(body.decode())
        return reader.found
    if kind in ("application/manifest+json", "text/csv"):
        return set(re.split(r'["\r\n;,]+', NAMES.sub("", body.decode("utf-8", "replace"))))
    return set()


def untranslated(mine: set[str], theirs: set[str], tongue: str) -> list[str]:
    """What reads alike in both, and is of the other's language."""
    return sorted(text for text in mine & theirs if speaks(text, tongue))


def speaks(text: str, tongue: str) -> bool:
    """Whether it is a sentence of that language, or a part of one of more than two words."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return len(words) > 2 and not set(SIGNS[tongue].split()).isdisjoint(words)


def heard(client: Client, method: str, path: str) -> dict[str, set[str]]:
    """What a page says in each language; nothing where it leads elsewhere."""
    said = {}
    for tongue in TONGUES:
        with watching.undone():
            answer = client.generic(method, path, headers={"accept-language": tongue})
        assert answer.status_code < 500, path
        if answer.status_code not in (301, 302, 303, 405):
            said[tongue] = texts(answer)
    return said if len(said) == len(TONGUES) else {}


def wrong(said: dict[str, set[str]]) -> list[str]:
    """What was not translated: English in both, French in Italian."""
    pairs = [("fr", "en"), ("it", "en"), ("it", "fr")]
    return [
        f"{mine}: {text}"
        for mine, other in pairs
        for text in untranslated(said[mine], said[other], other)
    ]


@pytest.fixture
def shop(db: None) -> Life:
    return life.make("Le Quartier", "Zanzibar")


@pytest.fixture
def browsers(shop: Life) -> dict[str, Client]:
    """By whose door: the browser that may open it."""
    owner = life.browser(shop.owner)
    return {
        **{who: life.browser() for who in ("everybody", "card", "partner")},
        "counter": life.phone(shop, shop.cashier, "4711"),
        "owner": owner,
        "chief": owner,
    }


def test_no_page_says_anything_in_another_language(shop: Life, browsers: dict[str, Client]) -> None:
    read, found = {"GET": 0, "POST": 0}, []
    for name in DOORS.keys() - ELSEWHERE - LEAVING:
        for method in read:
            door = DOORS[name]
            if said := heard(browsers[door.whose], method, door.path(name, shop)):
                read[method] += 1
                found += [f"{method} {name}: {one}" for one in wrong(said)]
    assert "\n".join(sorted(found)) == ""
    assert read["GET"] > 100
    assert read["POST"] > 40


def test_no_idea_says_anything_in_another_language(db: None) -> None:
    client = life.browser()
    client.post("/start", {"name": "Le Quartier", "kind": "cafe", "country": "FR"})
    found = [f"all: {one}" for one in wrong(heard(client, "GET", "/start/ideas"))]
    for name in known.NAMES:
        said = heard(client, "GET", f"/start/ideas/{name}")
        assert len(said["it"]) > 20
        found += [f"{name}: {one}" for one in wrong(said)]
    assert "\n".join(found) == ""


def test_a_page_that_is_nowhere_says_so_in_the_readers_language(db: None) -> None:
    said = heard(life.browser(), "GET", "/nowhere")
    assert wrong(said) == []
    assert "Il n’y a rien à cette adresse" in said["fr"]


def test_what_is_left_would_be_seen() -> None:
    reader = Text()
    reader.feed(
        '<p aria-label="Who is it for">a <b>Look at the\n answers</b></p><pre>of the if</pre>'
    )
    assert reader.found >= {"Who is it for", "Look at the answers"}
    assert untranslated(reader.found, reader.found, "en") == [
        "Look at the answers",
        "Who is it for",
    ]
    assert untranslated({"Ce que disent les clients"}, {"Ce que disent les clients"}, "fr") != []
    assert untranslated({"Total 3 min"}, {"Total 3 min"}, "en") == []
