"""An owner's file from the upload to the undo: looked at, mended, brought in once, taken back."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from habitue import ledger
from habitue.connectors import checking, reading, running, undoing, uploads
from habitue.connectors.models import Change, Import
from habitue.core import facts
from habitue.members import businesses, customers
from habitue.members.models import Business, Consent, Customer, Identity, JournalLine, Member
from habitue.site import programs
from tests.pages.conftest import make_shop

NEWS = "Recevoir nos nouvelles par e-mail"


@pytest.fixture
def cafe(db: None) -> Business:
    shop = businesses.create(name="Café des Amis", kind="cafe", country="FR")
    text = programs.fitted(programs.FOLDER / "points-and-tiers.yaml", shop, enroll=False)
    assert not ledger.publish(shop.pk, text).problems
    return shop


def bring(shop: Business, content: str | bytes, what: str, **said: object) -> Import:
    """What the pages do between the upload and the preview."""
    data = content.encode() if isinstance(content, str) else content
    one = Import(business=shop, what=what, filename="list.csv", brought_at=timezone.now())
    one.sha256 = uploads.keep(one.pk, [data])
    found = reading.recognised(uploads.path(one.pk), what)
    for name, value in said.items():
        setattr(found, name, value)
    one.header = reading.mark(found.header)
    reading.keep(one, found)
    one.rows = reading.survey(uploads.path(one.pk), what, found).rows
    one.save()
    running.look(one)
    return one


def found(one: Import) -> checking.Found:
    seen = checking.of(one)
    assert seen is not None
    assert seen.new + seen.updated + seen.there + seen.wrong == seen.rows
    return seen


def finish(one: Import) -> running.Counts:
    running.start(one, None)
    running.run(one.pk)
    one.refresh_from_db()
    assert one.state == "finished"
    done = running.counts(one)
    assert done.new + done.updated + done.there + done.rejected == done.rows
    return done


def take_back(one: Import) -> running.Counts:
    running.undo(one, None)
    running.run(one.pk)
    one.refresh_from_db()
    assert one.state == "undone"
    return running.counts(one)


def known(shop: Business) -> list[tuple[object, ...]]:
    """Everything that is known of everybody, as an export has it."""
    rows: list[tuple[object, ...]] = []
    now = timezone.now()
    people = Customer.objects.filter(business=shop, erased_at=None).order_by("pk")
    standings = ledger.standings(shop.pk, [one.pk for one in people], now=now)
    for one in people:
        held = one.identities.order_by("kind", "value").values_list("kind", "value")
        agreed = {}
        for line in Consent.objects.filter(customer=one).order_by("at", "pk"):
            agreed[line.channel] = line.granted
        standing = standings.get(one.pk)
        rows.append(
            (
                one.pk,
                one.name,
                one.language,
                (one.birth_day, one.birth_month, one.birth_year),
                list(held),
                sorted(channel for channel, yes in agreed.items() if yes),
                Member.objects.filter(customer=one).exists(),
                standing.balances if standing else None,
                standing.enrolled_on if standing else None,
            )
        )
    return rows


def alice(shop: Business) -> Customer:
    key = customers.find_or_create_many(shop, "email", ["alice@example.org"])["alice@example.org"]
    one = Customer.objects.get(pk=key)
    one.name = "Alice Martin"
    one.save()
    customers.add_identity(one, "phone", "06 12 34 56 78")
    return one


LIST = (
    "Prénom;Nom;Adresse e-mail;Téléphone;Date de naissance;Accord;Date d'accord\r\n"
    "Alice;Martin;alice@example.org;06 12 34 56 78;24/12/1980;oui;03/02/2026\r\n"  # updated
    "Bruno;Léger;bruno@example.org;0612345679;01/04/1975;oui;03/02/2026\r\n"
    "Chiara;Rossi;chiara@example;;;;\r\n"  # bad mail
    "Diego;Gómez;diego@example.org;06 12 34 56 79;;oui;\r\n"  # Bruno's phone
    "Éva;Noël;eva@example.org;;31/02/1990;non;\r\n"
    "Farid;Œuvré;farid@example.org;;12/05/1990;;\r\n"  # no word of consent
    ";;gina@example.org;;;oui;03/02/2026\r\n"  # no name
    "Bruno;Léger;bruno@example.org;0612345679;01/04/1975;oui;03/02/2026\r\n"  # the same again
    "Hugo;Petit;hugo@example.org;;;oui;\r\n"  # a yes of no day
    "\r\n"
).encode("cp1252")


def test_a_french_list_is_counted_as_it_is(cafe: Business) -> None:
    alice(cafe)
    one = bring(cafe, LIST, "customers", wording=NEWS)
    said = reading.of(one)
    assert (said.encoding, said.separator) == ("cp1252", ";")
    seen = found(one)
    assert (seen.rows, seen.new, seen.updated, seen.there, seen.wrong, seen.empty) == (
        9, 3, 1, 1, 4, 1,
    )  # fmt: skip
    assert (seen.agreed, seen.unproven) == (2, 1)
    assert [(fault.line, fault.column, fault.value, fault.reason) for fault in seen.faults] == [
        (4, 2, "chiara@example", "not an e-mail address"),
        (5, 3, "06 12 34 56 79", "line 3 has this phone number already"),
        (6, 4, "31/02/1990", "1990-02 has no day 31"),
        (8, 0, "", "the name is missing"),
    ]
    assert Customer.objects.count() == 1  # nothing is done yet


def test_what_was_wrong_is_mended_or_comes_back_as_a_file(cafe: Business) -> None:
    one = bring(cafe, LIST, "customers", wording=NEWS)
    one.corrections = {"4": {"2": "chiara@example.org"}, "6": {"4": "28/02/1990"}}
    running.look(one)
    assert found(one).wrong == 2
    done = finish(one)
    assert (done.new, done.there, done.rejected) == (6, 1, 2)
    path = uploads.rejected(one.pk)
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file, delimiter=";"))
    assert header[-1] == "reason"
    assert [row[2] for row in rows] == ["diego@example.org", "gina@example.org"]
    mended = path.read_text("utf-8-sig").replace("06 12 34 56 79", "06 12 34 56 70")
    second = bring(cafe, mended, "customers", wording=NEWS)
    assert (found(second).new, found(second).wrong) == (1, 1)
    assert finish(second).new == 1
    assert not uploads.path(one.pk).exists()  # its rows are in


def test_consent_needs_its_words_and_its_day(cafe: Business) -> None:
    finish(bring(cafe, LIST, "customers", wording=NEWS))
    lines = Consent.objects.all()
    assert [(line.customer.name, line.channel, line.wording) for line in lines] == [
        ("Alice Martin", "email", NEWS),
        ("Bruno Léger", "email", NEWS),
    ]
    assert {line.at.date().isoformat() for line in lines} == {"2026-02-03"}
    assert not Member.objects.exists()
    other = businesses.create(name="Bar", kind="cafe", country="FR")
    finish(bring(other, LIST, "customers"))
    assert not Consent.objects.filter(customer__business=other).exists()


def test_undo_leaves_everything_as_it_was(cafe: Business) -> None:
    alice(cafe)
    before = known(cafe)
    one = bring(cafe, LIST, "customers", wording=NEWS, members=True)
    finish(one)
    assert known(cafe) != before
    assert Member.objects.count() == 3
    done = take_back(one)
    assert known(cafe) == before
    assert (done.back, done.left) == (4, 0)
    assert [line.kind for line in JournalLine.objects.order_by("pk")] == ["import", "import-undo"]
    again = bring(cafe, LIST, "customers", wording=NEWS)
    assert (found(again).new, found(again).updated) == (3, 1)
    assert finish(again).agreed == 2
    assert take_back(again).left == 0
    assert known(cafe) == before


def test_undo_keeps_what_somebody_did_since(cafe: Business) -> None:
    first = alice(cafe)
    one = bring(cafe, LIST, "customers", wording=NEWS)
    finish(one)
    Customer.objects.filter(pk=first.pk).update(birth_year=1981)
    bruno = customers.find(cafe, "email", "bruno@example.org")
    assert bruno is not None
    bought = facts.Purchase((facts.Line(500),), "EUR")
    ledger.post(
        cafe.pk, [ledger.Fact(customer=bruno, at=timezone.now(), what=bought)], now=timezone.now()
    )
    done = take_back(one)
    assert (done.back, done.left) == (2, 2)
    assert Customer.objects.get(pk=first.pk).birth_year == 1981
    assert Customer.objects.get(pk=bruno).name == "Bruno Léger"
    assert customers.find(cafe, "email", "farid@example.org") is None


def test_a_second_import_of_a_list_changes_nothing(cafe: Business) -> None:
    finish(bring(cafe, LIST, "customers", wording=NEWS))
    before = known(cafe)
    seen = found(again := bring(cafe, LIST, "customers", wording=NEWS))
    assert (seen.new, seen.updated, seen.there) == (0, 0, 5)
    finish(again)
    assert known(cafe) == before


@pytest.mark.parametrize("welcome", [False, True])
def test_members_are_made_without_a_gift_unless_asked(db: None, *, welcome: bool) -> None:
    shop = make_shop("Chez Alice")  # which gives two stamps for joining
    one = bring(shop, "email;name\na@example.org;A\n", "customers", members=True, welcome=welcome)
    finish(one)
    (member,) = Member.objects.all()
    standing = ledger.standing(shop.pk, member.customer_id, now=timezone.now())
    assert standing is not None
    assert standing.enrolled_on is not None
    assert any(standing.balances.values()) == welcome
    assert member.customer.cards.count() == 1


SALES = (
    "Client;Date;Montant;Ticket\n"
    "alice;01/11/2025;12,50;T1\n"
    "alice;02/11/2025;7;T2\n"
    "bob;03/11/2025;1.234,50;T3\n"
    "bob;31/02/2025;9;T4\n"
)


def test_purchases_are_taken_back_and_may_come_again(cafe: Business) -> None:
    before = known(cafe)
    one = bring(cafe, SALES, "purchases", members=True)
    seen = found(one)
    assert (seen.new, seen.wrong, seen.people) == (3, 1, 2)
    done = finish(one)
    assert (done.new, done.rejected, done.people) == (3, 1, 2)
    assert any(any(row[7].values()) for row in known(cafe) if isinstance(row[7], dict))
    assert found(bring(cafe, SALES, "purchases")).there == 3
    gone = take_back(one)
    assert (gone.back, gone.left) == (3, 0)
    assert known(cafe) == before
    again = bring(cafe, SALES, "purchases", members=True)
    assert (found(again).new, found(again).there) == (3, 0)
    assert finish(again).new == 3
    ledger.verify(cafe.pk)


def test_an_import_that_was_killed_goes_on(cafe: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    from habitue.connectors import imports

    monkeypatch.setattr(imports, "BATCH", 1)
    one = bring(cafe, SALES, "purchases")
    running.start(one, None)
    told: list[int] = []

    def dies(self: object, rows: int) -> None:
        told.append(rows)
        if len(told) == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(running._Progress, "tell", dies)
        with pytest.raises(KeyboardInterrupt):
            running.run(one.pk)
    assert Change.objects.filter(of=one, kind="purchase").count() == 2
    running.run(one.pk)
    one.refresh_from_db()
    done = running.counts(one)
    assert (done.rows, done.new, done.there, done.rejected) == (4, 3, 0, 1)


def test_answers_are_taken_back(cafe: Business) -> None:
    content = "Date;NPS;E-mail\n01/03/2026;9;alice@example.org\n02/03/2026;11;\n"
    one = bring(cafe, content, "answers")
    assert (found(one).new, found(one).wrong, found(one).unknown) == (1, 1, 1)
    assert finish(one).new == 1
    assert take_back(one).back == 1
    assert found(bring(cafe, content, "answers")).new == 1


def test_nothing_is_undone_after_a_day(cafe: Business) -> None:
    one = bring(cafe, SALES, "purchases")
    finish(one)
    now = datetime.now(UTC)
    assert running.may_be_undone(one, now=now)
    assert not running.may_be_undone(one, now=now + timedelta(hours=25))


def test_one_at_a_time(cafe: Business) -> None:
    one, other = bring(cafe, SALES, "purchases"), bring(cafe, LIST, "customers")
    running.start(one, None)
    with pytest.raises(running.Busy):
        running.start(other, None)


def test_what_is_kept_of_files_goes_with_time_and_with_people(cafe: Business) -> None:
    first = alice(cafe)
    one, other = bring(cafe, LIST, "customers", wording=NEWS), bring(cafe, LIST, "customers")
    finish(one)
    assert uploads.path(other.pk).stat().st_mode & 0o777 == 0o600
    uploads.forget(cafe.pk, [first.pk])
    other.refresh_from_db()
    assert other.found is None
    assert not uploads.path(other.pk).exists()
    assert not uploads.rejected(one.pk).exists()
    assert Change.objects.get(customer=first).after is None
    assert Change.objects.exclude(after=None).exists()
    uploads.forget_old(now=timezone.now() + timedelta(days=2))
    assert not Change.objects.exclude(after=None).exists()


HOSTILE = {
    "nul": b"name,email\nA,a@example.org\nB\x00,b@example.org\n",
    "long": b"name,email\nA,a@example.org\n" + b"x" * 10_000_000 + b"\n",
    "formula": b"name,email\nA,a@example.org\n=1+1,=cmd@\n",
    "truncated": b'name,email\nA,a@example.org\n"B,b@exam',
    "many values": b"name,email\nA,a@example.org\nB,b@example.org,,,x\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_row_is_rejected_and_its_neighbours_taken(cafe: Business, name: str) -> None:
    one = bring(cafe, HOSTILE[name], "customers")
    assert (found(one).new, found(one).wrong) == (1, 1)
    assert finish(one).rejected == 1
    assert Identity.objects.filter(kind="email").count() == 1
    written = uploads.rejected(one.pk).read_text("utf-8-sig")
    assert written.startswith("name,email,reason\n")
    assert "\n=" not in written


def test_undoing_twice_takes_back_once(cafe: Business) -> None:
    one = bring(cafe, SALES, "purchases", members=True)
    finish(one)
    running.undo(one, None)
    undoing.run(one, now=timezone.now(), tell=lambda rows: None)  # killed before it was noted
    running.run(one.pk)
    one.refresh_from_db()
    assert one.state == "undone"
    assert running.counts(one).back == 3
    ledger.verify(cafe.pk)
