"""Charts as SVG: gaps stay gaps, steps hold their value, a sparkline has the size of a word."""

from __future__ import annotations

import re

from habitue.pages import charts
from habitue.pages.charts import Series


def paths(svg: str) -> list[str]:
    """The lines drawn in the color of a series, marks aside."""
    return re.findall(r'<path d="([^"]+)" stroke-dasharray', svg)


def written(value: int) -> str:
    return str(value)


def test_a_line_stops_where_a_value_is_missing() -> None:
    svg = charts.lines([Series("a", [1, None, 3])], ["x", "y", "z"], title="t", written=written)
    (path,) = paths(svg)
    assert path.count("M") == 2
    assert "L" not in path
    assert svg.count('class="mark"') == 2


def test_the_ends_of_an_interval_are_drawn_and_fit_on_the_picture() -> None:
    series = Series("a", [10, 20], low=[5, None], high=[90, None])
    svg = charts.lines([series], ["x", "y"], title="t", written=written)
    assert svg.count('class="reach"') == 1
    assert ">100</text>" in svg  # the axis reaches the upper end


def test_a_step_goes_across_before_it_falls() -> None:
    svg = charts.steps([Series("a", [100, 50])], ["0", "1"], title="t", written=written)
    (path,) = paths(svg)
    assert re.fullmatch(r"M[\d.]+ [\d.]+H[\d.]+V[\d.]+h[\d.]+", path)
    assert "mark" not in svg


def test_a_sparkline_ends_in_a_dot_at_its_last_value() -> None:
    svg = charts.sparkline([1.0, 2.0, None, 3.0])
    assert svg.count("<circle") == 1
    (path,) = re.findall(r'<path d="([^"]+)"', svg)
    last = path.split()[-2:]
    x, y = last[0].lstrip("ML"), last[1]
    assert f'cx="{x}" cy="{y}"' in svg
    assert 'aria-hidden="true"' in svg


def test_of_fewer_than_two_values_there_is_no_sparkline() -> None:
    assert charts.sparkline([None, 3.0]) == ""
    assert charts.sparkline([]) == ""


def test_values_that_never_change_are_a_level_line() -> None:
    (path,) = re.findall(r'<path d="([^"]+)"', charts.sparkline([2.0, 2.0]))
    heights = re.findall(r"[ML][\d.]+ ([\d.]+)", path)
    assert len(set(heights)) == 1


def test_bars_leave_out_what_is_missing() -> None:
    svg = charts.bars([Series("a", [1, None, 0])], ["x", "y", "z"], title="t", written=written)
    assert svg.count("<rect") == 1
