"""The sums from what PostgreSQL keeps with each posting: no history is read, but for the period's.

A period's purchases come from an index by day, as far back as the window or the equally long span
before it reaches; who was new, and how many are known, from the kept life of each customer
(`ledger_life`). This room does no I/O: it writes statements and reads their rows; a door hands in
`query`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from habitue.metrics.aggregates import NAMES, Aggregates, Counts, Money, whole
from habitue.metrics.asked import Asked
from habitue.metrics.lowerings import beside, moves

if TYPE_CHECKING:
    from habitue.metrics.lives import Lives

Query = Callable[[str, Mapping[str, Any]], Sequence[tuple[Any, ...]]]
"""Runs one statement with named parameters (`%(name)s`) and returns all its rows."""

# Whoever is new at the end bought for the first time in the period; those of them who are not at
# the end bought before the window that ends with it (none, where the window is longer).
_PEOPLE: Final = beside.Part(
    (
        "known", "start", "end", "new", "kept", "reactivated", "dormant", "lost",
        "buyers", "repeaters", "orders", "first_buyers",
    ),
    f"""
WITH customer AS MATERIALIZED (
    SELECT customer_id,
        coalesce(sum(sign) FILTER (WHERE business_date < %(since)s), 0) > 0 AS at_start,
        coalesce(sum(sign) FILTER (WHERE business_date >= %(end_since)s), 0) > 0 AS at_end,
        coalesce(sum(sign) FILTER (WHERE business_date >= %(since)s), 0) AS orders
    FROM ({moves.came("start_since")}) AS came
    GROUP BY customer_id
), people AS (
    SELECT count(*) FILTER (WHERE at_start) AS at_start, count(*) FILTER (WHERE at_end) AS at_end,
        count(*) FILTER (WHERE at_start AND at_end) AS kept,
        count(*) FILTER (WHERE orders > 0) AS buyers,
        count(*) FILTER (WHERE orders > 1) AS repeaters,
        coalesce(sum(orders), 0) AS orders
    FROM customer
), ever AS (
    SELECT count(*) AS known, count(*) FILTER (WHERE first_on >= %(since)s) AS fresh
    FROM ledger_life WHERE business_id = %(business)s AND first_on < %(until)s
), gone AS (
    SELECT count(*) AS fresh FROM ledger_life life JOIN customer USING (customer_id)
    WHERE life.business_id = %(business)s AND NOT at_end
      AND first_on >= %(since)s AND first_on < %(end_since)s
)
SELECT ever.known, at_start, at_end, ever.fresh - gone.fresh, kept,
    at_end - kept - (ever.fresh - gone.fresh), ever.known - at_end, at_start - kept,
    buyers, repeaters, orders, ever.fresh
FROM people, ever, gone""",
)  # fmt: skip

_MONEY: Final = beside.Part(
    tuple(Money.__struct_fields__),
    f"""
WITH spent AS (
    SELECT customer_id, currency, sum(sign) AS moves,
        coalesce(sum(sign) FILTER (WHERE came AND business_date >= %(since)s), 0) AS orders,
        coalesce(sum(amount) FILTER (WHERE business_date >= %(since)s), 0) AS now,
        greatest(0, sum(amount) FILTER (WHERE business_date < %(since)s)) AS base
    FROM ({moves.moved("base_since")}) AS moved
    GROUP BY customer_id, currency
), fresh AS (
    SELECT customer_id FROM ledger_life
    WHERE business_id = %(business)s AND first_on >= %(since)s AND first_on < %(until)s
)
SELECT currency, coalesce(sum(now), 0), coalesce(sum(orders), 0),
    count(*) FILTER (WHERE orders > 0),
    count(fresh.customer_id) FILTER (WHERE orders > 0),
    coalesce(sum(now) FILTER (WHERE fresh.customer_id IS NOT NULL), 0),
    coalesce(sum(base), 0),
    coalesce(sum(now - base) FILTER (WHERE base > 0 AND now > base), 0),
    coalesce(sum(base - now) FILTER (WHERE now > 0 AND base > now), 0),
    coalesce(sum(base) FILTER (WHERE now <= 0), 0)
