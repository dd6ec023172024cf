"""The simple figures, RFM and cohorts as one writes them by hand: a DuckDB statement each.

Columns are called as the sums of `metrics.aggregates` are, so that both can be compared. The
statements know that nothing was given back and that there is one currency: ours do not.
"""

from __future__ import annotations

from typing import Any, Final

from benchmarks.purchases import ASKED, FIRST_SHOWN

_SINCE, _UNTIL = ASKED.period.since, ASKED.period.until

_BEFORE = f"""before AS (SELECT DISTINCT customer FROM order_lines WHERE "on" < '{_SINCE}')"""
_KNOWN = f"""known AS (SELECT DISTINCT customer FROM order_lines WHERE "on" < '{_UNTIL}')"""
_START = f"""at_start AS (
    SELECT DISTINCT customer FROM order_lines
    WHERE "on" >= '{ASKED.start_since}' AND "on" < '{_SINCE}'
)"""
_END = f"""at_end AS (
    SELECT DISTINCT customer FROM order_lines
    WHERE "on" >= '{ASKED.end_since}' AND "on" < '{_UNTIL}'
)"""
_PERIOD = f""""on" >= '{_SINCE}' AND "on" < '{_UNTIL}'"""
_NEW = "(SELECT count(*) FROM at_end ANTI JOIN before USING (customer)) AS new"
_KEPT = "(SELECT count(*) FROM at_end SEMI JOIN at_start USING (customer)) AS kept"
_LOST = "(SELECT count(*) FROM at_start ANTI JOIN at_end USING (customer)) AS lost"
_OF_START = "(SELECT count(*) FROM at_start) AS start"
_OF_KNOWN = "(SELECT count(*) FROM known) AS known"

_SPANS = f"""WITH later AS (
    SELECT customer, sum(amount) AS now FROM order_lines WHERE {_PERIOD} GROUP BY customer
), earlier AS (
    SELECT customer, sum(amount) AS base FROM order_lines
    WHERE "on" >= '{ASKED.base_since}' AND "on" < '{_SINCE}' GROUP BY customer
)
SELECT sum(base) AS "money.base", sum(greatest(base - now, 0)) AS "money.contraction",
    sum(base) FILTER (now IS NULL) AS "money.churned"{{}}
FROM earlier LEFT JOIN later USING (customer)"""

SIMPLE: Final[dict[str, str]] = {
    "retention": f"WITH {_BEFORE}, {_START}, {_END}"
    f' SELECT (SELECT count(*) FROM at_end) AS "end", {_NEW}, {_OF_START}',
    "strict_retention": f"WITH {_START}, {_END} SELECT {_KEPT}, {_OF_START}",
    "churn": f"WITH {_START}, {_END} SELECT {_LOST}, {_OF_START}",
    "repeat_purchase_rate": f"""
        SELECT count(*) FILTER (orders > 1) AS repeaters, count(*) AS buyers FROM (
            SELECT customer, count(*) AS orders FROM order_lines
            WHERE line = 0 AND {_PERIOD} GROUP BY customer
        )""",
    "purchase_frequency": f"""
        SELECT count(*) AS orders, count(DISTINCT customer) AS buyers FROM order_lines
        WHERE line = 0 AND {_PERIOD}""",
    "average_order_value": f"""
        SELECT sum(amount) AS "money.revenue", count(*) FILTER (line = 0) AS "money.orders"
        FROM order_lines WHERE {_PERIOD}""",
    "sales_per_customer": f"""
        SELECT sum(amount) AS "money.revenue", count(DISTINCT customer) AS "money.buyers"
        FROM order_lines WHERE {_PERIOD}""",
    "customer_lifetime_value": f"""
        WITH {_START}, {_END}, bought AS (
            SELECT sum(amount) AS revenue, count(DISTINCT customer) AS buyers
            FROM order_lines WHERE {_PERIOD}
        )
        SELECT revenue AS "money.revenue", buyers AS "money.buyers", {_LOST}, {_OF_START}
        FROM bought""",
    "net_revenue_retention": _SPANS.format(', sum(greatest(now - base, 0)) AS "money.expansion"'),
    "gross_revenue_retention": _SPANS.format(""),
    "new": f"WITH {_BEFORE}, {_KNOWN}, {_END} SELECT {_NEW}, {_OF_KNOWN}",
    "kept": f"WITH {_START}, {_KNOWN}, {_END} SELECT {_KEPT}, {_OF_KNOWN}",
    "reactivated": f"""
        WITH {_BEFORE}, {_START}, {_KNOWN}, {_END}
        SELECT (
            SELECT count(*) FROM at_end SEMI JOIN before USING (customer)
            ANTI JOIN at_start USING (customer)
        ) AS reactivated, {_OF_KNOWN}""",
    "dormant": f"""
        WITH {_KNOWN}, {_END}
        SELECT (SELECT count(*) FROM known ANTI JOIN at_end USING (customer)) AS dormant,
            {_OF_KNOWN}""",
}

RFM: Final = f"""
WITH lives AS (
    SELECT customer, max("on") AS r, count(*) FILTER (line = 0) AS f, sum(amount) AS m
    FROM order_lines WHERE "on" < '{_UNTIL}' GROUP BY customer
), scored AS (
    SELECT 1 + 5 * (rank() OVER (ORDER BY r) - 1) // count(*) OVER () AS r,
        1 + 5 * (rank() OVER (ORDER BY f) - 1) // count(*) OVER () AS f,
        1 + 5 * (rank() OVER (ORDER BY m) - 1) // count(*) OVER () AS m
    FROM lives
)
SELECT r, f, m, count(*) FROM scored GROUP BY ALL"""

_COHORTS = f"""
WITH born AS (
    SELECT customer, date_trunc('month', min("on"))::DATE AS cohort FROM order_lines
    WHERE "on" < '{_UNTIL}' GROUP BY customer
)
SELECT cohort, date_trunc('month', "on")::DATE AS month, {{}}
FROM order_lines JOIN born USING (customer)
WHERE cohort >= '{FIRST_SHOWN}' AND "on" < '{_UNTIL}' GROUP BY ALL"""

COHORT_BUYERS: Final = _COHORTS.format("count(DISTINCT customer)")
COHORT_REVENUE: Final = _COHORTS.format("sum(amount)")


class Found:
    """What the statements found, in the shape of a survey's parts."""

    def __init__(self, connection: Any) -> None:
        self.sums: dict[str, int] = {}
        for statement in SIMPLE.values():
            cursor = connection.execute(statement)
            names = [column[0] for column in cursor.description]
            self.sums |= dict(zip(names, cursor.fetchone(), strict=True))
        self.scores = {(r, f, m): count for r, f, m, count in _rows(connection, RFM)}
        self.buyers = {(a, b): count for a, b, count in _rows(connection, COHORT_BUYERS)}
        self.revenue = {(a, b): amount for a, b, amount in _rows(connection, COHORT_REVENUE)}


def _rows(connection: Any, statement: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = connection.execute(statement).fetchall()
    return rows
