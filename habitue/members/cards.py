"""The card: a secret address for its holder, and codes for the counter that are good once.

A code names the card, a step of 30 seconds and a signature (80 bits) that only this installation
can make. It is good in its own step and the next, so never longer than 60 seconds, and once. It
does not contain the card's address: a photograph of it opens nothing. The printed code, which
never changes, is refused unless the business turned it on.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.utils.crypto import salted_hmac
from msgspec import Struct

from habitue.members import survivors
from habitue.members.models import Card, CodeRefusal, Customer, Staff, UsedCode

STEP: Final = 30
STEPS_VALID: Final = 2
OFFLINE_STEPS: Final = 2  # clocks of two phones differ: 60 seconds either way
KEPT: Final = timedelta(days=8)  # longer than a phone may come late with a code it saw
PRINTED: Final = 0  # the step of a printed code
_ID, _STEP, _SIGN = 13, 7, 16  # base32 characters of 63, 35 and 80 bits
LENGTH: Final = _ID + _STEP + _SIGN
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Read(Struct, frozen=True):
    """A code that was accepted."""

    card: Card
    printed: bool


class Refused(Struct, frozen=True):
    """A code that was not: `unknown`, `stale`, `used`, `revoked`, `printed` or `binned`."""

    reason: str


def issue(customer: Customer) -> Card:
    """A new card with an address that cannot be guessed (144 bits)."""
    return Card.objects.create(customer=customer, token=secrets.token_urlsafe(18))


def issue_many(customers: Iterable[int]) -> None:
    """A new card for each of these customers, by number."""
    Card.objects.bulk_create(
        Card(customer_id=customer, token=secrets.token_urlsafe(18)) for customer in customers
    )


def find(token: str) -> Card | None:
    """The card of an address, with its holder; None when there is none, it was revoked, or its
    holder lies in the bin or is erased.
    """
    card = _first(token=token, revoked_at=None)
    if card is None or card.customer.erased_at or card.customer.binned_at:
        return None
    return card


def code(card: Card, *, at: datetime) -> str:
    """What the card shows now; another one every 30 seconds."""
    return _signed(card, int(at.timestamp()) // STEP)


def seconds_left(at: datetime) -> int:
    """Until the card shows its next code."""
    return STEP - int(at.timestamp()) % STEP


def printed_code(card: Card) -> str:
    """The code that never changes, for a card on paper."""
    return _signed(card, PRINTED)


def read(
    text: str, *, business: int, staff: Staff | None, at: datetime, offline: bool = False
) -> Read | Refused:
    """Accept a code once, or say why not; a refusal is kept in the journal of refusals.

    `offline`: it was seen at `at` by the clock of a phone without a network, told only now.
    """
    good = range(-OFFLINE_STEPS, OFFLINE_STEPS + 1) if offline else range(STEPS_VALID)
    card, answer = _judge(text.strip().upper(), business, at, good)
    if isinstance(answer, Refused):
        CodeRefusal.objects.create(
            business_id=business, card=card, staff=staff, reason=answer.reason, at=at
        )
    return answer


def forget_used(*, before: datetime) -> int:
    """Delete the marks of codes that are long stale."""
    return UsedCode.objects.filter(used_at__lt=before - KEPT).delete()[0]


def _judge(
    text: str, business: int, at: datetime, good: range
) -> tuple[Card | None, Read | Refused]:
    card, step = _parse(text)
    if card is None or card.customer.business_id != business:
        return None, Refused("unknown")
    if not secrets.compare_digest(_signed(card, step), text):
        return None, Refused("unknown")
    if card.revoked_at is not None:
        return card, Refused("revoked")
    if card.customer.binned_at is not None:
        return card, Refused("binned")
    if step == PRINTED:
        allowed = card.customer.business.printed_cards
        return card, Read(card, printed=True) if allowed else Refused("printed")
    if int(at.timestamp()) // STEP - step not in good:
        return card, Refused("stale")
    if not _use(card, step, at):
        return card, Refused("used")
    return card, Read(card, printed=False)


def _use(card: Card, step: int, at: datetime) -> bool:
    mark = UsedCode(card=card, step=step, used_at=at)
    UsedCode.objects.bulk_create([mark], ignore_conflicts=True)
    return UsedCode.objects.filter(pk=mark.pk).exists()


def _parse(text: str) -> tuple[Card | None, int]:
    if len(text) != LENGTH or not set(text) <= set(_ALPHABET):
        return None, PRINTED
    key = _number(text[:_ID])
    return _first(pk=key) if key < 2**63 else None, _number(text[_ID : _ID + _STEP])


def _first(**given: object) -> Card | None:
    """A card with its holder: the customer under whose number its own one goes on."""
    beside = ("customer__business", "customer__member", "wish")
    found = Card.objects.select_related(*beside).filter(**given)
    card = next(iter(found), None)  # at most one, so in no order
    if card is not None and card.customer.merged_into_id is not None:
        holder = survivors.of([card.customer_id])[card.customer_id]
        card.customer = Customer.objects.select_related("business").get(pk=holder)
    return card


def _signed(card: Card, step: int) -> str:
    mac = salted_hmac("habitue.members.cards", f"{card.token}|{step}", algorithm="sha256")
    signature = base64.b32hexencode(mac.digest()[:10]).decode("ascii")
    return _digits(card.pk, _ID) + _digits(step, _STEP) + _crockford(signature)


def _digits(number: int, length: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number << 5 | _ALPHABET.index(digit)
    return number


def _crockford(text: str) -> str:
    return text.translate(str.maketrans("0123456789ABCDEFGHIJKLMNOPQRSTUV", _ALPHABET))


def fingerprint(card: Card) -> str:
    """A short public name of a card for logs."""
    return hashlib.sha256(card.token.encode()).hexdigest()[:8]
