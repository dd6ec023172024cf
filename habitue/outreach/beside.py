"""Members beside customers who are none, as they were before a day and what they spent since.

Nobody drew lots here, so this is a look and no result: `matching` says what can be said of it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from django.db import connection

from habitue.ledger import figures
from habitue.members.models import Business

if TYPE_CHECKING:
    from habitue.metrics.experiments.matching import Compared, Refused

_SPENT: Final = """
WITH changed (customer, amount) AS (
    SELECT customer, amount FROM canonical_order_lines
    WHERE business = %(business)s AND currency = %(currency)s
      AND "on" >= %(since)s AND "on" < %(until)s
    UNION ALL
    SELECT customer, -amount FROM canonical_refunds
    WHERE business = %(business)s AND currency = %(currency)s
      AND "on" >= %(since)s AND "on" < %(until)s)
SELECT customer, sum(amount) FROM changed GROUP BY customer"""

_MEMBERS: Final = """
SELECT customer FROM canonical_customers WHERE business = %(business)s AND joined_on < %(since)s"""


def compare(business: Business, *, since: date, until: date) -> Compared | Refused:
    """Whoever had bought before `since`, by what they spent from then up to and without `until`.

    Revenue is net of refunds, in minor units of the business's own currency. A `ValueError`
    carries a sentence.
    """
    import numpy as np  # no page needs it

    from habitue.metrics.experiments import matching

    if since >= until:
        raise ValueError("A comparison begins before today.")
    asked: dict[str, int | str | date] = {
        "business": business.pk,
        "currency": business.currency,
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SPENT, asked)
        spent = dict(cursor.fetchall())
        cursor.execute(_MEMBERS, asked)
        members = [customer for (customer,) in cursor.fetchall()]
    before = figures.source(business).lives(since)
    outcome = [int(spent.get(customer, 0)) for customer in before.customer.tolist()]
    return matching.compare(
        before, np.isin(before.customer, members), np.asarray(outcome, dtype=np.float64)
    )
