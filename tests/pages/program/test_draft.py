"""The program changed by sentences: noted in a draft, seen for every member, published."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from habitue.core import document
from habitue.core.program import Program
from habitue.ledger import publishing
from habitue.members.models import Business, JournalLine
from habitue.pages.models import Draft, Study
from habitue.pages.program import drafts, versions
from habitue.pages.program.sentences import places
from habitue.site import studying
from tests.pages.conftest import make_shop
from tests.pages.program.test_check import buy
from tests.pages.program.test_overview import POINTS, body, publish
from tests.pages.program.test_sentences import filled, form_of

pytestmark = pytest.mark.django_db

TEA = "/program/edit/rewards/tea/0"
BASE = "/program/edit/rules/base/0"


@pytest.fixture
def bought(cafe: Business) -> Business:
    publish(cafe, "# Ours.\n" + POINTS, -120)
    buy(cafe, people=3, visits=5, amount=2000)
    return cafe


def fill(shop: Business, path: str, **values: str | list[str]) -> QueryDict:
    """What a browser sends of a thing's page with some blanks filled in."""
    work = drafts.current(shop)
    shelf, name, turn = path.split("/")[3:6]
    thing = places.find(work.program, places.Place(shelf, name, int(turn)))
    data = filled(form_of(work.program, shelf, thing), **values)
    data["revision"] = str(work.revision)
    return data


