"""The card's picture: stamps on paper, or an arc where there are too many to count."""

from math import ceil, pi
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

COUNTABLE: Final = 20
_STEP, _RADIUS = 44, 17


def progress(have: int, goal: int, *, label: str, fresh: int = 0) -> SafeString:
    """`have` of `goal`, as an SVG with its meaning as text; the last `fresh` ones are new.

    Where nothing is to be reached there is no picture.
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
        '<g class="{}" transform="translate({} {})"><circle r="{}"/>{}</g>',
        (
            (
                _look(place, have, goal, fresh),
                place % columns * _STEP + _STEP // 2,
                place // columns * _STEP + _STEP // 2,
                _RADIUS,
                _mark(place, have),
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


def _mark(place: int, have: int) -> SafeString:
    if place < have:
        return format_html('<path d="{}"/>', "M-7 1l5 5 9-11")
    return format_html('<text y="5">{}</text>', place + 1)


def _ring(have: int, goal: int, label: str) -> SafeString:
    around = 2 * pi * 52
    share = min(1.0, have / goal) if goal else 0.0
    return format_html(
        '<svg class="ring" role="img" aria-label="{}" viewBox="0 0 120 120">'
        '<circle class="rest" cx="60" cy="60" r="52"/>'
        '<circle class="part" cx="60" cy="60" r="52" transform="rotate(-90 60 60)" '
        'stroke-dasharray="{} {}"/><text x="60" y="66">{}</text></svg>',
        label,
        round(around * share, 1),
        round(around, 1),
        f"{have}/{goal}",
    )
