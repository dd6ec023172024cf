"""Events sent by programs: what they bring, exactly once, and who may send which."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.ledger import Fact
from habitue.members import bin as recycling
from habitue.members import businesses, customers, keys
from habitue.members.models import ApiKey, Customer
from tests.api import world
from tests.api.asking import Told, ask
from tests.ledger.conftest import rows, sound

pytestmark = pytest.mark.django_db


def bought(customer: str = "external:bruno", cents: int = 1250, **more: Any) -> dict[str, Any]:
    return {
        "kind": "purchase",
        "customer": customer,
        "currency": "EUR",
        "amount": cents,
        **more,
    }


def sent(place: world.Place, body: dict[str, Any], *, key: str = "", **more: Any) -> Told:
    return ask("POST", "/events", key=key or place.till, body=body, **more)


def batch(place: world.Place, *events: dict[str, Any], key: str = "") -> Told:
    return ask("POST", "/events/batch", key=key or place.till, body={"events": list(events)})


def pointers(told: Told) -> list[str]:
    return [one["pointer"] for one in told.json["errors"]]


def events_of(customer: int, kind: str = "purchase") -> int:
    found = rows("SELECT id FROM ledger_event WHERE customer_id = %s AND kind = %s", customer, kind)
    return len(found)


# --- what an event brings ------------------------------------------------------------------------


def test_a_purchase_says_what_it_brought_exactly(cafe: world.Place) -> None:
    told = sent(cafe, bought(cents=7055, reference="T-1"))
    assert told.status == 201
    said = told.json
    assert said["customer"] == str(cafe.bruno)
    assert (said["source"], said["reference"]) == (None, "T-1")
    amounts = {one["unit"]: (one["amount"], one["balance"]) for one in said["entries"]}
    assert amounts == {"points": ("70", "70"), "spend": ("70.55", "70.55")}
    assert said["balances"] == {"points": "70", "spend": "70.55"}
    assert "70.55 EUR at 1 per 1.00 gives 70" in said["entries"][0]["why"]
    assert (said["tier_before"], said["tier"]) == (None, None)
    sound(cafe.business)


def test_a_tier_that_is_reached_is_told_with_the_one_before(cafe: world.Place) -> None:
    told = sent(cafe, bought("external:alice", cents=6000))
    assert (told.json["tier_before"], told.json["tier"]) == ("basic", "gold")
    again = sent(cafe, bought("external:alice", cents=100))
    assert (again.json["tier_before"], again.json["tier"]) == (None, None)


def test_half_units_are_written_exactly(cafe: world.Place) -> None:
    told = sent(cafe, {"kind": "visit", "customer": "external:bruno", "quantity": 3})
    assert told.json["balances"] == {"stars": "1.5"}


@pytest.mark.parametrize(
    ("currency", "country", "cents", "worth"),
    [("JPY", "JP", 7055, "7055"), ("KWD", "KW", 7055, "7")],
)
def test_currencies_count_in_their_own_minor_units(
    db: None, currency: str, country: str, cents: int, worth: str
) -> None:
    shop = businesses.create(name="Far", kind="shop", country=country)
    assert shop.currency == currency
    text = (
        f"program: far\ntitle: Far\ncurrency: {currency}\ntimezone: {shop.timezone}\n"
        "enrolment: automatic\nunits:\n  points: {worth: 1}\n"
        "earn:\n  - {id: base, when: purchase, award: {points: 1, per: 1}}\n"
    )
    assert not ledger.publish(shop.pk, text).problems
    customers.find_or_create_many(shop, "external", ["bruno"])
    scope = ApiKey.Scope.TILL
    _, key = keys.make(shop, name="till", scope=scope, by=None, at=datetime.now(UTC))
    told = ask("POST", "/events", key=key, body={**bought(cents=cents), "currency": currency})
    assert told.json["balances"] == {"points": worth}
    wrong = ask("POST", "/events", key=key, body=bought(cents=cents))
    assert (wrong.status, pointers(wrong)) == (422, ["/body/currency"])


def test_goods_that_come_back_take_back_what_they_brought(cafe: world.Place) -> None:
    lines = [{"amount": 1000, "quantity": 2}, {"amount": 550}]
    body = bought(reference="T-2", source="till", lines=lines)
    del body["amount"]
    assert sent(cafe, body).json["balances"]["points"] == "15"
    back = {"kind": "refund", "of": "reference:till:T-2", "lines": [{"line": 0}]}
    told = sent(cafe, back)
    assert told.json["customer"] == str(cafe.bruno)
    assert told.json["given_back"] == 500
    assert told.json["balances"]["points"] == "10"
    whole = sent(cafe, {"kind": "refund", "of": told.json["id"]})
    assert whole.status == 409  # a refund is no purchase
    sound(cafe.business)


def test_what_paid_for_a_purchase_is_given_back_with_it(cafe: world.Place) -> None:
    paid = {"customer": "external:alice", "money": 100, "order": 1000, "currency": "EUR"}
    payment = ask("POST", "/payments", key=cafe.till, body={**paid, "reference": "P-1"})
    assert (payment.json["units"], payment.json["money"]) == ("20", 100)
    named = "reference:api:P-1"
    order = bought("external:alice", cents=1000, covered=100, spent=[named], reference="T-3")
    assert sent(cafe, order).status == 201
    assert sent(cafe, {"kind": "refund", "of": "reference:api:T-3"}).status == 201
    held = ledger.standing(cafe.business.pk, cafe.alice, now=datetime.now(UTC))
    assert held is not None
    assert held.balances == {"points": 30, "stars": 0, "spend": 4000}
    other = sent(cafe, bought(cents=1000, spent=[payment.json["id"]]))
    assert (other.status, pointers(other)) == (404, ["/body/spent/0"])
    sound(cafe.business)


# --- exactly once --------------------------------------------------------------------------------


def test_a_reference_is_answered_again_word_for_word_without_an_instant(cafe: world.Place) -> None:
    body = bought(source="till", reference="T-9")
    first = sent(cafe, body)
    named = {**body, "customer": str(cafe.bruno)}
    again = sent(cafe, named)
    assert (again.status, again.raw) == (201, first.raw)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert events_of(cafe.bruno) == 1


def test_a_reference_used_for_something_else_is_a_conflict(cafe: world.Place) -> None:
    sent(cafe, bought(source="till", reference="T-9"))
    for other in (bought(cents=1251), bought("external:alice"), {**bought(), "tender": "cash"}):
        told = sent(cafe, {**other, "source": "till", "reference": "T-9"})
        assert (told.status, told.json["code"]) == (409, "conflict")
    assert events_of(cafe.bruno) == 1


def test_a_key_is_answered_again_and_not_for_another_body(cafe: world.Place) -> None:
    first = sent(cafe, bought(), once="k-1")
    again = sent(cafe, bought(), once="k-1")
    assert (again.status, again.raw) == (201, first.raw)
    other = sent(cafe, bought(cents=1), once="k-1")
    assert (other.status, other.json["code"]) == (422, "key_reused")
    assert events_of(cafe.bruno) == 1


def test_a_refusal_is_recorded_and_answered_again(cafe: world.Place) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    body = bought(at=ahead, source="till", reference="T-9")
    first, again = sent(cafe, body), sent(cafe, body)
    assert (first.status, first.json["code"]) == (409, "in_the_future")
    assert again.raw == first.raw
    assert first.json["event"]


def test_a_purchase_costs_no_statement_of_its_own(cafe: world.Place, counted: list[str]) -> None:
    def statements(many: int) -> int:
        events = [bought(source="till", reference=f"{many}-{place}") for place in range(many)]
        before = len(counted)
        assert batch(cafe, *events).status == 200
        return len(counted) - before

    statements(2)
    assert statements(40) == statements(1)


# --- many in one request -------------------------------------------------------------------------


def test_each_event_of_a_batch_is_decided_on_its_own(cafe: world.Place) -> None:
    told = batch(
        cafe,
        bought(source="till", reference="T-1"),
        bought("external:nobody"),
        {"kind": "refund", "of": "reference:till:T-1", "amount": 9_999},
        {"kind": "refund", "of": "reference:till:T-1", "amount": 250},
        bought(source="till", reference="T-1"),
        bought(at=(datetime.now(UTC) + timedelta(days=2)).isoformat()),
    )
    assert told.status == 200
    results = told.json["results"]
    shown = [one["problem"]["code"] if one["problem"] else one["event"]["kind"] for one in results]
    assert shown == [
        "purchase",
        "not_found",
        results[2]["problem"]["code"],
        "refund",
        "purchase",
        "in_the_future",
    ]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/body/events/1/customer"
    assert results[2]["problem"]["status"] == 409
    assert results[4]["event"] == results[0]["event"]
    assert results[3]["event"]["balances"]["points"] == "10"
    sound(cafe.business)


def test_a_malformed_event_refuses_its_whole_request_and_names_every_place(
    cafe: world.Place,
) -> None:
    gift = {"kind": "transfer", "unit": "points", "amount": "1", "to": "external:alice"}
    told = batch(cafe, bought(), bought(covered=1251), {**bought(), "currency": "USD"}, gift)
    assert told.status == 422
    assert pointers(told) == [
        "/body/events/1/covered",
        "/body/events/2/currency",
        "/body/events/3/kind",
    ]
    assert events_of(cafe.bruno) == 0
    unread = batch(cafe, bought(), {**bought(), "amount": "12.50"})
    assert (unread.status, pointers(unread)) == (422, ["/body/events/1/amount"])


def test_a_batch_holds_a_thousand_events(cafe: world.Place) -> None:
    visit = {"kind": "visit", "customer": "external:bruno"}
    assert batch(cafe, *[visit] * 1001).status == 422
    told = batch(cafe, *[visit] * 1000)
    assert told.json["results"][-1]["event"]["balances"] == {"stars": "500"}


# --- who may send what ---------------------------------------------------------------------------


SENDERS: dict[str, set[str]] = {
    "purchase": {"owner", "till", "partner", "cashier"},
    "visit": {"owner", "till", "partner", "cashier"},
    "action": {"owner", "till", "partner", "cashier"},
    "benefit_use": {"owner", "till", "cashier"},
    "fee_failed": {"owner"},
    "fee_refunded": {"owner"},
    "cancellation": {"owner"},
    "transfer": {"owner", "member"},
}
FIELDS: dict[str, dict[str, Any]] = {
    "purchase": {"currency": "EUR", "amount": 100},
    "action": {"name": "review"},
    "benefit_use": {"benefit": "wifi"},
    "transfer": {"unit": "points", "amount": "1"},
}


@pytest.mark.parametrize("scope", ["owner", "till", "read", "partner", "member", "cashier"])
def test_a_scope_sends_only_its_own_kinds(cafe: world.Place, scope: str) -> None:
    number = f"number:{Customer.objects.get(pk=cafe.bruno).member.number}"
    may = set()
    for kind in SENDERS:
        body = {"kind": kind, "customer": number, **FIELDS.get(kind, {})}
        told = sent(
            cafe, {**body, "to": number} if kind == "transfer" else body, key=getattr(cafe, scope)
        )
        if told.status != 403:
            may.add(kind)
    assert may == {kind for kind, scopes in SENDERS.items() if scope in scopes}


def test_a_partner_sends_its_own_and_sees_nothing_else(cafe: world.Place) -> None:
    own = sent(cafe, bought(source="till", reference="T-1001"), key=cafe.partner)
    assert own.status == 201  # T-1001 is the shop's; the airline has a T-1001 of its own
    ((partner,),) = rows(
        "SELECT what->>'partner' FROM ledger_event WHERE id = %s", int(own.json["id"])
    )
    assert partner == "airline"
    foreign = sent(cafe, {**bought(), "partner": "bakery"}, key=cafe.partner)
    assert (foreign.status, pointers(foreign)) == (403, ["/body/partner"])
    for of in (str(cafe.purchase), "reference:till:T-1001"):
        back = sent(cafe, {"kind": "refund", "of": of, "amount": 1}, key=cafe.partner)
        assert back.status == (201 if of.startswith("reference") else 404)
        if back.status == 201:
            assert back.json["customer"] == str(cafe.bruno)
    mail = sent(cafe, bought("email:alice@example.org"), key=cafe.partner)
    assert (mail.status, pointers(mail)) == (403, ["/body/customer"])


def test_a_member_gives_only_what_is_theirs_and_now(cafe: world.Place) -> None:
    number = Customer.objects.get(pk=cafe.bruno).member.number
    gift = {"kind": "transfer", "unit": "points", "amount": "1", "to": f"number:{number}"}
    told = sent(cafe, {**gift, "customer": "external:bruno"}, key=cafe.member)
    assert (told.status, pointers(told)) == (404, ["/body/customer"])
    early = datetime.now(UTC) - timedelta(days=1)
    told = sent(cafe, {**gift, "at": early.isoformat()}, key=cafe.member)
    assert (told.status, pointers(told)) == (403, ["/body/at"])
    told = sent(cafe, {**gift, "to": "external:bruno"}, key=cafe.member)
    assert (told.status, pointers(told)) == (422, ["/body/to"])
    told = sent(cafe, gift, key=cafe.member)
    assert told.status == 409  # this program knows no gifts


def test_a_member_cannot_take_the_references_of_the_till(cafe: world.Place) -> None:
    ask(
        "POST",
        "/redemptions",
        key=cafe.member,
        body={"reward": "coffee", "source": "till", "reference": "T-77"},
    )
    assert sent(cafe, bought(source="till", reference="T-77")).status == 201


def test_another_business_knows_nothing_of_it(cafe: world.Place, next_door: world.Place) -> None:
    for of in (str(cafe.purchase), "reference:till:T-1001"):
        body = {"kind": "refund", "of": of, "amount": 1, "customer": str(cafe.alice)}
        told = sent(next_door, body)
        assert told.status == 404
    assert sent(next_door, bought(str(cafe.alice))).status == 404
    assert ask("POST", f"/events/{cafe.purchase}/undo", key=next_door.owner, body={}).status == 404


def test_whoever_lies_in_the_bin_is_not_there(cafe: world.Place) -> None:
    recycling.put(cafe.business, [cafe.bruno], at=datetime.now(UTC))
    told = sent(cafe, bought())
    assert (told.status, pointers(told)) == (404, ["/body/customer"])


def test_events_of_one_who_went_over_go_on_at_the_survivor(cafe: world.Place) -> None:
    now = datetime.now(UTC)
    merge = Fact(customer=cafe.alice, at=now, what=facts.Merge(into=cafe.bruno))
    assert not ledger.post(cafe.business.pk, [merge], now=now)[0].refused
    assert sent(cafe, bought("external:alice")).json["customer"] == str(cafe.bruno)
    back = sent(cafe, {"kind": "refund", "of": "reference:till:T-1001", "amount": 1000})
    assert back.status == 201
    sound(cafe.business)


# --- what cannot be meant ------------------------------------------------------------------------


MEANT_BY_NOBODY: list[tuple[dict[str, Any], str]] = [
    ({"kind": "purchase", "currency": "EUR", "amount": 1}, "/body/customer"),
    (bought(amount=None), "/body/amount"),
    (bought(lines=[{"amount": 1}]), "/body/lines"),
    (bought(cents=10**13 + 1), "/body/amount"),
    (bought(cents=-1), "/body/amount"),
    (bought(covered=1251), "/body/covered"),
    (bought(source="till"), "/body/reference"),
    (bought(source="a b", reference="1"), "/body/source"),
    (bought(at="1812-06-24T00:00:00Z"), "/body/at"),
    (bought(at="2026-03-02T12:00:00"), "/body/at"),
    (bought(attributes={"miles": 10**14}), "/body/attributes/..."),
    (bought(spent=["reference:till"]), "/body/spent/0"),
    ({"kind": "refund", "of": "reference:till:T-1001", "amount": 0}, "/body/amount"),
    (
        {"kind": "refund", "of": "reference:till:T-1001", "amount": 1, "lines": [{"line": 0}]},
        "/body/amount",
    ),
    ({"kind": "action", "customer": "external:bruno", "name": "purchase"}, "/body/name"),
    ({"kind": "wedding", "customer": "external:bruno"}, "/body/kind"),
]


def test_what_cannot_be_meant_says_where(cafe: world.Place) -> None:
    for body, pointer in MEANT_BY_NOBODY:
        told = sent(cafe, body)
        assert (told.status, pointers(told)) == (422, [pointer]), body
    assert events_of(cafe.bruno) == 0


def test_a_text_too_long_to_keep_is_refused(cafe: world.Place) -> None:
    lines = [{"amount": 1, "sku": "x" * 200, "category": "y" * 200}] * 200
    body = {"kind": "purchase", "customer": "external:bruno", "currency": "EUR", "lines": lines}
    told = sent(cafe, body)
    assert (told.status, told.json["code"]) == (422, "malformed")


# --- undoing -------------------------------------------------------------------------------------


def test_an_event_is_undone_and_its_units_come_back(cafe: world.Place) -> None:
    told = ask("POST", "/events/reference:till:R-1/undo", key=cafe.till, body={})
    assert told.status == 201
    assert told.json["balances"] == {"points": "40"}
    again = ask("POST", "/events/reference:till:R-1/undo", key=cafe.till, body={})
    assert again.status == 409
    sound(cafe.business)


def test_undoing_is_repeatable_by_reference(cafe: world.Place) -> None:
    body = {"source": "till", "reference": "U-1"}
    first, again = (
        ask("POST", f"/events/{cafe.purchase}/undo", key=cafe.owner, body=body) for _ in range(2)
    )
    assert first.status == 201
    assert again.raw == first.raw
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_till_undoes_no_correction_and_a_partner_nothing_of_others(cafe: world.Place) -> None:
    gift = {"customer": "external:alice", "unit": "points", "amount": "5", "reason": "sorry"}
    made = ask("POST", "/adjustments", key=cafe.owner, body=gift).json["id"]
    assert ask("POST", f"/events/{made}/undo", key=cafe.till, body={}).status == 403
    assert ask("POST", f"/events/{made}/undo", key=cafe.owner, body={}).status == 409
    assert ask("POST", f"/events/{cafe.purchase}/undo", key=cafe.partner, body={}).status == 404
    own = sent(cafe, bought(), key=cafe.partner).json["id"]
    assert ask("POST", f"/events/{own}/undo", key=cafe.partner, body={}).status == 201
