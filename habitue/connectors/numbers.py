"""Reading written amounts and quantities exactly: 1 234,50 €, $1,234.50, 12.5; never a float.

In `1,234` the comma may part thousands or decimals. A whole column is looked at first (`Marks`);
where no value tells, three digits after a single sign are thousands, unless the currency has
three decimals.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from habitue.connectors.dates import Unread
from habitue.core import facts, money

LONGEST: Final = 40
_SPACES: Final = re.compile("[\\s\xa0\u202f\u2009\u2007'’]+")
_WRITTEN: Final = re.compile(
    r"(?P<before>[^\d\s.,()-]{0,4}) ?(?P<open>\(?)(?P<minus>-?)(?P<again>[^\d\s.,()-]{0,4}) ?"
    r"(?P<number>\d[\d., ]*?)(?P<dash>,-)?\)? ?(?P<after>[^\d\s.,()-]{0,4})",
    re.ASCII,
)
_SPACED: Final = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?")
_GROUPED: Final = {
    ",": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?"),
    ".": re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d*)?"),
}
_QUANTITY: Final = re.compile(r"(-?)(\d{1,9})(?:[.,]0{1,6})?", re.ASCII)
SYMBOLS: Final = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "€": ("EUR",),
    "£": ("GBP",),
    "¥": ("JPY", "CNY"),
    "Fr": ("CHF",),
    "fr": ("CHF",),
    "Fr.": ("CHF",),
}
_CACHE_LIMIT: Final = 50_000


class Marks:
    """What a column of amounts says: its decimal mark and its currency."""

    def __init__(self) -> None:
        self.seen = {",": 0, ".": 0}
        self.open = 0
        self.currencies: dict[str, int] = {}

    def look(self, text: str) -> None:
        """Take one value of the column into account."""
        if text.isdigit() or len(text) > LONGEST:
            return
        match = _WRITTEN.fullmatch(_SPACES.sub(" ", text).strip())
        if match is None:
            return
        for sign in (match["before"], match["again"], match["after"]):
            if code := _code(sign):
                self.currencies[code] = self.currencies.get(code, 0) + 1
        mark = _decimal_mark(match["number"])
        if mark:
            self.seen[mark] += 1
        elif mark is None:
            self.open += 1

    @property
    def decimal(self) -> str:
        """The decimal mark of the column, or "" where nothing tells."""
        comma, point = self.seen[","], self.seen["."]
        return "" if comma == point else "," if comma > point else "."

    @property
    def currency(self) -> str:
        """The one currency that the amounts name, or ""."""
        return next(iter(self.currencies)) if len(self.currencies) == 1 else ""

    def sentence(self) -> str:
        """How open values such as 1,234 are read; empty where there were none."""
        if not self.open:
            return ""
        if self.decimal:
            return f"Amounts have {_NAMES[self.decimal]} decimals, as most values show."
        return "Amounts such as 1,234 are read as thousands: no value in the file tells."


_NAMES: Final = {",": "comma", ".": "point"}


class Reader:
    """Reads the amounts of one column into minor units of `currency`."""

    def __init__(self, *, currency: str, decimal: str) -> None:
        self.currency = currency
        self.places = money.decimals(currency)
        self.decimal = decimal
        self._remembered = lru_cache(_CACHE_LIMIT)(self._read)

    def read(self, text: str) -> int:
        """Minor units, exactly; `Unread` says why not."""
        return self._remembered(text)

    def _read(self, text: str) -> int:
        if not text:
            raise Unread("the amount is missing")
        plain = _SPACES.sub(" ", text).replace("−", "-").replace("–", "-").strip()
        match = _WRITTEN.fullmatch(plain) if len(text) <= LONGEST else None
        if match is None:
            raise Unread("not an amount that can be read")
        if match["minus"] or match["open"]:
            raise Unread("the amount is negative: goods brought back are a refund, not a purchase")
        for sign in (match["before"], match["again"], match["after"]):
            self._check_currency(sign)
        try:
            number = _pointed(match["number"].strip(), self.decimal, self.places)
            minor = money.fixed(number, self.places)
        except ValueError:
            raise Unread(f"not an exact amount of {self.currency}") from None
        if minor > facts.MAX_AMOUNT:
            raise Unread("the amount is too large")
        return minor

    def _check_currency(self, sign: str) -> None:
        if not sign:
            return
        named = SYMBOLS.get(sign) or ((sign.upper(),) if _code(sign) else ())
        if not named:
            raise Unread("not an amount that can be read")
        if self.currency not in named:
            raise Unread(f"the amount is in {sign}, the business counts in {self.currency}")


def units(text: str, *, places: int, decimal: str) -> int:
    """A balance of units, in fixed point, perhaps below zero; an empty cell is none."""
    plain = _SPACES.sub(" ", text).replace("−", "-").replace("–", "-").strip()
    plain = _NAMED.sub("", plain)
    if not plain:
        return 0
    match = _WRITTEN.fullmatch(plain) if len(text) <= LONGEST else None
    if match is None or match["before"] or match["again"] or match["after"]:
        raise Unread("not a balance that can be read")
    try:
        amount = money.fixed(_pointed(match["number"].strip(), decimal, places), places)
    except ValueError:
        if not places:
            raise Unread("not a whole number, and this unit has no decimals") from None
        raise Unread(f"this unit has {places} decimals") from None
    if amount > facts.MAX_AMOUNT:
        raise Unread("the balance is too large")
    return -amount if match["minus"] or match["open"] else amount


_NAMED: Final = re.compile(r" ?(?:points?|punti|punto|pts?)\.?$", re.IGNORECASE)


def _pointed(number: str, decimal: str, places: int) -> str:
    """The number with a decimal point and no thousands marks."""
    if " " in number:
        if not _SPACED.fullmatch(number):
            raise ValueError(number)
        return number.replace(" ", "").replace(",", ".")
    mark = _decimal_mark(number)
    if mark is None:
        own = next(sign for sign in ",." if sign in number)
        mark = decimal or (own if places == 3 else "")
    if mark == "" or mark not in number:
        thousands = next((sign for sign in ",." if sign in number), "")
    else:
        thousands = "," if mark == "." else "."
    if thousands and thousands in number and not _GROUPED[thousands].fullmatch(number):
        raise ValueError(number)
    whole = number.replace(thousands, "") if thousands else number
    return whole.replace(mark, ".").rstrip(".") if mark else whole


def quantity(text: str) -> int:
    """A whole number of pieces, 1 where none is given; `Unread` says why not."""
    if not text:
        return 1
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise Unread("not a whole number of pieces")
    pieces = int(match[2])
    if match[1] and pieces:
        raise Unread("the quantity is negative: goods brought back are a refund, not a purchase")
    if not 0 < pieces <= facts.MAX_QUANTITY:
        raise Unread(f"a quantity is between 1 and {facts.MAX_QUANTITY:,}")
    return pieces


def _decimal_mark(number: str) -> str | None:
    """The decimal mark of one number, "" where it has none, None where it may be either."""
    comma, point = number.rfind(","), number.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    mark, place = (",", comma) if comma >= 0 else (".", point)
    if place < 0:
        return ""
    if number.count(mark) > 1:
        return "." if mark == "," else ","
    if " " in number or len(number) - place - 1 != 3 or place > 3:
        return mark
    return None


def _code(sign: str) -> str:
    """The currency that a sign next to an amount surely means, or ""."""
    if sign in ("€", "£"):
        return SYMBOLS[sign][0]
    return sign.upper() if len(sign) == 3 and sign.isascii() and sign.isalpha() else ""
