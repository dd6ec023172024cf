"""The catalogue: what can be had for units, and what comes by itself."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from habitue.api import calls, problems, terms
from habitue.api.routing import operation
from habitue.api.terms import RewardShown
from habitue.api.values import Said
from habitue.core import conditions
from habitue.core.program import Program
from habitue.ledger import books


class OfReward(Said, frozen=True, kw_only=True):
    """Which reward."""

    reward: Annotated[str, Meta(max_length=60, description="Its id in the program.")]


class AskedRewards(Said, frozen=True, kw_only=True):
    """Which rewards."""

    every: Annotated[
        bool, Meta(description="Also those that cannot be had today: over, or not begun.")
    ] = False


class Rewards(Struct, frozen=True, kw_only=True):
    """The catalogue, in the order of the program."""

    items: list[RewardShown]


@operation("GET", "/rewards", may=calls.EVERYBODY, summary="The catalogue of rewards")
def find(call: calls.Call, asked: AskedRewards) -> Rewards:
    """Of the program in force. What one member can have now says their own page (`/customers`)."""
    of = _program(call)
    today = books.local_day(call.now, call.shelf.zone)
    found = terms.rewards(of, call.caller.business, on=today)
    shown = zip(found, of.rewards, strict=True)
    return Rewards(
        items=[
            one for one, source in shown if asked.every or conditions.in_dates(source.dates, today)
        ]
    )


@operation("GET", "/rewards/{reward}", may=calls.EVERYBODY, summary="One reward")
def show(call: calls.Call, where: OfReward) -> RewardShown:
    """Also one that cannot be had today."""
    today = books.local_day(call.now, call.shelf.zone)
    for one in terms.rewards(_program(call), call.caller.business, on=today):
        if one.id == where.reward:
            return one
    raise problems.unknown("reward")


def _program(call: calls.Call) -> Program:
    return call.shelf.book.on(books.local_day(call.now, call.shelf.zone)).program
