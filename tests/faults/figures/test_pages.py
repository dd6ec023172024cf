"""Measures of unlucky shops: every page answers in words, whoever asks, whatever lies there."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

import msgspec
import pytest
from django.contrib.auth.models import User
from django.test import Client

from habitue.ledger import lifelines
from habitue.members import staff
from habitue.metrics import catalogue
from habitue.metrics.report import VERSION, Report
from habitue.metrics.segments import catalogue as segments
from habitue.outreach import audiences, experiments
from habitue.pages.measures import reports
from habitue.pages.models import Study
from habitue.pages.program import studies
from habitue.site import studying
from tests.faults.figures.conftest import Town
from tests.faults.figures.shops import SHOPS, TODAY
from tests.pages.conftest import make_member

pytestmark = pytest.mark.django_db

LANGUAGES: Final = ("fr", "it", "en")
PAGES: Final = (
    "/", "/measures", "/measures?by=quarter", "/measures.json", "/measures/cohorts",
    "/measures/cohorts?show=revenue", "/measures/cohorts.csv", "/measures/leaks",
    "/measures/leaks.csv", "/measures/segments", "/measures/audiences", "/measures/experiments",
    "/measures/together", "/measures/scenario?margin=30", "/measures/staying",
    "/measures/satisfaction?by=quarter", "/measures/worth?margin=30",
)  # fmt: skip
NO_WORDS: Final = re.compile(r"\b(nan|NaN|inf|Infinity|None|undefined|null)\b")
"""What a page says that was not told what to say."""


def browser(name: str, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    user = User.objects.get(username=name)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def addresses(shop: int) -> Iterator[str]:
    """All pages, and of those that are alike some, others for each shop."""
    yield from PAGES
    each = [
        *(f"/measures/figure/{name}{end}" for name in catalogue.every() for end in ("", ".csv")),
        *(f"/measures/customers/{name}{end}" for name in lifelines.BEHIND for end in ("", ".csv")),
        *(f"/measures/segments/{name}" for name in segments.every()),
    ]
    yield from each[shop % 8 :: 8]


@pytest.mark.parametrize("name", SHOPS)
def test_every_page_answers_in_words(name: str, town: Town) -> None:
    place = list(SHOPS).index(name)
    client = browser(name, LANGUAGES[place % 3])
    for address in addresses(place):
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        if address.endswith(".json"):
            assert "NaN" not in text
            continue
        said = html.unescape(re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", text, flags=re.S))
        assert NO_WORDS.search(said) is None, (address, NO_WORDS.search(said))
        assert re.search(r'="[^"]*\b(nan|inf|None)\b', text) is None, address
        assert "<script>alert" not in text
        assert '\n=HYPERLINK("x")<b>' not in text


@pytest.mark.parametrize("name", ["nobody", "one", "one_day", "today_only", "undone", "free"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_said_is_refused_in_every_language(
    name: str, language: str, town: Town
) -> None:
    kept = reports.latest(town.shop(name))
    assert kept is not None
    client = browser(name, language)
    report = kept.report
    refused = [model.refused for model in report.worth.models] if report.worth else []
    text = html.unescape(client.get("/measures/worth").content.decode())
    for words in refused:
        assert words is not None
        assert words[language] in text
    if report.together is not None:
        assert report.together.refused is not None
        shown = html.unescape(client.get("/measures/together").content.decode())
        assert report.together.refused[language] in shown
    if report.beside is not None:
        assert report.beside.refused is not None
        shown = html.unescape(client.get("/measures/experiments").content.decode())
        assert report.beside.refused[language] in shown


@pytest.mark.parametrize("name", ["everyone_once", "nobody_left"])
def test_degenerate_shops_are_told_so(name: str, town: Town) -> None:
    kept = reports.latest(town.shop(name))
    assert kept is not None
    assert kept.report.worth is not None
    for model in kept.report.worth.models:
        words = (model.refused, *model.cautions)
        assert any(said is not None and set(said) == set(LANGUAGES) for said in words), model


# --- whose figures these are -------------------------------------------------------------------


def test_what_is_of_another_shop_does_not_exist(town: Town) -> None:
    eight = town.shop("eight")
    vip = audiences.OfSegment(segment="vip")
    of = audiences.make(eight, "Best", vip, now=TODAY)
    experiments.start(eight, "tea", seed="0123456789abcdef", now=TODAY)
    own, other = browser("eight"), browser("yen")
    assert own.get(f"/measures/audiences/{of.pk}.csv").status_code == 200
    assert other.get(f"/measures/audiences/{of.pk}.csv").status_code == 404
    assert other.get("/measures/audiences/9223372036854775807.csv").status_code == 404
    assert b"tea" in own.get("/measures/experiments/tea").content
    answer = other.get("/measures/experiments/tea")
    assert answer.status_code in (302, 404)
    assert b"tea" not in answer.content
    for address in ("figure/nonsense", "figure/nonsense.csv", "customers/nonsense", "segments/x"):
        assert own.get(f"/measures/{address}").status_code == 404, address


@pytest.mark.parametrize("who", ["nobody", "cashier", "member"])
def test_figures_are_the_owners(who: str, town: Town) -> None:
    eight, client = town.shop("eight"), Client()
    if who == "cashier":
        diego = staff.add_cashier(eight, name="Diego", pin="4711")
        enter = f"/s/{eight.counter_key}/in"
        assert client.post(enter, {"staff": diego.pk, "pin": "4711"}).status_code == 302
    elif who == "member":
        alice = make_member(eight, "Alice", "alice@example.org")
        assert client.get(f"/c/{alice.cards.get().token}").status_code == 200
    for address in [*PAGES[1:], "/measures/segments/vip", "/measures/figure/nps"]:
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer.headers["Location"].startswith("/sign-in")
    assert client.post("/measures/anew").headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "asked",
    [
        "?period=0001-01-01..0001-02-01", "?period=9999-01-01..9999-12-31&window=3660",
        "?period=..", "?period=2026-01-01..2026-01-01", "?window=0", "?window=x",
        "?period=1026-01-01..2026-01-01", "?window=99999999999999999999",
    ],
)  # fmt: skip
def test_a_senseless_question_is_answered_by_a_sentence(asked: str, town: Town) -> None:
    answer = browser("eight").get(f"/measures.json{asked}")
    if answer.status_code == 200:
        assert "9999" in asked
        return
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(("does not.", ".", "'."))


@pytest.mark.parametrize(
    "asked", ["page=99999999", "page=-1", "page=x", "until=x", "by=x", "page="]
)
def test_an_address_made_by_hand_leads_somewhere(asked: str, town: Town) -> None:
    client = browser("eight")
    for address in ("customers/known", "leaks", "segments/vip", "figure/retention", "cohorts"):
        answer = client.get(f"/measures/{address}?{asked}", follow=True)
        assert answer.status_code == 200, address
    assert b"8 customers" in client.get(f"/measures/customers/known?{asked}", follow=True).content


# --- reports that do not come, or are of another make ------------------------------------------


@pytest.mark.parametrize(
    "found",
    [b"", b"\xc1", msgspec.msgpack.encode({"version": VERSION}), msgspec.msgpack.encode([1])],
)
def test_a_report_that_cannot_be_read_is_worked_out_anew(found: bytes, town: Town) -> None:
    eight, client = town.shop("eight"), browser("eight")
    Study.objects.filter(business=eight).update(found=found)
    for address in ("", "/cohorts", "/leaks", "/segments", "/worth", "/figure/nps", "/together"):
        answer = client.get(f"/measures{address}", follow=True)
        assert answer.status_code == 200, address
        assert b"/measures/anew" in answer.content
    client.post("/measures/anew")
    studying.run(Study.objects.filter(business=eight).latest("pk").pk)
    kept = reports.latest(eight)
    assert kept is not None
    assert isinstance(kept.report, Report)


def test_while_the_worker_is_dead_it_is_said_and_asked_once(town: Town) -> None:
    eight, client = town.shop("eight"), browser("eight")
    before = Study.objects.filter(business=eight).count()
    for _ in range(3):
        client.post("/measures/anew")
    assert Study.objects.filter(business=eight).count() == before + 1
    said = html.unescape(client.get("/measures").content.decode())
    assert "worker" in said or "begin" in said
    study = studies.begin(eight, studies.MeasuresAsked(VERSION))
    Study.objects.filter(pk=study.pk).update(failed=True)
    assert "could not be worked out" in client.get("/measures").content.decode()


def test_a_name_that_is_taken_is_a_sentence(town: Town) -> None:
    client, given = browser("eight", "fr"), {"name": "Best", "kind": "live"}
    assert client.post("/measures/segments/vip/audience", given).status_code == 302
    again = client.post("/measures/segments/lost/audience", given)
    assert again.status_code == 422
    assert "déjà" in again.content.decode()
    for name in ("\n", "a\nb", "x" * 81, ""):
        answer = client.post("/measures/segments/vip/audience", {"name": name, "kind": "frozen"})
        assert answer.status_code == 422, name
    assert client.post("/measures/segments/x/audience", given).status_code in (302, 404)
