"""Balances corrected by hand, exactly, with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from habitue.api import calls, posting, told
from habitue.api.problems import Problem
from habitue.api.replies import Reply
from habitue.api.routing import operation
from habitue.api.taking import NewAdjustment
from habitue.api.told import EventTold


@operation(
    "POST",
    "/adjustments",
    may=calls.OWNERS,
    status=201,
    plural=True,
    body=NewAdjustment,
    answers=EventTold,
    problems=(404,),
    summary="Correct a balance",
    example={
        "customer": "external:alice",
        "unit": "stars",
        "amount": "2.5",
        "reason": "The card was forgotten on Monday.",
        "source": "desk",
        "reference": "A-2001",
    },
)
def correct(asked: Sequence[calls.Asked]) -> list[Struct | Reply | Problem]:
    """Give or take an exact amount of a unit; the reason stays beside it for ever.

    What is taken must be there. Units brought along from another program may keep their days.
    """
    return posting.answered(asked, told.event)
