"""Where a history lies: what a lowering offers, so that figures can be computed from it.

A source is one business's history in one place. All sources answer alike, to the last integer:
`lowerings.plain` (rows in memory, the definition), `lowerings.anywhere` (Ibis: DuckDB over Parquet,
PostgreSQL in place, Spark), `lowerings.state` (PostgreSQL, from what is kept with each posting).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol

from habitue.metrics.aggregates import Aggregates
from habitue.metrics.asked import Asked

if TYPE_CHECKING:
    from habitue.metrics.lives import Lives


class Source(Protocol):
    """One business's history."""

    def gaps(self, before: date) -> dict[int, int]:
        """How often each number of days lay between a customer's consecutive days of purchase."""
        ...

    def aggregates(self, asked: Asked) -> Aggregates:
        """The sums of a period; money in every currency, `units` left empty."""
        ...

    def lives(self, until: date) -> Lives:
        """Everybody's life as of a day, in the business's own currency."""
        ...
