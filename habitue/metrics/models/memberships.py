"""Paid memberships as spells: from joining to leaving, with the renewals in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter

from msgspec import Struct

from habitue.metrics.models import spans
from habitue.metrics.models.spans import Span
from habitue.metrics.tables import Membership

GRACE = spans.days(31)
"""Who pays again within so long after the end has renewed late, not left."""


class Spell(Struct, frozen=True, kw_only=True):
    """A stretch of membership without a gap, [since, until), renewed so many times.

    `left`: it has ended. Else it still ran, or might still be renewed, when it was looked at.
    """

    customer: int
    since: date
    until: date
    renewals: int
    left: bool

    @property
    def days(self) -> int:
        """How long it has lasted."""
        return (self.until - self.since).days


def spells(periods: Iterable[Membership], until: date, *, grace: Span = GRACE) -> list[Spell]:
    """The spells that began before the day `until`, as that day sees them.

    A period that begins within the grace after another's end renews it; later it is a new spell.
    """
    begun = sorted(
        (period for period in periods if period.since < until and _end(period) > period.since),
        key=attrgetter("customer", "since"),
    )
    found = []
    for customer, mine in groupby(begun, key=attrgetter("customer")):
        for stretch in _stretches(mine, grace):
            end = max(map(_end, stretch))
            left = end + timedelta(days=grace.days) <= until
            found.append(
                Spell(
                    customer=customer,
                    since=stretch[0].since,
                    until=min(end, until),
                    renewals=len(stretch) - 1,
                    left=left,
                )
            )
    return found


def _stretches(periods: Iterator[Membership], grace: Span) -> Iterator[list[Membership]]:
    stretch = [next(periods)]
    for period in periods:
        if period.since > _end(stretch[-1]) + timedelta(days=grace.days):
            yield stretch
            stretch = []
        stretch.append(period)
    yield stretch


def _end(period: Membership) -> date:
    """The day from which it no longer holds."""
    if period.ended_on is None:
        return period.until
    return min(period.until, period.ended_on)
