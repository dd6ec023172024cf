"""Satisfaction from answers: score with its interval, distribution, trend by month or quarter.

Recommendation (`nps`, 0 to 10), satisfaction (`csat`) and ease (`ces`: the higher, the easier it
was), the latter two from 1 to the scale's length. Computed from how often each score was given,
which adds up across months and partitions. Under `FEW` answers no score is told, only counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from math import sqrt
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from habitue.metrics import cadence, intervals
from habitue.metrics.figure import FEW, Text
from habitue.metrics.periods import Period

SCALES: Final = {"nps": 10, "csat": 5, "ces": 7}
"""The usual highest score of each question; only `nps` admits no other."""

LONGEST_SCALE: Final = 10

Step = Literal["month", "quarter"]
Asked = tuple[str, int]
"""A question and its scale: answers on different scales are never put together."""


class Answer(NamedTuple):
    """How often a score was given on a local day (or in what begins on it)."""

    on: date
    question: str
    scale: int
    score: int
    number: int = 1


class Measured(Struct, frozen=True, kw_only=True):
    """A question's score. `value` is in points (nps), a share (csat) or a mean score (ces).

    `value`, `low` and `high` are None where there are too few answers. `favorable` and
    `unfavorable` are promoters and detractors; for the others, answers in the top box and below.
    """

    question: str
    scale: int
    answers: int
    favorable: int
    unfavorable: int
    total: int  # the scores, summed
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def words(self) -> Text:
        """What it says, in a sentence per language."""
        return _words(self)


class Point(Struct, frozen=True, kw_only=True):
    """One month or quarter of a trend. `ripens_on`: it is not over before."""

    period: Period
    measured: Measured
    ripens_on: date | None = None


def lowest(question: str) -> int:
    """The lowest score that a question admits."""
    return 0 if question == "nps" else 1


def admitted(question: str, scale: int) -> bool:
    """Whether a question may be asked on a scale of that length."""
    if question == "nps":
        return scale == SCALES["nps"]
    return question in SCALES and 2 <= scale <= LONGEST_SCALE


def top_box(scale: int) -> int:
    """The lowest score that counts as satisfied: the upper fifth and up, 4 of 5, 8 of 10."""
    return -(-4 * scale // 5)


def questions(answers: Iterable[Answer]) -> dict[Asked, Counter[int]]:
    """How often each score was given, by question and scale."""
    found: dict[Asked, Counter[int]] = {}
    for answer in answers:
        scores = found.setdefault((answer.question, answer.scale), Counter())
        scores[answer.score] += answer.number
    return dict(sorted(found.items()))


def measure(question: str, scale: int, scores: Mapping[int, int]) -> Measured:
    """The score of a question from how often each answer was given.

    NPS: promoters (9–10) minus detractors (0–6), adjusted-Wald interval. CSAT: share in the top
    box, Wilson's interval. CES: mean, normal interval of a mean, kept within the scale.
    """
    answers = sum(scores.values())
    total = sum(score * number for score, number in scores.items())
    if question == "nps":
        favorable = sum(number for score, number in scores.items() if score >= 9)
        unfavorable = sum(number for score, number in scores.items() if score <= 6)
    else:
        favorable = sum(number for score, number in scores.items() if score >= top_box(scale))
        unfavorable = answers - favorable
    measured = Measured(
        question=question,
        scale=scale,
        answers=answers,
        favorable=favorable,
        unfavorable=unfavorable,
        total=total,
    )
    return measured if answers < FEW else _valued(measured, scores)


def distribution(question: str, scale: int, scores: Mapping[int, int]) -> list[tuple[int, int]]:
    """Every score of the scale, from the lowest, with how often it was given."""
    return [(score, scores.get(score, 0)) for score in range(lowest(question), scale + 1)]


def trend(
    answers: Iterable[Answer], question: str, scale: int, *, step: Step, today: date
) -> list[Point]:
    """A question's score month by month or quarter by quarter, from its first answer to today.

    Months without answers are there, empty; what is not over says when it will be.
    """
    found: dict[Period, Counter[int]] = {}
    for answer in answers:
        if (answer.question, answer.scale) == (question, scale):
            scores = found.setdefault(cadence.running(step, today=answer.on), Counter())
            scores[answer.score] += answer.number
    if not found:
        return []
    days = [period.since for period in found]
    until = max(*days, today)
    points, period = [], cadence.running(step, today=min(days))
    while period.since <= until:
        points.append(
            Point(
                period=period,
                measured=measure(question, scale, found.get(period, {})),
                ripens_on=None if period.over(today) else period.until,
            )
        )
        period = cadence.running(step, today=period.until)
    return points


def _valued(measured: Measured, scores: Mapping[int, int]) -> Measured:
    answers, scale = measured.answers, measured.scale
    if measured.question == "nps":
        passives = answers - measured.favorable - measured.unfavorable
        value = 100 * (measured.favorable - measured.unfavorable) / answers
        interval = intervals.net_promoters(measured.favorable, passives, measured.unfavorable)
    elif measured.question == "csat":
        value = measured.favorable / answers
        interval = intervals.wilson(measured.favorable, answers)
    else:
        value = measured.total / answers
        interval = _mean_interval(value, measured, scores)
    assert interval is not None, "there are answers"
    return Measured(
        question=measured.question,
        scale=scale,
        answers=answers,
        favorable=measured.favorable,
        unfavorable=measured.unfavorable,
        total=measured.total,
        value=value,
        low=interval.low,
        high=interval.high,
    )


def _mean_interval(
    mean: float, measured: Measured, scores: Mapping[int, int]
) -> intervals.Interval:
    """Mean ± z·s/√n: there are at least `FEW` answers, where Student's quantile is close to z."""
    squares = sum(number * (score - mean) ** 2 for score, number in scores.items())
    reach = intervals.Z * sqrt(squares / (measured.answers - 1) / measured.answers)
    return intervals.Interval(max(1.0, mean - reach), min(float(measured.scale), mean + reach))


