"""Exact gradients against differences, integrals against SciPy's adaptive ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import integrate, special

from habitue.metrics.models import betageometric, dropout, gammagamma, paretonbd, patterns, spans
from habitue.metrics.models.betageometric import BetaGeometric
from habitue.metrics.models.fitting import Likelihood
from habitue.metrics.models.paretonbd import ParetoNBD
from habitue.metrics.models.patterns import Floats
from habitue.metrics.models.shiftedbeta import Renewals
from habitue.metrics.models.shiftedbeta import likelihood as renewing
from habitue.metrics.models.spans import Unit

SEEN = patterns.unique(
    np.array([0, 0, 1, 2, 3, 12, 40, 1]),
    np.array([0, 0, 30, 200, 100, 290, 300, 7]),
    np.array([10, 300, 31, 365, 365, 300, 365, 900]),
)
TIMES = np.array([1, 1, 2, 3, 8, 30])
SPENT = np.array([500.0, 20_000, 4_400, 9_000, 24_000, 31_000])
RENEWALS = Renewals(left={1: 30, 2: 11, 5: 2}, kept={0: 5, 3: 17, 6: 4})

LIKELIHOODS: dict[str, tuple[Likelihood, int]] = {
    "bg": (betageometric.likelihood(SEEN, Unit.WEEK, False), 4),
    "mbg": (betageometric.likelihood(SEEN, Unit.WEEK, True), 4),
    "pareto": (paretonbd.likelihood(SEEN, Unit.WEEK), 4),
    "gamma-gamma": (gammagamma.likelihood(TIMES, SPENT), 3),
    "sbg": (renewing(RENEWALS), 2),
}

LOGARITHMS = some.lists(some.floats(-2, 3), min_size=4, max_size=4)


@pytest.mark.parametrize("name", LIKELIHOODS)
@settings(deadline=None)
@given(at=LOGARITHMS)
def test_gradients_are_what_differences_show(name: str, at: list[float]) -> None:
    likelihood, number = LIKELIHOODS[name]
    here = np.array(at[:number])
    _, slope = likelihood(here)
    for place, step in enumerate(np.eye(number) * 1e-5):
        shown = (likelihood(here + step)[0] - likelihood(here - step)[0]) / 2e-5
        assert slope[place] == pytest.approx(shown, rel=1e-5, abs=1e-3)


def models(at: list[float]) -> list[BetaGeometric | ParetoNBD]:
    r, alpha, third, fourth = np.exp(at).tolist()
    return [
        BetaGeometric(r=r, alpha=alpha, a=third, b=fourth, unit=Unit.WEEK, at_once=False),
        BetaGeometric(r=r, alpha=alpha, a=third, b=fourth, unit=Unit.WEEK, at_once=True),
        ParetoNBD(r=r, alpha=alpha, s=third, beta=fourth, unit=Unit.WEEK),
    ]


@settings(deadline=None)
@given(at=LOGARITHMS)
def test_the_sum_that_is_climbed_is_that_of_the_customers(at: list[float]) -> None:
    names = ("bg", "mbg", "pareto")
    for model, name in zip(models(at), names, strict=True):
        whole = model.log_likelihood(SEEN) @ SEEN.weight
        assert LIKELIHOODS[name][0](np.array(at))[0] == pytest.approx(whole, rel=1e-9)


# ---- Pareto/NBD ---------------------------------------------------------------------------------


def by_adaptive_steps(m: float, k: float, s: float) -> float:
    """The same probability, over the logarithm of e^v − 1, piece by piece."""

    def inside(y: float) -> float:
        return float(np.exp(y - (s + 1) * np.logaddexp(0, y) - m * np.logaddexp(0, np.log(k) + y)))

    pieces = np.arange(-40, 400, 2.0).tolist()
    parts = [integrate.quad(inside, low, low + 2, epsabs=0, epsrel=1e-13)[0] for low in pieces]
    return s * float(sum(parts))


@pytest.mark.parametrize("m", [0.2, 1.0, 12.5, 300.0])
@pytest.mark.parametrize("s", [0.2, 0.999999, 1.0, 2.0, 40.0])
@pytest.mark.parametrize("k", [0.12, 0.6, 1.0, 1.0000001, 3.0, 800.0])
def test_the_probability_of_leaving_first_in_every_corner(m: float, s: float, k: float) -> None:
    share = paretonbd.leaving(np.array([m]), np.array([k]), s).share
    assert share == pytest.approx(by_adaptive_steps(m, k, s), rel=1e-11)


def test_the_probability_of_leaving_first_is_the_hypergeometric_function() -> None:
    m, k, s = np.array([0.5, 3.5, 20.0]), np.array([0.3, 0.6, 0.9]), 0.6
    by_scipy = s / (m + s) * special.hyp2f1(1, m, m + s + 1, 1 - k)
    assert paretonbd.leaving(m, k, s).share == pytest.approx(by_scipy, rel=1e-12)


def test_a_share_that_nearly_vanishes_still_has_digits() -> None:
    share = paretonbd.leaving(np.array([2.0]), np.array([1e-3]), 0.05).share
    assert share == pytest.approx(by_adaptive_steps(2.0, 1e-3, 0.05), rel=1e-8)


def test_pareto_purchases_to_come_where_one_leaves_at_rate_one() -> None:
    near = [
        ParetoNBD(r=0.5, alpha=10, s=s, beta=12, unit=Unit.WEEK).if_alive(SEEN, spans.weeks(39))
        for s in (1 - 1e-9, 1.0, 1 + 1e-9)
    ]
    assert near[0] == pytest.approx(near[1], rel=1e-7)
    assert near[2] == pytest.approx(near[1], rel=1e-7)


# ---- BG/NBD and MBG/NBD -------------------------------------------------------------------------


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("a", [0.1, 0.793, 1.5, 6.0])
def test_purchases_to_come_by_the_published_formula(a: float, at_once: bool) -> None:
    model = BetaGeometric(r=0.243, alpha=4.414, a=a, b=2.426, unit=Unit.WEEK, at_once=at_once)
    found = model.if_alive(SEEN, spans.weeks(39))
    assert found == pytest.approx(formula(model, 39), rel=1e-11)


@pytest.mark.parametrize("a", [20.0, 60.0, 250.0])
@pytest.mark.parametrize("b", [0.05, 3.0, 150.0])
def test_purchases_to_come_where_all_leave_alike(a: float, b: float) -> None:
    model = BetaGeometric(r=0.8, alpha=6, a=a, b=b, unit=Unit.WEEK, at_once=True)
    found = model.if_alive(SEEN, spans.weeks(39))
    assert found == pytest.approx(by_jacobi(model, 39), rel=1e-9)


def by_jacobi(model: BetaGeometric, ahead: float) -> list[float]:
    """The mean over p by the polynomials that belong to its beta(a, b + x + 1)."""
    means = []
    for again, age in zip(SEEN.again.tolist(), SEEN.age.tolist(), strict=True):
        nodes, weights = special.roots_sh_jacobi(60, model.a + model.b + again, model.a)
        grown = 1 + nodes * ahead / (model.alpha + age / 7)
        bought = (1 - grown ** -(model.r + again)) / nodes
        means.append(float((bought * weights).sum() / weights.sum()))
    return means


def formula(model: BetaGeometric, ahead: float) -> Floats:
    """Equation 10 of Fader, Hardie and Lee, without its denominator, which is the odds."""
    age, x = model.alpha + SEEN.age / 7, SEEN.again
    b = model.b + x + model.at_once
    whole = model.a + b - 1
    curve = special.hyp2f1(model.r + x, b, whole, ahead / (age + ahead))
    bought: Floats = 1 - (age / (age + ahead)) ** (model.r + x) * curve
    return whole / (model.a - 1) * bought


def test_nothing_special_happens_at_a_equal_to_one() -> None:
    near = [
        BetaGeometric(r=0.243, alpha=4.414, a=a, b=2.426, unit=Unit.WEEK, at_once=True).if_alive(
            SEEN, spans.weeks(39)
        )
        for a in (1 - 1e-9, 1.0, 1 + 1e-9)
    ]
    assert near[0] == pytest.approx(near[1], rel=1e-7)
    assert near[2] == pytest.approx(near[1], rel=1e-7)


# ---- waiting ------------------------------------------------------------------------------------


def come_within(days: float, r: float, alpha: float, s: float, beta: float) -> float:
    """The probability of buying within so many days and not leaving before, by integration."""

    def density(week: float) -> float:
        stays = float((beta / (beta + week)) ** s)
        return float(r * alpha**r * (alpha + week) ** (-r - 1)) * stays

    return float(integrate.quad(density, 0, days / 7, epsrel=1e-10)[0])


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_that_share_has_come_back_by_the_foretold_day(share: float) -> None:
    for at_once in (False, True):
        model = BetaGeometric(r=2, alpha=3, a=1, b=2, unit=Unit.WEEK, at_once=at_once)
        wait = model.wait(dropout.NEWCOMER, share)[0]
        assert come_within(wait, 2, 3, 0, 1) == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_whoever_may_leave_first_comes_back_later(share: float) -> None:
    wait = ParetoNBD(r=2, alpha=3, s=0.5, beta=20, unit=Unit.WEEK).wait(dropout.NEWCOMER, share)
    assert come_within(wait[0], 2, 3, 0.5, 20) == pytest.approx(share, abs=1e-3)


def test_a_day_that_is_never_reached_is_not_foretold() -> None:
    leaving = ParetoNBD(r=0.6, alpha=3, s=1, beta=3, unit=Unit.WEEK)
    assert np.isinf(leaving.wait(dropout.NEWCOMER, 0.5)).all()
    seldom = BetaGeometric(r=0.1, alpha=50, a=1, b=2, unit=Unit.WEEK, at_once=True)
    days = dropout.next_days(seldom, dropout.NEWCOMER, np.ones(1), 20_000)
    assert all(column == dropout.NEVER for column in days)


def test_of_those_who_have_probably_left_no_day_is_foretold() -> None:
    model = BetaGeometric(r=2, alpha=3, a=1, b=2, unit=Unit.WEEK, at_once=True)
    here = dropout.next_days(model, dropout.NEWCOMER, np.array([0.5]), 20_000)
    gone = dropout.next_days(model, dropout.NEWCOMER, np.array([0.49]), 20_000)
    assert 20_000 < here.early[0] < here.likely[0] < here.late[0]
    assert all(column == dropout.NEVER for column in gone)
