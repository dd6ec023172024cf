"""Who works at the counter: whom a till can ask for a PIN."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from habitue.api import calls
from habitue.api.routing import operation
from habitue.api.values import Given, Id
from habitue.members.models import Staff


class StaffShown(Given, frozen=True, kw_only=True):
    """Somebody who signs in at a till by PIN."""

    id: Id
    name: str
    role: Literal["owner", "manager", "cashier"]


class Crew(Given, frozen=True, kw_only=True):
    """Everybody whom this till may ask for a PIN, by name."""

    items: Annotated[list[StaffShown], Meta(description="At a partner's till: the partner's own.")]


@operation(
    "GET",
    "/staff",
    may=frozenset({"owner", "till", "partner"}),
    summary="Who can sign in at this till",
)
def find(call: calls.Call) -> Crew:
    """Those who have a PIN; see `POST /staff-tokens`."""
    here = Staff.objects.filter(
        business=call.caller.business, partner=call.caller.partner, active=True
    )
    found = here.exclude(pin_hash="").order_by("name", "pk")
    return Crew(items=[StaffShown(id=str(one.pk), name=one.name, role=_role(one)) for one in found])


def _role(one: Staff) -> Literal["owner", "manager", "cashier"]:
    match one.role:
        case "owner" | "manager" as role:
            return role
        case _:
            return "cashier"
