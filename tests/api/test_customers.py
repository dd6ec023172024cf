"""Customers through the API: found, made, changed, told to be one, hidden, erased."""

import pytest

from habitue.api.models import KeptAnswer
from habitue.members import customers, erasing
from habitue.members.models import Customer, Identity, JournalLine
from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db

EVA = {
    "identities": [
        {"kind": "external", "value": "shop-1"},
        {"kind": "email", "value": "Eva.Rossi@Example.org"},
        {"kind": "phone", "value": "06 12 34 56 78"},
    ],
    "name": "Eva Rossi",
    "birthday": {"month": 2, "day": 29},
    "note": "Oat milk",
}


def eva(place: world.Place) -> str:
    told = ask("POST", "/customers", key=place.owner, body=EVA)
    assert told.status == 201, told.raw
    return str(told.json["id"])


def test_a_customer_is_made_once_and_found_by_every_name(cafe: world.Place) -> None:
    first = ask("POST", "/customers", key=cafe.owner, body=EVA, once="a")
    again = ask("POST", "/customers", key=cafe.owner, body=EVA, once="a")
    assert (first.status, again.raw) == (201, first.raw)
    for name in ("external:shop-1", "email:eva.rossi@example.org", "phone:+33612345678"):
        assert ask("GET", f"/customers/{name}", key=cafe.read).json == first.json
    assert first.json["birthday"] == {"month": 2, "day": 29, "year": None}
    assert first.json["number"] is None


def test_joining_gives_a_number_and_a_card_and_is_done_once(cafe: world.Place) -> None:
    body = {**EVA, "enrolment": {"place": "Web"}}
    made = ask("POST", "/customers", key=cafe.till, body=body).json
    assert len(made["number"]) == 8
    one = Customer.objects.get(pk=int(made["id"]))
    assert one.cards.count() == 1
    told = ask("POST", f"/customers/{one.pk}/enrolment", key=cafe.till, body={})
    assert (told.json["number"], told.json["earned"]) == (made["number"], [])
    assert one.cards.count() == 1


def test_an_identity_of_another_is_a_conflict_that_does_not_tell_whose(cafe: world.Place) -> None:
    known = eva(cafe)
    before = Customer.objects.count()
    taken = {"identities": [{"kind": "email", "value": "eva.rossi@example.org"}]}
    for address, body in (
        ("/customers", {**taken, "name": "Somebody"}),
        ("/customers/external:alice/identities", taken["identities"][0]),
    ):
        told = ask("POST", address, key=cafe.till, body=body)
        assert (told.status, told.json["code"]) == (409, "identity_taken")
        assert known.encode() not in told.raw
        assert b"Eva" not in told.raw
    assert Customer.objects.count() == before


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"identities": [{"kind": "email", "value": "nowhere"}]}, "/body/identities/0/value"),
        ({"birthday": {"month": 2, "day": 30}}, "/body/birthday"),
        ({"birthday": {"month": 2, "day": 29, "year": 2023}}, "/body/birthday"),
        ({"name": "a\u0007b"}, "/body/name"),
        ({"nickname": "Eva"}, "/body"),
        ({"enrolment": {"invited_by": "nobody"}}, "/body/enrolment/invited_by"),
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_stands(
    cafe: world.Place, body: dict[str, object], pointer: str
) -> None:
    before = Customer.objects.count()
    told = ask("POST", "/customers", key=cafe.owner, body=body)
    assert (told.status, told.json["errors"][0]["pointer"]) == (422, pointer)
    assert Customer.objects.count() == before


def test_a_till_sees_who_it_is_and_not_how_to_reach_them(cafe: world.Place) -> None:
    key = eva(cafe)
    told = ask("GET", f"/customers/{key}", key=cafe.till)
    assert told.json["name"] == "Eva Rossi"
    values = {one["kind"]: one["value"] for one in told.json["identities"]}
    assert values == {"external": "shop-1", "email": "e•••@example.org", "phone": "•••78"}
    assert not {"note", "birthday", "paused_until", "less_often"} & told.json.keys()
    assert b"rossi@" not in told.raw.lower()
    listed = ask("GET", f"/customers/{key}/identities", key=cafe.till)
    assert b"rossi@" not in listed.raw.lower()


