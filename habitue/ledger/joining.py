"""A customer becomes a member: number, card, and whatever the program gives for joining.

Every door joins this way, under one reference a customer, so that joining at two doors is one.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from msgspec import Struct

from habitue.core.facts import Enrolment
from habitue.ledger import posting
from habitue.ledger.answers import Answer
from habitue.ledger.claims import Fact
from habitue.members import cards, customers
from habitue.members.models import Card, Customer


class Joined(Struct, frozen=True):
    """The member's card, and what the ledger answered; `refused` where they were a member."""

    card: Card
    answer: Answer


def welcome(customer: Customer, *, at: datetime, place: str = "", invited_by: int = 0) -> Joined:
    """Make a customer a member with a card; doing it again changes nothing.

    `place`: where the poster hung; `invited_by`: the member who brought them. Who has just gone
    over into another customer joins as that one.
    """
    with transaction.atomic():
        customers.enroll(customer, at=at)
        fact = Fact(
            customer=customer.pk,
            at=at,
            what=Enrolment(channel="card", place=place, invited_by=invited_by),
            source="card",
            reference=f"enrolment-{customer.pk}",
        )
        (answer,) = posting.post(customer.business_id, [fact], now=at)
        if answer.customer == customer.pk:
            return Joined(_card(customer), answer)
        transaction.set_rollback(True)
    today = Customer.objects.get(pk=answer.customer)
    return welcome(today, at=at, place=place, invited_by=invited_by)


def _card(customer: Customer) -> Card:
    return customer.cards.filter(revoked_at=None).first() or cards.issue(customer)
