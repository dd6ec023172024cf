"""What stands beside purchases, in SQL over the canonical views: members, answers, deeds, lines.

Each part names its sums and reads them in one row. A part is only asked where a figure needs one
of its sums; it reads the period, and of rarer things (rewards, complaints) what came before.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from habitue.metrics.lowerings import moves
from habitue.metrics.tables import ANSWERED, SOCIAL


class Part(NamedTuple):
    """Some sums, and the statement that gives them in this order."""

    names: tuple[str, ...]
    sql: str


def _in(names: tuple[str, ...]) -> str:
    return f"({', '.join(repr(name) for name in names)})"


_CUSTOMER: Final = """
customer AS MATERIALIZED (
    SELECT customer AS customer_id, invited_by,
        CASE WHEN joined_on < %(until)s THEN joined_on END AS joined_on,
        coalesce(subscribed_on < %(until)s, false) AS subscribed
    FROM canonical_customers WHERE business = %(business)s
)"""

_ACTION: Final = """
action AS MATERIALIZED (
    SELECT customer AS customer_id, "on", name, quantity
    FROM canonical_actions WHERE business = %(business)s AND "on" < %(until)s
)"""

_ENROLLED: Final = Part(
    ("customers", "members", "subscribers", "referrals"),
    f"""
WITH {_CUSTOMER}
SELECT count(*) FILTER (WHERE joined_on IS NOT NULL OR subscribed
        OR coalesce(life.first_on < %(until)s, false)),
    count(joined_on), count(*) FILTER (WHERE subscribed),
    count(*) FILTER (WHERE joined_on >= %(since)s AND invited_by IS NOT NULL)
FROM customer LEFT JOIN ledger_life life USING (customer_id)""",
)

_BUYING: Final = Part(
    ("member_buyers", "member_orders", "referrers", "referred", "repeaters_referred"),
    f"""
WITH {_CUSTOMER}, brought AS MATERIALIZED (
    SELECT customer.invited_by AS customer_id, count(*) AS number
    FROM customer JOIN ledger_life life USING (customer_id)
    WHERE life.first_on < %(until)s AND customer.invited_by IS NOT NULL GROUP BY 1
), bought AS (
    SELECT came.customer_id, sum(sign) AS orders,
        coalesce(sum(sign) FILTER (WHERE business_date >= joined_on), 0) AS since_joined,
        bool_or(joined_on IS NOT NULL) AS joined
    FROM ({moves.came("since")}) AS came
    LEFT JOIN customer ON customer.customer_id = came.customer_id
    GROUP BY came.customer_id HAVING sum(sign) > 0
)
SELECT count(*) FILTER (WHERE joined), coalesce(sum(since_joined), 0), count(number),
    coalesce(sum(number), 0), coalesce(sum(number) FILTER (WHERE orders > 1), 0)
FROM bought LEFT JOIN brought USING (customer_id)""",
)

_ANSWERS: Final = Part(
    (
        "promoters", "passives", "detractors", "satisfied", "satisfaction_answers",
        "effort", "effort_squares", "effort_answers",
    ),
    """
SELECT count(*) FILTER (WHERE question = 'nps' AND score >= 9),
    count(*) FILTER (WHERE question = 'nps' AND score BETWEEN 7 AND 8),
    count(*) FILTER (WHERE question = 'nps' AND score <= 6),
    count(*) FILTER (WHERE question = 'csat' AND scale = 5 AND score >= 4),
    count(*) FILTER (WHERE question = 'csat' AND scale = 5),
    coalesce(sum(score) FILTER (WHERE question = 'ces' AND scale = 7), 0),
    coalesce(sum(score * score) FILTER (WHERE question = 'ces' AND scale = 7), 0),
    count(*) FILTER (WHERE question = 'ces' AND scale = 7)
FROM canonical_responses
WHERE business = %(business)s AND "on" >= %(since)s AND "on" < %(until)s""",
)  # fmt: skip

_DEEDS: Final = Part(
    (
        "redemptions", "messages_answered", "ideas", "social", "complaints",
        "complaints_answered", "complaints_resolved", "answer_minutes",
        "clickers", "clicking_subscribers",
    ),
    f"""
