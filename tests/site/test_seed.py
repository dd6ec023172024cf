"""`habitue seed`: businesses made up, and everything that opens them, printed once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import typer

from habitue import ledger
from habitue.ledger import books, draws
from habitue.members import businesses, callers, cards, staff, tokens
from habitue.members.models import Business, Customer
from habitue.outreach.models import Audience
from habitue.pages import account
from habitue.site import environment, neighbors, seed, tree
from habitue.site.commands import seed as typed

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> list[seed.Tenant]:
    """Two, made at six in the morning: whatever happened to them is past."""
    return build(2)


def build(count: int, now: datetime = NOW) -> list[seed.Tenant]:
    address = "http://127.0.0.1:8000"
    return seed.build(count, prefix="try", address=address, now=now, tell=str).tenants


def test_every_credential_is_what_it_is_said_to_be(made: list[seed.Tenant]) -> None:
    for tenant in made:
        people = (tenant.owner, tenant.manager, tenant.cashier, tenant.partner_cashier)
        said = {text: scope for scope, text in tenant.keys.items()}
        said |= {one.token: scope for one, scope in zip(people, STAFF, strict=True)}
        said |= {one.token: "member" for one in tenant.members}
        found = callers.callers(said, at=NOW)
        assert {text: one.scope for text, one in found.items()} == said
        assert {str(one.business) for one in found.values()} == {tenant.business.id}
        assert {one.partner for one in found.values()} == {"", tenant.partner}
        shown = {str(found[one.token].customer) for one in tenant.members}
        assert shown == {one.customer for one in tenant.members}


STAFF = ("owner", "owner", "till", "partner")


def test_pins_cards_and_vouchers_are_good(made: list[seed.Tenant]) -> None:
    for tenant in made:
        business = int(tenant.business.id)
        for one in (tenant.cashier, tenant.partner_cashier):
            got = tokens.issue_by_pin(business, int(one.id), one.pin, at=NOW, partner=one.partner)
            assert not isinstance(got, str)
        for member in tenant.members:
            read = cards.read(member.printed_code, business=business, staff=None, at=NOW)
            assert isinstance(read, cards.Read)
            assert str(read.card.customer_id) == member.customer
        standing = ledger.standing(business, int(tenant.voucher.customer), now=NOW)
        assert standing is not None
        waiting = {one.code: one for one in standing.vouchers}[tenant.voucher.code]
        assert (waiting.reward, waiting.state) == (tenant.voucher.reward, "issued")


def test_the_books_are_right_and_everything_has_happened(made: list[seed.Tenant]) -> None:
    for tenant in made:
        business = int(tenant.business.id)
        assert ledger.verify(business) == []
        assert ledger.replay(business) == []
        people = Customer.objects.filter(business=business)
        assert people.count() == len(neighbors.NAMES)
        lines = [line for one in people for line in ledger.entries(business, one.pk, limit=200)]
        assert {line.happened for line in lines} >= HAPPENED
        assert max(line.at for line in lines if line.at) < NOW
        assert Audience.objects.filter(business=business, pk=int(tenant.audience)).exists()
        assert len(tenant.not_enrolled) == len(neighbors.NAMES) - neighbors.MEMBERS


HAPPENED = {
    "purchase", "visit", "redemption", "payment", "refund", "undo", "adjustment", "transfer",
    "receipt", "action",
}  # fmt: skip


def test_members_are_spread_over_the_tiers_and_the_rewards(made: list[seed.Tenant]) -> None:
    business = int(made[0].business.id)
    everybody = list(Customer.objects.filter(business=business).values_list("pk", flat=True))
    found = ledger.standings(business, everybody, now=NOW)
    assert {one.tier for one in found.values()} >= {"member", "silver", "gold"}
    assert {one.reward for each in found.values() for one in each.vouchers} >= {
        "coffee",
        "five-off",
    }
    assert made[0].rewards["five-off"] == {"points": "50"}
    spend = books.in_force(business)
    assert spend is not None
    assert made[0].units == {"points": 0, "stamps": 0, "spend": 2}


def test_a_draw_is_in_every_state(made: list[seed.Tenant]) -> None:
    periods = draws.periods(int(made[0].business.id))
    assert [one for one in periods if one.revealed_at and one.record.winners]
    assert [one for one in periods if one.closed_at and not one.revealed_at]
    assert [one for one in periods if not one.closed_at]


def test_again_makes_others_and_leaves_the_first_as_they_are(made: list[seed.Tenant]) -> None:
    (other,) = build(1, NOW + timedelta(days=1))
    slugs = {one.business.slug for one in (*made, other)}
    assert len(slugs) == 3
    assert all(slug.startswith("try-") for slug in slugs)
    mine = [text for one in made for text in one.keys.values()]
    assert len(callers.callers(mine, at=NOW)) == len(mine)


def test_what_is_printed_is_json_and_progress_goes_elsewhere(
    running: None, capsys: pytest.CaptureFixture[str]
) -> None:
    typed.command(tenants=1, as_json=True, prefix="x", yes=False)
    out, err = capsys.readouterr()
    (tenant,) = json.loads(out)["tenants"]
    assert json.loads(out)["api"].endswith("/api/v1")
    assert "is ready" in err
    assert not [text for text in _secrets(tenant) if text in err]


def test_it_says_the_address_at_which_habitue_runs_and_not_the_usual_one(
    running: None, capsys: pytest.CaptureFixture[str]
) -> None:
    held = tree.lock(environment.read())
    assert held.take()
    held.note(json.dumps({"address": "http://127.0.0.1:18677", "host": "127.0.0.1", "port": 18677}))
    try:
        typed.command(tenants=1, as_json=True, prefix="x", yes=False)
    finally:
        held.release()
    told = json.loads(capsys.readouterr().out)
    (tenant,) = told["tenants"]
    for address in (told["api"], told["openapi"], tenant["members"][0]["card"]):
        assert address.startswith("http://127.0.0.1:18677/")


def _secrets(tenant: dict[str, Any]) -> list[str]:
    return [*tenant["keys"].values(), *(one["token"] for one in tenant["members"])]


def test_a_reader_gets_a_table(running: None, capsys: pytest.CaptureFixture[str]) -> None:
    typed.command(tenants=1, as_json=False, prefix="x", yes=False)
    out = capsys.readouterr().out
    assert out.count("hk_") == 4
    assert out.count("hs_") == 4
    assert "Alice Martin" in out


def test_where_a_real_business_lives_it_asks_first(
    running: None, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = businesses.create(name="Café des Amis", kind="cafe", country="FR")
    staff.add_owner(shop, account.user_of("zoe@example.org"))
    with pytest.raises(typer.Exit):
        typed.command(tenants=1, as_json=True, prefix="x", yes=False)
    assert "Café des Amis" in capsys.readouterr().err
    assert Business.objects.count() == 1
    typed.command(tenants=1, as_json=True, prefix="x", yes=True)
    typed.command(tenants=1, as_json=True, prefix="x", yes=True)
    assert Business.objects.count() == 3


@pytest.mark.parametrize("prefix", ["Seed", "a b", "é", "", "x" * 31])
def test_a_wrong_prefix_is_a_sentence(
    running: None, capsys: pytest.CaptureFixture[str], prefix: str
) -> None:
    with pytest.raises(typer.Exit):
        typed.command(tenants=1, as_json=True, prefix=prefix, yes=False)
    assert "--prefix" in capsys.readouterr().err
    assert not Business.objects.exists()
