"""The business that a credential opens, and what may be changed of it."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Final, Literal

from django.db import transaction
from msgspec import UNSET, Meta, UnsetType

from habitue.api import calls, problems, values
from habitue.api.routing import operation
from habitue.api.values import Currency, Given, Id, Name, Said
from habitue.members import journal
from habitue.members.models import Business
from habitue.metrics import asked

Language = Literal["fr", "it", "en"]
Kind = Literal[
    "cafe",
    "bakery",
    "restaurant",
    "hairdresser",
    "beauty",
    "fitness",
    "shop",
    "online",
    "other",
]
QuietFrom = Annotated[
    str,
    Meta(
        pattern=values.whole("([01][0-9]|2[0-3]):[0-5][0-9]"),
        description="From then until `quiet_until` nobody is written to, by their own clock.",
        examples=["21:00"],
    ),
]
QuietUntil = Annotated[
    str,
    Meta(
        pattern=values.whole("([01][0-9]|2[0-3]):[0-5][0-9]"),
        description="The end of the quiet hours; another minute than `quiet_from`.",
        examples=["08:00"],
    ),
]
WindowDays = Annotated[
    int,
    Meta(
        ge=1,
        le=asked.LONGEST_WINDOW,
        description="So many days does a purchase make somebody a customer, in all figures; null:"
        " the business's own rhythm.",
    ),
]
PrintedCards = Annotated[
    bool, Meta(description="Whether cards are accepted whose code is printed and never changes.")
]


class Unit(Given, frozen=True, kw_only=True):
    """A unit of the program: how its amounts are written, and what one is worth to a customer."""

    id: str
    decimals: int


class BusinessShown(Given, frozen=True, kw_only=True):
    """A business. Days begin at midnight in `timezone`."""

    id: Id
    slug: Annotated[str, Meta(description="Its part of the addresses of its pages.")]
    name: str
    kind: Annotated[str, Meta(description="What kind of shop it is.", examples=["cafe"])]
    country: Annotated[str, Meta(description="ISO 3166, two letters.")]
    currency: Currency
    timezone: Annotated[str, Meta(examples=["Europe/Paris"])]
    language: Annotated[str, Meta(description="Of its posters; customers have their own.")]
    quiet_from: QuietFrom
    quiet_until: QuietUntil
    window_days: WindowDays | None
    printed_cards: PrintedCards
    units: list[Unit]


class BusinessChange(Said, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays.

    Country, currency and time zone cannot be changed: the ledger counts in them.
    """

    name: Name | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    quiet_from: QuietFrom | UnsetType = UNSET
    quiet_until: QuietUntil | UnsetType = UNSET
    window_days: WindowDays | UnsetType | None = UNSET
    printed_cards: PrintedCards | UnsetType = UNSET


_TIMES: Final = ("quiet_from", "quiet_until")


@operation("GET", "/business", may=calls.EVERYBODY, summary="The business of this credential")
def show(call: calls.Call) -> BusinessShown:
    """Its currency, time zone, and the units its program counts in, with their decimals."""
    return _shown(call, call.business)


@operation(
    "PATCH",
    "/business",
    may=calls.OWNERS,
    problems=(412,),
    summary="Change settings of the business",
    example={"language": "it", "quiet_from": "20:00", "window_days": 60},
)
def change(call: calls.Call, body: BusinessChange) -> BusinessShown:
    """The journal keeps which settings were changed, and through which key."""
    wanted = _wanted(body)
    with transaction.atomic():
        business = Business.objects.select_for_update(no_key=True).get(pk=call.caller.business)
        call.fits(_shown(call, business))
        changed = {name: to for name, to in wanted.items() if getattr(business, name) != to}
        for name, value in changed.items():
            setattr(business, name, value)
        if business.quiet_from == business.quiet_until:
            raise problems.wrong("/body/quiet_until", "Both times are the same: choose another.")
        if changed:
            business.save(update_fields=list(changed))
            what = {"changed": " ".join(sorted(changed)), "through": call.caller.name}
            journal.write(business, "settings", at=call.now, staff=call.staff, what=what)
    return _shown(call, business)


def _wanted(body: BusinessChange) -> dict[str, Any]:
    """What was sent, as the table has it."""
    given = {name: getattr(body, name) for name in body.__struct_fields__}
    wanted = {name: value for name, value in given.items() if value is not UNSET}
    name = wanted.get("name", "-")
    if not name.strip() or not name.isprintable():
        raise problems.wrong("/body/name", "A name has ordinary letters.")
    for one in _TIMES:
        if one in wanted:
            wanted[one] = time.fromisoformat(wanted[one])
    return wanted


def _shown(call: calls.Call, one: Business) -> BusinessShown:
    return BusinessShown(
        id=str(one.pk),
        slug=one.slug,
        name=one.name,
        kind=one.kind,
        country=one.country,
        currency=one.currency,
        timezone=one.timezone,
        language=one.language,
        quiet_from=f"{one.quiet_from:%H:%M}",
        quiet_until=f"{one.quiet_until:%H:%M}",
        window_days=one.window_days,
        printed_cards=one.printed_cards,
        units=[
            Unit(id=unit.id, decimals=unit.decimals)
            for unit in call.shelf.book.latest.program.units
        ],
    )
