"""What others in the sector reach, as far as anybody has published it: rough.

Retention by sector is from a trade article that gives neither a period nor a method.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class Benchmark(Struct, frozen=True):
    """A value to stand beside one's own, and where it is from."""

    value: float
    source: str


SOURCE: Final = "trade article, no period given"
RETAIL, RESTAURANTS, SERVICES = 0.63, 0.55, 0.84

_RETENTION: Final = {
    "cafe": RESTAURANTS,
    "bakery": RESTAURANTS,
    "restaurant": RESTAURANTS,
    "hairdresser": SERVICES,
    "beauty": SERVICES,
    "fitness": SERVICES,
    "shop": RETAIL,
    "online": RETAIL,
}


def of(kind: str, figure: str) -> Benchmark | None:
    """The benchmark of a kind of shop for a figure, if there is one."""
    if figure not in ("strict_retention", "retention") or kind not in _RETENTION:
        return None
    return Benchmark(_RETENTION[kind], SOURCE)
