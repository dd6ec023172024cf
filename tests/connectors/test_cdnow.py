"""The main job on real input: CDNOW's purchase log, imported and measured by the commands."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

LOG = Path(__file__).parents[2] / ".data/lifetimes/datasets/CDNOW_master.txt"
PROGRAMS = Path(__file__).parents[2] / "programs"
PERIOD = "1998-01-01..1998-04-01"
pytestmark = pytest.mark.slow

Sale = tuple[str, date, Decimal]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """An installation of its own, into which the raw log was imported."""
    home = Path(tempfile.mkdtemp(prefix="habitue-cdnow-", dir="/tmp"))
    yield home
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def first_import(home: Path) -> str:
    return habitue(home, "import", "purchases", str(LOG), "--business", "cafe")


def habitue(home: Path, *command: str, code: int = 0) -> str:
    """Run a command; what it printed, with single spaces."""
    variables = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "habitue", *command],
        env=variables | {"HABITUE_HOME": str(home), "COLUMNS": "120"},
        check=False,
        capture_output=True,
        text=True,
        timeout=1100,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return " ".join((done.stdout + done.stderr).split())


def sales() -> list[Sale]:
    """The log, read in the plainest way."""
    rows = [line.split() for line in LOG.read_text().splitlines()[1:]]
    return [
        (who, date(int(on[:4]), int(on[4:6]), int(on[6:])), Decimal(usd))
        for who, on, _, usd in rows
    ]


def expected(log: list[Sale], since: date, until: date, window: int) -> dict[str, Any]:
    """Numerators and denominators, computed from the log by sets and nothing of Habitué's."""

    def bought(first: date, end: date) -> set[str]:
        return {who for who, on, _ in log if first <= on < end}

    reach = timedelta(days=window)
    start, end = bought(since - reach, since), bought(until - reach, until)
    old, buyers = bought(date.min, since), bought(since, until)
    within = [(who, usd) for who, on, usd in log if since <= on < until]
    times: dict[str, int] = defaultdict(int)
    for who, _ in within:
        times[who] += 1
    known = len(old | buyers)
    revenue = sum(usd for _, usd in within)
    kept, lost, new = start & end, start - end, end - old
    return {
        "retention": (len(end) - len(new), len(start)),
        "strict_retention": (len(kept), len(start)),
        "churn": (len(lost), len(start)),
        "repeat_purchase_rate": (sum(n > 1 for n in times.values()), len(buyers)),
        "customer_lifetime_value": (revenue * len(start), len(buyers) * len(lost)),
        "nps": (0, 0),
        "purchase_frequency": (len(within), len(buyers)),
        "average_order_value": (revenue, len(within)),
        "sales_per_customer": (revenue, len(buyers)),
        "new": (len(new), known),
        "kept": (len(kept), known),
        "reactivated": (len(end - start - new), known),
        "dormant": (known - len(end), known),
    }


def own_window(log: list[Sale], until: date) -> int:
    """The smallest W that nine in ten gaps between days of purchase do not exceed."""
    days: dict[str, set[date]] = defaultdict(set)
    for who, on, _ in log:
        if on < until:
            days[who].add(on)
    gaps = sorted(
        (later - earlier).days
        for own in days.values()
        for earlier, later in zip(sorted(own), sorted(own)[1:], strict=False)
    )
    return next(gap for place, gap in enumerate(gaps, 1) if 10 * place >= 9 * len(gaps))


def figures(home: Path, *more: str) -> list[dict[str, Any]]:
    command = ("figures", "--business", "cafe", "--period", PERIOD, "--json", *more)
    found: list[dict[str, Any]] = json.loads(habitue(home, *command))
    return found


def test_every_row_of_the_raw_log_is_imported(first_import: str) -> None:
    for line in (
        "rows │ 69,659",
        "accepted │ 69,659",
        "rejected │ 0",
        "customers of the business │ 23,570",
    ):
        assert line in first_import