def text_of(answer: Any) -> str:
    return str(answer.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def test_a_change_is_noted_previewed_published_and_told_to_the_journal(
    keeper: Client, bought: Business
) -> None:
    data = fill(bought, TEA, price__amount="50")
    answer = keeper.post(TEA, data)
    assert answer.headers["Location"] == "/program/edit"
    assert not Study.objects.exists()
    assert len(publishing.versions(bought.pk)) == 2  # nothing is published by changing
    page = body(keeper, "/program/edit")
    assert "Coûte 275 points." in page
    assert "Coûte 50 points." in page
    day = timezone.localdate() + timedelta(days=3)
    answer = keeper.post("/program/edit/see", {"since": day.isoformat()})
    path = answer.headers["Location"]
    assert keeper.post(f"{path}/confirm").headers["Location"] == path  # not yet seen
    studying.run(Study.objects.get().pk)
    assert "3 membres pourront la prendre" in body(keeper, path)
    keeper.post(f"{path}/confirm")
    newest = publishing.versions(bought.pk)[0]
    assert (newest.number, newest.since) == (3, day)
    assert newest.text == "# Ours.\n" + POINTS.replace("275", "50")
    assert not Draft.objects.exists()
    line = JournalLine.objects.get(kind="publish")
    assert line.what["version"] == 3
    assert "Coûte 50 points." in line.what["said"]
    assert "Guest" not in str(line.what)
    assert line.staff is not None


def test_a_draft_holds_several_changes_and_can_be_dropped(keeper: Client, bought: Business) -> None:
    keeper.post(TEA, fill(bought, TEA, price__amount="50"))
    keeper.post(BASE, fill(bought, BASE, award__amount="2"))
    work = drafts.current(bought)
    assert work.revision == 2
    assert work.text == "# Ours.\n" + POINTS.replace("275", "50").replace(
        "points: 1,", "points: 2,"
    )
    keeper.post("/program/edit/discard")
    assert not drafts.current(bought).kept


def test_a_thing_is_added_and_its_name_was_never_used(keeper: Client, bought: Business) -> None:
    path = "/program/edit/add/thing"
    sent = {
        "revision": "0", "price-amount": "20", "price-unit": "points", "price-name": "thé",
        "title-fr": "tea", "how-how": "", "valid-period": "day", "often-per": "ever",
    }  # fmt: skip
    answer = keeper.post(path, sent)
    assert answer.status_code == 302, text_of(answer)
    assert [one.id for one in drafts.current(bought).program.rewards] == ["tea", "tea-2"]


def test_what_cannot_be_is_said_at_its_sentence_and_not_kept(
    keeper: Client, bought: Business
) -> None:
    answer = keeper.post(TEA, fill(bought, TEA, price__unit="stamps"))
    assert answer.status_code == 422
    assert "Personne ne pourrait jamais prendre « Un thé »" in text_of(answer)
    answer = keeper.post(TEA, fill(bought, TEA, price__amount="-3"))
    assert answer.status_code == 422
    assert not Draft.objects.exists()


def test_looking_at_what_would_come_keeps_nothing(keeper: Client, bought: Business) -> None:
    data = fill(bought, TEA, price__amount="51")
    answer = keeper.get(f"{TEA}?live&{data.urlencode()}")
    assert "Coûte 51 points." in text_of(answer)
    assert "<html" not in text_of(answer)
    data = fill(bought, TEA, price__amount="x")
    assert "ne convient pas encore" in text_of(keeper.get(f"{TEA}?live&{data.urlencode()}"))
    assert not Draft.objects.exists()


def test_who_changes_what_another_has_just_changed_is_told(
    keeper: Client, bought: Business
) -> None:
    mine, theirs = fill(bought, TEA, price__amount="50"), fill(bought, TEA, price__amount="60")
    keeper.post(TEA, theirs)
    answer = keeper.post(TEA, mine, follow=True)
    assert "Quelqu’un d’autre a modifié ce brouillon" in text_of(answer)
    assert "points: 60" in drafts.current(bought).text
    mine["revision"] = "9" * 30
    assert keeper.post(TEA, mine).status_code == 302
    assert "points: 60" in drafts.current(bought).text


def test_a_draft_of_an_older_version_is_not_published(keeper: Client, bought: Business) -> None:
    keeper.post(TEA, fill(bought, TEA, price__amount="50"))
    publish(bought, POINTS, 5)
    assert "Une autre version a été publiée" in body(keeper, "/program/edit")
    answer = keeper.post("/program/edit/see", {"since": "2099-01-01"})
    assert answer.headers["Location"] == "/program/edit"
    assert not Study.objects.exists()


def test_nothing_is_changed_for_the_past(keeper: Client, bought: Business) -> None:
    keeper.post(TEA, fill(bought, TEA, price__amount="50"))
    for since in ("2020-01-01", "", "0001-01-01", "x"):
        answer = keeper.post("/program/edit/see", {"since": since})
        assert answer.status_code == 422
    assert not Study.objects.exists()


def test_a_draft_begins_no_earlier_than_the_version_it_goes_on_from(
    keeper: Client, bought: Business
) -> None:
    publish(bought, POINTS, 20)
    keeper.post(TEA, fill(bought, TEA, price__amount="50"))
    soon = timezone.localdate() + timedelta(days=10)
    answer = keeper.post("/program/edit/see", {"since": soon.isoformat()})
    assert answer.status_code == 422
    assert "une version qui commence le" in text_of(answer)


def test_a_reward_that_goes_says_what_becomes_of_its_vouchers(
    keeper: Client, bought: Business
) -> None:
    page = body(keeper, f"{TEA}/remove")
    assert "Aucun bon n’est en cours" in page
    keeper.post(f"{TEA}/remove", {"revision": "0"})
    assert drafts.current(bought).program.rewards == ()


def test_what_others_need_cannot_be_removed(keeper: Client, bought: Business) -> None:
    answer = keeper.post(f"{BASE}/remove", {"revision": "0"})
    assert answer.status_code == 422
    assert "rien ne donne de points" in text_of(answer)
    assert not Draft.objects.exists()


def test_a_rule_waits_and_begins_again(keeper: Client, bought: Business) -> None:
    sent = {"revision": "0", "since": "2027-01-01", "again": "2027-02-01"}
    assert keeper.post(f"{BASE}/end", sent).status_code == 302
    first, second = drafts.current(bought).program.rules
    assert first.dates is not None
    assert first.dates.until == date(2027, 1, 1)
    assert second.dates is not None
    assert second.dates.since == date(2027, 2, 1)
    answer = keeper.post(f"{BASE}/end", {"revision": "1", "since": "2027-03-01"})
    assert answer.status_code == 422  # it has ended by then


@pytest.mark.parametrize(
    "path",
    [
        "/program/edit/rewards/nothing/0",
        "/program/edit/rewards/tea/7",
        "/program/edit/secrets/tea/0",
        "/program/edit/add/nothing",
        "/program/edit/add/rule",
        "/program/edit/units/points/0/remove",
        "/program/edit/units/points/0/end",
    ],
)
def test_what_is_not_there_does_not_exist(keeper: Client, bought: Business, path: str) -> None:
    assert keeper.get(path).status_code == 404


def test_another_shops_draft_is_its_own(keeper: Client, bought: Business) -> None:
    bar = make_shop("Bar")
    Draft.objects.create(business=bar, text=POINTS, after=1, changed_at=timezone.now())
    assert not drafts.current(bought).kept
    keeper.post("/program/edit/discard")
    assert Draft.objects.filter(business=bar).exists()


def test_strangers_sign_in_first(client: Client, cafe: Business) -> None:
    for path in ("/program/edit", TEA, "/program/calendar", "/program/edit/add/thing"):
        assert client.get(path).headers["Location"] == "/sign-in"
    assert client.post("/program/edit/discard").status_code == 302


def test_a_version_to_come_is_taken_back(keeper: Client, bought: Business) -> None:
    publish(bought, POINTS.replace("275", "9"), 20)
    assert "La retirer avant" in body(keeper, "/program")
    answer = keeper.post("/program/versions/3/withdraw")
    studying.run(Study.objects.get().pk)
    keeper.post(f"{answer.headers['Location']}/confirm")
    states = {one.number: one.state for one in versions.every(bought)}
    assert states == {4: "to come", 3: "replaced", 2: "in force", 1: "over"}
    assert keeper.post("/program/versions/2/withdraw").status_code == 404
    assert keeper.post("/program/versions/99/withdraw").status_code == 404


def test_ninety_days_are_tried_in_one_tap(keeper: Client, bought: Business) -> None:
    keeper.post(TEA, fill(bought, TEA, price__amount="50"))
    path = keeper.post("/program/edit/try").headers["Location"]
    study = Study.objects.get()
    assert (study.asked["stretch"], "points: 50" in study.asked["text"]) == ("90 days", True)
    studying.run(study.pk)
    assert "Votre brouillon" in body(keeper, path)


def test_a_shop_without_a_program_begins_with_one(keeper: Client, cafe: Business) -> None:
    work = drafts.current(make_shop("Bar"))
    assert isinstance(document.read(work.text), Program)
    assert "Remplissez la phrase" in body(keeper, "/program/edit/add/thing")


def test_the_calendar_shows_what_holds_on_which_day(keeper: Client, cafe: Business) -> None:
    double = (
        "  - {id: double, title: {fr: Double}, when: purchase, award: {multiply: 2},"
        " where: {weekday: [tuesday], hours: 14:00-16:00},"
        " dates: {since: 2027-03-01, until: 2027-03-16}}\n"
        "  - {id: calm, title: {fr: Calme}, when: purchase, award: {multiply: 3},"
        " where: {weekday: monday}}\n"
    )
    publish(cafe, POINTS.replace("rewards:", double + "rewards:"), -1)
    page = body(keeper, "/program/calendar", month="2027-03")
    listed = page[page.index("Jour par jour") :]
    assert listed.count("Double") == 2  # the two Tuesdays, 2 and 9 March; the 16th is over
    assert "2 mars" in listed
    assert "9 mars" in listed
    assert "14:00–16:00" in listed
    assert "Calme" in page[: page.index("<table")]
    assert "Calme" not in listed
    assert "day=2027-03-05" in page
    assert "Rien de daté" in body(keeper, "/program/calendar", month="2027-05")


@pytest.mark.parametrize(
    "month", ["2027-13", "2027-00", "x", "1-1", "99999-01", "2027-1", "²²²²-01"]
)
def test_a_month_that_is_none_is_not_found(keeper: Client, cafe: Business, month: str) -> None:
    assert keeper.get("/program/calendar", {"month": month}).status_code == 404


def test_a_day_of_the_calendar_is_filled_in(keeper: Client, bought: Business) -> None:
    page = body(keeper, "/program/edit/add/times", day="2027-03-05")
    assert page.count('value="2027-03-05"') == 2
    assert keeper.get("/program/edit/add/times", {"day": "2027-99-05"}).status_code == 200


def test_rewards_are_told_in_figures(keeper: Client, cafe: Business) -> None:
    publish(cafe, POINTS.replace("{points: 275}", "{points: 275}, stock: 7"), -1)
    page = body(keeper, "/program")
    row = page[page.index('<th scope="row">Un thé') :].split("</tr>")[0]
    assert "13,75" in row  # 275 points at 0.05
    assert "<td>7</td>" in row
