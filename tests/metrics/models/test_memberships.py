"""Paid memberships: spells, renewals (sBG) and how long they last (Kaplan-Meier)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from habitue.metrics.models import memberships, shiftedbeta, spans, tenure
from habitue.metrics.models.fitting import Fitted
from habitue.metrics.models.memberships import Spell
from habitue.metrics.models.shiftedbeta import Renewals, ShiftedBeta
from habitue.metrics.tables import Membership

ALICE, BRUNO, CHIARA = 1, 2, 3
TODAY = date(2025, 7, 1)


def year(customer: int, since: date, ended_on: date | None = None) -> Membership:
    until = since.replace(year=since.year + 1)
    return Membership(business=1, customer=customer, since=since, until=until, ended_on=ended_on)


def spell(customer: int, since: date, until: date, renewals: int, left: bool) -> Spell:
    return Spell(customer=customer, since=since, until=until, renewals=renewals, left=left)


# ---- spells -------------------------------------------------------------------------------------


def test_alice_renews_and_bruno_does_not() -> None:
    periods = [
        year(BRUNO, date(2023, 3, 1)),
        year(ALICE, date(2024, 1, 10)),
        year(ALICE, date(2025, 1, 10)),
    ]
    assert memberships.spells(periods, TODAY) == [
        spell(ALICE, date(2024, 1, 10), TODAY, 1, left=False),
        spell(BRUNO, date(2023, 3, 1), date(2024, 3, 1), 0, left=True),
    ]


def test_who_pays_within_the_grace_has_renewed_late_and_after_it_anew() -> None:
    late, anew = date(2024, 3, 30), date(2024, 4, 2)
    (found,) = memberships.spells([year(ALICE, date(2023, 3, 1)), year(ALICE, late)], TODAY)
    assert (found.renewals, found.left) == (1, True)
    first, second = memberships.spells([year(ALICE, date(2023, 3, 1)), year(ALICE, anew)], TODAY)
    assert (first.left, first.renewals, second.renewals) == (True, 0, 0)
    (strict, _) = memberships.spells(
        [year(ALICE, date(2023, 3, 1)), year(ALICE, late)], TODAY, grace=spans.days(0)
    )
    assert strict.left


def test_an_end_whose_grace_is_not_over_is_no_end_yet() -> None:
    (found,) = memberships.spells([year(ALICE, date(2024, 6, 15))], TODAY)
    assert (found.left, found.days) == (False, 365)
    (found,) = memberships.spells([year(ALICE, date(2024, 5, 15))], TODAY)
    assert found.left


def test_what_was_ended_early_lasted_until_then_and_what_was_undone_at_once_never_was() -> None:
    (found,) = memberships.spells([year(BRUNO, date(2024, 1, 1), date(2024, 3, 1))], TODAY)
    assert (found.days, found.left) == (60, True)
    assert memberships.spells([year(BRUNO, date(2024, 1, 1), date(2024, 1, 1))], TODAY) == []
    assert memberships.spells([year(CHIARA, TODAY)], TODAY) == []


def test_spells_become_renewals() -> None:
    spells = [
        spell(ALICE, TODAY, TODAY, 3, left=False),
        spell(BRUNO, TODAY, TODAY, 0, left=True),
        spell(CHIARA, TODAY, TODAY, 2, left=True),
    ]
    assert shiftedbeta.renewals(spells) == Renewals(left={1: 1, 3: 1}, kept={3: 1})


# ---- renewals -----------------------------------------------------------------------------------

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]


def cohort(members: list[int]) -> Renewals:
    years = range(1, len(members))
    left = {year: members[year - 1] - members[year] for year in years}
    return Renewals(left=left, kept={len(members) - 1: members[-1]})


def fitted(members: list[int]) -> Fitted[ShiftedBeta]:
    found = shiftedbeta.fit(cohort(members))
    assert isinstance(found, Fitted)
    return found


@pytest.mark.parametrize(
    ("members", "alpha", "beta", "later"),
    [
        (HIGH_END, 0.668, 3.806, [46.8, 44.5, 42.7, 40.9, 39.4]),
        (REGULAR, 0.704, 1.182, [22.3, 20.7, 19.4, 18.3, 17.3]),
    ],
)
def test_the_published_cohorts(
    members: list[int], alpha: float, beta: float, later: list[float]
) -> None:
    # Fader and Hardie 2007, tables 1 and 2: fitted to seven years; years 8 to 12 came later.
    found = fitted(members)
    assert (found.model.alpha, found.model.beta) == pytest.approx((alpha, beta), abs=5e-4)
    for year, share in enumerate(later, start=8):
        assert 100 * found.model.survival(year) == pytest.approx(share, abs=1.8)
    assert found.errors["alpha"] == pytest.approx(0.1, abs=0.05)


def test_renewal_rates_are_ratios_of_survival_and_rise() -> None:
    model = fitted(REGULAR).model
    assert model.survival(0) == 1
    rates = [model.renewal_rate(year) for year in range(1, 9)]
    assert rates == sorted(rates)
    for year, rate in enumerate(rates, start=1):
        assert model.survival(year) / model.survival(year - 1) == pytest.approx(rate)


def test_renewals_to_come_are_the_sum_of_what_may_come() -> None:
    model = fitted(HIGH_END).model
    for renewed in (0, 4):
        by_hand = sum(
            model.survival(renewed + year) / model.survival(renewed) / 1.1**year
            for year in range(1, 400)
        )
        assert model.to_come(renewed, 0.1) == pytest.approx(by_hand, rel=1e-9)


def test_a_member_at_every_stage_counts() -> None:
    young = Renewals(left={1: 300, 2: 60}, kept={0: 500, 1: 200, 2: 140})
    found = shiftedbeta.fit(young)
    assert isinstance(found, Fitted)
    assert found.customers == 700  # who has not come to a renewal yet tells nothing
    unborn = shiftedbeta.fit(Renewals(left=young.left, kept={1: 200, 2: 140}))
    assert isinstance(unborn, Fitted)
    assert found.model.alpha == pytest.approx(unborn.model.alpha)


def test_members_who_do_not_differ_are_said_not_to() -> None:
    # One in five leaves each year, whoever it is.
    found = fitted([100_000, 80_000, 64_000, 51_200, 40_960, 32_768])
    assert [caution.code for caution in found.cautions] == ["alike in leaving"]
    assert found.model.renewal_rate(3) == pytest.approx(0.8, abs=1e-3)


# ---- how long they last -------------------------------------------------------------------------


def test_a_curve_by_hand() -> None:
    # Ten members: one leaves on day 2, two on day 5, one on day 8; two were last seen on day 3,
    # four on day 9.
    days = np.array([2, 3, 3, 5, 5, 8, 9, 9, 9, 9])
    left = np.array([1, 0, 0, 1, 1, 1, 0, 0, 0, 0])
    curve = tenure.curve(days, left)
    first, second, third = curve.steps
    assert (first.at_risk, second.at_risk, third.at_risk) == (10, 7, 5)
    assert first.survival == pytest.approx(9 / 10)
    assert second.survival == pytest.approx(9 / 10 * 5 / 7)
    assert third.survival == pytest.approx(9 / 10 * 5 / 7 * 4 / 5)
    greenwood = 1 / (10 * 9) + 2 / (7 * 5) + 1 / (5 * 4)
    assert third.error == pytest.approx(third.survival * greenwood**0.5)
    assert (curve.members, curve.left) == (10, 4)
    assert (curve.survival(1), curve.survival(4)) == pytest.approx((1.0, 0.9))
    assert curve.median is None


def test_a_curve_of_the_textbooks() -> None:
    # Freireich and others 1963, 6-mercaptopurine: survival and errors as in Collett's textbook.
    days = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35])
    left = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0])
    curve = tenure.curve(days, left)
    assert [step.day for step in curve.steps] == [6, 7, 10, 13, 16, 22, 23]
    survival = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert [step.survival for step in curve.steps] == pytest.approx(survival, abs=5e-5)
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert [step.error for step in curve.steps] == pytest.approx(errors, abs=5e-5)
    assert curve.median == 23
    assert (curve.steps[0].low, curve.steps[0].high) == pytest.approx((0.6197, 0.9516), abs=5e-5)


def test_intervals_stay_within_nothing_and_all() -> None:
    curve = tenure.curve(np.array([1, 2, 3]), np.array([1, 1, 1]))
    for step in curve.steps[:-1]:
        assert step.low is not None
        assert step.high is not None
        assert 0 <= step.low < step.survival < step.high <= 1
    last = curve.steps[-1]
    assert (last.survival, last.low, last.high) == (0, None, None)
    assert tenure.curve(np.array([], dtype=np.int64), np.array([], dtype=np.int64)).steps == ()
    assert tenure.curve(np.array([4]), np.array([0])).steps == ()


def test_spells_have_a_curve() -> None:
    since = date(2024, 1, 1)
    spells = [
        spell(ALICE, since, since + timedelta(days=400), 1, left=False),
        spell(BRUNO, since, since + timedelta(days=366), 0, left=True),
    ]
    curve = tenure.of(spells)
    assert curve.survival(365) == 1
    assert curve.survival(366) == 0.5
