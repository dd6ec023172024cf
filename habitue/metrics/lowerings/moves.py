"""Purchases, visits and refunds as they count, in SQL over what the ledger keeps for figures.

Two indexes of `ledger_event` hold them by day; `ledger_moved` says what counts otherwise than it
was posted (undone, or under another number): its rows stand beside the events with a sign, so that
whatever is summed comes out right.
"""

from __future__ import annotations

from typing import Final

_SPAN: Final = """business_id = %(business)s
        AND business_date >= %({since})s AND business_date < %(until)s"""


def came(since: str) -> str:
    """A query of purchases and visits from the parameter `since` until `until`: customer_id,
    business_date, sign.
    """
    span = _SPAN.format(since=since)
    return f"""
    SELECT customer_id, business_date, 1 AS sign
    FROM ledger_event
    WHERE {span} AND kind IN ('purchase', 'visit') AND refusal IS NULL
    UNION ALL
    SELECT customer_id, business_date, sign FROM ledger_moved WHERE {span} AND came"""


def moved(since: str) -> str:
    """The same with refunds and money: customer_id, business_date, came, sign, amount, currency.

    A visit is in no currency (''). A refund that names none is in the business's.
    """
    span = _SPAN.format(since=since)
    return f"""
    SELECT customer_id, business_date, true AS came, 1 AS sign, coalesce(amount, 0) AS amount,
        coalesce(currency, '') AS currency
    FROM ledger_event
    WHERE {span} AND kind IN ('purchase', 'visit') AND refusal IS NULL
    UNION ALL
    SELECT customer_id, business_date, false, 1, coalesce(amount, 0),
        coalesce(currency, %(currency)s)
    FROM ledger_event
    WHERE {span} AND kind = 'refund' AND refusal IS NULL
    UNION ALL
    SELECT customer_id, business_date, came, sign, sign * amount,
        coalesce(currency, CASE WHEN came THEN '' ELSE %(currency)s END)
    FROM ledger_moved
    WHERE {span}"""
