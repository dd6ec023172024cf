"""What holds of every fit: parameters are found again, and bookkeeping changes nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from habitue.metrics.models import choosing, gammagamma, patterns, spans
from habitue.metrics.models.betageometric import BetaGeometric
from habitue.metrics.models.choosing import Kind
from habitue.metrics.models.dropout import Dropout
from habitue.metrics.models.fitting import Fitted
from habitue.metrics.models.paretonbd import ParetoNBD
from habitue.metrics.models.patterns import Patterns
from habitue.metrics.models.spans import Unit
from tests.metrics.models import cdnow, simulating

KINDS: list[Kind] = ["mbg", "bg", "pareto"]
MODELS: dict[Kind, BetaGeometric | ParetoNBD] = {
    "mbg": BetaGeometric(r=0.8, alpha=6, a=0.9, b=2.4, unit=Unit.WEEK, at_once=True),
    "bg": BetaGeometric(r=0.8, alpha=6, a=0.9, b=2.4, unit=Unit.WEEK, at_once=False),
    "pareto": ParetoNBD(r=0.8, alpha=8, s=0.7, beta=12, unit=Unit.WEEK),
}
CDNOW = patterns.of(cdnow.lives(cdnow.CALIBRATION))


def fit(seen: Patterns, kind: Kind, unit: Unit = Unit.WEEK) -> Fitted[Dropout]:
    found = choosing.fit(seen, kind=kind, unit=unit)
    assert isinstance(found, Fitted)
    return found


def parameters(model: object, names: dict[str, float | None]) -> list[float]:
    return [getattr(model, name) for name in names]


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_are_found_again(kind: Kind) -> None:
    draw = np.random.default_rng(20250101)
    model = MODELS[kind]
    seen = simulating.histories(draw, model, draw.integers(30, 1_000, 40_000))
    found = fit(seen, kind)
    assert found.cautions == ()
    for name, error in found.errors.items():
        assert error is not None
        # whole days shift what was drawn in moments: a twentieth is allowed for that
        room = 3.5 * error + 0.05 * getattr(model, name)
        assert abs(getattr(found.model, name) - getattr(model, name)) < room
        assert error < 0.2 * getattr(model, name)


def test_standard_errors_cover_what_they_say() -> None:
    # Over twenty draws the truth lies within two errors about nineteen times of twenty.
    draw = np.random.default_rng(7)
    truth, within = MODELS["pareto"], 0
    for _ in range(20):
        seen = simulating.histories(draw, truth, draw.integers(200, 1_000, 1_500))
        found = fit(seen, "pareto")
        error = found.errors["r"]
        assert error is not None
        (r,) = parameters(found.model, {"r": error})
        within += abs(r - truth.r) < 2 * error
    assert within >= 15


def test_amounts_are_found_again() -> None:
    draw = np.random.default_rng(3)
    times = draw.integers(1, 12, 20_000)
    found = gammagamma.fit(times, simulating.amounts(draw, 6.0, 4.0, 1_500.0, times))
    assert isinstance(found, Fitted)
    for name, truth in (("p", 6.0), ("q", 4.0), ("v", 1_500.0)):
        error = found.errors[name]
        assert error is not None
        assert abs(getattr(found.model, name) - truth) < 3.5 * error
        assert error < 0.1 * truth


@pytest.mark.parametrize("kind", KINDS)
def test_days_or_weeks_give_the_same_predictions(kind: Kind) -> None:
    weeks, days = fit(CDNOW, kind, Unit.WEEK), fit(CDNOW, kind, Unit.DAY)
    (by_day,), (by_week,) = (parameters(one.model, {"alpha": None}) for one in (days, weeks))
    assert by_day == pytest.approx(7 * by_week)
    for horizon in (spans.days(90), spans.years(1)):
        assert days.model.expected(CDNOW, horizon) == pytest.approx(
            weeks.model.expected(CDNOW, horizon), rel=1e-6
        )
    assert days.model.alive(CDNOW) == pytest.approx(weeks.model.alive(CDNOW), rel=1e-6)
    assert days.model.wait(CDNOW, 0.5) == pytest.approx(weeks.model.wait(CDNOW, 0.5), abs=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_merging_equal_histories_changes_nothing(kind: Kind) -> None:
    apart = Patterns(
        CDNOW.again[CDNOW.of],
        CDNOW.recency[CDNOW.of],
        CDNOW.age[CDNOW.of],
        np.ones(CDNOW.customers, dtype=np.int64),
        np.arange(CDNOW.customers),
    )
    merged, unmerged = fit(CDNOW, kind), fit(apart, kind)
    assert unmerged.log_likelihood == pytest.approx(merged.log_likelihood, rel=1e-12)
    names = merged.errors
    assert parameters(unmerged.model, names) == pytest.approx(
        parameters(merged.model, names), rel=1e-7
    )
    assert unmerged.model.alive(apart) == pytest.approx(
        merged.model.alive(CDNOW)[CDNOW.of], rel=1e-7
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_fit_that_begins_with_a_sample_ends_where_others_do(kind: Kind) -> None:
    draw = np.random.default_rng(11)
    seen = simulating.histories(draw, MODELS[kind], draw.integers(30, 1_000, 60_000))
    assert seen.sample is not None
    straight = replace(seen)
    straight.__dict__["sample"] = None
    some_way, other_way = fit(seen, kind), fit(straight, kind)
    names = some_way.errors
    assert parameters(some_way.model, names) == pytest.approx(
        parameters(other_way.model, names), rel=1e-6
    )
    assert some_way.errors == pytest.approx(other_way.errors, rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(
    kind=some.sampled_from(KINDS),
    logarithms=some.lists(some.floats(-2, 2), min_size=4, max_size=4),
    again=some.integers(1, 60),
    age=some.integers(60, 2_000),
)
def test_who_came_lately_is_likelier_a_customer_and_silence_tells(
    kind: Kind, logarithms: list[float], again: int, age: int
) -> None:
    r, alpha, third, fourth = np.exp(logarithms).tolist()
    model: Dropout
    if kind == "pareto":
        model = ParetoNBD(r=r, alpha=alpha, s=third, beta=fourth, unit=Unit.WEEK)
    else:
        model = BetaGeometric(
            r=r, alpha=alpha, a=third, b=fourth, unit=Unit.WEEK, at_once=kind == "mbg"
        )
    last = np.arange(1, age + 1, 7)
    by_last = patterns.unique(np.full(len(last), again), last, np.full(len(last), age))
    alive = model.alive(by_last)
    assert np.all((alive >= 0) & (alive <= 1))
    assert np.all(np.diff(alive) >= -1e-12)
    ages = np.arange(60, 60 + age, 7)
    silent = patterns.unique(np.full(len(ages), again), np.full(len(ages), 60), ages)
    assert np.all(np.diff(model.alive(silent)) <= 1e-12)
    near, far = model.expected(silent, spans.days(90)), model.expected(silent, spans.days(365))
    assert np.all((near >= 0) & (near <= far * (1 + 1e-9)) & np.isfinite(far))


def test_with_bg_nbd_who_bought_once_never_leaves_and_with_the_others_may() -> None:
    once = patterns.unique(np.array([0]), np.array([0]), np.array([900]))
    shares = {kind: float(fit(CDNOW, kind).model.alive(once)[0]) for kind in KINDS}
    assert shares["bg"] == 1.0
    assert shares["mbg"] < 0.5
    assert shares["pareto"] < 0.5
