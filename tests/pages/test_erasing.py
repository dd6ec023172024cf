"""Somebody is erased: no byte of them is in a dump of the database, and no sum has moved."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from habitue import ledger
from habitue.connectors.models import Change, Import
from habitue.core import facts
from habitue.ledger import database
from habitue.members import (
    answers,
    businesses,
    cards,
    consents,
    customers,
    erasing,
    limits,
    staff,
    tills,
    wishes,
)
from habitue.members import bin as recycle_bin
from habitue.members.models import Business, Customer, Device, JournalLine, OfflineScan, Staff
from habitue.outreach import audiences
from habitue.pages.models import SignInCode
from habitue.site import binaries, tasks
from tests.pages.conftest import make_member, make_shop, unit_of

NOW = datetime.now(UTC)
SUMS = """
SELECT 'balances', sum(balance)::text FROM ledger_account, unnest(balances) AS balance
UNION ALL SELECT 'entries', string_agg(entry::text, '|' ORDER BY customer_id, event_id, line)
    FROM ledger_entry entry
UNION ALL SELECT 'lots', string_agg(lot::text, '|' ORDER BY customer_id, id) FROM ledger_lot lot
UNION ALL SELECT 'lives', string_agg(life::text, '|' ORDER BY customer_id) FROM ledger_life life
UNION ALL SELECT 'events', count(*)::text || sum(amount)::text FROM ledger_event
UNION ALL SELECT 'members', count(*)::text FROM members_member"""

MILES = """\
program: miles
title: Miles
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units: {miles: {}}
earn:
  - {id: far, when: flight, award: {miles: 1, per: distance}}
  - {id: front, when: flight, where: {attribute: {cabin: front}}, award: {miles: 100}}
"""

pytestmark = pytest.mark.django_db


def dump() -> bytes:
    """The whole database as pg_dump writes it, from the binaries that come with the product."""
    env = settings.ENVIRONMENT
    tool = binaries.find(env.home, binaries.account()) / "pg_dump"
    held = connection.settings_dict
    command = [str(tool), "--host", str(held["HOST"]), "--port", str(held["PORT"] or 5432)]
    command += ["--username", str(held["USER"]), str(held["NAME"])]
    secret = {"PGPASSWORD": str(held["PASSWORD"])} if held["PASSWORD"] else {}
    done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, **secret})
    return done.stdout


def post(
    shop: Business, customer: int, what: facts.What, *, source: str = "", reference: str = ""
) -> ledger.Answer:
    now = datetime.now(UTC)
    fact = ledger.Fact(customer=customer, at=now, what=what, source=source, reference=reference)
    (answer,) = ledger.post(shop.pk, [fact], now=now)
    assert answer.refused is None, answer.refused
    return answer


def sums() -> list[tuple[str, str]]:
    return sorted(database.query(SUMS, {}))


def fill(shop: Business, diego: Staff) -> tuple[Customer, list[str]]:
    """Alice everywhere where a person may be written down, and every word of it."""
    alice = make_member(shop, "Alice Zanzibar", "alice.zanzibar@example.org")
    assert customers.add_identity(alice, "phone", "+33612345678")
    assert customers.add_identity(alice, "external", "shop-zanzibar-7")
    alice.note, alice.birth_day, alice.birth_month = "allergic to hazelnuts", 29, 2
    alice.save()
    twin = make_member(shop, "Alicia Zanzi", "alicia.zanzi@example.org")
    post(shop, alice.pk, facts.Visit(quantity=3, attributes={"for": "granny Zanzibara"}))
    post(
        shop,
        twin.pk,
        facts.Visit(quantity=2),
        source="till",
        reference="alicia.zanzi@example.org/1",
    )
    unit = unit_of(shop)
    post(shop, alice.pk, facts.Adjustment(unit, 2, "she lost Ms Zanzibar's paper card"))
    post(shop, twin.pk, facts.Merge(alice.pk))
    said = answers.Answered("nps", 3, 10, NOW.date(), "r1", alice.pk, comment="cold zanzicoffee")
    answers.record(shop, [said], source="import")
    consents.record(
        alice, purpose="marketing", channel="email", granted=True, wording="Yes, write to me.",
        source="join", at=NOW,
    )  # fmt: skip
    device = Device.objects.create(
        business=shop, staff=diego, name="phone", secret="x", made_at=NOW, seen_at=NOW
    )
    OfflineScan.objects.create(
        device=device, number=1, customer=alice, scanned_at=NOW, received_at=NOW,
        answer={"name": "Alice Zanzibar"},
    )  # fmt: skip
    SignInCode.objects.create(email="Alice.Zanzibar@example.org", code_hash="h", made_at=NOW)
    brought = Import.objects.create(
        business=shop, what="customers", state="finished", filename="list.csv", sha256="",
        header="", found={"rows": ["Alice Zanzibar"]}, corrections={"2": "Zanzi"}, brought_at=NOW,
    )  # fmt: skip
    Change.objects.create(of=brought, kind="updated", customer=alice, before={"name": "Zanzi"})
    session = SessionStore()
    session["pending"], session["seen"] = {"email": "alice.zanzibar@example.org"}, "kept"
    session.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
            " VALUES ('default', 'mail', '{\"to\": \"alice.zanzibar@example.org\"}', 'todo')"
        )
    card, other = alice.cards.get(), twin.cards.get()
    cards.read(cards.code(card, at=NOW - timedelta(hours=1)), business=shop.pk, staff=diego, at=NOW)
    code, _text = tills.show(shop, diego, quantity=1, at=NOW)
    assert tills.claim(code, alice, at=NOW)
    wishes.make(card, at=NOW, reward="Zanzi cake")
    limits.allow("find", f"{shop.pk} alice.zanzibar@example.org", most=5, at=NOW)
    audience = audiences.make(shop, "x", audiences.OfSegment(segment="new"), now=NOW, frozen=True)
    audience.frozen.get_or_create(customer=alice)
    Change.objects.create(of=brought, kind="made", customer=twin, after={"name": "Alicia Zanzi"})
    words = ["Zanzi", "zanzi", "612345678", "hazelnuts", card.token, other.token]
    return alice, [*words, alice.member.number, twin.member.number]


def rewrite(change: str) -> None:
    """Change events as the erasure does."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ledger.erasing', 'on', true)")
        cursor.execute(f"UPDATE ledger_event SET {change}")


