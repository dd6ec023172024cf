"""Invitations: who brought a friend is rewarded once the friend has bought and paid something.

Both get an event (the actions `referral` and `referred`), once for ever; what these are worth is
the program's business. When that purchase is returned whole or undone, both are undone. Nobody
invites themselves: not under the same number, not where two numbers turned out to be one person,
not in a ring (who invites was there before).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import connection, transaction

from habitue.core import facts
from habitue.ledger import books, occasions, posting
from habitue.ledger.claims import Fact
from habitue.members import survivors

BATCH: Final = 500
GIVEN: Final = "referral"
TAKEN: Final = "referred"

# A purchase counts while some of it is kept and was not undone.
_IS_KEPT = """
    NOT EXISTS (
        SELECT FROM ledger_event undone
        WHERE undone.customer_id = bought.customer_id AND undone.kind = 'undo'
          AND undone.refusal IS NULL AND (undone.what->>'of')::bigint = bought.id)
    AND bought.amount + coalesce((
        SELECT sum(back.amount) FROM ledger_event back
        WHERE back.customer_id = bought.customer_id AND back.kind = 'refund'
          AND back.refusal IS NULL AND (back.what->>'of')::bigint = bought.id
          AND NOT EXISTS (
              SELECT FROM ledger_event undone
              WHERE undone.customer_id = back.customer_id AND undone.kind = 'undo'
                AND undone.refusal IS NULL AND (undone.what->>'of')::bigint = back.id)), 0) > 0"""

_BOUGHT = f"""
SELECT referral.customer_id, referral.inviter_id, first.id, first.business_date
FROM ledger_referral referral
JOIN ledger_event joined
  ON joined.customer_id = referral.customer_id AND joined.id = referral.event_id
JOIN ledger_account inviter ON inviter.customer_id = referral.inviter_id
 AND inviter.business_id = referral.business_id AND inviter.enrolled_on <= joined.business_date
CROSS JOIN LATERAL (
    SELECT bought.id, bought.business_date FROM ledger_event bought
    WHERE bought.customer_id = referral.customer_id AND bought.kind = 'purchase'
      AND bought.refusal IS NULL AND bought.at >= joined.at
      AND bought.amount > coalesce((bought.what->>'covered')::bigint, 0)
      AND {_IS_KEPT}
    ORDER BY bought.at, bought.id LIMIT 1) AS first
WHERE referral.business_id = %s AND referral.purchase_id IS NULL
  AND referral.reversed_at IS NULL AND referral.customer_id > %s
  AND NOT EXISTS (
      SELECT FROM ledger_referral own
      WHERE own.customer_id = referral.inviter_id AND own.event_id > referral.event_id)
ORDER BY referral.customer_id LIMIT %s"""

_RETURNED = f"""
SELECT referral.customer_id, referral.inviter_id
FROM ledger_referral referral
JOIN ledger_event bought
  ON bought.customer_id = referral.customer_id AND bought.id = referral.purchase_id
WHERE referral.business_id = %s AND referral.reversed_at IS NULL AND referral.customer_id > %s
  AND NOT ({_IS_KEPT})
ORDER BY referral.customer_id LIMIT %s"""

_REWARDED = """
SELECT held.reference, held.customer_id, held.event_id
FROM ledger_reference held
JOIN ledger_event event ON event.customer_id = held.customer_id AND event.id = held.event_id
WHERE held.business_id = %s AND held.source IN ('referral', 'referred')
  AND held.reference = ANY(%s) AND event.refusal IS NULL"""


def settle(business: int, *, now: datetime) -> int:
    """Reward invitations that came good, take back those that did not; how many were settled."""
    programs = books.shelf(business).programs
    if not any(occasions.reacts(each, word) for each in programs for word in (GIVEN, TAKEN)):
        return 0
    return _reward(business, now) + _reverse(business, now)


def _reward(business: int, now: datetime) -> int:
    settled, last = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_BOUGHT, [business, last, BATCH])
            found = cursor.fetchall()
            if not found:
                return settled
            last = found[-1][0]
            goes_on = survivors.of([who for friend in found for who in friend[:2]])
            batch = [
                fact
                for friend, inviter, _, on in found
                for fact in _facts(business, friend, inviter, on, goes_on, now)
            ]
            posting.post(business, batch, now=now)
            cursor.execute(
                "UPDATE ledger_referral SET purchase_id = new.purchase"
                " FROM unnest(%s::bigint[], %s::bigint[]) AS new (customer, purchase)"
                " WHERE customer_id = new.customer",
                [[row[0] for row in found], [row[2] for row in found]],
            )
        settled += len(found)


def _facts(
    business: int, friend: int, inviter: int, on: date, goes_on: dict[int, int], now: datetime
) -> list[Fact]:
    """What both did; nothing where the program of that day rewards none, or they are one."""
    source = books.shelf(business).book.on(on).program
    one, other = goes_on.get(inviter, inviter), goes_on.get(friend, friend)
    if one == other:
        return []
    return [
        Fact(
            customer=who,
            at=now,
            what=facts.Action(word),
            source=word,
            reference=str(friend),
        )
        for who, word in ((one, GIVEN), (other, TAKEN))
        if occasions.reacts(source, word)
    ]


def _reverse(business: int, now: datetime) -> int:
    settled, last = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_RETURNED, [business, last, BATCH])
            friends = [friend for friend, _ in cursor.fetchall()]
            if not friends:
                return settled
            last = friends[-1]
            cursor.execute(_REWARDED, [business, [str(friend) for friend in friends]])
            batch = [
                Fact(
                    customer=who,
                    at=now,
                    what=facts.Undo(event, consequence=True),
                    source="referral returned",
                    reference=f"{friend}:{who}",
                )
                for friend, who, event in cursor.fetchall()
            ]
            posting.post(business, batch, now=now)
            cursor.execute(
                "UPDATE ledger_referral SET reversed_at = %s WHERE customer_id = ANY(%s)",
                [now, friends],
            )
        settled += len(friends)
