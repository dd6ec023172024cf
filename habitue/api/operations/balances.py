"""What a customer holds: balances, lots, entries with their reasons, vouchers, tier, perks, draws.

Everything is right as of the moment it is asked, whether or not a sweep has run. Members ask the
same addresses with `me`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final

from msgspec import Meta

from habitue import ledger
from habitue.api import calls, paging, people, problems, terms, told, values
from habitue.api.people import OfCustomer
from habitue.api.routing import operation
from habitue.api.terms import Title, UnitAmount
from habitue.api.values import Amount, Cents, Given, Id, Instant
from habitue.core.drawing import Record
from habitue.core.program import Program
from habitue.ledger import LotLine, Standing, climbing, draws, explained, held
from habitue.ledger.perks import Membership
from habitue.members import survivors
from habitue.members.callers import Scope

MAY: Final = calls.READERS | frozenset[Scope]({"member"})
TICKETS: Final = 50


class Expiry(Given, frozen=True, kw_only=True):
    """What lapses after a day unless it is used."""

    last_on: Annotated[date, Meta(description="The last day on which it can be used.")]
    amount: Amount


class UnitBalance(Given, frozen=True, kw_only=True):
    """What a customer holds of one unit."""

    unit: str
    usable: Annotated[
        Amount, Meta(description="Can be spent now; below 0: what came back is owed.")
    ]
    pending: Annotated[Amount, Meta(description="Earned, and usable later.")]
    next_expiry: Annotated[Expiry | None, Meta(description="What lapses first, if anything.")]


class BalancesShown(Given, frozen=True, kw_only=True):
    """All balances of a customer, each unit of the program in its order."""

    customer: Id
    at: Instant
    units: list[UnitBalance]


class LotShown(Given, frozen=True, kw_only=True):
    """Units earned together."""

    id: Id
    unit: str
    original: Amount
    remaining: Amount
    earned_on: date
    active_on: Annotated[
        date | None, Meta(description="The first day of use; null: it awaits something.")
    ]
    awaits: Annotated[str, Meta(description="What must happen before it can be used.")]
    expires_on: Annotated[date | None, Meta(description="The last day of use; null: none set.")]


class EntryShown(Given, frozen=True, kw_only=True):
    """One line of the account: what changed, by which event, and why, in a sentence."""

    event: Id
    unit: str
    kind: Annotated[str, Meta(examples=["accrual"])]
    happened: Annotated[str, Meta(description="The kind of its event.", examples=["purchase"])]
    amount: Annotated[Amount, Meta(description="Above 0: given; below: taken.")]
    balance: Annotated[Amount, Meta(description="After it, with what is not usable yet.")]
    on: Annotated[date, Meta(description="The business's own day.")]
    at: Instant | None
    lot: Id
    source: Annotated[str | None, Meta(description="Under what its event was sent, if so.")]
    reference: str | None
    why: Annotated[str, Meta(description="A sentence for people, in English.")]


class VoucherHeld(Given, frozen=True, kw_only=True):
    """A voucher of a customer."""

    id: Id
    reward: str
    title: Title
    state: told.State
    code: Annotated[
        str | None, Meta(description="What a till accepts, once. Read scope is not told it.")
    ]
    issued_on: date
    expires_on: Annotated[date | None, Meta(description="The last good day; null: never.")]


class TierNotice(Given, frozen=True, kw_only=True):
    """The tier falls after a day unless more counts by then."""

    last_on: date
    missing: Annotated[list[UnitAmount], Meta(description="Empty: its term ends anyhow.")]


class TierShown(Given, frozen=True, kw_only=True):
    """Where a customer stands on the program's ladder."""

    tier: Annotated[str | None, Meta(description="Null: no member, or a program without tiers.")]
    until: Annotated[date | None, Meta(description="Its last day; null: no end is known.")]
    counted: Annotated[list[UnitAmount], Meta(description="What counts toward tiers today.")]
    next: Annotated[str | None, Meta(description="The tier above.")]
    missing: Annotated[
        list[list[UnitAmount]],
        Meta(description="What the next tier still lacks: any one of these sets is enough."),
    ]
    notice: Annotated[TierNotice | None, Meta(description="What to tell the member now.")]


class MembershipShown(Given, frozen=True, kw_only=True):
    """Paid membership; money in minor units of the business's currency."""

    holds: bool
    until: date | None
    trial: bool
    ending: Annotated[bool, Meta(description="It was cancelled and is not renewed.")]
    asked: Annotated[Cents | None, Meta(description="The next price; null: nothing more is due.")]
    back: Annotated[Cents, Meta(description="What cancelling now gives back.")]
    paid: Cents
    saved: Annotated[Cents, Meta(description="What benefits have saved since.")]


class BenefitHeld(Given, frozen=True, kw_only=True):
    """A benefit that holds for a member now."""

    id: str
    title: Title
    left: Annotated[int | None, Meta(description="Uses left; null: without a limit.")]


