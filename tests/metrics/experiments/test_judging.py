"""Comparing two groups: an odd sample withholds everything, and the rest is as sure as it says."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import numpy as np
import pytest

from habitue.metrics.experiments import judging, peeking, sums
from habitue.metrics.experiments.judging import Judgement, Measure, Plan, Untold, Verdict
from habitue.metrics.experiments.measures import COUNTED, MEASURES
from habitue.metrics.experiments.sums import Sums

HALF = Plan(share=5_000, days=30)
REVENUE, ORDERS = MEASURES["revenue"], MEASURES["orders"]
NAMES = (*COUNTED, *(f"{name}_before" for name in COUNTED))


def group(table: Iterable[Iterable[int]]) -> Sums:
    """The sums of rows with revenue, orders, buyers, and the same before."""
    matrix = np.array(list(table), dtype=np.int64).reshape(-1, len(NAMES))
    square = matrix.T @ matrix
    return Sums(
        count=len(matrix),
        sums=dict(zip(NAMES, map(int, matrix.sum(axis=0)), strict=True)),
        products={
            sums.pair(one, other): int(square[row, column])
            for row, one in enumerate(NAMES)
            for column, other in enumerate(NAMES)
        },
    )


def shopping(
    rng: np.random.Generator, customers: int, *, more: float = 1.0, alike: float = 0.9
) -> Sums:
    """Customers with their own rates; `alike` is how much both spans have of it."""
    rate = rng.gamma(2, 1, customers)
    before = rng.poisson(alike * rate + (1 - alike) * rng.gamma(2, 1, customers))
    orders = rng.poisson(more * rate)
    worth = rng.integers(5_00, 15_00, customers)
    spent = [orders * worth, orders, orders > 0]
    earlier = [before * worth, before, before > 0]
    return group(np.column_stack([*spent, *earlier]).astype(int))


def told(judgement: Judgement, measure: Measure) -> Verdict:
    (found,) = [one for one in judgement.figures if one.measure == measure]
    assert isinstance(found, Verdict), found
    return found


def test_a_difference_computed_by_hand() -> None:
    """36 customers each, no figure before: means 30 and 60, variances 36·900/35 each."""
    low = group([[0, 0, 0, 0, 0, 0], [60, 1, 1, 0, 0, 0]] * 18)
    high = group([[30, 1, 1, 0, 0, 0], [90, 2, 1, 0, 0, 0]] * 18)
    found = told(judging.judge(low, high, [REVENUE], plan=HALF, days=30), REVENUE)
    error = sqrt(2 * (36 * 900 / 35) / 36)
    assert (found.control, found.treated, found.difference) == (30, 60, 30)
    assert found.once_low == pytest.approx(30 - 1.959964 * error, rel=1e-6)
    assert found.low == pytest.approx(30 - 3.0350 * error, abs=1e-2)
    assert found.high == pytest.approx(30 + 3.0350 * error, abs=1e-2)
    assert (found.decided, found.explained) == ("more", 0)
    turned = told(judging.judge(high, low, [REVENUE], plan=HALF, days=30), REVENUE)
    assert turned.decided == "less"


def test_a_ratio_is_one_of_sums_not_of_customers() -> None:
    """Orders of 10 and of 40: (10 + 3·40) / 4 = 32.50 an order, whoever placed them."""
    one = group([[10, 1, 1, 0, 0, 0], [120, 3, 1, 0, 0, 0]] * 20)
    other = group([[20, 1, 1, 0, 0, 0], [120, 3, 1, 0, 0, 0]] * 20)
    value = MEASURES["order_value"]
    found = told(judging.judge(one, other, [value], plan=HALF, days=30), value)
    assert (found.control, found.treated) == (32.5, 35)


@pytest.mark.parametrize(
    ("control", "treated", "share", "odd"),
    [
        (5_200, 4_800, 5_000, True),
        (5_100, 4_900, 5_000, False),
        (1_000, 9_000, 1_000, False),
        (1_120, 8_880, 1_000, True),
        (60, 40, 5_000, False),
        (90, 10, 5_000, True),
    ],
)
def test_an_odd_sample_is_seen(control: int, treated: int, share: int, odd: bool) -> None:
    odds = judging.sample_odds(control, treated, share)
    assert odds is not None
    assert (odds < judging.ODD) == odd


def test_an_odd_sample_withholds_the_results_with_a_sentence() -> None:
    rng = np.random.default_rng(1)
    found = judging.judge(shopping(rng, 5_200), shopping(rng, 4_800), [REVENUE], plan=HALF, days=30)
    assert found.figures == ()
    assert found.withheld is not None
    assert found.withheld["en"].startswith("Results withheld: 50 % were to be held out, and it is")
    assert "52.0 % (5200 of 10000)" in found.withheld["en"]
    assert set(found.withheld) == {"fr", "it", "en"}


def test_the_odds_of_a_sample_by_hand() -> None:
    """(5200 − 5000 − ½) / 50 = 3.99 standard deviations: 6.6 in 100,000."""
    assert judging.sample_odds(5_200, 4_800, 5_000) == pytest.approx(6.6e-5, rel=0.01)
    assert judging.sample_odds(0, 0, 5_000) is None


def test_what_was_before_takes_off_as_much_variance_as_it_explains() -> None:
    """Variance times (1 − correlation²), whatever the groups."""
    rng = np.random.default_rng(2)
    one, other = shopping(rng, 20_000), shopping(rng, 20_000)
    both = one + other
    found = told(judging.judge(one, other, [ORDERS], plan=HALF, days=30), ORDERS)
    correlation = both.covariance("orders", "orders_before") / sqrt(
        both.variance("orders") * both.variance("orders_before")
    )
    assert found.explained == pytest.approx(correlation**2, abs=0.005)
    assert correlation**2 == pytest.approx(1.8**2 / (4 * 3.64), abs=0.03)  # as it was made


def test_what_was_before_corrects_groups_that_were_unlike_from_the_start() -> None:
    """The one group always bought more: as both go on as before, it has nothing to show for it."""
    rng = np.random.default_rng(3)
    before = rng.poisson(5, 400) + np.repeat([0, 2], 200)
    now = before + rng.integers(-1, 2, 400)
    table = np.column_stack([now, now, now > 0, before, before, before > 0]).astype(int)
    found = judging.judge(group(table[:200]), group(table[200:]), [ORDERS], plan=HALF, days=30)
    verdict = told(found, ORDERS)
    assert abs(now[200:].mean() - now[:200].mean()) > 1.5
    assert abs(verdict.difference) < 0.4
    assert verdict.explained > 0.8


def test_what_is_just_as_before_leaves_nothing_to_compare() -> None:
    before = np.random.default_rng(3).poisson(5, 400)
    table = np.column_stack([before, before, before > 0] * 2).astype(int)
    found = judging.judge(group(table[:200]), group(table[200:]), [ORDERS], plan=HALF, days=30)
    (orders,) = found.figures
    assert isinstance(orders, Untold)
    assert orders.why["en"].startswith("Everybody did exactly as before")


def test_groups_add_up_across_partitions_of_customers() -> None:
    rng = np.random.default_rng(4)
    parts = [shopping(rng, size) for size in (40, 1, 200, 59)]
    other = shopping(rng, 300, more=2)
    whole = sum(parts[1:], parts[0])
    assert whole.count == 300
    turned = sum(reversed(parts[:-1]), parts[-1])
    measures = list(MEASURES.values())
    assert judging.judge(whole, other, measures, plan=HALF, days=9) == judging.judge(
        turned, other, measures, plan=HALF, days=9
    )


def test_sums_row_by_row_are_those_of_all() -> None:
    rows = [dict(zip(NAMES, [3, 1, 1, 5, 2, 1], strict=True)), dict.fromkeys(NAMES, 2)]
    whole = sums.of(rows)
    expected = group([list(row.values()) for row in rows])
    assert (whole.count, whole.sums, whole.products) == (
        expected.count,
        expected.sums,
        expected.products,
    )
    assert whole.mean("revenue") == 2.5
    assert whole.variance("revenue") == 0.5
    assert whole.covariance("revenue", "revenue_before") == -1.5 * -1 * 1


def test_large_amounts_lose_nothing() -> None:
    """A float's sum of squares would: variances of amounts that differ by 1."""
    rows = group([[10**8 + place % 2, 1, 1, 0, 0, 0] for place in range(100)])
    assert rows.variance("revenue") == pytest.approx(25 / 99, rel=1e-12)


