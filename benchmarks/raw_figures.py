"""The raw query: a period's people and money from every event of the ledger, grouped by customer.

What the dashboard's sums were computed by before the ledger kept each customer's life; now what
`benchmarks dashboard` compares with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from habitue.metrics.aggregates import Aggregates, Counts, Money
from habitue.metrics.asked import Asked

if TYPE_CHECKING:
    from habitue.metrics.lives import Lives

Query = Callable[[str, Mapping[str, Any]], Sequence[tuple[Any, ...]]]
"""Runs one statement with named parameters (`%(name)s`) and returns all its rows."""

# Refused and undone events count for nothing (an undo counts whenever it came); events after the
# period are not read at all. A card's scan without an amount is a visit: an order without money.
_COUNTED: Final = """
    business_id = %(business)s AND business_date < %(until)s
    AND kind IN ('purchase', 'visit', 'refund') AND refusal IS NULL
    AND (customer_id, id) NOT IN (
        SELECT customer_id, (what->>'of')::bigint FROM ledger_event
        WHERE business_id = %(business)s AND kind = 'undo' AND refusal IS NULL)"""
# A refund is in the business's currency unless it says another; a visit is in none ('').
_EVENTS: Final = f"""
    SELECT customer_id, business_date, kind <> 'refund' AS came, coalesce(amount, 0) AS amount,
        coalesce(currency, CASE WHEN kind = 'refund' THEN %(currency)s ELSE '' END) AS currency
    FROM ledger_event
    WHERE {_COUNTED}"""

# Two levels, because money is per currency and people are not: first a row per customer and
# currency, then a row per customer. The sums come out as (currency, name, value): a currency of
# '' holds the counts of people and purchases.
_AGGREGATES: Final = f"""
WITH per_currency AS MATERIALIZED (
    SELECT customer_id, currency,
        bool_or(came) AS known,
        bool_or(came AND business_date < %(since)s) AS before,
        bool_or(came AND business_date >= %(start_since)s
                AND business_date < %(since)s) AS at_start,
        bool_or(came AND business_date >= %(end_since)s) AS at_end,
        count(*) FILTER (WHERE came AND business_date >= %(since)s) AS orders,
        count(*) FILTER (WHERE business_date >= %(since)s) AS movements,
        sum(amount) FILTER (WHERE business_date >= %(since)s) AS revenue
    FROM ({_EVENTS}) AS event
    GROUP BY customer_id, currency
), per_customer AS (
    SELECT customer_id, bool_or(known) AS known, bool_or(before) AS before,
        bool_or(at_start) AS at_start, bool_or(at_end) AS at_end, sum(orders) AS orders
    FROM per_currency
    GROUP BY customer_id
), people AS (
    SELECT
        count(*) FILTER (WHERE known) AS known,
        count(*) FILTER (WHERE at_start) AS start,
        count(*) FILTER (WHERE at_end) AS "end",
        count(*) FILTER (WHERE at_end AND NOT before) AS new,
        count(*) FILTER (WHERE at_end AND at_start) AS kept,
        count(*) FILTER (WHERE at_end AND before AND NOT at_start) AS reactivated,
        count(*) FILTER (WHERE known AND NOT at_end) AS dormant,
        count(*) FILTER (WHERE at_start AND NOT at_end) AS lost,
        count(*) FILTER (WHERE orders > 0) AS buyers,
        count(*) FILTER (WHERE orders > 1) AS repeaters,
        coalesce(sum(orders), 0) AS orders
    FROM per_customer
), money AS (
    SELECT currency, coalesce(sum(revenue), 0) AS revenue, sum(orders) AS orders,
        count(*) FILTER (WHERE orders > 0) AS buyers
    FROM per_currency
    WHERE movements > 0 AND currency <> ''
    GROUP BY currency
)
SELECT '' AS currency, name, value::bigint FROM people CROSS JOIN LATERAL (VALUES
    ('known', known), ('start', start), ('end', "end"), ('new', new), ('kept', kept),
    ('reactivated', reactivated), ('dormant', dormant), ('lost', lost), ('buyers', buyers),
    ('repeaters', repeaters), ('orders', orders)) AS row (name, value)
UNION ALL
SELECT currency, name, value::bigint FROM money CROSS JOIN LATERAL (VALUES
    ('revenue', revenue), ('orders', orders), ('buyers', buyers)) AS row (name, value)
"""

_GAPS: Final = f"""
WITH days AS (
    SELECT DISTINCT customer_id, business_date
    FROM ledger_event
    WHERE {_COUNTED} AND kind <> 'refund'
), steps AS (
    SELECT business_date
        - lag(business_date) OVER (PARTITION BY customer_id ORDER BY business_date) AS gap
    FROM days
)
SELECT gap, count(*) FROM steps WHERE gap IS NOT NULL GROUP BY gap
"""


_LIVES: Final = f"""
SELECT customer_id,
    min(business_date) FILTER (WHERE came), max(business_date) FILTER (WHERE came),
    count(DISTINCT business_date) FILTER (WHERE came), count(*) FILTER (WHERE came),
    coalesce(sum(amount) FILTER (WHERE currency = %(currency)s), 0)::bigint
FROM ({_EVENTS}) AS event
GROUP BY customer_id
HAVING bool_or(came)
ORDER BY customer_id
"""


class Postgres:
    """One business's history in the ledger; `currency` is the business's own."""

    def __init__(self, query: Query, business: int, currency: str) -> None:
        self._query = query
        self._values = {"business": business, "currency": currency}

    def gaps(self, before: date) -> dict[int, int]:
        """The histogram of days between a customer's consecutive days of purchase."""
        return dict(self._query(_GAPS, self._values | {"until": before}))

    def aggregates(self, asked: Asked) -> Aggregates:
        """The sums of a period."""
        period = asked.period
        rows = self._query(
            _AGGREGATES,
            self._values
            | {
                "since": period.since,
                "until": period.until,
                "start_since": asked.start_since,
                "end_since": asked.end_since,
            },
        )
        values: dict[str, dict[str, int]] = defaultdict(dict)
        for currency, name, value in rows:
            values[currency][name] = value
        counts = Counts(**values.pop("", {}))
        money = {code: Money(**sums) for code, sums in values.items()}
        return Aggregates(counts=counts, money=money)

    def lives(self, until: date) -> Lives:
        """Everybody's life as of a day."""
        from habitue.metrics import lives

        return lives.of(
            self._query(_LIVES, self._values | {"until": until}),
            until=until,
            currency=str(self._values["currency"]),
        )
