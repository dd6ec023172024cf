"""The outbox is pruned only behind everybody who reads there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from habitue.connectors.webhooks import watermarks
from habitue.lake import layout
from habitue.lake.layout import Manifest, Position
from habitue.ledger import outbox
from habitue.members.models import Business
from habitue.metrics import tables
from habitue.site import pruning
from tests.ledger.conftest import bought, guests, later, make_cafe, post, rows

pytestmark = pytest.mark.django_db

LONG_AFTER: datetime = later(days=900)


@pytest.fixture
def shop(db: None, monkeypatch: pytest.MonkeyPatch) -> Business:
    """A café with seven postings, written by the transactions 1000 to 1006."""
    monkeypatch.setattr(outbox, "NEWEST", 1)
    made = make_cafe()
    (alice,) = guests(made, 1)
    for place in range(7):
        post(made, bought(alice, 100, at=later(minutes=place)))
        rows(
            "UPDATE ledger_outbox SET xid = %s::text::xid8 WHERE id = (SELECT max(id)"
            " FROM ledger_outbox) RETURNING id",
            str(1_000 + place),
        )
    return made


def written() -> list[int]:
    """By which transactions what is left was written."""
    found = rows("SELECT xid::text FROM ledger_outbox ORDER BY id")
    return [int(number) for (number,) in found]


def copies(folder: Path, business: int, snapshot: str, anchor: int) -> None:
    """A lake that has seen this much."""
    position = Position("a server", snapshot, anchor, "")
    manifest = Manifest(
        business=business,
        as_of=LONG_AFTER,
        position=position,
        tables={name: {} for name in tables.TABLES},
    )
    layout.publish(folder, manifest)


def test_without_readers_age_alone_counts(shop: Business, tmp_path: Path) -> None:
    assert pruning.prune_outbox(tmp_path, now=later(days=29)) == 0
    assert pruning.prune_outbox(tmp_path, now=LONG_AFTER) == 6
    assert written() == [1_006]


def test_what_the_lake_has_not_seen_stays_and_its_anchor(shop: Business, tmp_path: Path) -> None:
    anchor = rows("SELECT id FROM ledger_outbox ORDER BY id")[1][0]
    copies(tmp_path, shop.pk, "1003:1005:1003,1004", anchor)
    assert pruning.prune_outbox(tmp_path, now=LONG_AFTER) == 2
    assert written() == [1_001, 1_003, 1_004, 1_005, 1_006]


def test_what_webhooks_have_not_passed_stays(shop: Business, tmp_path: Path) -> None:
    copies(tmp_path, shop.pk, "1005:1005:", 0)
    watermarks.begin(shop.pk)
    rows(
        "UPDATE connectors_watermark SET since = '1002:1002:' WHERE business_id = %s"
        " RETURNING business_id",
        shop.pk,
    )
    assert pruning.prune_outbox(tmp_path, now=LONG_AFTER) == 2
    assert written() == [1_002, 1_003, 1_004, 1_005, 1_006]


def test_a_lake_that_cannot_be_read_is_told(shop: Business, tmp_path: Path) -> None:
    copies(tmp_path, shop.pk, "1005:1005:", 0)
    (path,) = (tmp_path / "manifests").glob("*.json")
    path.write_text("{")
    with pytest.raises(layout.Unreadable):
        pruning.prune_outbox(tmp_path, now=LONG_AFTER)
    assert len(written()) == 7
