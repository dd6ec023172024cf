"""What customers did in a span of days and in the days before it, as sums of a group, by SQL.

From the canonical views: what was refused or undone does not count, whoever went over into another
customer counts as that one. Revenue is net of refunds (on their own day) in the business's own
currency; orders count in any.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from django.db import connection

from habitue.members.models import Business
from habitue.metrics.experiments import assignment
from habitue.metrics.experiments.measures import COUNTED
from habitue.metrics.experiments.sums import Sums, pair
from habitue.outreach.models import Audience

COLUMNS: Final = (*COUNTED, *(f"{name}_before" for name in COUNTED))
PAIRS: Final = sorted({pair(one, other) for one in COLUMNS for other in COLUMNS})


class Span(NamedTuple):
    """[since, until), and [before, since) to compare it with."""

    since: date
    until: date
    before: date


_EVERYBODY: Final = """
    SELECT known.customer FROM canonical_customers known
    WHERE known.business = %(business)s AND (known.joined_on < %(known)s OR EXISTS (
        SELECT FROM canonical_order_lines line
        WHERE line.business = %(business)s AND line.customer = known.customer
          AND line."on" < %(known)s))"""

_AUDIENCE: Final = """
    SELECT DISTINCT coalesce(merged.goes_to, chosen.customer_id) AS customer
    FROM outreach_audiencemember chosen
    LEFT JOIN canonical_merged merged ON merged.customer = chosen.customer_id
    WHERE chosen.audience_id = %(audience)s"""

_CHOSEN: Final = "SELECT unnest(%(customers)s::bigint[]) AS customer"

_ROWS: Final = """
WITH people AS MATERIALIZED ({people}),
bought AS (
    SELECT customer,
        sum(amount) FILTER (WHERE "on" >= %(since)s AND currency = %(currency)s) AS revenue,
        count(*) FILTER (WHERE "on" >= %(since)s AND line = 0) AS orders,
        sum(amount) FILTER (WHERE "on" < %(since)s AND currency = %(currency)s) AS revenue_before,
        count(*) FILTER (WHERE "on" < %(since)s AND line = 0) AS orders_before
    FROM canonical_order_lines
    WHERE business = %(business)s AND "on" >= %(before)s AND "on" < %(until)s
    GROUP BY customer),
back AS (
    SELECT customer, sum(amount) FILTER (WHERE "on" >= %(since)s) AS revenue,
        sum(amount) FILTER (WHERE "on" < %(since)s) AS revenue_before
    FROM canonical_refunds
    WHERE business = %(business)s AND "on" >= %(before)s AND "on" < %(until)s
      AND currency = %(currency)s
    GROUP BY customer),
did AS (
    SELECT {control} AS control,
        coalesce(bought.revenue, 0) - coalesce(back.revenue, 0) AS revenue,
        coalesce(bought.orders, 0)::numeric AS orders,
        (coalesce(bought.orders, 0) > 0)::int AS buyers,
        coalesce(bought.revenue_before, 0) - coalesce(back.revenue_before, 0) AS revenue_before,
        coalesce(bought.orders_before, 0)::numeric AS orders_before,
        (coalesce(bought.orders_before, 0) > 0)::int AS buyers_before
    FROM people
    LEFT JOIN bought ON bought.customer = people.customer
    LEFT JOIN back ON back.customer = people.customer)
"""

_SUMS: Final = (
    _ROWS
    + "SELECT control, count(*), "
    + ", ".join(f"sum({name})" for name in COLUMNS)
    + ", "
    + ", ".join(f"sum({one}::numeric * {other})" for one, other in PAIRS)
    + " FROM did GROUP BY control"
)

_CONTROL: Final = assignment.SQL.format(
    seed="%(seed)s::text", customer="people.customer", share="%(share)s"
)


def sums(
    business: Business,
    span: Span,
    *,
    audience: Audience | None = None,
    customers: Sequence[int] | None = None,
    drawn: tuple[str, int] | None = None,
    known: date | None = None,
) -> dict[bool, Sums]:
    """The sums of those held out (True) and of the others (False).

    Of a frozen audience (whoever was erased since among them) or of given customers, else of
    everybody known before `known` (else: before the span). `drawn`: seed and share; None: nobody
    is held out.
    """
    people = _EVERYBODY if audience is None else _AUDIENCE
    query = _SUMS.format(
        people=people if customers is None else _CHOSEN,
        control=_CONTROL if drawn else "false",
    )
    seed, share = drawn or ("", 0)
    asked = {
        "business": business.pk,
        "currency": business.currency,
        "audience": audience.pk if audience else None,
        "customers": None if customers is None else list(customers),
        "known": known or span.since,
        "seed": seed,
        "share": share,
        **span._asdict(),
    }
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return {row[0]: _sums(row[1:]) for row in cursor.fetchall()}


def _sums(row: tuple[int, ...]) -> Sums:
    count, *numbers = (int(number) for number in row)
    return Sums(
        count=count,
        sums=dict(zip(COLUMNS, numbers, strict=False)),
        products=dict(zip(PAIRS, numbers[len(COLUMNS) :], strict=True)),
    )


_DRAWN: Final = """
WITH people AS ({people})
SELECT people.customer FROM people WHERE ({control}) = %(held_out)s ORDER BY people.customer"""

_MEMBERS: Final = """
    SELECT member.customer FROM canonical_customers member
    WHERE member.business = %(business)s AND member.joined_on IS NOT NULL"""


def drawn(
    business: Business, *, audience: Audience | None, seed: str, share: int, held_out: bool
) -> list[int]:
    """The members (of an audience, if given) who are held out, or those who are not."""
    query = _DRAWN.format(people=_MEMBERS if audience is None else _AUDIENCE, control=_CONTROL)
    asked: dict[str, int | str | bool | None] = {
        "business": business.pk,
        "audience": audience.pk if audience else None,
        "seed": seed,
        "share": share,
        "held_out": held_out,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return [customer for (customer,) in cursor.fetchall()]
