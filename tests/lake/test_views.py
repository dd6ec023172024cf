"""The canonical tables in PostgreSQL: their columns, and a history made by hand, row by row."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.ledger import Answer
from habitue.members.models import Business, Customer
from habitue.metrics.tables import TABLES
from tests.lake.conftest import Row, agrees, answers, view
from tests.ledger.conftest import NOW, bought, does, guests, later, make_cafe, post, rows

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
TYPES = {int: "bigint", date: "date", str: "text", bool: "boolean"}
CLUB = """\
program: club
title: Club
currency: EUR
timezone: Europe/Paris
fee: {price: 49.00, every: year, refund: always}
benefits:
  - {id: delivery, title: Free delivery, saves: 5.00}
"""


def done(business: Business, *batch: Any, now: datetime = NOW) -> list[int]:
    """The events of facts that are all accepted."""
    told: list[Answer] = post(business, *batch, now=now)
    assert not [answer.refused for answer in told if answer.refused]
    return [answer.event for answer in told]


@pytest.mark.parametrize("table", TABLES)
def test_a_view_has_the_columns_of_its_rows_with_their_types(table: str) -> None:
    hints = get_type_hints(TABLES[table])
    plain = {name: next(iter({*get_args(hint)} - {NoneType}), hint) for name, hint in hints.items()}
    found = rows(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
        " ORDER BY ordinal_position",
        f"canonical_{table}",
    )
    assert found == [(name, TYPES[kind]) for name, kind in plain.items()]


def test_every_line_of_an_order_and_a_scan_of_the_card(cafe: Business, cast: list[int]) -> None:
    alice, bruno, *_ = cast
    goods = (Line(1_000, 2, "ristretto", "coffee", discount=100), Line(250, category="cake"))
    paid = Purchase(goods, "EUR", channel="counter", place="Lyon", covered=300)
    order, scan = done(cafe, does(alice, paid), does(bruno, facts.Visit(3, place="Nice")))
    b = cafe.pk
    assert view(cafe, "order_lines") == sorted(
        [
            (b, alice, order, 0, TODAY, 700, "EUR", 2, "ristretto", "coffee", "counter", "Lyon"),
            (b, alice, order, 1, TODAY, 250, "EUR", 1, "", "cake", "counter", "Lyon"),
            (b, bruno, scan, 0, TODAY, 0, "", 3, "", "", "", "Nice"),
        ],
        key=repr,
    )


def test_a_refund_has_its_own_day_and_that_of_its_order(cafe: Business, cast: list[int]) -> None:
    alice = cast[0]
    goods = Purchase((Line(1_000), Line(400)), "EUR")
    (order,) = done(cafe, does(alice, goods))
    day = later(days=40)
    (refund,) = done(cafe, does(alice, facts.Refund(order, amount=500), at=day), now=day)
    assert view(cafe, "refunds") == [
        (cafe.pk, alice, refund, order, day.date(), TODAY, 500, "EUR"),
    ]


def test_what_was_refused_or_undone_is_not_there(cafe: Business, cast: list[int]) -> None:
    alice = cast[0]
    kept, undone = done(cafe, bought(alice, 1_000), bought(alice, 2_000))
    (refused,) = post(cafe, does(alice, Purchase((Line(1),), "USD")))
    assert refused.refused
    done(cafe, does(alice, facts.Refund(undone, amount=100)))
    mistaken, right = done(
        cafe,
        does(alice, facts.Refund(kept, amount=10)),
        does(alice, facts.Refund(kept, amount=20)),
    )
    taken, _ = done(
        cafe, does(alice, facts.Redemption("coffee")), does(alice, facts.Action("review"))
    )
    done(cafe, *(does(alice, facts.Undo(of)) for of in (undone, mistaken, taken)))
    assert [row[2] for row in view(cafe, "order_lines")] == [kept]
    assert [row[2] for row in view(cafe, "refunds")] == [right]
    assert [row[3] for row in view(cafe, "actions")] == ["review"]


def test_actions_bear_the_names_of_their_events(cafe: Business, cast: list[int]) -> None:
    alice = cast[0]
    done(cafe, bought(alice, 2_000))
    done(cafe, does(alice, facts.Redemption("coffee")), does(alice, facts.Action("click", 2)))
    assert view(cafe, "actions") == [
        (cafe.pk, alice, TODAY, "click", 2),
        (cafe.pk, alice, TODAY, "redemption", 1),
    ]


def test_a_reward_is_taken_once_when_redeemed_or_when_what_came_by_itself_is_used(
    cafe: Business, cast: list[int]
) -> None:
    alice, bruno = cast[:2]
    done(cafe, bought(alice, 2_000), does(bruno, facts.Visit(quantity=10)))
    done(cafe, does(alice, facts.Redemption("coffee")))
    day = later(days=3)  # stamps are pending for two days; then ten of them are a cake
    standings = ledger.standings(cafe.pk, [alice, bruno], now=day)
    for who in (alice, bruno):
        (voucher,) = standings[who].vouchers
        done(cafe, does(who, facts.VoucherUse(voucher.id), at=day), now=day)
    assert [row[1:4] for row in view(cafe, "actions")] == sorted(
        [(alice, TODAY, "redemption"), (bruno, day.date(), "redemption")]
    )


def test_who_went_over_is_there_under_the_last_number_only(cafe: Business, cast: list[int]) -> None:
    alice, bruno, chiara, diego = cast
    done(cafe, does(diego, facts.Enrolment(), at=NOW - timedelta(days=9)))
    for one in (alice, bruno, chiara):
        done(cafe, bought(one, 1_000), does(one, facts.Action("click")))
    orders = {row[2] for row in view(cafe, "order_lines")}
    answers(cafe, alice, on=TODAY)
    done(cafe, does(alice, facts.Merge(bruno)))
    (last,) = done(cafe, does(bruno, facts.Merge(chiara)))
    for table in ("order_lines", "actions", "responses"):
        assert {row[1] for row in view(cafe, table)} == {chiara}
    assert {row[2] for row in view(cafe, "order_lines")} == orders
    assert [row[1] for row in view(cafe, "customers")] == sorted([chiara, diego])
    done(cafe, does(bruno, facts.Undo(last)))
    assert {row[1] for row in view(cafe, "order_lines")} == {bruno, chiara}


def test_an_answer_is_there_without_its_words(cafe: Business, cast: list[int]) -> None:
    answers(cafe, cast[0], on=TODAY)
    ((business, customer, _, *rest),) = view(cafe, "responses")
    assert (business, customer, rest) == (cafe.pk, cast[0], [TODAY, "nps", 9, 10])


def test_who_joined_was_brought_and_agrees_to_be_written_to(
    cafe: Business, cast: list[int]
) -> None:
    alice, bruno, chiara, diego = cast
    before = NOW - timedelta(days=30)
    done(cafe, does(alice, facts.Enrolment(), at=before))
    done(cafe, does(bruno, facts.Enrolment(invited_by=alice), at=before + timedelta(days=1)))
    done(cafe, does(chiara, facts.Enrolment()), does(alice, facts.Merge(chiara)))
    agrees(bruno, "email", True, 1)
    agrees(bruno, "email", False, 2)
    agrees(bruno, "email", True, 3)
    agrees(bruno, "email", True, 4)
    agrees(bruno, "sms", True, 5)
    agrees(diego, "email", True, 1)
    agrees(diego, "email", False, 2)
    b = cafe.pk
    assert view(cafe, "customers") == sorted(
        [
            (b, bruno, before.date() + timedelta(days=1), chiara, day(3), False),
            (b, chiara, before.date(), None, None, False),
            (b, diego, None, None, None, False),
        ],
        key=repr,
    )


def day(number: int) -> date:
    return date(2026, 2, number + 1)


def test_two_who_invited_each_other_and_are_one_person_were_brought_by_nobody(
    cafe: Business, cast: list[int]
) -> None:
    alice, bruno, *_ = cast
    done(cafe, does(alice, facts.Enrolment()))
    done(cafe, does(bruno, facts.Enrolment(invited_by=alice)))
    done(cafe, does(alice, facts.Merge(bruno)))
    assert next(row for row in view(cafe, "customers") if row[1] == bruno)[3] is None


def test_of_who_was_erased_nothing_is_left_but_numbers(cafe: Business, cast: list[int]) -> None:
    alice = cast[0]
    done(cafe, bought(alice, 1_000))
    agrees(alice, "email", True, 1)
    Customer.objects.filter(pk=alice).update(erased_at=NOW, name="")
    found = next(row for row in view(cafe, "customers") if row[1] == alice)
    assert found == (cafe.pk, alice, TODAY, None, None, True)
    assert len(view(cafe, "order_lines")) == 1


def test_paid_periods_follow_each_other_and_end_when_the_money_goes_back(db: None) -> None:
    club = make_cafe(CLUB)
    alice, bruno, chiara, diego = guests(club, 4)
    for one in (alice, bruno, chiara, diego):
        done(club, does(one, facts.Enrolment()), does(one, facts.FeePaid(4_900, "EUR")))
    renewed, gone = NOW + timedelta(days=300), NOW + timedelta(days=310)
    done(club, does(alice, facts.FeePaid(4_900, "EUR"), at=renewed), now=renewed)
    done(club, does(bruno, facts.FeeRefunded(), at=gone), now=gone)
    done(club, does(chiara, facts.Cancellation(), at=gone), now=gone)
    done(club, does(bruno, facts.FeePaid(4_900, "EUR"), at=later(days=400)), now=later(days=400))
    (again,) = rows(
        "SELECT id FROM ledger_event WHERE customer_id = %s AND kind = 'fee_paid'", diego
    )
    done(club, does(diego, facts.Undo(*again), at=NOW))
    year, two = date(2027, 3, 2), date(2028, 3, 2)
    b, since = club.pk, later(days=400).date()
    found: list[Row] = view(club, "memberships")
    assert found == sorted(
        [
            (b, alice, TODAY, year, None),
            (b, alice, year, two, None),
            (b, bruno, TODAY, year, gone.date()),
            (b, bruno, since, date(2028, 4, 6), None),
            (b, chiara, TODAY, year, gone.date()),
        ],
        key=repr,
    )


def test_membership_that_was_bought_for_ever_ends_with_the_last_day(db: None) -> None:
    club = make_cafe(CLUB.replace("every: year", "every: once"))
    (alice,) = guests(club, 1)
    done(club, does(alice, facts.Enrolment()), does(alice, facts.FeePaid(4_900, "EUR")))
    assert view(club, "memberships") == [(club.pk, alice, TODAY, date.max, None)]


def test_the_lines_of_an_order_add_up_to_its_money(cafe: Business, cast: list[int]) -> None:
    goods = Purchase((Line(100), Line(900), Line(3)), "EUR", covered=500)
    done(cafe, *(does(one, goods) for one in cast), *(bought(one, 77) for one in cast))
    assert rows("""
        SELECT count(*) FROM ledger_event event
        WHERE kind = 'purchase' AND amount <> (
            SELECT sum(line.amount) FROM canonical_order_lines line
            WHERE line.customer = event.customer_id AND line."order" = event.id)""") == [(0,)]
    assert sum(row[5] for row in view(cafe, "order_lines")) == 4 * (503 + 77)
