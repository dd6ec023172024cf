"""A card as a pass: offered where keys are set, for its holder only, with no living code on it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.test import Client

from habitue.connectors.wallets import google
from habitue.members import cards
from habitue.members.models import Business, Card
from habitue.pages.card import wallet
from tests.connectors.wallets import test_wallets as made

files = made.files

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[rsa.RSAPrivateKey]:
    """An installation that has both keys."""
    key = rsa.generate_private_key(65537, 2048)
    made.service(key, tmp_path)
    service = (tmp_path / "service.json", "3388")
    env = replace(settings.ENVIRONMENT, apple_wallet=files, google_wallet=service)
    monkeypatch.setattr(settings, "ENVIRONMENT", env)
    forget()
    yield key
    forget()


def forget() -> None:
    wallet._apple.cache_clear()
    wallet._google.cache_clear()


def face_of(content: bytes) -> dict[str, object]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        read: dict[str, object] = json.loads(archive.read("pass.json"))
    return read


def test_without_keys_no_wallet_is_offered(client: Client, card: Card) -> None:
    forget()
    assert wallet.offered() == wallet.Wallets(apple=False, google=False)
    for which in ("apple", "google"):
        assert client.get(f"/c/{card.token}/wallet/{which}").status_code == 404


@pytest.mark.usefixtures("keys")
def test_an_iphone_is_handed_the_pass(client: Client, card: Card) -> None:
    assert wallet.offered() == wallet.Wallets(apple=True, google=True)
    answer = client.get(f"/c/{card.token}/wallet/apple")
    assert answer["Content-Type"] == "application/vnd.apple.pkpass"
    assert 'filename="cafe-des-amis.pkpass"' in answer["Content-Disposition"]
    face = face_of(answer.content)
    assert face["organizationName"] == "Café des Amis"
    assert "barcodes" not in face
    assert "2 sur 1" in str(face["storeCard"])


@pytest.mark.usefixtures("keys")
def test_where_printed_cards_are_good_the_pass_carries_the_printed_code(
    client: Client, card: Card, cafe: Business
) -> None:
    Business.objects.filter(pk=cafe.pk).update(printed_cards=True)
    face = face_of(client.get(f"/c/{card.token}/wallet/apple").content)
    assert f"/k/{cards.printed_code(card)}" in str(face["barcodes"])


@pytest.mark.usefixtures("keys")
def test_google_is_told_only_by_the_address(client: Client, card: Card) -> None:
    answer = client.get(f"/c/{card.token}/wallet/google")
    assert answer.status_code == 302
    token = answer["Location"].removeprefix(google.SAVE)
    claims = json.loads(made.unpacked(token.split(".")[1]))
    (object_,) = claims["payload"]["loyaltyObjects"]
    assert object_["accountName"] == "Alice Martin"


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("which", ["apple", "google"])
def test_nobody_gets_a_pass_without_a_card(client: Client, cafe: Business, which: str) -> None:
    assert client.get(f"/c/nobody/wallet/{which}").status_code == 404


def test_keys_that_cannot_be_read_offer_nothing(
    client: Client,
    card: Card,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no key")
    env = replace(settings.ENVIRONMENT, apple_wallet=(wrong, wrong), google_wallet=(wrong, "1"))
    monkeypatch.setattr(settings, "ENVIRONMENT", env)
    forget()
    assert wallet.offered() == wallet.Wallets(apple=False, google=False)
    assert "cannot be read" in caplog.text
    forget()
