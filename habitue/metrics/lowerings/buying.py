"""What follows from purchases, visits and refunds, as expressions for any engine.

One pass over the lines leaves a row per customer (`people`), a second one over the period and the
equally long span before it a row per customer and currency (`spending`); what figures need are
totals of these. What happened to a customer at which time are *marks*, a bit each in one number:
one aggregate instead of five, and months without counting distinct ones.
"""

from __future__ import annotations

from typing import Any, Final

import ibis

from habitue.metrics.lowerings.canon import (
    Canon,
    Column,
    Relation,
    added,
    day,
    either,
    number,
    text,
    times,
)
from habitue.metrics.lowerings.families import BEST, MEASURES, MOST_MONTHS

BEFORE, START, END = 1, 2, 4
"""Marks: bought before the period, within the window before its start, and before its end."""

MONTHS: Final = 2**32
"""The mark of months before those shown; the k-th month shown is marked `MONTHS << k`."""


def _all(marks: int) -> int:
    """All marks of several rows: every engine has this sum, Ibis knows it of some only."""
    return marks


_all_marks: Any = ibis.udf.agg.builtin(_all, name="bit_or")


def people(canon: Canon) -> Relation:
    """A row per customer who bought before the end.

    `revenue` is in the business's own currency, net of refunds; `orders` of all time, `recent`
    those in the period. Refunds are few and join afterwards: the lines are read as they are.
    """
    lines = canon.until("order_lines")
    came = lines.line == 0
    rows = lines.mutate(came=came, own=_own(lines), marks=either(came, _marks(lines.on), 0))
    rows = rows.group_by("customer").aggregate(
        marks=_all_marks(rows.marks),
        last=rows.on.max(where=rows.came),
        orders=times(rows, rows.came),
        recent=times(rows, rows.came & (rows.on >= day("since"))),
        sold=added(rows.own),
    )
    return _net(canon, rows)


def spending(canon: Canon) -> Relation:
    """A row per customer and currency: net in the period (`now`) and in the span before it."""
    lines = canon.within("order_lines", "base_since")
    moves = _moves(lines, canon.within("refunds", "base_since"))
    moves = moves.filter(moves.currency != "")
    late = moves.on >= day("since")
    return moves.group_by(["customer", "currency"]).aggregate(
        now=added(either(late, moves.amount, 0)),
        base=added(either(late, 0, moves.amount)),
        orders=times(moves, late & moves.came),
    )


def states(canon: Canon) -> Relation:
    """The states of customers, and their orders in the period."""
    rows = canon.kept("people")
    before, start, end = (has(rows.marks, mark) for mark in (BEFORE, START, END))
    known = rows.orders > 0
    return rows.aggregate(
        known=times(rows, known),
        start=times(rows, start),
        end=times(rows, end),
        new=times(rows, end & ~before),
        kept=times(rows, start & end),
        reactivated=times(rows, before & end & ~start),
        dormant=times(rows, known & ~end),
        lost=times(rows, start & ~end),
        buyers=times(rows, rows.recent > 0),
        repeaters=times(rows, rows.recent > 1),
        orders=rows.recent.sum(),
        first_buyers=times(rows, (rows.recent > 0) & ~before),
    )


def money(canon: Canon) -> Relation:
    """A row per currency."""
    rows, all_people = canon.kept("spending"), canon.kept("people")
    rows = rows.left_join(all_people.select("customer", "marks", "recent"), "customer")
    rows = rows.mutate(
        base=ibis.greatest(rows.base, 0),
        first=(rows.recent > 0) & ~has(rows.marks, BEFORE),
    )
    now, base = rows.now, rows.base
    return rows.group_by("currency").aggregate(
        revenue=now.sum(),
        orders=rows.orders.sum(),
        buyers=times(rows, rows.orders > 0),
        first_buyers=times(rows, (rows.orders > 0) & rows.first),
        first_revenue=either(rows.first, now, 0).sum(),
        base=base.sum(),
        expansion=either((base > 0) & (now > base), now - base, 0).sum(),
        contraction=either((now > 0) & (base > now), base - now, 0).sum(),
        churned=either(now <= 0, base, 0).sum(),
    )


def triers(canon: Canon) -> Relation:
    """Buyers who bought a product that the business first sold in the period."""
    lines = canon.until("order_lines")
    lines = lines.filter(lines.product != "")
    sold = lines.group_by("product").aggregate(first=lines.on.min())
    new = sold.filter(sold.first >= day("since"))
    recent = canon.within("order_lines", "since")
    tried = recent.semi_join(new, "product").select("customer").distinct()
    rows = canon.kept("people").semi_join(tried, "customer")
    first = ~has(rows.marks, BEFORE)
    buys = rows.recent > 0
    return rows.aggregate(
        first_triers=times(rows, buys & first), returning_triers=times(rows, buys & ~first)
    )


def groups(canon: Canon) -> Relation:
    """Buyers by how many categories of products they bought."""
    lines = canon.within("order_lines", "since")
    named = lines.category.nullif("")
    rows = lines.group_by("customer").aggregate(
        least=named.min(), most=named.max(), recent=times(lines, lines.line == 0)
    )
    rows = rows.filter(rows.recent > 0)
    return rows.aggregate(
        one_group=times(rows, rows.least == rows.most),
        many_groups=times(rows, rows.least != rows.most),
    )


def gaps(canon: Canon) -> Relation:
    """How often so many days lay between two days of purchase of one customer."""
    lines = canon.until("order_lines")
    days = lines.filter(lines.line == 0).select("customer", "on").distinct()
    own = ibis.window(group_by="customer", order_by="on")
    steps = days.mutate(gap=days.on.delta(days.on.lag().over(own), unit="day"))
    steps = steps.filter(steps.gap.notnull())
    return steps.group_by("gap").aggregate(times=steps.count())


