"""A length of time always knows its unit."""

from __future__ import annotations

import pytest

from habitue.metrics.models import spans
from habitue.metrics.models.spans import Span, Unit


def test_a_week_is_seven_days_in_whatever_unit_it_is_asked_for() -> None:
    assert spans.weeks(2) == spans.days(14)
    assert spans.weeks(2).of(Unit.DAY) == 14
    assert spans.days(7).of(Unit.WEEK) == 1
    assert spans.years(1).of(Unit.MONTH) == pytest.approx(12)
    assert spans.months(12) == spans.years(1)
    assert spans.days(3) < spans.weeks(1)


@pytest.mark.parametrize("days", [-1.0, float("nan"), float("inf")])
def test_impossible_lengths_are_refused(days: float) -> None:
    with pytest.raises(ValueError, match="not negative and has an end"):
        Span(days)
