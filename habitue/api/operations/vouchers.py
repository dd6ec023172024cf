"""Vouchers: what a code is good for, and handing it in, once.

Whoever tries codes learns nothing: another business's or another customer's is answered like one
that never was, after the same work, and who misses often is sent away. A code of this business that
was used or has lapsed is no guess: tills are told what became of it, and it counts for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final

from django.db import transaction
from msgspec import Meta, Struct

from habitue.api import calls, posting, problems, sent, told
from habitue.api.looking import Item
from habitue.api.problems import Problem
from habitue.api.replies import Reply
from habitue.api.routing import operation
from habitue.api.taking import NewVoucherUse
from habitue.api.told import EventTold
from habitue.api.values import Given, Id, Said
from habitue.core import facts, vouchers
from habitue.ledger import Answer, books, held
from habitue.members import finding, limits

MISSES: Final = 60
"""Codes of nothing that one credential may try in an hour."""

_TRIED: Final = "voucher code"


class OfVoucher(Said, frozen=True, kw_only=True):
    """Which voucher."""

    code: Annotated[str, Meta(min_length=1, max_length=60)]


class VoucherShown(Given, frozen=True, kw_only=True):
    """A voucher; owners and members see theirs whatever became of it, others while it is good."""

    id: Id
    code: str
    reward: str
    customer: Id
    state: told.State
    issued_on: date
    expires_on: Annotated[date | None, Meta(description="The last good day; null: never.")]


class VoucherUsed(EventTold, frozen=True, kw_only=True):
    """What came of handing a voucher in."""

    reward: str
    choice: Annotated[int, Meta(description="Which of its gifts, from 0.")]


@operation(
    "GET",
    "/vouchers/{code}",
    may=calls.EVERYBODY,
    problems=(409,),
    summary="What a voucher is good for",
)
def show(call: calls.Call, where: OfVoucher) -> VoucherShown:
    """What a code is good for, as the till scanned it. Looking at it does not use it up.

    Tills and partners are shown good ones only; of one that was used, has lapsed or was cancelled
    they are told so (409). Everything else is 404, and after sixty such misses in an hour a
    credential is sent away (429).
    """
    refused = _refusal(call)
    if refused is not None:
        raise refused
    found = held.find_voucher(call.caller.business, where.code, now=call.now)
    today = finding.by_id(call.caller.business, [found.customer if found else 0])
    holder = today.get(found.customer) if found else None
    if found is None or holder is None or call.caller.customer not in (None, holder):
        limits.allow(_TRIED, call.caller.named, most=MISSES, at=call.now)
        raise problems.unknown("voucher")
    one = found.voucher
    if one.state != "issued" and call.caller.scope in sent.AT_TILLS - calls.ANALYSTS:
        raise _dated(call, found, problems.conflict(vouchers.spent(one.id, one.state)))
    return VoucherShown(
        id=str(one.id),
        code=one.code,
        reward=one.reward,
        customer=str(holder),
        state=told.state(one.state),
        issued_on=one.issued_on,
        expires_on=one.expires_on,
    )


@operation(
    "POST",
    "/vouchers/use",
    may=sent.AT_TILLS,
    status=201,
    plural=True,
    body=NewVoucherUse,
    answers=VoucherUsed,
    problems=(404,),
    summary="Hand a voucher in",
)
def use(asked: Sequence[calls.Asked]) -> list[Struct | Reply | Problem]:
    """The voucher is used up, once, whatever happens; undo the event if it was a mistake.

    One that was used, has lapsed or was cancelled is refused, and the refusal says which, to tills
    also when; a code that is nobody's is 404. Send a `source` and `reference`, or an idempotency
    key, to be able to repeat the request.
    """
    refused = {one.call.caller.named: _refusal(one.call) for one in asked}
    let_in = [one for one in asked if refused[one.call.caller.named] is None]
    with transaction.atomic():
        answered = iter(posting.answered(let_in, _told) if let_in else [])
        all_told = [refused[one.call.caller.named] or next(answered) for one in asked]
        for one, answer in zip(asked, all_told, strict=True):
            if isinstance(answer, Problem):
                _missed(one, answer)
    return all_told


def _missed(one: calls.Asked, problem: Problem) -> None:
    """Count a code of nothing; of one that was used, say when."""
    assert isinstance(one.body, NewVoucherUse)
    if problem.status == 404:
        limits.allow(_TRIED, one.call.caller.named, most=MISSES, at=one.call.now)
    elif problem.code.startswith("voucher_"):
        code, business = one.body.code, one.call.caller.business
        found = held.find_voucher(business, code, now=one.call.now)
        if found is not None:
            _dated(one.call, found, problem)


def _dated(call: calls.Call, found: held.Held, problem: Problem) -> Problem:
    """The same, with the moment where the caller may know it: a partner is told no more than that
    the voucher is good no more.
    """
    if call.caller.partner:
        return problem
    if problem.code == "voucher_redeemed" and (used := held.used_at(found)) is not None:
        zone = books.shelf(call.caller.business).zone
        problem.values = {**problem.values, "at": used.astimezone(zone).isoformat("T", "seconds")}
        moment = f"{used.astimezone(zone):%Y-%m-%d at %H:%M}"
        problem.detail = f"This voucher was used already, on {moment}."
    elif problem.code == "voucher_expired" and found.voucher.expires_on is not None:
        problem.values = {**problem.values, "expired_on": found.voucher.expires_on.isoformat()}
        problem.detail = f"This voucher has expired; its last day was {found.voucher.expires_on}."
    return problem


def _told(item: Item, answer: Answer, shelf: books.Shelf) -> VoucherUsed:
    used = answer.what
    assert isinstance(used, facts.VoucherUse)
    return VoucherUsed(**told.fields(item, answer, shelf), reward=used.reward, choice=used.choice)


def _refusal(call: calls.Call) -> Problem | None:
    """Why a credential may try no more codes in this hour."""
    if limits.tried(_TRIED, call.caller.named, at=call.now) < MISSES:
        return None
    return Problem(
        429,
        "too_many",
        "Too many codes that are no vouchers were tried here. Wait an hour.",
        headers=(("Retry-After", "3600"),),
    )
