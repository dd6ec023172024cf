"""Both lowerings give the same integers for any history, and partitions add up to the whole."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from habitue import metrics
from habitue.metrics import asked as asking
from habitue.metrics.aggregates import Aggregates, Counts, Money
from habitue.metrics.asked import Asked
from habitue.metrics.lowerings import postgres
from habitue.metrics.lowerings.plain import History, Plain
from habitue.metrics.periods import Period
from habitue.metrics.tables import OrderLine, Refund
from habitue.site import database, environment

DAY = date(2026, 1, 1)
BUSINESS = 16

_TABLE = """
CREATE TEMPORARY TABLE ledger_event (
    business_id bigint NOT NULL, customer_id bigint NOT NULL, id bigint NOT NULL,
    kind text NOT NULL, business_date date NOT NULL, amount bigint, currency text, refusal jsonb,
    what jsonb NOT NULL)"""


class Sale(Struct, frozen=True):
    """A purchase, a visit (no amount, no currency), or a `refund` (a negative amount)."""

    customer: int
    on: date
    amount: int
    currency: str = "EUR"
    refund: bool = False


class Happened(Sale, frozen=True):
    """A sale as the ledger may hold it: undone, refused, or another business's."""

    undone: bool = False
    refused: bool = False
    business: int = BUSINESS


@pytest.fixture(scope="module")
def connection(postgres: None) -> Iterator[psycopg.Connection[Any]]:
    """A connection whose `ledger_event` is a temporary table that hides the real one."""
    with database.connect(environment.read()) as connection:
        connection.execute(_TABLE)
        yield connection


def sensible(sale: Happened) -> bool:
    """Money given back has a currency."""
    return bool(sale.currency) or not sale.refund


happened = st.builds(
    Happened,
    customer=st.integers(1, 3),
    on=st.integers(0, 20).map(lambda days: DAY + timedelta(days)),
    amount=st.integers(0, 10_000),
    currency=st.sampled_from(["EUR", "EUR", "EUR", "JPY", ""]),
    refund=st.sampled_from([False, False, False, True]),
    undone=st.sampled_from([False, False, False, True]),
    refused=st.sampled_from([False, False, False, False, True]),
    business=st.sampled_from([BUSINESS, BUSINESS, BUSINESS, 32]),
).filter(sensible)
asks = st.builds(
    lambda since, days, window: Asked(
        period=Period(DAY + timedelta(since), DAY + timedelta(since + days)), window=window
    ),
    st.integers(-2, 22),
    st.integers(1, 15),
    st.integers(1, 12),
)


def write(connection: psycopg.Connection[Any], history: Sequence[Happened]) -> None:
    connection.execute("TRUNCATE ledger_event")
    rows = [row for number, sale in enumerate(history) for row in written(16 * number, sale)]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO ledger_event VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s)", rows)


def written(number: int, sale: Happened) -> list[tuple[Any, ...]]:
    """The rows of one sale as the ledger keeps them; refused undos and enrolments undo nothing."""
    kind = "refund" if sale.refund else "purchase" if sale.currency else "visit"
    refusal = '{"code": "amount"}' if sale.refused else None
    who, undo = (sale.business, sale.customer), f'{{"of": {number}}}'
    later = sale.on + timedelta(days=100)
    rows: list[tuple[Any, ...]] = [
        (*who, number, kind, sale.on, *amount(sale), refusal, "{}"),
        (*who, number + 1, "undo", sale.on, None, None, '{"code": "too_late"}', undo),
        (*who, number + 2, "enrolment", sale.on, None, None, None, undo),
    ]
    if sale.undone:
        rows.append((*who, number + 3, "undo", later, None, None, None, undo))
    return rows


def amount(sale: Sale) -> tuple[int | None, str | None]:
    """Amount and currency as the ledger keeps them: the business's currency may go unsaid."""
    if not sale.currency:
        return None, None
    said = None if sale.refund and sale.currency == "EUR" else sale.currency
    return (-sale.amount if sale.refund else sale.amount), said


def both(connection: psycopg.Connection[Any], sales: Sequence[Sale], asked: Asked) -> Aggregates:
    """The aggregates of these sales by either lowering, which must be the same."""
    write(connection, [Happened(s.customer, s.on, abs(s.amount), refund=s.refund) for s in sales])
    found = plainly(sales).aggregates(asked)
    assert read(connection, asked) == kept_by_postgres(found)
    return found


def plainly(sales: Sequence[Sale]) -> Plain:
    """These sales as a source in memory."""
    lines, refunds = [], []
    for number, sale in enumerate(sales):
        if sale.refund:
            refunds.append(
                Refund(
                    business=BUSINESS,
                    customer=sale.customer,
                    refund=number,
                    order=0,
                    on=sale.on,
                    ordered_on=sale.on,
                    amount=-sale.amount,
                    currency=sale.currency,
                )
            )
        else:
            lines.append(
                OrderLine(
                    business=BUSINESS,
                    customer=sale.customer,
                    order=number,
                    line=0,
                    on=sale.on,
                    amount=sale.amount if sale.currency else 0,
                    currency=sale.currency,
                )
            )
    return Plain(History(order_lines=lines, refunds=refunds), BUSINESS, "EUR")


