"""What the shop tells Habitué, and asks it: oscar's orders in, points out.

Every call carries the order's own number, so it may be repeated at will and counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings

from habitue import client

TAKEN = "identity_taken"
POINTS = "Points"
"""The payment source of what was paid with points."""


def shop() -> client.Client:
    """A connection to the business in Habitué."""
    return client.Client(settings.HABITUE_URL, settings.HABITUE_KEY, timeout=5)


def member(user: Any) -> str:
    """A customer of the shop as Habitué knows them."""
    return f"external:{user.pk}"


def cents(money: Decimal) -> int:
    """Euros in cents, exactly."""
    return int((money * 100).to_integral_exact())


def lines(of: Iterable[Any]) -> list[dict[str, Any]]:
    """Lines of a basket or an order: what was paid for them, what they are."""
    return [
        {"amount": cents(_paid(line)), "quantity": line.quantity, "sku": line.product.upc or ""}
        for line in of
    ]


def joined(user: Any) -> None:
    """Somebody made an account: they are a member.

    An address that belongs to a member already is left out: nobody proved that it is the same
    person. The owner sees two customers, and may merge them.
    """
    with shop() as connection:
        try:
            connection.send(client.enroll(str(user.pk), email=user.email))
        except client.Problem as problem:
            if problem.code != TAKEN:
                raise
            connection.send(client.enroll(f"{user.pk}"))


def quote(basket: Any, user: Any) -> client.Quote:
    """What this basket would earn, and how much of it points could pay."""
    with shop() as connection:
        return connection.send(
            client.quote(member(user), lines(basket.all_lines()), currency=basket.currency)
        )


def pay(number: str, user: Any, money: int, total: int, currency: str) -> client.Payment:
    """Pay part of an order with points."""
    with shop() as connection:
        return connection.send(
            client.pay(
                member(user),
                money,
                order=total,
                currency=currency,
                reference=f"{number}:points",
                source=settings.HABITUE_SOURCE,
            )
        )


def give_back(event: str) -> None:
    """The order was not placed after all: the points are as they were."""
    with shop() as connection:
        connection.send(client.undo(event))


def bought(order: Any) -> client.Event:
    """An order was placed."""
    points = order.sources.filter(source_type__name=POINTS).first()
    with shop() as connection:
        return connection.send(
            client.purchase(
                member(order.user),
                lines(_lines(order)),
                currency=order.currency,
                reference=str(order.number),
                source=settings.HABITUE_SOURCE,
                at=order.date_placed,
                covered=cents(points.amount_debited) if points else 0,
                spent=[points.reference] if points else (),
            )
        )


def returned(order: Any, reference: str, quantities: Mapping[int, int]) -> client.Event:
    """Pieces of an order came back: how many, by the number of the order's line."""
    places = {line.pk: place for place, line in enumerate(_lines(order))}
    with shop() as connection:
        return connection.send(
            client.refund(
                client.purchased(settings.HABITUE_SOURCE, str(order.number)),
                reference=reference,
                lines={places[line]: many for line, many in quantities.items()},
                source=settings.HABITUE_SOURCE,
            )
        )


def _lines(order: Any) -> Iterator[Any]:
    """The order's lines in the order in which Habitué was told them."""
    return iter(order.lines.order_by("pk"))


def _paid(line: Any) -> Decimal:
    """What the customer pays for a line, net of discounts and before tax."""
    if hasattr(line, "line_price_excl_tax_incl_discounts"):
        return Decimal(line.line_price_excl_tax_incl_discounts)
    return Decimal(line.line_price_excl_tax)
