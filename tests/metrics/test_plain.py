"""The sums as they are defined: partitions add up, laws hold, one café by hand."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest
from hypothesis import given
from msgspec import structs

from habitue import metrics
from habitue.metrics.aggregates import Aggregates, Counts, Money, total
from habitue.metrics.asked import Asked
from habitue.metrics.lowerings.plain import History, Plain
from habitue.metrics.tables import (
    TABLES,
    Action,
    Customer,
    Membership,
    OrderLine,
    Refund,
    Response,
)
from tests.metrics.histories import BUSINESS, CURRENCY, asks, histories

ALICE, BRUNO, CHIARA, DIEGO, ELSA = range(1, 6)
QUARTER: Final = Asked(period=metrics.periods.parse("2026-01-01..2026-04-01"), window=30)
OF_EVERYBODY: Final = (
    "first_triers",
    "returning_triers",
    "referrers",
    "referred",
    "repeaters_referred",
)
"""Sums for which one must know what others bought and who brought whom."""


def on(day: str) -> date:
    return date.fromisoformat(day)


def order(who: int, day: str, *amounts: int, number: int = 0, **said: str) -> list[OrderLine]:
    """One order with a line for each amount."""
    given: dict[str, Any] = {"currency": "EUR"} | said
    return [
        OrderLine(
            business=BUSINESS,
            customer=who,
            order=number,
            line=line,
            on=on(day),
            amount=amount,
            **given,
        )
        for line, amount in enumerate(amounts)
    ]


def visit(who: int, day: str) -> list[OrderLine]:
    return order(who, day, 0, currency="")


def refund(who: int, day: str, amount: int, currency: str = "EUR") -> Refund:
    return Refund(
        business=BUSINESS,
        customer=who,
        refund=1,
        order=0,
        on=on(day),
        ordered_on=on(day),
        amount=amount,
        currency=currency,
    )


def customer(who: int, **known: Any) -> Customer:
    return Customer(business=BUSINESS, customer=who, **known)


def action(who: int, day: str, name: str, quantity: int = 1) -> Action:
    return Action(business=BUSINESS, customer=who, on=on(day), name=name, quantity=quantity)


def answer(day: str, question: str, score: int, scale: int) -> Response:
    return Response(
        business=BUSINESS,
        customer=None,
        response=1,
        on=on(day),
        question=question,
        score=score,
        scale=scale,
    )


def counts(asked: Asked = QUARTER, **rows: list[Any]) -> Counts:
    return Plain(History(**rows), BUSINESS, CURRENCY).aggregates(asked).counts


def money(asked: Asked = QUARTER, **rows: list[Any]) -> dict[str, Money]:
    return Plain(History(**rows), BUSINESS, CURRENCY).aggregates(asked).money


@given(history=histories(), asked=asks)
def test_partitions_of_customers_add_up(history: History, asked: Asked) -> None:
    parts = [_part(history, rest) for rest in range(3)]
    found = total(Plain(part, BUSINESS, CURRENCY).aggregates(asked) for part in parts)
    whole = Plain(history, BUSINESS, CURRENCY).aggregates(asked)
    assert _own(found) == _own(whole)


def _part(history: History, rest: int) -> History:
    return History(
        **{
            name: [row for row in getattr(history, name) if (row.customer or 0) % 3 == rest]
            for name in TABLES
        }
    )


def _own(sums: Aggregates) -> Aggregates:
    none = dict.fromkeys(OF_EVERYBODY, 0)
    return structs.replace(sums, counts=structs.replace(sums.counts, **none))


@given(history=histories(), asked=asks)
def test_laws_of_the_sums(history: History, asked: Asked) -> None:
    sums = Plain(history, BUSINESS, CURRENCY).aggregates(asked)
    people = sums.counts
    assert people.known == people.new + people.kept + people.reactivated + people.dormant
    assert people.end - people.new == people.kept + people.reactivated
    assert people.start == people.kept + people.lost
    assert people.repeaters <= people.buyers <= people.orders
    assert people.first_triers <= people.first_buyers <= people.buyers
    assert people.returning_triers <= people.buyers - people.first_buyers
    assert people.one_group + people.many_groups <= people.buyers
    assert people.known <= people.customers
    assert max(people.members, people.subscribers) <= people.customers
    assert max(people.member_buyers, people.redeemers, people.rewarded) <= people.members
    assert people.member_orders <= people.orders
    assert people.repeaters_referred <= people.referred
    assert people.referrers <= people.buyers
    assert people.contracts_kept <= people.contracts
    assert people.complainers_back <= people.complainers
    assert people.contented_back <= people.contented
    assert people.complainers + people.contented <= people.start
    for of in sums.money.values():
        assert of.first_buyers <= of.buyers <= of.orders
        assert of.contraction + of.churned <= of.base
        assert min(of.base, of.expansion, of.contraction, of.churned) >= 0


@given(history=histories(), asked=asks)
def test_the_order_of_the_rows_does_not_matter(history: History, asked: Asked) -> None:
    other = History(**{name: getattr(history, name)[::-1] for name in TABLES})
    one, two = (Plain(told, BUSINESS, CURRENCY) for told in (history, other))
    assert one.aggregates(asked) == two.aggregates(asked)
    assert one.gaps(asked.period.until) == two.gaps(asked.period.until)


def test_one_cafe_by_hand() -> None:
    """Alice stays, Bruno lapses, Chiara is new, Diego comes back, Elsa left long ago."""
    sums = Plain(
        History(
            order_lines=[
                *order(ALICE, "2025-12-20", 300),
                *order(ALICE, "2026-03-31", 200, 100),
                *visit(ALICE, "2026-03-31"),
                *order(BRUNO, "2025-12-31", 300),
                *order(CHIARA, "2026-03-15", 700),
                *order(DIEGO, "2025-06-01", 300),
                *order(DIEGO, "2026-03-20", 300),
                *order(ELSA, "2025-05-01", 300),
                *order(ELSA, "2026-04-01", 300),  # the period's end is not in it
            ],
            refunds=[refund(CHIARA, "2026-03-16", 200), refund(ELSA, "2026-04-01", 9)],
        ),
        BUSINESS,
        CURRENCY,
    ).aggregates(QUARTER)
    assert sums.counts == Counts(
        known=5,
        start=2,
        end=3,
        new=1,
        kept=1,
        reactivated=1,
        dormant=2,
        lost=1,
        buyers=3,
        repeaters=1,
        orders=4,
        first_buyers=1,
        customers=5,
        contented=2,
        contented_back=1,
    )
    assert sums.money == {
        "EUR": Money(
            revenue=1100,
            orders=3,
            buyers=3,
            first_buyers=1,
            first_revenue=500,
            base=600,
            churned=300,
        )
    }


def test_what_was_bought_before_grows_shrinks_or_stops() -> None:
    found = money(
        order_lines=[
            *order(ALICE, "2025-10-03", 1000),  # the 90 days before begin here
            *order(ALICE, "2026-01-01", 1500),
            *order(BRUNO, "2025-12-31", 1000),
            *order(BRUNO, "2026-02-01", 400),
            *order(CHIARA, "2025-12-01", 700),
            *order(DIEGO, "2025-10-02", 5000),  # a day too early
            *order(DIEGO, "2026-02-01", 9000),
        ],
        refunds=[refund(ALICE, "2025-12-01", 100), refund(CHIARA, "2026-01-05", 50)],
    )["EUR"]
    assert (found.base, found.expansion, found.contraction) == (2600, 600, 600)
    assert found.churned == 700
    assert found.revenue == 1500 + 400 + 9000 - 50


def test_currencies_stand_beside_each_other() -> None:
    found = money(
        order_lines=[
            *order(ALICE, "2026-01-02", 500),
            *order(ALICE, "2026-01-02", 9000, currency="JPY"),
            *order(BRUNO, "2025-12-02", 100, currency="CHF"),
        ],
        refunds=[refund(ALICE, "2026-01-03", 40, "USD")],
    )
    assert {code: sums.revenue for code, sums in found.items()} == {
        "EUR": 500,
        "JPY": 9000,
        "CHF": 0,
        "USD": -40,
    }
    assert found["CHF"].churned == 100
    assert found["USD"].buyers == 0


def test_a_product_is_new_in_the_period_in_which_the_business_first_sold_it() -> None:
    found = counts(
        order_lines=[
            *order(ELSA, "2025-06-01", 300, product="coffee"),
            *order(ALICE, "2025-06-01", 300),
            *order(ALICE, "2026-01-05", 300, product="iced tea"),
            *order(BRUNO, "2026-01-05", 300, product="iced tea"),
            *order(CHIARA, "2026-01-05", 300, product="coffee"),
            *order(DIEGO, "2026-01-05", 300),
        ]
    )
    assert (found.first_buyers, found.first_triers, found.returning_triers) == (3, 1, 1)


def test_groups_are_those_of_the_period() -> None:
    found = counts(
        order_lines=[
            *order(ALICE, "2025-06-01", 300, category="food"),
            *order(ALICE, "2026-01-05", 300, category="drinks"),
            *order(ALICE, "2026-01-06", 300),
            *order(BRUNO, "2026-01-05", 300, category="drinks"),
            *order(BRUNO, "2026-01-06", 300, category="food"),
            *order(CHIARA, "2026-01-06", 300),
        ]
    )
    assert (found.one_group, found.many_groups) == (1, 1)


def test_members_their_orders_and_those_who_want_to_be_written_to() -> None:
    found = counts(
        customers=[
            customer(ALICE, joined_on=on("2026-01-10"), subscribed_on=on("2026-03-31")),
            customer(BRUNO, joined_on=on("2026-04-01"), subscribed_on=on("2026-04-01")),
            customer(CHIARA),
            customer(DIEGO, subscribed_on=on("2020-01-01")),
        ],
        order_lines=[
            *order(ALICE, "2026-01-09", 300),
            *order(ALICE, "2026-01-10", 300),
            *order(BRUNO, "2026-01-10", 300),
        ],
    )
    assert (found.customers, found.members, found.member_buyers) == (3, 1, 1)
    assert (found.member_orders, found.orders, found.subscribers) == (1, 3, 2)


def test_who_brought_whom() -> None:
    found = counts(
        customers=[
            customer(ALICE),
            customer(BRUNO, invited_by=ALICE, joined_on=on("2025-06-01")),
            customer(CHIARA, invited_by=ALICE, joined_on=on("2026-01-01")),
            customer(DIEGO, invited_by=ALICE, joined_on=on("2026-01-02")),
            customer(ELSA, invited_by=BRUNO, joined_on=on("2026-04-01")),
        ],
        order_lines=[
            *order(ALICE, "2026-02-01", 300),
            *order(ALICE, "2026-02-02", 300),
            *order(BRUNO, "2026-02-02", 300),
            *order(CHIARA, "2025-12-02", 300),
            *order(ELSA, "2026-03-31", 300),
        ],
    )
    assert (found.referrals, found.referrers, found.referred) == (2, 2, 3)
    assert found.repeaters_referred == 2


def test_answers_by_their_question_and_scale() -> None:
    found = counts(
        responses=[
            *(answer("2026-01-01", "nps", score, 10) for score in (0, 6, 7, 8, 8, 9, 10)),
            *(answer("2026-01-01", "csat", score, 5) for score in (1, 3, 4, 5)),
            answer("2026-01-01", "csat", 7, 7),
            *(answer("2026-01-01", "ces", score, 7) for score in (2, 7)),
            answer("2026-01-01", "ces", 3, 5),
            answer("2025-12-31", "nps", 10, 10),
            answer("2026-04-01", "nps", 10, 10),
        ]
    )
    assert (found.promoters, found.passives, found.detractors) == (2, 3, 2)
    assert (found.satisfied, found.satisfaction_answers) == (2, 4)
    assert (found.effort, found.effort_squares, found.effort_answers) == (9, 53, 2)


def test_what_people_did() -> None:
    found = counts(
        customers=[customer(ALICE, subscribed_on=on("2026-01-01")), customer(BRUNO)],
        actions=[
            action(ALICE, "2026-01-01", "click", 3),
            action(ALICE, "2026-01-01", "answer"),
            action(BRUNO, "2026-01-01", "click"),
            action(BRUNO, "2026-01-01", "idea", 2),
            action(BRUNO, "2026-01-01", "share"),
            action(BRUNO, "2026-03-31", "follow"),
            action(BRUNO, "2026-03-31", "review"),
            action(BRUNO, "2026-04-01", "review"),
            action(BRUNO, "2025-12-31", "click"),
        ],
    )
    assert (found.messages_answered, found.clickers, found.clicking_subscribers) == (5, 2, 1)
    assert (found.ideas, found.social) == (2, 3)


def test_rewards_and_how_long_the_first_one_took() -> None:
    found = counts(
        customers=[
            customer(ALICE, joined_on=on("2026-01-01")),
            customer(BRUNO, joined_on=on("2025-06-01")),
            customer(CHIARA, joined_on=on("2026-03-01")),
            customer(DIEGO),
        ],
        actions=[
            action(ALICE, "2026-01-11", "redemption", 2),
            action(ALICE, "2026-01-12", "redemption"),
            action(BRUNO, "2025-12-31", "redemption"),
            action(BRUNO, "2026-01-31", "redemption"),
            action(CHIARA, "2026-02-01", "redemption"),  # of before a merge, say
            action(DIEGO, "2026-02-01", "redemption"),
        ],
    )
    assert (found.redemptions, found.redeemers) == (6, 3)
    assert (found.rewarded, found.reward_days) == (1, 10)


def test_complaints_and_who_came_back() -> None:
    start = ["2025-12-20", "2026-03-20"]
    found = counts(
        order_lines=[
            *(line for day in start for line in order(ALICE, day, 100)),
            *order(BRUNO, start[0], 100),
            *(line for day in start for line in order(CHIARA, day, 100)),
            *(line for day in start for line in order(DIEGO, day, 100)),
        ],
        actions=[
            action(ALICE, "2025-12-21", "complaint"),
            action(BRUNO, "2025-10-03", "complaint"),
            action(CHIARA, "2025-10-02", "complaint"),
            action(DIEGO, "2026-01-02", "complaint"),
            action(DIEGO, "2026-01-02", "complaint_answered", 90),
            action(ELSA, "2026-01-02", "complaint"),
            action(ELSA, "2026-01-04", "complaint_answered", 60),
            action(ELSA, "2026-01-04", "complaint_resolved"),
        ],
    )
    assert (found.complaints, found.complaints_answered, found.answer_minutes) == (2, 2, 150)
    assert found.complaints_resolved == 1
    assert (found.complainers, found.complainers_back) == (2, 1)
    assert (found.contented, found.contented_back) == (1, 1)


@pytest.mark.parametrize(
    ("since", "until", "ended_on", "contracts", "kept"),
    [
        ("2026-01-01", "2027-01-01", None, 1, 1),
        ("2026-01-02", "2027-01-01", None, 0, 0),
        ("2025-06-01", "2026-01-01", None, 0, 0),
        ("2025-06-01", "2026-01-02", None, 1, 0),
        ("2025-06-01", "2026-04-01", None, 1, 0),
        ("2025-06-01", "2026-04-02", None, 1, 1),
        ("2025-06-01", "2026-06-01", "2026-04-01", 1, 0),
        ("2025-06-01", "2026-06-01", "2025-12-31", 0, 0),
    ],
)
def test_paid_membership_at_both_ends(
    since: str, until: str, ended_on: str | None, contracts: int, kept: int
) -> None:
    paid = Membership(
        business=BUSINESS,
        customer=ALICE,
        since=on(since),
        until=on(until),
        ended_on=on(ended_on) if ended_on else None,
    )
    found = counts(memberships=[paid, paid])
    assert (found.contracts, found.contracts_kept) == (contracts, kept)


@pytest.mark.parametrize(
    ("day", "start", "end", "buyers"),
    [
        ("2025-12-31", 0, 0, 0),
        ("2026-01-01", 1, 0, 0),
        ("2026-01-30", 1, 1, 0),
        ("2026-01-31", 0, 1, 1),
        ("2026-02-28", 0, 1, 1),
        ("2026-03-01", 0, 0, 0),
    ],
)
def test_both_ends_of_both_windows(day: str, start: int, end: int, buyers: int) -> None:
    asked = Asked(period=metrics.periods.parse("2026-01-31..2026-03-01"), window=30)
    found = counts(asked, order_lines=order(1, day, 100))
    assert (found.start, found.end, found.buyers) == (start, end, buyers)


def test_lives_and_gaps_by_hand() -> None:
    source = Plain(
        History(
            order_lines=[
                *order(BRUNO, "2026-01-05", 900, currency="JPY"),
                *order(ALICE, "1970-01-02", 100, 50),
                *order(ALICE, "1970-01-09", 100),
                *order(ALICE, "1970-01-09", 100),
                *order(ALICE, "2026-02-01", 100),
            ],
            refunds=[refund(ALICE, "1970-01-20", 30), refund(CHIARA, "1970-01-20", 30)],
        ),
        BUSINESS,
        CURRENCY,
    )
    lives = source.lives(on("2026-02-01"))
    assert [list(column) for column in lives[2:]] == [
        [ALICE, BRUNO],
        [1, 20458],
        [8, 20458],
        [2, 1],
        [3, 1],
        [320, 0],
    ]
    assert source.gaps(on("2026-02-01")) == {7: 1}


def test_an_empty_history_has_empty_sums() -> None:
    source = Plain(History(), BUSINESS, CURRENCY)
    assert source.aggregates(QUARTER) == Aggregates()
    assert source.gaps(on("2026-01-01")) == {}
    assert len(source.lives(on("2026-01-01")).customer) == 0
