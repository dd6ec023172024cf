"""What if, from the question to the charts: asked by the owner, worked out as the worker does."""

import pytest
from django.db import connection
from django.test import Client

from habitue.core.whatif.result import WhatIf
from habitue.members.models import Business
from habitue.pages.models import Study
from habitue.pages.program import studies, trying
from habitue.site import studying
from tests.pages.conftest import make_shop
from tests.pages.program.test_check import buy
from tests.pages.program.test_overview import POINTS, body, publish

ASKED = {"program": "text", "text": "", "stretch": "90 days", "choice": "soonest", "chance": "100"}
THRICE = POINTS.replace("{points: 1, per", "{points: 3, per").replace("275", "20")


@pytest.fixture
def bought(transactional_db: None, cafe: Business) -> Business:
    """The café after a program by the euro and some weeks of purchases."""
    publish(cafe, POINTS, -120)
    buy(cafe, people=3, visits=14, amount=1000)
    return cafe


def ask(keeper: Client, **other: str) -> Study:
    answer = keeper.post("/program/what-if", ASKED | other)
    assert answer.status_code == 302, answer.content.decode()
    return Study.objects.latest("pk")


def test_a_changed_program_is_replayed_beside_the_one_in_force(
    bought: Business, keeper: Client
) -> None:
    study = ask(keeper, text=THRICE)
    waiting = body(keeper, f"/program/what-if/{study.pk}")
    assert "every 1s" in waiting
    assert "0 %" in waiting
    studying.run(study.pk)
    text = body(keeper, f"/program/what-if/{study.pk}")
    assert "Cela aurait coûté plus" in text
    assert "3 clients" in text
    assert "Un thé" in text  # by its title, not its name in the file
    assert text.count('<svg class="chart"') >= 5
    assert "carte vide" in text
    assert "every 1s" not in text
    assert f'href="/program/what-if/{study.pk}"' in body(keeper, "/program/what-if")


def test_a_stretch_leaves_out_what_was_before_it(bought: Business, keeper: Client) -> None:
    counts = {}
    for stretch in ("90 days", "everything"):
        study = ask(keeper, text=THRICE, stretch=stretch)
        studying.run(study.pk)
        study.refresh_from_db()
        found = studies.found(study, WhatIf)
        assert found is not None
        counts[stretch] = sum(month.purchases for month in found.trials[-1].months)
    assert counts == {"90 days": 39, "everything": 42}


def test_what_cannot_be_worked_out_is_marked_and_told(bought: Business, keeper: Client) -> None:
    study = ask(keeper, text=THRICE)
    study.asked |= {"text": "program: torn"}  # readable when it was asked, not any more
    study.save(update_fields=["asked"])
    with pytest.raises(ValueError, match="not well written"):
        studying.run(study.pk)
    study.refresh_from_db()
    assert study.failed
    assert "every 1s" not in body(keeper, f"/program/what-if/{study.pk}")


def test_a_template_is_tried_in_the_money_of_the_shop(bought: Business, keeper: Client) -> None:
    study = ask(keeper, program="template:points")
    asked = studies.asked(study, studies.WhatIfAsked)
    assert 'currency: "EUR"' in asked.text or "currency: EUR" in asked.text
    studying.run(study.pk)
    assert "<svg" in body(keeper, f"/program/what-if/{study.pk}")


@pytest.mark.django_db
def test_every_program_offered_can_be_tried(cafe: Business) -> None:
    for group in list(trying.choices())[1:]:
        assert isinstance(group[1], list)
        for key, _title in group[1]:
            _said, text = trying.text_of(key, "", cafe)
            assert trying.problems(text, cafe) == [], key


@pytest.mark.django_db
def test_a_mistake_is_named_with_its_line_and_the_word_that_was_meant(
    keeper: Client, cafe: Business
) -> None:
    answer = keeper.post("/program/what-if", ASKED | {"text": POINTS.replace("when:", "wen:")})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Ligne 10" in text
    assert "« when »" in text.replace("\xa0", " ")
    assert "wen: purchase" in text  # what was typed is still there
    assert not Study.objects.exists()


@pytest.mark.django_db
def test_another_money_is_refused_with_a_sentence(keeper: Client) -> None:
    foreign = POINTS.replace("EUR", "USD")
    answer = keeper.post("/program/what-if", ASKED | {"text": foreign})
    assert answer.status_code == 422
    assert "compte en USD" in answer.content.decode()


@pytest.mark.django_db
def test_a_failure_is_told(keeper: Client, cafe: Business) -> None:
    study = ask(keeper, text=POINTS)
    study.asked["text"] = "nonsense"
    study.save()
    with pytest.raises(ValueError, match="not well written"):
        studying.run(study.pk)
    assert "n’a pas abouti" in body(keeper, f"/program/what-if/{study.pk}")


@pytest.mark.django_db
def test_another_shops_results_do_not_exist(keeper: Client, cafe: Business) -> None:
    bar = make_shop("Bar")
    asked = studies.WhatIfAsked("", POINTS, "everything", "never")
    study = studies.begin(bar, asked)
    assert keeper.get(f"/program/what-if/{study.pk}").status_code == 404
    assert keeper.get(f"/program/what-if/{2**63}").status_code == 404


@pytest.mark.django_db
def test_the_worker_is_asked_once_and_old_results_are_forgotten(cafe: Business) -> None:
    asked = studies.WhatIfAsked("", POINTS, "everything", "never")
    for _ in range(studies.KEPT + 2):
        studies.begin(cafe, asked)
    assert Study.objects.count() == studies.KEPT
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [studies.TASK]
        )
        assert cursor.fetchone() == (studies.KEPT + 2,)
