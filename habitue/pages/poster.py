"""What is printed, drawn once as a PDF for the printer and as an SVG for the screen.

A `Sheet` is a page in millimetres: boxes, stacks of words that shrink until they fit, QR codes, all
of it vectors. On it lie a poster, a table tent, stickers; the certificate of giving uses it too.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from fpdf import FPDF
from fpdf.fonts import TTFFont
from msgspec import Struct

from habitue.pages import qr

FONTS: Final = Path(__file__).parent / "static" / "vendor" / "lora"
# Letters that Lora lacks (Greek, Cyrillic, …) come from the computer's own fonts, if it has any.
OTHERS: Final = (
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/System/Library/Fonts/Supplemental/Arial Unicode.ttf"),
)
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 20.0
PAPER, INK, BRICK = (250, 245, 236), (42, 33, 28), (140, 59, 34)
SOFT, WHITE = (107, 93, 82), (255, 255, 255)
LINE: Final = 0.46  # millimetres of height for each point of size
POINT: Final = 25.4 / 72
SMALLEST: Final = 4.0

Color = tuple[int, int, int]
Fitted = list[tuple[float, list[str]]]
"""For each text of a stack its size in points, and its rows."""


class Box(Struct, frozen=True):
    """A rectangle on the page, in millimetres."""

    left: float
    top: float
    width: float
    height: float

    def inside(self, by: float) -> "Box":
        """The same with a margin."""
        return Box(self.left + by, self.top + by, self.width - 2 * by, self.height - 2 * by)


class Said(Struct, frozen=True):
    """Words of a stack: at most `largest` points, on at most so many rows."""

    text: str
    largest: float
    bold: bool = False
    color: Color = INK
    rows: int = 1


class Sheet:
    """A page that is drawn twice at once: into a PDF, and into the shapes of an SVG."""

    def __init__(
        self, title: str, *, width: float = WIDTH, height: float = HEIGHT, words: str = ""
    ):
        self.width, self.height = width, height
        self.pdf = FPDF(format=(width, height))
        self.pdf.set_title(title)
        self.pdf.set_auto_page_break(False)
        self.shapes: list[str] = []
        self._fits: dict[tuple[object, ...], Fitted] = {}
        self._codes: dict[str, list[tuple[int, int, int, int]]] = {}
        _fonts(self.pdf, words)
        self.pdf.add_page()
        self.pdf.c_margin = 0

    def content(self) -> bytes:
        """The PDF."""
        return bytes(self.pdf.output())

    def svg(self, label: str) -> SafeString:
        """The picture; nothing can be drawn after it."""
        for font in self.pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.close()
        return format_html(
            '<svg class="sheet" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>',
            label,
            self.width,
            self.height,
            mark_safe("".join(self.shapes)),  # every piece of it was escaped when it was drawn
        )

    def fill(self, box: Box, color: Color, *, round_by: float = 0) -> None:
        """A filled rectangle."""
        self.pdf.set_fill_color(*color)
        self.pdf.rect(
            box.left,
            box.top,
            box.width,
            box.height,
            style="F",
            round_corners=bool(round_by),
            corner_radius=round_by,
        )
        self._shape(
            '<rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{}"/>',
            *map(_mm, (box.left, box.top, box.width, box.height, round_by)),
            _hex(color),
        )

    def disc(self, x: float, y: float, radius: float, color: Color) -> None:
        """A filled circle."""
        self.pdf.set_fill_color(*color)
        self.pdf.ellipse(x - radius, y - radius, 2 * radius, 2 * radius, style="F")
        self._shape(
            '<circle cx="{}" cy="{}" r="{}" fill="{}"/>', *map(_mm, (x, y, radius)), _hex(color)
        )

    def code(self, address: str, box: Box) -> None:
        """A QR code on its white square, as wide as the box."""
        self.fill(box, WHITE, round_by=box.width / 26)
        runs = self._codes.get(address) or list(qr.bars(address))
        self._codes[address] = runs
        module = box.width / (runs[0][3] + 2 * qr.QUIET)
        self.pdf.set_fill_color(*INK)
        path = []
        for x, y, width, _side in runs:
            left, top = box.left + (x + qr.QUIET) * module, box.top + (y + qr.QUIET) * module
            # A hair of overlap, so that printers draw no white lines between the rows.
            self.pdf.rect(left, top, width * module, module * 1.02, style="F")
            long, high = _mm(width * module), _mm(module * 1.02)
            path.append(f"M{_mm(left)} {_mm(top)}h{long}v{high}h-{long}z")
        self._shape('<path fill="{}" d="{}"/>', _hex(INK), "".join(path))

    def stack(self, box: Box, words: Sequence[Said]) -> None:
        """Words below each other in the middle of a box, smaller until all of them fit."""
        words = [one for one in words if one.text]
        alike = (box.width, box.height, *words)  # stickers are the same many times over
        blocks = self._fits.get(alike) or self._fit(box, words)
        self._fits[alike] = blocks
        height = sum(_height(size, len(lines)) for size, lines in blocks)
        top = box.top + max(0.0, box.height - height) / 2
        for one, (size, lines) in zip(words, blocks, strict=True):
            self._lines(one, size, lines, Box(box.left, top, box.width, 0))
            top += _height(size, len(lines))

    @contextmanager
    def turned(self, x: float, y: float) -> Iterator[None]:
        """What is drawn within stands on its head, about a point."""
        self._shape('<g transform="rotate(180 {} {})">', _mm(x), _mm(y))
        with self.pdf.rotation(180, x, y):
            yield
        self._shape("</g>")

    def _fit(self, box: Box, words: Sequence[Said]) -> Fitted:
        for percent in range(100, 15, -5):
            blocks = [self._fitted(one, box.width, percent / 100) for one in words]
            if sum(_height(size, len(lines)) for size, lines in blocks) <= box.height:
                break
        return blocks

    def _fitted(self, one: Said, width: float, shrunk: float) -> tuple[float, list[str]]:
        size, lines = one.largest * shrunk, [one.text]
        while True:
            self.pdf.set_font("lora", "B" if one.bold else "", size)
            lines = _broken(self.pdf, one.text, width, size)
            if len(lines) <= one.rows or size <= SMALLEST:
                return size, lines
            size = max(SMALLEST, size * 0.95)

    def _lines(self, one: Said, size: float, lines: list[str], at: Box) -> None:
        self.pdf.set_font("lora", "B" if one.bold else "", size)
        self.pdf.set_text_color(*one.color)
        row = size * LINE
        for number, line in enumerate(lines):
            self.pdf.set_xy(at.left, at.top + number * row)
            self.pdf.cell(at.width, row, line, align="C")
            self._shape(
                '<text x="{}" y="{}" font-size="{}" font-weight="{}" fill="{}"'
                ' text-anchor="middle">{}</text>',
                _mm(at.left + at.width / 2),
                _mm(at.top + (number + 0.5) * row + 0.3 * size * POINT),
                _mm(size * POINT),
                600 if one.bold else 400,
                _hex(one.color),
                line,
            )

    def _shape(self, pattern: str, *values: object) -> None:
        self.shapes.append(format_html(pattern, *values) if values else pattern)


def page(title: str) -> FPDF:
    """An A4 sheet of the shop's paper, with brick as its ink."""
    sheet = Sheet(title, words=title)
    sheet.fill(Box(0, 0, WIDTH, HEIGHT), PAPER)
    sheet.fill(Box(0, 0, WIDTH, 7), BRICK)
    sheet.pdf.set_text_color(*BRICK)
    return sheet.pdf


