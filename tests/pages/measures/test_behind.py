"""Cohorts, segments, leaks, worth, staying, audiences: what lies behind the figures."""

from __future__ import annotations

import re
from datetime import date

from django.test import Client

from habitue.members import answers
from habitue.members.models import Business
from habitue.metrics.segments import rfm
from habitue.outreach.models import Audience
from habitue.pages.measures import cohorts, reports, segments
from habitue.pages.program import versions
from tests.ledger.conftest import guests, make_cafe
from tests.pages.measures.conftest import bring, work_out
from tests.pages.measures.test_figure import table
from tests.pages.program.test_overview import body


def test_cohorts_have_a_number_in_each_ripe_cell_and_a_day_in_the_others(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    kept = reports.latest(shop)
    assert kept is not None
    text = body(owner, "/measures/cohorts")
    shown = cohorts._cut(kept.report.cohorts)
    assert text.count('<tr><th scope="row">') == len(shown) + 1  # and all together
    unripe = sum(cell.ripens_on is not None for one in shown for cell in one.cells)
    assert text.count('class="unripe"') == unripe > 0
    ripe = sum(cell.buyers is not None for one in shown for cell in one.cells)
    assert len(re.findall(r'<td class="h\d">[^<]+</td>', text)) == ripe


def test_cohorts_may_show_customers_or_money(reported: dict[str, list[int]], owner: Client) -> None:
    assert "EUR" in body(owner, "/measures/cohorts", show="revenue")
    assert 'aria-current="true">Clients</a>' in body(owner, "/measures/cohorts", show="customers")


def test_cohorts_as_a_file_have_only_ripe_cells(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    kept = reports.latest(shop)
    assert kept is not None
    rows = table(owner.get("/measures/cohorts.csv").content)
    ripe = sum(cell.buyers is not None for one in kept.report.cohorts for cell in one.cells)
    assert len(rows) == ripe


def test_who_is_late_is_told_how_late_and_at_what_risk(
    reported: dict[str, list[int]], owner: Client
) -> None:
    text = body(owner, "/measures/leaks")
    (late,) = reported["late"]
    assert f"/customers/{late}" in text
    assert "il y a 12 jours, d’habitude tous les 7" in text
    rows = table(owner.get("/measures/leaks.csv").content)
    assert str(late) in {row["Client"] for row in rows}


def test_everybody_is_in_one_stage_and_each_segment_opens(
    reported: dict[str, list[int]], owner: Client
) -> None:
    text = body(owner, "/measures/segments")
    for name in ("new", "regular", "slipping", "lost", "won-back", "vip", "leaking", "champions"):
        assert f'href="/measures/segments/{name}"' in text
    lost = body(owner, "/measures/segments/lost")
    found = {int(key) for key in re.findall(r'href="/customers/(\d+)"', lost)}
    assert set(reported["gone"]) <= found


def test_the_grid_of_the_page_is_that_of_the_segments() -> None:
    for name, field in rfm.GROUPS.items():
        assert segments.FIELDS[name] == (*field.recency, *field.frequency)


def test_a_segment_becomes_an_audience_and_a_file(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    made = owner.post(
        "/measures/segments/lost/audience", {"name": "Ceux d’avant", "kind": "frozen"}
    )
    assert made.headers["Location"] == "/measures/audiences"
    assert "Ceux d’avant" in body(owner, "/measures/audiences")
    audience = Audience.objects.get(business=shop)
    rows = table(owner.get(f"/measures/audiences/{audience.pk}.csv").content)
    assert set(reported["gone"]) <= {int(row["Client"]) for row in rows}


def test_an_audience_of_the_same_name_is_refused_with_a_sentence(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    given = {"name": "Perdus", "kind": "live"}
    owner.post("/measures/segments/lost/audience", given)
    again = owner.post("/measures/segments/lost/audience", given)
    assert again.status_code == 422
    assert "Il y a déjà une audience" in again.content.decode()
    assert Audience.objects.count() == 1


def test_the_audience_of_another_shop_does_not_exist(
    reported: dict[str, list[int]], owner: Client
) -> None:
    from datetime import UTC, datetime

    from habitue.outreach import audiences

    other = make_cafe(name="Bar Sport")
    theirs = audiences.make(
        other, "Theirs", audiences.OfSegment(segment="lost"), now=datetime.now(UTC)
    )
    assert owner.get(f"/measures/audiences/{theirs.pk}.csv").status_code == 404
    assert "Theirs" not in body(owner, "/measures/audiences")


def test_worth_is_told_in_sales_and_with_a_margin_in_profit(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    kept = reports.latest(shop)
    assert kept is not None
    assert kept.report.worth is not None
    text = body(owner, "/measures/worth")
    models = kept.report.worth.models
    assert all(one.name in text for one in models)
    wrong = owner.get("/measures/worth", {"margin": "120"})
    assert wrong.status_code == 422
    if kept.report.worth.total is None:
        refused = next(one.refused for one in models if one.refused)
        assert refused["fr"] in text.replace("&#x27;", "'")


def test_staying_is_a_curve_with_a_table(reported: dict[str, list[int]], owner: Client) -> None:
    text = body(owner, "/measures/staying")
    assert text.count('<svg class="chart"') == 1
    assert "<table>" in text


def test_what_customers_say_is_told_by_question(owner: Client, shop: Business) -> None:
    assert "Personne n’a encore été interrogé" in body(owner, "/measures/satisfaction")
    today = versions.today(shop)
    said = [
        answers.Answered("nps", score, 10, today, f"{place}")
        for place, score in enumerate([10] * 40 + [7] * 10 + [3] * 10)
    ]
    answers.record(shop, said, source="test")
    text = body(owner, "/measures/satisfaction")
    assert "+50" in text
    assert "Sur 60 réponses" in text


def test_answers_of_long_ago_are_shown_up_to_the_last_and_no_further(
    owner: Client, shop: Business
) -> None:
    found = [
        answers.Answered("nps", 9, 10, date(2021 + place // 12, 1 + place % 12, 5), f"{place}")
        for place in range(20)
    ]
    answers.record(shop, found, source="test")
    text = body(owner, "/measures/satisfaction")
    rows = text.split("Période par période")[-1].split("</table>")[0].count("<tr>") - 1
    assert rows == 13  # the last in which somebody answered, and twelve before it
    assert "août 2022" in text
    assert "septembre 2022" not in text


def test_staying_says_in_words_that_most_never_came_back(shop: Business, owner: Client) -> None:
    *once, alice = guests(shop, 9)
    bring(shop, {alice: [3, 10, 40], **{who: [300 + place] for place, who in enumerate(once)}})
    work_out(shop)
    assert "jamais revenus" in body(owner, "/measures/staying")
    assert "plus de 0" not in body(owner, "/measures/staying")


def test_a_field_of_the_grid_has_few_signs() -> None:
    assert segments._few_signs(999) == "999"
    assert segments._few_signs(3_339) == "3,3k"
    assert segments._few_signs(23_570) == "23,6k"


def test_no_experiment_yet_says_how_one_begins(owner: Client) -> None:
    assert "habitue experiment" in body(owner, "/measures/experiments")


def test_what_is_bought_together_says_why_nothing_is_told(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    kept = reports.latest(shop)
    assert kept is not None
    assert kept.report.together is not None
    assert kept.report.together.refused is not None  # everybody buys coffee alone
    text = body(owner, "/measures/together")
    assert kept.report.together.refused["fr"] in text


def test_members_are_not_put_beside_others_without_a_warning_or_a_reason(
    reported: dict[str, list[int]], owner: Client, shop: Business
) -> None:
    kept = reports.latest(shop)
    assert kept is not None
    found = kept.report.beside
    assert found is not None
    said = found.refused or found.warning
    assert said is not None
    assert said["fr"] in body(owner, "/measures/experiments")


def test_what_more_retention_would_bring_needs_the_shops_margin(
    reported: dict[str, list[int]], owner: Client
) -> None:
    before = body(owner, "/measures/scenario")
    assert "25 % à 95 %" in before
    assert "Étape par étape" not in before
    text = body(owner, "/measures/scenario", margin="60")
    assert "Étape par étape" in text
    assert "60 %" in text
