"""Rewards that members take for their units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from msgspec import Meta, Struct

from habitue.api import calls, posting, told
from habitue.api.looking import Item
from habitue.api.problems import Problem
from habitue.api.replies import Reply
from habitue.api.routing import operation
from habitue.api.taking import NewRedemption
from habitue.api.told import EventTold
from habitue.api.values import Amount, written
from habitue.ledger import Answer, books
from habitue.members.callers import Scope

_TAKERS: Final = calls.TILLS | frozenset[Scope]({"partner", "member"})


class RedemptionTold(EventTold, frozen=True, kw_only=True):
    """What came of a redemption: its voucher stands in `vouchers`."""

    reward: str
    unit: Annotated[str, Meta(description="What it was taken for.")]
    cost: Amount


@operation(
    "POST",
    "/redemptions",
    may=_TAKERS,
    status=201,
    plural=True,
    body=NewRedemption,
    answers=RedemptionTold,
    problems=(404,),
    summary="Take a reward",
    example={
        "customer": "external:alice",
        "reward": "coffee",
        "source": "till",
        "reference": "R-2001",
    },
)
def take(asked: Sequence[calls.Asked]) -> list[Struct | Reply | Problem]:
    """A member takes a reward for units, and gets a voucher whose code a till accepts once.

    With `at_once` it is handed over now. Whoever has too little is refused (409, `insufficient`),
    and `values` says what is missing. A member's own token takes rewards for that member only.
    """
    return posting.answered(asked, _told)


def _told(item: Item, answer: Answer, shelf: books.Shelf) -> RedemptionTold:
    assert answer.cost is not None
    assert isinstance(item.body, NewRedemption)
    unit, cost = answer.cost
    return RedemptionTold(
        **told.fields(item, answer, shelf),
        reward=item.body.reward,
        unit=unit,
        cost=written(cost, told.decimals(shelf, unit)),
    )
