"""Balances from another program: each row once, with its days; the sheet balances to the unit."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from habitue import ledger
from habitue.connectors import balances, carrying, checking, reconciling, running, uploads
from habitue.connectors.models import Change, Import
from habitue.core import facts
from habitue.members import customers
from habitue.members.models import Business, Customer, Member
from tests.connectors.test_running import alice, bring, finish, found, take_back
from tests.ledger.conftest import beside_a_merge, has, sound

LIST = (
    "E-mail,Name,Balance,Unit,Earned on,Expires on\n"
    "alice@example.org,Alice Martin,120,,2026-01-15,\n"
    "alice@example.org,Alice Martin,30,points,2026-03-01,2027-06-30\n"
    "alice@example.org,Alice Martin,12.50,avoir,,\n"
    "bruno@example.org,Bruno Léger,1 000,points,,2027-12-31\n"
    "chiara@example.org,Chiara Rossi,0,points,,\n"
    "diego@example,Diego Gómez,40,points,,\n"  # bad mail
    "eva@example.org,Éva Noël,-5,points,,\n"  # below zero
    "farid@example.org,Farid Œuvré,7.5,points,,\n"  # no half points
    "gina@example.org,Gina Lo,10,miles,,\n"  # no such unit
    "hugo@example.org,Hugo Petit,15,points,2020-01-01,\n"  # lapsed by the unit's rule
    "iris@example.org,Iris Blanc,25,points,,2026-01-31\n"  # lapsed as agreed
)


def bring_in(shop: Business, content: str = LIST) -> tuple[Import, running.Counts]:
    one = bring(shop, content, "balances", unit="points")
    return one, finish(one)


def held(shop: Business) -> dict[str, list[int]]:
    """What everybody holds, by name."""
    people = {one.pk: one.name for one in Customer.objects.filter(business=shop, erased_at=None)}
    standings = ledger.standings(shop.pk, list(people), now=timezone.now())
    return {people[key]: list(standing.balances.values()) for key, standing in standings.items()}


def lines(sheet: reconciling.Sheet | None) -> dict[str, tuple[int, ...]]:
    assert sheet is not None
    assert sheet.balanced
    return {
        one.unit: (one.rows, one.customers, one.in_file, one.posted, one.there, one.left_out)
        for one in sheet.lines
    }


def test_balances_come_in_with_their_days_and_the_sheet_balances(club: Business) -> None:
    known = alice(club)
    one = bring(club, LIST, "balances", unit="points")
    looked = found(one)
    assert (looked.new, looked.there, looked.wrong, looked.people) == (5, 0, 6, 2)
    assert lines(looked.sheet)["points"] == (9, 8, 1225, 1150, 0, 75)
    assert not Member.objects.exists()  # looking does nothing
    done = finish(one)
    assert (done.new, done.there, done.rejected, done.people) == (5, 0, 6, 2)
    assert held(club) == {
        "Alice Martin": [150, 1250, 0],
        "Bruno Léger": [1000, 0, 0],
        "Chiara Rossi": [0, 0, 0],
    }
    one.refresh_from_db()
    sheet = running.sheet(one)
    assert sheet is not None
    assert lines(sheet) == {
        "points": (9, 8, 1225, 1150, 0, 75),
        "credit": (1, 1, 1250, 1250, 0, 0),
        "": (1, 1, 0, 0, 0, 0),
    }
    reasons = {left.reason: (left.rows, left.amount, left.unread)
               for left in sheet.lines[0].left}  # fmt: skip
    assert reasons["not an e-mail address"] == (1, 40, 0)
    assert reasons["the balance is below zero"] == (1, -5, 0)
    reason = "not a whole number, and this unit has no decimals"
    assert reasons[reason] == (1, 0, 1)
    assert reasons["the last day of this balance is over"] == (2, 40, 0)
    lines_ = ledger.entries(club.pk, known.pk)
    points = [line.lot for line in lines_ if line.unit == "points"]
    days = set(ledger.lot_days(known.pk, points).values())
    assert days == {
        (date(2026, 1, 15), date(2028, 1, 15)),
        (date(2026, 3, 1), date(2027, 6, 30)),
    }


def test_the_sheet_of_customers_has_everybody_once_a_unit(club: Business) -> None:
    one, _ = bring_in(club)
    with uploads.reconciled(one.pk).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    by = {(row["customer"], row["unit"]): row for row in rows}
    mine = by["alice@example.org", "points"]
    assert (mine["rows"], mine["in file"], mine["posted"], mine["why"]) == ("2", "150", "150", "")
    assert by["alice@example.org", "credit"]["posted"] == "12.50"
    assert by["line 7", "points"]["why"] == "not an e-mail address"
    assert sum(int(row["in file"]) for row in rows if row["unit"] == "points") == 1225
    assert uploads.reconciled(one.pk).stat().st_mode & 0o777 == 0o600


def test_the_same_file_again_adds_nothing(club: Business) -> None:
    bring_in(club)
    before = held(club)
    one, done = bring_in(club)
    assert (done.new, done.there, done.rejected) == (0, 5, 6)
    assert held(club) == before
    one.refresh_from_db()
    assert lines(running.sheet(one))["points"] == (9, 8, 1225, 0, 1150, 75)


def test_another_amount_or_another_file_is_refused_and_not_added(club: Business) -> None:
    bring_in(club)
    before = held(club)
    other = "E-mail,Balance,Expires on\nbruno@example.org,1 200,2027-12-31\n"
    one = bring(club, other, "balances", unit="points")
    assert [fault.reason for fault in found(one).faults] == [
        "a balance is there already, of another amount: correct it by hand"
    ]
    assert finish(one).rejected == 1
    other = "E-mail,Balance\nbruno@example.org,1 200\n"
    one = bring(club, other, "balances", unit="points")
    reason = "a balance was brought in by another file already"
    assert [fault.reason for fault in found(one).faults] == [reason]
    assert finish(one).rejected == 1
    assert held(club) == before
    another = "E-mail,Balance,Unit\nbruno@example.org,3,credit\n"
    assert bring_in(club, another)[1].new == 1  # of another unit there was none


def test_undone_everything_is_as_before_and_may_come_again(club: Business) -> None:
    alice(club)
    one, _ = bring_in(club)
    back = take_back(one)
    assert (back.back, back.left) == (5, 0)
    assert held(club) == {"Alice Martin": [0, 0, 0]}
    again, done = bring_in(club)
    assert done.new == 5
    assert held(club)["Alice Martin"] == [150, 1250, 0]
    again.refresh_from_db()
    assert lines(running.sheet(again))["points"][3] == 1150


def test_one_that_was_killed_goes_on_and_doubles_nothing(
    club: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    monkeypatch.setattr(carrying, "BATCH", 2)
    one = bring(club, LIST, "balances", unit="points")
    running.start(one, None)
    whole, calls = ledger.post, []

    def post(*given: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == 4:  # two enrolments and two batches are in
            raise Killed
        return whole(*given, **named)

    monkeypatch.setattr(ledger, "post", post)
    with pytest.raises(Killed):
        running.run(one.pk)
    monkeypatch.setattr(ledger, "post", whole)
    assert 0 < Change.objects.filter(of=one, kind="balance").count() < 4
    running.run(one.pk)
    one.refresh_from_db()
    done = running.counts(one)
    assert (done.rows, done.new, done.there, done.rejected) == (11, 5, 0, 6)
    assert lines(running.sheet(one))["points"] == (9, 8, 1225, 1150, 0, 75)
    assert held(club)["Alice Martin"] == [150, 1250, 0]


def test_a_sum_that_the_ledger_does_not_have_shows(club: Business) -> None:
    one, _ = bring_in(club)
    lost = Change.objects.filter(of=one, kind="balance").order_by("pk").first()
    assert lost is not None
    lost.delete()
    book = reconciling.Book()
    for row in _rows(club, one):
        book.add(carrying.Fate(row, 1, "new"))
    sheet = book.settled(one)
    assert not sheet.balanced
    assert sheet.lines[0].difference == 120


def _rows(shop: Business, one: Import) -> list[balances.Balance]:
    path = uploads.path(one.pk)
    path.write_text("E-mail,Balance,Earned on\nalice@example.org,120,2026-01-15\n"
                    "b@example.org,1030,\n")  # fmt: skip
    shape = balances.survey(path)
    from habitue.connectors import reading

    said = reading.Reading(unit="points")
    found_ = balances.read(path, shape, reading.held(shape, shop, said, datetime.now(UTC)))
    return [row for row in found_ if isinstance(row, balances.Balance)]


def test_people_who_are_known_become_members_without_a_welcome(club: Business) -> None:
    key = customers.find_or_create_many(club, "email", ["bruno@example.org"])
    bring_in(club, "E-mail,Balance\nbruno@example.org,7\n")
    assert Member.objects.filter(customer__in=key.values()).exists()
    (standing,) = ledger.standings(club.pk, list(key.values()), now=timezone.now()).values()
    assert standing.balances["points"] == 7  # and not the 50 of a welcome


def test_a_purchase_returned_later_leaves_what_was_brought(club: Business) -> None:
    known = alice(club)
    bring_in(club)
    now = timezone.now()
    what = facts.Purchase((facts.Line(10_000),), "EUR")
    (bought,) = ledger.post(club.pk, [ledger.Fact(customer=known.pk, at=now, what=what)], now=now)
    back = ledger.Fact(customer=known.pk, at=now, what=facts.Refund(bought.event))
    ledger.post(club.pk, [back], now=now)
    assert held(club)["Alice Martin"] == [150, 1250, 0]
    assert ledger.verify(club.pk) == []


def test_lots_of_one_customer_are_told_apart_by_how_many_there_are(club: Business) -> None:
    twice = "E-mail,Balance\nbruno@example.org,5\nbruno@example.org,5\n"
    assert bring_in(club, twice)[1].new == 2
    assert bring_in(club, twice)[1].there == 2
    assert held(club)[""] == [10, 0, 0]


def test_one_person_by_two_addresses_in_a_file_is_refused(club: Business) -> None:
    mixed = "E-mail,Phone,Balance\nbruno@example.org,0612345678,5\nother@example.org,0612345678,6\n"
    one = bring(club, mixed, "balances", unit="points")
    assert [fault.reason for fault in found(one).faults] == ["line 2 has this phone number already"]
    checking.check(one, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_balance_of_who_goes_over_meanwhile_is_the_persons_and_can_be_taken_back(
    club: Business,
) -> None:
    giver, into = alice(club).pk, customers.find_or_create_many(club, "external", ["9"])["9"]
    now = timezone.now()
    for who in (giver, into):
        enrolled = ledger.Fact(customer=who, at=now, what=facts.Enrolment(unwelcomed=True))
        ledger.post(club.pk, [enrolled], now=now)
    before = has(club, into, now=now) + has(club, giver, now=now)
    one = bring(club, "E-mail,Balance\nalice@example.org,120\n", "balances", unit="points")
    found(one)
    beside_a_merge(club, giver, into, lambda: finish(one), now=now)
    assert Change.objects.get(of=one, kind=Change.Kind.BALANCE).customer_id == into
    now = timezone.now()
    assert (has(club, into, now=now), has(club, giver, now=now)) == (before + 120, 0)
    assert take_back(one).back == 1
    assert has(club, into, now=timezone.now()) == before
    sound(club)
