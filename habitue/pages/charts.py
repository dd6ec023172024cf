"""Charts drawn on the server as SVG: lines and bars that are read without color, at any width.

A chart is drawn 320 wide, the narrowest screen, and scales up. Series differ by dash, mark and
hatching as well as by color, and colors come from the style sheet (classes `s0` to `s5`), so that
dark, light and paper need no second picture. What a picture shows, a table beside it says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from msgspec import Struct

WIDTH: Final = 320
_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 170, 46, 8, 10, 20
_DASHES: Final = ("", "6 3", "2 3", "8 3 2 3", "1 5", "12 4")
_STEPS: Final = (1, 2, 5, 10)
_SPARK: Final = (90, 22)
_MARKED: Final = 24
"""Up to so many points, each has its mark."""

Written = Callable[[int], str]


class Series(Struct, frozen=True):
    """One line, or one row of bars: its name and a value per label, None where there is none.

    `low` and `high`, where they are given, are the ends between which each value probably lies.
    """

    name: str
    values: Sequence[int | None]
    low: Sequence[int | None] = ()
    high: Sequence[int | None] = ()


def lines(
    series: Sequence[Series], labels: Sequence[str], *, title: str, written: Written
) -> SafeString:
    """Values over time. `title` is what a reader hears, `written` how a value is written."""
    scale = _Scale(_every(series), len(labels))
    drawn = format_html_join("", "{}", ((_line(one, n, scale),) for n, one in enumerate(series)))
    return _chart(title, scale, labels, written, drawn, _key(series))


def bars(
    series: Sequence[Series], labels: Sequence[str], *, title: str, written: Written
) -> SafeString:
    """Values side by side under each label; values below zero hang down."""
    scale = _Scale(_every(series), len(labels))
    drawn = format_html_join(
        "",
        "{}",
        ((_bar_row(one, n, len(series), scale),) for n, one in enumerate(series)),
    )
    return _chart(title, scale, labels, written, drawn, _key(series))


def steps(
    series: Sequence[Series], labels: Sequence[str], *, title: str, written: Written
) -> SafeString:
    """Values that hold until the next one, as a survival curve has them; no marks."""
    scale = _Scale(_every(series), len(labels))
    drawn = format_html_join("", "{}", ((_steps(one, n, scale),) for n, one in enumerate(series)))
    return _chart(title, scale, labels, written, drawn, _key(series))


def sparkline(values: Sequence[float | None]) -> SafeString:
    """How something went, the size of a word: no axis, no words (they stand beside it)."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return mark_safe("")
    low, high = min(known), max(known)
    span, wide = (high - low) or 1, _SPARK[0] / max(len(values) - 1, 1)
    points = [
        None
        if value is None
        else (
            round(3 + place * wide, 1),
            round(_SPARK[1] - (value - low) / span * _SPARK[1] + 3, 1),
        )
        for place, value in enumerate(values)
    ]
    last = next(point for point in reversed(points) if point is not None)
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" aria-hidden="true">'
        '<path d="{}"/><circle cx="{}" cy="{}" r="2.2"/></svg>',
        _SPARK[0] + 6,
        _SPARK[1] + 6,
        _path(points),
        *last,
    )


def _every(series: Sequence[Series]) -> list[int]:
    """All values that are drawn."""
    drawn = [values for one in series for values in (one.values, one.low, one.high)]
    return [value for values in drawn for value in values if value is not None]


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """A line through the points that there are; it stops where one is missing."""
    parts, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        parts.append(f"{pen}{point[0]} {point[1]}")
        pen = "L"
    return " ".join(parts)


class _Scale:
    """Where values and labels lie on the picture; zero is always on it."""

    def __init__(self, values: Sequence[int], count: int) -> None:
        low, high = min([0, *values]), max([0, *values])
        self.step = _round_step(high - low)
        self.low = low // self.step * self.step
        self.high = max(-(-high // self.step) * self.step, self.low + self.step)
        self.count = count
        self.slot = (WIDTH - _LEFT - _RIGHT) / max(count, 1)

    def x(self, place: int) -> float:
        """The middle of a label's slot."""
        return round(_LEFT + (place + 0.5) * self.slot, 1)

    def y(self, value: int) -> float:
        """How far down a value lies."""
        share = (value - self.low) / (self.high - self.low)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP), 1)

    def ticks(self) -> range:
        """The values that have a line across."""
        return range(self.low, self.high + 1, self.step)


def _round_step(span: int) -> int:
    """A round number of which about four fit into a span."""
    least = max(span / 4, 1)
    power = int(10 ** (len(str(int(least))) - 1))
    return next(step * power for step in _STEPS if step * power >= least)


def _chart(
    title: str,
    scale: _Scale,
    labels: Sequence[str],
    written: Written,
    drawn: SafeString,
    key: SafeString,
) -> SafeString:
    return format_html(
        '{}<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}">{}{}{}</svg>',
        key,
        title,
        WIDTH,
        _HEIGHT,
        _grid(scale, written),
        _labels(scale, labels),
        drawn,
    )


def _grid(scale: _Scale, written: Written) -> SafeString:
    return format_html_join(
        "",
        '<path class="{}" d="M{} {}H{}"/><text class="value" x="{}" y="{}">{}</text>',
        (
            (
                "zero" if tick == 0 else "grid",
                _LEFT,
                scale.y(tick),
                WIDTH - _RIGHT,
                _LEFT - 4,
                scale.y(tick) + 3,
                written(tick),
            )
            for tick in scale.ticks()
        ),
    )


