"""The lake holds what the views show: after every refresh, whatever happened in between."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection, connections, transaction
from msgspec import structs
from pyarrow import parquet

from habitue import lake
from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.lake import columns, layout, refreshing
from habitue.lake.refreshing import Copied
from habitue.ledger import Answer, Fact
from habitue.members import models as members
from habitue.members.models import Business, Customer
from habitue.metrics.tables import TABLES
from tests.lake.conftest import agrees, answers, copy, view
from tests.ledger.conftest import NOW, bought, does, guests, make_cafe, post, rows

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = 16
HOUR = timedelta(hours=1)
CORRECTED = ("purchase", "visit", "refund", "action", "redemption", "voucher_use")


@pytest.fixture
def cafe(transactional_db: None) -> Business:
    return make_cafe()


def refresh(folder: Path, *businesses: Business, now: datetime = NOW) -> list[Copied]:
    return refreshing.refresh([each.pk for each in businesses], folder, now=now)


def same(folder: Path, business: Business) -> None:
    """The lake shows what the views show; every file is as its manifest says."""
    for table in TABLES:
        assert copy(folder, business, table) == view(business, table), table
    manifest = layout.read(folder, business.pk)
    assert manifest is not None
    for table, files in manifest.tables.items():
        for month, file in files.items():
            stored = parquet.ParquetFile(folder / file.path)
            assert stored.metadata.num_rows == file.rows
            assert stored.schema_arrow.equals(columns.schema(table))
            assert (folder / file.path).stat().st_size == file.bytes
            assert f"month={month}" in file.path or not month


def written(folder: Path, business: Business, table: str) -> dict[str, str]:
    """The file of each month."""
    manifest = layout.read(folder, business.pk)
    assert manifest is not None
    return {month: file.path for month, file in manifest.tables[table].items()}


class Walk:
    """Anything that may happen to a café, at random."""

    def __init__(self, business: Business, seed: int) -> None:
        self.business = business
        self.random = Random(seed)
        self.people = guests(business, 5)
        self.events: list[tuple[int, int, str]] = []
        self.merges: list[tuple[int, int]] = []
        self.day = NOW
        first = [does(one, facts.Enrolment(), at=NOW - timedelta(days=200)) for one in self.people]
        self.post(first)

    def step(self) -> None:
        choose = self.random.choice
        self.day += timedelta(days=choose([0, 0, 1, 9, 40]))
        often, seldom = [self.buy, self.correct], [self.use, self.move, self.say, self.consent]
        happen = choose(often * 4 + seldom)
        happen()

    def buy(self) -> None:
        """Purchases, scans and actions, some of them long ago."""
        random, batch = self.random, []
        for _ in range(random.randint(1, 4)):
            goods = tuple(Line(random.randint(0, 5_000)) for _ in range(random.randint(1, 3)))
            covered = random.choice([0, 0, sum(line.amount for line in goods) // 2])
            what: Any = random.choice(
                [
                    Purchase(goods, "EUR", covered=covered),
                    Purchase(goods, "EUR", channel="web"),
                    facts.Visit(random.choice([1, 10])),
                    facts.Action("review"),
                    facts.Redemption("coffee"),
                ]
            )
            at = self.day - timedelta(days=random.choice([0, 0, 0, 31, 100]))
            batch.append(does(random.choice(self.people), what, at=at))
        self.post(batch)

    def correct(self) -> None:
        """Goods come back, or something is undone; often refused, and often not."""
        if not self.events:
            return
        who, event, kind = self.random.choice(self.events)
        undo = facts.Undo(event, consequence=True)
        back: Any = undo
        if kind == "purchase":
            back = self.random.choice(
                [undo, facts.Refund(event, amount=self.random.randint(1, 900))]
            )
        self.post([does(who, back, at=self.day)])

    def use(self) -> None:
        """A voucher is handed in, one that was redeemed or one that came by itself."""
        open_ones = rows(
            "SELECT customer_id, id FROM ledger_voucher WHERE state = 'issued'"
            " AND customer_id = ANY (SELECT id FROM members_customer WHERE business_id = %s)"
            " ORDER BY id",
            self.business.pk,
        )
        if open_ones:
            who, voucher = self.random.choice(open_ones)
            self.post([does(who, facts.VoucherUse(voucher), at=self.day)])

    def move(self) -> None:
        """Two are one person, or were not after all."""
        if self.merges and self.random.random() < 0.4:
            giver, event = self.merges.pop(self.random.randrange(len(self.merges)))
            self.post([does(giver, facts.Undo(event), at=self.day)])
            return
        one, two = self.random.sample(self.people, 2)
        (answer,) = self.post([does(one, facts.Merge(two), at=self.day)])
        if not answer.refused:
            self.merges.append((one, answer.event))

    def say(self) -> None:
        who = self.random.choice(self.people)
        if self.random.random() < 0.3:
            members.Answer.objects.filter(customer_id=who).delete()
        else:
            answers(self.business, who, on=self.day.date())

    def consent(self) -> None:
        number = self.random.randint(1, 27)
        agrees(self.random.choice(self.people), "email", self.random.random() < 0.6, number)

    def post(self, batch: Sequence[Fact]) -> list[Answer]:
        told = post(self.business, *batch, now=self.day)
        for fact, answer in zip(batch, told, strict=True):
            kind = facts.kind(fact.what)
            if answer.refused is None and kind in CORRECTED:
                self.events.append((fact.customer, answer.event, kind))
        return told


@pytest.mark.parametrize("seed", range(5))
def test_after_every_refresh_the_lake_shows_what_the_views_show(
    cafe: Business, tmp_path: Path, seed: int
) -> None:
    walk = Walk(cafe, seed)
    for _ in range(STEPS):
        for _ in range(walk.random.randint(0, 3)):
            walk.step()
        refresh(tmp_path, cafe, now=walk.day)
        same(tmp_path, cafe)
    refresh(tmp_path / "anew", cafe)
    for table in TABLES:
        # The same rows make the same files: the copies are equal to the byte.
        assert written(tmp_path / "anew", cafe, table) == written(tmp_path, cafe, table)


def test_only_the_months_that_were_touched_are_written_again(
    cafe: Business, tmp_path: Path
) -> None:
    alice, bruno = guests(cafe, 2)
    days = [NOW - timedelta(days=days) for days in (0, 31, 62)]
    told = post(cafe, *(bought(one, 500, at=day) for one in (alice, bruno) for day in days))
    ((_, first, everything),) = [structs.astuple(each) for each in refresh(tmp_path, cafe)]
    assert (first, everything) == (3 + 2, 6 + 2)  # three months, customers and memberships
    before = written(tmp_path, cafe, "order_lines")
    assert [copied.rows for copied in refresh(tmp_path, cafe)] == [2]
    assert written(tmp_path, cafe, "order_lines") == before
    post(cafe, does(alice, facts.Undo(told[1].event, consequence=True)))
    refresh(tmp_path, cafe)
    after = written(tmp_path, cafe, "order_lines")
    assert {month for month in before if before[month] != after[month]} == {"2026-01"}
    same(tmp_path, cafe)


def test_what_commits_late_is_not_lost(cafe: Business, tmp_path: Path) -> None:
    """Its number and its moment lie before those of what was copied already."""
    alice, bruno = guests(cafe, 2)
    posted, copied = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                post(cafe, bought(alice, 700))
                posted.set()
                assert copied.wait(timeout=120)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert posted.wait(timeout=120)
    post(cafe, bought(bruno, 300))
    refresh(tmp_path, cafe)
    assert [row[1] for row in copy(tmp_path, cafe, "order_lines")] == [bruno]
    copied.set()
    thread.join()
    refresh(tmp_path, cafe)
    assert [row[1] for row in copy(tmp_path, cafe, "order_lines")] == [alice, bruno]
    same(tmp_path, cafe)


def test_who_had_gone_over_before_goes_along(cafe: Business, tmp_path: Path) -> None:
    alice, bruno, chiara = guests(cafe, 3)
    post(
        cafe,
        *(does(one, facts.Enrolment(), at=NOW - timedelta(days=99)) for one in (bruno, chiara)),
    )
    post(cafe, bought(alice, 500, at=NOW - timedelta(days=60)))
    post(cafe, does(alice, facts.Merge(bruno)))
    refresh(tmp_path, cafe)
    assert [row[1] for row in copy(tmp_path, cafe, "order_lines")] == [bruno]
    (again,) = post(cafe, does(bruno, facts.Merge(chiara)))
    refresh(tmp_path, cafe)
    assert [row[1] for row in copy(tmp_path, cafe, "order_lines")] == [chiara]
    post(cafe, does(bruno, facts.Undo(again.event)))
    refresh(tmp_path, cafe)
    same(tmp_path, cafe)


def test_a_refresh_reads_one_moment_whoever_writes_meanwhile(
    cafe: Business, tmp_path: Path
) -> None:
    alice, bruno = guests(cafe, 2)
    (first, _) = post(cafe, bought(alice, 700), bought(bruno, 700))
    begun = {table: view(cafe, table) for table in TABLES}

    def meanwhile(done: int, planned: int) -> None:
        if done == 1:
            post(cafe, does(alice, facts.Merge(bruno)), does(bruno, facts.Action("click")))
            post(cafe, does(alice, facts.Refund(first.event)))

    refreshing.refresh([cafe.pk], tmp_path, now=NOW, tell=meanwhile)
    assert {table: copy(tmp_path, cafe, table) for table in TABLES} == begun
    refresh(tmp_path, cafe)
    same(tmp_path, cafe)


def test_of_two_refreshes_at_once_one_is_refused(cafe: Business, tmp_path: Path) -> None:
    refused = []

    def meanwhile(done: int, planned: int) -> None:
        with pytest.raises(refreshing.Busy, match=r"Another refresh of .* is running"):
            refresh(tmp_path, cafe)
        refused.append(done)

    refreshing.refresh([cafe.pk], tmp_path, now=NOW, tell=meanwhile)
    assert refused
    assert refresh(tmp_path, cafe)


@pytest.mark.parametrize("fault", ["restored", "redefined", "pruned"])
def test_a_copy_of_another_history_is_made_anew(cafe: Business, tmp_path: Path, fault: str) -> None:
    (alice,) = guests(cafe, 1)
    post(cafe, bought(alice, 500), bought(alice, 500, at=NOW - timedelta(days=40)))
    refresh(tmp_path, cafe)
    manifest = layout.read(tmp_path, cafe.pk)
    assert manifest is not None
    position = manifest.position
    if fault == "restored":
        position = structs.replace(position, lineage="another server")
    if fault == "redefined":
        position = structs.replace(position, shape="another meaning")
    if fault == "pruned":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM ledger_outbox")
    assert [copied.rows for copied in refresh(tmp_path, cafe)] == (
        [3] if fault == "pruned" else [1]
    )
    layout.publish(tmp_path, structs.replace(manifest, position=position))
    assert [copied.rows for copied in refresh(tmp_path, cafe)] == [3]
    same(tmp_path, cafe)


def test_replaced_files_stay_for_whoever_reads_them_and_go_later(
    cafe: Business, tmp_path: Path
) -> None:
    (alice,) = guests(cafe, 1)
    post(cafe, bought(alice, 500))
    refresh(tmp_path, cafe)
    (reading,) = lake.files(tmp_path, "order_lines", cafe.pk)
    post(cafe, bought(alice, 700))
    refresh(tmp_path, cafe)
    assert parquet.ParquetFile(reading).metadata.num_rows == 1
    refresh(tmp_path, cafe, now=NOW + HOUR / 2)
    assert Path(reading).exists()
    refresh(tmp_path, cafe, now=NOW + HOUR)
    assert not Path(reading).exists()
    same(tmp_path, cafe)


def test_a_lake_has_every_business_beside_the_others(cafe: Business, tmp_path: Path) -> None:
    bar = make_cafe(name="Bar")
    for shop in (cafe, bar):
        (one,) = guests(shop, 1)
        post(shop, bought(one, 500))
    refresh(tmp_path, cafe, bar)
    same(tmp_path, cafe)
    same(tmp_path, bar)
    both = lake.files(tmp_path, "order_lines")
    assert sorted(both) == sorted(
        lake.files(tmp_path, "order_lines", cafe.pk) + lake.files(tmp_path, "order_lines", bar.pk)
    )
    assert lake.files(tmp_path / "nowhere", "order_lines") == []
    with pytest.raises(ValueError, match="no canonical table"):
        lake.files(tmp_path, "secrets")


def test_a_business_without_anything_has_every_table_without_rows(
    cafe: Business, tmp_path: Path
) -> None:
    refresh(tmp_path, cafe)
    for table in TABLES:
        assert copy(tmp_path, cafe, table) == []
    (one,) = guests(cafe, 1)
    post(cafe, bought(one, 500))
    refresh(tmp_path, cafe)
    same(tmp_path, cafe)
    assert list(written(tmp_path, cafe, "order_lines")) == ["2026-03"]


def test_nothing_personal_is_in_the_lake(cafe: Business, tmp_path: Path) -> None:
    alice, bruno = guests(cafe, 2, name="Alice Personne", note="likes cats", birth_year=1980)
    post(cafe, bought(alice, 500), bought(bruno, 500))
    agrees(alice, "email", True, 1)
    answers(cafe, alice, on=date(2026, 3, 1))
    refresh(tmp_path, cafe)
    Customer.objects.filter(pk=alice).update(erased_at=NOW)
    members.Answer.objects.filter(customer=alice).update(customer=None, comment="")
    refresh(tmp_path, cafe)
    same(tmp_path, cafe)
    found = [row for table in TABLES for row in copy(tmp_path, cafe, table)]
    words = {value for row in found for value in row if isinstance(value, str)}
    assert words <= {"", "EUR", "nps"}
    erased = next(row for row in copy(tmp_path, cafe, "customers") if row[1] == alice)
    assert erased == (cafe.pk, alice, NOW.date(), None, None, True)


def test_a_lake_is_open_to_its_own_user_only(cafe: Business, tmp_path: Path) -> None:
    refresh(tmp_path / "lake", cafe)
    folders = [tmp_path / "lake", *(tmp_path / "lake").rglob("*/")]
    assert {path.stat().st_mode & 0o777 for path in folders if path.is_dir()} == {0o700}


def test_money_in_the_lake_is_the_money_of_the_ledger(cafe: Business, tmp_path: Path) -> None:
    walk = Walk(cafe, 99)
    for _ in range(30):
        walk.step()
    refresh(tmp_path, cafe)
    lines = sum(row[5] for row in copy(tmp_path, cafe, "order_lines"))
    back = sum(row[6] for row in copy(tmp_path, cafe, "refunds"))
    ((kept,),) = rows("SELECT sum(amount)::bigint FROM canonical_happened WHERE kind = 'purchase'")
    ((given,),) = rows("""
        SELECT coalesce(-sum(amount), 0)::bigint FROM canonical_happened refund
        WHERE kind = 'refund' AND EXISTS (
            SELECT FROM canonical_happened bought
            WHERE bought.customer_id = refund.customer_id
              AND bought.id = (refund.what->>'of')::bigint)""")
    assert (lines, back) == (kept, given)
    assert back > 0
