"""Events and vouchers by what callers know of them: number, reference, code.

One statement a kind, however many are asked for.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from django.db import connection
from msgspec import Struct

_BY_REFERENCE: Final = """
SELECT source, reference, customer_id, event_id FROM ledger_reference
JOIN unnest(%s::text[], %s::text[]) AS asked (source, reference) USING (source, reference)
WHERE business_id = %s"""

_BY_NUMBER: Final = """
SELECT id, customer_id FROM ledger_event
WHERE business_id = %s AND id = ANY(%s) AND kind NOT IN ('receipt', 'merged')"""

_HAPPENED: Final = """
SELECT customer_id, id, kind, recorded_at, coalesce(what->>'partner', '') FROM ledger_event
JOIN unnest(%s::bigint[], %s::bigint[]) AS asked (customer_id, id) USING (customer_id, id)"""

_VOUCHERS: Final = """
SELECT voucher.code, voucher.customer_id, voucher.id, voucher.reward, voucher.state,
    voucher.issued_on, voucher.expires_on
FROM ledger_voucher voucher
JOIN ledger_account account ON account.customer_id = voucher.customer_id
WHERE voucher.code = ANY(%s) AND account.business_id = %s"""

Name = tuple[str, str]
"""Source and reference."""

Key = tuple[int, int]
"""Customer and number."""


class Happened(Struct, frozen=True):
    """What an event was, when it came, and at which partner's till; empty: the business's own."""

    kind: str
    recorded_at: datetime
    partner: str


class HeldVoucher(Struct, frozen=True):
    """A voucher and whose it is; `expires_on` is its last good day."""

    customer: int
    id: int
    reward: str
    state: str
    issued_on: date
    expires_on: date

    def good(self, on: date) -> bool:
        """Whether it can be handed in on a local day."""
        return self.state == "issued" and on <= self.expires_on


def by_reference(business: int, names: Collection[Name]) -> dict[Name, Key]:
    """Events by source and reference; what was never posted is absent."""
    if not names:
        return {}
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*names, strict=True)]
        cursor.execute(_BY_REFERENCE, [*columns, business])
        return {
            (source, reference): (customer, event)
            for source, reference, customer, event in cursor.fetchall()
        }


def by_number(business: int, numbers: Collection[int]) -> dict[int, Key]:
    """Events of a business by number; the other side of a gift or merge has none of its own."""
    if not numbers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_BY_NUMBER, [business, list(numbers)])
        return {event: (customer, event) for event, customer in cursor.fetchall()}


def happened(events: Collection[Key]) -> dict[Key, Happened]:
    """What some events were."""
    if not events:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_HAPPENED, [list(column) for column in zip(*events, strict=True)])
        return {
            (customer, event): Happened(kind, recorded_at, partner)
            for customer, event, kind, recorded_at, partner in cursor.fetchall()
        }


def vouchers(business: int, codes: Collection[str]) -> dict[str, HeldVoucher]:
    """Vouchers of a business by their codes, whatever became of them."""
    if not codes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_VOUCHERS, [list(codes), business])
        return {code: HeldVoucher(*row) for code, *row in cursor.fetchall()}
