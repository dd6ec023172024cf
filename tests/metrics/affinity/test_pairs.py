"""Bought together, by hand; what chance brings together is not shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from math import exp, sqrt

import numpy as np
import pytest

from habitue.metrics.affinity import baskets, pairs
from habitue.metrics.affinity.baskets import Baskets
from habitue.metrics.affinity.pairs import Pair
from habitue.metrics.affinity.words import Refusal

START = date(2026, 1, 1)


def shop(contents: Iterable[tuple[int, Iterable[str]]]) -> Baskets:
    """Baskets (customer, products), one after the other."""
    return baskets.of(
        (who, order, START + timedelta(days=order % 300), what)
        for order, (who, products) in enumerate(contents)
        for what in products
    )


def found(contents: Iterable[tuple[int, Iterable[str]]]) -> tuple[Pair, ...]:
    answer = pairs.together(shop(contents))
    assert not isinstance(answer, Refusal), answer.words
    return answer


def town(people: int = 10) -> list[tuple[int, list[str]]]:
    """100 baskets: 20 with tea and cake, 20 tea, 10 cake, 50 coffee and milk or bread."""
    contents = [["tea", "cake"]] * 20 + [["tea"]] * 20 + [["cake"]] * 10
    contents += [["coffee", "bread"]] * 25 + [["coffee", "milk"]] * 25
    return [(place % people, products) for place, products in enumerate(contents)]


def test_support_confidence_and_lift_by_hand() -> None:
    pair = next(pair for pair in found(town()) if pair.second == "tea")
    assert (pair.first, pair.together, pair.with_first, pair.with_second) == ("cake", 20, 30, 40)
    assert pair.support == 0.2
    assert pair.confidence == pytest.approx(2 / 3)
    assert pair.lift == pytest.approx(20 * 100 / (30 * 40))
    reach = exp(1.959964 * sqrt(1 / 20 - 1 / 30 - 1 / 40 + (2 * pair.lift - 1) / 100))
    assert (pair.low, pair.high) == pytest.approx((pair.lift / reach, pair.lift * reach))
    assert pair.customers == 10


def test_what_is_never_bought_together_is_no_pair() -> None:
    shown = {(pair.first, pair.second) for pair in found(town())}
    assert shown == {("cake", "tea"), ("bread", "coffee"), ("milk", "coffee")}


def test_two_baskets_are_noise_and_so_is_the_habit_of_one() -> None:
    rare = [(place, ["caviar", "champagne"]) for place in range(2)]
    assert all("caviar" not in (pair.first, pair.second) for pair in found(town() + rare))
    one = [(77, ["gin", "lime"])] * 12
    assert all("gin" not in (pair.first, pair.second) for pair in found(town() + one))
    three = [(77 + place % 3, ["gin", "lime"]) for place in range(12)]
    assert any("gin" in (pair.first, pair.second) for pair in found(town() + three))


def test_unrelated_products_show_at_most_a_little_noise() -> None:
    chance = np.random.default_rng(7)
    names = np.array([f"p{place:02d}" for place in range(40)])
    contents = [(place % 200, names[chance.random(40) < 0.1].tolist()) for place in range(2_000)]
    assert len(found(contents)) <= 2  # of 780 pairs


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        ([(1, [""])], "no names"),
        ([(place, ["tea"]) for place in range(50)], "few baskets"),
        ([(place, ["tea", "cake"]) for place in range(29)], "few baskets"),
    ],
)
def test_too_little_is_said_in_words(contents: list[tuple[int, list[str]]], reason: str) -> None:
    answer = pairs.together(shop(contents))
    assert isinstance(answer, Refusal)
    assert answer.reason == reason
    assert set(answer.words) == {"fr", "it", "en"}
    assert "{" not in "".join(answer.words.values())