@pytest.mark.parametrize("window", [30, 90, None])
def test_the_figures_are_those_of_a_plain_pass_over_the_log(
    home: Path, first_import: str, window: int | None
) -> None:
    log, since, until = sales(), date(1998, 1, 1), date(1998, 4, 1)
    found = figures(home, *(["--window", str(window)] if window else []))
    wanted = expected(log, since, until, window or own_window(log, date.max))
    told = [one for one in found if one["id"] in wanted]
    assert [one["id"] for one in told] == list(wanted)
    for one in told:
        numerator, denominator = wanted[one["id"]]
        assert Decimal(str(one["numerator"])) == numerator, one
        assert one["denominator"] == denominator, one
        value = float(numerator / denominator) if denominator else None
        assert one["value"] == (pytest.approx(value, rel=1e-12) if denominator else None)
    assert figures(home, *(["--window", str(window)] if window else [])) == found


def test_a_second_import_adds_nothing_even_as_a_csv_with_a_header(
    home: Path, first_import: str, tmp_path: Path
) -> None:
    copy = tmp_path / "cdnow.csv"
    with copy.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Client", "Date d'achat", "Quantité", "Montant"])
        for line in LOG.read_text().splitlines()[1:]:
            who, on, pieces, usd = line.split()
            writer.writerow([who, f"{on[6:]}/{on[4:6]}/{on[:4]}", pieces, usd.replace(".", ",")])
    for again in (LOG, copy):
        printed = habitue(home, "import", "purchases", str(again), "--business", "cafe")
        assert "accepted │ 0" in printed
        assert "duplicate (there already) │ 69,659" in printed
        assert "rejected │ 0" in printed


def test_the_table_shows_both_retention_rates_and_the_window(home: Path, first_import: str) -> None:
    printed = habitue(home, "figures", "--business", "cafe", "--period", PERIOD, "--window", "90")
    for words in (
        "Retention rate (as in the articles)",
        "Retention rate, strict",
        "= (customers at the end − new customers) / customers at the start",
        "Retention rate, strict = customers kept / customers at the start",
        "not enough data yet",
        "bought within 90 days before it (as asked)",
    ):
        assert words in printed


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("--business", "cafe", "--period", "1998"), "A period is written like"),
        (("--business", "cafe", "--period", "1998-04-01..1998-01-01"), "ends after it starts"),
        (("--business", "nobody", "--period", PERIOD), "There is no business 'nobody'"),
        (("--business", "cafe", "--period", PERIOD, "--window", "0"), "A window is between"),
        (("--business", "cafe", "--period", PERIOD, "--lifespan", "x"), "is not a number"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence_and_exit_code_2(
    home: Path, first_import: str, command: tuple[str, ...], said: str
) -> None:
    printed = habitue(home, "figures", *command, code=2)
    assert said in printed
    assert "Traceback" not in printed


def test_a_program_of_ones_own_is_published_as_it_is(home: Path, tmp_path: Path) -> None:
    log, program = tmp_path / "sales.csv", PROGRAMS / "stamp-card.yaml"
    log.write_text("client;date;montant\nalice;31/12/2025;3,00 €\n")
    command = ("import", "purchases", str(log), "--business", "bar", "--program", str(program))
    printed = habitue(home, *command)
    assert "Published the program stamp-card.yaml" in printed
    assert "accepted │ 1" in printed
    assert "stamp-card.yaml was left aside" in habitue(home, *command)
    other = (*command[:3], "--business", "inn", "--program", str(program), "--currency", "CHF")
    assert "The program counts in EUR, the business in CHF" in habitue(home, *other, code=2)
    asked = ("figures", "--business", "inn", "--period", PERIOD)
    assert "There is no business 'inn'" in habitue(home, *asked, code=2)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("none.csv", "--business", "cafe"), "cannot be read"),
        ((str(LOG), "--business", "Café X!"), "short name"),
        ((str(LOG), "--business", "new", "--currency", "EURO"), "three letters"),
        ((str(LOG), "--business", "new", "--timezone", "Mars/Base"), "no time zone"),
        ((str(LOG), "--business", "new", "--program", "none.yaml"), "no program file"),
        ((str(LOG), "--business", "cafe", "--currency", "EUR"), "counts in USD already"),
    ],
)
def test_what_cannot_be_imported_is_a_sentence_and_exit_code_2(
    home: Path, first_import: str, command: tuple[str, ...], said: str
) -> None:
    printed = habitue(home, "import", "purchases", *command, code=2)
    assert said in printed
    assert "Traceback" not in printed
