"""QR codes as inline SVG for pages and as plain squares for the printer."""

import re
from collections.abc import Iterator
from typing import Final

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

QUIET = 4  # modules of white around, as the standard asks
ON_SCREEN = 2
"""The mask of a code on a screen. Trying all eight for the best of them takes four times as long as
all the rest, on every view of a card; every mask is read alike on a screen. Print takes the best.
"""


_DARK: Final = re.compile(rb"\x01+")


def svg(content: str, *, label: str) -> SafeString:
    """The code as an SVG image that scales with its box; dark on white in every theme."""
    runs = list(bars(content, mask=ON_SCREEN))
    box = runs[0][3] + 2 * QUIET
    path = "".join([f"M{x + QUIET} {y + QUIET}h{wide}v1h-{wide}z" for x, y, wide, _side in runs])
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}"'
        ' shape-rendering="crispEdges">'
        '<rect width="{}" height="{}" fill="#fff"/><path fill="#1c1412" d="{}"/></svg>',
        label,
        box,
        box,
        box,
        box,
        mark_safe(path),
    )


def bars(content: str, *, mask: int | None = None) -> Iterator[tuple[int, int, int, int]]:
    """The dark runs of each row as (x, y, width, side of the code), in modules."""
    matrix = segno.make(content, error="m", micro=False, mask=mask).matrix
    side = len(matrix)
    for y, row in enumerate(matrix):
        for run in _DARK.finditer(row):
            start, end = run.span()
            yield start, y, end - start, side
