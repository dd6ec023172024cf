"""Data that tell nothing are said to, in three languages; a number is never none."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from habitue.metrics import models
from habitue.metrics.lives import number
from habitue.metrics.models import choosing, gammagamma, patterns, shiftedbeta, spans, words
from habitue.metrics.models.betageometric import BetaGeometric
from habitue.metrics.models.choosing import Kind
from habitue.metrics.models.fitting import Caution, Fitted, Unfit
from habitue.metrics.models.paretonbd import ParetoNBD
from habitue.metrics.models.patterns import Patterns
from habitue.metrics.models.shiftedbeta import Renewals
from habitue.metrics.models.spans import Unit
from tests.metrics.models import cdnow, simulating

KINDS: list[Kind] = ["mbg", "bg", "pareto"]
each = pytest.mark.parametrize("kind", KINDS)
TERMS = models.Terms(margin=Fraction(1, 2), discount=Fraction(1, 10))


def why(seen: Patterns, kind: Kind) -> str:
    found = choosing.fit(seen, kind=kind, unit=Unit.WEEK)
    assert isinstance(found, Unfit)
    assert set(found.words) == {"fr", "it", "en"}
    return found.words["en"]


@each
def test_eight_customers(kind: Kind) -> None:
    eight = patterns.unique(np.array([3, 0] * 4), np.array([40, 0] * 4), np.full(8, 90))
    assert why(eight, kind).startswith("Too few customers to estimate anything: 8, at least 30")


@each
def test_nobody_at_all(kind: Kind) -> None:
    none = np.array([], dtype=np.int64)
    assert "0, at least 30" in why(patterns.unique(none, none, none), kind)


@each
def test_everybody_bought_once(kind: Kind) -> None:
    ages = np.arange(100)
    assert why(patterns.unique(ages * 0, ages * 0, ages), kind).startswith("Everybody bought once")


@each
def test_all_purchases_on_one_day(kind: Kind) -> None:
    nothing = np.zeros(50, dtype=np.int64)
    assert why(patterns.unique(nothing, nothing, nothing), kind).startswith("All purchases fall")


@each
def test_too_few_came_back(kind: Kind) -> None:
    again = np.array([1] * 9 + [0] * 91)
    seen = patterns.unique(again, again * 30, np.full(100, 60))
    assert why(seen, kind) == "Too few customers came back: 9, at least 10 are needed."


@each
def test_nobody_left(kind: Kind) -> None:
    draw = np.random.default_rng(5)
    stays = BetaGeometric(r=2, alpha=6, a=1e-9, b=1, unit=Unit.WEEK, at_once=False)
    seen = simulating.histories(draw, stays, draw.integers(200, 700, 2_000))
    assert why(seen, kind).startswith("No drop-out detectable")


@each
def test_customers_who_do_not_differ_are_said_not_to(kind: Kind) -> None:
    draw = np.random.default_rng(6)
    alike: BetaGeometric | ParetoNBD
    if kind == "pareto":
        alike = ParetoNBD(r=1e6, alpha=4e6, s=1, beta=20, unit=Unit.WEEK)
    else:
        alike = BetaGeometric(r=1e6, alpha=4e6, a=1, b=4, unit=Unit.WEEK, at_once=kind == "mbg")
    seen = simulating.histories(draw, alike, draw.integers(200, 700, 3_000))
    found = choosing.fit(seen, kind=kind, unit=Unit.WEEK)
    assert isinstance(found, Fitted)
    assert "alike in rhythm" in {caution.code for caution in found.cautions}
    alive = found.model.alive(seen)
    assert np.all(np.isfinite(alive))
    assert found.model.expected(seen, spans.years(1)).min() >= 0


# ---- amounts ------------------------------------------------------------------------------------


def spending(times: list[int], cents: list[int]) -> Fitted[gammagamma.GammaGamma] | Unfit:
    return gammagamma.fit(np.array(times), np.array(cents))


def test_amounts_that_are_none() -> None:
    for amount in (0, -500):
        found = spending([2] * 40, [amount] * 40)
        assert isinstance(found, Unfit)
        assert found.words["en"] == "No customer has spent a positive amount."


def test_amounts_that_are_all_the_same() -> None:
    found = spending([2, 5] * 40, [500, 1250] * 40)
    assert isinstance(found, Unfit)
    assert found.reason == "same amounts"


def test_amounts_of_few() -> None:
    found = spending([2] * 29, list(range(100, 129)))
    assert isinstance(found, Unfit)
    assert found.words["fr"].startswith("Trop peu de clients")
    found = spending([2] * 9 + [1] * 91, list(range(100, 200)))
    assert isinstance(found, Unfit)
    assert found.reason == "few back"


def test_amounts_so_scattered_that_they_have_no_mean() -> None:
    draw = np.random.default_rng(8)
    times = draw.integers(1, 6, 5_000)
    found = gammagamma.fit(times, simulating.amounts(draw, 2.0, 0.6, 300.0, times))
    assert isinstance(found, Unfit)
    assert found.reason == "no mean"


def test_customers_without_spending_are_left_out_and_counted() -> None:
    lives = cdnow.lives(cdnow.CALIBRATION)
    found = gammagamma.fit(lives.days, lives.revenue)
    assert isinstance(found, Fitted)
    left_out = int((lives.revenue <= 0).sum())
    assert found.cautions == (Caution(code="amounts left out", values={"customers": left_out}),)
    assert found.customers == 2357 - left_out
    value = found.model.expected(lives.days, lives.revenue)
    assert value.min() > 0


def test_amounts_that_follow_frequency_are_warned_of() -> None:
    draw = np.random.default_rng(9)
    times = draw.integers(1, 20, 2_000)
    spent = simulating.amounts(draw, 6.0, 4.0, 1_500.0, times)
    plain, tied = gammagamma.fit(times, spent), gammagamma.fit(times, spent * times)
    assert isinstance(plain, Fitted)
    assert isinstance(tied, Fitted)
    assert plain.cautions == ()
    (caution,) = tied.cautions
    assert caution.code == "value follows frequency"
    assert f"correlation {caution.values['percent']} %" in caution.words["en"]
    assert caution.values["percent"] > 30


# ---- renewals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "kept", "reason"),
    [
        ({}, {}, "few members"),
        ({1: 10}, {1: 19, 0: 500}, "few members"),
        ({1: 50}, {0: 20}, "nobody renewed"),
        ({}, {3: 50}, "everybody renewed"),
    ],
)
def test_renewals_that_tell_nothing(
    left: dict[int, int], kept: dict[int, int], reason: str
) -> None:
    found = shiftedbeta.fit(Renewals(left=left, kept=kept))
    assert isinstance(found, Unfit)
    assert found.reason == reason
    assert all(found.words.values())


# ---- whatever comes -----------------------------------------------------------------------------


def test_every_reason_and_caution_is_said_in_three_languages() -> None:
    for said in (*words.REASONS.values(), *words.CAUTIONS.values()):
        assert set(said) == {"fr", "it", "en"}
        filled = words.filled(said, {"customers": 12, "least": 30, "percent": 45})
        assert all(text.endswith(".") and "{" not in text for text in filled.values())


LIFE = some.tuples(some.integers(0, 12), some.integers(0, 400), some.integers(-500, 90_000))


@settings(max_examples=40, deadline=None)
@given(lives=some.lists(LIFE, min_size=1, max_size=120), kind=some.sampled_from(KINDS))
def test_any_shop_gets_numbers_or_words(lives: list[tuple[int, int, int]], kind: Kind) -> None:
    until = date(2025, 1, 1)
    again = np.array([min(times, span) for times, span, _ in lives])
    recency = np.array([span if times else 0 for times, span, _ in lives]) * (again > 0)
    seen = patterns.unique(again, recency, recency + 3)
    shop = simulating.lives(seen, np.array([cents for *_, cents in lives]))
    assert shop.until == until
    future = models.customers(shop, terms=TERMS, kind=kind)
    for model in (future.dropout, future.spending):
        if isinstance(model, Unfit):
            assert all(model.words.values())
    columns = [future.alive, future.value, future.clv, future.residual]
    columns += list((future.purchases or {}).values())
    for column in columns:
        assert column is None or (np.all(np.isfinite(column)) and column.min() >= 0)
    assert (future.alive is None) == isinstance(future.dropout, Unfit)
    assert (future.value is None) == isinstance(future.spending, Unfit)
    if future.next is not None:
        told = future.next.likely != models.NEVER
        assert np.all(future.next.likely[told] > number(until - timedelta(days=1)))
