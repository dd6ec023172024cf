"""Customers' purchases in PostgreSQL, looked at whole: cohorts by month, and who is behind a sum.

Purchases and visits count on their local day; what was refused or undone does not. Whoever went
over into another customer counts as that one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from habitue.ledger import database
from habitue.metrics.aggregates import whole
from habitue.metrics.asked import Asked
from habitue.metrics.cohorts import Row

# Amounts only in the business's own currency; a refund is at `on` (its day) for goods of `bought`.
_MOVES: Final = """
WITH RECURSIVE step (customer, goes_to) AS (
    SELECT id, merged_into_id FROM members_customer
    WHERE business_id = %(business)s AND merged_into_id IS NOT NULL
    UNION ALL
    SELECT step.customer, next.merged_into_id
    FROM step JOIN members_customer next ON next.id = step.goes_to
    WHERE next.merged_into_id IS NOT NULL
), over AS (
    SELECT step.customer, step.goes_to FROM step
    JOIN members_customer last ON last.id = step.goes_to WHERE last.merged_into_id IS NULL
), undone AS (
    SELECT customer_id, (what->>'of')::bigint AS id FROM ledger_event
    WHERE business_id = %(business)s AND kind = 'undo' AND refusal IS NULL
), move AS (
    SELECT coalesce(over.goes_to, event.customer_id) AS customer,
        event.business_date AS "on", coalesce(sale.business_date, event.business_date) AS bought,
        event.kind <> 'refund' AS came,
        CASE WHEN coalesce(event.currency, sale.currency, %(currency)s) = %(currency)s
            THEN coalesce(event.amount, 0) ELSE 0 END AS amount
    FROM ledger_event event
    LEFT JOIN over ON over.customer = event.customer_id
    LEFT JOIN LATERAL (
        SELECT business_date, currency FROM ledger_event
        WHERE event.kind = 'refund' AND customer_id = event.customer_id
            AND id = (event.what->>'of')::bigint
        OFFSET 0  -- looked up for refunds alone, instead of joining everything to everything
    ) sale ON true
    WHERE event.business_id = %(business)s AND event.business_date < %(until)s
        AND event.kind IN ('purchase', 'visit', 'refund') AND event.refusal IS NULL
        AND (event.customer_id, event.id) NOT IN (SELECT customer_id, id FROM undone)
        -- a refund of what was undone counts as little as the purchase itself
        AND (event.kind <> 'refund' OR (event.customer_id, (event.what->>'of')::bigint)
            NOT IN (SELECT customer_id, id FROM undone))
)"""

_COHORTS: Final = f"""
{_MOVES}, born AS (
    SELECT customer, date_trunc('month', min("on"))::date AS cohort
    FROM move WHERE came GROUP BY customer
)
SELECT cohort, date_trunc('month', bought)::date AS month,
    count(DISTINCT customer) FILTER (WHERE came), coalesce(sum(amount), 0)
FROM move JOIN born USING (customer) GROUP BY cohort, month ORDER BY cohort, month"""

_PEOPLE: Final = f"""
{_MOVES}, life AS (
    SELECT customer,
        coalesce(bool_or(came), false) AS known,
        coalesce(bool_or(came AND "on" < %(since)s), false) AS before,
        coalesce(bool_or(came AND "on" >= %(start_since)s AND "on" < %(since)s), false)
            AS at_start,
        coalesce(bool_or(came AND "on" >= %(end_since)s), false) AS at_end,
        count(*) FILTER (WHERE came AND "on" >= %(since)s) AS orders,
        coalesce(sum(amount) FILTER (WHERE "on" >= %(since)s), 0) AS revenue,
        max("on") FILTER (WHERE came) AS last_on
    FROM move GROUP BY customer
)"""

BEHIND: Final[Mapping[str, str]] = {
    "known": "known",
    "start": "at_start",
    "end": "at_end",
    "new": "at_end AND NOT before",
    "kept": "at_start AND at_end",
    "reactivated": "before AND at_end AND NOT at_start",
    "dormant": "known AND NOT at_end",
    "lost": "at_start AND NOT at_end",
    "buyers": "orders > 0",
    "repeaters": "orders > 1",
    "first_buyers": "orders > 0 AND NOT before",
}
"""The sums of `Counts` that are customers, and which these are."""


class Person(Struct, frozen=True):
    """Somebody behind a sum: orders and revenue in the period, and their last day until its end."""

    customer: int
    name: str
    orders: int
    revenue: int
    last_on: date


def any_purchase(business: int) -> bool:
    """Whether anybody ever bought or came."""
    sql = """SELECT EXISTS (SELECT FROM ledger_event WHERE business_id = %(business)s
        AND kind IN ('purchase', 'visit') AND refusal IS NULL)"""
    return bool(database.query(sql, {"business": business})[0][0])


def last_day(business: int, *, until: date) -> date | None:
    """The last day before `until` on which anybody came; it stands for later ones, too."""
    sql = """SELECT max(least(last_on, %(until)s - 1)) FROM ledger_life
        WHERE business_id = %(business)s"""
    found: date | None = database.query(sql, {"business": business, "until": until})[0][0]
    return found


def cohorts(business: int, *, currency: str, until: date) -> list[Row]:
    """What each cohort did in each month."""
    rows = database.query(_COHORTS, {"business": business, "currency": currency, "until": until})
    return [
        Row(cohort=cohort, month=month, buyers=buyers, revenue=whole(revenue))
        for cohort, month, buyers, revenue in rows
    ]


def behind(
    business: int, sum_name: str, asked: Asked, *, currency: str, offset: int = 0, limit: int
) -> tuple[int, list[Person]]:
    """How many customers a sum of a period counts, and a page of them, the latest first."""
    sql = f"""{_PEOPLE}
        SELECT count(*) OVER (), life.customer, members_customer.name, orders, revenue, last_on
        FROM life JOIN members_customer ON members_customer.id = life.customer
        WHERE {BEHIND[sum_name]}
        ORDER BY last_on DESC, life.customer LIMIT %(limit)s OFFSET %(offset)s"""
    values = {
        "business": business,
        "currency": currency,
        "since": asked.period.since,
        "until": asked.period.until,
        "start_since": asked.start_since,
        "end_since": asked.end_since,
        "limit": limit,
        "offset": offset,
    }
    rows = database.query(sql, values)
    people = [
        Person(who, name, orders, int(revenue), last_on)
        for _count, who, name, orders, revenue, last_on in rows
    ]
    return (rows[0][0] if rows else 0), people
