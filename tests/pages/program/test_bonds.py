"""Households, merging and gifts from the owner's page: said plainly, done once, undone."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from habitue import ledger
from habitue.ledger import households
from habitue.members.models import Business, Customer, JournalLine
from tests.pages.person.conftest import reference
from tests.pages.program import town as made

pytestmark = pytest.mark.django_db


def body(client: Client, path: str) -> str:
    return client.get(path, headers={"accept-language": "en"}).content.decode()


def points(who: Customer) -> int:
    standing = ledger.standing(who.business_id, who.pk, now=timezone.now())
    return standing.balances["points"] if standing else 0


def test_a_household_begins_grows_and_ends(
    owner: Client, town: Business, alice: Customer, bruno: Customer
) -> None:
    path = f"/customers/{alice.pk}/household"
    assert "Nobody yet" in body(owner, path)
    assert owner.post(path, {"other": bruno.member.number}).status_code == 302
    page = body(owner, path)
    assert "Head of the household" in page
    assert "Bruno" in page
    assert "Household of 2" in body(Client(), f"/c/{bruno.cards.get().token}")
    assert owner.post(path, {"other": bruno.member.number}).status_code == 422
    assert owner.post(path, {"other": "nobody"}).status_code == 422
    assert owner.post(f"/customers/{bruno.pk}/household/leave").status_code == 302
    assert households.of(town.pk, alice.pk) is None


def test_two_customers_become_one_after_both_were_seen_and_two_again(
    owner: Client, town: Business, alice: Customer, bruno: Customer
) -> None:
    made.buys(town, alice, 1_000)
    made.buys(town, bruno, 700)
    path = f"/customers/{bruno.pk}/merge"
    shown = owner.post(path, {"other": "alice@example.org"}, headers={"accept-language": "en"})
    page = shown.content.decode()
    assert "Everything of Bruno goes over to Alice" in page
    assert "10 points" in page
    assert "7 points" in page
    assert (points(alice), points(bruno)) == (10, 7)  # nothing was changed
    sure = {"other": "alice@example.org", "sure": "yes"}
    assert owner.post(path, sure).headers["Location"] == f"/customers/{alice.pk}"
    assert points(alice) == 17
    assert JournalLine.objects.get(kind="merge").staff is not None
    page = body(owner, f"/customers/{bruno.pk}")
    assert "everything goes on there" in page
    assert owner.get(path).status_code == 404
    assert owner.post(f"/customers/{bruno.pk}/unmerge").status_code == 302
    assert (points(alice), points(bruno)) == (10, 7)
    assert owner.post(f"/customers/{bruno.pk}/unmerge").status_code == 404


def test_a_customer_is_not_merged_with_themselves_or_nobody(owner: Client, alice: Customer) -> None:
    path = f"/customers/{alice.pk}/merge"
    for other in ("alice@example.org", "nobody@example.org", ""):
        answer = owner.post(path, {"other": other, "sure": "yes"})
        assert answer.status_code == 422
    alice.refresh_from_db()
    assert alice.merged_into_id is None


def test_units_are_given_to_another_member(
    owner: Client, town: Business, alice: Customer, bruno: Customer
) -> None:
    made.buys(town, alice, 1_000)
    path = f"/customers/{alice.pk}/give"
    given = {"other": "bruno@example.org", "unit": "points", "amount": "4"}
    given["reference"] = reference(owner, path)
    assert owner.post(path, {**given, "amount": "11"}).status_code == 422
    assert owner.post(path, {**given, "amount": "0,5"}).status_code == 422
    assert owner.post(path, {**given, "unit": "stars"}).status_code == 422
    for _ in range(2):  # a button pressed twice gives once
        assert owner.post(path, given).status_code == 302
    assert (points(alice), points(bruno)) == (6, 4)
    assert "Gave units" in body(owner, f"/customers/{alice.pk}")


def test_what_the_program_does_not_know_does_not_exist(owner: Client, town: Business) -> None:
    plain = made.TOWN.split("household:")[0]
    carol = made.make_neighbor(town, "Chiara")
    assert owner.get(f"/customers/{carol.pk}/household").status_code == 200
    published = ledger.publish(town.pk, plain, since=date(2090, 1, 1))
    assert not published.problems, published.problems
    assert owner.get(f"/customers/{carol.pk}/household").status_code == 404
    assert owner.get(f"/customers/{carol.pk}/give").status_code == 404


def test_anothers_customers_do_not_exist(owner: Client, client: Client, alice: Customer) -> None:
    other = made.make_town("Another")
    nino = made.make_neighbor(other, "Nino")
    for page in ("household", "merge", "give"):
        assert owner.get(f"/customers/{nino.pk}/{page}").status_code == 404
        assert client.get(f"/customers/{alice.pk}/{page}").headers["Location"] == "/sign-in"
    for change in ("household/leave", "unmerge"):
        assert owner.post(f"/customers/{nino.pk}/{change}").status_code == 404
        assert owner.get(f"/customers/{alice.pk}/{change}").status_code == 405
    sure = {"other": "nino@example.org", "sure": "yes"}
    assert owner.post(f"/customers/{alice.pk}/merge", sure).status_code == 422