class PerksShown(Given, frozen=True, kw_only=True):
    """What a member may use beyond balances."""

    membership: Annotated[MembershipShown | None, Meta(description="Null: it costs nothing.")]
    benefits: list[BenefitHeld]


class EntriesHeld(Given, frozen=True, kw_only=True):
    """A member's entries in the running period of a draw."""

    draw: str
    title: Title
    starts_on: date
    last_on: date
    entries: int


class TicketHeld(Given, frozen=True, kw_only=True):
    """A member's ticket in a closed period, as the published list has it."""

    draw: str
    starts_on: date
    ticket: str
    won: Annotated[str | None, Meta(description="The prize's name; null: none, or not drawn yet.")]


class DrawsHeld(Given, frozen=True, kw_only=True):
    """A member's part in the draws."""

    running: list[EntriesHeld]
    tickets: Annotated[list[TicketHeld], Meta(description="The newest fifty.")]


class AskedLots(paging.Paged, frozen=True, kw_only=True):
    """Which lots."""

    unit: Annotated[str, Meta(max_length=60)] = ""
    open: Annotated[bool, Meta(description="Only those of which something is left.")] = False


class AskedEntries(paging.Paged, frozen=True, kw_only=True):
    """Which entries."""

    unit: Annotated[str, Meta(max_length=60)] = ""


class AskedVouchers(paging.Paged, frozen=True, kw_only=True):
    """Which vouchers."""

    state: told.State | None = None


@operation("GET", "/customers/{customer}/balances", may=MAY, summary="What a customer has")
def show(call: calls.Call, where: OfCustomer) -> BalancesShown:
    """Of each unit: what can be spent, what comes later, what lapses first."""
    customer = people.named(call, where).pk
    standing = ledger.standing(call.caller.business, customer, now=call.now)
    return BalancesShown(
        customer=str(customer),
        at=call.now,
        units=[_balance(call, unit.id, standing) for unit in _program(call).units],
    )


@operation(
    "GET", "/customers/{customer}/lots", may=MAY, summary="What was earned, and what is left of it"
)
def lots(call: calls.Call, where: OfCustomer, asked: AskedLots) -> paging.Page[LotShown]:
    """The newest first."""
    position = paging.position(asked.cursor)
    found = held.lots(
        call.caller.business,
        people.named(call, where).pk,
        now=call.now,
        before=position[0] if position else held.LATEST,
        unit=_known(call, asked.unit),
        only_open=asked.open,
        limit=asked.limit + 1,
    )
    return paging.page(found, asked.limit, lambda one: _lot(call, one), lambda one: [one.id])


@operation("GET", "/customers/{customer}/entries", may=MAY, summary="What changed, and why")
def entries(call: calls.Call, where: OfCustomer, asked: AskedEntries) -> paging.Page[EntryShown]:
    """Every line of the account, the newest first; also of customers who went over here."""
    customer = people.named(call, where).pk
    position = paging.position(asked.cursor, 3)
    page = explained.of_customers(
        call.caller.business,
        survivors.went_over([customer])[customer],
        before=(position[0], position[1], position[2]) if position else explained.LATEST,
        unit=_known(call, asked.unit),
        limit=asked.limit,
    )
    return paging.Page(
        items=[_entry(call, one) for one in page.lines],
        next=paging.cursor(*page.next) if page.next else None,
    )


@operation("GET", "/customers/{customer}/vouchers", may=MAY, summary="A customer's vouchers")
def vouchers(call: calls.Call, where: OfCustomer, asked: AskedVouchers) -> paging.Page[VoucherHeld]:
    """The newest first."""
    position = paging.position(asked.cursor)
    found = held.vouchers(
        call.caller.business,
        people.named(call, where).pk,
        now=call.now,
        before=position[0] if position else held.LATEST,
        states=[asked.state] if asked.state else (),
        limit=asked.limit + 1,
    )
    return paging.page(found, asked.limit, lambda one: _voucher(call, one), lambda one: [one.id])


@operation("GET", "/customers/{customer}/tier", may=MAY, summary="A customer's tier, and the next")
def tier(call: calls.Call, where: OfCustomer) -> TierShown:
    """What counts, until when the tier is held, and how far the next one is."""
    customer = people.named(call, where).pk
    found = climbing.climb(call.caller.business, customer, now=call.now)
    if found is None:
        return TierShown(tier=None, until=None, counted=[], next=None, missing=[], notice=None)
    notice = found.notice
    return TierShown(
        tier=found.level,
        until=found.until,
        counted=_amounts(call, found.counted),
        next=found.next,
        missing=[_amounts(call, way) for way in found.missing],
        notice=TierNotice(last_on=notice.until, missing=_amounts(call, notice.missing))
        if notice
        else None,
    )


