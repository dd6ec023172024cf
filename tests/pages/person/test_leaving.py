"""Somebody takes everything along, lies in the bin, is erased: by the owner, after looking."""

import io
import json
import zipfile

import pytest
from django.test import Client

from habitue.members.models import Business, Customer, JournalLine
from tests.pages.conftest import make_member, make_shop

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}


def test_everything_kept_on_somebody_is_downloaded(alice: Customer, owner: Client) -> None:
    answer = owner.post(f"/customers/{alice.pk}/download")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        held = json.loads(file.read("person.json"))
    assert held["person"][0]["name"] == "Alice Martin"
    assert JournalLine.objects.filter(kind="download", customer=alice).count() == 1


def test_the_bin_is_looked_into_and_gives_back(
    cafe: Business, alice: Customer, owner: Client
) -> None:
    assert owner.post(f"/customers/{alice.pk}/bin").status_code == 302
    assert "Alice Martin" in owner.get("/customers/bin").content.decode()
    assert "Alice Martin" not in owner.get("/customers").content.decode()
    page = owner.get(f"/customers/{alice.pk}", headers=ENGLISH).content.decode()
    assert "In the recycle bin" in page
    assert owner.get(f"/customers/{alice.pk}/edit").status_code == 404
    assert owner.post(f"/customers/{alice.pk}/restore").status_code == 302
    assert "Alice Martin" in owner.get("/customers").content.decode()
    assert "Alice Martin" not in owner.get("/customers/bin").content.decode()


def test_nobody_of_another_shop_lies_in_this_bin(owner: Client, cafe: Business) -> None:
    stranger = make_member(make_shop("Boulangerie"), "Chiara", "chiara@example.org")
    Customer.objects.filter(pk=stranger.pk).update(binned_at=stranger.created_at)
    assert "Chiara" not in owner.get("/customers/bin").content.decode()


def test_somebody_is_erased_only_after_the_page_that_says_what_goes(
    cafe: Business, alice: Customer, owner: Client
) -> None:
    path = f"/customers/{alice.pk}/erase"
    page = owner.get(path, headers=ENGLISH).content.decode()
    assert "What goes" in page
    assert "What stays" in page
    alice.refresh_from_db()
    assert alice.erased_at is None
    assert owner.post(path).status_code == 302
    alice.refresh_from_db()
    assert (alice.name, alice.erased_at is not None) == ("", True)
    assert owner.get(f"/customers/{alice.pk}").status_code == 404
    assert JournalLine.objects.get(kind="erase").staff is not None
