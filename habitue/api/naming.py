"""Whom and what references name, for many requests at once: customers and events.

One statement for each way of naming that occurs, however many references there are. Whoever went
over into another customer is that one; whoever lies in the bin or was erased is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from habitue.api import problems, values
from habitue.api.calls import Call
from habitue.api.problems import Problem, Wrong
from habitue.members import cards, finding
from habitue.members.models import Card

ME: Final = "me"
_CODES: Final = "code"
_PERSONAL: Final = ("email", "phone", "external")
_CODE_REFUSALS: Final = {
    "stale": "This code has expired. Ask for the code that the card shows now.",
    "used": "This code was used already. Wait until the card shows the next one.",
    "revoked": "This card was replaced by a newer one.",
    "binned": "This customer lies in the recycle bin. The owner can take them out of it.",
    "printed": "Printed codes are not accepted here. Scan the card on the phone.",
}

Code = tuple[Card | None, cards.Read | cards.Refused]


def customer(call: Call, reference: str) -> int:
    """The customer that an address names; 404 where nobody is, 409 for a code that is not good.

    A member's token names its own member only, also as `me`; a partner names whose card or number
    it has seen. A card's code is looked at, and not used up.
    """
    caller = call.caller
    if caller.customer is not None and reference == ME:
        return caller.customer
    if caller.scope == "partner" and kind(reference) in _PERSONAL:
        raise problems.unknown("customer")
    found = customers(call.caller.business, [reference], at=call.now).get(reference)
    if found is None and kind(reference) == _CODES:
        code = reference.partition(":")[2]
        raise refusal(codes(call, [code], use=False)[code], "/path/customer")
    if found is None or (call.caller.scope == "member" and found != call.caller.customer):
        raise problems.unknown("customer")
    return found


def customers(business: int, references: Collection[str], *, at: datetime) -> dict[str, int]:
    """Customers by reference; whom nobody knows is absent, as is whom a code that is no good names.

    Card codes are looked at, and not used up.
    """
    found = known(business, references)
    by_code = {one.partition(":")[2]: one for one in references if kind(one) == _CODES}
    for code, (_, answer) in cards.judge(by_code, business=business, at=at, use=False).items():
        if isinstance(answer, cards.Read):
            found[by_code[code]] = answer.card.customer_id
    return found


def known(business: int, references: Collection[str]) -> dict[str, int]:
    """Customers by references that are not codes of cards; whom nobody knows is absent."""
    named: dict[str, dict[str, str]] = {}
    for one in references:
        named.setdefault(kind(one), {})[one.partition(":")[2]] = one
    found = _numbered(business, [one for one in references if not kind(one)])
    for by, texts in named.items():
        if by and by != _CODES:
            holders = finding.by_identity(business, by, texts.keys())
            found |= {texts[text]: holder for text, holder in holders.items()}
    return found


def codes(call: Call, texts: Collection[str], *, use: bool) -> Mapping[str, Code]:
    """What codes of cards are worth now, by code; refusals are kept where the owner sees them."""
    judged = cards.judge(texts, business=call.caller.business, at=call.now, use=use)
    refused = [
        (card, answer) for card, answer in judged.values() if isinstance(answer, cards.Refused)
    ]
    if refused:
        cards.keep_refusals(
            refused, business=call.caller.business, staff=call.caller.staff, at=call.now
        )
    return judged


def refusal(code: Code, pointer: str) -> Problem:
    """Why a code of a card opens nothing; one that is nobody's like any unknown customer."""
    _, answer = code
    reason = answer.reason if isinstance(answer, cards.Refused) else "used"
    if reason not in _CODE_REFUSALS:
        return missing("customer", pointer)
    return Problem(
        409,
        f"code_{reason}",
        _CODE_REFUSALS[reason],
        errors=(Wrong(pointer=pointer, detail=_CODE_REFUSALS[reason]),),
    )


def missing(what: str, pointer: str) -> Problem:
    """404: what a body names is not there, or belongs to somebody else; `pointer` says where."""
    detail = f"There is no such {what} here."
    return Problem(404, "not_found", detail, errors=(Wrong(pointer=pointer, detail=detail),))


def kind(reference: str) -> str:
    """How a reference names: `email`, `code`, `reference`…; empty for a number of ours."""
    before, colon, _ = reference.partition(":")
    return before if colon else ""


def _numbered(business: int, references: Collection[str]) -> dict[str, int]:
    numbers = {one: number for one in references if (number := values.number(one)) is not None}
    there = finding.by_id(business, set(numbers.values()))
    return {one: there[number] for one, number in numbers.items() if number in there}
