"""The import's four steps as an owner goes them; A18: counts as expected, undone to the byte."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from habitue.connectors import checking, running, uploads
from habitue.connectors.models import Change, Import
from habitue.members import customers, erasing
from habitue.members.models import Business, Consent, Customer
from habitue.pages.imports import reasons
from tests.connectors.test_running import LIST, NEWS, SALES
from tests.pages.conftest import make_shop

pytestmark = pytest.mark.django_db
WAYS = {"dates": "", "decimal": "", "existing": "update", "wording": NEWS}


def drop(owner: Client, content: bytes | str, name: str = "clients.csv") -> Import:
    data = content.encode() if isinstance(content, str) else content
    answer = owner.post("/import", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.latest("pk")


def body(owner: Client, path: str) -> str:
    answer = owner.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def shown(owner: Client, one: Import) -> dict[str, str]:
    """The form of step 2 as a browser would send it."""
    page = body(owner, f"/import/{one.pk}/columns")
    chosen = {}
    for name, options in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        picked = re.search(r'<option value="([^"]*)" selected', options)
        chosen[name] = picked[1] if picked else ""
    return chosen


def confirm(owner: Client, one: Import, **other: str) -> None:
    answer = owner.post(f"/import/{one.pk}/columns", shown(owner, one) | WAYS | other)
    assert answer.status_code == 302, answer.content.decode()
    one.refresh_from_db()


def bring_in(owner: Client, one: Import) -> None:
    assert owner.post(f"/import/{one.pk}/start").status_code == 302
    assert "every 1s" in body(owner, f"/import/{one.pk}")
    running.run(one.pk)
    one.refresh_from_db()


def seen(one: Import) -> checking.Found:
    found = checking.of(one)
    assert found is not None
    return found


def export(owner: Client) -> bytes:
    answer = owner.get("/customers.csv")
    assert answer.status_code == 200
    return b"".join(answer)


def test_a_french_list_is_counted_brought_in_and_undone_to_the_byte(
    owner: Client, alice: Customer
) -> None:
    before = export(owner)
    one = drop(owner, LIST)
    page = body(owner, f"/import/{one.pk}/columns")
    assert "Adresse e-mail" in page
    assert "alice@example.org · bruno@example.org · chiara@example" in page
    confirm(owner, one)
    page = body(owner, f"/import/{one.pk}/preview")
    numbers = re.findall(r"<dd>(\d+)</dd>", page)
    assert numbers == ["3", "1", "1", "4"]
    assert "Ligne 4" in page
    assert "ce n’est pas une adresse e-mail" in page
    assert 'value="31/02/1990"' in page
    bring_in(owner, one)
    page = body(owner, f"/import/{one.pk}")
    assert re.findall(r"<dd>(\d+)</dd>", page) == ["3", "1", "1", "4"]
    assert export(owner) != before
    answer = owner.post(f"/import/{one.pk}/undo")
    assert answer.status_code == 302
    running.run(one.pk)
    assert export(owner) == before
    assert "Annulé" in body(owner, f"/import/{one.pk}")
    assert "clients.csv" in body(owner, "/import")


def test_the_file_of_customers_that_we_write_changes_nothing(
    owner: Client, cafe: Business, alice: Customer
) -> None:
    one = drop(owner, LIST)
    confirm(owner, one, members="on")
    bring_in(owner, one)
    Customer.objects.filter(name="Farid Œuvré").update(birth_day=12, birth_month=5, birth_year=None)
    again = drop(owner, export(owner), "cafe-customers.csv")
    assert again.what == "customers"
    confirm(owner, again)
    found = seen(again)
    assert (found.rows, found.new, found.updated, found.wrong) == (4, 0, 0, 0)
    assert "Les 4 lignes" in body(owner, f"/import/{again.pk}/preview")


def test_a_wrong_value_is_mended_on_the_spot(owner: Client, cafe: Business) -> None:
    one = drop(owner, LIST)
    confirm(owner, one)
    owner.post(
        f"/import/{one.pk}/mend", {"mend-4-2": "chiara@example.org", "mend-6-4": "31/02/1990"}
    )
    one.refresh_from_db()
    assert one.corrections == {"4": {"2": "chiara@example.org"}}
    assert seen(one).wrong == 3
    owner.post(f"/import/{one.pk}/mend", {"mend-3-2": "not shown", "mend-x": "no"})
    one.refresh_from_db()
    assert "3" not in one.corrections
    bring_in(owner, one)
    assert customers.find(cafe, "email", "chiara@example.org") is not None
    answer = owner.get(f"/import/{one.pk}/rejected.csv")
    content = b"".join(answer).decode("utf-8-sig")
    assert content.splitlines()[0].endswith(";reason")
    assert len(content.splitlines()) == 4


def test_consent_is_mapped_or_said_to_be_nowhere(owner: Client, cafe: Business) -> None:
    one = drop(owner, "Nom;E-mail\nAlice;alice@example.org\n")
    path = f"/import/{one.pk}/columns"
    answer = owner.post(path, shown(owner, one) | WAYS)
    assert answer.status_code == 422
    assert "qui a accepté" in answer.content.decode()
    confirm(owner, one, no_consent="on")
    bring_in(owner, one)
    assert not Consent.objects.exists()


def test_columns_settled_once_are_known_the_next_time(owner: Client, cafe: Business) -> None:
    content = "Qui;Contact;Accord\nAlice;alice@example.org;oui\n"
    one = drop(owner, content)
    assert "column-0" in shown(owner, one)
    answer = owner.post(f"/import/{one.pk}/columns", shown(owner, one) | WAYS)
    assert answer.status_code == 422  # nobody can be recognised by these
    confirm(owner, one, **{"column-0": "name", "column-1": "email"})
    bring_in(owner, one)
    again = drop(owner, content + "Bruno;bruno@example.org;oui\n")
    assert (shown(owner, again)["column-0"], shown(owner, again)["column-1"]) == ("name", "email")
    twice = shown(owner, again) | WAYS | {"column-2": "email"}
    answer = owner.post(f"/import/{again.pk}/columns", twice)
    assert "deux colonnes" in answer.content.decode()


def test_pasted_purchases_come_in_once(owner: Client, cafe: Business) -> None:
    answer = owner.post("/import", {"pasted": SALES})
    assert answer.status_code == 302
    one = Import.objects.get()
    assert one.what == "purchases"
    confirm(owner, one, members="on")
    bring_in(owner, one)
    assert "4 lignes en tout" in body(owner, f"/import/{one.pk}")
    owner.post("/import", {"pasted": SALES.replace("31/02/2025", "28/02/2025").replace("T4", "T3")})
    again = Import.objects.latest("pk")
    confirm(owner, again)
    assert (seen(again).new, seen(again).there) == (0, 4)


def test_a_large_file_is_looked_at_by_the_worker(owner: Client, cafe: Business) -> None:
    rows = "".join(f"a{number};{number}@example.org\n" for number in range(running.SMALL + 1))
    one = drop(owner, f"Nom;E-mail\n{rows}")
    confirm(owner, one, no_consent="on")
    assert one.state == "checking"
    fragment = owner.get(f"/import/{one.pk}/preview", headers={"HX-Request": "true"})
    assert 'hx-trigger="every 1s"' in fragment.content.decode()
    running.run(one.pk)
    assert re.search(r"<dd>2.001</dd>", body(owner, f"/import/{one.pk}/preview"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ne contient aucune ligne"),
        (b"PK\x03\x04rest", "fichier ZIP"),
        (b"%PDF-1.7", "un PDF"),
        (b"just words\n", "n’a pas de colonnes"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(
    owner: Client, cafe: Business, content: bytes, said: str
) -> None:
    answer = owner.post("/import", {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Import.objects.exists()
    assert not list(Path(uploads.path(0)).parent.glob("*.csv")) or not Import.objects.exists()


def test_nothing_chosen_is_said(owner: Client, cafe: Business) -> None:
    answer = owner.post("/import", {})
    assert answer.status_code == 422
    assert "Choisissez un fichier" in answer.content.decode()


def test_another_shops_imports_do_not_exist(owner: Client, cafe: Business) -> None:
    one = drop(owner, LIST)
    one.business = make_shop("Bar")
    one.save()
    for path in ("", "/columns", "/preview", "/rejected.csv"):
        assert owner.get(f"/import/{one.pk}{path}").status_code == 404
    for path in ("/start", "/undo", "/mend", "/again", "/discard"):
        assert owner.post(f"/import/{one.pk}{path}").status_code == 404
    assert owner.get(f"/import/{2**63}").status_code == 404
    assert Client().get("/import").status_code == 302


def test_a_file_may_be_forgotten(owner: Client, cafe: Business) -> None:
    one = drop(owner, LIST)
    assert uploads.path(one.pk).exists()
    owner.post(f"/import/{one.pk}/discard")
    assert not uploads.path(one.pk).exists()
    assert not Import.objects.exists()


def test_a_file_that_is_gone_is_said(owner: Client, cafe: Business) -> None:
    one = drop(owner, LIST)
    uploads.drop(one.pk)
    answer = owner.get(f"/import/{one.pk}/columns", follow=True)
    assert "a été supprimé" in answer.content.decode()


@pytest.mark.parametrize("what", ["customers", "purchases", "answers"])
def test_the_files_to_begin_from_are_read_whole(owner: Client, cafe: Business, what: str) -> None:
    content = owner.get(f"/import/sample/{what}.csv").content
    one = drop(owner, content)
    assert one.what == what
    confirm(owner, one, agreed_on="2026-02-03")
    assert (seen(one).rows, seen(one).new, seen(one).wrong) == (2, 2, 0)


def test_reasons_are_said_in_the_readers_language() -> None:
    from django.utils.translation import override

    with override("fr"):
        assert (
            reasons.say("line 3 has this e-mail already")
            == "la ligne 3 a déjà cette adresse e-mail"
        )
        assert reasons.say("2025-02 has no day 31") == "2025-02 n’a pas de jour 31"
        assert reasons.say("something new") == "something new"


def test_who_is_erased_stands_in_no_file_and_no_table(
    owner: Client, cafe: Business, alice: Customer
) -> None:
    one, waiting = drop(owner, LIST), drop(owner, LIST)
    for each in (one, waiting):
        confirm(owner, each)
    bring_in(owner, one)
    bruno = customers.find(cafe, "email", "bruno@example.org")
    assert bruno is not None
    erasing.erase(Customer.objects.get(pk=bruno), at=timezone.now())
    assert not uploads.path(waiting.pk).exists()
    for row in (*Import.objects.values_list(), *Change.objects.values_list()):
        assert "bruno" not in str(row).casefold()
    assert "alice" in str([*Change.objects.values_list()]).casefold()
    assert "a été supprimé" in body(owner, f"/import/{waiting.pk}/preview")
