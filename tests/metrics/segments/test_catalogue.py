"""Every segment is declared with words in three languages, and found by somebody."""

from __future__ import annotations

import subprocess
import sys

import pytest

from habitue.metrics.segments import catalogue, finding, lifecycle, rfm
from habitue.metrics.segments.segment import Segment
from tests.metrics.segments import purchases

each = pytest.mark.parametrize("segment", catalogue.every().values(), ids=lambda one: one.id)


@each
def test_every_segment_speaks_three_languages(segment: Segment) -> None:
    for words in (segment.title, segment.help, segment.formula):
        assert set(words) == {"fr", "it", "en"}
        assert all(text.strip() for text in words.values())
    assert segment.source


def test_what_is_declared_is_found_and_nothing_else() -> None:
    assert set(finding.every(purchases.of({1: [1]}))) == set(catalogue.every())
    families = {"lifecycle": set(lifecycle.STAGES), "rfm": set(rfm.GROUPS)}
    for family, names in families.items():
        assert {one.id for one in catalogue.every().values() if one.family == family} == names


def test_the_words_of_a_group_are_its_scores() -> None:
    for name, (recency, frequency) in rfm.GROUPS.items():
        written = [
            "–".join(str(end) for end in dict.fromkeys(ends)) for ends in (recency, frequency)
        ]
        formula = catalogue.get(name).formula["en"]
        assert formula.startswith(f"recency {written[0]}, frequency {written[1]} ")


def test_members_and_sizes() -> None:
    population = purchases.of({1: [40], 2: [2], 3: [9, 2]}, window=30, amounts={3: 400})
    assert finding.members(population, "lost").tolist() == [1]
    assert finding.members(population, "new").tolist() == [2, 3]
    sizes = {size.segment.id: size for size in finding.sizes(population)}
    assert (sizes["new"].customers, sizes["new"].revenue) == (2, 1_800)
    assert (sizes["slipping"].customers, sizes["slipping"].revenue) == (0, 0)


def test_a_segment_that_there_is_not_is_refused_with_a_sentence() -> None:
    with pytest.raises(LookupError, match="There is no segment 'fans'"):
        finding.members(purchases.of({}), "fans")


def test_reading_the_words_loads_no_numpy() -> None:
    code = (
        "import sys; from habitue.metrics.segments import catalogue; catalogue.every();"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
