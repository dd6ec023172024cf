"""What members hold ready to be given: asked for on the card, first on the counter's sheet.

A wish spends nothing. It is over after five minutes, given or not, and a card has one at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet

from habitue.members.models import Card, Customer, Wish

LIFETIME: Final = timedelta(minutes=5)

_GIVEN: Final = """
UPDATE members_wish wish SET given_at = %s
FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS handed (customer, reward, voucher)
JOIN members_customer customer
    ON customer.id = handed.customer OR customer.merged_into_id = handed.customer
JOIN members_card card ON card.customer_id = customer.id
WHERE wish.card_id = card.id AND wish.given_at IS NULL AND wish.until > %s
    AND CASE WHEN handed.voucher > 0 THEN wish.voucher = handed.voucher
        ELSE wish.voucher IS NULL AND wish.reward = handed.reward END"""


def make(
    card: Card, *, at: datetime, reward: str = "", voucher: int | None = None, choice: int = 0
) -> Wish:
    """Ask for a reward, or for a voucher's gift; what the card asked for before is gone."""
    wish, _ = Wish.objects.update_or_create(
        card=card,
        defaults={
            "reward": reward,
            "voucher": voucher,
            "choice": choice,
            "until": at + LIFETIME,
            "given_at": None,
        },
    )
    return wish


def of(customer: Customer, *, now: datetime) -> Wish | None:
    """What a customer waits for at this moment, by whichever of their cards; the newest."""
    return _open(customer, now).order_by("-until").first()


def on(card: Card) -> Wish | None:
    """The last thing that this card asked for, whatever became of it."""
    return Wish.objects.filter(card=card).first()


def open_on(card: Card, *, now: datetime) -> Wish | None:
    """What this very card waits for at this moment; asks nothing of a card that `cards` found."""
    wish = getattr(card, "wish", None)
    return wish if wish and wish.given_at is None and wish.until > now else None


def cancel(card: Card) -> None:
    """The member asks for nothing any more; what was given stays given."""
    Wish.objects.filter(card=card, given_at=None).delete()


def given(
    customer: Customer, *, at: datetime, reward: str = "", voucher: int | None = None
) -> bool:
    """Staff handed this over: the waiting screen says so. Whether anybody waited for it."""
    asked = _open(customer, at)
    asked = asked.filter(voucher=voucher) if voucher else asked.filter(reward=reward, voucher=None)
    return asked.update(given_at=at) > 0


def given_many(handed: Sequence[tuple[int, str, int]], *, at: datetime) -> None:
    """The same for many, in one statement: to whom, which reward, or which voucher (else 0)."""
    if not handed:
        return
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*handed, strict=True)]
        cursor.execute(_GIVEN, [at, *columns, at])


def _open(customer: Customer, now: datetime) -> QuerySet[Wish]:
    mine = Q(card__customer=customer) | Q(card__customer__merged_into=customer)
    return Wish.objects.filter(mine, given_at=None, until__gt=now)
