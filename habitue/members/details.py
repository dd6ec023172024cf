"""What is known of a customer beside addresses: name, language, birthday, note, pauses; changed.

Each change leaves a line in the journal, which names what was changed and never to what.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from habitue.members import journal
from habitue.members.models import Customer, Staff

FIELDS: Final = {
    "name": "name",
    "language": "language",
    "birth_day": "birthday",
    "birth_month": "birthday",
    "birth_year": "birthday",
    "note": "note",
    "paused_until": "pauses",
    "less_often": "pauses",
}
"""What can be changed here, and what the journal calls it."""


def change(
    customer: Customer,
    to: Mapping[str, Any],
    *,
    at: datetime,
    staff: Staff | None = None,
    through: Mapping[str, str | int] | None = None,
    also: Collection[str] = (),
) -> None:
    """Write what differs: a line in the journal for the note, and one for everything else.

    `through`: for the journal, which program asked; `also`: what else was changed, for its line.
    """
    changed = [name for name in FIELDS if name in to and to[name] != getattr(customer, name)]
    said = [*also, *dict.fromkeys(FIELDS[name] for name in changed if name != "note")]
    by = through or {}
    with transaction.atomic():
        for name in changed:
            setattr(customer, name, to[name])
        if changed:
            customer.save(update_fields=changed)
        if "note" in changed:
            journal.write(customer.business, "note", at=at, staff=staff, customer=customer, what=by)
        if said:
            what: dict[str, str | int] = {"changed": ", ".join(said), **by}
            journal.write(
                customer.business, "contact", at=at, staff=staff, customer=customer, what=what
            )
