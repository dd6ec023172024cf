"""The business that a credential opens."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from habitue.api import calls
from habitue.api.routing import operation
from habitue.api.values import Currency, Given, Id


class Unit(Given, frozen=True, kw_only=True):
    """A unit of the program: how its amounts are written, and what one is worth to a customer."""

    id: str
    decimals: int


class BusinessShown(Given, frozen=True, kw_only=True):
    """A business. Days begin at midnight in `timezone`."""

    id: Id
    slug: str
    name: str
    country: Annotated[str, Meta(description="ISO 3166, two letters.")]
    currency: Currency
    timezone: str
    language: str
    units: list[Unit]


@operation("GET", "/business", may=calls.EVERYBODY, summary="The business of this credential")
def show(call: calls.Call) -> BusinessShown:
    """Its currency, time zone, and the units its program counts in, with their decimals."""
    one = call.business
    return BusinessShown(
        id=str(one.pk),
        slug=one.slug,
        name=one.name,
        country=one.country,
        currency=one.currency,
        timezone=one.timezone,
        language=one.language,
        units=[
            Unit(id=unit.id, decimals=unit.decimals)
            for unit in call.shelf.book.latest.program.units
        ],
    )
