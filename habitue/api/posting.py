"""From what programs send to the ledger: many bodies, one posting.

1. Whoever may not send such a thing, or sends what can never be meant, is refused (`checked`).
2. Customers, events and vouchers are looked up, each kind for all bodies at once; codes of cards
   are used up (`looking`).
3. The ledger posts all facts together. What names another body of the group comes after that.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from typing import Final

import msgspec
from django.db import transaction
from msgspec import Struct, structs

from habitue import ledger
from habitue.api import looking, naming, once, problems
from habitue.api.calls import Asked
from habitue.api.looking import Item
from habitue.api.problems import Problem, Refusal
from habitue.api.replies import Reply
from habitue.api.sent import Place
from habitue.core import facts
from habitue.ledger import Answer, Fact, books, claims
from habitue.members import wishes
from habitue.members.callers import Caller

MOST: Final = ledger.posting.MOST

Told = Answer | Problem

_BY_PARTNERS: Final = ("email", "phone")


def checked(items: Sequence[Item], shelf: books.Shelf) -> list[Problem | None]:
    """What is wrong with bodies by themselves: who may send them, and what they say."""
    return [_problem(item, shelf) for item in items]


def post(items: Sequence[Item], shelf: books.Shelf) -> list[Told]:
    """Post the checked bodies of one business: what the ledger answers to each, or the problem.

    Runs inside the transaction of the whole answer: what cannot be answered was not done.
    """
    told: dict[int, Told] = {}
    for places in _rounds(items):
        some = [items[place] for place in places]
        told.update(zip(places, _post(some, shelf), strict=True))
    return [told[place] for place in range(len(items))]


def answered(
    asked: Sequence[Asked],
    show: Callable[[Item, Answer, books.Shelf], Struct],
    *,
    status: int = 201,
) -> list[Struct | Reply | Problem]:
    """What each of several requests with one body is answered: 201, also to a repeat, which says
    that it is one.
    """
    items = [Item(one.call, one.body, request=place) for place, one in enumerate(asked)]
    shelf = books.shelf(asked[0].call.caller.business)
    wrong = checked(items, shelf)
    sound = [item for item, problem in zip(items, wrong, strict=True) if problem is None]
    with transaction.atomic():
        answers = iter(post(sound, shelf) if sound else [])
        told = [problem or next(answers) for problem in wrong]
        return [_shown(item, answer, show, shelf) for item, answer in zip(items, told, strict=True)]


def refused(answer: Answer, pointer: str) -> Problem | None:
    """The problem with which a refused event is answered, None where it was accepted."""
    if answer.refused is None:
        return None
    if answer.refused == claims.CONFLICT:
        return Problem(409, "conflict", answer.refused.sentence)
    if answer.refused == claims.MALFORMED:
        return problems.wrong(pointer, answer.refused.sentence, code="malformed")
    return Refusal(answer.refused, answer.event)


def _shown(
    item: Item,
    answer: Told,
    show: Callable[[Item, Answer, books.Shelf], Struct],
    shelf: books.Shelf,
) -> Struct | Reply | Problem:
    if isinstance(answer, Problem):
        return answer
    shown = show(item, answer, shelf)
    if not answer.duplicate:
        return shown
    return Reply(201, msgspec.json.encode(shown), headers=(once.REPLAYED,))


# --- by itself -----------------------------------------------------------------------------------


def _check(item: Item, shelf: books.Shelf) -> None:
    caller, body, pointer = item.call.caller, item.body, item.pointer
    if caller.scope not in body.may:
        detail = f"A credential of scope {caller.scope!r} may not send this."
        raise _forbidden(f"{pointer}/kind", detail)
    partners = [one.id for one in shelf.book.latest.program.partners] if caller.partner else ()
    if caller.partner and caller.partner not in partners:
        raise _forbidden(pointer, f"The program has no partner {caller.partner!r} any more.")
    partner = getattr(body, "partner", "")
    if caller.partner and partner not in ("", caller.partner):
        detail = f"This credential is of the partner {caller.partner!r}. Leave the field out."
        raise _forbidden(f"{pointer}/partner", detail)
    if body.customer is None and caller.customer is None and not (body.owned() or body.codes()):
        raise problems.wrong(f"{pointer}/customer", "The field 'customer' is missing.")
    if caller.customer is not None and body.at is not None:
        raise _forbidden(f"{pointer}/at", "What a member asks for happens now.")
    if caller.partner and naming.kind(body.customer or "") in _BY_PARTNERS:
        raise _forbidden(
            f"{pointer}/customer", "Partners name customers by a card's code or number, or an id."
        )
    body.check(Place(pointer, caller, shelf))


def _forbidden(pointer: str, detail: str) -> Problem:
    return Problem(403, "scope", detail, errors=(problems.Wrong(pointer=pointer, detail=detail),))


def _problem(item: Item, shelf: books.Shelf) -> Problem | None:
    try:
        _check(item, shelf)
    except Problem as problem:
        return problem
    return None


# --- together ------------------------------------------------------------------------------------


def _rounds(items: Sequence[Item]) -> Iterator[list[int]]:
    """What can be posted together: whatever names another body comes after that one."""
    waiting = list(range(len(items)))
    if not any(item.body.names() for item in items):
        yield from (waiting[start : start + MOST] for start in range(0, len(waiting), MOST))
        return
    while waiting:
        now: list[int] = []
        later: list[int] = []
        coming: set[tuple[str, str]] = set()
        for place in waiting:
            item = items[place]
            named = {looking.event_name(item.call.caller, one) for one in item.body.names()}
            full = len(now) == MOST
            (later if full or named & coming else now).append(place)
            if (name := looking.name(item)) is not None:
                coming.add(name)
        yield now
        waiting = later


def _post(items: Sequence[Item], shelf: books.Shelf) -> list[Told]:
    found = looking.found(items)
    told: dict[int, Told] = {}
    batch: dict[int, Fact] = {}
    for place, item in enumerate(items):
        try:
            batch[place] = _fact(item, found.of(place, item), found, shelf)
        except Problem as problem:
            told[place] = problem
    business, now = items[0].call.caller.business, items[0].call.now
    answers = ledger.post(business, list(batch.values()), now=now) if batch else []
    claims.sign(business, _signed([items[place] for place in batch], answers))
    wishes.given_many(_handed_over([items[place] for place in batch], answers), at=now)
    for place, answer in zip(batch, answers, strict=True):
        told[place] = refused(answer, items[place].pointer) or answer
    return [told[place] for place in range(len(items))]


def _signed(items: Sequence[Item], answers: Sequence[Answer]) -> list[tuple[str, int, int]]:
    """Who handed in what came under a reference of its own, so that the journal tells."""
    return [
        (_door(item.call.caller), answer.customer, answer.event)
        for item, answer in zip(items, answers, strict=True)
        if item.call.caller.staff is not None and item.body.reference is not None
        if not answer.duplicate and answer.event and answer.refused != claims.CONFLICT
    ]


def _door(caller: Caller) -> str:
    """The source that stands for somebody who works here."""
    return f"{'owner' if caller.scope == 'owner' else 'counter'}:{caller.staff}"


def _handed_over(items: Sequence[Item], answers: Sequence[Answer]) -> list[tuple[int, str, int]]:
    """What members who wait for it on their card's screen have been given just now, by staff."""
    handed = []
    for item, answer in zip(items, answers, strict=True):
        if answer.refused is not None or answer.duplicate or item.call.caller.scope == "member":
            continue
        if isinstance(answer.what, facts.Redemption):
            handed.append((answer.customer, answer.what.reward, 0))
        elif isinstance(answer.what, facts.VoucherUse):
            handed.append((answer.customer, "", answer.what.voucher))
    return handed


def _fact(item: Item, customer: int, found: looking.Found, shelf: books.Shelf) -> Fact:
    caller, body = item.call.caller, item.body
    place = Place(item.pointer, caller, shelf)
    what = body.what(found.named(item, customer), place)
    if caller.partner and hasattr(what, "partner"):
        what = structs.replace(what, partner=caller.partner)
    source, reference = looking.name(item) or ("", "")
    if not reference and caller.staff is not None:
        source, reference = _door(caller), f"api {secrets.token_hex(8)}"
    return Fact(
        customer=customer,
        at=(body.at or item.call.now).astimezone(UTC),  # so is a repeat answered
        what=what,
        source=source,
        reference=reference,
        said=body.said() if reference else b"",
    )
