"""A cluster of three processes gives what DuckDB gives over the same files, to the integer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from habitue.lake import engines, refreshing, spark
from habitue.lake.engines import Unavailable
from habitue.metrics.lowerings.anywhere import Anywhere
from habitue.metrics.lowerings.plain import Plain
from habitue.site import cli, computing, database
from tests import ports
from tests.lake.rich import ASKED, BUSINESS, rich_history, write
from tests.ledger.conftest import NOW, bought, guests, make_cafe, post

SECRET = "known to the three of them"


class Cluster(NamedTuple):
    """`habitue spark` as it runs: its address, and the processes that it named."""

    master: str
    port: int
    pids: list[int]


@pytest.fixture(scope="module")
def cluster(home: Path) -> Iterator[Cluster]:
    free = ports.held()
    port = ports.number(free)
    command = [sys.executable, "-m", "habitue", "spark", "--port", str(port)]
    with free, subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.fullmatch(r"Spark listens at (\S+) \(processes (.+)\)\. .+\n", said)
        assert found is not None, said
        running = Cluster(found[1], port, [int(pid) for pid in found[2].split(", ")])
        assert all(Path(f"/proc/{pid}").exists() for pid in running.pids)
        yield running
        process.terminate()
        assert process.wait(60) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in running.pids)
    assert not computing.key(port).exists()


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # PySpark leaves sockets to the collector
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
    key = computing.key(cluster.port)
    assert key.stat().st_mode & 0o077 == 0
    with spark.spark(tmp_path, BUSINESS, master=cluster.master, secret=key.read_text()) as session:
        sparks = Anywhere(session, BUSINESS, "EUR")
        assert sparks.survey(ASKED) == survey
        assert sparks.gaps(until) == gaps
        for found, wanted in zip(sparks.lives(until)[2:], lives[2:], strict=True):
            np.testing.assert_array_equal(found, wanted)


@pytest.fixture
def cafe(transactional_db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Café des Amis with two customers, copied to a lake."""
    monkeypatch.setattr(database, "database", nullcontext)
    made = make_cafe()
    one, two = guests(made, 2)
    post(made, bought(one, 500), bought(two, 700), bought(one, 300))
    refreshing.refresh([made.pk], tmp_path, now=NOW)
    return tmp_path


def figures(folder: Path, engine: str, *more: str) -> Result:
    command = ["figures", "--business", "cafe-des-amis", "--period", "2026-03-01..2026-04-01"]
    places = ["--engine", engine, "--lake", str(folder), *more]
    return CliRunner().invoke(cli.app, [*command, *places, "--json"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_the_command_prints_the_same_from_any_engine(cafe: Path, engine: str) -> None:
    wanted = json.loads(figures(cafe, "state").stdout)
    assert any(figure["numerator"] == 3 for figure in wanted)
    assert json.loads(figures(cafe, engine).stdout) == wanted


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.django_db(transaction=True)
def test_the_command_prints_the_same_from_a_cluster(cafe: Path, cluster: Cluster) -> None:
    only = ("--figure", "purchase_frequency", "--spark-master", cluster.master)
    found = figures(cafe, "spark", *only)
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout) == json.loads(figures(cafe, "state", *only).stdout)


@pytest.mark.django_db(transaction=True)
def test_the_command_says_that_there_is_no_lake(cafe: Path) -> None:
    found = figures(cafe / "nowhere", "duckdb")
    assert found.exit_code == 2
    assert "habitue lake refresh" in found.output


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
