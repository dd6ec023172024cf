"""`habitue segments` and `habitue affinity`: on the screen, and as files."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from habitue.core.facts import Line, Purchase
from habitue.ledger import Fact
from habitue.members.models import Business, Customer
from habitue.site import cli
from tests.ledger.conftest import guests, make_cafe, post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("running")]


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, list(words))


def buys(business: Business, who: int, days: int, *products: str) -> None:
    at = datetime.now(UTC) - timedelta(days=days)
    lines = tuple(Line(500, sku=product, category="goods") for product in products)
    fact = Fact(customer=who, at=at, what=Purchase(lines, "EUR"))
    (answer,) = post(business, fact, now=at)
    assert answer.refused is None


@pytest.fixture
def cafe(db: None) -> Business:
    """Alice comes weekly; Bruno did until four weeks ago, and once more often; Chiara was new."""
    made = make_cafe()
    alice, bruno, chiara = guests(made, 3)
    Customer.objects.filter(pk=bruno).update(name="=Bruno")
    for week in reversed(range(12)):
        buys(made, alice, 3 + 7 * week, "tea", "cake")
        buys(made, bruno, 28 + 3 * week, "tea")
    buys(made, chiara, 2, "cake")
    return made


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_all_segments_with_their_sizes_and_formulas(cafe: Business) -> None:
    shown = run("segments", "--business", cafe.slug)
    assert shown.exit_code == 0, shown.output
    (leaking,) = [line for line in shown.output.splitlines() if line.strip().startswith("leaking ")]
    assert leaking.split()[:3] == ["leaking", "Leaks", "0"]  # away for more than twice W: lost
    assert "lost: silence > W and silence > own window" in shown.output
    assert "W is 7 days (own rhythm)" in shown.output


def test_one_segment_and_its_file(cafe: Business, tmp_path: Path) -> None:
    shown = run("segments", "--business", cafe.slug, "--segment", "leaking", "--window", "15")
    assert shown.exit_code == 0, shown.output
    assert "=Bruno" in shown.output
    path = tmp_path / "leaks.csv"
    run(
        *("segments", "--business", cafe.slug, "--segment", "leaking", "--window", "15"),
        *("--csv", str(path)),
    )
    (bruno,) = rows(path)
    assert bruno["name"] == "'=Bruno"
    assert (bruno["orders"], bruno["revenue"]) == ("12", "60,00")
    assert float(bruno["usual gap"]) == pytest.approx((2 * 5 + 33) / 13, abs=0.05)
    assert bruno["money at risk"] == "551,74"  # 365 / (43 / 13) × 5.00
    assert bruno["expected on"] == ""


def test_who_is_expected_when(cafe: Business, tmp_path: Path) -> None:
    path = tmp_path / "regular.csv"
    run("segments", "--business", cafe.slug, "--segment", "regular", "--csv", str(path))
    (alice,) = rows(path)
    assert alice["expected on"] >= alice["between"] > alice["last purchase"]


def test_what_cannot_be_meant_is_said(cafe: Business, tmp_path: Path) -> None:
    for words, sentence in (
        (["--segment", "fans"], "There is no segment 'fans'"),
        (["--window", "0"], "A window is between"),
        (["--csv", "x.csv"], "--csv is of one segment"),
        (["--segment", "new", "--csv", str(tmp_path)], "cannot be written"),
    ):
        shown = run("segments", "--business", cafe.slug, *words)
        assert shown.exit_code == 2
        assert sentence in " ".join(shown.output.split())


def test_too_little_for_affinity_is_said_in_words(cafe: Business) -> None:
    shown = run("affinity", "--business", cafe.slug)
    assert shown.exit_code == 0, shown.output
    assert "Too few baskets with several products: 12, at least 30 are needed." in shown.output
    assert "Too few customers to suggest anything: 3, at least 30 are needed." in shown.output


def test_what_is_bought_together_and_suggested(db: None, tmp_path: Path) -> None:
    made = make_cafe()
    everybody = guests(made, 40)
    for place, who in enumerate(everybody):
        buys(made, who, 5, *(("tea", "cake") if place % 2 else ("coffee",)))
        buys(made, who, 3, *(("tea", "cake") if place % 2 else ("coffee", "bread")))
    path = tmp_path / "next.csv"
    shown = run("affinity", "--business", made.slug, "--csv", str(path))
    assert shown.exit_code == 0, shown.output
    assert "cake" in shown.output
    assert "Too few to judge anything else by." in shown.output
    assert len(rows(path)) == 40
    assert rows(path)[1]["suggestion 1"] == "bread"  # as many have coffee: by name
    by_category = run("affinity", "--business", made.slug, "--by", "category")
    assert "Too few baskets with several products: 0" in by_category.output
