"""The counter's code for a minute: good once, for one card, and nothing before the button."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from habitue import ledger
from habitue.members import businesses, staff, tills
from habitue.members.models import Business, Card, Customer, Staff, TillCode
from tests.pages.conftest import make_member, make_shop
from tests.pages.counter.test_queue import HOURLY

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(cafe: Business, diego: Staff) -> tuple[TillCode, str]:
    return tills.show(cafe, diego, quantity=2, at=timezone.now())


def stamps(customer: Customer) -> int:
    held = ledger.standing(customer.business_id, customer.pk, now=timezone.now())
    return next(iter(held.balances.values())) if held else 0


def phone_of(card: Card) -> Client:
    """A phone that has opened its card once."""
    client = Client()
    assert client.get(f"/c/{card.token}").status_code == 200
    return client


def test_the_counter_shows_a_code_that_nobody_reads_from_the_database(
    counter: Client, cafe: Business
) -> None:
    path = f"/s/{cafe.counter_key}/code"
    page = counter.post(path, {"quantity": "3"}, follow=True).content.decode()
    assert 'class="qr"' in page
    made = TillCode.objects.get()
    text = counter.session["till_code"]["text"]
    assert (made.quantity, tills.find(text)) == (3, made)
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM members_tillcode c")
        assert text not in str(cursor.fetchall())


@pytest.mark.parametrize("quantity", ["", "0", "51", "1e1", "x"])
def test_a_wrong_number_of_pieces_makes_no_code(
    counter: Client, cafe: Business, quantity: str
) -> None:
    answer = counter.post(f"/s/{cafe.counter_key}/code", {"quantity": quantity})
    assert answer.status_code == 422
    assert not TillCode.objects.exists()


def test_a_phone_that_knows_its_card_stamps_it_once(
    counter: Client, cafe: Business, alice: Customer, card: Card, diego: Staff
) -> None:
    phone, path = phone_of(card), f"/s/{cafe.counter_key}/code"
    counter.post(path, {"quantity": "2"})
    text, before = counter.session["till_code"]["text"], stamps(alice)
    page = phone.get(f"/o/{text}").content.decode()
    assert "Alice Martin" in page
    assert stamps(alice) == before  # looking gives nothing
    for _ in range(2):
        assert phone.post(f"/o/{text}").status_code == 200
    assert stamps(alice) == before + 2
    assert "AM" in counter.get(f"{path}/state").content.decode()


def test_another_phone_asks_for_the_number(
    client: Client, code: tuple[TillCode, str], alice: Customer
) -> None:
    number, before = alice.member.number, stamps(alice)
    assert client.post(f"/o/{code[1]}", {"number": "NOBODY"}).status_code == 422
    typed = f"{number[:4]} {number[4:]}".lower()
    assert client.post(f"/o/{code[1]}", {"number": typed}).status_code == 200
    assert stamps(alice) == before + 2


def test_a_code_is_dead_after_its_minute_and_after_its_use(
    client: Client, cafe: Business, diego: Staff, alice: Customer, card: Card
) -> None:
    now = timezone.now()
    _, old = tills.show(cafe, diego, quantity=1, at=now - timedelta(seconds=61))
    _, used = tills.show(cafe, diego, quantity=1, at=now)
    phone_of(card).post(f"/o/{used}")
    before = stamps(alice)
    for text in (old, used):
        answer = client.post(f"/o/{text}", {"number": alice.member.number})
        assert answer.status_code == 410
    assert client.get("/o/unknown").status_code == 404
    assert stamps(alice) == before


def test_a_dismissed_persons_code_is_dead(
    client: Client, code: tuple[TillCode, str], diego: Staff
) -> None:
    own = diego.business.staff.get(role="owner")
    staff.dismiss(diego, by=own, at=timezone.now())
    assert client.get(f"/o/{code[1]}").status_code == 410


def test_another_shops_card_and_a_forged_cookie_stamp_nothing(
    code: tuple[TillCode, str], alice: Customer, card: Card
) -> None:
    other = make_member(make_shop("Ailleurs"), "Bruno", "bruno@example.org")
    phone = phone_of(other.cards.get())
    assert "Bruno" not in phone.get(f"/o/{code[1]}").content.decode()
    forged = Client()
    forged.cookies["habitue-cards"] = f"{card.pk}:x:y"
    assert forged.post(f"/o/{code[1]}").status_code == 422
    assert TillCode.objects.get().used_at is None


@pytest.mark.parametrize(
    ("rule", "status", "again"), [(", on_limit: refuse", 422, True), ("", 200, False)]
)
def test_the_shops_limits_hold_for_a_code_too(
    db: None, rule: str, status: int, again: bool
) -> None:
    shop = businesses.create(name="Bar", kind="cafe", country="FR")
    assert not ledger.publish(shop.pk, HOURLY % rule).problems
    chiara = make_member(shop, "Chiara", "chiara@example.org")
    nino = staff.add_cashier(shop, name="Nino", pin="2222")
    phone = phone_of(chiara.cards.get())
    shown = [tills.show(shop, nino, quantity=1, at=timezone.now()) for _ in range(2)]
    assert phone.post(f"/o/{shown[0][1]}").status_code == 200
    answer = phone.post(f"/o/{shown[1][1]}")
    assert answer.status_code == status
    assert "+1" not in answer.content.decode() or again
    assert stamps(chiara) == 1
    shown[1][0].refresh_from_db()
    assert (shown[1][0].used_at is None) == again  # a refused code is still good for another


@pytest.mark.django_db(transaction=True)
def test_many_phones_at_once_make_one_stamp(
    cafe: Business, diego: Staff, alice: Customer, card: Card
) -> None:
    _, text = tills.show(cafe, diego, quantity=1, at=timezone.now())
    before = stamps(alice)

    def press(_: int) -> int:
        try:
            return phone_of(card).post(f"/o/{text}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(press, range(8)))
    assert set(answers) <= {200, 410}
    assert stamps(alice) == before + 1


def test_a_new_card_is_made_at_the_counter(counter: Client, cafe: Business) -> None:
    given = {"name": "Chiara", "contact": "chiara@example.org"}
    page = counter.post(f"/s/{cafe.counter_key}/new", given, follow=True).content.decode()
    chiara = Customer.objects.get(name="Chiara")
    assert chiara.member.number in page
    assert 'class="qr"' in page
    assert not chiara.consents.exists()


def test_a_known_address_opens_the_card_that_is_there(
    counter: Client, cafe: Business, alice: Customer
) -> None:
    given = {"name": "Alicia", "contact": "Alice@example.org"}
    answer = counter.post(f"/s/{cafe.counter_key}/new", given)
    assert answer.status_code == 422
    assert f"/m/{alice.pk}" in answer.content.decode()
    assert Customer.objects.count() == 1


def test_the_code_of_a_card_is_shown_to_who_made_it_only(
    counter: Client, cafe: Business, alice: Customer
) -> None:
    answer = counter.get(f"/s/{cafe.counter_key}/new/{alice.pk}")
    assert answer.status_code == 302
    assert alice.cards.get().token not in str(answer.headers)


def test_a_partners_till_makes_no_cards_and_is_told_no_names(
    cafe: Business, alice: Customer
) -> None:
    staff.add_cashier(cafe, name="Mara", pin="1111", partner="bakery")
    mara, client = Staff.objects.get(name="Mara"), Client()
    client.post(f"/s/{cafe.counter_key}/in?partner=bakery", {"staff": mara.pk, "pin": "1111"})
    assert client.get(f"/s/{cafe.counter_key}/new").status_code == 404
    page = client.get(f"/s/{cafe.counter_key}/shift").content.decode()
    assert "Alice" not in page


def test_the_days_list_names_what_this_person_gave(
    counter: Client, cafe: Business, alice: Customer
) -> None:
    path = f"/s/{cafe.counter_key}"
    assert "Alice" not in counter.get(f"{path}/shift").content.decode()
    sheet = counter.get(f"{path}/m/{alice.pk}").content.decode()
    reference = re.search(r'name="reference" value="([^"]+)"', sheet)
    assert reference
    counter.post(f"{path}/m/{alice.pk}/stamp", {"quantity": "1", "reference": reference[1]})
    assert "Alice" in counter.get(f"{path}/shift").content.decode()
    other = Client()
    second = staff.add_cashier(cafe, name="Nino", pin="2222")
    other.post(f"{path}/in", {"staff": second.pk, "pin": "2222"})
    assert "Alice" not in other.get(f"{path}/shift").content.decode()


def test_the_sheet_says_what_is_good_to_know(
    counter: Client, cafe: Business, alice: Customer
) -> None:
    today = timezone.now()
    Customer.objects.filter(pk=alice.pk).update(
        birth_day=today.day, birth_month=today.month, note="Sans sucre"
    )
    page = counter.get(f"/s/{cafe.counter_key}/m/{alice.pk}").content.decode()
    assert "Sans sucre" in page
    assert re.search(r'class="badges"><li>[^<]*nniversaire', page)
