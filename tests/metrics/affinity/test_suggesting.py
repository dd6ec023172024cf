"""Suggestions are new to the customer, the same each time, and judged on baskets held back."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from habitue.metrics.affinity import baskets, judging, suggesting, taste
from habitue.metrics.affinity.baskets import Baskets
from habitue.metrics.affinity.suggesting import Suggestions
from habitue.metrics.affinity.words import METHODS, Refusal

START = date(2026, 1, 1)


def shop(bought: dict[int, list[list[str]]]) -> Baskets:
    """Each customer's baskets, a day apart."""
    return baskets.of(
        (who, 100 * who + number, START + timedelta(days=number), what)
        for who, own in bought.items()
        for number, products in enumerate(own)
        for what in products
    )


def tastes(seed: int = 3, customers: int = 300) -> Baskets:
    """Customers of ten tastes, each of ten products; everybody buys within theirs."""
    chance = np.random.default_rng(seed)
    return shop(
        {
            who: [
                [f"{who % 10}-{product}" for product in chance.choice(10, 2, replace=False)]
                for _ in range(4)
            ]
            for who in range(customers)
        }
    )


def indifferent(seed: int = 3) -> Baskets:
    """Customers without any taste: everybody buys of thirty products, some more popular."""
    chance = np.random.default_rng(seed)
    weights = np.arange(1, 31) / np.arange(1, 31).sum()
    return shop(
        {
            who: [[f"p{product}" for product in chance.choice(30, 2, p=weights)] for _ in range(4)]
            for who in range(300)
        }
    )


def suggested(found: Baskets) -> Suggestions:
    answer = suggesting.suggest(found)
    assert not isinstance(answer, Refusal), answer.words
    return answer


def test_where_tastes_differ_similar_customers_say_more_than_the_crowd() -> None:
    answer = suggested(tastes())
    judgement = answer.judgement
    assert judgement.method == "taste"
    assert judgement.taste is not None
    assert judgement.taste.hit_rate > 0.7 > judgement.popular.hit_rate
    for who, names in answer.named():
        assert {name.split("-")[0] for name in names[:1]} == {str(who % 10)}


def test_where_there_is_no_taste_what_is_popular_is_suggested_and_said() -> None:
    answer = suggested(indifferent())
    assert answer.judgement.method == "popular"
    assert answer.words == METHODS["popular"]


def test_what_is_suggested_is_new_to_the_customer_and_the_same_each_time() -> None:
    found = tastes()
    answer = suggested(found)
    assert np.array_equal(answer.product, suggested(found).product)
    own = taste.owned(found)
    for place, row in enumerate(answer.product.tolist()):
        assert len(set(row)) == len(row)
        assert not set(row) & set(own[place].indices.tolist())


def test_who_has_everything_is_offered_nothing() -> None:
    everything = {0: [["a"], ["b"], ["c"]]} | {who: [["a"], ["b"]] for who in range(1, 40)}
    answer = dict(suggested(shop(everything)).named())
    assert answer[0] == ()
    assert answer[1] == ("c",)


def test_the_last_tenth_is_held_back_and_one_basket_at_least() -> None:
    found = shop({1: [["a"]], 2: [["a"], ["b", "c"]], 3: [[f"p{number}"] for number in range(25)]})
    held = baskets.kept(found, judging.held_back(found))
    assert held.customer.tolist() == [1, 1, 2, 2]
    assert [found.products[place] for place in held.product.tolist()] == ["b", "c", "p23", "p24"]


def test_hits_and_recall_by_hand() -> None:
    """30 customers bought a, then b and c; ten more only a and b: b is the most popular but a."""
    bought = {who: [["a"], ["b", "c"]] for who in range(30)}
    bought |= {who: [["a", "b"]] for who in range(30, 40)}
    score = judging.judge(shop(bought)).popular
    assert (score.judged, score.hits, score.recall) == (30, 30, 1.0)
    many = bought | {who: [[f"x{number}" for number in range(5)]] for who in range(40, 60)}
    score = judging.judge(shop(many)).popular  # x0 to x4 come first: b and c are never offered
    assert (score.judged, score.hits, score.recall) == (30, 0, 0.0)


def test_with_too_few_to_judge_nothing_is_claimed() -> None:
    answer = suggested(shop({who: [["a"], ["b"]] for who in range(29)} | {50: [["a", "b", "c"]]}))
    assert answer.judgement.taste is None
    assert answer.judgement.low is None
    assert answer.judgement.method == "popular"


@pytest.mark.parametrize(
    ("bought", "reason"),
    [
        ({1: [[""]]}, "no names"),
        ({who: [["a", "b", "c"]] for who in range(29)}, "few customers"),
        ({who: [["a", "b"]] for who in range(30)}, "few products"),
    ],
)
def test_too_little_is_said_in_words(bought: dict[int, list[list[str]]], reason: str) -> None:
    answer = suggesting.suggest(shop(bought))
    assert isinstance(answer, Refusal)
    assert answer.reason == reason
    assert set(answer.words) == {"fr", "it", "en"}
