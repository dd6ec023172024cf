"""What is kept of each customer's life with every posting, for figures that read no history.

Whatever counts is added by the posting itself, in one statement (`ADD`). Where the past changes
(a day before somebody's last one, an undo, two customers who are one person, anything at who went
over), the lives concerned are counted anew from the events, in the same transaction (`recount`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final

from habitue.core import facts
from habitue.core.engine import Outcome
from habitue.ledger import arrays
from habitue.ledger.arrays import plain
from habitue.ledger.database import Rows
from habitue.ledger.loading import Loaded
from habitue.metrics.life import Moment, Since

_SINCE: Final = arrays.unnested("""
    customer_id bigint, first_on date, last_on date, touched_on date, days integer,
    orders bigint, amount numeric""")

# Whoever was there after the first of these days is left out: then days may have been counted
# already, and the life is counted anew (`behind`).
ADD: Final = f"""
INSERT INTO ledger_life AS life (customer_id, business_id, first_on, last_on, touched_on, days,
                                 orders, amount)
SELECT customer_id, %s, first_on, last_on, touched_on, days, orders, amount
FROM ({_SINCE}) AS since
ON CONFLICT (customer_id) DO UPDATE SET
    first_on = coalesce(life.first_on, excluded.first_on),
    last_on = coalesce(excluded.last_on, life.last_on),
    touched_on = greatest(life.touched_on, excluded.touched_on),
    days = life.days + excluded.days
        - CASE WHEN excluded.first_on = life.last_on THEN 1 ELSE 0 END,
    orders = life.orders + excluded.orders,
    amount = life.amount + excluded.amount