def test_a_partner_sees_a_number_and_a_tier_of_whose_card_they_hold(cafe: world.Place) -> None:
    number = ask("GET", f"/customers/{cafe.alice}", key=cafe.read).json["number"]
    for name in (f"number:{number}", str(cafe.alice)):
        told = ask("GET", f"/customers/{name}", key=cafe.partner)
        assert told.json == {"id": str(cafe.alice), "number": number, "tier": "basic"}
    customers.add_identity(Customer.objects.get(pk=cafe.alice), "email", "alice@example.org")
    for name in ("email:alice@example.org", "external:alice"):
        assert ask("GET", f"/customers/{name}", key=cafe.partner).status == 404
    assert ask("GET", "/customers", key=cafe.partner).status == 403
    assert ask("GET", f"/customers/{cafe.alice}/identities", key=cafe.partner).status == 403


def test_a_member_sees_themselves_and_nobody_else(cafe: world.Place) -> None:
    told = ask("GET", "/customers/me", key=cafe.member)
    assert (told.status, told.json["id"]) == (200, str(cafe.alice))
    assert "note" not in told.json
    assert ask("GET", f"/customers/{cafe.alice}", key=cafe.member).json == told.json
    for other in (str(cafe.bruno), "external:bruno", "1"):
        assert ask("GET", f"/customers/{other}", key=cafe.member).status == 404
    assert ask("GET", "/customers/me", key=cafe.owner).status == 404


def test_nobody_sees_another_business_s_customers(
    cafe: world.Place, next_door: world.Place
) -> None:
    for method, address, body in (
        ("GET", f"/customers/{cafe.alice}", None),
        ("PATCH", f"/customers/{cafe.alice}", {"name": "Mallory"}),
        ("DELETE", f"/customers/{cafe.alice}", None),
        ("POST", f"/customers/{cafe.alice}/erase", None),
        ("POST", f"/customers/{cafe.alice}/restore", None),
        ("POST", f"/customers/{cafe.alice}/merge", {"into": str(next_door.alice)}),
        ("POST", f"/customers/{next_door.alice}/merge", {"into": str(cafe.alice)}),
        ("POST", f"/customers/{cafe.alice}/enrolment", {}),
    ):
        assert ask(method, address, key=next_door.owner, body=body).status == 404, address
    listed = ask("GET", "/customers", key=next_door.owner).json["items"]
    assert str(cafe.alice) not in {one["id"] for one in listed}


def test_a_change_needs_what_was_read_and_stands_in_the_journal(cafe: world.Place) -> None:
    key = eva(cafe)
    read = ask("GET", f"/customers/{key}", key=cafe.owner)
    held = {"If-Match": read.headers["ETag"]}
    body = {"name": "Eva Bianchi", "birthday": None, "paused_until": "2027-01-01"}
    told = ask("PATCH", f"/customers/{key}", key=cafe.owner, body=body, headers=held)
    assert told.status == 200
    assert (told.json["name"], told.json["birthday"]) == ("Eva Bianchi", None)
    assert told.json["note"] == "Oat milk"
    again = ask("PATCH", f"/customers/{key}", key=cafe.owner, body=body, headers=held)
    assert (again.status, again.json["code"]) == (412, "changed")
    (line,) = JournalLine.objects.filter(customer=int(key), kind="contact")
    assert line.what == {"changed": "name, birthday, pauses", "through": "owner"}


def test_customers_are_listed_page_by_page_and_filtered(cafe: world.Place) -> None:
    key = eva(cafe)
    first = ask("GET", "/customers?limit=3", key=cafe.read).json
    assert first["items"][0]["id"] == key
    rest = ask("GET", f"/customers?limit=3&cursor={first['next']}", key=cafe.read).json
    found = [one["id"] for one in first["items"] + rest["items"]]
    assert (len(found), len(set(found)), rest["next"]) == (4, 4, None)
    members = ask("GET", "/customers?member=true", key=cafe.read).json["items"]
    assert {one["name"] for one in members} == {"Alice", "Bruno"}
    one = ask("GET", "/customers?identity=email:eva.rossi@example.org", key=cafe.read).json
    assert [each["id"] for each in one["items"]] == [key]
    later = "/customers?created_since=2999-01-01T00:00:00Z"
    assert ask("GET", later, key=cafe.read).json["items"] == []
    sooner = "/customers?created_since=1999-01-01T00:00:00Z"
    assert len(ask("GET", sooner, key=cafe.read).json["items"]) == 4


