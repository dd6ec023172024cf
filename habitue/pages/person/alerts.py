"""What an owner should look at: a card that one person stamps unusually often, or their own.

The rule is simple, so that it can be explained: within the last 30 days somebody stamped one card
at least `TIMES` times, and at least three times as often as the card
that they stamped second most. And: whoever has an account and stamped the card that bears the same
e-mail. It accuses nobody; a regular who always meets the same barista looks the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F
from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.ledger import database
from habitue.members import ids
from habitue.members.models import Business, Customer, Identity, Staff
from habitue.pages.person import page
from habitue.pages.templatetags import words as say

SPAN: Final = timedelta(days=30)
TIMES: Final = 20
FACTOR: Final = 3

_OFTEN: Final = """
SELECT staff.id, held.customer_id, count(*) AS times
FROM unnest(%(sources)s::text[], %(staff)s::bigint[]) AS staff (source, id)
JOIN ledger_reference held ON held.business_id = %(business)s AND held.source = staff.source
  AND (held.source LIKE 'counter:%%' OR held.source LIKE 'owner:%%')
  AND held.event_id >= %(since)s
WHERE held.reference NOT LIKE 'undo-%%'
GROUP BY staff.id, held.customer_id
HAVING count(*) >= 2 ORDER BY staff.id, times DESC"""


class Alert(Struct, frozen=True):
    """Whom to look at: a sentence, and whose lines of whom."""

    said: str
    staff: int
    customer: int


def of(business: Business, *, now: datetime) -> list[Alert]:
    """All of them, of the last 30 days."""
    crew = {one.pk: one for one in Staff.objects.filter(business=business)}
    often: dict[int, list[tuple[int, int]]] = {}
    asked = {
        "business": business.pk,
        "sources": [f"counter:{key}" for key in crew],
        "staff": list(crew),
        "since": (int((now - SPAN).timestamp() * 1000) - ids.EPOCH_NS // 10**6) << 22,
    }
    for staff, customer, times in database.query(_OFTEN, asked):
        often.setdefault(staff, []).append((customer, times))
    own = _own(business)
    found = []
    for staff, cards in often.items():
        most, times = cards[0]
        second = cards[1][1] if len(cards) > 1 else 1
        if times >= TIMES and times >= FACTOR * second:
            found.append((staff, most, times, _often()))
        for customer, count in cards:
            if (staff, customer) in own:
                found.append((staff, customer, count, _own_card()))
    people = Customer.objects.in_bulk([customer for _s, customer, _t, _w in found])
    return [
        Alert(
            sentence
            % {
                "staff": crew[staff].name,
                "customer": page.called(people[customer]),
                "times": say.count(times),
            },
            staff,
            customer,
        )
        for staff, customer, times, sentence in found
        if people[customer].erased_at is None
    ]


def _own(business: Business) -> set[tuple[int, int]]:
    """Staff with an account, and the customers of this business who bear the same e-mail."""
    mails = dict(
        Staff.objects.filter(business=business, user__isnull=False)
        .annotate(mail=F("user__email"))
        .values_list("mail", "pk")
    )
    lowered = {mail.casefold(): key for mail, key in mails.items() if mail}
    held = Identity.objects.filter(
        business=business, kind=Identity.Kind.EMAIL, value__in=list(lowered)
    )
    return {(lowered[value], customer) for value, customer in held.values_list("value", "customer")}


def _often() -> str:
    return _(
        "%(staff)s acted on the card of %(customer)s %(times)s times within 30 days,"
        " much more often than on any other card."
    )


def _own_card() -> str:
    return _("%(staff)s acted on a card with their own e-mail, %(customer)s, %(times)s times.")
