"""`habitue lake`: what is copied, what it holds, and which files to read; the worker's own copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from procrastinate.contrib.django import app
from typer.testing import CliRunner, Result

from habitue import lake
from habitue.lake import refreshing
from habitue.members.models import Business
from habitue.site import cli, tasks
from tests.ledger.conftest import NOW, bought, guests, make_cafe, post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("running")]


@pytest.fixture
def cafe(transactional_db: None) -> Business:
    made = make_cafe()
    one, two = guests(made, 2)
    post(made, bought(one, 500), bought(two, 700))
    return made


@pytest.fixture
def own(home: Path) -> Iterator[Path]:
    """The installation's own lake."""
    yield home / "lake"
    shutil.rmtree(home / "lake", ignore_errors=True)


def habitue(*typed: str) -> Result:
    return CliRunner().invoke(cli.app, ["lake", *typed])


def test_an_owner_refreshes_looks_and_reads(cafe: Business, own: Path, tmp_path: Path) -> None:
    assert f"There is no lake in {own} yet" in habitue("status").stdout
    assert "cafe-des-amis: 4 rows written in 3 files." in habitue("refresh").stdout
    assert "2 rows written in 2 files." in habitue("refresh").stdout  # customers, memberships
    told = " ".join(habitue("status").stdout.split())
    assert "cafe-des-amis, as of" in told
    assert "order_lines 2 1 2026-03 2026-03" in told
    listed = habitue("files", "order_lines").stdout.splitlines()
    assert listed == lake.files(own, "order_lines")
    assert len(listed) == 1
    there = ("--business", cafe.slug, "--folder", str(tmp_path / "mine"))
    assert "4 rows" in habitue("refresh", *there).stdout
    assert habitue("files", "customers", *there).stdout.startswith(str(tmp_path / "mine"))
    assert "order_lines" in habitue("status", *there).stdout


def test_what_is_wrong_is_a_sentence(cafe: Business, tmp_path: Path) -> None:
    nobody = habitue("refresh", "--business", "nobody")
    assert (nobody.exit_code, "There is no business 'nobody'" in nobody.output) == (2, True)
    secrets = habitue("files", "secrets")
    assert (secrets.exit_code, "There is no table 'secrets'" in secrets.output) == (2, True)
    (tmp_path / "file").touch()
    file = habitue("refresh", "--folder", str(tmp_path / "file"))
    assert (file.exit_code, "cannot be written" in file.output) == (2, True)
    told: list[Result] = []

    def meanwhile(done: int, planned: int) -> None:
        told.append(habitue("refresh", "--folder", str(tmp_path / "lake")))

    refreshing.refresh([cafe.pk], tmp_path / "lake", now=NOW, tell=meanwhile)
    assert "Another refresh of" in str(told[0].exception)


def test_the_worker_copies_at_night(cafe: Business, own: Path) -> None:
    assert "habitue.site.tasks.lake" in app.tasks
    tasks.lake(0)
    assert len(lake.files(own, "order_lines")) == 1
