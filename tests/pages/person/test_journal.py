"""Who gave what to whom: filtered, page by page, as a file, with what is unusual said first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from habitue import ledger
from habitue.core import facts
from habitue.members import cards, journal, staff
from habitue.members.models import Business, Customer, Staff
from habitue.pages.person import alerts
from habitue.pages.person import journal as shown
from tests.pages.conftest import ZOE, make_member, make_shop
from tests.pages.person.conftest import visit

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}


def seen(owner: Client, **given: object) -> str:
    asked = {name: str(value) for name, value in given.items()}
    answer = owner.get("/journal", asked, headers=ENGLISH)
    assert answer.status_code == 200
    return answer.content.decode().partition("<table")[2]


def by(shop: Business, one: Staff, customer: Customer, times: int = 1) -> None:
    for nth in range(times):
        visit(shop, customer, source=f"counter:{one.pk}", reference=f"{customer.pk}-{one.pk}-{nth}")


def fill(shop: Business, alice: Customer, diego: Staff) -> Staff:
    """Diego stamps Alice, Emma looks into a file, a code is refused, a balance is corrected."""
    emma = staff.add_cashier(shop, name="Emma", pin="0815")
    now = datetime.now(UTC)
    by(shop, diego, alice)
    journal.write(shop, "export", at=now, staff=emma)
    cards.read(cards.printed_code(alice.cards.get()), business=shop.pk, staff=diego, at=now)
    program = ledger.program(shop.pk)
    assert program is not None
    what = facts.Adjustment(program.units[0].id, 2, "=cmd()")
    owner = Staff.objects.get(business=shop, user__username=ZOE)
    fact = ledger.Fact(
        customer=alice.pk, at=now, what=what, source=f"owner:{owner.pk}", reference="x:0"
    )
    ledger.post(shop.pk, [fact], now=datetime.now(UTC))
    return emma


def test_all_that_was_done_by_hand_stands_with_who_and_whom(
    cafe: Business, alice: Customer, diego: Staff, owner: Client
) -> None:
    fill(cafe, alice, diego)
    page = seen(owner)
    for text in ("Diego", "Emma", "Stamped", "List exported", "Corrected by hand", "refused"):
        assert text in page, text
    assert page.count("Alice Martin") == 3


@pytest.mark.parametrize(
    ("kind", "there", "gone"),
    [
        ("given", "Stamped", "List exported"),
        ("corrected", "Corrected by hand", "Stamped"),
        ("lines", "List exported", "Stamped"),
        ("codes", "A code was refused", "Stamped"),
    ],
)
def test_a_kind_is_shown_alone(
    cafe: Business, alice: Customer, diego: Staff, owner: Client, kind: str, there: str, gone: str
) -> None:
    fill(cafe, alice, diego)
    page = seen(owner, kind=kind)
    assert there in page
    assert gone not in page


def test_lines_of_one_person_of_one_customer_and_of_some_days(
    cafe: Business, alice: Customer, diego: Staff, owner: Client
) -> None:
    emma = fill(cafe, alice, diego)
    assert "Stamped" not in seen(owner, staff=emma.pk)
    assert "List exported" in seen(owner, staff=emma.pk)
    bruno = make_member(cafe, "Bruno Bianchi", "bruno@example.org")
    by(cafe, diego, bruno)
    page = seen(owner, customer=bruno.pk)
    assert "Bruno Bianchi" in page
    assert "Alice Martin" not in page
    day = datetime.now(UTC).date()
    assert "Stamped" in seen(owner, since=day - timedelta(2), until=day + timedelta(2))
    assert seen(owner, until=day - timedelta(3)) == ""
    assert seen(owner, since=day + timedelta(3)) == ""


def test_page_after_page_shows_every_line_once(
    cafe: Business, alice: Customer, diego: Staff, owner: Client
) -> None:
    by(cafe, diego, alice, shown.PAGE + 5)
    journal.write(cafe, "export", at=datetime.now(UTC), staff=diego)
    first = owner.get("/journal")
    assert len(first.context["entries"]) == shown.PAGE
    second = owner.get("/journal", {"before": first.context["more"]})
    keys = [one.id for page in (first, second) for one in page.context["entries"]]
    assert len(keys) == len(set(keys)) == shown.PAGE + 6
    assert keys == sorted(keys, reverse=True)


def test_the_file_has_every_line_and_nothing_that_a_spreadsheet_takes_for_a_formula(
    cafe: Business, alice: Customer, diego: Staff, owner: Client
) -> None:
    fill(cafe, alice, diego)
    alice.name = "=HYPERLINK(1)"
    alice.save()
    answer = owner.post("/journal.csv", headers=ENGLISH)
    text = answer.getvalue().decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0] == "When,Who,What,Whom,What changed,Details"
    assert len(lines) == 6  # four, and that this file was taken
    assert "'=HYPERLINK(1)" in text
    assert ",=" not in text
    assert owner.get("/journal.csv").status_code == 405


def test_what_another_shop_did_is_not_there(cafe: Business, alice: Customer, owner: Client) -> None:
    other = make_shop("Boulangerie")
    chiara = make_member(other, "Chiara", "chiara@example.org")
    by(other, staff.add_cashier(other, name="Fabio", pin="1234"), chiara)
    journal.write(other, "export", at=datetime.now(UTC))
    assert seen(owner) == ""
    assert seen(owner, customer=chiara.pk) == ""


def test_a_cashier_does_not_open_the_journal(cafe: Business, counter: Client) -> None:
    for answer in (counter.get("/journal"), counter.post("/journal.csv")):
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in")


def test_a_card_that_one_person_stamps_unusually_often_is_said(
    cafe: Business, alice: Customer, diego: Staff
) -> None:
    bruno = make_member(cafe, "Bruno Bianchi", "bruno@example.org")
    by(cafe, diego, bruno, 2)
    by(cafe, diego, alice, alerts.TIMES - 1)
    assert alerts.of(cafe, now=datetime.now(UTC)) == []
    visit(cafe, alice, source=f"counter:{diego.pk}", reference="once more")
    (alert,) = alerts.of(cafe, now=datetime.now(UTC))
    assert (alert.staff, alert.customer) == (diego.pk, alice.pk)
    assert alerts.of(cafe, now=datetime.now(UTC) + timedelta(days=31)) == []


def test_somebody_who_stamps_their_own_card_is_said(cafe: Business, alice: Customer) -> None:
    user = User.objects.create_user("alice@example.org", "alice@example.org")
    works = Staff.objects.create(business=cafe, user=user, name="Alice", role="cashier")
    by(cafe, works, alice, 2)
    (alert,) = alerts.of(cafe, now=datetime.now(UTC))
    assert alert.customer == alice.pk


def test_the_newest_lines_are_found_by_an_index(cafe: Business) -> None:
    """However long the history is, no more is read than is shown."""
    values: dict[str, Any] = {
        "business": 1,
        "sources": ["counter:1"],
        "staff": [1],
        "before": 2**62,
        "since": 0,
    }
    values |= {"customer": None, "limit": 51}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {shown.POSTED}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "ledger_reference_by_hand" in plan
    assert "Seq Scan on ledger_reference" not in plan
