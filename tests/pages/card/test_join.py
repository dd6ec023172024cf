"""A customer joins in one screen, and sees a card that explains itself."""

import pytest
from django.core import mail
from django.test import Client

from habitue import ledger
from habitue.members import consents
from habitue.members.models import Business, Card, Consent, Customer, Member
from tests.pages.conftest import make_shop

pytestmark = pytest.mark.django_db
LEA = {"name": "Léa", "contact": "lea@example.org"}


def test_joining_takes_one_form_and_gives_a_card(client: Client, cafe: Business) -> None:
    answer = client.post(f"/j/{cafe.slug}", {**LEA, "birthday": "29/2"}, follow=True)
    assert answer.redirect_chain[0][0].startswith("/c/")
    text = answer.content.decode()
    assert "2 sur 12 tampons" in text  # the head start
    assert "Un cadeau de bienvenue: +2" in text  # and why
    customer = Customer.objects.get()
    assert (customer.name, customer.birth_day, customer.birth_month) == ("Léa", 29, 2)
    assert ledger.verify(cafe.pk) == []


def test_consents_are_unticked_and_recorded_as_they_were_read(
    client: Client, cafe: Business
) -> None:
    text = client.get(f"/j/{cafe.slug}").content.decode()
    assert text.count('type="checkbox"') == 2
    assert "checked" not in text
    client.post(f"/j/{cafe.slug}", {**LEA, "email": "on"})
    line = Consent.objects.get()
    assert (line.purpose, line.channel, line.granted) == ("marketing", "email", True)
    assert line.wording in client.get(f"/j/{cafe.slug}").content.decode()
    assert not consents.granted(line.customer, purpose="marketing", channel="sms")


def test_knowing_an_address_does_not_open_its_card(
    client: Client, cafe: Business, card: Card
) -> None:
    answer = client.post(f"/j/{cafe.slug}", {"name": "Eve", "contact": "Alice@example.org"})
    assert card.token not in answer.content.decode()
    assert Customer.objects.get().name == "Alice Martin"
    assert Member.objects.count() == 1
    (letter,) = mail.outbox
    assert letter.to == ["alice@example.org"]
    assert f"/c/{card.token}" in str(letter.body)


def test_a_known_address_gets_at_most_a_few_mails(
    client: Client, cafe: Business, card: Card
) -> None:
    for _ in range(9):
        client.post(f"/j/{cafe.slug}", {"name": "Eve", "contact": "alice@example.org"})
    assert len(mail.outbox) == 3


def test_two_shops_do_not_share_customers(client: Client, cafe: Business) -> None:
    bar = make_shop("Bar")
    for shop in (cafe, bar):
        assert client.post(f"/j/{shop.slug}", LEA).status_code == 302
    assert Customer.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"contact": "12"},
        {"contact": "lea@"},
        {"birthday": "31/02"},
        {"birthday": "hier"},
        {"name": "a\x00"},
        {"contact": "x" * 300},
    ],
)
def test_a_mistake_is_said_beside_its_field(
    client: Client, cafe: Business, wrong: dict[str, str]
) -> None:
    answer = client.post(f"/j/{cafe.slug}", {**LEA, **wrong})
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert not Customer.objects.exists()


def test_a_card_shows_a_code_and_never_its_address_in_it(client: Client, card: Card) -> None:
    text = client.get(f"/c/{card.token}").content.decode()
    assert 'class="qr"' in text
    fragment = client.get(f"/c/{card.token}/code", headers={"HX-Request": "true"})
    assert fragment.content.decode().startswith('<div class="code"')
    assert "<!doctype html>" in client.get(f"/c/{card.token}/code?full").content.decode()


def test_a_revoked_or_unknown_card_is_404(client: Client, card: Card) -> None:
    assert client.get("/c/nobody").status_code == 404
    card.revoked_at = card.customer.created_at
    card.save()
    assert client.get(f"/c/{card.token}").status_code == 404
    assert client.get(f"/c/{card.token}/code").status_code == 404


def test_a_shop_without_a_program_says_so(client: Client, card: Card) -> None:
    from habitue.members import businesses, cards, customers

    shop = businesses.create(name="Vide", kind="shop", country="IT")
    lone = Customer.objects.create(business=shop, name="Nino")
    customers.enroll(lone, at=lone.created_at)
    token = cards.issue(lone).token
    assert "prépare sa carte" in client.get(f"/c/{token}").content.decode()
