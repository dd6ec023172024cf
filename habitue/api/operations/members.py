"""Members: a customer joins the program. Leaving: a paid membership is cancelled by an event."""

from __future__ import annotations

from typing import Annotated

from django.db import transaction
from msgspec import Meta

from habitue.api import calls, people, problems, terms
from habitue.api.people import OfCustomer
from habitue.api.routing import operation
from habitue.api.terms import UnitAmount
from habitue.api.values import Given, Id, Instant, Said
from habitue.ledger import joining
from habitue.members import invitations
from habitue.members.models import Customer


class NewEnrolment(Said, frozen=True, kw_only=True):
    """How somebody came to join."""

    place: Annotated[str, Meta(max_length=60, description="Where: a shop, a poster, a page.")] = ""
    invited_by: Annotated[
        str,
        Meta(max_length=60, description="The code of the link by which a member invited them."),
    ] = ""


class MemberShown(Given, frozen=True, kw_only=True):
    """A member of the program."""

    customer: Id
    number: Annotated[str, Meta(description="What the card has printed, to be read aloud.")]
    member_since: Instant
    earned: Annotated[
        list[UnitAmount], Meta(description="What joining gave; nothing to who was a member.")
    ]


@operation(
    "POST",
    "/customers/{customer}/enrolment",
    may=calls.TILLS,
    summary="Make a customer a member",
    example={"place": "Web shop"},
)
def enroll(call: calls.Call, where: OfCustomer, body: NewEnrolment) -> MemberShown:
    """They get a number, a card, and what the program gives for joining. Again changes nothing."""
    customer = people.named(call, where)
    with transaction.atomic():
        answer = join(call, customer, body, "/body").answer
    program = call.shelf.book.latest.program
    earned = [] if answer.refused or answer.duplicate else answer.entries
    member = people.row(customer.pk).member
    return MemberShown(
        customer=str(customer.pk),
        number=member.number,
        member_since=member.enrolled_at,
        earned=[terms.amount(program, one.unit, one.amount) for one in earned],
    )


def join(call: calls.Call, customer: Customer, said: NewEnrolment, pointer: str) -> joining.Joined:
    """Make a customer a member; 422 for an invitation that nobody gave."""
    invited_by = 0
    if said.invited_by:
        invited_by = invitations.inviter(call.business, said.invited_by)
        if not invited_by or invited_by == customer.pk:
            raise problems.wrong(f"{pointer}/invited_by", "No member gave this invitation.")
    return joining.welcome(customer, at=call.now, place=said.place, invited_by=invited_by)
