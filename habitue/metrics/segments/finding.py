"""Who is in a segment: customers' numbers, and what each segment adds up to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from habitue.metrics.lives import Integers
from habitue.metrics.segments import catalogue, leaks, lifecycle, rfm, vip
from habitue.metrics.segments.population import Population
from habitue.metrics.segments.rhythm import Flags
from habitue.metrics.segments.segment import Family, Segment

_FAMILIES: Final[dict[Family, Callable[[Population], dict[str, Flags]]]] = {
    "lifecycle": lifecycle.masks,
    "rfm": rfm.masks,
    "value": vip.masks,
    "rhythm": leaks.masks,
}


class Size(NamedTuple):
    """How many are in a segment, and what they brought so far (net, in minor units)."""

    segment: Segment
    customers: int
    revenue: int


def members(population: Population, segment: str) -> Integers:
    """The numbers of the customers in a segment, ascending. `LookupError`: there is none such."""
    declared = catalogue.get(segment)
    found: Integers = population.lives.customer[_FAMILIES[declared.family](population)[segment]]
    return found


def every(population: Population) -> dict[str, Integers]:
    """The customers of all segments."""
    return {name: population.lives.customer[mask] for name, mask in _masks(population).items()}


def sizes(population: Population) -> list[Size]:
    """How large every segment is, in the catalogue's order."""
    masks = _masks(population)
    revenue = population.lives.revenue
    return [
        Size(segment, int(masks[name].sum()), int(revenue[masks[name]].sum()))
        for name, segment in catalogue.every().items()
    ]


def _masks(population: Population) -> dict[str, Flags]:
    found: dict[str, Flags] = {}
    for family in _FAMILIES.values():
        found |= family(population)
    return found