def test_two_become_one_and_either_s_names_find_them(cafe: world.Place) -> None:
    key = eva(cafe)
    body = {"into": "external:alice"}
    told = ask("POST", f"/customers/{key}/merge", key=cafe.owner, body=body)
    assert (told.status, told.json["code"]) == (409, "not_a_member")
    assert ask("POST", f"/customers/{key}/enrolment", key=cafe.owner, body={}).status == 200
    told = ask("POST", f"/customers/{key}/merge", key=cafe.owner, body={"into": "external:alice"})
    assert told.status == 200, told.raw
    assert told.json["id"] == str(cafe.alice)
    assert {one["value"] for one in told.json["identities"]} >= {"shop-1", "alice"}
    assert ask("GET", "/customers/external:shop-1", key=cafe.owner).json == told.json
    again = ask("POST", f"/customers/{key}/merge", key=cafe.owner, body={"into": "external:alice"})
    assert (again.status, again.json["code"]) == (409, "same")


def test_the_bin_hides_until_it_is_restored(cafe: world.Place) -> None:
    key = eva(cafe)
    assert ask("DELETE", f"/customers/{key}", key=cafe.owner).status == 204
    for method, address in (("GET", f"/customers/{key}"), ("DELETE", f"/customers/{key}")):
        assert ask(method, address, key=cafe.owner).status == 404
    told = ask("POST", f"/customers/{key}/restore", key=cafe.owner)
    assert (told.status, told.json["id"]) == (200, key)


def test_whoever_is_erased_is_in_no_answer_that_was_kept(cafe: world.Place) -> None:
    made = ask("POST", "/customers", key=cafe.owner, body=EVA, once="eva.rossi@example.org")
    other = ask("POST", "/customers", key=cafe.owner, body={"name": "Bruno"}, once="other")
    told = ask("POST", f"/customers/{made.json['id']}/erase", key=cafe.owner, once="e")
    assert told.status == 204
    assert ask("GET", "/customers/external:shop-1", key=cafe.owner).status == 404
    kept = b"".join(bytes(one.body) + one.key.encode() for one in KeptAnswer.objects.all()).lower()
    assert b"rossi" not in kept
    again = ask("POST", "/customers", key=cafe.owner, body={"name": "Bruno"}, once="other")
    assert again.raw == other.raw
    assert not Identity.objects.filter(value="shop-1").exists()


def test_an_answer_about_somebody_erased_is_not_given_again_nor_done_again(
    cafe: world.Place,
) -> None:
    made = ask("POST", "/customers", key=cafe.owner, body=EVA, once="a")
    erasing.erase(Customer.objects.get(pk=int(made.json["id"])), at=world.NOW)
    before = Customer.objects.count()
    again = ask("POST", "/customers", key=cafe.owner, body=EVA, once="a")
    assert (again.status, again.json["code"]) == (409, "erased")
    assert Customer.objects.count() == before


def test_tills_and_members_cannot_do_an_owner_s_work(cafe: world.Place) -> None:
    for key in (cafe.till, cafe.cashier, cafe.read, cafe.member, cafe.partner):
        for method, address, body in (
            ("PATCH", f"/customers/{cafe.alice}", {"name": "Mallory"}),
            ("DELETE", f"/customers/{cafe.alice}", None),
            ("POST", f"/customers/{cafe.alice}/merge", {"into": str(cafe.bruno)}),
        ):
            assert ask(method, address, key=key, body=body).status == 403
        if key != cafe.member:  # who may, as on the card
            told = ask("POST", f"/customers/{cafe.alice}/erase", key=key)
            assert told.status == 403


def test_a_person_takes_along_everything_that_is_kept(
    cafe: world.Place, next_door: world.Place
) -> None:
    Customer.objects.filter(pk=cafe.alice).update(note="Oat milk")
    told = ask("GET", "/customers/me/export", key=cafe.member)
    assert told.status == 200
    held = told.json
    assert held["person"][0]["note"] == "Oat milk"
    assert {one["value"] for one in held["contacts"]} >= {"alice"}
    assert held["balances"][0]["usable"] == "30"
    assert held["tier"] == [{"level": "basic", "expires_on": None}]
    bought = next(one for one in held["events"] if one["kind"] == "purchase")
    assert bought["amount"] == "40.00"
    assert len(bought["changed"]) == 2
    assert JournalLine.objects.filter(customer=cafe.alice, kind="download").count() == 1
    assert ask("GET", f"/customers/{cafe.alice}/export", key=cafe.read).status == 403
    assert ask("GET", f"/customers/{cafe.alice}/export", key=next_door.owner).status == 404
    assert ask("GET", f"/customers/{cafe.bruno}/export", key=cafe.member).status == 404


