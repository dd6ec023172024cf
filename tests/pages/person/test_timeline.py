"""Everything that happened with a person stands in one list, newest first, page by page."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from habitue import ledger
from habitue.core import facts
from habitue.members import answers, cards, consents, journal
from habitue.members.models import Business, Customer, Staff
from habitue.pages.person import timeline
from tests.pages.conftest import make_member
from tests.pages.person.conftest import visit

pytestmark = pytest.mark.django_db


def titles(shop: Business, customer: Customer, chip: str = "") -> list[str]:
    with override("en"):
        return [line.title for line in timeline.page(shop, customer, chip=chip).lines]


def fill(shop: Business, alice: Customer, diego: Staff) -> None:
    """One of each."""
    visit(shop, alice, 2, source=f"counter:{diego.pk}", reference="one")
    now = datetime.now(UTC)
    consents.record(
        alice, purpose="marketing", channel="email", granted=True, wording="Yes.", source="join",
        at=now,
    )  # fmt: skip
    said = answers.Answered("nps", 3, 10, now.date(), "r1", alice.pk, now, "Too slow")
    answers.record(shop, [said], source="import")
    journal.write(shop, "note", at=now, staff=diego, customer=alice)
    cards.read(cards.printed_code(alice.cards.get()), business=shop.pk, staff=diego, at=now)


def test_all_that_happened_stands_in_one_list(
    cafe: Business, alice: Customer, diego: Staff
) -> None:
    fill(cafe, alice, diego)
    assert set(titles(cafe, alice)) == {
        "Joined",
        "Stamped 2 times",
        "Agreed to news and offers by e-mail",
        "Would recommend the shop: 3 of 10",
        "Note changed",
        "A code was refused at the counter",
    }
    with override("en"):
        lines = {line.title: line for line in timeline.page(cafe, alice).lines}
    assert lines["Stamped 2 times"].who == "Diego"
    assert lines["Stamped 2 times"].moments[0].amount == "+2"
    assert lines["Would recommend the shop: 3 of 10"].sign == "sad"
    assert [line.at for line in lines.values()] == sorted(
        (line.at for line in lines.values()), reverse=True
    )


@pytest.mark.parametrize(
    ("chip", "shown"),
    [
        ("visits", {"Joined", "Stamped 2 times"}),
        ("rewards", set()),
        ("consent", {"Agreed to news and offers by e-mail"}),
        ("answers", {"Would recommend the shop: 3 of 10"}),
        ("journal", {"Note changed", "A code was refused at the counter"}),
    ],
)
def test_a_filter_shows_its_kind_alone(
    cafe: Business, alice: Customer, diego: Staff, chip: str, shown: set[str]
) -> None:
    fill(cafe, alice, diego)
    assert set(titles(cafe, alice, chip)) == shown


def test_page_after_page_shows_every_line_once(cafe: Business, alice: Customer) -> None:
    events = [visit(cafe, alice) for _ in range(2 * timeline.PAGE)]
    found, before = [], ""
    while True:
        page = timeline.page(cafe, alice, before=before)
        assert len(page.lines) <= timeline.PAGE
        found += [line.event for line in page.lines]
        if not page.more:
            break
        before = page.more
    assert len(found) == len(set(found)) == len(events) + 1
    assert set(found) > set(events)


@pytest.mark.parametrize("before", ["x", "-", "99999999999999999-1", "1-99999999999999999999"])
def test_a_cursor_that_is_none_begins_at_the_top(
    cafe: Business, alice: Customer, owner: Client, before: str
) -> None:
    answer = owner.get(f"/customers/{alice.pk}", {"before": before, "show": "nonsense"})
    assert answer.status_code == 200


def test_a_page_asks_as_much_of_the_database_whether_it_shows_few_or_many(
    cafe: Business, alice: Customer
) -> None:
    visit(cafe, alice)
    timeline.page(cafe, alice)
    with CaptureQueriesContext(connection) as few:
        timeline.page(cafe, alice)
    for _ in range(30):
        visit(cafe, alice)
    with CaptureQueriesContext(connection) as many:
        timeline.page(cafe, alice)
    assert len(many) == len(few)


def test_who_went_over_brings_what_happened_along(cafe: Business, alice: Customer) -> None:
    twin = make_member(cafe, "Alicia", "alicia@example.org")
    visit(cafe, twin, 7)
    now = datetime.now(UTC)
    ledger.post(
        cafe.pk, [ledger.Fact(customer=twin.pk, at=now, what=facts.Merge(alice.pk))], now=now
    )
    assert "Stamped 7 times" in titles(cafe, alice)
    assert titles(cafe, alice).count("Same person as another customer") == 1
