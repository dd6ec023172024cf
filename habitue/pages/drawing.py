"""The card's picture: stamps on paper, or an arc where there are too many to count."""

from functools import lru_cache
from math import ceil, cos, pi, sin
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

COUNTABLE: Final = 20
_STEP, _RADIUS = 44, 17
_TICK: Final = "M-6 .5l4.3 4.5L6 -5"
_GIFT: Final = (
    "M-8 -2.5H8V1H-8ZM-6.5 1V8H6.5V1M0 -2.5V8M0 -2.5C-3 -8 -8 -6 -4 -2.5M0 -2.5C3 -8 8 -6 4 -2.5"
)


def _scallops(count: int, radius: float, depth: float) -> str:
    """A rim of small waves, as a seal has it."""
    points = [
        (round(reach * cos(angle), 1), round(reach * sin(angle), 1))
        for step in range(2 * count)
        for reach, angle in [(radius - depth * (step % 2), pi * step / count)]
    ]
    waves = " ".join(
        f"Q{points[at + 1][0]} {points[at + 1][1]} {to[0]} {to[1]}"
        for at in range(0, 2 * count, 2)
        for to in [points[(at + 2) % (2 * count)]]
    )
    return f"M{points[0][0]} {points[0][1]}{waves}Z"


_RIM: Final = _scallops(14, _RADIUS + 0.5, 3)


@lru_cache(maxsize=2_000)
def progress(have: int, goal: int, *, label: str, fresh: int = 0) -> SafeString:
    """`have` of `goal`, as an SVG with its meaning as text; the last `fresh` ones are new.

    Where nothing is to be reached there is no picture. Drawn once for all who stand there.
    """
    if not goal:
        return SafeString("")
    if goal <= COUNTABLE:
        return _stamps(min(have, goal), goal, label, fresh)
    return _ring(have, goal, label)


def _stamps(have: int, goal: int, label: str, fresh: int) -> SafeString:
    rows = ceil(goal / 6)
    columns = ceil(goal / rows)
    spots = format_html_join(
        "",
        '<g class="{}" transform="translate({} {})">{}</g>',
        (
            (
                _look(place, have, goal, fresh),
                place % columns * _STEP + _STEP // 2,
                place // columns * _STEP + _STEP // 2,
                _stamp(place, goal) if place < have else _place(place, goal),
            )
            for place in range(goal)
        ),
    )
    return format_html(
        '<svg class="stamps" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>',
        label,
        columns * _STEP,
        rows * _STEP,
        spots,
    )


def _look(place: int, have: int, goal: int, fresh: int) -> str:
    if place >= have:
        return "spot last" if place == goal - 1 else "spot"
    return "spot full fresh" if place >= have - fresh else "spot full"


def _stamp(place: int, goal: int) -> SafeString:
    """One stamp, a little unlike the next, as by hand: turned, and not quite in the middle."""
    turned, aside, below = place * 37 % 29 - 14, place * 5 % 3 - 1, place * 7 % 3 - 1
    return format_html(
        '<g transform="translate({} {}) rotate({})"><path class="rim" d="{}"/>'
        '<circle class="inner" r="12.5"/><path class="sign" d="{}"/></g>',
        aside,
        below,
        turned,
        _RIM,
        _GIFT if place == goal - 1 else _TICK,
    )


def _place(place: int, goal: int) -> SafeString:
    """A place that waits for its stamp; at the last one waits the reward."""
    if place == goal - 1:
        return format_html('<circle r="{}"/><path d="{}"/>', _RADIUS, _GIFT)
    return format_html('<circle r="{}"/><text y="4.5">{}</text>', _RADIUS, place + 1)


def _ring(have: int, goal: int, label: str) -> SafeString:
    around = 2 * pi * 52
    arc: SafeString = SafeString("")  # a round end would show at nothing
    if have > 0:
        arc = format_html(
            '<circle class="part" cx="60" cy="60" r="52" transform="rotate(-90 60 60)" '
            'stroke-dasharray="{} {}"/>',
            round(around * min(1.0, have / goal), 1),
            round(around, 1),
        )
    return format_html(
        '<svg class="ring" role="img" aria-label="{}" viewBox="0 0 120 120">'
        '<circle class="rest" cx="60" cy="60" r="52"/>'
        '{}<text x="60" y="66.5">{}</text></svg>',
        label,
        arc,
        f"{have}/{goal}",
    )
