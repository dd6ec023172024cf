"""A cluster of three processes gives what DuckDB gives over the same files, to the integer."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pytest
from msgspec import structs

from habitue.lake import columns, engines, layout, spark
from habitue.lake.engines import Unavailable
from habitue.lake.layout import Manifest, Position
from habitue.lake.spark import Cluster
from habitue.metrics.asked import Asked
from habitue.metrics.lowerings.anywhere import Anywhere
from habitue.metrics.lowerings.plain import History, Plain
from habitue.metrics.periods import Period
from habitue.metrics.tables import (
    TABLES,
    Action,
    Customer,
    Membership,
    OrderLine,
    Refund,
    Response,
)

BUSINESS, SECRET = 16, "known to the three of them"
FIRST = date(2024, 1, 1)
ASKED = Asked(period=Period(date(2025, 1, 1), date(2025, 4, 1)), window=60)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with spark.cluster(tmp_path_factory.mktemp("spark"), SECRET) as running:
        yield running


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::DeprecationWarning:pyspark", "ignore::ResourceWarning")
def test_a_cluster_agrees_with_duckdb_and_plain_python(cluster: Cluster, tmp_path: Path) -> None:
    history = rich_history()
    write(tmp_path, history)
    plain = Plain(history, BUSINESS, "EUR")
    until = ASKED.period.until
    with engines.duckdb(tmp_path, BUSINESS) as engine:
        duck = Anywhere(engine, BUSINESS, "EUR")
        survey, gaps, lives = duck.survey(ASKED), duck.gaps(until), duck.lives(until)
    assert survey.aggregates == plain.aggregates(ASKED)
    assert gaps == plain.gaps(until)
    with spark.spark(tmp_path, BUSINESS, master=cluster.master, secret=SECRET) as engine_:
        sparks = Anywhere(engine_, BUSINESS, "EUR")
        assert sparks.survey(ASKED) == survey
        assert sparks.gaps(until) == gaps
        for found, wanted in zip(sparks.lives(until)[2:], lives[2:], strict=True):
            np.testing.assert_array_equal(found, wanted)
    for process in cluster.processes:
        assert process.poll() is None


def test_the_secret_stands_in_no_command_line() -> None:
    os.environ["SPARK_LOCAL_IP"] = before = "192.0.2.1"
    with spark._told({"spark.authenticate.secret": SECRET}):
        arguments = os.environ["PYSPARK_SUBMIT_ARGS"]
        file = Path(arguments.split()[1])
        assert SECRET not in arguments
        assert SECRET in file.read_text()
        assert file.stat().st_mode & 0o077 == 0
    assert not file.exists()
    assert os.environ.pop("SPARK_LOCAL_IP") == before


def test_without_java_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Unavailable, match="Java"), spark.cluster(tmp_path, SECRET):
        pass


def test_an_empty_lake_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="lake"), engines.duckdb(tmp_path, BUSINESS):
        pass


def rich_history() -> History:
    """Two years of forty customers: everything that sums are made of, several times."""
    chance = random.Random(4)
    people = range(1, 41)

    def day() -> date:
        return FIRST + timedelta(days=chance.randrange(500))

    def maybe(value: Any) -> Any:
        return chance.choice([None, value])

    history = History(
        customers=[
            Customer(
                business=BUSINESS,
                customer=who,
                joined_on=maybe(day()),
                invited_by=maybe(who % 40 + 1),
                subscribed_on=maybe(day()),
                erased=who == 7,
            )
            for who in people
        ],
        memberships=[
            Membership(
                business=BUSINESS,
                customer=chance.choice(people),
                since=(since := day()),
                until=since + timedelta(days=chance.randrange(1, 365)),
                ended_on=maybe(since + timedelta(days=20)),
            )
            for _ in range(40)
        ],
        responses=[
            Response(
                business=BUSINESS,
                customer=maybe(chance.choice(people)),
                response=number,
                on=day(),
                question=question,
                score=chance.randrange(1, scale + 1),
                scale=scale,
            )
            for number in range(150)
            for question, scale in [chance.choice([("nps", 10), ("csat", 5), ("ces", 7)])]
        ],
        actions=[
            Action(
                business=BUSINESS,
                customer=chance.choice(people),
                on=day(),
                name=chance.choice(
                    [
                        *("redemption", "click", "answer", "idea", "share", "review"),
                        *("complaint", "complaint_answered", "complaint_resolved"),
                    ]
                ),
                quantity=chance.randrange(1, 50),
            )
            for _ in range(400)
        ],
    )
    for order in range(600):
        who, on = chance.choice(people), day()
        currency = chance.choice(["EUR", "EUR", "EUR", "JPY", ""])
        for line in range(chance.randrange(1, 4) if currency else 1):
            history.order_lines.append(
                OrderLine(
                    business=BUSINESS,
                    customer=who,
                    order=order,
                    line=line,
                    on=on,
                    amount=chance.randrange(-300, 9_000) if currency else 0,
                    currency=currency,
                    product=f"product {order // 30}",
                    category=chance.choice(["", "drinks", "food"]),
                )
            )
        if currency and order % 7 == 0:
            history.refunds.append(
                Refund(
                    business=BUSINESS,
                    customer=who,
                    refund=order,
                    order=order,
                    on=on + timedelta(days=chance.randrange(60)),
                    ordered_on=on,
                    amount=chance.randrange(500),
                    currency=currency,
                )
            )
    return history


def write(folder: Path, history: History) -> None:
    """A lake of this history, as a refresh leaves it."""
    tables = {}
    for table in TABLES:
        rows = sorted(
            (structs.asdict(row) for row in getattr(history, table)),
            key=lambda row: str(row.get("on", "")),
        )
        batch = pyarrow.RecordBatch.from_pylist(rows, schema=columns.schema(table))
        tables[table] = dict(columns.write(folder, table, BUSINESS, [batch]))
    position = Position(lineage="", snapshot="", anchor=0, shape="")
    as_of = datetime(2026, 1, 1, tzinfo=UTC)
    manifest = Manifest(business=BUSINESS, as_of=as_of, position=position, tables=tables)
    layout.publish(folder, manifest)
