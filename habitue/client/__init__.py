"""A client of the API for Python programs, with or without asyncio.

    with client.Client("https://loyal.example", key="hk_till_…") as till:
        bought = till.send(client.purchase("external:42", [{"amount": 1250}], currency="EUR",
                                           reference="2026-0001"))
        print(bought.balances["points"])

It repeats a call until there is an answer, under one idempotency key. Needs httpx and msgspec, and
nothing else of Habitué.
"""

from habitue.client.asking import Ask, AsyncClient, Client, Problem, Unreachable
from habitue.client.calls import (
    action,
    do,
    enroll,
    get,
    pay,
    purchase,
    purchased,
    quote,
    redeem,
    refund,
    undo,
    visit,
)
from habitue.client.shapes import (
    Customer,
    Entry,
    Event,
    MostPaid,
    Offer,
    Payment,
    Quote,
    Voucher,
)

__all__ = [
    "Ask",
    "AsyncClient",
    "Client",
    "Customer",
    "Entry",
    "Event",
    "MostPaid",
    "Offer",
    "Payment",
    "Problem",
    "Quote",
    "Unreachable",
    "Voucher",
    "action",
    "do",
    "enroll",
    "get",
    "pay",
    "purchase",
    "purchased",
    "quote",
    "redeem",
    "refund",
    "undo",
    "visit",
]
