"""A new version from the text to its confirmation: nothing is written before the last step."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from habitue.core import document, program
from habitue.ledger import publishing
from habitue.members.models import Business
from habitue.pages.models import Study
from habitue.pages.program import changes
from habitue.site import studying
from tests.pages.conftest import make_shop
from tests.pages.program.test_check import buy
from tests.pages.program.test_overview import POINTS, body, publish

pytestmark = pytest.mark.django_db

CHEAPER = POINTS.replace("{points: 275}", "{points: 50}")


def soon(days: int = 10) -> date:
    return (timezone.now() + timedelta(days=days)).date()


@pytest.fixture
def bought(cafe: Business) -> Business:
    """Three members with a hundred points each, which buy nothing yet."""
    publish(cafe, POINTS, -120)
    buy(cafe, people=3, visits=5, amount=2000)
    return cafe


def write(keeper: Client, text: str, since: date) -> str:
    answer = keeper.post("/program/publish", {"text": text, "since": since.isoformat()})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def read(text: str) -> program.Program:
    found = document.read(text)
    assert isinstance(found, program.Program)
    return found


def test_a_version_is_compared_previewed_and_only_then_published(
    keeper: Client, bought: Business
) -> None:
    assert "275" in body(keeper, "/program/publish")  # begins with the text there is
    path = write(keeper, CHEAPER, soon())
    waiting = body(keeper, path)
    assert "every 1s" in waiting
    assert "Coûte 275 points." in waiting
    assert "Coûte 50 points." in waiting
    assert keeper.post(f"{path}/confirm").headers["Location"] == path  # not seen yet: not published
    studying.run(Study.objects.get().pk)
    text = body(keeper, path)
    assert "Quelque chose change pour 3 membres sur 3" in text
    assert "« Un thé » : 3 membres pourront la prendre" in text
    assert "Guest 1" in text
    assert len(publishing.versions(bought.pk)) == 2  # still only what was there
    answer = keeper.post(f"{path}/confirm", follow=True)
    assert "La version 3 est publiée" in answer.content.decode()
    newest = publishing.versions(bought.pk)[0]
    assert (newest.number, newest.since, newest.text) == (3, soon(), CHEAPER)


def test_problems_are_shown_by_line_and_nothing_begins(keeper: Client, bought: Business) -> None:
    wrong = POINTS.replace("rewards:", "rewrads:")
    answer = keeper.post("/program/publish", {"text": wrong, "since": soon().isoformat()})
    assert answer.status_code == 422
    assert "« rewards »" in answer.content.decode().replace("\xa0", " ")
    assert "Ligne 11" in answer.content.decode()
    assert not Study.objects.exists()


def test_what_members_hold_cannot_be_left_out(keeper: Client, bought: Business) -> None:
    lines = [line for line in POINTS.splitlines() if "stamps" not in line]
    answer = keeper.post(
        "/program/publish", {"text": "\n".join(lines), "since": soon().isoformat()}
    )
    assert answer.status_code == 422
    assert "des membres en ont déjà" in answer.content.decode()


def test_a_version_begins_after_what_has_happened(keeper: Client, bought: Business) -> None:
    answer = keeper.post("/program/publish", {"text": CHEAPER, "since": soon(-5).isoformat()})
    assert answer.status_code == 422
    assert "ce qui est arrivé reste" in answer.content.decode().lower()


def test_a_draft_that_was_overtaken_is_not_published(keeper: Client, bought: Business) -> None:
    path = write(keeper, CHEAPER, soon())
    studying.run(Study.objects.get().pk)
    publish(bought, POINTS, 5)
    assert "Une autre version" in body(keeper, path)
    keeper.post(f"{path}/confirm")
    assert len(publishing.versions(bought.pk)) == 3


def test_another_shops_draft_does_not_exist(keeper: Client, cafe: Business) -> None:
    bar = make_shop("Bar")
    study = Study.objects.create(business=bar, kind="preview", asked={}, asked_at=timezone.now())
    assert keeper.get(f"/program/publish/{study.pk}").status_code == 404
    assert keeper.post(f"/program/publish/{study.pk}/confirm").status_code == 404
    assert keeper.get("/program/publish", {"draft": study.pk}).status_code == 404


@pytest.mark.parametrize(
    ("old", "new", "title"),
    [
        ("per: 1.00", "per: 2.00", "Un point par euro"),
        ("{points: 275}", "{points: 270}", "Un thé"),
        ("expiry: 12 months", "expiry: 6 months", "points"),
    ],
)
def test_a_change_is_said_of_the_thing_it_is_about(old: str, new: str, title: str) -> None:
    said, unsaid = changes.between(read(POINTS), read(POINTS.replace(old, new)), soon())
    assert [one.title for one in said] == [title]
    assert unsaid == []


def test_what_no_sentence_shows_is_listed_by_its_place() -> None:
    rounded = POINTS.replace("worth: 0.05,", "worth: 0.05, rounding: ceil,")
    said, unsaid = changes.between(read(POINTS), read(rounded), soon())
    assert said == []
    assert [(one.path, one.new) for one in unsaid] == [("units.points.rounding", "ceil")]


def test_equal_programs_differ_in_nothing() -> None:
    assert changes.between(read(POINTS), read(POINTS), soon()) == ([], [])