@operation(
    "GET", "/customers/{customer}/perks", may=MAY, summary="A customer's membership and benefits"
)
def perks(call: calls.Call, where: OfCustomer) -> PerksShown:
    """What a member may use now beyond balances."""
    customer = people.named(call, where).pk
    standing = ledger.standing(call.caller.business, customer, now=call.now)
    if standing is None:
        return PerksShown(membership=None, benefits=[])
    of = standing.perks
    return PerksShown(
        membership=_membership(of.membership) if of.membership else None,
        benefits=[
            BenefitHeld(id=one.benefit.id, title=one.benefit.title, left=one.left)
            for one in of.benefits
        ],
    )


@operation("GET", "/customers/{customer}/draws", may=MAY, summary="A customer's part in draws")
def games(call: calls.Call, where: OfCustomer) -> DrawsHeld:
    """Entries in what runs now, tickets of what is closed, and what they won."""
    customer = people.named(call, where).pk
    standing = ledger.standing(call.caller.business, customer, now=call.now)
    whole = survivors.went_over([customer])[customer]
    tickets = draws.tickets_of(call.caller.business, whole, limit=TICKETS)
    return DrawsHeld(
        running=[
            EntriesHeld(
                draw=one.draw.id,
                title=one.draw.title,
                starts_on=one.starts_on,
                last_on=one.last_on,
                entries=one.entries,
            )
            for one in (standing.perks.draws if standing else ())
        ],
        tickets=[
            TicketHeld(
                draw=period.draw,
                starts_on=period.starts_on,
                ticket=ticket,
                won=_won(period.record, ticket),
            )
            for period, ticket in tickets
        ],
    )


def _program(call: calls.Call) -> Program:
    return call.shelf.book.latest.program


def _known(call: calls.Call, unit: str) -> str:
    """A unit that is asked for; 422 where the program has no such unit."""
    names = call.shelf.names
    if unit and unit not in names:
        sentence = f"There is no unit {unit!r}; there are: {', '.join(names)}."
        raise problems.wrong("/query/unit", sentence)
    return unit


def _text(call: calls.Call, unit: str, fixed: int) -> str:
    """An amount of a unit as it is answered."""
    program = _program(call)
    return values.written(fixed, program.units[program.unit_index(unit)].decimals)


def _amounts(call: calls.Call, found: Iterable[tuple[str, int]]) -> list[UnitAmount]:
    return [terms.amount(_program(call), unit, amount) for unit, amount in found]


def _balance(call: calls.Call, unit: str, standing: Standing | None) -> UnitBalance:
    usable, pending, next_expiry = 0, 0, None
    if standing is not None:
        usable, pending = standing.balances.get(unit, 0), standing.pending.get(unit, 0)
        next_expiry = _first_to_lapse(call, [lot for lot in standing.lots if lot.unit == unit])
    return UnitBalance(
        unit=unit,
        usable=_text(call, unit, usable),
        pending=_text(call, unit, pending),
        next_expiry=next_expiry,
    )


def _first_to_lapse(call: calls.Call, lots: list[LotLine]) -> Expiry | None:
    days = [lot.expires_on for lot in lots if lot.expires_on is not None]
    if not days:
        return None
    amount = sum(lot.remaining for lot in lots if lot.expires_on == min(days))
    return Expiry(last_on=min(days), amount=_text(call, lots[0].unit, amount))


def _lot(call: calls.Call, one: held.Piece) -> LotShown:
    return LotShown(
        id=str(one.id),
        unit=one.unit,
        original=_text(call, one.unit, one.original),
        remaining=_text(call, one.unit, one.remaining),
        earned_on=one.earned_on,
        active_on=one.active_on,
        awaits=one.awaits,
        expires_on=one.expires_on,
    )


def _entry(call: calls.Call, one: explained.Explained) -> EntryShown:
    line = one.entry
    return EntryShown(
        event=str(line.event),
        unit=line.unit,
        kind=line.kind,
        happened=line.happened,
        amount=_text(call, line.unit, line.amount),
        balance=_text(call, line.unit, line.balance),
        on=line.day,
        at=line.at,
        lot=str(line.lot),
        source=one.source or None,
        reference=one.reference or None,
        why=one.sentence,
    )


def _voucher(call: calls.Call, one: ledger.VoucherLine) -> VoucherHeld:
    reward = _program(call).reward(one.reward)
    return VoucherHeld(
        id=str(one.id),
        reward=one.reward,
        title=reward.title if reward else {},
        state=told.state(one.state),
        code=None if call.caller.scope == "read" else one.code,
        issued_on=one.issued_on,
        expires_on=one.expires_on,
    )


def _membership(one: Membership) -> MembershipShown:
    state = one.state
    return MembershipShown(
        holds=one.holds,
        until=ledger.answers.until(state.until) if state else None,
        trial=bool(state and state.trial),
        ending=bool(state and state.ending),
        asked=one.asked,
        back=one.back,
        paid=one.paid,
        saved=one.saved,
    )


def _won(record: Record, ticket: str) -> str | None:
    prizes = [record.prizes[one.prize].name for one in record.winners if one.ticket == ticket]
    return prizes[0] if prizes else None
