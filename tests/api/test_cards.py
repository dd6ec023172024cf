"""Cards, identities, consents through the API."""

import pytest

from habitue.members import cards, consents
from habitue.members.models import Card, Customer, Identity, JournalLine
from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db


def test_the_secrets_of_a_card_are_told_to_its_owner_and_member_alone(cafe: world.Place) -> None:
    address = f"/customers/{cafe.alice}/cards"
    token = Card.objects.get(customer=cafe.alice).token
    for key in (cafe.owner, cafe.member):
        (one,) = ask("GET", address, key=key).json["items"]
        assert one["address"].endswith(f"/c/{token}")
        assert one["code"] is None  # printed cards are off
    for key in (cafe.till, cafe.read):
        told = ask("GET", address, key=key)
        assert (told.status, token.encode() in told.raw) == (200, False)


def test_the_printed_code_is_the_one_that_tills_accept(cafe: world.Place) -> None:
    cafe.business.printed_cards = True
    cafe.business.save()
    (one,) = ask("GET", f"/customers/{cafe.alice}/cards", key=cafe.owner).json["items"]
    told = ask("GET", f"/customers/code:{one['code']}", key=cafe.till)
    assert (told.status, told.json["id"]) == (200, str(cafe.alice))


def test_a_new_card_ends_the_old_one_and_the_tokens_got_by_it(cafe: world.Place) -> None:
    told = ask("POST", f"/customers/{cafe.alice}/cards", key=cafe.owner)
    assert told.status == 201
    assert ask("GET", "/customers/me", key=cafe.member).status == 401
    good = [one for one in Card.objects.filter(customer=cafe.alice) if one.revoked_at is None]
    assert [str(one.pk) for one in good] == [told.json["id"]]
    assert (
        ask("DELETE", f"/customers/{cafe.alice}/cards/{good[0].pk}", key=cafe.owner).status == 204
    )
    assert cards.find(good[0].token) is None
    again = ask("DELETE", f"/customers/{cafe.alice}/cards/{good[0].pk}", key=cafe.owner)
    assert again.status == 404
    assert JournalLine.objects.filter(customer=cafe.alice, kind="card").count() == 2


def test_only_members_get_cards(cafe: world.Place) -> None:
    told = ask("POST", "/customers/external:chiara/cards", key=cafe.owner)
    assert (told.status, told.json["code"]) == (409, "not_a_member")
    mine = Card.objects.get(customer=cafe.bruno).pk
    assert ask("DELETE", f"/customers/{cafe.alice}/cards/{mine}", key=cafe.owner).status == 404


def test_identities_come_and_go_but_the_member_s_own_number(cafe: world.Place) -> None:
    address = f"/customers/{cafe.alice}/identities"
    body = {"kind": "phone", "value": "06 12 34 56 78"}
    made = ask("POST", address, key=cafe.owner, body=body)
    assert (made.status, made.json["value"]) == (201, "+33612345678")
    assert ask("POST", address, key=cafe.owner, body=body).json["id"] == made.json["id"]
    listed = ask("GET", address, key=cafe.read).json["items"]
    number = next(one for one in listed if one["kind"] == "number")
    told = ask("DELETE", f"{address}/{number['id']}", key=cafe.owner)
    assert (told.status, told.json["code"]) == (409, "own_number")
    assert ask("DELETE", f"{address}/{made.json['id']}", key=cafe.owner).status == 204
    assert not Identity.objects.filter(value="+33612345678").exists()
    other = Identity.objects.filter(customer=cafe.bruno).first()
    assert other is not None
    assert ask("DELETE", f"{address}/{other.pk}", key=cafe.owner).status == 404


def test_consents_are_a_log_whose_newest_line_counts(cafe: world.Place) -> None:
    address = f"/customers/{cafe.alice}/consents"
    body = {
        "purpose": "marketing",
        "channel": "email",
        "granted": True,
        "wording": "Yes, write to me.",
        "source": "checkout",
    }
    assert ask("POST", address, key=cafe.till, body=body).status == 201
    no = ask("POST", address, key=cafe.till, body={**body, "granted": False}).json
    log = ask("GET", address, key=cafe.read).json["items"]
    assert [one["granted"] for one in log] == [False, True]
    current = ask("GET", f"{address}?current=true", key=cafe.read).json["items"]
    assert [one["id"] for one in current] == [no["id"]]
    alice = Customer.objects.get(pk=cafe.alice)
    assert not consents.granted(alice, purpose="marketing", channel="email")
    later = ask("POST", address, key=cafe.till, body={**body, "at": "2999-01-01T00:00:00Z"})
    assert later.json["errors"][0]["pointer"] == "/body/at"


def test_a_member_cannot_say_yes_for_an_address_that_nobody_confirmed(cafe: world.Place) -> None:
    address, alice = "/customers/me/consents", Customer.objects.get(pk=cafe.alice)
    Identity.objects.create(
        business=cafe.business, kind="email", value="alice@example.org", customer=alice
    )
    body = {
        "purpose": "marketing",
        "channel": "email",
        "granted": True,
        "wording": "Yes",
        "source": "app",
    }
    told = ask("POST", address, key=cafe.member, body=body)
    assert (told.status, told.json["code"]) == (409, "unconfirmed")
    Identity.objects.filter(customer=alice, kind="email").update(confirmed_at=world.NOW)
    assert ask("POST", address, key=cafe.member, body=body).status == 201
    other = f"/customers/{cafe.bruno}/consents"
    assert ask("POST", other, key=cafe.member, body=body).status == 404
