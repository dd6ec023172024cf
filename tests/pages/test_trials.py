"""The page of a what-if: whole in itself, every chart with its table, read without color."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from msgspec import structs

from habitue.core import program
from habitue.core.whatif import replay, result
from habitue.core.whatif.behaviour import Behaviour
from habitue.core.whatif.result import WhatIf
from habitue.core.whatif.sums import Sums
from habitue.pages import charts, trials
from habitue.pages.charts import Series
from tests.core.cast import ALICE, BRUNO, COFFEE, POINTS, SPEND, YEARLY, cafe
from tests.core.test_whatif import history, named, stage

LADDER = program.Ladder(
    (program.Level("basic"), program.Level("gold", needs=((("spend", 5_000),),)))
)
PRICED = structs.replace(POINTS, worth=Fraction(1, 10))
BASE = cafe(
    title={"en": "Café <b>& Amis</b>"}, units=(PRICED, SPEND), rules=(*cafe().rules, YEARLY),
    tiers=LADDER, rewards=(COFFEE,),
)  # fmt: skip


def found(*programs: program.Program) -> WhatIf:
    past = history(
        (ALICE, "2026-01-10", 6_000), (ALICE, "2026-03-05", 4_000), (BRUNO, "2026-02-09", 500)
    )
    stages = [stage(of, Behaviour("soonest"), until=date(2026, 3, 31)) for of in programs]
    sums = Sums.nothing(len(stages))
    replay.apart(stages, named(past), sums)
    return result.read(stages, sums, notes=["3 rows were left out."])


def test_a_page_needs_nothing_else() -> None:
    page = trials.page(found(BASE))
    assert page.startswith("<!doctype html>")
    assert not re.search(r"(?:src|href)=|https?:|<script|@import|url\(", page)
    assert "<b>&" not in page
    assert "3 rows were left out." in page
    assert "Whoever comes takes the cheapest reward they can afford" in page


def test_every_chart_has_a_name_and_a_table_beside_it() -> None:
    page = trials.page(found(BASE))
    figures = re.findall(r"<figure>.*?</figure>", page, re.DOTALL)
    assert len(figures) == 5  # owed, cost, points, tiers, rewards; nothing lapsed
    for figure in figures:
        assert re.search(r'<svg class="chart" role="img" aria-label="[^"]+"', figure)
        assert "<table>" in figure
        assert 'tabindex="0" role="region"' in figure


def test_two_programs_stand_side_by_side_with_winners_and_losers() -> None:
    second = structs.replace(BASE, rules=(YEARLY,))
    page = trials.page(found(BASE, second))
    assert "Café &lt;b&gt;&amp; Amis&lt;/b&gt; (1)" in page
    assert "less under the second</th><td>2</td><td>-10.50 EUR</td>" in page
    assert 'stroke-dasharray="none"' in page
    assert 'stroke-dasharray="6 3"' in page


def test_an_empty_history_makes_a_page_without_charts() -> None:
    sums = Sums.nothing(1)
    page = trials.page(result.read([stage(BASE)], sums))
    assert "<figure>" not in page
    assert trials.page(WhatIf(0, 0, (), None)).startswith("<!doctype html>")


@pytest.mark.parametrize(
    "values", [[0], [0, 0], [7], [-3, 5], [1, 10**12], [-1], [10**15, -(10**15)]]
)
def test_what_is_drawn_stays_on_the_picture(values: list[int]) -> None:
    labels = [str(place) for place in range(len(values))]
    for draw in (charts.lines, charts.bars):
        picture = draw([Series("a", values), Series("b", values)], labels, title="t", written=str)
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", picture):
            assert 0 <= float(x) <= charts.WIDTH
            assert 0 <= float(y) <= 170
        for y, height in re.findall(
            r'<rect x="[^"]+" y="([^"]+)" width="[^"]+" height="([^"]+)"', picture
        ):
            assert 0 <= float(y) <= float(y) + float(height) <= 170
        assert picture.count('class="value"') <= 12


def test_labels_make_room_for_one_another() -> None:
    months = [f"{n}" for n in range(60)]
    picture = charts.lines([Series("a", list(range(60)))], months, title="t", written=str)
    labels = re.findall(r'class="label" x="([^"]+)"', picture)
    places = [float(x) for x in labels]
    assert all(two - one >= 40 for one, two in pairwise(places))
    assert 'class="mark"' not in picture


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (1_234_567, "EUR", "12.3k"),
        (1_234_567, "JPY", "1.23M"),
        (950, "", "950"),
        (-5_000, "", "-5k"),
    ],
)
def test_an_axis_writes_short(value: int, currency: str, text: str) -> None:
    assert trials.short(currency)(value) == text
    assert trials.percent(1, 0) == "–"
    assert trials.percent(1, 8) == "12.5 %"
