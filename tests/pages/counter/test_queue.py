"""What phones did without a network: counted once, judged as of its moment, told why not."""

import hashlib
import hmac
import json
import threading
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from habitue import ledger
from habitue.ledger import joining
from habitue.members import businesses, cards, customers, devices, erasing, staff
from habitue.members.models import (
    Business,
    Card,
    CodeRefusal,
    Customer,
    Device,
    JournalLine,
    OfflineScan,
    Staff,
)
from tests.pages.conftest import make_member, make_shop

pytestmark = pytest.mark.django_db
Body = dict[str, Any]


class Phone:
    """A browser at the counter that keeps what it does, as the page's script would."""

    def __init__(self, shop: Business, who: Staff, pin: str = "4711") -> None:
        self.client, self.key = Client(), shop.counter_key
        self.client.post(f"/s/{self.key}/in", {"staff": who.pk, "pin": pin})
        self.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        told = self.client.post(f"/s/{self.key}/device", {"known": ""}).json()
        self.device, self.secret = told["device"], told["secret"]
        self.number, self.last = 0, ""

    def keep(self, code: str, *, at: datetime | int | None = None, **given: Any) -> Body:
        """The next action, signed; `at` is a moment, or what the phone's clock says."""
        at = at or timezone.now()
        self.number += 1
        body = {
            "number": self.number,
            "reference": str(uuid.uuid4()),
            "code": code,
            "kind": "visit",
            "size": 1,
            "at": at if isinstance(at, int) else int(at.timestamp() * 1000),
            "skew": 0,
            "before": self.last,
        } | given
        body["signature"] = self.last = self.sign(body)
        return body

    def sign(self, body: Body) -> str:
        names = ("number", "reference", "code", "kind", "size", "at", "skew", "before")
        text = "\n".join([self.device, *(str(body[name]) for name in names)])
        mac = hmac.new(bytes.fromhex(self.secret), text.encode(), hashlib.sha256)
        return mac.hexdigest()

    def send(self, *actions: Any, device: str = "") -> list[Body]:
        answer = self.raw(json.dumps({"device": device or self.device, "actions": actions}))
        assert answer.status_code == 200, answer.content
        answers: list[Body] = answer.json()["answers"]
        return answers

    def raw(self, text: str | bytes) -> Any:
        where = f"/s/{self.key}/queue"
        return self.client.post(where, text, content_type="application/json")


@pytest.fixture
def phone(cafe: Business, diego: Staff) -> Phone:
    return Phone(cafe, diego)


@pytest.fixture
def alice(cafe: Business) -> Customer:
    """Alice, who has had her card for ten days."""
    return make_regular(cafe, "Alice Martin")


def make_regular(shop: Business, name: str) -> Customer:
    address = f"{name.split()[0].lower()}@example.org"
    key = customers.find_or_create_many(shop, "email", [address])[address]
    Customer.objects.filter(pk=key).update(name=name)
    customer = Customer.objects.get(pk=key)
    joining.welcome(customer, at=timezone.now() - timedelta(days=10))
    return customer


@pytest.fixture
def number(alice: Customer) -> str:
    return str(alice.member.number)


def stamps(customer: Customer) -> int:
    standing = ledger.standing(customer.business_id, customer.pk, now=timezone.now())
    assert standing is not None
    return standing.balances["stamps"]


def refused(*answers: Body) -> list[str]:
    return [answer["refused"] for answer in answers]


def test_what_was_kept_counts_when_it_happened(phone: Phone, alice: Customer, number: str) -> None:
    then = timezone.now() - timedelta(days=3)
    (answer,) = phone.send(phone.keep(number, at=then, size=3))
    assert (answer["refused"], answer["who"], stamps(alice)) == ("", "Alice Martin", 5)
    (entry,) = ledger.entries(alice.business_id, alice.pk, limit=1)
    assert entry.at is not None
    assert abs(entry.at - then) < timedelta(seconds=1)
    assert ledger.verify(alice.business_id) == []
    assert ledger.replay(alice.business_id) == []


