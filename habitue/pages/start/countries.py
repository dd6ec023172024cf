"""The countries of the world in the reader's language, the usual ones first."""

from babel import Locale
from babel.core import get_global

from habitue.pages import words

FIRST = ("FR", "IT", "BE", "CH", "LU", "CA", "GB", "US")


def choices() -> list[tuple[str, str]]:
    """Every country as (code, name)."""
    names = Locale.parse(words.language()).territories
    known = [
        code for code in get_global("territory_currencies") if code.isalpha() and code in names
    ]
    rest = sorted(set(known) - set(FIRST), key=lambda code: _plain(names[code]))
    return [(code, names[code]) for code in (*FIRST, *rest)]


def guess() -> str:
    """The country that goes with the page's language."""
    return {"fr": "FR", "it": "IT"}.get(words.language(), "GB")


def _plain(name: str) -> str:
    return name.translate(str.maketrans("ÉÈÎÔÅ", "EEIOA"))
