"""Pictures of ours, drawn as SVG in the house style: a line, one tint, one mark in the accent."""

import functools
import re
import zlib
from pathlib import Path
from typing import Final

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

FOLDER: Final = Path(__file__).parents[1] / "templates" / "pages" / "parts" / "pictures"
HUES: Final = 8
"""How many colors a shop's name may lead to; the style sheet has them as `hue-0` and on."""


def names() -> list[str]:
    """Every picture there is, by its name."""
    return sorted(path.stem for path in FOLDER.glob("*.svg"))


@register.simple_tag
@functools.cache
def picture(name: str) -> SafeString:
    """A picture; it says nothing by itself, the sentence below it does.

    Raises `template.TemplateSyntaxError` for a name that no picture has.
    """
    if not re.fullmatch(r"[a-z]+", name) or name not in names():
        raise template.TemplateSyntaxError(f"There is no picture {name!r}: {', '.join(names())}.")
    return mark_safe((FOLDER / f"{name}.svg").read_text().strip())


@register.filter
def hue(name: str) -> str:
    """The color of a shop, always the same for the same name: a class of the style sheet.

    >>> hue("Café des Amis")
    'hue-2'
    """
    return f"hue-{zlib.crc32(name.strip().casefold().encode()) % HUES}"
