"""Causes: running totals, payouts that balance to the cent, certificates in the member's words."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from django.test import Client
from django.utils import timezone

from habitue.core import facts
from habitue.ledger import giving
from habitue.members.models import Business, Customer
from tests.pages.program import town as made

pytestmark = pytest.mark.django_db
PATH = "/program/causes/trees"


def body(client: Client, path: str) -> str:
    return client.get(path, headers={"accept-language": "en"}).content.decode()


def paid(amount: str, reference: str) -> dict[str, str]:
    return {"amount": amount, "reference": reference, "day": made.today().isoformat()}


def gives(town: Business, who: Customer, times: int = 1) -> None:
    made.buys(town, who, 2_000 * times)
    for _ in range(times):
        made.post(town, who, facts.Redemption("tree", at_once=True), at=timezone.now())


def text_of(content: bytes) -> str:
    page = pypdfium2.PdfDocument(io.BytesIO(content))[0]
    return str(page.get_textpage().get_text_range())


def test_a_cause_balances_to_the_cent(owner: Client, town: Business, alice: Customer) -> None:
    gives(town, alice, 3)
    assert "€3.00 given so far, €3.00 still to be paid out" in body(owner, "/program/causes")
    assert owner.post(PATH + "/payment", paid("1,25", "P-1")).status_code == 302
    page = body(owner, PATH)
    assert "Given by members, 3 gifts" in page
    assert "-€1.25" in page
    assert "€1.75" in page
    assert "1 member gave." in page
    (running,) = giving.running(town.pk)
    assert running.outstanding == 175


def test_no_more_is_paid_out_than_was_given(owner: Client, town: Business, alice: Customer) -> None:
    gives(town, alice)
    answer = owner.post(PATH + "/payment", paid("1,01", "P-1"))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert giving.running(town.pk)[0].paid == 0


def test_the_file_sums(owner: Client, town: Business, alice: Customer) -> None:
    gives(town, alice, 2)
    owner.post(PATH + "/payment", paid("0,50", "=P()"))
    answer = owner.get(PATH + ".csv", headers={"accept-language": "en"})
    lines = [line.split(",") for line in answer.content.decode("utf-8-sig").splitlines()]
    assert [line[3] for line in lines[1:]] == ["0.00", "2.00", "-0.50", "1.50"]
    assert lines[3][2] == "'=P()"  # no formula in anybody's spreadsheet


def test_a_period_is_reported_alone_and_a_wrong_one_is_said(
    owner: Client, town: Business, alice: Customer
) -> None:
    gives(town, alice)
    assert "€0.00" in body(owner, PATH + "?since=2020-01-01&until=2020-12-31")
    assert owner.get(PATH + "?since=2020-01-02&until=2020-01-01").status_code == 422
    assert owner.get(PATH + "?since=x&until=9999-12-31").status_code == 422


def test_a_member_finds_the_certificate_on_the_card(
    client: Client, town: Business, alice: Customer
) -> None:
    gives(town, alice, 2)
    alice.language = "it"
    alice.save()
    card, year = alice.cards.get(), made.today().year
    path = f"/c/{card.token}/certificate/trees/{year}.pdf"
    assert path in body(client, f"/c/{card.token}")
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "application/pdf"
    words = text_of(answer.content)
    for part in ("Alice", "Alberi", "2,00", "Le Quartier", str(year)):
        assert part in words
    assert "2 doni" in words


def test_the_owner_hands_it_over_from_the_customers_page(
    owner: Client, town: Business, alice: Customer, bruno: Customer
) -> None:
    gives(town, alice)
    year = made.today().year
    path = f"/customers/{alice.pk}/certificate/trees/{year}.pdf"
    assert path in body(owner, f"/customers/{alice.pk}")
    assert "Alice" in text_of(owner.get(path).content)
    for none in (
        f"/customers/{bruno.pk}/certificate/trees/{year}.pdf",
        f"/customers/{alice.pk}/certificate/trees/{year - 1}.pdf",
        f"/customers/{alice.pk}/certificate/bees/{year}.pdf",
        f"/customers/{alice.pk}/certificate/trees/0.pdf",
        f"/customers/{alice.pk}/certificate/trees/99999.pdf",
    ):
        assert owner.get(none).status_code == 404


def test_others_causes_do_not_exist(owner: Client, client: Client, town: Business) -> None:
    for path in ("/program/causes/bees", "/program/causes/bees.csv"):
        assert owner.get(path).status_code == 404
    assert owner.post("/program/causes/bees/payment", paid("1", "x")).status_code == 404
    assert client.get(PATH).headers["Location"] == "/sign-in"
