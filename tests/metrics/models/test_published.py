"""The models against numbers that others have published, from the raw logs."""

from __future__ import annotations

import numpy as np
import pytest

from habitue.metrics.models import (
    betageometric,
    dropout,
    gammagamma,
    paretonbd,
    patterns,
    spans,
    worth,
)
from habitue.metrics.models.betageometric import BetaGeometric
from habitue.metrics.models.fitting import Fitted
from habitue.metrics.models.paretonbd import ParetoNBD
from habitue.metrics.models.spans import Unit
from tests.metrics.models import cdnow

SEEN = patterns.of(cdnow.lives(cdnow.CALIBRATION))


@pytest.fixture(scope="module")
def bg() -> Fitted[BetaGeometric]:
    found = betageometric.fit(SEEN, unit=Unit.WEEK, at_once=False)
    assert isinstance(found, Fitted)
    return found


def test_cdnow_is_the_sample_that_others_used() -> None:
    assert SEEN.customers == 2357
    assert int((SEEN.again > 0) @ SEEN.count) == 946
    assert len(SEEN.count) == 1016


def test_bg_nbd_on_cdnow(bg: Fitted[BetaGeometric]) -> None:
    # Fader, Hardie and Lee, Marketing Science 24 (2005), table 2.
    model = bg.model
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx(
        (0.243, 4.414, 0.793, 2.426), abs=5e-4
    )
    assert bg.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert (bg.patterns, bg.customers, bg.cautions) == (1016, 2357, ())


def test_bg_nbd_expectations_on_cdnow(bg: Fitted[BetaGeometric]) -> None:
    # The authors' spreadsheet, as the test suites of BTYD and lifetimes quote it.
    expected = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
    for week, number in zip([0.1429, 1.0, 3.0, 31.8571, 32.0, 78.0], expected, strict=True):
        assert dropout.newcomer(bg.model, spans.weeks(week)) == pytest.approx(number, abs=5e-4)
    somebody = patterns.unique(np.array([2]), np.array([213]), np.array([272]))
    assert bg.model.expected(somebody, spans.weeks(39)) == pytest.approx(1.226, abs=1e-3)


def test_pareto_nbd_on_cdnow() -> None:
    # The same table.
    found = paretonbd.fit(SEEN, unit=Unit.WEEK)
    assert isinstance(found, Fitted)
    model: ParetoNBD = found.model
    assert (model.r, model.alpha, model.s, model.beta) == pytest.approx(
        (0.553, 10.578, 0.606, 11.669), abs=5e-4
    )
    assert found.log_likelihood == pytest.approx(-9595.0, abs=0.05)


def test_mbg_nbd_on_cdnow() -> None:
    # Parameters as in the test suites of BTYDplus and lifetimes; the likelihood is our own fit.
    found = betageometric.fit(SEEN, unit=Unit.WEEK, at_once=True)
    assert isinstance(found, Fitted)
    model = found.model
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx(
        (0.525, 6.183, 0.891, 1.614), abs=5e-4
    )
    assert found.log_likelihood == pytest.approx(-9582.14, abs=0.01)


def test_gamma_gamma_on_cdnow_repeat_purchases() -> None:
    # Fader and Hardie, note 025 (2013): 946 customers, dollars.
    times, cents = cdnow.repeats(cdnow.CALIBRATION)
    assert len(times) == 946
    found = gammagamma.fit(times, cents)
    assert isinstance(found, Fitted)
    model = found.model
    assert (model.p, model.q, model.v / 100) == pytest.approx((6.25, 3.74, 15.44), abs=5e-3)
    assert gammagamma.correlation(times, cents.astype(float)) == pytest.approx(0.116, abs=5e-4)
    assert found.cautions == ()


def test_weeks_read_as_days_make_140_dollars_of_36(bg: Fitted[BetaGeometric]) -> None:
    # A widely copied example gives customer 1 of CDNOW (back twice, last after 30.43 of 38.86
    # weeks, 22.35 $ a time) a lifetime value of 140.10 $ over twelve months at 1 % a month. It
    # takes a month for thirty units of time. That would be right if the unit were the day, but
    # it is the week: the sum runs over twelve times thirty weeks, almost seven years. With twelve
    # months of 4.345 weeks it is 36.28 $. Here a bare 30 is no length of time.
    times, cents = cdnow.repeats(cdnow.CALIBRATION)
    spending = gammagamma.fit(times, cents)
    assert isinstance(spending, Fitted)
    somebody = patterns.unique(np.array([2]), np.array([213]), np.array([272]))
    value = spending.model.expected(np.array([2]), np.array([2 * 2235.0])) / 100

    def clv(month: spans.Span) -> float:
        year = spans.days(12 * month.days)
        return float((worth.discounted(bg.model, somebody, year, month, 0.01) * value)[0])

    assert clv(spans.weeks(30)) == pytest.approx(140.10, abs=0.05)
    assert clv(spans.weeks(4.345)) == pytest.approx(36.28, abs=0.05)
    assert clv(spans.days(30)) == pytest.approx(35.86, abs=0.05)
