"""Partners: where they stand, their months, what is paid. A partner sees its own part alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, structs

from habitue.api import calls, paging, paying, problems, values
from habitue.api.paying import NewLine, PaymentShown, Signed
from habitue.api.routing import operation
from habitue.api.terms import Title
from habitue.api.values import Amount, Currency, Given, Id, Said
from habitue.core import describing
from habitue.ledger import payments, settlement
from habitue.ledger.settlement import Balance, Movement, Statement
from habitue.members.callers import Scope

_MAY: Final = frozenset[Scope]({"owner", "read", "partner"})

PartnerName = Annotated[str, Meta(max_length=60, description="The partner's id in the program.")]
MonthName = Annotated[
    str,
    Meta(
        pattern=values.whole("(19[7-9][0-9]|2[0-9]{3})-(0[1-9]|1[0-2])"),
        description="A month.",
        examples=["2026-03"],
    ),
]


class PartnerShown(Given, frozen=True, kw_only=True):
    """A partner, and where it stands now."""

    id: str
    title: Title
    account: Annotated[
        Literal["post-paid", "prepaid"], Meta(description="Whether it pays afterwards or ahead.")
    ]
    issuing: Annotated[str, Meta(description="What it owes for a unit given there, in money.")]
    redeeming: Annotated[str, Meta(description="What it is owed for a unit spent there.")]
    currency: Currency
    owes: Annotated[int, Meta(description="Minor units; negative: it is owed so much.")]
    left: Annotated[int | None, Meta(description="What is left of what it paid ahead.")]


class PartnerList(Struct, frozen=True, kw_only=True):
    """Every partner that any version of the program names; for a partner's key, itself."""

    items: list[PartnerShown]


class MonthShown(Given, frozen=True, kw_only=True):
    """A month in sums: `closing` = `opening` + `issued` - `redeemed` - `paid`.

    In minor units; a balance is positive when the partner owes.
    """

    month: MonthName
    currency: Currency
    opening: Signed
    issued: Signed
    redeemed: Signed
    paid: Signed
    closing: Signed


class UnitsMoved(Given, frozen=True, kw_only=True):
    """Units of one kind in a month, and the money (minor units) that goes with them."""

    unit: str
    issued: Amount
    issued_money: Signed
    redeemed: Amount
    redeemed_money: Signed


class StatementShown(MonthShown, frozen=True, kw_only=True):
    """A month with its units and payments."""

    units: list[UnitsMoved]
    payments: list[PaymentShown]


class MovementShown(Given, frozen=True, kw_only=True):
    """What one event changed; it names no member."""

    day: date
    event: Id
    unit: str
    units: Annotated[Amount, Meta(description="Negative: taken back.")]
    money: Signed
    kind: Annotated[Literal["issued", "redeemed"], Meta(description="Given there, or spent there.")]


class NewPartnerPayment(NewLine, frozen=True, kw_only=True):
    """Money that has passed between the business and a partner, to be written down."""

    direction: Annotated[
        Literal["in", "out"], Meta(description="`in`: the partner paid the business.")
    ]


class OfPartner(Said, frozen=True, kw_only=True):
    """Which partner."""

    partner: PartnerName


class OfMonth(OfPartner, frozen=True, kw_only=True):
    """Which month of which partner."""

    month: MonthName


@operation("GET", "/partners", may=_MAY, summary="Where every partner stands")
def find(call: calls.Call) -> PartnerList:
    """In the order of the program; a partner's own credential sees itself alone."""
    found = settlement.balances(call.caller.business)
    mine = [
        one for one in found if call.caller.scope != "partner" or one.partner == call.caller.partner
    ]
    return PartnerList(items=[_partner(call, one) for one in mine])


@operation("GET", "/partners/{partner}", may=_MAY, summary="Where a partner stands")
def show(call: calls.Call, where: OfPartner) -> PartnerShown:
    """What it owes or is owed now."""
    name = _name(call, where)
    found = settlement.balances(call.caller.business)
    return next(_partner(call, one) for one in found if one.partner == name)


@operation(
    "GET", "/partners/{partner}/statements", may=_MAY, summary="A partner's months, newest first"
)
def statements(call: calls.Call, where: OfPartner, asked: paging.Paged) -> paging.Page[MonthShown]:
    """Every month from the first in which anything happened to the last."""
    name = _name(call, where)
    found = settlement.statements(call.caller.business, name)[::-1]
    if position := paging.position(asked.cursor):
        found = [one for one in found if one.month.toordinal() < position[0]]
    return paging.page(
        found[: asked.limit + 1], asked.limit, _month, lambda one: [one.month.toordinal()]
    )


