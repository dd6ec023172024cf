"""The same button pressed by eight at the same moment does its work once."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from habitue import ledger
from habitue.connectors import running
from habitue.connectors.models import Import
from habitue.ledger import database
from habitue.members import staff as people
from habitue.members.models import ApiKey, Customer, JournalLine, Staff
from habitue.pages.program import studies
from habitue.pages.program.studies import PreviewAsked
from habitue.site import studying
from tests.pages.hostile import life
from tests.pages.hostile.life import Life
from tests.pages.program import town

pytestmark = pytest.mark.django_db(transaction=True)
REFERENCE = "11111111-2222-3333-4444-555555555555"
EIGHT = 8


def pressed(clients: Sequence[Client], *buttons: tuple[str, dict[str, str]]) -> Counter[int]:
    """Every browser presses at once, the buttons in turn; how often which status came."""
    seen: list[int] = []
    ready = threading.Barrier(len(clients))

    def press(client: Client, button: tuple[str, dict[str, str]]) -> None:
        ready.wait()
        seen.append(client.post(*button).status_code)
        connection.close()

    threads = [
        threading.Thread(target=press, args=(client, buttons[place % len(buttons)]))
        for place, client in enumerate(clients)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(seen) == len(clients)
    assert max(seen) < 500, seen
    return Counter(seen)


def events(customer: Customer, kind: str) -> int:
    ((count,),) = database.query(
        "SELECT count(*) FROM ledger_event"
        " WHERE customer_id = %(who)s AND kind = %(kind)s AND refusal IS NULL",
        {"who": customer.pk, "kind": kind},
    )
    return int(count)


def lines(kind: str) -> int:
    return JournalLine.objects.filter(kind=kind).count()


def clean(ours: Life) -> None:
    assert ledger.verify() == []
    assert ledger.replay(ours.shop.pk) == []


@pytest.fixture
def owners(ours: Life) -> list[Client]:
    return [life.browser(ours.owner) for _ in range(EIGHT)]


def test_what_an_owner_does_to_a_customer(ours: Life, owners: list[Client]) -> None:
    who, once = f"/customers/{ours.alice.pk}", {"reference": REFERENCE, "reason": "a slip"}
    before = events(ours.alice, "adjustment")
    more = {"unit": "points", "amount": "3", "sure": "on"}
    pressed(owners, (f"{who}/correct", once | more))
    assert events(ours.alice, "adjustment") == before + 1
    gift = {"gift": "coffee", "reason": "a birthday", "reference": REFERENCE[::-1]}
    pressed(owners, (f"{who}/gift", gift))
    assert (lines("gift"), events(ours.alice, "adjustment")) == (1, before + 2)
    undo = f"{who}/undo/{ours.known['event']}"
    for_each = [(undo, {"reference": f"{REFERENCE}{n}", "reason": "twice"}) for n in range(EIGHT)]
    pressed(owners, *for_each)
    assert (lines("undo"), events(ours.alice, "undo")) == (1, 1)
    give = {"other": ours.bruno.member.number, "unit": "points", "amount": "2"}
    pressed(owners, (f"{who}/give", give | {"reference": str(uuid.uuid4())}))
    assert events(ours.alice, "transfer") == 1
    pressed(owners, (f"{who}/card", {}))
    assert ours.alice.cards.filter(revoked_at=None).count() == 1
    pressed(owners, (f"{who}/bin", {}))
    pressed(owners, (f"{who}/restore", {}))
    assert (lines("bin"), lines("restore")) == (1, 1)
    sure = {"other": ours.alice.member.number, "sure": "yes"}
    pressed(owners, (f"/customers/{ours.bruno.pk}/merge", sure))
    assert lines("merge") == events(ours.bruno, "merge") == 1
    pressed(owners, (f"{who}/erase", {}))
    assert lines("erase") == 2  # she, and he who went over into her
    clean(ours)


def test_what_staff_and_members_do(ours: Life) -> None:
    phones = [life.phone(ours, ours.cashier, "4711") for _ in range(EIGHT)]
    for phone in phones:  # one browser, whose button is pressed by eight fingers
        phone.cookies = phones[0].cookies
    card, sheet = ours.known["token"], f"/s/{ours.shop.counter_key}/m/{ours.alice.pk}"
    given = events(ours.alice, "redemption")
    assert phones[0].post(f"/c/{card}/ask", {"of": "coffee:0:0"}).status_code == 302
    pressed(phones, (f"{sheet}/give", {"reward": "coffee", "reference": REFERENCE}))
    assert events(ours.alice, "redemption") == given + 1
    pressed(phones, (f"{sheet}/stamp", {"amount": "4.00", "reference": REFERENCE[::-1]}))
    bought = events(ours.alice, "purchase")
    pressed(phones, (f"{sheet}/stamp", {"amount": "4.00", "reference": REFERENCE[::-1]}))
    assert events(ours.alice, "purchase") == bought
    pressed(phones, (f"{sheet}/undo", {}))
    assert events(ours.alice, "undo") == 1
    assert pressed(phones, (f"/c/{card}/renew", {}))[302] <= 3
    assert ours.alice.cards.filter(revoked_at=None).count() == 1
    clean(ours)


def test_what_an_owner_does_to_the_shop(ours: Life, owners: list[Client]) -> None:
    key = ApiKey.objects.get()
    before = lines("key")
    pressed(owners, (f"/settings/keys/{key.pk}/renew", {}))
    assert lines("key") == before + 2  # one made, one renewed
    pressed(owners, (f"/settings/keys/{key.pk}/revoke", {}))
    assert lines("key") == before + 3
    since = datetime.now(UTC).date() + timedelta(days=3)
    text = town.TOWN.replace("points: 10}", "points: 12}")
    study = studies.begin(ours.shop, PreviewAsked(text, since, 1))
    studying.run(study.pk)
    pressed(owners, (f"/program/publish/{study.pk}/confirm", {}))
    assert lines("publish") == 1
    second = User.objects.create_user("second@example.org", "second@example.org")
    chief = Staff.objects.get(user=ours.owner)
    other = people.add_owner(ours.shop, second)
    both = [*owners[:4], *(life.browser(second) for _ in range(4))]
    one, two = (f"/settings/staff/{who.pk}/dismiss" for who in (other, chief))
    pressed(both, (one, {}), (two, {}))
    gone = JournalLine.objects.filter(kind="staff", what__did="dismissed")
    active = Staff.objects.filter(role=Staff.Role.OWNER, active=True)
    assert (active.count(), gone.count()) == (1, 1)
    clean(ours)


def test_a_file_is_brought_in_and_taken_back_once(ours: Life, owners: list[Client]) -> None:
    content = b"name,email\nChiara Rossi,chiara@example.org\nDiego Gomez,diego@example.org\n"
    dropped = owners[0].post("/import", {"file": SimpleUploadedFile("people.csv", content)})
    assert dropped.status_code == 302
    brought = Import.objects.latest("pk")
    running.look(brought)
    Import.objects.filter(pk=brought.pk).update(state="checked")
    before = Customer.objects.count()
    pressed(owners, (f"/import/{brought.pk}/start", {}))
    running.run(brought.pk)
    assert Customer.objects.count() == before + 2
    pressed(owners, (f"/import/{brought.pk}/undo", {}))
    running.run(brought.pk)
    assert Import.objects.get(pk=brought.pk).state == "undone"
    clean(ours)
