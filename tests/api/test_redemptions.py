"""Rewards, payments with units, vouchers and corrections asked for by programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from habitue import ledger
from habitue.api.operations import vouchers
from habitue.members import cards, wishes
from habitue.members.models import Card
from tests.api import world
from tests.api.asking import Told, ask
from tests.ledger.conftest import rows, sound

pytestmark = pytest.mark.django_db

PAID = {"customer": "external:alice", "money": 100, "order": 1000, "currency": "EUR"}


def takes(place: world.Place, reward: str = "coffee", *, key: str = "", **more: Any) -> Told:
    body = {"customer": "external:alice", "reward": reward, **more}
    return ask("POST", "/redemptions", key=key or place.till, body=body)


def corrects(place: world.Place, amount: str, unit: str = "points", **more: Any) -> Told:
    body = {"customer": "external:alice", "unit": unit, "amount": amount, "reason": "by hand"}
    return ask("POST", "/adjustments", key=place.owner, body={**body, **more})


def uses(place: world.Place, code: str, *, key: str = "", **more: Any) -> Told:
    return ask("POST", "/vouchers/use", key=key or place.till, body={"code": code, **more})


def pointers(told: Told) -> list[str]:
    return [one["pointer"] for one in told.json["errors"]]


def points(place: world.Place) -> int:
    held = ledger.standing(place.business.pk, place.alice, now=datetime.now(UTC))
    assert held is not None
    return held.balances["points"]


# --- rewards -------------------------------------------------------------------------------------


def test_a_reward_is_taken_and_its_voucher_used_once(cafe: world.Place) -> None:
    told = takes(cafe)
    assert told.status == 201
    assert (told.json["reward"], told.json["unit"], told.json["cost"]) == ("coffee", "points", "10")
    assert told.json["balances"] == {"points": "20"}
    (voucher,) = told.json["vouchers"]
    assert (voucher["state"], voucher["reward"]) == ("issued", "coffee")
    used = uses(cafe, voucher["code"])
    assert (used.status, used.json["reward"]) == (201, "coffee")
    assert used.json["customer"] == str(cafe.alice)
    again = uses(cafe, voucher["code"])
    assert (again.status, again.json["code"]) == (409, "voucher_redeemed")
    sound(cafe.business)


def test_what_is_handed_over_at_once_leaves_a_used_voucher(cafe: world.Place) -> None:
    told = takes(cafe, at_once=True)
    assert told.json["vouchers"][0]["state"] == "redeemed"


def test_who_has_too_little_is_told_what_is_missing(cafe: world.Place) -> None:
    told = takes(cafe, "five")
    assert (told.status, told.json["code"]) == (409, "insufficient")
    assert told.json["values"]["missing"] == 70
    assert told.json["event"]
    nothing = takes(cafe, "yacht")
    assert (nothing.status, pointers(nothing)) == (422, ["/body/reward"])


def test_a_member_takes_rewards_for_nobody_else(cafe: world.Place) -> None:
    own = ask("POST", "/redemptions", key=cafe.member, body={"reward": "coffee"})
    assert (own.status, own.json["customer"]) == (201, str(cafe.alice))
    other = takes(cafe, customer="external:bruno", key=cafe.member)
    assert (other.status, pointers(other)) == (404, ["/body/customer"])
    handed = takes(cafe, at_once=True, key=cafe.member)
    assert (handed.status, pointers(handed)) == (422, ["/body/at_once"])
    back = takes(cafe, at=(datetime.now(UTC) - timedelta(days=1)).isoformat(), key=cafe.member)
    assert (back.status, pointers(back)) == (403, ["/body/at"])
    assert takes(cafe, key=cafe.read).status == 403


def test_a_repeated_redemption_gives_the_same_voucher(cafe: world.Place) -> None:
    first, again = (takes(cafe, source="till", reference="R-9") for _ in range(2))
    assert again.raw == first.raw
    assert again.headers["Idempotent-Replayed"] == "true"
    assert points(cafe) == 20


def test_a_screen_that_waits_for_a_reward_is_told(cafe: world.Place) -> None:
    now = datetime.now(UTC)
    card = Card.objects.get(customer=cafe.alice)
    wishes.make(card, at=now, reward="coffee")
    takes(cafe)
    wish = wishes.on(card)
    assert wish is not None
    assert wish.given_at is not None


# --- paying with units ---------------------------------------------------------------------------


def test_a_payment_takes_exactly_what_it_is_worth(cafe: world.Place) -> None:
    told = ask("POST", "/payments", key=cafe.till, body=PAID)
    assert told.status == 201
    assert (told.json["money"], told.json["unit"], told.json["units"]) == (100, "points", "20")
    assert told.json["balances"] == {"points": "10"}
    odd = ask("POST", "/payments", key=cafe.till, body={**PAID, "money": 49})
    assert (odd.json["units"], odd.json["money"]) == ("10", 49)
    sound(cafe.business)


def test_a_payment_that_cannot_be_is_refused(cafe: world.Place) -> None:
    much = ask("POST", "/payments", key=cafe.till, body={**PAID, "money": 501})
    assert (much.status, much.json["code"]) == (409, "share")
    for wrong, pointer in (
        ({"money": 1001}, "/body/money"),
        ({"money": 0}, "/body/money"),
        ({"currency": "USD"}, "/body/currency"),
        ({"order": 10**14}, "/body/order"),
    ):
        told = ask("POST", "/payments", key=cafe.till, body={**PAID, **wrong})
        assert (told.status, pointers(told)) == (422, [pointer])
    assert ask("POST", "/payments", key=cafe.member, body=PAID).status == 403


def test_a_partner_is_named_where_units_are_spent_at_its_till(cafe: world.Place) -> None:
    number = Card.objects.get(customer=cafe.alice).customer.member.number
    body = {**PAID, "customer": f"number:{number}"}
    told = ask("POST", "/payments", key=cafe.partner, body=body)
    ((partner,),) = rows(
        "SELECT what->>'partner' FROM ledger_event WHERE id = %s", int(told.json["id"])
    )
    assert partner == "airline"


# --- vouchers ------------------------------------------------------------------------------------


def test_a_code_is_shown_to_whom_it_concerns(cafe: world.Place, next_door: world.Place) -> None:
    told = ask("GET", f"/vouchers/{cafe.voucher}", key=cafe.till)
    assert (told.status, told.json["reward"], told.json["state"]) == (200, "coffee", "issued")
    assert told.json["customer"] == str(cafe.alice)
    assert ask("GET", f"/vouchers/{cafe.voucher}", key=cafe.member).status == 200
    assert ask("GET", f"/vouchers/{cafe.voucher}", key=next_door.owner).status == 404
    assert uses(next_door, cafe.voucher, key=next_door.owner).status == 404
    uses(cafe, cafe.voucher)
    assert ask("GET", f"/vouchers/{cafe.voucher}", key=cafe.owner).json["state"] == "redeemed"
    used = ask("GET", f"/vouchers/{cafe.voucher}", key=cafe.till)
    assert (used.status, used.json["code"]) == (409, "voucher_redeemed")
    guess = ask("GET", f"/vouchers/{cafe.voucher}", key=next_door.till)
    assert (guess.status, guess.raw) == (404, ask("GET", "/vouchers/A", key=cafe.till).raw)
    guess = uses(next_door, cafe.voucher)
    assert (guess.status, guess.raw) == (404, uses(next_door, "ABCDEFGH").raw)


def test_a_used_code_is_refused_with_its_moment_and_a_guess_learns_nothing(
    cafe: world.Place,
) -> None:
    first = uses(cafe, cafe.voucher, source="till", reference="V-1")
    again = uses(cafe, cafe.voucher, source="till", reference="V-1")
    assert (again.status, again.raw) == (201, first.raw)
    used = uses(cafe, cafe.voucher, source="till", reference="V-2")
    moment = used.json["values"]["at"]
    assert datetime.fromisoformat(moment) == datetime.fromisoformat(first.json["at"]).replace(
        microsecond=0
    )
    said = f"This voucher was used already, on {moment[:10]} at {moment[11:16]}."
    assert (used.status, used.json["code"], used.json["detail"]) == (409, "voucher_redeemed", said)
    shown = ask("GET", f"/vouchers/{cafe.voucher}", key=cafe.till)
    assert (shown.status, shown.json["detail"]) == (409, said)
    abroad = uses(cafe, cafe.voucher, key=cafe.partner)
    assert (abroad.status, abroad.json["detail"]) == (409, "This voucher was used already.")
    assert "at" not in abroad.json["values"]
    at_once = takes(cafe, at_once=True).json["vouchers"][0]["code"]
    assert "used already, on" in uses(cafe, at_once).json["detail"]
    never = uses(cafe, "ABCDEFGH", source="till", reference="V-3")
    assert never.status == 404
    ours = cafe.voucher
    assert uses(cafe, takes(cafe).json["vouchers"][0]["code"], customer="external:bruno").raw == (
        never.raw
    )
    assert ours != ""


def test_another_customers_token_learns_nothing_of_a_voucher(cafe: world.Place) -> None:
    mine = takes(cafe, customer="external:bruno")
    assert mine.status == 409
    given = corrects(cafe, "10", customer="external:bruno")
    assert given.status == 201
    code = takes(cafe, customer="external:bruno").json["vouchers"][0]["code"]
    assert ask("GET", f"/vouchers/{code}", key=cafe.member).status == 404


def test_who_tries_codes_is_sent_away(cafe: world.Place) -> None:
    for place in range(vouchers.MISSES):
        by_look = place % 2 == 0
        told = (
            ask("GET", f"/vouchers/GUESS{place}", key=cafe.till)
            if by_look
            else uses(cafe, f"GUESS{place}")
        )
        assert told.status == 404
    assert ask("GET", f"/vouchers/{cafe.voucher}", key=cafe.till).status == 429
    assert uses(cafe, cafe.voucher).status == 429
    assert uses(cafe, cafe.voucher, key=cafe.owner).status == 201


def test_a_code_that_was_used_or_has_lapsed_is_no_guess(cafe: world.Place) -> None:
    lapsed = takes(cafe).json["vouchers"][0]["code"]
    rows("UPDATE ledger_voucher SET expires_on = '2026-01-31' WHERE code = %s RETURNING 1", lapsed)
    uses(cafe, cafe.voucher)
    for _ in range(vouchers.MISSES // 2 + 1):
        assert ask("GET", f"/vouchers/{cafe.voucher}", key=cafe.till).status == 409
        assert uses(cafe, cafe.voucher).json["code"] == "voucher_redeemed"
    shown = ask("GET", f"/vouchers/{lapsed}", key=cafe.till)
    assert (shown.status, shown.json["values"]["expired_on"]) == (409, "2026-01-31")
    assert "2026-01-31" in shown.json["detail"]
    assert ask("GET", f"/vouchers/{lapsed}", key=cafe.owner).json["state"] == "expired"
    assert uses(cafe, "ABCDEFGH").status == 404  # and is not sent away


def test_misses_under_a_key_count_too(cafe: world.Place) -> None:
    for place in range(vouchers.MISSES):
        body = {"code": f"GUESS{place}"}
        ask("POST", "/vouchers/use", key=cafe.till, body=body, once=f"k-{place}")
    assert uses(cafe, cafe.voucher).status == 429


# --- corrections ---------------------------------------------------------------------------------


def test_a_correction_is_exact(cafe: world.Place) -> None:
    told = corrects(cafe, "2.5", "stars")
    assert (told.status, told.json["balances"]) == (201, {"stars": "2.5"})
    assert corrects(cafe, "-0.1", "stars").json["balances"] == {"stars": "2.4"}
    assert corrects(cafe, "-2.40", "stars").json["balances"] == {"stars": "0"}
    sound(cafe.business)


@pytest.mark.parametrize(
    ("amount", "unit", "more", "pointer"),
    [
        ("2.55", "stars", {}, "/body/amount"),
        ("2.5", "points", {}, "/body/amount"),
        ("0", "points", {}, "/body/amount"),
        ("1e3", "points", {}, "/body/amount"),
        ("9999999999999", "stars", {}, "/body/amount"),
        ("1", "gems", {}, "/body/unit"),
        ("1", "points", {"reason": "  "}, "/body/reason"),
        ("-1", "points", {"expires_on": "2030-01-01"}, "/body/expires_on"),
    ],
)
def test_a_correction_that_cannot_be_meant_says_where(
    cafe: world.Place, amount: str, unit: str, more: dict[str, Any], pointer: str
) -> None:
    told = corrects(cafe, amount, unit, **more)
    assert (told.status, pointers(told)) == (422, [pointer])


def test_what_the_program_refuses_is_no_malformed_request(cafe: world.Place) -> None:
    assert corrects(cafe, "-31").json["code"] == "insufficient"
    assert corrects(cafe, "1", "spend").json["code"] == "unknown_unit"
    assert ask("POST", "/adjustments", key=cafe.till, body={}).status == 403


def test_units_brought_along_keep_their_days(cafe: world.Place) -> None:
    until = (datetime.now(UTC) + timedelta(days=40)).date()
    corrects(cafe, "5", expires_on=until.isoformat())
    held = ledger.standing(cafe.business.pk, cafe.alice, now=datetime.now(UTC))
    assert held is not None
    assert (5, until) in [(lot.remaining, lot.expires_on) for lot in held.lots]


def test_a_printed_code_opens_nothing_unless_the_business_lets_it(cafe: world.Place) -> None:
    card = Card.objects.get(customer=cafe.alice)
    told = takes(cafe, customer=f"code:{cards.printed_code(card)}")
    assert (told.status, told.json["code"]) == (409, "code_printed")
    type(cafe.business).objects.update(printed_cards=True)
    assert takes(cafe, customer=f"code:{cards.printed_code(card)}").status == 201
