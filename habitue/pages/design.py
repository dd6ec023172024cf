"""The design system on one page: what the style sheets declare, computed; only with DEBUG.

Everything is read from the sheets themselves, so that the page cannot say what is not true.
"""

import re
from pathlib import Path
from typing import Final, Literal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from msgspec import Struct

from habitue.pages import charts, drawing
from habitue.pages.templatetags import pictures

Theme = Literal["light", "dark"]
SHEETS: Final = Path(__file__).parent / "static" / "pages"
READABLE: Final = 4.5
"""Contrast that text needs (WCAG 2.2, 1.4.3)."""
VISIBLE: Final = 3.0
"""Contrast that a border or a sign needs (WCAG 2.2, 1.4.11)."""
TEXT: Final = (
    ("ink", "paper"),
    ("ink", "sheet"),
    ("ink", "honey"),
    ("soft", "paper"),
    ("soft", "sheet"),
    ("brick", "paper"),
    ("brick", "sheet"),
    ("on-brick", "brick"),
    ("on-brick", "brick-deep"),
    ("leaf", "paper"),
    ("leaf", "leaf-soft"),
    ("rose", "paper"),
    ("rose", "rose-soft"),
)
"""What is written on what."""
SIGNS: Final = (
    ("edge", "paper"),
    ("edge", "sheet"),
    ("sea", "paper"),
    ("plum", "paper"),
    ("moss", "paper"),
    ("berry", "paper"),
    ("frame", "paper"),
)
"""What is drawn on what."""
_STAMPS: Final = (0, 3, 9, 10)
_DARK: Final = re.compile(r"@media \(prefers-color-scheme: dark\) \{(.*?)\n\}", re.S)
_RULE: Final = re.compile(r"(:root|\.hue-\d|:is\(\.hue-0[^)]*\)) \{(.*?)\}", re.S)
_TOKEN: Final = re.compile(r"--([\w-]+):\s*([^;]+);")


class Pair(Struct, frozen=True):
    """Two colors, one on the other, and how well they are told apart in both themes."""

    over: str
    under: str
    light: float
    dark: float
    least: float

    @property
    def enough(self) -> bool:
        return min(self.light, self.dark) >= self.least


@require_GET
def design(request: HttpRequest) -> HttpResponse:
    """The page; it is nowhere unless faults are shown."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "pages/design.html", _shown())


def tokens(theme: Theme, sheet: str = "base") -> dict[str, str]:
    """The custom properties of a sheet's `:root`, by name, as one theme has them."""
    return _declared(theme, sheet).get(":root", {})


def hues(theme: Theme) -> list[dict[str, str]]:
    """The colors that a shop may have: accent, deep, and what is written on them."""
    found = _declared(theme, "card")
    shared = next(values for rule, values in found.items() if rule.startswith(":is"))
    return [{**shared, **found[f".hue-{number}"]} for number in range(pictures.HUES)]


def contrast(one: str, other: str) -> float:
    """How far two colors (#rrggbb) are apart: 1 to 21, by the formula of WCAG 2.2."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def pairs() -> list[Pair]:
    """Every declared pair, and each shop's color on paper, sheet and under its own writing."""
    light, dark = tokens("light"), tokens("dark")
    found = [
        Pair(
            over,
            under,
            contrast(light[over], light[under]),
            contrast(dark[over], dark[under]),
            least,
        )
        for declared, least in ((TEXT, READABLE), (SIGNS, VISIBLE))
        for over, under in declared
    ]
    for number, (day, night) in enumerate(zip(hues("light"), hues("dark"), strict=True)):
        for ground in ("paper", "sheet"):
            by_day = contrast(day["accent"], light[ground])
            by_night = contrast(night["accent"], dark[ground])
            found.append(Pair(f"hue-{number}", ground, by_day, by_night, READABLE))
        for name in ("accent", "accent-deep"):
            by_day = contrast(day["on-accent"], day[name])
            by_night = contrast(night["on-accent"], night[name])
            found.append(Pair("on-accent", f"hue-{number} {name}", by_day, by_night, READABLE))
    return found


def _declared(theme: Theme, sheet: str) -> dict[str, dict[str, str]]:
    """What each rule of a sheet declares, by selector; the dark theme adds to the light one."""
    text = (SHEETS / f"{sheet}.css").read_text()
    night = "".join(_DARK.findall(text))
    day = re.sub(r"@media print \{.*", "", _DARK.sub("", text), flags=re.S)
    found: dict[str, dict[str, str]] = {}
    for part in (day, night) if theme == "dark" else (day,):
        for rule, body in _RULE.findall(part):
            found.setdefault(rule, {}).update(_TOKEN.findall(body))
    return found


def _luminance(color: str) -> float:
    """How bright a color is, 0 to 1 (WCAG 2.2, relative luminance)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _shown() -> dict[str, object]:
    light = tokens("light")
    weeks = ["W1", "W2", "W3", "W4", "W5", "W6"]
    series = [
        charts.Series("Members", [3, 8, 12, 19, 22, 31]),
        charts.Series("Others", [20, 18, 19, 15, 16, 12]),
    ]

    def starting(prefix: str) -> list[str]:
        return [name for name in light if name.startswith(prefix)]

    return {
        "colors": [name for name, value in light.items() if value.startswith("#")],
        "pairs": pairs(),
        "hues": [f"hue-{number}" for number in range(pictures.HUES)],
        "texts": starting("text-"),
        "spaces": starting("space-"),
        "pictures": pictures.names(),
        "stamps": [drawing.progress(n, 10, label=f"{n} of 10 stamps") for n in _STAMPS],
        "rings": [drawing.progress(n * 10, 100, label=f"{n * 10} of 100") for n in _STAMPS],
        "lines": charts.lines(series, weeks, title="Visits by week", written=str),
        "bars": charts.bars(series, weeks, title="Visits by week", written=str),
        "weeks": list(zip(weeks, *(one.values for one in series), strict=True)),
    }