def test_several_figures_have_to_be_surer() -> None:
    """Holm over three: 0.05/3, then 0.05/2, and no further once one fails."""
    needed = judging.corrected({"a": 0.01, "b": 0.02, "c": 0.5}, of=3)
    assert needed == pytest.approx({"a": 0.05 / 3, "b": 0.05 / 2, "c": 0.05})
    failed = judging.corrected({"a": 0.02, "b": 0.02, "c": 0.5}, of=3)
    assert failed == pytest.approx({"a": 0.05 / 3, "b": 0.05 / 3, "c": 0.05 / 3})
    assert judging.corrected({"a": 0.02}, of=3) == pytest.approx({"a": 0.05 / 3})
    assert judging.corrected({}, of=3) == {}


def test_decided_and_an_interval_without_zero_are_the_same() -> None:
    rng = np.random.default_rng(5)
    ways = set()
    for more in np.linspace(0.6, 1.5, 30):
        one, other = shopping(rng, 200), shopping(rng, 300, more=more)
        found = judging.judge(
            one, other, list(MEASURES.values()), plan=Plan(share=4_000, days=30), days=20
        )
        for verdict in found.figures:
            assert isinstance(verdict, Verdict)
            assert (verdict.decided == "more") == (verdict.low > 0)
            assert (verdict.decided == "less") == (verdict.high < 0)
            assert verdict.words["en"]
            ways.add(verdict.decided)
    assert ways == {"more", "less", "undecided"}