@pytest.mark.parametrize(
    "text", ["eva", "%20ROSS%20", "eva.rossi@example.org", "06%2012%2034%2056%2078", "shop-"]
)
def test_somebody_is_searched_for_and_shown_as_each_may_see_them(
    cafe: world.Place, next_door: world.Place, text: str
) -> None:
    known = eva(cafe)
    for key in (cafe.owner, cafe.read, cafe.till):
        told = ask("GET", f"/customers?search={text}", key=key).json
        assert [one["id"] for one in told["items"]] == [known]
        assert told["next"] is None
        mail = {one["kind"]: one["value"] for one in told["items"][0]["identities"]}["email"]
        assert mail == ("e•••@example.org" if key == cafe.till else "eva.rossi@example.org")
        assert ("note" in told["items"][0]) == (key != cafe.till)
    assert ask("GET", f"/customers?search={text}", key=next_door.owner).json["items"] == []
    for key in (cafe.partner, cafe.member):
        assert ask("GET", f"/customers?search={text}", key=key).status == 403


def test_a_till_pieces_no_hidden_address_together_and_lists_nobody(cafe: world.Place) -> None:
    known = eva(cafe)
    for part in ("rossi@", "eva.r", "3456", "12 34"):
        address = f"/customers?search={part}"
        assert [one["id"] for one in ask("GET", address, key=cafe.owner).json["items"]] == [known]
        assert ask("GET", address, key=cafe.till).json["items"] == []
    told = ask("GET", "/customers", key=cafe.till)
    assert (told.status, told.json["code"]) == (403, "scope")
    assert ask("GET", "/customers?identity=external:shop-1", key=cafe.till).json["items"]


def test_a_search_goes_on_page_by_page(cafe: world.Place) -> None:
    for number in range(5):
        known = customers.find_or_create_many(cafe.business, "external", [f"row-{number}"])
        Customer.objects.filter(pk__in=known.values()).update(name=f"Zoe {number}")
    seen, address = [], "/customers?search=zoe&limit=2"
    for _ in range(3):
        page = ask("GET", address, key=cafe.till).json
        seen += [one["name"] for one in page["items"]]
        address = f"/customers?search=zoe&limit=2&cursor={page['next']}"
    assert seen == [f"Zoe {number}" for number in (4, 3, 2, 1, 0)]
    assert page["next"] is None


@pytest.mark.parametrize("query", ["search=a", "search=%20%20a", "search=alice&identity=email:a"])
def test_what_cannot_be_searched_for_is_refused(cafe: world.Place, query: str) -> None:
    told = ask("GET", f"/customers?{query}", key=cafe.owner)
    assert (told.status, told.json["errors"][0]["pointer"]) == (422, "/query/search")


def test_a_member_leaves_by_their_own_token_and_comes_back_as_somebody_new(
    cafe: world.Place,
) -> None:
    mail = {"kind": "email", "value": "alice@example.org"}
    made = ask("POST", "/customers/external:alice/identities", key=cafe.owner, body=mail)
    assert made.status == 201
    body = {"kind": "visit", "customer": "external:bruno"}
    assert ask("POST", "/events", key=cafe.till, body=body).status == 201
    before = ask("GET", "/customers/me", key=cafe.member).json
    other = ask("POST", "/customers/external:bruno/erase", key=cafe.member)
    assert (other.status, other.json["code"]) == (404, "not_found"), "nobody but oneself"
    assert ask("POST", "/customers/me/erase", key=cafe.member).status == 204
    assert ask("GET", "/customers/me", key=cafe.member).status == 401
    for name in ("external:alice", "email:alice@example.org", before["id"]):
        assert ask("GET", f"/customers/{name}", key=cafe.owner).status == 404
    (line,) = JournalLine.objects.filter(kind="erase")
    assert (line.customer_id, line.staff_id) == (cafe.alice, None)
    again = {"identities": [mail], "name": "Alice", "enrolment": {}}
    back = ask("POST", "/customers", key=cafe.till, body=again)
    assert back.status == 201
    assert back.json["number"] not in (None, before["number"])
    units = ask("GET", f"/customers/{back.json['id']}/balances", key=cafe.till).json["units"]
    assert {one["usable"] for one in units} == {"0"}
    assert ask("GET", "/customers/external:bruno", key=cafe.owner).status == 200


def test_who_is_taken_out_of_the_bin_comes_back_with_all_they_hold(cafe: world.Place) -> None:
    address = f"/customers/{cafe.alice}"
    before = ask("GET", f"{address}/balances", key=cafe.owner).json["units"]
    assert ask("DELETE", address, key=cafe.owner).status == 204
    assert ask("GET", address, key=cafe.till).status == 404
    assert ask("POST", f"{address}/restore", key=cafe.owner).status == 200
    assert ask("GET", f"{address}/balances", key=cafe.owner).json["units"] == before
