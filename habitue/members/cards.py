"""The card: a secret address for its holder, and codes for the counter that are good once.

A code names the card, a step of 30 seconds and a signature (80 bits) that only this installation
can make. It is good in its own step and the next, so never longer than 60 seconds, and once. It
does not contain the card's address: a photograph of it opens nothing. The printed code, which
never changes, is refused unless the business turned it on.
"""

import base64
import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.crypto import salted_hmac
from msgspec import Struct

from habitue.members import survivors
from habitue.members.models import AccessToken, Card, CodeRefusal, Customer, Staff, UsedCode

STEP: Final = 30
STEPS_VALID: Final = 2
OFFLINE_STEPS: Final = 2  # clocks of two phones differ: 60 seconds either way
KEPT: Final = timedelta(days=8)  # longer than a phone may come late with a code it saw
PRINTED: Final = 0  # the step of a printed code
_ID, _STEP, _SIGN = 13, 7, 16  # base32 characters of 63, 35 and 80 bits
LENGTH: Final = _ID + _STEP + _SIGN
_GOOD: Final = range(STEPS_VALID)
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


def renew(customer: Customer, *, at: datetime) -> Card:
    """Another card; the old ones, and the tokens got by them, open nothing any more.

    Of two renewals at once one goes first, so that one card lives.
    """
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        customer.cards.filter(revoked_at=None).update(revoked_at=at)
        customer.tokens.filter(revoked_at=None).update(revoked_at=at)
        return issue(customer)


def revoke(card: int, *, at: datetime) -> None:
    """End a card by its number, and the tokens that its holder got; nothing opens by them again."""
    ended = Card.objects.filter(pk=card, revoked_at=None)
    holders = list(ended.values_list("customer", flat=True))
    ended.update(revoked_at=at)
    AccessToken.objects.filter(customer__in=holders, revoked_at=None).update(revoked_at=at)


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
    good = range(-OFFLINE_STEPS, OFFLINE_STEPS + 1) if offline else _GOOD
    card, answer = _judged([text], business, at, good, use=True)[text]
    if isinstance(answer, Refused):
        keep_refusals([(card, answer)], business=business, staff=staff.pk if staff else None, at=at)
    return answer


def judge(
    texts: Collection[str], *, business: int, at: datetime, use: bool
) -> dict[str, tuple[Card | None, Read | Refused]]:
    """Judge codes in a few statements: whose card, and whether it is accepted.

    `use`: an accepted one is used up by it; otherwise it is only looked at. Refusals are kept by
    `keep_refusals`.
    """
    return _judged(texts, business, at, _GOOD, use=use) if texts else {}


def keep_refusals(
    refused: Iterable[tuple[Card | None, Refused]],
    *,
    business: int,
    staff: int | None,
    at: datetime,
) -> None:
    """Write refusals into their journal, where an owner sees codes that were copied."""
    CodeRefusal.objects.bulk_create(
        CodeRefusal(business_id=business, card=card, staff_id=staff, reason=one.reason, at=at)
        for card, one in refused
    )


def forget_used(*, before: datetime) -> int:
    """Delete the marks of codes that are long stale."""
    return UsedCode.objects.filter(used_at__lt=before - KEPT).delete()[0]


def _judged(
    texts: Collection[str], business: int, at: datetime, good: range, *, use: bool
) -> dict[str, tuple[Card | None, Read | Refused]]:
    named = {text: _parse(text.strip().upper()) for text in texts}
    there = _many(pk__in={key for key, _ in named.values() if key})
    judged = {
        text: _judge(text.strip().upper(), there.get(key), step, business, at, good)
        for text, (key, step) in named.items()
    }
    rotating = {
        text: (key, named[text][1])
        for text, (_, answer) in judged.items()
        if isinstance(answer, Read) and not answer.printed and (key := named[text][0])
    }
    if rotating:
        fresh = _use(rotating, at) if use else _unused(rotating)
        judged |= {text: (judged[text][0], Refused("used")) for text in rotating.keys() - fresh}
    return judged


def _judge(
    text: str, card: Card | None, step: int, business: int, at: datetime, good: range
) -> tuple[Card | None, Read | Refused]:
    """What a code is worth by itself; whether it was used is asked after that."""
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
    return card, Read(card, printed=False)


def _use(codes: dict[str, tuple[int, int]], at: datetime) -> set[str]:
    """Use codes up, given by card and step; those that nobody had used."""
    marks = {
        text: UsedCode(card_id=card, step=step, used_at=at) for text, (card, step) in codes.items()
    }
    UsedCode.objects.bulk_create(
        sorted(marks.values(), key=lambda mark: (mark.card_id, mark.step)), ignore_conflicts=True
    )
    kept = UsedCode.objects.filter(pk__in=[mark.pk for mark in marks.values()])
    ours = set(kept.values_list("pk", flat=True))
    return {text for text, mark in marks.items() if mark.pk in ours}


def _unused(codes: dict[str, tuple[int, int]]) -> set[str]:
    """Which of these codes, given by card and step, nobody has used."""
    cards, steps = ({pair[place] for pair in codes.values()} for place in (0, 1))
    marks = UsedCode.objects.filter(card__in=cards, step__in=steps)
    used = set(marks.values_list("card_id", "step"))
    return {text for text, pair in codes.items() if pair not in used}


def _parse(text: str) -> tuple[int, int]:
    """The card's number (0: none) and the step that a code names."""
    if len(text) != LENGTH or not set(text) <= set(_ALPHABET):
        return 0, PRINTED
    key = _number(text[:_ID])
    return key if key < 2**63 else 0, _number(text[_ID : _ID + _STEP])


def _first(**given: object) -> Card | None:
    """A card with its holder; None if there is none."""
    return next(iter(_many(**given).values()), None)  # at most one, so in no order


def _many(**given: object) -> dict[int, Card]:
    """Cards by number, with their holders: customers under whose number their own one goes on."""
    beside = ("customer__business", "customer__member", "wish")
    found = {card.pk: card for card in Card.objects.select_related(*beside).filter(**given)}
    went_over = {
        card.customer_id for card in found.values() if card.customer.merged_into_id is not None
    }
    if went_over:
        goes_on = survivors.of(list(went_over))
        holders = Customer.objects.select_related("business").in_bulk(list(goes_on.values()))
        for card in found.values():
            if card.customer_id in goes_on:
                card.customer = holders[goes_on[card.customer_id]]
    return found


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
