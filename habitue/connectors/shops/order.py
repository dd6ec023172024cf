"""The common state of an order, whatever shop it comes from: every amount exact, in minor units.

A shop tells how an order stands, not what happened to it. `translating` of each kind reads that as
an `Order`; `differing` says what must follow in the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from habitue.core import money

LONGEST: Final = 200
_FINE: Final = 12  # decimals that an amount may be written with, before it is rounded

Status = Literal["pending", "paid", "cancelled"]


class Unread(Exception):
    """A payload that cannot be understood: `code` for doors to phrase, a sentence, what it names.

    Never holds personal data: `names` is a field, or an amount.
    """

    def __init__(self, code: str, sentence: str, names: str = "") -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.names = code, sentence, names[:60]


class Item(Struct, frozen=True, omit_defaults=True):
    """One line of goods: `amount` is net of `discount` and before `tax`, minor units."""

    id: str
    quantity: int
    amount: int
    sku: str = ""
    category: str = ""
    discount: int = 0
    tax: int = 0
    labels: tuple[str, ...] = ()


class Back(Struct, frozen=True, omit_defaults=True):
    """One refund. `pieces`: how many of which line came back, where the shop says so.

    `net`: what the goods of it are worth without tax, where that is known; else `gross`: all money
    given back, with its part of tax and shipping.
    """

    id: str
    at: datetime | None = None
    pieces: tuple[tuple[str, int], ...] = ()
    net: int | None = None
    gross: int = 0


class Person(Struct, frozen=True, omit_defaults=True):
    """Whose order it is, as the shop says. `external` is the shop's own number; guests have none
    that lasts.
    """

    external: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""
    language: str = ""
    guest: bool = False


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an order stands. `at`: when it was bought; `updated_at`: as of when it stands like this.

    `total` is all that was charged, with `tax` and `shipping`. `test`: nobody bought anything.
    """

    id: str
    at: datetime
    updated_at: datetime
    currency: str
    status: Status
    items: tuple[Item, ...] = ()
    total: int = 0
    tax: int = 0
    shipping: int = 0
    discount: int = 0
    refunds: tuple[Back, ...] = ()
    test: bool = False
    person: Person | None = None


class Partly(Struct, frozen=True):
    """Something happened to an order and this is only a part of how it stands: a refund."""

    id: str
    updated_at: datetime
    refund: Back


class Elsewhere(Struct, frozen=True):
    """Something happened to order `id`; how it stands must be asked."""

    id: str


class Nothing(Struct, frozen=True):
    """Nothing follows for a `reason`: `ping`, `not_an_order`, `no_rights`."""

    reason: str


Told = Order | Partly | Elsewhere | Nothing


def minor(written: str, currency: str) -> int:
    """An amount as the shop writes it, in minor units; finer ones are rounded, halves away from 0.

    >>> minor("37.80", "GBP"), minor("1200.00", "JPY"), minor("1.2345", "KWD")
    (3780, 1200, 1235)
    """
    places = money.decimals(currency)
    try:
        fine = money.fixed(written, _FINE)
    except ValueError:
        raise Unread("amount", "An amount is not written like 12.50.", written) from None
    unit: int = 10 ** (_FINE - places)
    whole = (abs(fine) + unit // 2) // unit
    return -whole if fine < 0 else whole


def pieces(written: str, name: str) -> int:
    """A quantity as a whole number of pieces; goods by weight or length are one piece."""
    try:
        fine = money.fixed(written, _FINE)
    except ValueError:
        raise Unread("quantity", "A quantity is not a number.", name) from None
    whole, rest = divmod(abs(fine), 10**_FINE)
    if rest:
        return -1 if fine < 0 else 1
    return -whole if fine < 0 else whole


def clean(text: str, longest: int = LONGEST) -> str:
    """A text as it may be stored: no half characters, nothing that cannot be printed, not long."""
    sound = text.encode("utf-8", "replace").decode()
    return "".join(sign for sign in sound if sign.isprintable()).strip()[:longest]


def worth(order: Order) -> int:
    """What all goods of an order cost, without tax and shipping."""
    return sum(item.amount for item in order.items)


def net_refunds(order: Order) -> dict[str, int]:
    """What the goods of each refund are worth, in the order of time.

    Of money given back for goods, tax and shipping together, goods have the share that they have in
    the order; shares are taken of sums, so that all money back is all goods back, to the cent.
    """
    goods, charged = worth(order), order.total
    seen, given, found = 0, 0, {}
    for back in in_time(order.refunds):
        if back.net is not None:
            found[back.id] = max(back.net, 0)
            continue
        seen += max(back.gross, 0)
        due = goods * min(seen, charged) // charged if charged > 0 else 0
        found[back.id] = due - given
        given = due
    return found


def in_time(refunds: Sequence[Back]) -> list[Back]:
    """Refunds as they came: by instant where known, then by number."""
    return sorted(
        refunds, key=lambda back: (back.at.timestamp() if back.at else 0, len(back.id), back.id)
    )
