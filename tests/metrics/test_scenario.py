"""What more retention would bring, by hand, and what cannot be answered."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from habitue.metrics import scenario
from habitue.metrics.scenario import Refusal, Scenario, Shop

# 200 customers of whom 120 stay; 250 buyers spend 10,000.00: 40.00 each; 30 % of it are margin.
CAFE = Shop(
    customers=200, kept=120, revenue=1_000_000, buyers=250, margin=Fraction(3, 10), horizon=3
)


def computed(shop: Shop, *, more: Fraction = scenario.FIVE) -> Scenario:
    found = scenario.gain(shop, more=more)
    assert isinstance(found, Scenario), found.words
    return found


def test_five_points_by_hand() -> None:
    """12.00 profit each period; 1 + .6 + .36 = 1.96 periods now, 1 + .65 + .4225 = 2.0725 then."""
    found = computed(CAFE)
    assert (found.now, found.then) == (200 * 1_200 * 196 // 100, 200 * 1_200 * 20_725 // 10_000)
    assert (found.now, found.then, found.gain) == (470_400, 497_400, 27_000)
    assert found.rise == Fraction(20_725, 19_600) - 1  # 5.7 %, far from 25 %
    assert not found.capped


def test_the_steps_show_the_numbers() -> None:
    steps = {step.id: (step.now, step.then) for step in computed(CAFE).steps}
    assert steps == {
        "customers": (200, 200),
        "retention": (Fraction(60, 100), Fraction(65, 100)),
        "spend": (4_000, 4_000),
        "margin": (Fraction(3, 10), Fraction(3, 10)),
        "profit_each": (1_200, 1_200),
        "periods": (Fraction(196, 100), Fraction(20_725, 10_000)),
        "profit": (470_400, 497_400),
    }


def test_five_percent_are_less_than_five_points() -> None:
    found = scenario.gain(CAFE, by="percent")
    assert isinstance(found, Scenario)
    assert found.steps[1].then == Fraction(63, 100)
    assert found.then == 200 * 1_200 * (10_000 + 6_300 + 3_969) // 10_000


def test_money_later_is_worth_less() -> None:
    shop = structs.replace(CAFE, discount=Fraction(1, 4))
    steps = {step.id: step.now for step in computed(shop).steps}
    assert steps["periods"] == 1 + Fraction(48, 100) + Fraction(48, 100) ** 2


def test_retention_never_passes_one_hundred_percent() -> None:
    found = computed(structs.replace(CAFE, kept=198))
    assert found.capped
    assert found.steps[1].then == 1
    assert found.steps[5].then == 3


def test_over_one_period_retention_brings_nothing_yet() -> None:
    assert computed(structs.replace(CAFE, horizon=1)).gain == 0


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"margin": None}, "no margin"),
        ({"margin": Fraction(0)}, "margin"),
        ({"margin": Fraction(11, 10)}, "margin"),
        ({"horizon": 0}, "horizon"),
        ({"horizon": 601}, "horizon"),
        ({"discount": Fraction(-1, 10)}, "discount"),
        ({"customers": 0, "kept": 0}, "no customers"),
        ({"kept": 201}, "no customers"),
        ({"buyers": 0}, "no sales"),
        ({"revenue": -5}, "no sales"),
        ({"revenue": 0}, "no sales"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_words(
    changed: dict[str, int | Fraction | None], reason: str
) -> None:
    found = scenario.gain(structs.replace(CAFE, **changed))
    assert found == Refusal(reason=reason)
    assert set(found.words) == {"fr", "it", "en"}


def test_nothing_more_is_no_scenario() -> None:
    assert scenario.gain(CAFE, more=Fraction(0)) == Refusal(reason="more")


def test_everything_is_said_in_three_languages() -> None:
    texts = [text for step in scenario.STEPS.values() for text in step]
    texts += [*scenario.CAVEATS, *scenario.REASONS.values()]
    for text in texts:
        assert set(text) == {"fr", "it", "en"}
        assert all(text.values())


@given(
    kept=st.integers(0, 100),
    horizon=st.integers(1, 60),
    discount=st.fractions(0, 1, max_denominator=100),
    more=st.fractions(Fraction(1, 100), 1, max_denominator=100),
)
def test_more_retention_never_brings_less(
    kept: int, horizon: int, discount: Fraction, more: Fraction
) -> None:
    shop = Shop(
        customers=100,
        kept=kept,
        revenue=10**6,
        buyers=100,
        margin=Fraction(1, 2),
        discount=discount,
        horizon=horizon,
    )
    found = computed(shop, more=more)
    assert found.now <= found.then <= 100 * 5_000 * horizon
    assert found.rise >= 0
    wider = computed(structs.replace(shop, horizon=horizon + 1), more=more)
    shorter, longer = (each.steps[5].then - each.steps[5].now for each in (found, wider))
    assert longer >= shorter
