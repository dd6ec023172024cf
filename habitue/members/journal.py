"""What staff and members did beside the ledger, line by line, for ever.

No line holds personal data: a customer is named by number, what was written or seen is not said.
"""

from collections.abc import Mapping
from datetime import datetime

from habitue.members.models import Business, Customer, JournalLine, Staff


def write(
    business: Business,
    kind: str,
    *,
    at: datetime,
    staff: Staff | None = None,
    customer: Customer | None = None,
    what: Mapping[str, str | int] | None = None,
) -> JournalLine:
    """One line, in the transaction of what it tells."""
    return JournalLine.objects.create(
        business=business, kind=kind, at=at, staff=staff, customer=customer, what=dict(what or {})
    )
