"""One figure: its formula with the shop's own numbers, its trend, who is behind it, files."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import UTC, date, datetime

from django.test import Client
from msgspec import structs

from habitue.ledger import figures
from habitue.members.models import Business, Customer
from habitue.metrics import Result, cadence, catalogue
from habitue.pages.measures import reports, sums
from tests.ledger.conftest import make_cafe
from tests.pages.measures.conftest import make_history
from tests.pages.program import town as made
from tests.pages.program.test_overview import body


def table(answer: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.decode("utf-8-sig")), delimiter=";"))


def latest(shop: Business, name: str) -> tuple[Result, dict[str, int]]:
    kept = reports.latest(shop)
    assert kept is not None
    answers = kept.report.trends["month"][-1]
    return answers.get(name), structs.asdict(answers.aggregates.counts)


def test_the_formula_is_written_with_the_shops_own_numbers(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    result, counts = latest(shop, "retention")
    text = body(owner, "/measures/figure/retention")
    assert (
        f"({counts['end']} clients à la fin − {counts['new']} nouveaux clients) / "
        f"{counts['start']} clients au début"
    ) in text
    assert result.numerator == counts["end"] - counts["new"]


def test_every_figure_has_a_page(reported: dict[str, list[int]], owner: Client) -> None:
    for name in catalogue.every():
        answer = owner.get(f"/measures/figure/{name}")
        assert answer.status_code == 200, name
        text = answer.content.decode()
        assert "Comment est-ce calculé" in text, name
        assert '<th scope="row">' in text, name
        assert owner.get(f"/measures/figure/{name}.csv").status_code == 200, name


def test_the_trend_is_a_chart_with_a_table_and_an_unripe_period(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    text = body(owner, "/measures/figure/strict_retention")
    kept = reports.latest(shop)
    assert kept is not None
    assert text.count('<svg class="chart"') == 1
    assert text.count("until=") >= len(kept.report.trends["month"])
    assert "complet" in text.lower()


def test_another_period_may_be_looked_at(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    kept = reports.latest(shop)
    assert kept is not None
    first = kept.report.trends["month"][0]
    text = body(owner, "/measures/figure/churn", until=first.period.until.isoformat())
    assert f"{first.aggregates.counts.lost} clients perdus" in text


def test_customers_behind_churn_are_listed_and_lead_to_their_pages(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    _result, counts = latest(shop, "churn")
    assert counts["kept"] > 0
    page = body(owner, "/measures/figure/churn")
    assert "/measures/customers/kept?" in page
    text = body(owner, "/measures/customers/kept")
    assert text.count('href="/customers/') == counts["kept"]


def test_files_of_customers_are_neutralized(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    _result, counts = latest(shop, "churn")
    Customer.objects.filter(pk=reported["regular"][0]).update(name="=cmd|' /C calc'!A0")
    rows = table(owner.get("/measures/customers/kept.csv").content)
    assert len(rows) == counts["kept"]
    assert "'=cmd|' /C calc'!A0" in {row["Nom"] for row in rows}


def test_the_trend_as_a_file_has_the_numbers_of_the_page(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    result, _counts = latest(shop, "average_order_value")
    rows = table(owner.get("/measures/figure/average_order_value.csv").content)
    assert rows[-1]["Valeur"] == "6,5"
    assert result.numerator is not None
    assert rows[-1]["Numérateur"] == f"{result.numerator / 100:.2f}".replace(".", ",")
    assert rows[-1]["Dénominateur"] == str(result.denominator)


def test_what_nobody_knows_does_not_exist(reported: dict[str, list[int]], owner: Client) -> None:
    for path in (
        "figure/nothing",
        "figure/nothing.csv",
        "customers/nothing",
        "customers/orders",
        "segments/nothing",
    ):
        assert owner.get(f"/measures/{path}").status_code == 404, path


def test_before_the_first_report_every_page_leads_to_the_overview(
    shop: Business, owner: Client
) -> None:
    for path in ("figure/churn", "customers/lost", "cohorts", "leaks", "segments", "worth"):
        answer = owner.get(f"/measures/{path}")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/measures"), path


def test_a_stranger_is_asked_to_sign_in(reported: dict[str, list[int]]) -> None:
    for path in ("", "/figure/churn", "/customers/lost.csv", "/leaks", "/cohorts.csv"):
        answer = Client().get(f"/measures{path}")
        assert answer.headers["Location"] == "/sign-in", path


def test_an_owner_sees_nothing_of_another_shop(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    other = make_cafe(name="Bar Sport")
    theirs = make_history(other)
    text = body(owner, "/measures/customers/known")
    assert f"/customers/{reported['regular'][0]}" in text
    assert all(f"/customers/{who}" not in text for who in theirs["regular"])
    assert reports.latest(other) is None


def test_json_has_the_same_numbers_as_the_command(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    now = datetime.now(UTC)
    (period,) = cadence.closed("month", today=now.date(), count=1)
    found = json.loads(owner.get("/measures.json", {"period": str(period)}).content)
    answers = figures.answer(shop, period=period, now=now)
    lines = {one.id for one in answers.results if one.id.startswith("new_product_")}
    told = [one for one in answers.results if one.id not in lines | {"upsell_ratio"}]
    assert len(lines) >= 2, "what no page works out"
    assert found["figures"] == [figures.as_numbers(one) for one in told]
    assert found["period"] == str(period)
    assert {"id", "value", "numerator", "denominator", "low", "high", "unit", "ripens_on"} <= set(
        found["figures"][0]
    )
    assert found == json.loads(owner.get("/measures.json").content)


def test_json_says_what_is_wrong_with_a_question(owner: Client) -> None:
    for wrong in ({"period": "1998"}, {"window": "ten"}, {"window": "0"}):
        answer = owner.get("/measures.json", wrong)
        assert answer.status_code == 400
        assert json.loads(answer.content)["error"]


def test_a_running_period_has_no_value_in_json(
    reported: dict[str, list[int]], owner: Client
) -> None:
    running = cadence.running("month", today=made.today())
    found = json.loads(owner.get("/measures.json", {"period": str(running)}).content)
    assert all(one["value"] is None for one in found["figures"])
    assert {one["ripens_on"] for one in found["figures"]} == {running.until.isoformat()}


def test_a_formula_of_money_has_its_currency() -> None:
    result = Result(
        id="average_order_value",
        value=650.0,
        numerator=1300,
        denominator=2,
        currency="EUR",
        parts={"money.revenue": 1300, "money.orders": 2},
    )
    assert "13,00" in sums.written(result)
    assert sums.written(structs.replace(result, ripens_on=date(2026, 1, 1))) == ""


def test_a_web_process_reads_reports_without_the_engines_that_make_them() -> None:
    """They would cost each web worker seconds to start and 100 MB and more."""
    code = (
        "import os, sys\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'habitue.site.settings'\n"
        "import django\n"
        "django.setup()\n"
        "import habitue.site.urls\n"
        "heavy = {'scipy', 'ibis', 'duckdb', 'tea_tasting'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