def test_what_comes_again_gets_the_same_answer_and_counts_once(
    phone: Phone, alice: Customer, number: str
) -> None:
    kept = [phone.keep(number), phone.keep("NOBODY00")]
    first = phone.send(*kept)
    assert [phone.send(*kept) for _ in range(3)] == [first] * 3
    assert refused(*first) == ["", "unknown"]
    assert first[1]["why"] == "This is not a card of this shop."
    assert (stamps(alice), OfflineScan.objects.count()) == (3, 2)


def test_what_was_edited_is_refused_and_the_honest_ones_after_it_count(
    phone: Phone, alice: Customer, number: str
) -> None:
    first, second, third = (phone.keep(number) for _ in range(3))
    answers = phone.send(first, {**second, "size": 9}, third)
    assert refused(*answers) == ["", "signature", ""]
    assert stamps(alice) == 4
    assert refused(*phone.send({**first, "size": 2})) == ["signature"]
    assert refused(*phone.send(second)) == [""]  # as it really was, it still counts
    assert stamps(alice) == 5


def test_another_content_under_an_answered_number_is_refused(
    phone: Phone, alice: Customer, number: str
) -> None:
    phone.send(phone.keep(number))
    phone.number, phone.last = 0, ""
    assert refused(*phone.send(phone.keep(number, size=5))) == ["signature"]
    assert stamps(alice) == 3


def test_what_does_not_follow_is_refused_and_told_in_the_journal(
    phone: Phone, alice: Customer, number: str
) -> None:
    phone.send(phone.keep(number))
    honest, phone.last = phone.last, "0" * 64
    assert refused(*phone.send(phone.keep(number))) == ["chain"]
    assert refused(*phone.send(phone.keep(number))) == [""]
    assert honest != phone.last
    assert stamps(alice) == 4
    assert JournalLine.objects.filter(kind="device", what__done="chain").count() == 1


def test_out_of_order_all_of_it_counts(phone: Phone, alice: Customer, number: str) -> None:
    kept = [phone.keep(number) for _ in range(4)]
    assert refused(*phone.send(*reversed(kept))) == [""] * 4
    assert stamps(alice) == 6


def test_a_code_is_good_as_of_its_moment_and_once_on_all_phones(
    phone: Phone, cafe: Business, card: Card
) -> None:
    then = timezone.now() - timedelta(days=2)
    code = cards.code(card, at=then)
    second = Phone(cafe, staff.add_cashier(cafe, name="Emma", pin="4712"), "4712")
    one, two = phone.keep(code, at=then), second.keep(code, at=then + timedelta(seconds=20))
    assert refused(*phone.send(one)) == [""]
    (answer,) = second.send(two)
    assert answer["refused"] == "used"
    assert "another phone" in answer["why"]
    stale = phone.keep(cards.code(card, at=then - timedelta(minutes=5)), at=then)
    assert refused(*phone.send(stale)) == ["stale"]
    assert sorted(CodeRefusal.objects.values_list("reason", flat=True)) == ["stale", "used"]
    assert stamps(card.customer) == 3


def test_a_clock_that_is_wrong_is_set_right_by_what_the_server_said(
    phone: Phone, card: Card
) -> None:
    now, ahead = timezone.now(), timedelta(hours=5)
    code = cards.code(card, at=now)
    kept = phone.keep(code, at=now + ahead, skew=-int(ahead.total_seconds() * 1000))
    assert refused(*phone.send(kept)) == [""]


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        (timedelta(seconds=90), "early"),
        (timedelta(days=400_000), "early"),
        (timedelta(days=-8), "late"),
        (timedelta(days=-6, hours=-23), ""),
        (timedelta(seconds=30), ""),
    ],
)
def test_neither_the_future_nor_what_is_over_a_week_old(
    phone: Phone, number: str, shift: timedelta, said: str
) -> None:
    at = int((timezone.now().timestamp() + shift.total_seconds()) * 1000)
    assert refused(*phone.send(phone.keep(number, at=at))) == [said]


