"""Satisfaction from answers: worked examples, intervals, distribution, trend, too few answers."""

from __future__ import annotations

from collections import Counter
from datetime import date
from math import sqrt

import pytest

from habitue.metrics import satisfaction
from habitue.metrics.figure import FEW
from habitue.metrics.satisfaction import Answer


def test_sixty_promoters_less_fifteen_detractors_are_forty_five() -> None:
    found = satisfaction.measure("nps", 10, {10: 40, 9: 20, 8: 15, 7: 10, 6: 5, 3: 6, 0: 4})
    assert (found.favorable, found.unfavorable, found.answers) == (60, 15, 100)
    assert found.value == 45
    # By hand, with Rocks' three pretended answers: 60.75 up, 15.75 down, of 103.
    up, down = 60.75 / 103, 15.75 / 103
    reach = 1.959964 * sqrt((up + down - (up - down) ** 2) / 103)
    assert found.low == pytest.approx(100 * (up - down - reach), abs=1e-4)
    assert found.high == pytest.approx(100 * (up - down + reach), abs=1e-4)


def test_satisfied_are_the_upper_fifth_of_the_scale_and_up() -> None:
    assert [satisfaction.top_box(scale) for scale in (2, 3, 4, 5, 7, 10)] == [2, 3, 4, 4, 6, 8]
    found = satisfaction.measure("csat", 5, {5: 50, 4: 31, 3: 9, 2: 6, 1: 4})
    assert found.value == pytest.approx(0.81)
    # Wilson's interval of 81 of 100, as any table has it.
    assert found.low == pytest.approx(0.7222, abs=1e-4)
    assert found.high == pytest.approx(0.8749, abs=1e-4)


def test_effort_is_a_mean_with_its_scale() -> None:
    found = satisfaction.measure("ces", 7, {7: 20, 5: 20})
    assert (found.value, found.scale) == (6, 7)
    reach = 1.959964 * sqrt((40 / 39) / 40)
    assert found.low == pytest.approx(6 - reach, 1e-6)
    assert found.high == pytest.approx(6 + reach, 1e-6)


def test_an_interval_of_a_mean_stays_within_the_scale() -> None:
    found = satisfaction.measure("ces", 7, {7: 30, 1: 1})
    assert found.high == 7


def test_everybody_alike_is_a_mean_without_doubt() -> None:
    found = satisfaction.measure("ces", 7, {5: FEW})
    assert (found.low, found.value, found.high) == (5, 5, 5)


@pytest.mark.parametrize("question", ["nps", "csat", "ces"])
def test_too_few_answers_make_no_score_and_say_so(question: str) -> None:
    scale = satisfaction.SCALES[question]
    few = satisfaction.measure(question, scale, {scale: FEW - 1})
    assert (few.value, few.low, few.high, few.favorable) == (None, None, None, FEW - 1)
    assert few.words["en"].startswith("Too few answers for a score (29, 30 are needed): ")
    assert few.words["fr"].startswith("Trop peu de réponses")
    assert few.words["it"].startswith("Troppe poche risposte")
    assert satisfaction.measure(question, scale, {scale: FEW}).value is not None
    assert satisfaction.measure(question, scale, {}).words["en"] == "No answers yet."


def test_the_words_give_the_counts_behind_a_score() -> None:
    nps = satisfaction.measure("nps", 10, {9: 20, 8: 5, 2: 15})
    assert nps.words["en"] == "Of 40 answers: 20 of 9 or 10, 15 of 0 to 6."
    csat = satisfaction.measure("csat", 5, {4: 20, 3: 20})
    assert csat.words["fr"] == "Sur 40 réponses : 20 satisfaits (4 ou plus, de 1 à 5)."
    ces = satisfaction.measure("ces", 7, {4: 20, 3: 20})
    assert ces.words["it"] == "Su 40 risposte: facilità, da 1 a 7, somma 140 per 40."


def test_a_distribution_shows_every_score_of_the_scale() -> None:
    assert satisfaction.distribution("csat", 5, {4: 2}) == [(1, 0), (2, 0), (3, 0), (4, 2), (5, 0)]
    assert [score for score, _ in satisfaction.distribution("nps", 10, {})] == list(range(11))


def test_scales_are_never_put_together() -> None:
    found = satisfaction.questions(
        [
            Answer(date(2026, 1, 1), "csat", 10, 8, 3),
            Answer(date(2026, 1, 1), "csat", 5, 4),
            Answer(date(2026, 1, 2), "csat", 5, 4),
        ]
    )
    assert found == {("csat", 5): Counter({4: 2}), ("csat", 10): Counter({8: 3})}


def test_a_trend_has_every_month_and_says_which_is_not_over() -> None:
    given = [
        Answer(date(2026, 1, 31), "nps", 10, 10, 40),
        Answer(date(2026, 3, 1), "nps", 10, 0, 40),
        Answer(date(2026, 3, 2), "csat", 5, 1, 40),
    ]
    points = satisfaction.trend(given, "nps", 10, step="month", today=date(2026, 3, 15))
    assert [str(point.period) for point in points] == [
        "2026-01-01..2026-02-01",
        "2026-02-01..2026-03-01",
        "2026-03-01..2026-04-01",
    ]
    assert [point.measured.value for point in points] == [100, None, -100]
    assert [point.measured.answers for point in points] == [40, 0, 40]
    assert [point.ripens_on for point in points] == [None, None, date(2026, 4, 1)]


def test_a_trend_by_quarters_turns_the_year() -> None:
    given = [Answer(date(2025, 12, 31), "ces", 7, 7, 30), Answer(date(2026, 1, 1), "ces", 7, 1, 30)]
    points = satisfaction.trend(given, "ces", 7, step="quarter", today=date(2026, 4, 1))
    assert [point.period.since for point in points] == [
        date(2025, 10, 1),
        date(2026, 1, 1),
        date(2026, 4, 1),
    ]
    assert [point.measured.value for point in points] == [7, 1, None]
    assert satisfaction.trend([], "ces", 7, step="quarter", today=date(2026, 4, 1)) == []


def test_each_question_has_its_scales() -> None:
    assert [satisfaction.lowest(question) for question in ("nps", "csat", "ces")] == [0, 1, 1]
    admitted = [("nps", 10), ("csat", 10), ("ces", 2)]
    refused = [("nps", 5), ("csat", 1), ("ces", 11), ("mood", 5)]
    assert all(satisfaction.admitted(*asked) for asked in admitted)
    assert not any(satisfaction.admitted(*asked) for asked in refused)
