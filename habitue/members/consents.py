"""The consent log: what a person agreed to, in which words, and what counts now.

An address that was typed on a form may be somebody else's: what its box asks for is written down
as `pending` and grants nothing until whoever reads the address confirms it (double opt-in).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from habitue.members.models import Consent, Customer

MARKETING: Final = "marketing"
PURPOSES: Final = (MARKETING, "birthday", "survey")
CHANNELS: Final = ("email", "sms")
CONFIRMED: Final = "confirmed by mail"
TAKEN_BACK: Final = "import undone"
"""The source of a line that takes back what an import wrote: as if nobody had been asked."""


def record(
    customer: Customer,
    *,
    purpose: str,
    channel: str,
    granted: bool,
    wording: str,
    source: str,
    at: datetime,
    pending: bool = False,
) -> Consent:
    """Write one line; nothing is ever changed or deleted."""
    return Consent.objects.create(
        customer=customer,
        purpose=purpose,
        channel=channel,
        granted=granted,
        pending=pending,
        wording=wording,
        source=source,
        at=at,
    )


def granted(customer: Customer, *, purpose: str, channel: str) -> bool:
    """Whether the newest line of this purpose and channel says yes; no line says no."""
    line = newest(customer).get((purpose, channel))
    return line is not None and line.granted


def newest(customer: Customer) -> dict[tuple[str, str], Consent]:
    """The line that counts, for each purpose and channel that has one."""
    lines = Consent.objects.filter(customer=customer)
    lines = lines.order_by("purpose", "channel", "-at", "-id").distinct("purpose", "channel")
    return {(line.purpose, line.channel): line for line in lines}


def waiting(customer: Customer, channel: str) -> list[Consent]:
    """What waits for this channel's address to be confirmed."""
    return [
        line
        for (_purpose, by), line in sorted(newest(customer).items())
        if by == channel and line.pending
    ]


def confirm(
    customer: Customer, channel: str, lines: Collection[int], *, at: datetime
) -> list[Consent]:
    """Grant those of these lines that still wait; what was withdrawn since stays withdrawn."""
    return [
        record(
            customer,
            purpose=line.purpose,
            channel=line.channel,
            granted=True,
            wording=line.wording,
            source=CONFIRMED,
            at=at,
        )
        for line in waiting(customer, channel)
        if line.pk in lines
    ]
