"""Codes of vouchers: what a till types or scans, of so many that none is guessed."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from typing import Final

from django.db import connection

from habitue.core.engine import Outcome

_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH: Final = 17  # of 5 bits each: 85

_CODES: Final = """
SELECT customer_id, id, code FROM ledger_voucher
JOIN unnest(%s::bigint[], %s::bigint[]) AS asked (customer_id, id) USING (customer_id, id)"""

Codes = dict[tuple[int, int], str]
"""The code of each voucher, by customer and number."""


def make() -> str:
    """One new code."""
    drawn = secrets.randbits(5 * _LENGTH)
    return "".join([_ALPHABET[drawn >> place & 31] for place in range(0, 5 * _LENGTH, 5)])


def given(outcomes: Iterable[Outcome]) -> Codes:
    """A new code for every voucher that was issued."""
    return {
        (outcome.event.customer, voucher.id): make()
        for outcome in outcomes
        if outcome.issued
        for voucher in outcome.issued
    }


def of(vouchers: Collection[tuple[int, int]]) -> Codes:
    """The codes of vouchers, by customer and number; one that no sweep has written has none yet."""
    if not vouchers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CODES, [list(column) for column in zip(*vouchers, strict=True)])
        return {(customer, voucher): code for customer, voucher, code in cursor.fetchall()}