def lives(canon: Canon) -> Relation:
    """A row per customer who bought; columns as in `metrics.lives`, but the days are dates."""
    lines = canon.until("order_lines")
    lines = lines.mutate(came=lines.line == 0, own=_own(lines))
    days = lines.group_by(["customer", "on"]).aggregate(
        orders=times(lines, lines.came), sold=added(lines.own)
    )
    rows = days.group_by("customer").aggregate(
        first=days.on.min(),
        last=days.on.max(),
        days=days.count(),
        orders=added(days.orders),
        sold=added(days.sold),
    )
    rows = _net(canon, rows)
    return rows.select("customer", "first", "last", "days", "orders", "revenue").order_by(
        "customer"
    )


def cohort_buyers(canon: Canon) -> Relation:
    """A row per cohort, named by its first month's mark, of how many bought in each month shown."""
    rows = _born(canon)
    return rows.group_by("cohort").aggregate(
        **{f"m{month}": added((rows.months >> month) & 1) for month in range(1, MOST_MONTHS + 1)}
    )


def cohort_revenue(canon: Canon) -> Relation:
    """A row per cohort and month (year × 12 + month): revenue, refunds by the day of the order."""
    lines, back = canon.within("order_lines", "shown_since"), canon.until("refunds")
    back = back.filter(back.ordered_on >= day("shown_since"))
    moves = _moves(lines, back, on="ordered_on")
    moves = moves.filter(moves.currency == text("currency"))
    rows = moves.join(_born(canon), "customer")
    rows = rows.mutate(month=_month(rows.on))
    return rows.group_by(["cohort", "month"]).aggregate(revenue=added(rows.amount))


def fifths(canon: Canon) -> Relation:
    """One row: per measure the least values that score 2, 3, 4 and 5 (`recency2`…); see RFM.

    NULL where nobody scores that: equal values have equal scores.
    """
    found = [_fifths(canon, measure) for measure in MEASURES]
    return found[0].cross_join(*found[1:])


def scores(canon: Canon) -> Relation:
    """How many customers have which three scores."""
    rows = _bought(canon).cross_join(canon.kept("fifths"))
    scored = {measure: _score(rows, measure) for measure in MEASURES}
    rows = rows.select(**scored)
    return rows.group_by(list(MEASURES)).aggregate(customers=rows.count())


def _own(rows: Relation) -> Column:
    """Amounts in the business's own currency, 0 for others."""
    return either(rows.currency == text("currency"), rows.amount, 0)


def _net(canon: Canon, rows: Relation) -> Relation:
    """`revenue`: what was `sold` less what was given back by the end."""
    refunds = canon.until("refunds")
    refunds = refunds.filter(refunds.currency == text("currency"))
    back = refunds.group_by("customer").aggregate(back=added(refunds.amount))
    rows = rows.left_join(back, "customer").drop("customer_right")
    return rows.mutate(revenue=rows.sold - rows.back.coalesce(0)).drop("sold", "back")


def _moves(lines: Relation, refunds: Relation, on: str = "on") -> Relation:
    """Lines and refunds, a refund below 0 and dated by `on`; `came` counts an order."""
    bought = lines.select("customer", "on", "currency", "amount", came=lines.line == 0)
    back = refunds.select("customer", "currency", on=refunds[on], amount=-refunds.amount)
    back = back.select("customer", "on", "currency", "amount", came=ibis.literal(False))
    return bought.union(back)


def _marks(on: Column) -> Column:
    shown = ibis.greatest(_month(on) - number("month").cast("int32"), 0).cast("int32")
    months = ibis.literal(MONTHS, "int64") << shown
    before = either(on >= day("start_since"), BEFORE | START, BEFORE)
    before = either(on < day("since"), before, 0)
    return months + before + either(on >= day("end_since"), END, 0)


def _month(on: Column) -> Column:
    return (on.year() * 12 + on.month()).cast("int32")


def has(marks: Column, mark: int) -> Column:
    """Whether a customer has a mark."""
    return (marks & mark) != 0


def _born(canon: Canon) -> Relation:
    """Customers whose first month is one of those shown: the lowest of their marked months."""
    rows = canon.kept("people")
    rows = rows.select("customer", months=rows.marks >> MONTHS.bit_length() - 1)
    rows = rows.mutate(cohort=rows.months & -rows.months)
    return rows.filter(rows.cohort > 1)


def _bought(canon: Canon) -> Relation:
    rows = canon.kept("people")
    rows = rows.filter(rows.orders > 0)
    return rows.select(recency=rows["last"], frequency=rows.orders, monetary=rows.revenue)


def _fifths(canon: Canon, measure: str) -> Relation:
    """A score says how many fifths of all customers somebody exceeds."""
    rows = _bought(canon).select(value=measure)
    values = rows.group_by("value").aggregate(number=rows.count())
    up_to = ibis.window(order_by="value", preceding=None, following=0)
    values = values.mutate(
        below=values.number.sum().over(up_to) - values.number,
        everybody=values.number.sum().over(ibis.window()),
    )
    least = {
        f"{measure}{score}": values.value.min(
            where=BEST * values.below >= (score - 1) * values.everybody
        )
        for score in range(2, BEST + 1)
    }
    return values.aggregate(**least)


def _score(rows: Relation, measure: str) -> Column:
    score = ibis.literal(1)
    for higher in range(2, BEST + 1):
        score = score + either(rows[measure] >= rows[f"{measure}{higher}"], 1, 0)
    return score
