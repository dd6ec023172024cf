"""Money in minor units: how many decimals a currency has, and exact reading of written amounts."""

from __future__ import annotations

import re
from typing import Final

# ISO 4217: every currency that does not have two decimals and is in use.
_DECIMALS: Final = {
    "BIF": 0,
    "CLP": 0,
    "DJF": 0,
    "GNF": 0,
    "ISK": 0,
    "JPY": 0,
    "KMF": 0,
    "KRW": 0,
    "PYG": 0,
    "RWF": 0,
    "UGX": 0,
    "VND": 0,
    "VUV": 0,
    "XAF": 0,
    "XOF": 0,
    "XPF": 0,
    "BHD": 3,
    "IQD": 3,
    "JOD": 3,
    "KWD": 3,
    "LYD": 3,
    "OMR": 3,
    "TND": 3,
}
_NUMBER: Final = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,12}))?")


def decimals(currency: str) -> int:
    """Decimals of a currency's minor unit: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _DECIMALS.get(currency, 2)


def fixed(text: str, places: int) -> int:
    """A decimal number as a whole number of `10 ** -places`; exact, or `ValueError`.

    >>> fixed("14.35", 2)
    1435
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a number written like 12.50")
    sign, whole, fraction = match[1], match[2], (match[3] or "").rstrip("0")
    if len(fraction) > places:
        raise ValueError(f"{text[:40]!r} has more than {places} decimals")
    value = int(whole + fraction.ljust(places, "0"))
    return -value if sign else value


def written(value: int, places: int) -> str:
    """The inverse of `fixed`: 1435 with 2 places is `14.35`; whole units drop empty decimals.

    >>> written(1435, 2), written(-5, 2), written(7, 0)
    ('14.35', '-0.05', '7')
    """
    if not places:
        return str(value)
    whole, fraction = divmod(abs(value), 10**places)
    return f"{'-' if value < 0 else ''}{whole}.{fraction:0{places}d}"
