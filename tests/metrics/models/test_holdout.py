"""Held against what came since: nine months of CDNOW after nine months of calibration."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from habitue.metrics.models import choosing, dropout, holdout, patterns, spans
from habitue.metrics.models.choosing import Kind
from habitue.metrics.models.dropout import Dropout
from habitue.metrics.models.fitting import Fitted
from habitue.metrics.models.holdout import Validation
from habitue.metrics.models.spans import Unit
from tests.metrics.models import cdnow, simulating

THEN, NOW = cdnow.lives(cdnow.CALIBRATION), cdnow.lives(cdnow.END)


def model(kind: Kind) -> Dropout:
    found = choosing.fit(patterns.of(THEN), kind=kind, unit=Unit.WEEK)
    assert isinstance(found, Fitted)
    return found.model


def checked(kind: Kind) -> Validation:
    return holdout.validate(model(kind), THEN, NOW)


def test_what_came_since_is_counted_row_by_row() -> None:
    found = checked("bg")
    assert (found.customers, found.gone, found.actual) == (2357, 0, 1882)
    assert (found.since, found.until) == (date(1997, 10, 1), date(1998, 7, 1))
    assert [row.again for row in found.rows] == list(range(8))
    assert [row.more for row in found.rows] == [False] * 7 + [True]
    # 1,411 never came back within the calibration period (Fader, Hardie and Lee 2005, table 1)
    assert [row.customers for row in found.rows] == [1411, 439, 214, 100, 62, 38, 29, 64]
    bought = sum(row.customers * row.actual for row in found.rows)
    assert bought == pytest.approx(found.actual)
    expected = sum(row.customers * row.expected for row in found.rows)
    assert expected == pytest.approx(found.expected)


@pytest.mark.parametrize("kind", ["mbg", "bg", "pareto"])
def test_the_models_foretell_the_rows_of_cdnow(kind: Kind) -> None:
    found = checked(kind)
    assert found.expected == pytest.approx(found.actual, rel=0.2)
    for row in found.rows:
        assert row.expected == pytest.approx(row.actual, rel=0.3, abs=0.12)
    assert found.mean_absolute_error < 0.8
    assert found.mean_absolute_error < found.root_mean_square_error < 1.7


def test_errors_are_what_they_are_called() -> None:
    one = simulating.lives(
        patterns.unique(np.array([1, 0]), np.array([50, 0]), np.array([100, 100])),
        np.array([1, 1]),
    )
    later = one._replace(until=one.until + timedelta(days=70), days=one.days + np.array([2, 0]))
    expected = model("mbg").expected(patterns.of(one), spans.days(70))
    found = holdout.validate(model("mbg"), one, later)
    errors = expected[patterns.of(one).of] - np.array([2, 0])
    assert found.mean_absolute_error == pytest.approx(np.abs(errors).mean())
    assert found.root_mean_square_error == pytest.approx(np.sqrt((errors**2).mean()))


def test_who_is_gone_since_is_left_out_and_newcomers_are_not_counted() -> None:
    later = type(NOW)(NOW.until, NOW.currency, *(column[1:] for column in NOW[2:]))
    found = holdout.validate(model("mbg"), THEN, later)
    assert (found.customers, found.gone) == (2356, 1)
    earlier = type(THEN)(THEN.until, THEN.currency, *(column[:1000] for column in THEN[2:]))
    some = holdout.validate(model("mbg"), earlier, NOW)
    assert (some.customers, some.gone) == (1000, 0)


def test_tracking_week_by_week() -> None:
    weeks = [date(1997, 1, 8) + timedelta(weeks=week) for week in range(0, 77, 4)]
    tracks = holdout.track(model("pareto"), THEN, map(cdnow.lives, weeks))
    assert [track.until for track in tracks] == weeks
    for before, after in pairwise(tracks):
        assert before.actual <= after.actual
        assert 0 <= before.expected < after.expected
    assert tracks[-1].expected == pytest.approx(tracks[-1].actual, rel=0.05)


def test_the_end_of_the_track_is_the_end_of_both_periods() -> None:
    (end,) = holdout.track(model("bg"), THEN, [NOW])
    assert end.actual == int((NOW.days - 1).sum()) == 4339
    assert end.expected == pytest.approx(4339, rel=0.05)


def test_a_track_expects_of_each_what_their_age_promises() -> None:
    two = simulating.lives(
        patterns.unique(np.array([0, 0]), np.array([0, 0]), np.array([30, 100])), np.array([1, 1])
    )
    bought = model("mbg")
    (then,) = holdout.track(bought, two, [two])
    by_hand = sum(dropout.newcomer(bought, spans.days(age)) for age in (30, 100))
    assert then.expected == pytest.approx(by_hand)
    early = two._replace(until=two.until - timedelta(days=60))
    (before,) = holdout.track(bought, two, [early])
    assert before.expected == pytest.approx(dropout.newcomer(bought, spans.days(40)))


def test_a_track_follows_the_customers_of_then_only() -> None:
    then = type(THEN)(THEN.until, THEN.currency, *(column[:1000] for column in THEN[2:]))
    (end,) = holdout.track(model("mbg"), then, [NOW])
    assert end.actual == int((NOW.days[:1000] - 1).sum()) < 4339
