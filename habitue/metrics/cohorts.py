"""Cohorts: customers by the month of their first purchase, and what they did in each month since.

Whoever reads a history hands in one row per cohort and month; what follows is arithmetic. A month
that is not over is no row of a triangle: it ripens on the first day of the next one.

Revenue is net of refunds, taken off the month in which the goods were bought (figures of a
period take them off on the day of the refund: `tables.Refund` has both days).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from msgspec import Struct


class Row(Struct, frozen=True, kw_only=True):
    """What one cohort did in one month: both are named by their first day.

    `buyers` are distinct customers with a purchase or a visit in the month; `revenue` is in minor
    units of the business's own currency. A month in which nobody of a cohort bought needs no row.
    """

    cohort: date
    month: date
    buyers: int
    revenue: int


class Cell(Struct, frozen=True, kw_only=True):
    """A cohort's month at an age. Unripe: `buyers` and `revenue` are None until `ripens_on`."""

    buyers: int | None = None
    revenue: int | None = None
    ripens_on: date | None = None


class Cohort(Struct, frozen=True, kw_only=True):
    """Everybody who bought first in one month. `cells[k]` is the k-th month after it."""

    month: date
    size: int
    cells: tuple[Cell, ...]
    ripens_on: date | None = None

    def share(self, age: int) -> float | None:
        """Which part of the cohort bought at that age; None while nobody can say."""
        buyers = self.cells[age].buyers if age < len(self.cells) else None
        return None if buyers is None or not self.size else buyers / self.size


def triangle(rows: Iterable[Row], *, today: date, months: int = 12) -> tuple[Cohort, ...]:
    """The last cohorts, the oldest first, and their months up to `months` ages.

    A month counts once it is over: cells of a running or coming month are unripe, up to the age
    that the oldest cohort shown has reached.
    """
    found: dict[date, dict[date, Row]] = defaultdict(dict)
    for row in rows:
        found[row.cohort][row.month] = row
    running = today.replace(day=1)
    shown = [month for month in _months(min(found, default=running), running) if month in found]
    shown = shown[-months:]
    if not shown:
        return ()
    ages = min(_between(shown[0], running), months - 1)
    return tuple(_cohort(month, found[month], running, ages) for month in shown)


def later(month: date, months: int) -> date:
    """The first day of the month so many months later."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _cohort(month: date, rows: dict[date, Row], running: date, ages: int) -> Cohort:
    cells = []
    for age in range(ages + 1):
        on = later(month, age)
        if on >= running:
            cells.append(Cell(ripens_on=later(on, 1)))
            continue
        row = rows.get(on)
        cells.append(Cell(buyers=row.buyers if row else 0, revenue=row.revenue if row else 0))
    size = rows[month].buyers if month in rows else 0
    ripens = later(month, 1) if month >= running else None
    return Cohort(month=month, size=size, cells=tuple(cells), ripens_on=ripens)


def _between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _months(first: date, last: date) -> list[date]:
    return [later(first, age) for age in range(_between(first, last) + 1)]