def test_a_revoked_phone_is_out_and_what_it_kept_is_refused(
    phone: Phone, cafe: Business, diego: Staff, alice: Customer, number: str
) -> None:
    kept = phone.keep(number)
    devices.revoke(Device.objects.get(pk=int(phone.device)), by=None, at=timezone.now())
    assert phone.client.get(f"/s/{cafe.counter_key}").headers["Location"].endswith("/in")
    assert phone.raw(json.dumps({"device": phone.device, "actions": [kept]})).status_code == 302
    other = Phone(cafe, diego)
    assert refused(*other.send(kept, device=phone.device)) == ["device"]
    assert stamps(alice) == 2


def test_whoever_sends_it_an_action_is_of_the_phone_and_person_that_kept_it(
    phone: Phone, cafe: Business, alice: Customer, number: str
) -> None:
    emma = staff.add_cashier(cafe, name="Emma", pin="4712")
    kept = phone.keep(number)
    phone.client.post(f"/s/{cafe.counter_key}/in", {"staff": emma.pk, "pin": "4712"})
    second = phone.client.post(f"/s/{cafe.counter_key}/device", {"known": phone.device}).json()
    assert second["device"] != phone.device
    assert refused(*phone.send(kept, device=second["device"])) == ["signature"]
    assert refused(*phone.send(kept)) == [""]
    scan = OfflineScan.objects.get()
    assert (scan.device.staff.name, scan.customer) == ("Diego", alice)


def test_a_secret_is_told_once_and_a_browser_that_lost_it_is_another_phone(
    phone: Phone, cafe: Business
) -> None:
    where = f"/s/{cafe.counter_key}/device"
    assert phone.client.post(where, {"known": phone.device}).json() == {"device": phone.device}
    again = phone.client.post(where, {"known": "x"}).json()
    assert again["device"] != phone.device
    assert again["secret"] != phone.secret
    assert Client().post(where, {"known": ""}).status_code == 302


def test_another_shops_people_and_phones_do_not_exist_here(
    phone: Phone, cafe: Business, card: Card, number: str
) -> None:
    bar = make_shop("Bar")
    nino = make_member(bar, "Nino", "nino@example.org")
    now = timezone.now()
    strange = [
        phone.keep(nino.member.number),
        phone.keep(f"m:{nino.pk}"),
        phone.keep(cards.code(nino.cards.get(), at=now)),
        phone.keep("m:99999999999999999999999"),
    ]
    assert refused(*phone.send(*strange)) == ["unknown"] * 4
    abroad = Phone(bar, staff.add_cashier(bar, name="Enzo", pin="4713"), "4713")
    kept = abroad.keep(number)
    assert refused(*phone.send(kept, device=abroad.device)) == ["device"]
    abroad.key = cafe.counter_key
    assert abroad.raw(json.dumps({"device": abroad.device, "actions": [kept]})).status_code == 302
    assert (stamps(card.customer), stamps(nino)) == (2, 2)


