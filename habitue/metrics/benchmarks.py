"""What others in the sector reach, as far as anybody has published it: rough.

Retention by sector is from a trade article that gives neither a period nor a method.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from habitue.metrics.figure import Text


class Benchmark(Struct, frozen=True):
    """A value to stand beside one's own, whose it is, and where it is from."""

    value: float
    sector: Text
    source: str = "trade article, no period given"


CAVEAT: Final[Text] = {
    "fr": "Ordre de grandeur : l'article ne dit ni la période, ni la méthode.",
    "it": "Ordine di grandezza: l'articolo non dice né il periodo, né il metodo.",
    "en": "Rough: the article tells neither the period nor the method.",
}
"""How far to trust them."""

RETENTION: Final = {
    "retail": Benchmark(0.63, {"fr": "Commerce", "it": "Commercio", "en": "Retail"}),
    "restaurants": Benchmark(
        0.55, {"fr": "Restauration", "it": "Ristorazione", "en": "Restaurants"}
    ),
    "services": Benchmark(
        0.84,
        {"fr": "Services", "it": "Servizi professionali", "en": "Professional services"},
    ),
    "media": Benchmark(0.84, {"fr": "Médias", "it": "Media", "en": "Media"}),
}
"""Retention by sector."""

_SECTORS: Final = {
    "cafe": "restaurants",
    "bakery": "restaurants",
    "restaurant": "restaurants",
    "hairdresser": "services",
    "beauty": "services",
    "fitness": "services",
    "shop": "retail",
    "online": "retail",
}


def of(kind: str, figure: str) -> Benchmark | None:
    """The benchmark of a kind of shop for a figure, if there is one."""
    if figure not in ("strict_retention", "retention") or kind not in _SECTORS:
        return None
    return RETENTION[_SECTORS[kind]]
