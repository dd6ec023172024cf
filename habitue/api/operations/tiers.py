"""The ladder of tiers, and the benefits that come with them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from habitue.api import calls, terms
from habitue.api.routing import operation
from habitue.api.terms import BenefitTerms, LevelShown
from habitue.api.values import Given
from habitue.core import describing
from habitue.ledger import books


class LadderShown(Given, frozen=True, kw_only=True):
    """The tiers, lowest first; every member has the first. Empty: the program has none."""

    levels: list[LevelShown]
    measure: Annotated[
        Literal["count", "balance"],
        Meta(description="What `needs` are of: counted in the window, or the usable balance."),
    ]
    window: Annotated[
        str, Meta(description="Over what time is counted.", examples=["calendar year"])
    ]
    kept: Annotated[
        str, Meta(description="How long a tier is kept.", examples=["rest of this and next year"])
    ]
    benefits: list[BenefitTerms]


@operation("GET", "/tiers", may=calls.EVERYBODY, summary="The ladder of tiers")
def show(call: calls.Call) -> LadderShown:
    """Of the program in force, with its benefits."""
    of = call.shelf.book.on(books.local_day(call.now, call.shelf.zone)).program
    said = describing.ladder(of)
    return LadderShown(
        levels=terms.levels(of),
        measure=of.tiers.measure if of.tiers else "count",
        window=said.get("window", ""),
        kept=said.get("kept", ""),
        benefits=terms.benefits(of),
    )
