"""What is owed as a page, and as files for the accountant."""

import pytest
from django.test import Client

from habitue.members.models import Business
from tests.pages.program.test_check import buy
from tests.pages.program.test_overview import POINTS, body, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(cafe: Business) -> Business:
    """Three people, five purchases of 20.00 each: 300 points at 0.05, besides the stamps."""
    publish(cafe, POINTS, -120)
    buy(cafe, people=3, visits=5, amount=2000)
    return cafe


def test_what_is_owed_is_said_with_its_worth(keeper: Client, bought: Business) -> None:
    text = body(keeper, "/program/liability")
    assert "300 points en cours, d’une valeur de 15,00 €" in text
    assert "pas encore assez d’historique" in text
    assert "Mois par mois, en argent" in text


def test_the_allocation_is_worked_with_the_shops_numbers(keeper: Client, bought: Business) -> None:
    text = body(keeper, "/program/liability", redemption="85")
    assert "Comme vous l’indiquez, 85 % finissent par être utilisés" in text
    assert "IFRS 15" in text
    assert "12,75 €" in text  # 15.00 at 85 %: what is expected to be used
    assert "sont différés" in text


def test_a_day_that_has_not_come_is_refused_with_a_sentence(keeper: Client) -> None:
    answer = keeper.get("/program/liability", {"on": "2999-01-01"})
    assert answer.status_code == 422
    assert "pas encore arrivé" in answer.content.decode()


def test_a_day_before_anything_happened_owes_nothing(keeper: Client, bought: Business) -> None:
    text = body(keeper, "/program/liability", on="2020-01-01")
    assert "0 points en cours" in text


def test_the_accountants_files_are_for_a_french_spreadsheet(
    keeper: Client, bought: Business
) -> None:
    answer = keeper.get("/program/liability.csv", {"redemption": "85"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    header, *rows = answer.content.decode("utf-8-sig").splitlines()
    assert header.startswith("month;unit;opening (units)")
    assert any(";points;" in row and row.endswith(";EUR") for row in rows)
    lots = keeper.get("/program/liability/lots.csv").content.decode("utf-8-sig").splitlines()
    assert len([row for row in lots if ";points;" in row]) == 15


def test_strangers_get_no_files(client: Client, bought: Business) -> None:
    for path in ("/program/liability", "/program/liability.csv", "/program/liability/lots.csv"):
        assert client.get(path).headers["Location"] == "/sign-in"
