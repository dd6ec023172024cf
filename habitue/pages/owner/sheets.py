"""The things a shop hangs up and sticks on: poster, table tent, stickers, laid out on a `Sheet`."""

from collections.abc import Callable, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from msgspec import Struct

from habitue.pages import poster
from habitue.pages.poster import BRICK, INK, PAPER, SOFT, Box, Said, Sheet

FORMATS: Final = [
    ("a4", gettext_lazy("Poster (A4)")),
    ("a5", gettext_lazy("Small poster (A5)")),
    ("tent", gettext_lazy("Table tent (A4, folded)")),
    ("stickers", gettext_lazy("24 stickers (A4, 70 × 37 mm)")),
    ("sticker", gettext_lazy("Round sticker (9 cm)")),
]
SIZES: Final = {"a5": (148.0, 210.0), "sticker": (96.0, 96.0)}
COLUMNS, ROWS, LABEL = 3, 8, (70.0, 37.0)


class Words(Struct, frozen=True):
    """What stands on it in one language."""

    headline: str
    scan: str
    promise: str


class Content(Struct, frozen=True):
    """The shop, what it says in each language, and where its code leads."""

    shop: str
    said: tuple[Words, ...]
    address: str

    @property
    def shown_address(self) -> str:
        """As somebody would type it."""
        return self.address.partition("://")[2].partition("?")[0]


def words(language: str, headline: str) -> Words:
    """A headline, and what is always said below the code."""
    with override(language):
        scan = _("Scan with your phone")
        return Words(headline, scan, _("No app, no password. Your card in 20 seconds."))


def draw(format_: str, content: Content) -> Sheet:
    """The sheet of that format."""
    width, height = SIZES.get(format_, (poster.WIDTH, poster.HEIGHT))
    texts = "".join(one.headline for one in content.said)
    sheet = Sheet(content.shop, width=width, height=height, words=content.shop + texts)
    layouts: dict[str, Callable[[Sheet, Content], None]] = {
        "tent": _tent,
        "stickers": _stickers,
        "sticker": _sticker,
    }
    layouts.get(format_, _poster)(sheet, content)
    return sheet


def _poster(sheet: Sheet, content: Content) -> None:
    """Upright; every measure is that of A4, made smaller with the page."""
    scale = sheet.width / poster.WIDTH
    wide = Box(18 * scale, 0, 174 * scale, 0)
    sheet.fill(Box(0, 0, sheet.width, sheet.height), PAPER)
    sheet.fill(Box(0, 0, sheet.width, 7 * scale), BRICK)
    head = Box(wide.left, 16 * scale, wide.width, 90 * scale)
    sheet.stack(head, [_name(content, 42 * scale), *_headlines(content, 29 * scale, rows=3)])
    side = 106 * scale
    sheet.code(content.address, Box((sheet.width - side) / 2, 110 * scale, side, side))
    foot = Box(wide.left, 221 * scale, wide.width, 46 * scale)
    sheet.stack(foot, _below(content, 24 * scale))
    address = Said(content.shown_address, 11 * scale, color=SOFT)
    sheet.stack(Box(wide.left, 272 * scale, wide.width, 12 * scale), [address])


def _tent(sheet: Sheet, content: Content) -> None:
    """Two halves, head to head: folded in the middle, each side reads upright."""
    half = Box(0, sheet.height / 2, sheet.width, sheet.height / 2)
    _side(sheet, content, half)
    with sheet.turned(sheet.width / 2, sheet.height / 2):
        _side(sheet, content, half)
    for left in (0.0, sheet.width - 6):  # where to fold
        sheet.fill(Box(left, sheet.height / 2 - 0.1, 6, 0.2), SOFT)


def _side(sheet: Sheet, content: Content, box: Box) -> None:
    sheet.fill(box, PAPER)
    sheet.fill(Box(box.left, box.top + box.height - 5, box.width, 5), BRICK)
    side = 88.0
    sheet.code(content.address, Box(14, box.top + (box.height - side) / 2 - 2, side, side))
    beside = Box(side + 24, box.top + 16, box.width - side - 36, box.height - 38)
    address = Said(content.shown_address, 9, color=SOFT, rows=2)
    heads = [_name(content, 30), *_headlines(content, 22, rows=4)]
    sheet.stack(beside, [*heads, *_below(content, 16), address])


def _stickers(sheet: Sheet, content: Content) -> None:
    """Labels of 70 × 37 mm, three by eight, as every shop for paper has them."""
    width, height = LABEL
    above = (sheet.height - ROWS * height) / 2
    for place in range(COLUMNS * ROWS):
        row, column = divmod(place, COLUMNS)
        label = Box(column * width, above + row * height, width, height).inside(3)
        side = label.height
        sheet.code(content.address, Box(label.left, label.top, side, side))
        beside = Box(label.left + side + 1.5, label.top, label.width - side - 1.5, side)
        sheet.stack(
            beside, [_name(content, 12), *_headlines(content, 8.5, rows=4), *_scans(content, 7.5)]
        )


def _sticker(sheet: Sheet, content: Content) -> None:
    """Round: brick around paper around the code. The corners are cut off."""
    middle = sheet.width / 2
    sheet.disc(middle, middle, 45, BRICK)
    sheet.disc(middle, middle, 42.5, PAPER)
    side = 50.0
    sheet.code(content.address, Box(middle - side / 2, middle - side / 2, side, side))
    sheet.stack(Box(middle - 19, 10, 38, 12), [_name(content, 15)])
    sheet.stack(Box(middle - 21, sheet.height - 22, 42, 11), _scans(content, 10))


def _name(content: Content, largest: float) -> Said:
    return Said(content.shop, largest, bold=True, color=BRICK, rows=2)


def _headlines(content: Content, largest: float, *, rows: int) -> list[Said]:
    """The first language large, the others below it."""
    return [
        Said(one.headline, largest * (1 if number == 0 else 0.7), color=INK, rows=rows)
        for number, one in enumerate(content.said)
    ]


def _below(content: Content, largest: float) -> Sequence[Said]:
    found = []
    for one in content.said:
        found += [Said(one.scan, largest, bold=True), Said(one.promise, largest * 0.63, rows=2)]
    return found


def _scans(content: Content, largest: float) -> list[Said]:
    return [Said(one.scan, largest, bold=True, rows=2) for one in content.said]
