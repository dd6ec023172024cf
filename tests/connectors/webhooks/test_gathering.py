"""What is posted becomes messages: the right ones, once each, in order, whoever commits when."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from habitue import ledger
from habitue.connectors.models import Endpoint, Message, Notice, Watermark
from habitue.connectors.webhooks import endpoints, gathering, kinds, watermarks
from habitue.core import facts
from habitue.members import customers, erasure
from habitue.members.models import Business, Customer
from tests.connectors.webhooks.conftest import Receiver, make
from tests.ledger.conftest import (
    NOW,
    at_once,
    bought,
    does,
    failures,
    guests,
    make_cafe,
    post,
    rows,
    takes,
)

LATER = NOW + timedelta(minutes=1)


PASS_TRANSACTIONS = """
CREATE TEMPORARY TABLE passed (number int) ON COMMIT DROP;
DO $$ BEGIN
    FOR place IN 1..1000 LOOP
        BEGIN INSERT INTO passed VALUES (place); EXCEPTION WHEN division_by_zero THEN NULL; END;
    END LOOP;
END $$"""


def told(endpoint: Endpoint, *types: str) -> list[Any]:
    """What an endpoint is told, in order; of these types or all."""
    found = Message.objects.filter(endpoint=endpoint).order_by("pk")
    return [msgspec.json.decode(one.body) for one in found if not types or one.type in types]


def gather() -> int:
    """All there is."""
    return sum(iter(lambda: gathering.gather(now=LATER), 0))


def test_a_purchase_is_told_with_what_it_changed(
    cafe: Business, endpoint: Endpoint, alice: int
) -> None:
    (answer,) = post(cafe, bought(alice, 1250))
    gather()
    event, balance, tier = told(endpoint)
    assert tier["type"] == "tier.changed"
    assert event == {
        "type": "event.posted",
        "timestamp": "2026-03-02T12:00:00Z",
        "data": {
            "event": str(answer.event),
            "customer": str(alice),
            "kind": "purchase",
            "at": "2026-03-02T12:00:00Z",
            "day": "2026-03-02",
            "amount": 1250,
            "currency": "EUR",
            "of": None,
            "changes": [
                {"unit": "points", "amount": "12", "balance": "12"},
                {"unit": "spend", "amount": "12.5", "balance": "12.5"},
            ],
        },
    }
    assert balance["type"] == "balance.changed"
    assert balance["data"] == {
        "customer": str(alice),
        "event": str(answer.event),
        "changes": event["data"]["changes"],
    }
    assert gather() == 0


def test_a_refund_names_its_purchase(cafe: Business, endpoint: Endpoint, alice: int) -> None:
    (first,) = post(cafe, bought(alice, 1000))
    post(cafe, does(alice, facts.Refund(first.event)))
    gather()
    event = told(endpoint, kinds.EVENT_POSTED)[-1]["data"]
    assert (event["kind"], event["of"], event["amount"]) == ("refund", str(first.event), -1000)
    assert event["changes"][0] == {"unit": "points", "amount": "-10", "balance": "0"}


def test_what_is_refused_is_told_with_its_reason_to_who_asked_for_it(
    cafe: Business, endpoint: Endpoint, alice: int, receiver: Receiver
) -> None:
    usual = make(cafe, receiver.url, *kinds.USUAL)
    post(cafe, bought(alice, 500))
    (answer,) = post(cafe, takes(alice))
    assert answer.refused
    gather()
    (refused,) = told(endpoint, kinds.EVENT_REFUSED)
    assert refused["data"] == {
        "event": str(answer.event),
        "customer": str(alice),
        "kind": "redemption",
        "at": "2026-03-02T12:00:00Z",
        "day": "2026-03-02",
        "amount": None,
        "currency": None,
        "of": None,
        "code": "insufficient",
        "detail": "This takes 10 points; 5 can be used.",
        "values": {"needed": 10, "available": 5, "missing": 5, "unit": "points"},
    }
    assert told(endpoint)[-1] == refused
    assert told(usual) == told(endpoint)[:-1]
    assert [one["data"]["kind"] for one in told(endpoint, kinds.EVENT_POSTED)] == ["purchase"]


def test_refusals_stand_where_they_happened(cafe: Business, endpoint: Endpoint, alice: int) -> None:
    post(cafe, takes(alice), bought(alice, 1_000), takes(alice), takes(alice))
    gather()
    of_events = told(endpoint, kinds.EVENT_POSTED, kinds.EVENT_REFUSED)
    assert [(one["type"][6:], one["data"]["kind"]) for one in of_events] == [
        ("refused", "redemption"),
        ("posted", "purchase"),
        ("posted", "redemption"),
        ("refused", "redemption"),
    ]


def test_a_refused_event_tells_nothing_of_who_is_elsewhere(
    cafe: Business, endpoint: Endpoint, receiver: Receiver
) -> None:
    """Even if a door named another business's customer, who has a tier and a voucher there."""
    bar = make_cafe(name="Bar")
    (bruno,) = guests(bar, 1)
    post(bar, bought(bruno, 20_000), takes(bruno))
    (answer,) = post(cafe, bought(bruno, 100))
    assert answer.refused
    gather()
    assert [one["type"] for one in told(endpoint)] == ["event.refused"]


