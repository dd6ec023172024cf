"""What is good to know of who stands at the counter: birthday, what lapses, own rhythm."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from habitue import ledger
from habitue.ledger import Standing
from habitue.members.models import Business, Customer
from habitue.pages.person import next_actions, pulse


def of(
    business: Business, customer: Customer, held: Standing | None, *, now: datetime
) -> list[str]:
    """A line each, the most personal first."""
    today = now.astimezone(ZoneInfo(business.timezone)).date()
    program = ledger.program(business.pk)
    found = [
        *next_actions.birthday(customer, today),
        *next_actions.expiring(business, customer, program, held, today),
    ]
    beats = pulse.of(business, customer.pk, now=now, worth=False)
    return [*(one.said for one in found), beats.last]