@pytest.mark.django_db(transaction=True)
def test_no_byte_of_somebody_erased_is_left_in_a_dump_and_no_sum_moves() -> None:
    shop = make_shop("Café des Amis")
    diego = staff.add_cashier(shop, name="Diego", pin="4711")
    bruno = make_member(shop, "Bruno Bianchi", "bruno@example.org")
    alice, words = fill(shop, diego)
    before, counted = dump(), sums()
    assert [word for word in words if word.encode() not in before] == []
    erasing.erase(alice, at=NOW, staff=diego)
    after = dump()
    assert [word for word in words if word.encode() in after] == []
    assert b"Bruno Bianchi" in after
    assert sums() == counted
    assert ledger.verify() == []
    assert ledger.replay(shop.pk) == []
    post(shop, bruno.pk, facts.Visit())  # life goes on
    (session,) = [dict(one.get_decoded()) for one in SessionStore.get_model_class().objects.all()]
    assert session == {"seen": "kept"}
    (job,) = ProcrastinateJob.objects.filter(task_name="mail")
    assert (job.args, job.status) == ({}, "cancelled")


def test_who_went_over_into_somebody_is_erased_with_them(cafe: Business, diego: Staff) -> None:
    alice, _ = fill(cafe, diego)
    twin = Customer.objects.get(merged_into=alice)
    erasing.erase(twin, at=NOW)
    assert set(Customer.objects.exclude(erased_at=None)) == {alice, twin}
    assert JournalLine.objects.filter(kind="erase").count() == 2


def test_what_rules_ask_of_attributes_stays_for_the_history_must_lead_to_the_same(
    db: None,
) -> None:
    shop = businesses.create(name="Airline", kind="other", country="FR")
    published = ledger.publish(shop.pk, MILES)
    assert not published.problems, published.problems
    alice = make_member(shop, "Alice", "alice@example.org")
    said: dict[str, str | int | bool] = {
        "distance": 700,
        "cabin": "front",
        "seat": 12,
        "meal": "no nuts, says Alice",
    }
    post(shop, alice.pk, facts.Action("flight", attributes=said))
    post(shop, alice.pk, facts.Action("flight", attributes={**said, "cabin": "Alice's own"}))
    erasing.erase(alice, at=NOW)
    assert ledger.replay(shop.pk) == []
    rows = database.query(
        "SELECT what->>'attributes' FROM ledger_event WHERE kind = 'action' ORDER BY id", {}
    )
    assert [json.loads(text) for (text,) in rows] == [
        {"distance": 700, "cabin": "front"},
        {"distance": 700},
    ]


def test_the_words_of_somebody_who_is_not_erased_cannot_be_changed(alice: Customer) -> None:
    post(alice.business, alice.pk, facts.Visit(attributes={"for": "granny"}))
    for change in ("what = '{}'", "amount = 5"):
        with pytest.raises(DatabaseError, match="append-only"):
            rewrite(change)


def test_of_an_erased_customer_s_events_nothing_but_words_can_be_changed(alice: Customer) -> None:
    post(alice.business, alice.pk, facts.Visit(quantity=2))
    erasing.erase(alice, at=NOW)
    with pytest.raises(DatabaseError, match="only the words"):
        rewrite("""what = '{"type": "visit", "quantity": 3}'""")


def test_the_bin_hides_and_gives_back_and_each_is_in_the_journal(
    cafe: Business, alice: Customer, diego: Staff
) -> None:
    assert recycle_bin.put(cafe, [alice.pk], at=NOW, staff=diego) == 1
    assert recycle_bin.put(cafe, [alice.pk], at=NOW, staff=diego) == 0
    assert list(recycle_bin.contents(cafe)) == [alice]
    assert recycle_bin.restore(cafe, [alice.pk], at=NOW, staff=diego) == 1
    assert list(recycle_bin.contents(cafe)) == []
    kinds = JournalLine.objects.filter(customer=alice).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["bin", "restore"]


def test_another_business_cannot_bin_somebody(alice: Customer) -> None:
    other = make_shop("Boulangerie")
    assert recycle_bin.put(other, [alice.pk], at=NOW) == 0


def test_who_lay_in_the_bin_for_thirty_days_is_erased_by_the_worker(
    cafe: Business, alice: Customer
) -> None:
    bruno = make_member(cafe, "Bruno", "bruno@example.org")
    recycle_bin.put(cafe, [alice.pk], at=NOW - timedelta(days=30, minutes=1))
    recycle_bin.put(cafe, [bruno.pk], at=NOW - timedelta(days=29))
    tasks.empty_bin(0)
    alice.refresh_from_db()
    bruno.refresh_from_db()
    assert (alice.name, alice.erased_at is not None) == ("", True)
    assert (bruno.name, bruno.erased_at) == ("Bruno", None)
