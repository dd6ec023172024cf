"""The shop's poster as an A4 PDF: the sentence, and a QR code drawn as vectors."""

from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _
from fpdf import FPDF

from habitue.pages import qr

FONTS: Final = Path(__file__).parent / "static" / "vendor" / "lora"
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 20.0
PAPER, INK, BRICK = (250, 245, 236), (42, 33, 28), (140, 59, 34)
SOFT = (107, 93, 82)
CODE = 104.0  # millimetres of the QR code's white square


def draw(*, shop: str, sentence: str, address: str) -> bytes:
    """The poster's bytes."""
    pdf = page(shop)
    lines(pdf, shop, top=26, bold=True, largest=40, rows=2)
    pdf.set_text_color(*INK)
    lines(pdf, sentence, top=66, bold=False, largest=27, rows=3)
    _code(pdf, address, top=112)
    lines(pdf, _("Scan with your phone"), top=224, bold=True, largest=24, rows=1)
    lines(pdf, _("No app, no password. Your card in 20 seconds."), top=238, bold=False, largest=15)
    pdf.set_text_color(*SOFT)
    lines(pdf, address.partition("://")[2], top=272, bold=False, largest=11)
    return bytes(pdf.output())


def page(title: str) -> FPDF:
    """A sheet of the shop's paper, with brick as its ink."""
    pdf = FPDF(format="A4")
    pdf.set_title(title)
    pdf.set_auto_page_break(False)
    _fonts(pdf)
    pdf.add_page()
    pdf.set_fill_color(*PAPER)
    pdf.rect(0, 0, WIDTH, HEIGHT, style="F")
    pdf.set_fill_color(*BRICK)
    pdf.rect(0, 0, WIDTH, 7, style="F")
    pdf.set_text_color(*BRICK)
    return pdf


def lines(pdf: FPDF, text: str, *, top: float, bold: bool, largest: int, rows: int = 1) -> None:
    """Centred text that shrinks until it fits into its rows."""
    width = WIDTH - 2 * MARGIN
    for size in range(largest, 8, -1):
        pdf.set_font("lora", "B" if bold else "", size)
        height = size * 0.46
        broken = pdf.multi_cell(width, height, text, align="C", dry_run=True, output="LINES")
        if isinstance(broken, list) and len(broken) <= rows:
            break
    pdf.set_xy(MARGIN, top)
    pdf.multi_cell(width, height, text, align="C")


def _fonts(pdf: FPDF) -> None:
    for style, weight in (("", "400"), ("B", "600")):
        pdf.add_font("lora", style, FONTS / f"lora-latin-{weight}.ttf")
        pdf.add_font("more", style, FONTS / f"lora-latin-ext-{weight}.ttf")
    pdf.set_font("lora", "", 12)
    pdf.set_fallback_fonts(["more"], exact_match=False)


def _code(pdf: FPDF, address: str, *, top: float) -> None:
    left, runs = (WIDTH - CODE) / 2, list(qr.bars(address))
    module = CODE / (runs[0][3] + 2 * qr.QUIET)
    pdf.set_fill_color(255, 255, 255)
    pdf.rect(left, top, CODE, CODE, style="F", round_corners=True, corner_radius=4)
    pdf.set_fill_color(*INK)
    for x, y, width, _side in runs:
        # A hair of overlap, so that printers draw no white lines between the rows.
        pdf.rect(
            left + (x + qr.QUIET) * module,
            top + (y + qr.QUIET) * module,
            width * module,
            module * 1.02,
            style="F",
        )
