"""docs/figures.md says what the code computes."""

from pathlib import Path

from habitue import metrics
from habitue.metrics import page

PAGE = Path(__file__).parents[2] / "docs" / "figures.md"


def test_the_page_of_figures_is_the_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == page.text(), (
        "write it anew: python -c 'from habitue.metrics import page; print(page.text(), end=\"\")'"
        " > docs/figures.md"
    )


def test_every_figure_is_on_it_with_its_example() -> None:
    sections = page.text().split("\n## ")[1:]
    assert len(sections) == len(metrics.every())
    assert all("- Example: " in section for section in sections)
