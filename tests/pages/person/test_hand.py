"""What an owner does by hand is looked at first, done once, explained, and goes back."""

import pytest
from django.test import Client

from habitue import ledger
from habitue.ledger import database
from habitue.members.models import Business, Customer, JournalLine
from tests.pages.person.conftest import held, reference, visit

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}


def corrected(owner: Client, customer: Customer, **given: str) -> tuple[int, str]:
    """A correction as its form sends it; status and page."""
    path = f"/customers/{customer.pk}/correct"
    unit = given.pop("unit", "stamps")
    sent = {"reference": reference(owner, path), "unit": unit, "reason": "Lost card", **given}
    answer = owner.post(path, sent, headers=ENGLISH)
    return answer.status_code, answer.content.decode()


def unit_of(shop: Business) -> str:
    program = ledger.program(shop.pk)
    assert program is not None
    return program.units[0].id


def test_a_correction_is_seen_before_it_is_made_and_explained_ever_after(
    cafe: Business, alice: Customer, owner: Client
) -> None:
    before, unit = held(cafe, alice), unit_of(cafe)
    status, page = corrected(owner, alice, unit=unit, amount="3")
    assert status == 200
    assert f"{before} → <strong>{before + 3}</strong>" in page
    assert held(cafe, alice) == before
    path = f"/customers/{alice.pk}/correct"
    sent = {
        "reference": reference(owner, path),
        "unit": unit,
        "amount": "3",
        "reason": "Lost card",
        "sure": "on",
    }
    for _ in range(2):  # a button that is pressed twice
        assert owner.post(path, sent).status_code == 302
    assert held(cafe, alice) == before + 3
    assert (
        "Reason: Lost card" in owner.get(f"/customers/{alice.pk}", headers=ENGLISH).content.decode()
    )
    assert ledger.verify(cafe.pk) == []


@pytest.mark.parametrize("amount", ["0", "", "0.5", "1E+400", "99999999999"])
def test_a_correction_of_nothing_or_of_too_much_is_told_why(
    cafe: Business, alice: Customer, owner: Client, amount: str
) -> None:
    before = held(cafe, alice)
    status, page = corrected(owner, alice, unit=unit_of(cafe), amount=amount, sure="on")
    assert status == 422
    assert 'class="error"' in page
    assert held(cafe, alice) == before


def test_more_than_somebody_has_is_not_taken_away(
    cafe: Business, alice: Customer, owner: Client
) -> None:
    status, page = corrected(owner, alice, unit=unit_of(cafe), amount="-50", sure="on")
    assert status == 422
    assert "There are not enough units" in page


def test_a_surprise_is_a_voucher_that_costs_the_person_nothing(
    cafe: Business, alice: Customer, owner: Client
) -> None:
    before, path = held(cafe, alice), f"/customers/{alice.pk}/gift"
    program = ledger.program(cafe.pk)
    assert program is not None
    sent = {
        "reference": reference(owner, path),
        "gift": program.rewards[0].id,
        "reason": "Ten years!",
    }
    for _ in range(2):
        assert owner.post(path, sent).status_code == 302
    assert held(cafe, alice) == before
    assert database.query("SELECT state FROM ledger_voucher", {}) == [("issued",)]
    assert JournalLine.objects.filter(kind="gift", customer=alice).count() == 1
    assert ledger.verify(cafe.pk) == []


def test_a_visit_is_undone_once_with_a_reason_that_names_nobody(
    cafe: Business, alice: Customer, owner: Client
) -> None:
    before, event = held(cafe, alice), visit(cafe, alice, 3)
    path = f"/customers/{alice.pk}/undo/{event}"
    assert "3" in owner.get(path).content.decode()
    assert owner.post(path, {"reference": reference(owner, path)}).status_code == 422
    assert held(cafe, alice) == before + 3
    sent = {"reference": reference(owner, path), "reason": "twice"}
    assert owner.post(path, sent).status_code == 302
    assert held(cafe, alice) == before
    assert JournalLine.objects.get(kind="undo").what == {"reason": "twice"}
    again = owner.post(path, {"reference": reference(owner, path), "reason": "twice"})
    assert again.status_code == 422
    assert 'class="undone"' in owner.get(f"/customers/{alice.pk}").content.decode()


def test_nothing_of_somebody_else_can_be_undone_here(
    cafe: Business, alice: Customer, owner: Client
) -> None:
    assert owner.get(f"/customers/{alice.pk}/undo/256").status_code == 404
