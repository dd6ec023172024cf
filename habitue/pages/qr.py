"""QR codes as inline SVG for pages and as plain squares for the printer."""

from collections.abc import Iterator

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET = 4  # modules of white around, as the standard asks
ON_SCREEN = 2
"""The mask of a code on a screen. Trying all eight for the best of them takes four times as long as
all the rest, on every view of a card; every mask is read alike on a screen. Print takes the best.
"""


def svg(content: str, *, label: str) -> SafeString:
    """The code as an SVG image that scales with its box; dark on white in every theme."""
    size, path = 0, []
    for x, y, width, side in bars(content, mask=ON_SCREEN):
        size = side
        path.append(f"M{x + QUIET} {y + QUIET}h{width}v1h-{width}z")
    box = size + 2 * QUIET
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}"'
        ' shape-rendering="crispEdges">'
        '<rect width="{}" height="{}" fill="#fff"/><path fill="#1c1412" d="{}"/></svg>',
        label,
        box,
        box,
        box,
        box,
        "".join(path),
    )


def bars(content: str, *, mask: int | None = None) -> Iterator[tuple[int, int, int, int]]:
    """The dark runs of each row as (x, y, width, side of the code), in modules."""
    matrix = segno.make(content, error="m", micro=False, mask=mask).matrix
    side = len(matrix)
    for y, row in enumerate(matrix):
        x = 0
        while x < side:
            start = x
            while x < side and row[x]:
                x += 1
            if x > start:
                yield start, y, x - start, side
            x += 1
