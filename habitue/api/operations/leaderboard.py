"""The leaderboard, where the program has one: the order of members by what they earned."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta

from habitue.api import calls, problems, values
from habitue.api.routing import operation
from habitue.api.values import Given, Id, Said
from habitue.ledger import leaderboard


class AskedPlaces(Said, frozen=True, kw_only=True):
    """Which places."""

    limit: Annotated[int, Meta(ge=1, le=1_000, description="How many at most.")] = 100


class PlaceShown(Given, frozen=True, kw_only=True):
    """A member's place, from 1; who earned the same shares it."""

    place: int
    customer: Id
    amount: Annotated[str, Meta(description="What was earned, less what came back.")]


class BoardShown(Given, frozen=True, kw_only=True):
    """The places of the period that is now, through `last_on`."""

    unit: str
    since: date
    last_on: date
    items: list[PlaceShown]


@operation(
    "GET",
    "/leaderboard",
    may=calls.ANALYSTS,
    problems=(404,),
    summary="Who earned most in this period",
)
def show(call: calls.Call, asked: AskedPlaces) -> BoardShown:
    """A figure, not a promise: what comes back changes it."""
    found = leaderboard.board(call.caller.business, now=call.now, limit=asked.limit)
    if found is None:
        raise problems.unknown("leaderboard")
    source = call.shelf.book.latest.program
    decimals = source.units[source.unit_index(found.unit)].decimals
    return BoardShown(
        unit=found.unit,
        since=found.since,
        last_on=found.last_on,
        items=[
            PlaceShown(
                place=one.place,
                customer=str(one.customer),
                amount=values.written(one.amount, decimals),
            )
            for one in found.places
        ],
    )