def lines(pdf: FPDF, text: str, *, top: float, bold: bool, largest: int, rows: int = 1) -> None:
    """Centred text that shrinks until it fits into its rows."""
    width = WIDTH - 2 * MARGIN
    for size in range(largest, 8, -1):
        pdf.set_font("lora", "B" if bold else "", size)
        if len(_broken(pdf, text, width, size)) <= rows:
            break
    pdf.set_xy(MARGIN, top)
    pdf.multi_cell(width, size * LINE, text, align="C")


def _broken(pdf: FPDF, text: str, width: float, size: float) -> list[str]:
    broken = pdf.multi_cell(width, size * LINE, text, align="C", dry_run=True, output="LINES")
    return broken if isinstance(broken, list) else [text]


def _height(size: float, rows: int) -> float:
    """Of a block in a stack, with the air below it."""
    return size * LINE * (rows + 0.35)


def _fonts(pdf: FPDF, words: str) -> None:
    for style, weight in (("", "400"), ("B", "600")):
        pdf.add_font("lora", style, FONTS / f"lora-latin-{weight}.ttf")
        pdf.add_font("more", style, FONTS / f"lora-latin-ext-{weight}.ttf")
    pdf.set_font("lora", "", 12)
    fallback = ["more"]
    known = {sign for font in pdf.fonts.values() if isinstance(font, TTFFont) for sign in font.cmap}
    if any(ord(sign) not in known for sign in words):
        for place, path in enumerate(path for path in OTHERS if path.exists()):
            pdf.add_font(f"other{place}", "", path)
            fallback.append(f"other{place}")
    pdf.set_fallback_fonts(fallback, exact_match=False)


def _mm(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _hex(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
