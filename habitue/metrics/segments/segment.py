"""What a segment is: a name and the words that explain it; `finding` knows who is in it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from habitue.metrics.figure import Text

Family = Literal["lifecycle", "rfm", "value", "rhythm"]
"""lifecycle and rfm are partitions: every customer who ever bought is in exactly one of each."""


class Segment(Struct, frozen=True, kw_only=True):
    """One segment, declared once. Program rules write its id: `where: {segment: slipping}`."""

    id: str
    family: Family
    title: Text
    help: Text
    formula: Text
    source: str
