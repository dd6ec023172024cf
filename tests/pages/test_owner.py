"""The owner's pages, and that they are sealed."""

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from habitue.members import staff, survivors
from habitue.members.models import Business, Card, Customer, Staff
from tests.pages.conftest import make_member, make_shop

pytestmark = pytest.mark.django_db
PLACES = ["/", "/customers", "/settings", "/posters", "/start/ready", "/start/waiting"]


def test_today_starts_empty_and_says_what_will_come(owner: Client) -> None:
    text = owner.get("/").content.decode()
    assert "Personne n’a encore de carte" in text
    assert "Taux de réachat" in text
    assert text.index("Taux de réachat") < text.index("Clients actifs")
    assert "Trop tôt" in text


def test_today_shows_what_happened(owner: Client, alice: Customer) -> None:
    text = owner.get("/").content.decode()
    assert "Alice Martin" in text
    assert "Nouvelle carte" in text


def test_customers_are_listed_searched_and_opened(owner: Client, alice: Customer) -> None:
    assert "Alice Martin" in owner.get("/customers").content.decode()
    assert "Alice Martin" in owner.get("/customers", {"q": "alice@example.org"}).content.decode()
    assert "Personne trouvé" in owner.get("/customers", {"q": "zz"}).content.decode()
    page = owner.get(f"/customers/{alice.pk}").content.decode()
    assert "alice@example.org" in page
    assert "2 sur 12 tampons" in page


def test_who_went_over_into_another_customer_is_listed_as_that_one(
    owner: Client, cafe: Business, alice: Customer
) -> None:
    again = Customer.objects.create(business=cafe, name="Alicia, again")
    assert "Alicia, again" in owner.get("/customers").content.decode()
    survivors.merge(alice.pk, again.pk)
    everybody = owner.get("/customers").content.decode()
    assert "Alice Martin" not in everybody
    assert "Alicia, again" in everybody
    found = owner.get("/customers", {"q": "alice@example.org"}).content.decode()
    assert "Alicia, again" in found


@pytest.mark.parametrize("path", PLACES)
def test_strangers_are_sent_to_sign_in(client: Client, cafe: Business, path: str) -> None:
    assert client.get(path).headers["Location"] == "/sign-in"


@pytest.mark.parametrize("path", PLACES)
def test_the_counter_does_not_open_owner_pages(counter: Client, path: str) -> None:
    assert counter.get(path).headers["Location"] == "/sign-in"


def test_a_cashier_with_an_account_is_no_owner(client: Client, cafe: Business) -> None:
    user = User.objects.create_user("eva")
    Staff.objects.create(business=cafe, user=user, name="Eva", role="cashier")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/customers")
    assert answer.status_code == 403
    assert "Se déconnecter" in answer.content.decode()


def test_another_owners_business_does_not_exist(owner: Client) -> None:
    bar = make_shop("Bar")
    nino = make_member(bar, "Nino Rota", "nino@example.org")
    cashier = staff.add_cashier(bar, name="Ugo", pin="1234")
    assert owner.get(f"/customers/{nino.pk}").status_code == 404
    assert owner.post(f"/settings/staff/{cashier.pk}/pin").status_code == 404
    assert owner.get(f"/customers/{2**63}").status_code == 404
    for path in PLACES:
        assert b"Nino Rota" not in owner.get(path).content
    session = owner.session
    session["business"] = bar.pk  # even with a session that says so
    session.save()
    assert b"Nino Rota" not in owner.get("/customers").content


def test_a_card_is_no_key_to_anything_else(client: Client, card: Card) -> None:
    client.get(f"/c/{card.token}")
    assert client.get("/").status_code == 302
    assert client.get(f"/s/{card.customer.business.counter_key}").status_code == 302


def test_changes_need_a_post(owner: Client, counter: Client, alice: Customer, diego: Staff) -> None:
    sheet = f"/s/{alice.business.counter_key}/m/{alice.pk}"
    for action in ("stamp", "give", "undo"):
        assert counter.get(f"{sheet}/{action}").status_code == 405
    for path in ("/sign-out", "/demo/begin", "/demo/look", f"/settings/staff/{diego.pk}/pin"):
        assert owner.get(path).status_code == 405


def test_signing_out_closes_the_door(owner: Client) -> None:
    owner.post("/sign-out")
    assert owner.get("/").headers["Location"] == "/sign-in"


START = ["/start", "/start/sentence", "/start/preview", "/start/save", "/start/code"]


@pytest.mark.parametrize("path", START)
def test_strangers_open_no_shop_on_someone_elses_server(
    client: Client, cafe: Business, path: str
) -> None:
    assert client.get(path).headers["Location"] == "/sign-in"
    assert client.post("/demo/begin").headers["Location"] == "/sign-in"
    assert client.post("/demo/look").headers["Location"] == "/sign-in"
    assert not User.objects.filter(email="eve@example.org").exists()


def test_an_owner_may_open_another_shop(owner: Client) -> None:
    assert owner.get("/start").status_code == 200


def test_a_proven_address_without_a_shop_is_told_so(client: Client, cafe: Business) -> None:
    client.post("/sign-in", {"email": "eve@example.org"})
    code = str(mail.outbox[0].subject)[:6]
    answer = client.post("/sign-in/code", {"code": code}, follow=True)
    assert answer.status_code == 403
    assert client.get("/start").status_code == 302


def test_an_owner_signs_in_by_code(client: Client, cafe: Business) -> None:
    client.post("/sign-in", {"email": "Zoe@example.org"})
    code = str(mail.outbox[0].subject)[:6]
    answer = client.post("/sign-in/code", {"code": code}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert answer.status_code == 200
