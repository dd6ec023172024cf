"""Answers of satisfaction: once each, within their scale, forgotten with the person."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from habitue.members import answers, businesses
from habitue.members.answers import Answered
from habitue.members.models import Answer, Business, Customer

ON = date(2026, 3, 2)
CSV = "csv"


def given(reference: str, question: str = "nps", score: int = 9, scale: int = 10) -> Answered:
    return Answered(question, score, scale, ON, reference)


def test_an_answer_is_written_once(cafe: Business, alice: Customer) -> None:
    one = given("a")._replace(customer=alice.pk, comment="Very good")
    assert answers.record(cafe, [one, given("b")], source=CSV) == {"a", "b"}
    assert answers.record(cafe, [one, given("c")], source=CSV) == {"c"}
    assert Answer.objects.filter(business=cafe).count() == 3
    kept = Answer.objects.get(reference="a")
    assert (kept.customer_id, kept.score, kept.comment) == (alice.pk, 9, "Very good")


def test_of_two_answers_with_one_reference_the_first_is_written(cafe: Business) -> None:
    assert answers.record(cafe, [given("a"), given("a", score=2)], source=CSV) == {"a"}
    assert Answer.objects.get(reference="a").score == 9


def test_what_is_there_says_what_it_is(cafe: Business) -> None:
    answers.record(cafe, [given("a", score=3)], source=CSV)
    assert answers.there(cafe, ["a", "b"], source=CSV) == {"a": ("nps", 3, 10, ON)}
    assert answers.there(cafe, ["a"], source="survey") == {}


def test_businesses_and_sources_name_their_answers_by_themselves(cafe: Business) -> None:
    bar = businesses.create(name="Bar Sport", kind="cafe", country="IT")
    assert answers.record(cafe, [given("a")], source=CSV) == {"a"}
    assert answers.record(bar, [given("a")], source=CSV) == {"a"}
    assert answers.record(cafe, [given("a")], source="survey") == {"a"}


def test_forgetting_a_person_takes_their_words_and_leaves_the_score(
    cafe: Business, alice: Customer
) -> None:
    hers = given("a")._replace(customer=alice.pk, comment="Diego was kind to me")
    answers.record(cafe, [hers, given("b")._replace(comment="nobody's")], source=CSV)
    assert answers.forget([alice.pk]) == 1
    left = Answer.objects.get(reference="a")
    assert (left.customer_id, left.comment, left.score) == (None, "", 9)
    assert Answer.objects.get(reference="b").comment == "nobody's"


def test_no_answer_prints_what_somebody_said(cafe: Business) -> None:
    answers.record(cafe, [given("a")._replace(comment="secret")], source=CSV)
    assert "secret" not in str(Answer.objects.get())


@pytest.mark.parametrize(
    "wrong",
    [
        given("a", score=11),
        given("a", scale=5, score=4),
        given("a", "csat", 0, 5),
        given("a", "csat", 6, 5),
        given("a", "ces", 1, 1),
        given("a", "ces", 8, 11),
        given("a", "mood", 1, 5),
    ],
)
def test_the_database_refuses_what_is_beyond_its_scale(cafe: Business, wrong: Answered) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        answers.record(cafe, [wrong], source=CSV)