WHERE life.last_on IS NULL OR excluded.first_on IS NULL OR excluded.first_on >= life.last_on"""

_CHANGING: Final = frozenset((facts.Undo, facts.Merge, facts.Merged))

_BEHIND: Final = """
SELECT customer_id FROM unnest(%s::bigint[], %s::date[]) AS since (customer_id, first_on)
JOIN ledger_life life USING (customer_id) WHERE since.first_on < life.last_on"""

LATE: Final = """
INSERT INTO ledger_late (business_id, business_date, posted_at) VALUES (%s, %s, %s)"""
"""Something of an earlier day is posted: sums of periods that are kept (`kept`) do not hold."""

# Everybody whom one of these went over into, and everybody who went over into those.
_FAMILY: Final = """
WITH RECURSIVE up (customer, goes_to) AS (
    SELECT id, merged_into_id FROM members_customer WHERE id = ANY (%s::bigint[])
    UNION
    SELECT next.id, next.merged_into_id
    FROM up JOIN members_customer next ON next.id = up.goes_to
), family (customer_id, survivor_id) AS (
    SELECT customer, customer FROM up WHERE goes_to IS NULL
    UNION ALL
    SELECT giver.id, family.survivor_id
    FROM family JOIN members_customer giver ON giver.merged_into_id = family.customer_id
)
SELECT customer_id, survivor_id FROM family ORDER BY customer_id"""

# A refund of what was undone counts as little as the purchase itself.
_COUNTED: Final = """
counted AS MATERIALIZED (
    SELECT event.business_id, event.customer_id, event.id, event.business_date,
        event.kind <> 'refund' AS came, coalesce(event.amount, 0) AS amount, event.currency,
        coalesce(event.currency, business.currency) = business.currency AS own,
        family.survivor_id, undone.id IS NOT NULL OR bought.id IS NOT NULL AS undone
    FROM ledger_event event
    JOIN family ON family.customer_id = event.customer_id
    JOIN members_business business ON business.id = event.business_id
    LEFT JOIN undone ON undone.customer_id = event.customer_id AND undone.id = event.id
    LEFT JOIN undone bought ON event.kind = 'refund'
        AND bought.customer_id = event.customer_id AND bought.id = (event.what->>'of')::bigint
    WHERE event.kind IN ('purchase', 'visit', 'refund') AND event.refusal IS NULL
)"""

_UNDONE: Final = """
undone AS MATERIALIZED (
    SELECT DISTINCT event.customer_id, (event.what->>'of')::bigint AS id
    FROM ledger_event event JOIN family ON family.customer_id = event.customer_id
    WHERE event.kind = 'undo' AND event.refusal IS NULL
)"""

_MOVED: Final = """
    SELECT customer_id, customer_id AS giver_id, id AS event_id, business_id, -1 AS sign,
        business_date, came, amount, currency
    FROM counted WHERE undone OR survivor_id <> customer_id
    UNION ALL
    SELECT survivor_id, customer_id, id, business_id, 1, business_date, came, amount, currency
    FROM counted WHERE NOT undone AND survivor_id <> customer_id"""

_LIVED: Final = """
    SELECT survivor_id AS customer_id, business_id,
        min(business_date) FILTER (WHERE came) AS first_on,
        max(business_date) FILTER (WHERE came) AS last_on, max(business_date) AS touched_on,
        count(DISTINCT business_date) FILTER (WHERE came)::integer AS days,
        count(*) FILTER (WHERE came) AS orders,
        coalesce(sum(amount) FILTER (WHERE own), 0) AS amount
    FROM counted WHERE NOT undone GROUP BY survivor_id, business_id"""

_THESE: Final = """
WITH family AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS family (customer_id, survivor_id)
)"""

# The past changed, from whatever day: sums that are kept do not hold any more.
_CHANGED: Final = """
INSERT INTO ledger_late (business_id, business_date, posted_at)
SELECT DISTINCT business_id, '-infinity'::date, %s::timestamptz
FROM members_customer WHERE id = ANY (%s::bigint[])"""

_RECOUNT: Final = (
    f"""{_THESE}, {_UNDONE}, {_COUNTED}
    INSERT INTO ledger_moved (customer_id, giver_id, event_id, business_id, sign, business_date,
                              came, amount, currency) {_MOVED}""",
    f"""{_THESE}, {_UNDONE}, {_COUNTED}
    INSERT INTO ledger_life (customer_id, business_id, first_on, last_on, touched_on, days, orders,
                             amount) {_LIVED}""",
)

# Everybody of a business (or of all), with the number under which everything of theirs counts.
_EVERYBODY: Final = """
WITH RECURSIVE step (customer_id, goes_to) AS (
    SELECT id, merged_into_id FROM members_customer WHERE merged_into_id IS NOT NULL
    UNION ALL
    SELECT step.customer_id, next.merged_into_id
    FROM step JOIN members_customer next ON next.id = step.goes_to
    WHERE next.merged_into_id IS NOT NULL
), family AS (
    SELECT account.id AS customer_id, coalesce(max(step.goes_to) FILTER (
        WHERE last.merged_into_id IS NULL), account.id) AS survivor_id
    FROM members_customer account
    LEFT JOIN step ON step.customer_id = account.id
    LEFT JOIN members_customer last ON last.id = step.goes_to
    WHERE {scope} GROUP BY account.id
)"""

DIFFERING: Final = {
    f"what is kept of a customer's life differs from their events: {of}": f"""
        {_EVERYBODY}, {_UNDONE}, {_COUNTED}, should AS ({derived}),
        is_kept AS (SELECT {columns} FROM {table} account WHERE {{scope}})
        SELECT customer_id FROM (TABLE is_kept EXCEPT SELECT {columns} FROM should) AS wrong
        UNION
        SELECT customer_id FROM (SELECT {columns} FROM should EXCEPT TABLE is_kept) AS missing"""
    for of, table, derived, columns in (
        (
            "first and last day, days, orders, amount",
            "ledger_life",
            _LIVED,
            "customer_id, business_id, first_on, last_on, touched_on, days, orders, amount",
        ),
        (
            "what counts otherwise than it was posted",
            "ledger_moved",
            _MOVED,
            "customer_id, giver_id, event_id, business_id, sign::integer, business_date, came,"
            " amount, currency",
        ),
    )
}
"""Invariants for `proving`: customers whose rows are not what their events come to."""


def moments(
    posted: Iterable[Outcome], dates: Iterable[date], amounts: Iterable[int | None], own: str
) -> Iterator[Moment]:
    """What counts of outcomes, with their days and money: accepted purchases, visits and refunds.

    `own` is the business's currency.
    """
    for outcome, day, amount in zip(posted, dates, amounts, strict=True):
        if outcome.refused is not None:
            continue
        what, customer = outcome.event.what, outcome.event.customer
        if isinstance(what, facts.Purchase):
            yield Moment(customer, day, True, (amount or 0) if what.currency == own else 0)
        elif type(what) is facts.Visit:
            yield Moment(customer, day, True, 0)
        elif type(what) is facts.Refund:
            foreign = outcome.currency not in ("", own)
            yield Moment(customer, day, False, 0 if foreign else amount or 0)


def columns(since: dict[int, Since]) -> list[str]:
    """The values of `ADD` but for the business, as array literals."""
    forms = (plain,) * 7
    table = []
    for customer in sorted(since):
        one = since[customer]
        days = sorted(one.days) or (None,)
        table.append(
            (customer, days[0], days[-1], one.touched_on, len(one.days), one.orders, one.amount)
        )
    return arrays.columns(forms, table)


def changed(posted: Iterable[Outcome], loaded: Loaded) -> set[int]:
    """Whose past an accepted outcome changes: lives that must be counted anew."""
    return {
        outcome.event.customer
        for outcome in posted
        if outcome.refused is None
        and (
            type(outcome.event.what) in _CHANGING
            or loaded.accounts[outcome.event.customer].memory.merged_into
        )
    }


def behind(cursor: Rows, added: Sequence[str]) -> set[int]:
    """Of the values of `ADD`: who was there after the first of their days, and was left out."""
    cursor.execute(_BEHIND, [added[1], added[2]], prepare=True)
    return {customer for (customer,) in cursor.fetchall()}


def mark(cursor: Rows, customers: Collection[int], *, now: datetime) -> None:
    """Leave a mark that the past of these customers changes, from whatever day."""
    cursor.execute(_CHANGED, [now, plain(list(customers))], prepare=True)


def recount(cursor: Rows, customers: Collection[int]) -> None:
    """Count lives anew from the events: of these customers, of whom they went over into, and of
    whoever else did.
    """
    cursor.execute(_FAMILY, [plain(sorted(customers))], prepare=True)
    family = cursor.fetchall()
    members, survivors = (plain(column) for column in zip(*family, strict=True))
    for table in ("ledger_life", "ledger_moved"):
        cursor.execute(f"DELETE FROM {table} WHERE customer_id = ANY (%s::bigint[])", [members])
    for statement in _RECOUNT:
        cursor.execute(statement, [members, survivors], prepare=True)