def _words(measured: Measured) -> Text:
    if measured.answers == 0:
        return {
            "fr": "Pas encore de réponse.",
            "it": "Ancora nessuna risposta.",
            "en": "No answers yet.",
        }
    parts = _parts(measured)
    if measured.value is None:
        number = measured.answers
        few = {
            "fr": f"Trop peu de réponses pour un score ({number}, il en faut {FEW}) : ",
            "it": f"Troppe poche risposte per un punteggio ({number}, ne servono {FEW}): ",
            "en": f"Too few answers for a score ({number}, {FEW} are needed): ",
        }
        return {language: few[language] + parts[language] for language in few}
    asked = {
        "fr": f"Sur {measured.answers} réponses : ",
        "it": f"Su {measured.answers} risposte: ",
        "en": f"Of {measured.answers} answers: ",
    }
    return {language: asked[language] + parts[language] for language in asked}


def _parts(measured: Measured) -> Text:
    up, down, scale = measured.favorable, measured.unfavorable, measured.scale
    if measured.question == "nps":
        return {
            "fr": f"{up} de 9 ou 10, {down} de 0 à 6.",
            "it": f"{up} da 9 o 10, {down} da 0 a 6.",
            "en": f"{up} of 9 or 10, {down} of 0 to 6.",
        }
    if measured.question == "csat":
        top = top_box(scale)
        return {
            "fr": f"{up} satisfaits ({top} ou plus, de 1 à {scale}).",
            "it": f"{up} soddisfatti ({top} o più, da 1 a {scale}).",
            "en": f"{up} satisfied ({top} or more, of 1 to {scale}).",
        }
    total, number = measured.total, measured.answers
    return {
        "fr": f"facilité, de 1 à {scale}, somme {total} pour {number}.",
        "it": f"facilità, da 1 a {scale}, somma {total} per {number}.",
        "en": f"ease, from 1 to {scale}, sum {total} for {number}.",
    }
