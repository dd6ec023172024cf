"""A customer joins in one screen, and sees a card that explains itself."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from habitue import ledger
from habitue.members import consents, invitations, limits
from habitue.members.models import Business, Card, Consent, Customer, Member
from tests.pages.card.conftest import Letters, link
from tests.pages.conftest import make_shop

pytestmark = pytest.mark.django_db
LEA = {"name": "Léa", "contact": "lea@example.org"}


def test_joining_takes_one_form_and_gives_a_card(client: Client, cafe: Business) -> None:
    answer = client.post(f"/j/{cafe.slug}", {**LEA, "birthday": "29/2"}, follow=True)
    assert answer.redirect_chain[0][0].startswith("/c/")
    text = answer.content.decode()
    assert "2 sur 12 tampons" in text  # the head start
    past = client.get(f"{answer.redirect_chain[0][0]}/history").content.decode()
    assert "Un cadeau de bienvenue: +2" in past  # and why
    customer = Customer.objects.get()
    assert (customer.name, customer.birth_day, customer.birth_month) == ("Léa", 29, 2)
    assert ledger.verify(cafe.pk) == []


def test_consents_are_unticked_and_recorded_as_they_were_read(
    client: Client, cafe: Business
) -> None:
    text = client.get(f"/j/{cafe.slug}").content.decode()
    assert text.count('type="checkbox"') == 2
    assert "checked" not in text
    client.post(f"/j/{cafe.slug}", {"name": "Bo", "contact": "06 12 34 56 78", "sms": "on"})
    line = Consent.objects.get()
    assert (line.purpose, line.channel, line.granted) == ("marketing", "sms", True)
    assert (line.pending, line.source) == (False, "join")
    assert line.wording in client.get(f"/j/{cafe.slug}").content.decode()
    assert not consents.granted(line.customer, purpose="marketing", channel="email")


def test_consent_by_mail_counts_once_its_reader_confirms(
    client: Client, cafe: Business, letters: Letters
) -> None:
    client.post(f"/j/{cafe.slug}", {**LEA, "email": "on"})
    line, customer = Consent.objects.get(), Customer.objects.get()
    assert (line.granted, line.pending, line.source) == (False, True, "join")
    (body,) = letters()
    assert line.wording in body
    path = link(body)
    for _ in range(3):  # scanners open every link
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert not consents.granted(customer, purpose="marketing", channel="email")
    assert not customer.identities.filter(confirmed_at__isnull=False)
    client.post(path, {"line": line.pk})
    client.post(path, {"line": line.pk})
    assert consents.granted(customer, purpose="marketing", channel="email")
    rows = Consent.objects.order_by("pk").values_list("granted", "pending", "wording", "source")
    assert list(rows) == [
        (False, True, line.wording, "join"),
        (True, False, line.wording, "confirmed by mail"),
    ]
    assert customer.identities.get(kind="email").confirmed_at


def test_an_old_link_does_not_bring_back_what_was_withdrawn(
    client: Client, cafe: Business, letters: Letters
) -> None:
    client.post(f"/j/{cafe.slug}", {**LEA, "email": "on"})
    path, customer = link(letters()[0]), Customer.objects.get()
    line = Consent.objects.get()
    consents.record(
        customer,
        purpose="marketing",
        channel="email",
        granted=False,
        wording=line.wording,
        source="preferences",
        at=datetime.now(UTC),
    )
    for each in Consent.objects.all():  # whatever lines are named
        client.post(path, {"line": each.pk})
    assert not consents.granted(customer, purpose="marketing", channel="email")
    assert client.get(path + "x").status_code == 404
    assert client.post("/confirm/nothing:at:all").status_code == 404


def test_an_address_is_not_needed(client: Client, cafe: Business) -> None:
    answer = client.post(f"/j/{cafe.slug}", {"name": "Noé"}, follow=True)
    assert answer.status_code == 200
    assert [one.kind for one in Customer.objects.get().identities.all()] == ["number"]
    wrong = client.post(f"/j/{cafe.slug}", {"name": "Noé", "email": "on"})
    assert wrong.status_code == 422
    assert 'class="error"' in wrong.content.decode()


def test_the_poster_s_place_and_the_friend_who_invited_are_kept(
    client: Client, cafe: Business, alice: Customer
) -> None:
    code = invitations.code(alice)
    for number, by in enumerate((code, code[:-1] + "é", "!", "", "a" * 300)):
        client.post(f"/j/{cafe.slug}?at=Comptoir%00 %C3%A9&by={by}", {"name": f"Guest {number}"})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT what->>'place', coalesce((what->>'invited_by')::bigint, 0) FROM ledger_event"
            " WHERE kind = 'enrolment' AND customer_id <> %s ORDER BY id",
            [alice.pk],
        )
        rows = cursor.fetchall()
    assert {place for place, _by in rows} == {"Comptoir é"}
    assert [by for _place, by in rows] == [alice.pk, 0, 0, 0, 0]


def test_joining_over_and_over_ends_with_a_kind_sentence(client: Client, cafe: Business) -> None:
    path = f"/j/{cafe.slug}"
    answers = [client.post(path, LEA).status_code for _ in range(12)]
    assert answers[-1] == 429
    assert answers.count(429) == 2
    for _ in range(120):
        limits.allow("join from", f"{cafe.pk} 127.0.0.1", most=1, at=datetime.now(UTC))
    refused = client.post(path, {"name": "Noé"})
    assert refused.status_code == 429
    assert 'role="alert"' in refused.content.decode()
    assert Customer.objects.count() == 1


def test_the_privacy_page_names_the_shop(client: Client, cafe: Business) -> None:
    assert f"/j/{cafe.slug}/privacy" in client.get(f"/j/{cafe.slug}").content.decode()
    assert "Café des Amis" in client.get(f"/j/{cafe.slug}/privacy").content.decode()
    assert client.get("/j/nobody/privacy").status_code == 404


def test_knowing_an_address_does_not_open_its_card(
    client: Client, cafe: Business, card: Card, letters: Letters
) -> None:
    answer = client.post(f"/j/{cafe.slug}", {"name": "Eve", "contact": "Alice@example.org"})
    assert card.token not in answer.content.decode()
    assert Customer.objects.get().name == "Alice Martin"
    assert Member.objects.count() == 1
    letters()
    (letter,) = mail.outbox
    assert letter.to == ["alice@example.org"]
    assert f"/c/{card.token}" in str(letter.body)


def test_a_known_address_gets_at_most_a_few_mails(
    client: Client, cafe: Business, card: Card, letters: Letters
) -> None:
    for _ in range(9):
        client.post(f"/j/{cafe.slug}", {"name": "Eve", "contact": "alice@example.org"})
    assert len(letters()) == 3


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
