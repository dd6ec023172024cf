"""One definition, any engine: DuckDB and PostgreSQL answer as plain Python, to the integer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings

from habitue.metrics.asked import Asked
from habitue.metrics.cohorts import Row
from habitue.metrics.lives import EPOCH, Lives
from habitue.metrics.lowerings import families
from habitue.metrics.lowerings.anywhere import MONTHS, Anywhere, Fifths
from habitue.metrics.lowerings.plain import History, Plain
from habitue.metrics.segments import rfm
from tests.metrics.histories import BUSINESS, CURRENCY, asks, histories
from tests.metrics.loading import InDuckDB, Loading, in_postgres


@pytest.fixture(scope="module")
def duck() -> Loading:
    return InDuckDB()


@pytest.fixture(scope="module")
def elephant(postgres: None) -> Iterator[Loading]:
    with in_postgres() as tables:
        yield tables


@settings(max_examples=100, deadline=None)
@given(history=histories(), asked=asks)
def test_duckdb_agrees_with_plain_python(duck: Loading, history: History, asked: Asked) -> None:
    agrees(duck, history, asked)


@settings(max_examples=60, deadline=None)
@given(history=histories(), asked=asks)
def test_postgres_agrees_with_plain_python(
    elephant: Loading, history: History, asked: Asked
) -> None:
    agrees(elephant, history, asked)


def agrees(place: Loading, history: History, asked: Asked) -> None:
    """Every answer of a source, and all that follows from them."""
    place.load(history)
    source, plain = (
        Anywhere(place.engine, BUSINESS, CURRENCY),
        Plain(history, BUSINESS, CURRENCY),
    )
    until = asked.period.until
    assert source.gaps(until) == plain.gaps(until)
    same_lives(source.lives(until), plain.lives(until))
    months = 1 + asked.window % MONTHS
    survey = source.survey(asked, months)
    assert survey.aggregates == plain.aggregates(asked)
    assert source.aggregates(asked) == survey.aggregates
    assert survey.fifths == fifths(plain.lives(until))
    assert list(survey.cohorts) == cohort_rows(history.of_business(BUSINESS), until, months)


def same_lives(found: Lives, wanted: Lives) -> None:
    assert (found.until, found.currency) == (wanted.until, wanted.currency)
    for column, expected in zip(found[2:], wanted[2:], strict=True):
        np.testing.assert_array_equal(column, expected)
        assert column.dtype == np.int64


def fifths(lives: Lives) -> Fifths:
    """RFM as the segments say it."""
    scores = rfm.scores(lives)
    values = {"recency": lives.last, "frequency": lives.orders, "monetary": lives.revenue}
    least = {
        measure: tuple(
            min(values[measure][getattr(scores, measure) >= score].tolist(), default=None)
            for score in range(2, 6)
        )
        for measure in families.MEASURES
    }
    least["recency"] = tuple(
        None if day is None else date.fromordinal(day + EPOCH) for day in least["recency"]
    )
    customers = Counter(zip(*(column.tolist() for column in scores), strict=True))
    return Fifths(least=least, customers=dict(customers))


def cohort_rows(history: History, until: date, months: int) -> list[Row]:
    """Cohorts by hand, of the months shown."""
    known = history.until(until)
    born: dict[int, date] = {}
    buyers: dict[tuple[date, date], set[int]] = defaultdict(set)
    revenue: Counter[tuple[date, date]] = Counter()
    for order in known.orders:
        day = born.get(order.customer, order.on)
        born[order.customer] = min(day, order.on)
    cohort = {who: day.replace(day=1) for who, day in born.items()}
    for order in known.orders:
        buyers[cohort[order.customer], order.on.replace(day=1)].add(order.customer)
    moves = [(line.customer, line.on, line.amount, line.currency) for line in known.order_lines]
    moves += [(r.customer, r.ordered_on, -r.amount, r.currency) for r in known.refunds]
    for who, on, amount, currency in moves:
        if who in cohort and currency == CURRENCY:
            revenue[cohort[who], on.replace(day=1)] += amount
    last = until - timedelta(days=1)
    first = last.year * 12 + last.month - months
    shown = date(first // 12, first % 12 + 1, 1)
    return [
        Row(cohort=one, month=month, buyers=len(buyers[one, month]), revenue=revenue[one, month])
        for one, month in sorted({*buyers, *revenue})
        if one >= shown and month >= shown
    ]
