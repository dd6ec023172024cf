"""Random histories over the canonical tables, small enough that everything in them meets."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from hypothesis import strategies as st

from habitue.metrics.asked import Asked
from habitue.metrics.lowerings.plain import History
from habitue.metrics.periods import Period
from habitue.metrics.tables import Action, Customer, Membership, OrderLine, Refund, Response

DAY: Final = date(2026, 1, 1)
BUSINESS: Final = 16
OTHER: Final = 32
CURRENCY: Final = "EUR"
PEOPLE: Final = (1, 2, 3, 4, 5)
SPAN: Final = 40

ACTIONS: Final = (
    "redemption",
    "redemption",
    "click",
    "answer",
    "idea",
    "share",
    "review",
    "follow",
    "referral",
    "complaint",
    "complaint",
    "complaint_answered",
    "complaint_resolved",
    "something",
)

days = st.integers(0, SPAN).map(lambda number: DAY + timedelta(number))
businesses = st.sampled_from([BUSINESS, BUSINESS, BUSINESS, OTHER])
people = st.sampled_from(PEOPLE)
amounts = st.integers(-500, 10_000)
currencies = st.sampled_from(["EUR", "EUR", "EUR", "JPY"])

asks = st.builds(
    lambda since, length, window: Asked(
        period=Period(DAY + timedelta(since), DAY + timedelta(since + length)), window=window
    ),
    st.integers(-2, SPAN + 2),
    st.integers(1, 20),
    st.integers(1, 20),
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A history of two businesses with at most five customers each, rows in any order."""
    return History(
        customers=draw(_customers()),
        order_lines=draw(_order_lines()),
        refunds=draw(st.lists(_refunds, max_size=6)),
        memberships=draw(st.lists(_memberships(), max_size=5)),
        responses=draw(st.lists(_responses(), max_size=8)),
        actions=draw(st.lists(_actions, max_size=12)),
    )


@st.composite
def _customers(draw: st.DrawFn) -> list[Customer]:
    """Everybody, whether they bought or not: every customer is in the table."""
    found = []
    for business in (BUSINESS, OTHER):
        for who in PEOPLE:
            inviters = [None, *(one for one in PEOPLE if one != who)]
            found.append(
                Customer(
                    business=business,
                    customer=who,
                    joined_on=draw(st.none() | days),
                    invited_by=draw(st.sampled_from(inviters)),
                    subscribed_on=draw(st.none() | days),
                    erased=draw(st.booleans()),
                )
            )
    return found


@st.composite
def _order_lines(draw: st.DrawFn) -> list[OrderLine]:
    """Orders of one to three lines, visits, orders on one day, amounts of 0 and less."""
    found: list[OrderLine] = []
    for order in range(draw(st.integers(0, 12))):
        business, who, on = draw(businesses), draw(people), draw(days)
        visit = draw(st.integers(0, 4)) == 0
        currency = "" if visit else draw(currencies)
        for line in range(1 if visit else draw(st.integers(1, 3))):
            found.append(
                OrderLine(
                    business=business,
                    customer=who,
                    order=16 * order,
                    line=line,
                    on=on,
                    amount=0 if visit else draw(amounts),
                    currency=currency,
                    product=draw(st.sampled_from(["", "coffee", "cake", "tea"])),
                    category=draw(st.sampled_from(["", "drinks", "food"])),
                )
            )
    return draw(st.permutations(found))


_refunds = st.builds(
    Refund,
    business=businesses,
    customer=people,
    refund=st.integers(1, 1_000),
    order=st.integers(0, 12).map(lambda number: 16 * number),
    on=days,
    ordered_on=days,
    amount=st.integers(0, 10_000),
    currency=currencies,
)
_actions = st.builds(
    Action,
    business=businesses,
    customer=people,
    on=days,
    name=st.sampled_from(ACTIONS),
    quantity=st.integers(1, 90),
)


@st.composite
def _memberships(draw: st.DrawFn) -> Membership:
    since = draw(days)
    until = since + timedelta(draw(st.integers(1, 30)))
    ended_on = draw(st.none() | st.dates(since, until))
    return Membership(
        business=draw(businesses),
        customer=draw(people),
        since=since,
        until=until,
        ended_on=ended_on,
    )


@st.composite
def _responses(draw: st.DrawFn) -> Response:
    question, scale, lowest = draw(
        st.sampled_from([("nps", 10, 0), ("csat", 5, 1), ("csat", 7, 1), ("ces", 7, 1)])
    )
    return Response(
        business=draw(businesses),
        customer=draw(st.none() | people),
        response=draw(st.integers(1, 1_000)),
        on=draw(days),
        question=question,
        score=draw(st.integers(lowest, scale)),
        scale=scale,
    )
