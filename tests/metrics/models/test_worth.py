"""What future purchases are worth, and each customer's whole future."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from msgspec import structs
from scipy import integrate

from habitue.metrics import models
from habitue.metrics.lives import number
from habitue.metrics.models import betageometric, choosing, patterns, spans, worth
from habitue.metrics.models.betageometric import BetaGeometric
from habitue.metrics.models.choosing import Kind
from habitue.metrics.models.dropout import Dropout
from habitue.metrics.models.fitting import Fitted
from habitue.metrics.models.paretonbd import ParetoNBD
from habitue.metrics.models.spans import Unit
from habitue.metrics.models.worth import Terms
from tests.metrics.models import cdnow

TERMS = Terms(margin=Fraction(2, 5), discount=Fraction(1, 10))
LIVES = cdnow.lives(cdnow.CALIBRATION)
SEEN = patterns.of(LIVES)
MODELS: list[Dropout] = [
    BetaGeometric(r=0.525, alpha=6.183, a=0.891, b=1.614, unit=Unit.WEEK, at_once=True),
    ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669, unit=Unit.WEEK),
]


def test_a_month_is_worth_what_it_brings_at_its_end() -> None:
    model, month = MODELS[0], spans.months(1)
    one = structs.replace(TERMS, horizon=month)
    by_hand = model.expected(SEEN, month) / 1.1 ** (1 / 12)
    assert worth.purchases(model, SEEN, one) == pytest.approx(by_hand, rel=1e-12)


def test_a_horizon_that_ends_within_a_month_ends_there() -> None:
    model = MODELS[0]
    half = structs.replace(TERMS, horizon=spans.months(1.5))
    first = model.expected(SEEN, spans.months(1))
    rest = model.expected(SEEN, spans.months(1.5)) - first
    by_hand = first / 1.1 ** (1 / 12) + rest / 1.1 ** (1.5 / 12)
    assert worth.purchases(model, SEEN, half) == pytest.approx(by_hand, rel=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_the_residual_is_all_time_discounted_at_every_moment(model: Dropout) -> None:
    somebody = patterns.unique(np.array([3, 0]), np.array([200, 0]), np.array([240, 100]))
    rate = np.log(1.1)
    for place in range(2):

        def paid(years: float, place: int = place) -> float:
            ahead = model.expected(somebody, spans.years(years))[place]
            return float(rate * np.exp(-rate * years) * ahead)

        whole = sum(
            integrate.quad(paid, low, high, epsrel=1e-9)[0]
            for low, high in ((0, 1), (1, 10), (10, 60), (60, 300))
        )
        assert worth.residual(model, somebody, TERMS)[place] == pytest.approx(whole, rel=1e-4)


@pytest.mark.parametrize("model", MODELS)
def test_all_time_is_worth_more_than_a_year_and_less_than_undiscounted(model: Dropout) -> None:
    year, ever = worth.purchases(model, SEEN, TERMS), worth.residual(model, SEEN, TERMS)
    assert np.all(year < ever)
    assert np.all(year < model.expected(SEEN, spans.years(1)))
    dear = structs.replace(TERMS, discount=Fraction(1, 2))
    assert np.all(worth.residual(model, SEEN, dear) < ever)


@pytest.mark.parametrize(
    ("margin", "discount", "days"),
    [
        (Fraction(0), Fraction(1, 10), 1),
        (Fraction(2), Fraction(1, 10), 1),
        (Fraction(1, 2), Fraction(0), 1),
        (Fraction(1, 2), Fraction(1, 10), 0),
    ],
)
def test_terms_without_sense_are_refused(margin: Fraction, discount: Fraction, days: int) -> None:
    with pytest.raises(ValueError, match=r"margin lies|discount is|a day ahead"):
        Terms(margin=margin, discount=discount, horizon=spans.days(days))


# ---- every customer's future --------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mbg", "bg", "pareto"])
def test_the_columns_of_a_future_stand_in_the_order_of_the_customers(kind: Kind) -> None:
    future = models.customers(LIVES, terms=TERMS, kind=kind)
    assert isinstance(future.dropout, Fitted)
    assert isinstance(future.spending, Fitted)
    model, spending = future.dropout.model, future.spending.model
    assert future.alive is not None
    assert future.purchases is not None
    assert future.next is not None
    assert future.value is not None
    assert future.clv is not None
    assert future.residual is not None
    for place in (0, 1, 2, 1000, 2356):
        again, recency = LIVES.days[place] - 1, LIVES.last[place] - LIVES.first[place]
        age = number(LIVES.until) - 1 - LIVES.first[place]
        alone = patterns.unique(*(np.array([one]) for one in (again, recency, age)))
        assert future.alive[place] == pytest.approx(model.alive(alone)[0])
        for span in choosing.HORIZONS:
            bought = future.purchases[span][place]
            assert bought == pytest.approx(model.expected(alone, span)[0])
        value = spending.expected(LIVES.days[[place]], LIVES.revenue[[place]])[0]
        assert future.value[place] == pytest.approx(value)
        discounted = worth.purchases(model, alone, TERMS)[0]
        assert future.clv[place] == pytest.approx(0.4 * value * discounted)
        discounted = worth.residual(model, alone, TERMS)[0]
        assert future.residual[place] == pytest.approx(0.4 * value * discounted)


def test_the_next_purchase_is_foretold_for_those_who_are_probably_there() -> None:
    future = models.customers(LIVES, terms=TERMS)
    assert future.alive is not None
    assert future.next is not None
    likely, early, late = future.next
    told = likely != models.NEVER
    today = number(LIVES.until)
    assert 0 < told.sum() < len(told)
    assert np.all(future.alive[told] >= 0.5)
    assert np.all((today <= early[told]) & (early[told] <= likely[told]))
    assert np.all(late[told & (late != models.NEVER)] >= likely[told & (late != models.NEVER)])
    assert np.all((early[~told] == models.NEVER) & (late[~told] == models.NEVER))
    assert likely.max() <= number(date(1997, 9, 30) + timedelta(days=731))


def test_a_customer_who_returned_everything_is_expected_to_spend_little_not_less() -> None:
    spending = models.customers(LIVES, terms=TERMS).spending
    assert isinstance(spending, Fitted)
    nothing, refunded = spending.model.expected(np.array([3, 3]), np.array([0, -4_000]))
    assert 0 < nothing == refunded < spending.model.mean


def test_who_is_unknown_is_expected_to_spend_the_mean() -> None:
    spending = models.customers(LIVES, terms=TERMS).spending
    assert isinstance(spending, Fitted)
    assert spending.model.expected(np.array([0]), np.array([0]))[0] == spending.model.mean


def test_unit_of_time_changes_no_future() -> None:
    weeks = models.customers(LIVES, terms=TERMS)
    days = models.customers(LIVES, terms=TERMS, unit=Unit.DAY)
    assert days.clv == pytest.approx(weeks.clv, rel=1e-6)
    assert isinstance(days.dropout, Fitted)
    assert days.dropout.model.unit is Unit.DAY
    assert tuple(days.dropout.errors) == betageometric.NAMES