def test_four_figures_without_a_difference_seldom_fool() -> None:
    rng = np.random.default_rng(6)
    fooled = 0
    for _ in range(80):
        one, other = shopping(rng, 60), shopping(rng, 60)
        for days in (5, 30):
            found = judging.judge(one, other, list(MEASURES.values()), plan=HALF, days=days)
            fooled += any(
                isinstance(one, Verdict) and one.decided != "undecided" for one in found.figures
            )
    assert fooled <= 4  # 5 % of 80, and two looks are fewer than every day


@pytest.mark.parametrize(
    ("sizes", "days", "sentence"),
    [
        ((29, 40), 9, "Too few customers to compare: 29 held out and 40 with it; 30 are needed"),
        ((40, 29), 9, "Too few customers to compare: 40 held out and 29 with it; 30 are needed"),
        ((40, 40), 0, "No whole day has passed yet."),
        ((0, 0), 5, "Too few customers"),
    ],
)
def test_what_is_too_little_says_so(sizes: tuple[int, int], days: int, sentence: str) -> None:
    rng = np.random.default_rng(8)
    one, other = (shopping(rng, size) for size in sizes)
    found = judging.judge(one, other, [REVENUE], plan=HALF, days=days)
    assert found.withheld is not None
    assert sentence in found.withheld["en"]
    assert found.figures == ()


def test_a_figure_that_hardly_anybody_moved_waits() -> None:
    nobody = group([[0] * 6] * 40)
    some = shopping(np.random.default_rng(9), 40)
    found = judging.judge(nobody, some, [REVENUE, ORDERS], plan=HALF, days=9)
    assert [type(one) for one in found.figures] == [Untold, Untold]
    waiting = found.figures[0]
    assert isinstance(waiting, Untold)
    assert waiting.why["it"].startswith("Non ci sono ancora")


def test_everybody_alike_is_no_comparison() -> None:
    alike = group([[5, 1, 1, 5, 1, 1]] * 40)
    found = judging.judge(alike, alike, [REVENUE], plan=HALF, days=9)
    assert isinstance(found.figures[0], Untold)


def test_nothing_before_the_start_is_no_obstacle() -> None:
    rng = np.random.default_rng(10)
    rows = rng.poisson(2, 80)
    table = np.column_stack([rows, rows, rows > 0, *[0 * rows] * 3]).astype(int)
    measures = list(MEASURES.values())
    found = judging.judge(group(table[:40]), group(table[40:]), measures, plan=HALF, days=9)
    assert [one.explained for one in found.figures if isinstance(one, Verdict)] == [0, 0, 0]
    assert isinstance(found.figures[3], Untold)  # every order is worth 1: no variance of revenue/…


def test_the_level_is_that_of_peeking() -> None:
    assert peeking.ALPHA == 0.05
