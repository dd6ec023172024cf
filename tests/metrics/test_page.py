"""docs/figures.md says what the code computes."""

import importlib.util
from pathlib import Path

import pytest
from django.urls import resolve

from habitue import metrics
from habitue.metrics import benchmarks, page
from habitue.metrics.views import VIEWS, View

PAGE = Path(__file__).parents[2] / "docs" / "figures.md"


def test_the_page_of_figures_is_the_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == page.text(), (
        "write it anew: python -c 'from habitue.metrics import page; print(page.text(), end=\"\")'"
        " > docs/figures.md"
    )


def test_every_figure_is_on_it_with_its_example() -> None:
    sections = page.text().split("\n### ")[1:]
    assert len(sections) == len(metrics.every()) + len(VIEWS)
    for figure in metrics.every().values():
        (section,) = [one for one in sections if f"\n`{figure.id}`" in one]
        assert "- Example: " in section
        assert "- Source: " in section


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_every_view_is_explained_and_computed_somewhere(view: View) -> None:
    for words in (view.title, view.help, view.formula, view.caveats):
        assert set(words) == {"fr", "it", "en"}
        assert all(words.values())
    assert view.source
    assert importlib.util.find_spec(view.module) is not None
    assert resolve(view.page).func is not None
    assert f"`{view.id}`" in page.text()
    for quoted in view.quoted:
        assert quoted.source
        assert "Quoted: " in quoted.text["en"]


def test_every_sector_is_on_it_and_called_rough() -> None:
    found = page.text()
    assert "Rough: " in found
    for line in (
        "| Retail | 63 % |",
        "| Restaurants | 55 % |",
        "| Professional services | 84 % |",
        "| Media | 84 % |",
    ):
        assert line in found


def test_kinds_of_shops_have_the_benchmark_of_their_sector() -> None:
    cafe = benchmarks.of("cafe", "strict_retention")
    assert cafe is not None
    assert cafe.value == 0.55
    assert benchmarks.of("cafe", "churn") is None
    assert benchmarks.of("museum", "retention") is None
