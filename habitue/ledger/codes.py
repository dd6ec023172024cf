"""Codes of vouchers: what a till types or scans, too many to guess."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final

from habitue.core.engine import Outcome

_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH: Final = 17  # of 5 bits each: 85

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
