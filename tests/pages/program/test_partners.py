"""Partners: statements that sum, payments once, an address of one's own that shows nothing else."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from habitue.ledger import payments, settlement
from habitue.members import partners as addresses
from habitue.members.models import Business, Customer, PartnerLink, Staff
from tests.pages.program import town as made

pytestmark = pytest.mark.django_db


def body(client: Client, path: str) -> str:
    return client.get(path, headers={"accept-language": "en"}).content.decode()


def month() -> str:
    return f"{made.today():%Y-%m}"


def paid(amount: str, reference: str, direction: str = "in") -> dict[str, str]:
    day = made.today().isoformat()
    return {"amount": amount, "direction": direction, "reference": reference, "day": day}


@pytest.fixture
def busy(town: Business, alice: Customer) -> Business:
    """Alice earned 30 points at the bakery: 0.30 € owed."""
    made.buys(town, alice, 3_000, partner="bakery")
    return town


def test_partners_stand_with_their_balances(owner: Client, busy: Business) -> None:
    page = body(owner, "/program/partners")
    assert "The bakery owes €0.30" in page
    assert "€0.00 left of what was paid ahead" in page  # the kiosk pays ahead


def test_a_statement_sums_on_the_page_and_in_the_file(owner: Client, busy: Business) -> None:
    page = body(owner, f"/program/partners/bakery/{month()}")
    assert "Given here · points" in page
    assert "€0.30" in page
    assert "Alice" not in page
    answer = owner.get(f"/program/partners/bakery/{month()}.csv", headers={"accept-language": "en"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "day,what,event or reference,unit,units,money"
    assert [line.rsplit(",", 1)[1] for line in lines[1:]] == ["0.00", "0.30", "0.30"]
    french = owner.get(f"/program/partners/bakery/{month()}.csv").content.decode("utf-8-sig")
    assert ";0,30" in french


def test_a_payment_is_recorded_once(owner: Client, busy: Business) -> None:
    path = "/program/partners/bakery"
    assert owner.post(path + "/payment", paid("0,30", "B-1")).status_code == 302
    assert owner.post(path + "/payment", paid("0,30", "B-1")).status_code == 302
    assert settlement.balances(busy.pk)[0].owes == 0
    assert "Nothing is owed" in body(owner, path)
    again = owner.post(path + "/payment", paid("9,99", "B-1"))
    assert again.status_code == 422
    assert len(payments.lines(busy.pk, "partner", "bakery")) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", "0"), ("amount", "1,234"), ("amount", "x"), ("day", ""), ("reference", "")],
)
def test_a_mistake_is_answered_beside_its_field(
    owner: Client, busy: Business, field: str, value: str
) -> None:
    answer = owner.post("/program/partners/bakery/payment", {**paid("1,00", "B-1"), field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert payments.lines(busy.pk, "partner", "bakery") == []


def test_a_prepaid_partner_gets_no_more_back_than_is_left(owner: Client, town: Business) -> None:
    path = "/program/partners/kiosk"
    owner.post(path + "/payment", paid("10,00", "K-1"))
    assert "€10.00 left of what was paid ahead" in body(owner, path)
    too_much = owner.post(path + "/payment", paid("10,01", "K-2", "out"))
    assert too_much.status_code == 422
    owner.post(path + "/payment", paid("4,00", "K-3", "out"))
    assert "€6.00 left of what was paid ahead" in body(owner, path)


def address(owner: Client) -> str:
    """The partner's address, as it is shown once."""
    assert owner.post("/program/partners/bakery/link").status_code == 302
    found = re.search(r"/p/[\w-]{20,}", body(owner, "/program/partners/bakery"))
    assert found
    assert found[0] not in body(owner, "/program/partners/bakery")
    return found[0]


def test_the_address_is_shown_once_kept_as_a_hash_and_shows_no_member(
    owner: Client, client: Client, busy: Business
) -> None:
    path = address(owner)
    assert path.removeprefix("/p/") not in str(PartnerLink.objects.values())
    for shown in (body(client, path), body(client, f"{path}/{month()}")):
        assert "The bakery" in shown
        assert "€0.30" in shown
        assert "Alice" not in shown
        assert "kiosk" not in shown
    sheet = client.get(f"{path}/{month()}.csv").content.decode("utf-8-sig")
    assert "Alice" not in sheet


def test_a_partner_sees_only_its_own(owner: Client, client: Client, busy: Business) -> None:
    path = address(owner)
    assert client.get(f"/p/{'x' * 32}").status_code == 404
    assert client.get(f"{path}/kiosk").status_code == 404
    for place in ("/program/partners", "/program/partners/bakery", f"/customers/{1}"):
        assert client.get(place).status_code == 302
    other = made.make_town("Another")
    neighbor = made.make_neighbor(other, "Chiara")
    made.buys(other, neighbor, 9_900, partner="bakery")
    assert "€0.99" not in body(client, path)
    kiosk = addresses.issue(busy, "kiosk", at=timezone.now())
    assert "The bakery" not in body(client, f"/p/{kiosk}")
    assert "€0.30" not in body(client, f"/p/{kiosk}/{month()}")


def test_a_new_address_ends_the_one_before_and_revoking_ends_it(
    owner: Client, client: Client, busy: Business
) -> None:
    first, second = address(owner), address(owner)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    owner.post("/program/partners/bakery/revoke")
    assert client.get(second).status_code == 404


def test_what_is_scanned_at_a_partners_till_carries_the_partner(
    owner: Client, client: Client, town: Business, alice: Customer
) -> None:
    owner.post("/program/partners/bakery/staff", {"name": "Bea"})
    page = body(owner, "/program/partners/bakery")
    found = re.search(r'class="pin">(\d{4})<', page)
    assert found
    bea = Staff.objects.get(partner="bakery")
    till = f"/s/{town.counter_key}/in?partner=bakery"
    assert "Bea" in body(client, till)
    assert "Bea" not in body(client, f"/s/{town.counter_key}/in")
    assert client.post(till, {"staff": bea.pk, "pin": found[1]}).status_code == 302
    sheet = f"/s/{town.counter_key}/m/{alice.pk}"
    assert "Alice" not in body(client, sheet)  # a partner is told no names
    assert "Alice" not in body(client, f"/s/{town.counter_key}/search?q=Ali")
    stamped = client.post(f"{sheet}/stamp", {"amount": "12,00", "reference": "b" * 20})
    assert stamped.status_code == 200, stamped.content.decode()
    assert settlement.balances(town.pk)[0].owes == 12
    owner.post(f"/program/partners/bakery/staff/{bea.pk}")
    assert client.get(sheet).status_code == 302


def test_anothers_partners_and_strangers(owner: Client, client: Client, town: Business) -> None:
    assert owner.get("/program/partners/butcher").status_code == 404
    assert owner.post("/program/partners/butcher/payment", paid("1", "x")).status_code == 404
    assert owner.get("/program/partners/bakery/2026-13").status_code == 404
    assert owner.get("/program/partners/bakery/0000-01.csv").status_code == 404
    other = made.make_town("Another")
    foreign = Staff.objects.create(business=other, name="Ugo", role="cashier", partner="bakery")
    assert owner.post(f"/program/partners/bakery/staff/{foreign.pk}").status_code == 404
    for path in ("/program/partners", "/program/partners/bakery"):
        assert client.get(path).headers["Location"] == "/sign-in"
