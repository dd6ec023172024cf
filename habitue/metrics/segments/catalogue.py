"""All segments by id: where customers stand, how they leak away, what they are worth, RFM."""

from __future__ import annotations

from functools import cache

from habitue.metrics.segments.declared import lifecycle, rfm, rhythm, value
from habitue.metrics.segments.segment import Segment


@cache
def every() -> dict[str, Segment]:
    """Every segment, in the order in which they are shown."""
    declared = (lifecycle, rhythm, value, rfm)
    return {segment.id: segment for module in declared for segment in module.SEGMENTS}


def get(name: str) -> Segment:
    """The segment of that id; a `LookupError` carries a sentence."""
    found = every().get(name)
    if found is None:
        raise LookupError(f"There is no segment {name!r}; there are {', '.join(every())}.")
    return found
