"""The triangle: hand-computed, and what is not over is told with its day."""

from __future__ import annotations

from datetime import date

from habitue.metrics import cohorts
from habitue.metrics.cohorts import Cell, Row

JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))


def row(cohort: date, month: date, buyers: int, revenue: int) -> Row:
    return Row(cohort=cohort, month=month, buyers=buyers, revenue=revenue)


ROWS = [
    row(JANUARY, JANUARY, 10, 1000),
    row(JANUARY, MARCH, 4, 500),
    row(FEBRUARY, FEBRUARY, 5, 700),
    row(FEBRUARY, MARCH, 1, 100),
    row(MARCH, MARCH, 2, 60),
]


def test_each_cell_is_a_month_after_the_first_purchase() -> None:
    january, february, march = cohorts.triangle(ROWS, today=date(2026, 4, 1))
    assert [cell.buyers for cell in january.cells] == [10, 0, 4, None]
    assert [cell.revenue for cell in january.cells] == [1000, 0, 500, None]
    assert [cell.buyers for cell in february.cells] == [5, 1, None, None]
    assert (january.size, february.size, march.size) == (10, 5, 2)
    assert january.share(2) == 0.4
    assert march.share(1) is None
    assert march.share(99) is None


def test_a_month_ripens_when_it_is_over_and_says_when() -> None:
    january, february, march = cohorts.triangle(ROWS, today=date(2026, 3, 31))
    assert january.cells[2] == Cell(ripens_on=APRIL)
    assert february.cells[1] == Cell(ripens_on=APRIL)
    assert march.cells[0] == Cell(ripens_on=APRIL)
    assert march.size == 2  # so far
    assert march.ripens_on == APRIL
    assert january.ripens_on is None


def test_only_the_last_cohorts_are_shown_and_as_many_ages() -> None:
    found = cohorts.triangle(ROWS, today=date(2026, 4, 1), months=2)
    assert [one.month for one in found] == [FEBRUARY, MARCH]
    assert all(len(one.cells) == 2 for one in found)


def test_a_month_in_which_nobody_came_first_has_no_cohort() -> None:
    gap = [ROWS[0], row(MARCH, MARCH, 2, 60)]
    assert [one.month for one in cohorts.triangle(gap, today=APRIL)] == [JANUARY, MARCH]


def test_without_purchases_there_is_no_triangle() -> None:
    assert cohorts.triangle([], today=APRIL) == ()


def test_months_go_over_the_ends_of_years() -> None:
    assert cohorts.later(date(2025, 12, 1), 1) == JANUARY
    assert cohorts.later(JANUARY, -1) == date(2025, 12, 1)
    assert cohorts.later(JANUARY, 26) == date(2028, 3, 1)