def test_a_tier_is_told_when_it_changes_and_not_before(
    cafe: Business, endpoint: Endpoint, alice: int
) -> None:
    for cents in (5000, 6000, 7000):
        post(cafe, bought(alice, cents))
        gather()
    first, second = told(endpoint, kinds.TIER_CHANGED)
    assert first["data"] == {"customer": str(alice), "tier": "basic", "before": None}
    assert second["data"] == {"customer": str(alice), "tier": "gold", "before": "basic"}


def test_a_tier_that_rises_and_falls_between_two_looks_is_told_twice(
    cafe: Business, endpoint: Endpoint, alice: int
) -> None:
    first, rose = post(cafe, bought(alice, 5_000), bought(alice, 6_000))
    post(cafe, does(alice, facts.Undo(rose.event)))
    post(cafe, does(alice, facts.Undo(first.event)))
    post(cafe, bought(alice, 20_000))
    gather()
    said = [one["data"] for one in told(endpoint, kinds.TIER_CHANGED)]
    assert [(one["before"], one["tier"]) for one in said] == [
        (None, "basic"),
        ("basic", "gold"),
        ("gold", "basic"),
        ("basic", None),
        (None, "gold"),
    ]
    types = [one["type"] for one in told(endpoint)]
    assert types == ["event.posted", "balance.changed", "tier.changed"] * 5, "each with its event"
    ledger.sweep(cafe.pk, now=NOW + timedelta(days=800))
    gather()
    fell = told(endpoint, kinds.TIER_CHANGED)[len(said) :]
    assert [(one["data"]["before"], one["data"]["tier"]) for one in fell] == [("gold", "basic")]


def test_what_was_so_before_the_endpoint_was_made_is_not_told(
    cafe: Business, alice: int, receiver: Receiver
) -> None:
    post(cafe, bought(alice, 20_000), takes(alice))
    endpoint = make(cafe, receiver.url)
    assert gather() == 0
    post(cafe, bought(alice, 100))
    gather()
    assert {one["type"] for one in told(endpoint)} == {"event.posted", "balance.changed"}


def test_vouchers_are_told_by_their_state_without_their_code(
    cafe: Business, endpoint: Endpoint, alice: int
) -> None:
    post(cafe, bought(alice, 3000), takes(alice))
    gather()
    (issued,) = told(endpoint, kinds.VOUCHER_ISSUED)
    standing = ledger.standing(cafe.pk, alice, now=NOW)
    assert standing
    (voucher,) = standing.vouchers
    assert issued["data"] == {
        "customer": str(alice),
        "voucher": str(voucher.id),
        "reward": "coffee",
        "state": "issued",
        "issued_on": "2026-03-02",
        "expires_on": str(voucher.expires_on),
    }
    post(cafe, does(alice, facts.VoucherUse(voucher.id)))
    gather()
    assert told(endpoint, kinds.VOUCHER_USED)[0]["data"]["voucher"] == str(voucher.id)
    everything = "".join(Message.objects.values_list("body", flat=True))
    assert voucher.code not in everything
    # At once and before anybody looked: it was issued all the same.
    post(cafe, does(alice, facts.Redemption("coffee", at_once=True)))
    gather()
    last = [one["type"] for one in told(endpoint) if one["type"].startswith("voucher")]
    assert last == ["voucher.issued", "voucher.used", "voucher.issued", "voucher.used"]


