"""The examples of docs/lake.md run as they stand, but for the folder; and the page is true."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from habitue.lake import refreshing
from habitue.members.models import Business
from habitue.metrics.tables import TABLES
from tests.docs import markdown
from tests.ledger.conftest import NOW, bought, guests, later, make_cafe, post

PAGE = markdown.text_of("docs/lake.md")
PLACE = "/var/lib/habitue/lake"


@pytest.fixture
def lake(transactional_db: None, tmp_path: Path) -> Path:
    """Two businesses, copied twice: of the first a file was replaced and still lies there."""
    for name in ("Café des Amis", "Bar"):
        made: Business = make_cafe(name=name)
        (one,) = guests(made, 1)
        post(made, bought(one, 500))
        refreshing.refresh([made.pk], tmp_path, now=NOW)
        post(made, bought(one, 250), bought(one, 1_000, at=later(days=-31)))
        refreshing.refresh([made.pk], tmp_path, now=NOW)
    assert len(list(tmp_path.glob("order_lines/*/month=2026-03/*.parquet"))) == 4
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_duckdb_reads_what_counts(lake: Path) -> None:
    (example,) = markdown.fences(PAGE, "sql")
    setting, query = example.replace(PLACE, str(lake)).split(";", 1)
    with duckdb.connect() as engine:
        engine.execute(setting)
        found = engine.sql(query).fetchall()
    assert [(f"{month:%Y-%m}", currency, sold) for month, currency, sold in found] == [
        ("2026-01", "EUR", 20.0),
        ("2026-03", "EUR", 15.0),
    ]


@pytest.mark.django_db(transaction=True)
def test_python_reads_what_counts(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = markdown.fences(PAGE, "py")
    exec(compile(example.replace(PLACE, str(lake)), "example", "exec"), {"__name__": "example"})
    assert "amount_sum: [[3500]]" in capsys.readouterr().out


def test_the_page_names_every_column_of_every_table() -> None:
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("| `")]
    said = {row[1].strip(" `"): row[3].replace("`", "").replace(" ", "").split(",") for row in rows}
    assert said == {name: list(row.__struct_fields__) for name, row in TABLES.items()}