WITH deed AS MATERIALIZED (
    SELECT customer, name, quantity FROM canonical_actions
    WHERE business = %(business)s AND "on" >= %(since)s AND "on" < %(until)s
)
SELECT coalesce(sum(quantity) FILTER (WHERE name = 'redemption'), 0),
    coalesce(sum(quantity) FILTER (WHERE name IN {_in(ANSWERED)}), 0),
    coalesce(sum(quantity) FILTER (WHERE name = 'idea'), 0),
    coalesce(sum(quantity) FILTER (WHERE name IN {_in(SOCIAL)}), 0),
    count(*) FILTER (WHERE name = 'complaint'),
    count(*) FILTER (WHERE name = 'complaint_answered'),
    count(*) FILTER (WHERE name = 'complaint_resolved'),
    coalesce(sum(quantity) FILTER (WHERE name = 'complaint_answered'), 0),
    count(DISTINCT customer) FILTER (WHERE name = 'click'),
    (SELECT count(*) FROM canonical_customers
     WHERE business = %(business)s AND subscribed_on < %(until)s
       AND customer IN (SELECT customer FROM deed WHERE name = 'click'))
FROM deed""",
)  # fmt: skip

_REWARDS: Final = Part(
    ("redeemers", "rewarded", "reward_days"),
    f"""
WITH {_CUSTOMER}, {_ACTION}, taken AS (
    SELECT customer.joined_on, min("on") AS first_on, max("on") AS last_on
    FROM action JOIN customer USING (customer_id)
    WHERE name = 'redemption' AND joined_on IS NOT NULL GROUP BY customer_id, joined_on
)
SELECT count(*) FILTER (WHERE last_on >= %(since)s),
    count(*) FILTER (WHERE first_on >= greatest(%(since)s, joined_on)),
    coalesce(sum(first_on - joined_on)
        FILTER (WHERE first_on >= greatest(%(since)s, joined_on)), 0)
FROM taken""",
)

_SERVICE: Final = Part(
    ("complainers", "complainers_back", "contented", "contented_back"),
    f"""
WITH {_ACTION}, complained AS MATERIALIZED (
    SELECT customer_id, bool_or("on" >= %(base_since)s) AS lately
    FROM action WHERE name = 'complaint' AND "on" < %(since)s GROUP BY customer_id
), at_start AS (
    SELECT customer_id,
        coalesce(sum(sign) FILTER (WHERE business_date >= %(end_since)s), 0) > 0 AS back
    FROM ({moves.came("start_since")}) AS came GROUP BY customer_id
    HAVING sum(sign) FILTER (WHERE business_date < %(since)s) > 0
)
SELECT count(*) FILTER (WHERE lately), count(*) FILTER (WHERE lately AND back),
    count(*) FILTER (WHERE lately IS NULL), count(*) FILTER (WHERE lately IS NULL AND back)
FROM at_start LEFT JOIN complained USING (customer_id)""",
)

_CONTRACTS: Final = Part(
    ("contracts", "contracts_kept"),
    """
WITH paid AS (
    SELECT customer, bool_or(%(since)s >= since AND %(since)s < least(until, ended_on)) AS at_start,
        bool_or(%(until)s >= since AND %(until)s < least(until, ended_on)) AS at_end
    FROM canonical_memberships WHERE business = %(business)s GROUP BY customer
)
SELECT count(*) FILTER (WHERE at_start), count(*) FILTER (WHERE at_start AND at_end) FROM paid""",
)

_GROUPS: Final = Part(
    ("one_group", "many_groups"),
    """
WITH basket AS (
    SELECT count(DISTINCT category) FILTER (WHERE category <> '') AS groups
    FROM canonical_order_lines
    WHERE business = %(business)s AND "on" >= %(since)s AND "on" < %(until)s GROUP BY customer
)
SELECT count(*) FILTER (WHERE groups = 1), count(*) FILTER (WHERE groups > 1) FROM basket""",
)

# What is new in a period is only known by looking at everything that was sold before.
_TRYING: Final = Part(
    ("first_triers", "returning_triers"),
    """
WITH line AS MATERIALIZED (
    SELECT customer AS customer_id, product, "on" FROM canonical_order_lines
    WHERE business = %(business)s AND "on" < %(until)s AND product <> ''
), fresh AS (
    SELECT product FROM line GROUP BY product HAVING min("on") >= %(since)s
), tries AS (
    SELECT DISTINCT customer_id FROM line JOIN fresh USING (product)
)
SELECT count(*) FILTER (WHERE life.first_on >= %(since)s),
    count(*) FILTER (WHERE life.first_on < %(since)s)
FROM tries JOIN ledger_life life USING (customer_id)""",
)

LINES: Final = frozenset((*_GROUPS.names, *_TRYING.names))
"""Sums that unfold the lines of purchases, some of all there ever were: work for the night."""

PARTS: Final = (
    _ENROLLED, _BUYING, _ANSWERS, _DEEDS, _REWARDS, _SERVICE, _CONTRACTS, _GROUPS, _TRYING,
)  # fmt: skip