FROM spent LEFT JOIN fresh USING (customer_id)
WHERE currency <> '' GROUP BY currency HAVING sum(moves) > 0""",
)

_GAPS: Final = f"""
WITH days AS (
    SELECT customer_id, business_date FROM ({moves.came("ever")}) AS came
    GROUP BY customer_id, business_date HAVING sum(sign) > 0
), steps AS (
    SELECT business_date
        - lag(business_date) OVER (PARTITION BY customer_id ORDER BY business_date) AS gap
    FROM days
)
SELECT gap, count(*) FROM steps WHERE gap IS NOT NULL GROUP BY gap"""

# Whose last move lies before the day is there as kept; of the others their days are counted.
_LIVES: Final = f"""
WITH days AS (
    SELECT customer_id, business_date, coalesce(sum(sign) FILTER (WHERE came), 0) AS orders,
        coalesce(sum(moved.amount) FILTER (WHERE currency = %(currency)s), 0) AS amount
    FROM ({moves.moved("ever")}) AS moved
    JOIN ledger_life life USING (customer_id)
    WHERE life.business_id = %(business)s AND life.touched_on >= %(until)s
      AND life.first_on < %(until)s
    GROUP BY customer_id, business_date
)
SELECT customer_id, first_on, last_on, days::bigint, orders, amount FROM ledger_life
WHERE business_id = %(business)s AND touched_on < %(until)s AND orders > 0
UNION ALL
SELECT customer_id, min(business_date) FILTER (WHERE orders > 0),
    max(business_date) FILTER (WHERE orders > 0), count(*) FILTER (WHERE orders > 0),
    sum(orders)::bigint, sum(amount)
FROM days GROUP BY customer_id HAVING sum(orders) > 0
ORDER BY customer_id"""


class State:
    """One business's history in the ledger; `currency` is the business's own.

    `needs` are the sums that will be looked at (names as in `aggregates.NAMES`): others may stay 0.
    """

    def __init__(
        self, query: Query, business: int, currency: str, needs: Collection[str] = NAMES
    ) -> None:
        self._query = query
        self._values = {"business": business, "currency": currency, "ever": date.min}
        self._needs = frozenset(needs)

    def gaps(self, before: date) -> dict[int, int]:
        """The histogram of days between a customer's consecutive days of purchase."""
        return dict(self._query(_GAPS, self._values | {"until": before}))

    def aggregates(self, asked: Asked) -> Aggregates:
        """The sums of a period, those of `needs` at least."""
        values = self._values | {
            "since": asked.period.since,
            "until": asked.period.until,
            "start_since": asked.start_since,
            "end_since": asked.end_since,
            "base_since": asked.base_since,
        }
        counts: dict[str, int] = {}
        for part in (_PEOPLE, *beside.PARTS):
            if self._needs.intersection(part.names):
                name = "people" if part is _PEOPLE else part.names[0]
                (row,) = self.ask(name, part.sql, values)
                counts |= zip(part.names, map(whole, row), strict=True)
        return Aggregates(counts=Counts(**counts), money=self._money(values))

    def ask(self, part: str, sql: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The rows of a part of a period's sums: `people`, `money`, or one of `beside`."""
        return self._query(sql, values)

    def lives(self, until: date) -> Lives:
        """Everybody's life as of a day."""
        from habitue.metrics import lives

        rows = self._query(_LIVES, self._values | {"until": until})
        return lives.of(rows, until=until, currency=str(self._values["currency"]))

    def _money(self, values: Mapping[str, Any]) -> dict[str, Money]:
        if not any(name.startswith("money.") for name in self._needs):
            return {}
        return {
            currency: Money(**dict(zip(_MONEY.names, map(whole, sums), strict=True)))
            for currency, *sums in self.ask("money", _MONEY.sql, values)
        }