def _labels(scale: _Scale, labels: Sequence[str]) -> SafeString:
    """As many labels as there is room for, the first one always."""
    every = -(-len(labels) * 48 // (WIDTH - _LEFT - _RIGHT)) or 1
    return format_html_join(
        "",
        '<text class="label" x="{}" y="{}">{}</text>',
        (
            (scale.x(place), _HEIGHT - 6, label)
            for place, label in enumerate(labels)
            if place % every == 0
        ),
    )


def _line(one: Series, number: int, scale: _Scale) -> SafeString:
    points = _points(one.values, scale)
    marks: SafeString = mark_safe("")
    if len(points) <= _MARKED:
        known = [point for point in points if point is not None]
        marks = format_html_join("", "{}", ((_mark(x, y, number),) for x, y in known))
    return format_html(
        '<g class="line s{}">{}<path d="{}" stroke-dasharray="{}"/>{}</g>',
        number % len(_DASHES),
        _reach(one, scale),
        _path(points),
        _DASHES[number % len(_DASHES)] or "none",
        marks,
    )


def _points(values: Sequence[int | None], scale: _Scale) -> list[tuple[float, float] | None]:
    return [
        None if value is None else (scale.x(place), scale.y(value))
        for place, value in enumerate(values)
    ]


def _reach(one: Series, scale: _Scale) -> SafeString:
    """A thin upright line at each value, between its probable ends."""
    ends = [
        (scale.x(place), scale.y(low), scale.y(high))
        for place, (low, high) in enumerate(zip(one.low, one.high, strict=True))
        if low is not None and high is not None
    ]
    return format_html_join("", '<path class="reach" d="M{} {}V{}"/>', ends)


def _steps(one: Series, number: int, scale: _Scale) -> SafeString:
    """Across first, then down: a value holds up to the next label."""
    parts, pen = [], "M"
    for point in _points(one.values, scale):
        if point is None:
            pen = "M"
            continue
        x, y = round(point[0] - scale.slot / 2, 1), point[1]
        parts.append(f"M{x} {y}" if pen == "M" else f"H{x}V{y}")
        pen = "H"
    if parts:
        parts.append(f"h{round(scale.slot, 1)}")
    return format_html(
        '<g class="line s{}"><path d="{}" stroke-dasharray="{}"/></g>',
        number % len(_DASHES),
        "".join(parts),
        _DASHES[number % len(_DASHES)] or "none",
    )


def _mark(x: float, y: float, number: int) -> SafeString:
    """A dot, a square, a triangle or a cross."""
    shapes = (
        "M{0} {1}m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0",
        "M{0} {1}m-2.5-2.5h5v5h-5z",
        "M{0} {1}m0-3l3 5h-6z",
        "M{0} {1}m-2.5-2.5l5 5m0-5l-5 5",
    )
    return format_html('<path class="mark" d="{}"/>', shapes[number % len(shapes)].format(x, y))


def _bar_row(one: Series, number: int, rows: int, scale: _Scale) -> SafeString:
    width = round(scale.slot * 0.8 / rows, 2)
    offset = -scale.slot * 0.4 + number * width
    found = []
    for place, value in enumerate(one.values):
        if value:
            top, bottom = sorted((scale.y(value), scale.y(0)))
            found.append((round(scale.x(place) + offset, 1), top, width, round(bottom - top, 1)))
    return format_html(
        '<g class="bar s{}">{}</g>',
        number % len(_DASHES),
        format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}"/>', found),
    )


def _key(series: Sequence[Series]) -> SafeString:
    """Which series is which; none where there is only one."""
    if len(series) < 2:
        return mark_safe("")
    return format_html(
        '<ul class="key">{}</ul>',
        format_html_join(
            "",
            '<li><svg class="sample" viewBox="0 0 34 10" aria-hidden="true">'
            '<g class="line s{}"><path d="M1 5H33" stroke-dasharray="{}"/>{}</g></svg>{}</li>',
            (
                (
                    number % len(_DASHES),
                    _DASHES[number % len(_DASHES)] or "none",
                    _mark(17, 5, number),
                    one.name,
                )
                for number, one in enumerate(series)
            ),
        ),
    )


STYLE: Final = """\
.chart{width:100%;max-width:40rem;height:auto;display:block}
.chart text{font:9px system-ui,sans-serif;fill:currentColor}
.chart .value{text-anchor:end}.chart .label{text-anchor:middle}
.chart .grid{stroke:currentColor;stroke-opacity:.15}.chart .zero{stroke:currentColor}
.key{list-style:none;margin:.25rem 0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1rem}
.sample{width:2.2rem;height:.7rem;margin-right:.4rem}
.line path{fill:none;stroke:var(--ink);stroke-width:1.6}
.line .mark{fill:var(--paper,Canvas);stroke-width:1.2}.line .reach{stroke-width:1;opacity:.55}
.bar rect{fill:var(--ink);stroke:var(--ink);stroke-width:.8}
.bar.s1 rect{fill:transparent}.bar.s2 rect{fill-opacity:.45}
.s0{--ink:#0b5fa5}.s1{--ink:#b3470f}.s2{--ink:#2e7d32}
.s3{--ink:#7b3fa0}.s4{--ink:#6b5900}.s5{--ink:#9a1f5c}
@media (prefers-color-scheme:dark){.s0{--ink:#6cb6ff}.s1{--ink:#ffa66b}.s2{--ink:#7bd88a}\
.s3{--ink:#d3a4f4}.s4{--ink:#e0cc5a}.s5{--ink:#ff8fc0}}
@media print{.s0,.s1,.s2,.s3,.s4,.s5{--ink:#000}}
"""
"""What charts need of a style sheet, for a page that has no other."""
