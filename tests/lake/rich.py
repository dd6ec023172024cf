"""Two years of forty customers: everything that sums are made of, several times, and its lake."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import pyarrow
from msgspec import structs

from habitue.lake import columns, layout
from habitue.lake.layout import Manifest, Position
from habitue.metrics.asked import Asked
from habitue.metrics.lowerings.plain import History
from habitue.metrics.periods import Period
from habitue.metrics.tables import (
    TABLES,
    Action,
    Customer,
    Membership,
    OrderLine,
    Refund,
    Response,
)

BUSINESS = 16
PEOPLE = range(1, 41)
ACTIONS = (
    *("redemption", "click", "answer", "idea", "share", "review"),
    *("complaint", "complaint_answered", "complaint_resolved"),
)
ASKED = Asked(period=Period(date(2025, 1, 1), date(2025, 4, 1)), window=60)

Something = TypeVar("Something")


def rich_history() -> History:
    """The same at every call."""
    chance = Random(4)
    history = History(
        customers=[_customer(chance, who) for who in PEOPLE],
        memberships=[_membership(chance) for _ in range(40)],
        responses=[_response(chance, number) for number in range(150)],
        actions=[_action(chance) for _ in range(400)],
    )
    for order in range(600):
        lines = _order(chance, order)
        history.order_lines.extend(lines)
        if lines[0].currency and order % 7 == 0:
            history.refunds.append(_refund(chance, lines[0]))
    return history


def write(folder: Path, history: History) -> None:
    """A lake of this history, as a refresh leaves it."""
    tables = {}
    for table in TABLES:
        rows = sorted(
            (structs.asdict(row) for row in getattr(history, table)),
            key=lambda row: str(row.get("on", "")),
        )
        batch = pyarrow.RecordBatch.from_pylist(rows, schema=columns.schema(table))
        tables[table] = dict(columns.write(folder, table, BUSINESS, [batch]))
    position = Position(lineage="", snapshot="", anchor=0, shape="")
    as_of = datetime(2026, 1, 1, tzinfo=UTC)
    manifest = Manifest(business=BUSINESS, as_of=as_of, position=position, tables=tables)
    layout.publish(folder, manifest)


def _day(chance: Random) -> date:
    return date(2024, 1, 1) + timedelta(days=chance.randrange(500))


def _maybe(chance: Random, value: Something) -> Something | None:
    return chance.choice([None, value])


def _customer(chance: Random, who: int) -> Customer:
    return Customer(
        business=BUSINESS,
        customer=who,
        joined_on=_maybe(chance, _day(chance)),
        invited_by=_maybe(chance, who % len(PEOPLE) + 1),
        subscribed_on=_maybe(chance, _day(chance)),
        erased=who == 7,
    )


def _membership(chance: Random) -> Membership:
    since = _day(chance)
    return Membership(
        business=BUSINESS,
        customer=chance.choice(PEOPLE),
        since=since,
        until=since + timedelta(days=chance.randrange(1, 365)),
        ended_on=_maybe(chance, since + timedelta(days=20)),
    )


def _response(chance: Random, number: int) -> Response:
    question, scale = chance.choice([("nps", 10), ("csat", 5), ("ces", 7)])
    return Response(
        business=BUSINESS,
        customer=_maybe(chance, chance.choice(PEOPLE)),
        response=number,
        on=_day(chance),
        question=question,
        score=chance.randrange(1, scale + 1),
        scale=scale,
    )


def _action(chance: Random) -> Action:
    return Action(
        business=BUSINESS,
        customer=chance.choice(PEOPLE),
        on=_day(chance),
        name=chance.choice(ACTIONS),
        quantity=chance.randrange(1, 50),
    )


def _order(chance: Random, order: int) -> list[OrderLine]:
    """A purchase of one to three lines, or a visit; every thirty orders there is a new product."""
    who, on = chance.choice(PEOPLE), _day(chance)
    currency = chance.choice(["EUR", "EUR", "EUR", "JPY", ""])
    return [
        OrderLine(
            business=BUSINESS,
            customer=who,
            order=order,
            line=line,
            on=on,
            amount=chance.randrange(-300, 9_000) if currency else 0,
            currency=currency,
            product=f"product {order // 30}",
            category=chance.choice(["", "drinks", "food"]),
        )
        for line in range(chance.randrange(1, 4) if currency else 1)
    ]


def _refund(chance: Random, of: OrderLine) -> Refund:
    return Refund(
        business=BUSINESS,
        customer=of.customer,
        refund=of.order,
        order=of.order,
        on=of.on + timedelta(days=chance.randrange(60)),
        ordered_on=of.on,
        amount=chance.randrange(500),
        currency=of.currency,
    )