def test_an_action_on_an_open_sheet_shares_the_references_of_its_button(
    phone: Phone, alice: Customer
) -> None:
    reference = str(uuid.uuid4())
    where = f"/s/{phone.key}/m/{alice.pk}/stamp"
    posted = phone.client.post(where, {"quantity": 1, "reference": reference})
    assert posted.status_code == 200  # an answer that the phone never got
    kept = phone.keep(f"m:{alice.pk}", reference=reference)
    assert refused(*phone.send(kept)) == [""]
    assert stamps(alice) == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"number": True},
        {"number": 0},
        {"number": 1_000_001},
        {"number": 1.5},
        {"size": True},
        {"size": 0},
        {"size": -1},
        {"size": 51},
        {"size": "1"},
        {"size": 10**30},
        {"kind": "gift"},
        {"code": "A\x00B"},
        {"code": ""},
        {"code": "A" * 65},
        {"code": None},
        {"reference": "short"},
        {"reference": "a\nb" * 8},
        {"at": "now"},
        {"at": 2**70},
        {"before": "xyz"},
        {"signature": "Z" * 64},
        {"more": 1},
    ],
)
def test_what_is_malformed_stops_nothing_else(
    phone: Phone, alice: Customer, number: str, changed: Body
) -> None:
    bad = phone.keep(number) | changed
    if "size" in changed and changed["size"] == 51:
        bad["signature"] = phone.last = phone.sign(bad)
    assert refused(*phone.send(bad, phone.keep(number))) == ["malformed", ""]
    assert stamps(alice) == 3


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\x00",
        b"[]",
        b"{",
        b'{"device": "1", "actions": []}',
        b'{"device": 1, "actions": [1]}',
        b'{"device": "-1", "actions": [1]}',
        b'{"device": "1", "actions": [1], "more": 1}',
        b'{"device": "1", "actions": [' + b"1," * 50 + b"1]}",
        b"\xff\xfe" * 9,
        b'{"device": "1", "actions": [' + b"[" * 20_000,
        b'{"device": "1", "actions": [' + b"[" * 20_000 + b"]" * 20_000 + b"]}",
        b'{"device": "1", "actions": [{"code": "\\ud800"}]}',
    ],
)
def test_what_is_no_sending_is_said_so(phone: Phone, text: bytes) -> None:
    assert phone.raw(text).status_code == 400


def test_a_stranger_is_asked_for_a_pin(phone: Phone, cafe: Business, number: str) -> None:
    text = json.dumps({"device": phone.device, "actions": [phone.keep(number)]})
    where = f"/s/{cafe.counter_key}/queue"
    answer = Client().post(where, text, content_type="application/json")
    assert answer.headers["Location"].endswith("/in")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = phone.client.cookies
    assert strict.post(where, text, content_type="application/json").status_code == 403
    token = strict.get(f"/s/{cafe.counter_key}/here").json()["token"]
    sent = strict.post(where, text, content_type="application/json", headers={"X-CSRFToken": token})
    assert sent.json()["answers"][0]["refused"] == ""


HOURLY = """
program: stamps
title: Tampons
currency: EUR
timezone: Europe/Paris
units:
  stamps: {title: {fr: tampons}}
earn:
  - {id: visit, when: visit, award: {stamps: 1}, cool_down: 1 hour%s}
"""


@pytest.mark.parametrize(
    ("rule", "code", "words"),
    [(", on_limit: refuse", "too_soon", "just done"), ("", "nothing", "gave nothing")],
)
def test_the_rules_hold_as_of_the_moment(db: None, rule: str, code: str, words: str) -> None:
    shop = businesses.create(name="Bar", kind="cafe", country="FR")
    assert not ledger.publish(shop.pk, HOURLY % rule).problems
    chiara = make_regular(shop, "Chiara")
    phone = Phone(shop, staff.add_cashier(shop, name="Diego", pin="4711"))
    then = timezone.now() - timedelta(hours=3)
    kept = [
        phone.keep(f"m:{chiara.pk}", at=then + timedelta(minutes=passed)) for passed in (0, 5, 70)
    ]
    answers = phone.send(*kept)
    assert refused(*answers) == ["", code, ""]
    assert words in answers[1]["why"]
    assert phone.send(*kept) == answers
    assert stamps(chiara) == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_from_many_at_once_counts_once(phone: Phone, alice: Customer, number: str) -> None:
    kept = [phone.keep(number) for _ in range(3)]
    answers: list[list[Body]] = []

    def send() -> None:
        answers.append(phone.send(*kept))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [answers[0]] * 6
    assert refused(*answers[0]) == [""] * 3
    assert stamps(alice) == 5


def test_a_phone_goes_on_when_somebody_it_stamped_is_erased(
    phone: Phone, cafe: Business, alice: Customer, number: str
) -> None:
    bruno = make_regular(cafe, "Bruno Bianchi")
    first, then = phone.keep(number), phone.keep(bruno.member.number)
    assert refused(*phone.send(first)) == [""]
    erasing.erase(alice, at=timezone.now())
    assert refused(*phone.send(first, then)) == ["unknown", ""]
    assert stamps(bruno) == 3