def kept_by_postgres(whole: Aggregates) -> Aggregates:
    """Those sums that the ledger's events are asked for."""
    names = "known start end new kept reactivated dormant lost buyers repeaters orders"
    money = {
        code: Money(revenue=sums.revenue, orders=sums.orders, buyers=sums.buyers)
        for code, sums in whole.money.items()
    }
    counts = Counts(**{name: getattr(whole.counts, name) for name in names.split()})
    return Aggregates(counts=counts, money=nonzero(money))


def nonzero(money: dict[str, Money]) -> dict[str, Money]:
    return {code: sums for code, sums in money.items() if sums != Money()}


def read(connection: psycopg.Connection[Any], asked: Asked) -> Aggregates:
    found = source(connection).aggregates(asked)
    return Aggregates(counts=found.counts, money=nonzero(found.money))


def source(connection: psycopg.Connection[Any]) -> postgres.Postgres:
    return postgres.Postgres(rows(connection), BUSINESS, "EUR")


def rows(connection: psycopg.Connection[Any]) -> postgres.Query:
    """The query function that a door would hand in."""

    def query(sql: str, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        return connection.execute(sql, values).fetchall()

    return query


def counted(history: Sequence[Happened]) -> list[Sale]:
    """The sales that count, with the sign that a refund has."""
    return [
        Sale(s.customer, s.on, -s.amount if s.refund else s.amount, s.currency, s.refund)
        for s in history
        if s.business == BUSINESS and not s.undone and not s.refused
    ]


@settings(max_examples=300, deadline=None)
@given(history=st.lists(happened, max_size=40), asked=asks)
def test_postgres_and_plain_python_agree_to_the_integer(
    connection: psycopg.Connection[Any], history: list[Happened], asked: Asked
) -> None:
    write(connection, history)
    sales = counted(history)
    plain, until = plainly(sales), asked.period.until
    assert read(connection, asked) == kept_by_postgres(plain.aggregates(asked))
    assert source(connection).gaps(until) == plain.gaps(until)
    found, meant = source(connection).lives(until), plain.lives(until)
    assert np.array_equal(np.array(found[2:]), np.array(meant[2:]))


def test_one_cafe_by_hand(connection: psycopg.Connection[Any]) -> None:
    """Alice stays, Bruno lapses, Chiara is new, Diego comes back, Elsa left long ago."""
    alice, bruno, chiara, diego, elsa = range(1, 6)
    on = date.fromisoformat
    sales = [
        Sale(alice, on("2025-12-20"), 300),
        Sale(alice, on("2026-03-31"), 300),
        Sale(alice, on("2026-03-31"), 250),
        Sale(bruno, on("2025-12-31"), 300),
        Sale(chiara, on("2026-03-15"), 700),
        Sale(chiara, on("2026-03-16"), -200, refund=True),
        Sale(diego, on("2025-06-01"), 300),
        Sale(diego, on("2026-03-20"), 300),
        Sale(elsa, on("2025-05-01"), 300),
        Sale(elsa, on("2026-04-01"), 300),  # the period's end is not in it
    ]
    asked = Asked(period=metrics.periods.parse("2026-01-01..2026-04-01"), window=30)
    found = both(connection, sales, asked)
    counts, euros = found.counts, found.money["EUR"]
    assert (counts.start, counts.end, counts.known) == (2, 3, 5)
    assert (counts.new, counts.kept, counts.reactivated, counts.dormant) == (1, 1, 1, 2)
    assert (counts.lost, counts.buyers, counts.repeaters, counts.orders) == (1, 3, 1, 4)
    assert (euros.revenue, euros.orders, euros.buyers) == (1350, 4, 3)


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
def test_both_ends_of_both_windows(
    connection: psycopg.Connection[Any], day: str, start: int, end: int, buyers: int
) -> None:
    asked = Asked(period=metrics.periods.parse("2026-01-31..2026-03-01"), window=30)
    counts = both(connection, [Sale(1, date.fromisoformat(day), 100)], asked).counts
    assert (counts.start, counts.end, counts.buyers) == (start, end, buyers)


@pytest.mark.parametrize(
    ("gaps", "days", "origin"),
    [
        ({}, 90, "assumed"),
        ({7: 1}, 7, "own rhythm"),
        ({7: 9, 60: 1}, 7, "own rhythm"),
        ({7: 8, 60: 2}, 60, "own rhythm"),
        (dict.fromkeys(range(1, 101), 1), 90, "own rhythm"),
    ],
)
def test_the_window_is_the_90th_percentile_of_the_own_gaps(
    gaps: dict[int, int], days: int, origin: str
) -> None:
    window = asking.own_rhythm(gaps)
    assert (window.days, window.origin) == (days, origin)


@pytest.mark.parametrize("days", [0, -1, 100_000])
def test_a_senseless_window_is_a_sentence(days: int) -> None:
    with pytest.raises(ValueError, match="window"):
        asking.given(days)


def test_an_empty_history_has_empty_aggregates(connection: psycopg.Connection[Any]) -> None:
    write(connection, [])
    answers = metrics.answer(
        source(connection),
        period=metrics.periods.parse("2026-01-01..2026-02-01"),
        today=date(2026, 6, 1),
        currency="EUR",
    )
    assert answers.aggregates == Aggregates()
    assert answers.window.origin == "assumed"
    assert {result.value for result in answers.results} == {None}
    assert {result.ripens_on for result in answers.results} == {None}
