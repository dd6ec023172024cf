"""Draws on the owner's pages and in public: off at first, sealed, checked, nobody named."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner, Result

from habitue.core import drawing
from habitue.core.drawing import Record
from habitue.ledger import draws, sweeping
from habitue.members.models import Business, Customer
from habitue.site import cli
from tests.pages.program import town as made

pytestmark = pytest.mark.django_db


def begun(town: Business) -> tuple[str, datetime]:
    """The draw of yesterday, committed to the day before."""
    day, noon = made.yesterday()
    before = noon - timedelta(days=1)
    draws.confirm(town.pk, country="FR", by="zoe", now=before)
    assert isinstance(draws.open_period(town.pk, "daily", day, now=before), draws.Period)
    return day.isoformat(), noon


def body(client: Client, path: str) -> str:
    return client.get(path, headers={"accept-language": "en"}).content.decode()


def test_draws_are_off_until_the_owner_has_looked_up_the_rules(
    owner: Client, town: Business
) -> None:
    page = body(owner, "/program/draws")
    assert "Off until you have looked up the rules of your country: France" in page
    assert "Draw of the day" in page
    assert "at least 1 ticket in 4 wins" in page
    assert owner.post("/program/draws/confirm").status_code == 422
    assert not draws.are_allowed(town.pk)
    assert draws.periods(town.pk) == []
    owner.post("/program/draws/confirm", {"looked_up": "yes"})
    assert draws.are_allowed(town.pk)
    assert len(draws.periods(town.pk)) == 2  # today's and tomorrow's
    assert "Off until" not in body(owner, "/program/draws")


def test_a_draw_from_commitment_to_prize(
    owner: Client, client: Client, town: Business, alice: Customer, bruno: Customer
) -> None:
    day, noon = begun(town)
    made.buys(town, alice, 1_000, at=noon)
    made.buys(town, bruno, 1_000, at=noon)
    public, own = f"/draws/{town.slug}/daily/{day}", f"/program/draws/daily/{day}"
    promised = msgspec.json.decode(client.get(public + ".json").content, type=Record)
    assert promised.commitment in body(client, public)
    assert (promised.secret, promised.tickets) == ("", "")
    assert "to be closed" in body(owner, own)
    assert owner.post(own + "/reveal").status_code == 422  # not closed yet
    assert owner.post(own + "/close").status_code == 302
    assert "closed, to be revealed" in body(owner, own)
    assert owner.post(own + "/reveal").status_code == 302
    page = body(owner, own)
    assert ("Alice" in page) != ("Bruno" in page)  # one of two wins at 1 in 4
    assert "waiting" in page


@pytest.fixture
def revealed(town: Business, alice: Customer, bruno: Customer) -> str:
    """The address of a draw that Alice and Bruno entered, revealed."""
    day, noon = begun(town)
    for each in (alice, bruno):
        made.buys(town, each, 1_000, at=noon)
    when = draws.periods(town.pk)[0].starts_on
    now = timezone.now()
    assert isinstance(draws.close(town.pk, "daily", when, now=now), draws.Period)
    assert isinstance(draws.reveal(town.pk, "daily", when, now=now), draws.Period)
    return f"/draws/{town.slug}/daily/{day}"


def test_everybody_sees_the_proof_and_nobodys_name(client: Client, revealed: str) -> None:
    page, record = body(client, revealed), client.get(revealed + ".json")
    found = msgspec.json.decode(record.content, type=Record)
    assert drawing.verify(found) == []
    for text in (found.secret, found.commitment, found.winners[0].ticket, "habitue draw verify"):
        assert text in page
    for text in (page, record.content.decode()):
        assert "Alice" not in text
        assert "Bruno" not in text


def test_prizes_speak_the_readers_language(client: Client, revealed: str) -> None:
    page = client.get(revealed, headers={"accept-language": "it"}).content.decode()
    assert "Estrazione del giorno" in page
    assert "5,00\xa0€ di sconto" in page
    assert " off" not in page
    (prize, *_rest) = re.findall(r'<th scope="row">([^<]+)</th><td class="number">1<', page)
    assert prize == "a trip"  # as the owner wrote it


def test_revealed_twice_the_page_shows_the_same(
    owner: Client, client: Client, revealed: str
) -> None:
    first = client.get(revealed + ".json").content
    own = "/program/draws/" + revealed.split("/", 3)[3]
    assert owner.post(own + "/reveal").status_code == 302
    assert client.get(revealed + ".json").content == first


def verify(path: Path) -> Result:
    return CliRunner().invoke(cli.app, ["draw", "verify", str(path)])


def test_the_command_finds_the_published_record_fair_and_a_changed_one_not(
    client: Client, revealed: str, tmp_path: Path
) -> None:
    path, content = tmp_path / "record.json", client.get(revealed + ".json").content
    path.write_bytes(content)
    told = verify(path)
    assert told.exit_code == 0, told.output
    assert "of 2 tickets 1 win" in told.output
    record = msgspec.json.decode(content, type=Record)
    other = next(
        line.split()[0]
        for line in record.tickets.splitlines()
        if line.split()[0] != record.winners[0].ticket
    )
    winner = f'"ticket": "{record.winners[0].ticket}"'.encode()
    path.write_bytes(content.replace(winner, f'"ticket": "{other}"'.encode()))
    told = verify(path)
    assert told.exit_code == 1
    assert "it belongs to" in told.output


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"draw": 3}', b"[" * 5_000])
def test_the_command_refuses_what_is_no_record(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(content)
    told = verify(path)
    assert told.exit_code == 1
    assert "not the record of a draw" in told.output
    assert verify(tmp_path / "none.json").exit_code == 1


def test_what_is_over_is_closed_by_the_sweep(town: Business, alice: Customer) -> None:
    _, noon = begun(town)
    made.buys(town, alice, 1_000, at=noon)
    sweeping.sweep(town.pk, now=noon)
    assert all(period.closed_at is None for period in draws.periods(town.pk))
    sweeping.sweep(town.pk, now=timezone.now())
    closed = [one.record.tickets for one in draws.periods(town.pk) if one.closed_at]
    assert len(closed) == 1
    assert closed[0].count("\n") == 1


def test_another_shops_draw_and_one_that_never_opened_do_not_exist(
    owner: Client, client: Client, town: Business
) -> None:
    other = made.make_town("Another")
    day, _ = begun(other)
    assert client.get(f"/draws/{other.slug}/daily/{day}").status_code == 200
    for path in (f"{town.slug}/daily/{day}", f"{other.slug}/weekly/{day}", f"{other.slug}/daily/x"):
        assert client.get(f"/draws/{path}").status_code == 404
        assert client.get(f"/draws/{path}.json").status_code == 404
    assert owner.get(f"/program/draws/daily/{day}").status_code == 404
    assert owner.post(f"/program/draws/daily/{day}/close").status_code == 404
    assert owner.get(f"/program/draws/daily/{day}/close").status_code == 405


def test_strangers_are_sent_to_sign_in(client: Client, town: Business) -> None:
    day, _ = begun(town)
    for path in ("/program/draws", f"/program/draws/daily/{day}"):
        assert client.get(path).headers["Location"] == "/sign-in"
    answer = client.post("/program/draws/confirm", {"looked_up": "yes"})
    assert answer.headers["Location"] == "/sign-in"