@operation(
    "GET", "/partners/{partner}/statements/{month}", may=_MAY, summary="A partner's statement"
)
def statement(call: calls.Call, where: OfMonth) -> StatementShown:
    """One month, as recorded by now: an event that arrives late still changes its month."""
    name, month = _name(call, where), _first(where)
    return _statement(call, settlement.statement(call.caller.business, name, month))


@operation(
    "GET",
    "/partners/{partner}/statements/{month}/movements",
    may=_MAY,
    summary="What a statement is made of",
)
def movements(call: calls.Call, where: OfMonth, asked: paging.Paged) -> paging.Page[MovementShown]:
    """Event by event, in the order of days."""
    name, decimals = _name(call, where), _decimals(call)
    order = _order(name, list(decimals))
    after = (date.min, 0, "")
    if position := paging.position(asked.cursor, 3):
        day, event, place = position
        if not (0 < day < date.max.toordinal() and 0 <= place < len(order)):
            raise problems.wrong("/query/cursor", "This cursor is from no page.")
        after = (date.fromordinal(day), event, order[place])
    found = settlement.detail(
        call.caller.business, name, _first(where), after=after, limit=asked.limit + 1
    )

    def shown(one: Movement) -> MovementShown:
        return MovementShown(
            day=one.day,
            event=str(one.event),
            unit=one.unit,
            units=values.written(one.units, decimals[one.unit]),
            money=one.money,
            kind="issued" if one.issued else "redeemed",
        )

    def position_of(one: Movement) -> list[int]:
        tally = settlement.name_of(name, one.unit, issued=one.issued)
        return [one.day.toordinal(), one.event, order.index(tally)]

    return paging.page(list(found), asked.limit, shown, position_of)


@operation(
    "POST",
    "/partners/{partner}/payments",
    may=calls.OWNERS,
    status=201,
    summary="Write down a payment from or to a partner",
    example={"direction": "in", "money": 2500, "day": "2026-03-31", "reference": "bank-2026-03"},
)
def pay(call: calls.Call, where: OfPartner, body: NewPartnerPayment) -> PaymentShown:
    """Once per reference; a mistake is corrected by another payment the other way."""
    name = _name(call, where)
    sign = 1 if body.direction == "in" else -1
    return paying.paid(call, "partner", name, body, money=sign * body.money)


def _name(call: calls.Call, where: OfPartner) -> str:
    """The partner of an address, if the program names it and the caller may see it."""
    known = payments.known(call.caller.business, "partner", where.partner)
    if not known or (call.caller.scope == "partner" and where.partner != call.caller.partner):
        raise problems.unknown("partner")
    return where.partner


def _first(where: OfMonth) -> date:
    return date.fromisoformat(f"{where.month}-01")


def _order(partner: str, units: Sequence[str]) -> list[str]:
    """The partner's tallies, in the order of their names."""
    return sorted(
        settlement.name_of(partner, unit, issued=issued)
        for unit in units
        for issued in (True, False)
    )


def _decimals(call: calls.Call) -> dict[str, int]:
    return {unit.id: unit.decimals for unit in call.shelf.book.latest.program.units}


def _partner(call: calls.Call, of: Balance) -> PartnerShown:
    version, terms = next(
        (version, one)
        for version in reversed(call.shelf.programs)
        for one in version.partners
        if one.id == of.partner
    )
    written = next(one for one in describing.plain(version)["partners"] if one["id"] == of.partner)
    return PartnerShown(
        id=of.partner,
        title=terms.title,
        account=terms.account,
        issuing=written.get("issuing", "0"),
        redeeming=written.get("redeeming", "0"),
        currency=call.shelf.currency,
        owes=of.owes,
        left=of.left,
    )


def _month(one: Statement) -> MonthShown:
    return MonthShown(
        month=f"{one.month:%Y-%m}",
        currency=one.currency,
        opening=one.opening,
        issued=one.issued,
        redeemed=one.redeemed,
        paid=one.paid,
        closing=one.closing,
    )


def _statement(call: calls.Call, one: Statement) -> StatementShown:
    decimals = _decimals(call)
    return StatementShown(
        **structs.asdict(_month(one)),
        units=[
            UnitsMoved(
                unit=line.unit,
                issued=values.written(line.issued, decimals[line.unit]),
                issued_money=line.issued_money,
                redeemed=values.written(line.redeemed, decimals[line.unit]),
                redeemed_money=line.redeemed_money,
            )
            for line in one.units
        ],
        payments=[paying.shown(each) for each in one.payments],
    )
