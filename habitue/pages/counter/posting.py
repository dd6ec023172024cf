"""One fact of the counter goes to the ledger: from whom, under which reference, exactly once."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils import timezone
from msgspec import structs

from habitue import ledger
from habitue.core import facts, money
from habitue.ledger import events as recorded
from habitue.members import wishes
from habitue.members.models import Business, Customer, Staff
from habitue.pages import events

_AT_PARTNERS: Final = (
    facts.Visit,
    facts.Purchase,
    facts.Redemption,
    facts.VoucherUse,
    facts.Payment,
)


def answer(
    business: Business,
    staff: Staff,
    customer: Customer,
    what: facts.What,
    reference: str,
    *,
    at: datetime | None = None,
) -> ledger.Answer:
    """What the ledger says to one fact; to a button sent twice, what it said first.

    `at` is when it happened, where that was before now.
    """
    now, what = timezone.now(), at_partner(staff, what)
    fact = ledger.Fact(
        customer=customer.pk,
        at=at or now,
        what=what,
        source=f"counter:{staff.pk}",
        reference=reference,
    )
    (said,) = ledger.post(business.pk, [fact], now=now)
    if said.refused and said.refused.code == "conflict" and (first := _first(fact, business)):
        (said,) = ledger.post(business.pk, [first], now=now)
    if said.refused is None and isinstance(what, facts.Redemption):
        wishes.given(customer, at=now, reward=what.reward)
    if said.refused is None and isinstance(what, facts.VoucherUse):
        wishes.given(customer, at=now, voucher=what.voucher)
    return said


def gave_nothing(what: facts.What, said: ledger.Answer) -> bool:
    """Whether a visit counts, but a limit left nothing to earn by it."""
    return isinstance(what, facts.Visit) and not any(entry.amount for entry in said.entries)


def minor(amount: Decimal, business: Business) -> int:
    """An amount of money in minor units."""
    return int((amount * 10 ** money.decimals(business.currency)).quantize(Decimal(1)))


def at_partner(staff: Staff, what: facts.What) -> facts.What:
    """What happens at a partner's till carries the partner."""
    if staff.partner and isinstance(what, _AT_PARTNERS):
        return structs.replace(what, partner=staff.partner)
    return what


def _first(fact: ledger.Fact, business: Business) -> ledger.Fact | None:
    """The fact at the moment of its first sending: a button sent twice is one and the same."""
    name = fact.source, fact.reference
    held = recorded.by_reference(business.pk, [name]).get(name)
    at = events.moment_of(*held) if held else None
    return structs.replace(fact, at=at) if at else None
