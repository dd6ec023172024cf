"""What happened to a program's units in a period, by hand, and that it ties to the liability."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest

from habitue import ledger, metrics
from habitue.core import facts
from habitue.ledger import figures, liabilities, program_figures
from habitue.members import businesses
from habitue.members.models import Business
from habitue.metrics.aggregates import Units
from tests.ledger.conftest import (
    NOW,
    PROGRAM,
    bought,
    does,
    guests,
    later,
    make_cafe,
    post,
    takes,
)

MARCH = metrics.periods.parse("2026-03-01..2026-04-01")
APRIL = metrics.periods.parse("2026-04-01..2026-05-01")


def read(cafe: Business, period: metrics.Period, unit: str = "points") -> Units:
    return program_figures.read(cafe.pk, period)[unit]


def test_a_month_by_hand(cafe: Business, alice: int, bruno: int) -> None:
    post(cafe, bought(alice, 3_000), bought(bruno, 1_500))
    post(cafe, takes(alice))
    april = later(days=34)
    post(cafe, bought(alice, 1_000, at=april), now=april)
    assert read(cafe, MARCH) == Units(
        issued=45,
        redeemed=10,
        open=35,
        value_issued=225,  # at 0.05
        value_redeemed=50,
        sales=4_500,
        liability=166,  # 4,500 x 225 / 4,725 = 214; of 45 points 10 were used: 48 are revenue
        worth_known=1,
    )
    assert read(cafe, APRIL) == Units(
        issued=10, open=45, value_issued=50, sales=1_000, liability=214, worth_known=1
    )


def test_what_is_brought_back_was_neither_used_nor_lost(cafe: Business, alice: int) -> None:
    kept, back, wrong = post(cafe, *(bought(alice, 1_000) for _ in range(3)))
    assert kept.refused is None
    post(cafe, does(alice, facts.Refund(of=back.event)), does(alice, facts.Undo(of=wrong.event)))
    found = read(cafe, MARCH)
    assert (found.open, found.sales) == (10, 1_000)
    assert (found.redeemed, found.lapsed) == (0, 0)


def test_what_lapses_counts_on_its_day_swept_or_not(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 3_000))  # 2 March 2026: good through 2 March 2027
    post(cafe, takes(alice))
    before = metrics.Period(date(2027, 2, 1), date(2027, 3, 3))
    after = metrics.Period(date(2027, 3, 3), date(2027, 4, 1))
    found = [read(cafe, period) for period in (before, after)]
    assert [(one.lapsed, one.open) for one in found] == [(0, 20), (20, 0)]
    assert found[1].liability == 0
    ledger.sweep(cafe.pk, now=NOW + timedelta(days=400))
    assert [read(cafe, period) for period in (before, after)] == found


def test_parts_of_a_span_add_up_and_tie_to_the_liability(cafe: Business, alice: int) -> None:
    for week in range(8):
        at = later(weeks=week)
        post(cafe, bought(alice, 2_000 + 100 * week, at=at), now=at)
        post(cafe, takes(alice, at=at), now=at)
    days = [date(2026, 3, 1), date(2026, 3, 17), date(2026, 4, 8), date(2026, 5, 1)]
    parts = [read(cafe, metrics.Period(*ends)) for ends in pairwise(days)]
    whole = read(cafe, metrics.Period(days[0], days[-1]))
    for name in ("issued", "redeemed", "lapsed", "sales"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)
    assert min(whole.issued, whole.redeemed, whole.sales) > 0
    holding = liabilities.read(cafe.pk, on=date(2026, 4, 30), months=2).holdings[0]
    assert whole.open == holding.rolls[-1].closing == parts[-1].open
    assert whole.issued == sum(roll.issued for roll in holding.rolls)
    assert whole.redeemed == sum(roll.redeemed for roll in holding.rolls)
    assert whole.liability == holding.deferrals[-1].closing


def test_a_unit_without_worth_has_no_money(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 3_000), does(alice, facts.Visit(quantity=3)))
    found = program_figures.read(cafe.pk, MARCH)
    assert list(found) == ["points", "stamps"]  # what only says a tier is owed to nobody
    assert found["stamps"] == Units(issued=3, open=3)


@pytest.mark.django_db
def test_the_published_example_of_a_liability() -> None:
    """A sale of 2,000, points worth 200, of which 85 % will be redeemed: 156.68 are owed."""
    cafe = make_cafe(PROGRAM.replace("worth: 0.05", "worth: 0.10"))
    (alice,) = guests(cafe, 1)
    post(cafe, bought(alice, 2_000_00))
    found = program_figures.read(cafe.pk, MARCH, redemption=Fraction(85, 100))["points"]
    assert (found.value_issued, found.sales, found.liability) == (200_00, 2_000_00, 156_68)


@pytest.mark.django_db
def test_before_a_program_there_are_no_units() -> None:
    bar = businesses.create(name="Bar", kind="cafe", country="FR")
    assert program_figures.read(bar.pk, MARCH) == {}


def test_figures_of_a_period_have_them_once_it_is_over(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 3_000))
    post(cafe, takes(alice))
    over = figures.answer(cafe, period=MARCH, now=later(days=40))
    rates = {r.program_unit: r.value for r in over.results if r.id == "burn_rate"}
    assert rates == {"points": 1 / 3, "stamps": None}
    running = figures.answer(cafe, period=MARCH, now=later(days=3))
    assert running.aggregates.units == {}
    assert running.get("burn_rate").ripens_on == date(2026, 4, 1)
