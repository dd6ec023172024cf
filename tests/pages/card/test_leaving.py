"""Paid membership ends from the card in three clicks, and is kept after all as easily."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from habitue import ledger
from habitue.core import facts
from habitue.core.account import FeeState
from habitue.members.models import Customer, JournalLine
from tests.pages.program import town as made

pytestmark = pytest.mark.django_db


@pytest.fixture
def diego(db: None) -> Customer:
    """A paying member who has used something: nothing is given back."""
    club = made.make_town("Le Club", made.CLUB)
    who = made.make_neighbor(club, "Diego")
    made.post(club, who, facts.FeePaid(4_900, "EUR"), at=timezone.now())
    made.post(club, who, facts.BenefitUse("lounge"), at=timezone.now())
    return who


def state(who: Customer) -> FeeState:
    standing = ledger.standing(who.business_id, who.pk, now=timezone.now())
    assert standing is not None
    assert standing.perks.membership is not None
    assert standing.perks.membership.state is not None
    return standing.perks.membership.state


def body(client: Client, path: str) -> str:
    return client.get(path, headers={"accept-language": "en"}).content.decode()


def test_three_clicks_from_the_card(client: Client, diego: Customer) -> None:
    path = f"/c/{diego.cards.get().token}"
    assert f'href="{path}/me"' in body(client, path)
    assert f'href="{path}/membership"' in body(client, f"{path}/me")
    page = body(client, f"{path}/membership")
    assert "nothing more is charged" in page
    assert "why?" not in page  # asked after, never before
    assert client.get(f"{path}/membership/cancel").status_code == 405
    for _ in range(2):
        assert client.post(f"{path}/membership/cancel").status_code == 302
    assert state(diego).ending
    after = body(client, f"{path}/membership")
    assert "Your membership is cancelled." in after
    assert "why?" in after
    client.post(f"{path}/membership/reason", {"reason": "price"})
    client.post(f"{path}/membership/reason", {"reason": "<script>"})
    assert [line.what for line in JournalLine.objects.all()] == [{"left": "price"}]


def test_it_can_be_kept_and_ended_again(client: Client, diego: Customer) -> None:
    path = f"/c/{diego.cards.get().token}/membership"
    for _ in range(2):
        client.post(f"{path}/cancel")
        assert state(diego).ending
        client.post(f"{path}/keep")
        client.post(f"{path}/keep")
        assert not state(diego).ending
    assert ledger.verify(diego.business_id) == []


def test_a_program_without_a_fee_has_no_such_page(client: Client, db: None) -> None:
    town = made.make_town()
    token = made.make_neighbor(town, "Alice").cards.get().token
    assert client.get(f"/c/{token}/membership").status_code == 404
    assert client.post(f"/c/{token}/membership/cancel").status_code == 404
