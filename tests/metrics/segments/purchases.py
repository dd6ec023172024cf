"""Small businesses by the days on which each customer bought, as the populations of the tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from habitue.metrics import lives
from habitue.metrics.aggregates import Aggregates
from habitue.metrics.asked import Asked
from habitue.metrics.lives import Lives
from habitue.metrics.segments import population
from habitue.metrics.segments.population import Population

TODAY = date(2026, 3, 1)
Days = Mapping[int, Sequence[int]]
"""Per customer, how many days ago they bought, each time."""


class Shop:
    """A source: every purchase is of `amount`, or of that customer's own."""

    def __init__(self, ago: Days, amounts: Mapping[int, int] | None = None) -> None:
        self.bought = {who: sorted(TODAY - timedelta(days) for days in ago[who]) for who in ago}
        self.amounts = amounts or {}

    def gaps(self, before: date) -> dict[int, int]:
        days = [sorted({day for day in own if day < before}) for own in self.bought.values()]
        return dict(Counter((b - a).days for own in days for a, b in pairwise(own)))

    def lives(self, until: date) -> Lives:
        rows = []
        for who in sorted(self.bought):
            days = [day for day in self.bought[who] if day < until]
            if days:
                money = self.amounts.get(who, 1000) * len(days)
                rows.append((who, days[0], days[-1], len(set(days)), len(days), money))
        return lives.of(rows, until=until, currency="EUR")

    def aggregates(self, asked: Asked) -> Aggregates:
        raise AssertionError("segments are found from lives and gaps")


def of(
    ago: Days, *, window: int | None = None, amounts: Mapping[int, int] | None = None
) -> Population:
    """The population of a shop today."""
    shop = Shop(ago, amounts)
    return population.read(shop, TODAY, window=window)
