"""Causes: what members gave, what was paid out, and a report that balances to the cent."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from habitue.api import calls, days, paying, problems
from habitue.api.paying import NewLine, PaymentShown, Signed
from habitue.api.routing import operation
from habitue.api.terms import Title
from habitue.api.values import Currency, Given, Said
from habitue.ledger import giving
from habitue.ledger.giving import Running

CauseName = Annotated[str, Meta(max_length=60, description="The cause's id in the program.")]


class CauseShown(Given, frozen=True, kw_only=True):
    """A cause with its running total, in minor units."""

    id: str
    title: Title
    currency: Currency
    given: Annotated[int, Meta(description="By members, at the worth of what they gave.")]
    paid: Annotated[int, Meta(description="What it received.")]
    outstanding: Annotated[int, Meta(description="What it has not received yet.")]
    givers: Annotated[int, Meta(description="How many members gave.")]


class CauseList(Struct, frozen=True, kw_only=True):
    """Every cause of any version of the program."""

    items: list[CauseShown]


class CauseReport(Given, frozen=True, kw_only=True):
    """A cause over a half-open span of days: `closing` = `opening` + `given` - payouts."""

    id: str
    since: date
    until: date
    currency: Currency
    opening: Signed
    given: Signed
    gifts: Annotated[int, Meta(description="How often members gave.")]
    payouts: Annotated[list[PaymentShown], Meta(description="Money is negative: it went out.")]
    closing: Signed


class NewPayout(NewLine, frozen=True, kw_only=True):
    """Money that a cause has received; never more than is outstanding."""


class OfCause(Said, frozen=True, kw_only=True):
    """Which cause."""

    cause: CauseName


class AskedSpan(Said, frozen=True, kw_only=True):
    """A half-open span of local days."""

    since: Annotated[date, Meta(description="Its first day.")]
    until: Annotated[date, Meta(description="The day after its last.")]


@operation("GET", "/causes", may=calls.READERS, summary="Causes and what was given to them")
def find(call: calls.Call) -> CauseList:
    """With what they received, and what is outstanding."""
    return CauseList(items=[_shown(call, one) for one in giving.running(call.caller.business)])


@operation("GET", "/causes/{cause}", may=calls.READERS, summary="A cause's running total")
def show(call: calls.Call, where: OfCause) -> CauseShown:
    """What members gave so far, and what it received."""
    return _shown(call, _running(call, where))


@operation("GET", "/causes/{cause}/report", may=calls.ANALYSTS, summary="A cause over some days")
def report(call: calls.Call, where: OfCause, asked: AskedSpan) -> CauseReport:
    """It balances to the cent with the ledger."""
    since, until = days.span(call, asked.since, asked.until)
    name = _running(call, where).cause
    found = giving.report(call.caller.business, name, since=since, until=until)
    return CauseReport(
        id=name,
        since=since,
        until=until,
        currency=found.currency,
        opening=found.opening,
        given=found.given,
        gifts=found.gifts,
        payouts=[paying.shown(one) for one in found.payouts],
        closing=found.closing,
    )


@operation(
    "POST",
    "/causes/{cause}/payouts",
    may=calls.OWNERS,
    status=201,
    summary="Write down that a cause received money",
)
def pay(call: calls.Call, where: OfCause, body: NewPayout) -> PaymentShown:
    """Once per reference, and never more than is outstanding: otherwise a 409 says what is left."""
    name = _running(call, where).cause
    return paying.paid(call, "cause", name, body, money=-body.money)


def _running(call: calls.Call, where: OfCause) -> Running:
    for one in giving.running(call.caller.business):
        if one.cause == where.cause:
            return one
    raise problems.unknown("cause")


def _shown(call: calls.Call, of: Running) -> CauseShown:
    return CauseShown(
        id=of.cause,
        title=of.title,
        currency=call.shelf.currency,
        given=of.given,
        paid=of.paid,
        outstanding=of.outstanding,
        givers=of.givers,
    )