def test_customers_are_told_whoever_makes_or_changes_them(
    cafe: Business, endpoint: Endpoint, alice: int
) -> None:
    key = customers.find_or_create_many(cafe, "email", ["chiara@example.org"])
    chiara = key["chiara@example.org"]
    Customer.objects.filter(pk=chiara).update(name="Chiara Rossi", note="likes tea")
    Customer.objects.filter(pk=chiara).update(name="Chiara Rossi")  # nothing new
    customers.find_or_create_many(cafe, "phone", [])
    gather()
    created, updated = told(endpoint)
    assert (created["type"], created["data"]) == ("customer.created", {"customer": str(chiara)})
    assert updated["type"] == "customer.updated"
    assert updated["data"] == {"customer": str(chiara), "changed": ["name", "note"]}
    post(cafe, bought(alice, 100), bought(chiara, 100), does(chiara, facts.Merge(alice)))
    gather()
    (merged,) = told(endpoint, kinds.CUSTOMER_MERGED)
    assert merged["data"] == {"customer": str(chiara), "into": str(alice)}
    with transaction.atomic():
        erasure.erase([chiara], at=NOW)
    gather()
    last = told(endpoint)[-1]
    assert (last["type"], last["data"]) == ("customer.erased", {"customer": str(chiara)})
    everything = "".join(Message.objects.values_list("body", flat=True))
    assert "Chiara" not in everything
    assert "example.org" not in everything
    assert not Notice.objects.exists()


def test_an_endpoint_gets_what_it_asked_for_and_each_business_its_own(
    cafe: Business, alice: int, receiver: Receiver
) -> None:
    balances = make(cafe, receiver.url, kinds.BALANCE_CHANGED)
    people = make(cafe, receiver.url, kinds.CUSTOMER_CREATED)
    bar = type(cafe).objects.create(
        slug="bar", name="Bar", kind="bar", country="FR", currency="EUR",
        timezone="Europe/Paris", language="fr", counter_key="bar",
    )  # fmt: skip
    elsewhere = make(bar, receiver.url)
    post(cafe, bought(alice, 500))
    guests(cafe, 1)
    gather()
    assert [one["type"] for one in told(balances)] == ["balance.changed"]
    assert [one["type"] for one in told(people)] == ["customer.created"]
    assert told(elsewhere) == []


def test_a_business_without_endpoints_costs_a_statement(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 500))
    guests(cafe, 3)
    with CaptureQueriesContext(connection) as asked:
        assert gathering.gather(now=LATER) == 0
    assert len(asked) == 1
    assert not Notice.objects.exists()


def test_a_batch_of_a_thousand_events_makes_its_messages_by_few_statements(
    cafe: Business, endpoint: Endpoint
) -> None:
    crowd = guests(cafe, 500)
    gather()
    post(cafe, *(bought(one, 100 + place) for place, one in enumerate(crowd * 2)))
    with CaptureQueriesContext(connection) as asked:
        made = gathering.gather(now=LATER)
    assert made == 2_500  # events, balances, and 500 tiers
    assert len(asked) <= 20
    told_of = [one["data"]["amount"] for one in told(endpoint, kinds.EVENT_POSTED)]
    assert told_of == [100 + place for place in range(1000)]


