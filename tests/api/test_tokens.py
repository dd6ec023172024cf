"""Keys and tokens through the API: shown once, ended at once, counted."""

from datetime import UTC, datetime

import pytest

from habitue.api.models import KeptAnswer
from habitue.members import cards, staff, tokens
from habitue.members.models import ApiKey, Card, Staff
from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db


def test_a_key_is_shown_once_even_to_whoever_repeats(cafe: world.Place) -> None:
    body = {"name": "Web shop", "scope": "till"}
    made = ask("POST", "/keys", key=cafe.owner, body=body, once="k")
    text = made.json["text"]
    assert (made.status, text[:8]) == (201, "hk_till_")
    assert ask("GET", "/business", key=text).status == 200
    again = ask("POST", "/keys", key=cafe.owner, body=body, once="k")
    assert again.status == 201
    assert again.json == {"text": None, "key": made.json["key"]}
    assert ApiKey.objects.filter(name="Web shop").count() == 1
    assert text.encode() not in b"".join(bytes(one.body) for one in KeptAnswer.objects.all())
    assert text.encode() not in ask("GET", "/keys?over=true", key=cafe.owner).raw


def test_a_renewed_key_goes_on_for_its_overlap_and_a_revoked_one_is_over(
    cafe: world.Place,
) -> None:
    made = ask("POST", "/keys", key=cafe.owner, body={"name": "Shop", "scope": "read"}).json
    address = f"/keys/{made['key']['id']}"
    new = ask("POST", f"{address}/rotate", key=cafe.owner, body={"overlap_minutes": 60})
    assert (new.status, new.json["key"]["scope"]) == (201, "read")
    for text in (made["text"], new.json["text"]):
        assert ask("GET", "/business", key=text).status == 200
    again = ask("POST", f"{address}/rotate", key=cafe.owner, body={})
    assert (again.status, again.json["code"]) == (409, "over")
    assert ask("DELETE", address, key=cafe.owner).status == 204
    assert ask("GET", "/business", key=made["text"]).status == 401
    assert ask("DELETE", address, key=cafe.owner).status == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "x", "scope": "partner"}, "/body/partner"),
        ({"name": "x", "scope": "till", "partner": "airline"}, "/body/partner"),
        ({"name": "x", "scope": "partner", "partner": "nobody"}, "/body/partner"),
        ({"name": "x", "scope": "till", "expires_at": "2020-01-01T00:00:00Z"}, "/body/expires_at"),
        ({"name": "x", "scope": "god"}, "/body/scope"),
    ],
)
def test_a_key_that_cannot_be_meant_is_not_made(
    cafe: world.Place, body: dict[str, str], pointer: str
) -> None:
    told = ask("POST", "/keys", key=cafe.owner, body=body)
    assert (told.status, told.json["errors"][0]["pointer"]) == (422, pointer)


def test_only_owners_look_after_keys_and_only_after_their_own(
    cafe: world.Place, next_door: world.Place
) -> None:
    key = ApiKey.objects.get(business=cafe.business, scope="till")
    for text in (cafe.till, cafe.read, cafe.partner, cafe.member, cafe.cashier):
        assert ask("GET", "/keys", key=text).status == 403
        assert ask("DELETE", f"/keys/{key.pk}", key=text).status == 403
    assert ask("DELETE", f"/keys/{key.pk}", key=next_door.owner).status == 404
    assert ask("POST", f"/keys/{key.pk}/rotate", key=next_door.owner, body={}).status == 404
    theirs = ask("GET", "/keys", key=next_door.owner).json["items"]
    assert str(key.pk) not in {one["id"] for one in theirs}


def test_a_manager_who_signed_in_has_no_keys(cafe: world.Place) -> None:
    Staff.objects.filter(pk=cafe.diego.pk).update(role="manager")
    _, text = tokens.issue_staff(Staff.objects.get(pk=cafe.diego.pk), at=datetime.now(UTC))
    assert ask("GET", "/customers", key=text).status == 200
    assert ask("GET", "/keys", key=text).status == 403


def test_a_pin_opens_a_till_and_five_wrong_ones_lock_it_even_under_one_key(
    cafe: world.Place,
) -> None:
    body = {"staff": str(cafe.diego.pk), "pin": "1234"}
    told = ask("POST", "/staff-tokens", key=cafe.till, body=body)
    assert (told.status, told.json["scope"]) == (201, "till")
    assert ask("GET", f"/customers/{cafe.alice}", key=told.json["text"]).status == 200
    wrong = {**body, "pin": "9999"}
    found = [ask("POST", "/staff-tokens", key=cafe.till, body=wrong, once="k") for _ in range(5)]
    assert [one.status for one in found] == [403, 403, 403, 403, 429]
    assert ask("POST", "/staff-tokens", key=cafe.till, body=body).json["code"] == "locked"
    assert found[-1].headers["Retry-After"] == "900"


def test_a_pin_opens_its_own_till_only(cafe: world.Place, next_door: world.Place) -> None:
    body = {"staff": str(cafe.diego.pk), "pin": "1234"}
    assert ask("POST", "/staff-tokens", key=next_door.till, body=body).status == 403
    assert ask("POST", "/staff-tokens", key=cafe.partner, body=body).status == 403
    assert ask("POST", "/staff-tokens", key=cafe.read, body=body).status == 403
    pilot = staff.add_cashier(cafe.business, name="Pia", pin="5678", partner="airline")
    theirs = {"staff": str(pilot.pk), "pin": "5678"}
    assert ask("POST", "/staff-tokens", key=cafe.till, body=theirs).status == 403
    told = ask("POST", "/staff-tokens", key=cafe.partner, body=theirs)
    assert (told.status, told.json["scope"]) == (201, "partner")


def test_a_member_s_token_is_for_whom_the_owner_names_or_whose_card_a_till_sees(
    cafe: world.Place, next_door: world.Place
) -> None:
    told = ask("POST", "/member-tokens", key=cafe.owner, body={"customer": "external:bruno"})
    assert told.status == 201
    assert ask("GET", "/customers/me", key=told.json["text"]).json["id"] == str(cafe.bruno)
    by_name = ask("POST", "/member-tokens", key=cafe.till, body={"customer": "external:bruno"})
    assert (by_name.status, by_name.json["code"]) == (403, "scope")
    card = Card.objects.get(customer=cafe.alice)
    code = cards.code(card, at=datetime.now(UTC))
    shown = ask("POST", "/member-tokens", key=cafe.till, body={"customer": f"code:{code}"})
    assert ask("GET", "/customers/me", key=shown.json["text"]).json["id"] == str(cafe.alice)
    other = ask("POST", "/member-tokens", key=next_door.owner, body={"customer": str(cafe.bruno)})
    assert other.status == 404


def test_a_token_ends_when_it_says_so_and_a_key_does_not(cafe: world.Place) -> None:
    for text in (cafe.member, cafe.cashier):
        assert ask("DELETE", "/token", key=text).status == 204
        assert ask("GET", "/business", key=text).status == 401
    told = ask("DELETE", "/token", key=cafe.till)
    assert (told.status, told.json["code"]) == (409, "a_key")