def test_a_slow_posting_is_told_when_it_commits(
    cafe: Business, endpoint: Endpoint, alice: int, bruno: int
) -> None:
    """Its number and its transaction are older than what was told before it was visible."""
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            post(cafe, bought(alice, 111))
            written.set()
            assert go_on.wait(120)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(120)
    post(cafe, bought(bruno, 222))
    gather()
    amounts = [one["data"]["amount"] for one in told(endpoint, kinds.EVENT_POSTED)]
    go_on.set()
    thread.join()
    gather()
    after = [one["data"]["amount"] for one in told(endpoint, kinds.EVENT_POSTED)]
    assert (amounts, after) == ([222], [222, 111])


def test_each_posting_is_told_once_however_many_gather_and_post_at_once(
    cafe: Business, endpoint: Endpoint
) -> None:
    crowd = guests(cafe, 4)
    gather()
    Message.objects.all().delete()

    def work(place: int) -> None:
        for number in range(12):
            if place < 4:
                post(cafe, bought(crowd[place], 100 + number))
            else:
                gathering.gather(now=LATER)

    assert failures(at_once(8, work)) == []
    gather()
    found = told(endpoint, kinds.EVENT_POSTED)
    assert len({one["data"]["event"] for one in found}) == len(found) == 48
    for one in crowd:
        mine = [each["data"]["amount"] for each in found if each["data"]["customer"] == str(one)]
        assert mine == [100 + number for number in range(12)]


def test_a_window_is_gone_through_bit_by_bit(
    cafe: Business, endpoint: Endpoint, alice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watermarks, "MOST", 3)
    for cents in range(100, 108):
        post(cafe, bought(alice, cents))
    gathering.gather(now=LATER)
    assert len(told(endpoint, kinds.EVENT_POSTED)) == 3
    post(cafe, bought(alice, 900))  # past the window that is open
    gather()
    amounts = [one["data"]["amount"] for one in told(endpoint, kinds.EVENT_POSTED)]
    assert amounts == [*range(100, 108), 900]


def test_a_database_restored_on_another_server_goes_on_where_it_was(
    cafe: Business, endpoint: Endpoint, alice: int
) -> None:
    """There, transactions count from the beginning: rows of before have numbers of the future."""
    post(cafe, bought(alice, 111))
    gather()
    post(cafe, bought(alice, 222))
    far = 500
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_outbox SET xid = (xid::text::bigint + %s)::text::xid8", [far])
        cursor.execute(
            "UPDATE connectors_watermark SET lineage = 'another', since = format("
            "'%%s:%%s:', pg_snapshot_xmin(since::pg_snapshot)::text::bigint + %s,"
            " pg_snapshot_xmax(since::pg_snapshot)::text::bigint + %s)",
            [far, far],
        )
    assert watermarks.needed_from() == {cafe.pk: 0}
    post(cafe, bought(alice, 333))  # here, before anything was gathered
    gather()
    post(cafe, bought(alice, 444))
    gather()
    with connection.cursor() as cursor:
        cursor.execute(PASS_TRANSACTIONS)  # here, too, they come to the numbers of before
    gather()
    post(cafe, bought(alice, 555))
    gather()
    amounts = [one["data"]["amount"] for one in told(endpoint, kinds.EVENT_POSTED)]
    assert amounts == [111, 222, 333, 444, 555]


def test_quiet_businesses_do_not_keep_old_postings_from_being_pruned(
    cafe: Business, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watermarks, "STALE", 5)
    before = watermarks.needed_from()[cafe.pk]
    for place in range(10):
        Business.objects.filter(pk=cafe.pk).update(slug=f"cafe-{place}")
    gathering.gather(now=LATER)
    ((newest,),) = rows("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    assert before < newest - 5 < watermarks.needed_from()[cafe.pk] <= newest


def test_the_last_endpoint_takes_everything_with_it(
    cafe: Business, endpoint: Endpoint, alice: int
) -> None:
    post(cafe, bought(alice, 20_000), takes(alice))
    gather()
    endpoints.delete(endpoint, by=None, at=datetime.now(UTC))
    for table in ("message", "attempt", "watermark", "notice", "toldvoucher"):
        assert rows(f"SELECT count(*) FROM connectors_{table}") == [(0,)], table
    assert not Watermark.objects.exists()
    guests(cafe, 1)
    assert not Notice.objects.exists()
