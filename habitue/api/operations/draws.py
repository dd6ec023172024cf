"""Draws by commit and reveal: what is promised, published, and proved; opened, closed, revealed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from habitue.api import calls, days, paging, problems, terms
from habitue.api.routing import operation
from habitue.api.terms import GiftTerms, Title
from habitue.api.values import Cents, Given, Id, Instant, Said
from habitue.core.facts import Refused
from habitue.core.program import Draw, Program
from habitue.ledger import draws
from habitue.ledger.draws import Claim, Period

DrawName = Annotated[str, Meta(max_length=60, description="The draw's id in the program.")]
Hex = Annotated[str, Meta(description="Hexadecimal digits.")]
PeriodState = Annotated[
    Literal["coming", "running", "over", "closed", "revealed"],
    Meta(description="`over` waits to be closed, `closed` to be revealed."),
]


class PrizeTerms(Given, frozen=True, kw_only=True):
    """A prize as the program has it now; `pieces` null: as many as the odds ask."""

    gift: GiftTerms
    pieces: int | None
    worth: Annotated[Cents, Meta(description="Of one piece, in minor units.")]


class DrawShown(Given, frozen=True, kw_only=True):
    """A draw of the program in force."""

    id: str
    title: Title
    every: Annotated[str, Meta(description="How often it is drawn.", examples=["week"])]
    when: Annotated[str, Meta(description="What brings entries; empty: only rewards.")]
    entries: Annotated[int, Meta(description="So many entries each time.")]
    limit: Annotated[int | None, Meta(description="So many at most per member and period.")]
    odds: Annotated[str, Meta(description="At least this share wins.", examples=["1/4"])]
    seats: Annotated[int | None, Meta(description="Room for so many entrants; null: for all.")]
    prizes: list[PrizeTerms]


class DrawList(Given, frozen=True, kw_only=True):
    """The draws of the program in force."""

    allowed: Annotated[
        bool,
        Meta(description="Whether the owner has confirmed the country's rules for draws."),
    ]
    items: list[DrawShown]


class PeriodShown(Given, frozen=True, kw_only=True):
    """One period of a draw, from `starts_on` to before `until`."""

    draw: str
    starts_on: date
    until: date
    state: PeriodState
    opened_at: Instant
    closed_at: Instant | None
    revealed_at: Instant | None
    commitment: Annotated[Hex, Meta(description="SHA-256 of the secret, published beforehand.")]
    tickets: Annotated[int, Meta(description="How many entrants the published list has.")]


class PromisedPrize(Given, frozen=True, kw_only=True):
    """A prize as it was promised when the period was opened."""

    name: str
    pieces: int | None
    worth: Cents


class WinnerShown(Given, frozen=True, kw_only=True):
    """A ticket and the number of the prize it wins, from 0."""

    ticket: Hex
    prize: int


class ProofShown(Given, frozen=True, kw_only=True):
    """All that is published of a period: whoever has it can compute the winners (docs/draws.md).

    `tickets` come when it is closed, `secret` and `winners` when it is revealed.
    """

    draw: str
    period: date
    commitment: Hex
    odds: str
    prizes: list[PromisedPrize]
    limit: int | None
    tickets: Annotated[str, Meta(description="A line `CODE ENTRIES` for each entrant.")]
    secret: str
    winners: list[WinnerShown]


class PrizeClaim(Given, frozen=True, kw_only=True):
    """What became of a prize; the best place first."""

    customer: Id
    ticket: Hex
    prize: int
    name: str
    state: Annotated[
        Literal["waiting", "claimed", "unclaimed", "void"],
        Meta(description="`unclaimed`: too late; `void`: the winner's entry came back before."),
    ]
    until: Annotated[date | None, Meta(description="Its last day to be claimed.")]


class Claims(Struct, frozen=True, kw_only=True):
    """The prizes of a revealed period; empty before."""

    items: list[PrizeClaim]


class DrawPermission(Said, frozen=True, kw_only=True):
    """The owner's word that draws are lawful where the business is."""

    looked_up: Annotated[
        Literal[True],
        Meta(description="The country's rules for draws were looked up, and are kept."),
    ]


class DrawsAllowed(Given, frozen=True, kw_only=True):
    """Draws are on; `opened` periods were committed to at once."""

    country: str
    opened: int


class NewPeriod(Said, frozen=True, kw_only=True):
    """Which period of a draw is to be opened: the one that holds a day."""

    day: date


class OfDraw(Said, frozen=True, kw_only=True):
    """Which draw."""

    draw: DrawName


class OfPeriod(OfDraw, frozen=True, kw_only=True):
    """Which period, by its first day."""

    day: date


@operation("GET", "/draws", may=calls.EVERYBODY, summary="The draws of the program")
def find(call: calls.Call) -> DrawList:
    """With their odds and prizes."""
    of = call.shelf.book.on(days.today(call)).program
    return DrawList(
        allowed=draws.are_allowed(call.caller.business), items=[_draw(of, one) for one in of.draws]
    )


@operation(
    "POST",
    "/draws/permission",
    may=calls.OWNERS,
    summary="Confirm the country's rules for draws",
    example={"looked_up": True},
)
def permit(call: calls.Call, body: DrawPermission) -> DrawsAllowed:
    """Kept for ever, with whose credential it was. Periods that can be opened are opened now."""
    business = call.business
    by = call.staff.name if call.staff else f"key {call.caller.name}"
    refused = draws.confirm(business.pk, country=business.country, by=by, now=call.now)
    if refused is not None:
        raise problems.conflict(refused)
    opened = draws.open_due(business.pk, now=call.now)
    return DrawsAllowed(country=business.country, opened=opened)


@operation("GET", "/draws/{draw}/periods", may=calls.EVERYBODY, summary="The periods of a draw")
def periods(call: calls.Call, where: OfDraw, asked: paging.Paged) -> paging.Page[PeriodShown]:
    """Those that were opened, the newest first."""
    found = draws.periods(call.caller.business, where.draw)
    if not found and where.draw not in _names(call):
        raise problems.unknown("draw")
    if position := paging.position(asked.cursor):
        found = [one for one in found if one.starts_on.toordinal() < position[0]]
    return paging.page(
        found[: asked.limit + 1],
        asked.limit,
        lambda one: _period(call, one),
        lambda one: [one.starts_on.toordinal()],
    )


@operation(
    "POST",
    "/draws/{draw}/periods",
    may=calls.OWNERS,
    status=201,
    summary="Open a period of a draw",
)
def open_one(call: calls.Call, where: OfDraw, body: NewPeriod) -> PeriodShown:
    """Commit to a secret before anybody enters; again, the same commitment."""
    day = days.near(call, body.day, "/body/day")
    if where.draw not in _names(call):
        raise problems.unknown("draw")
    answer = draws.open_period(call.caller.business, where.draw, day, now=call.now)
    return _period(call, _done(answer))


@operation(
    "GET", "/draws/{draw}/periods/{day}", may=calls.EVERYBODY, summary="One period of a draw"
)
def show(call: calls.Call, where: OfPeriod) -> PeriodShown:
    """By its first day."""
    return _period(call, _one(call, where))


@operation(
    "GET",
    "/draws/{draw}/periods/{day}/proof",
    may=calls.EVERYBODY,
    summary="What was published of a period",
)
def proof(call: calls.Call, where: OfPeriod) -> ProofShown:
    """The same record that the public page has."""
    record = _one(call, where).record
    return ProofShown(
        draw=record.draw,
        period=record.period,
        commitment=record.commitment,
        odds=record.odds,
        prizes=[
            PromisedPrize(name=one.name, pieces=one.pieces, worth=one.worth)
            for one in record.prizes
        ],
        limit=record.limit,
        tickets=record.tickets,
        secret=record.secret,
        winners=[WinnerShown(ticket=one.ticket, prize=one.prize) for one in record.winners],
    )


@operation(
    "POST",
    "/draws/{draw}/periods/{day}/close",
    may=calls.OWNERS,
    summary="Close a period that is over",
)
def close(call: calls.Call, where: OfPeriod) -> PeriodShown:
    """Freeze and publish its tickets; again, the same."""
    period = _one(call, where)
    answer = draws.close(call.caller.business, period.draw, period.starts_on, now=call.now)
    return _period(call, _done(answer))


@operation(
    "POST",
    "/draws/{draw}/periods/{day}/reveal",
    may=calls.OWNERS,
    summary="Reveal a closed period",
)
def reveal(call: calls.Call, where: OfPeriod) -> PeriodShown:
    """Publish secret and winners, and give each winner the prize; again, the same."""
    period = _one(call, where)
    answer = draws.reveal(call.caller.business, period.draw, period.starts_on, now=call.now)
    return _period(call, _done(answer))


@operation(
    "GET",
    "/draws/{draw}/periods/{day}/claims",
    may=calls.ANALYSTS,
    summary="What became of the prizes",
)
def claims(call: calls.Call, where: OfPeriod) -> Claims:
    """Who won what, and whether it was claimed."""
    one = _one(call, where)
    found = draws.claimed(call.caller.business, one.draw, one.starts_on, now=call.now)
    return Claims(items=[_claim(each) for each in found])


def _one(call: calls.Call, where: OfPeriod) -> Period:
    found = draws.one(call.caller.business, where.draw, where.day)
    if found is None:
        raise problems.unknown("period")
    return found


def _done(answer: Period | Refused) -> Period:
    if isinstance(answer, Refused):
        raise problems.conflict(answer)
    return answer


def _names(call: calls.Call) -> set[str]:
    return {one.id for version in call.shelf.programs for one in version.draws}


def _draw(of: Program, one: Draw) -> DrawShown:
    return DrawShown(
        id=one.id,
        title=one.title,
        every=one.every,
        when=one.when,
        entries=one.entries,
        limit=one.limit,
        odds=f"{one.odds.numerator}/{one.odds.denominator}",
        seats=one.seats,
        prizes=[
            PrizeTerms(gift=terms.gift(of, each.gift), pieces=each.pieces, worth=each.worth)
            for each in one.prizes
        ],
    )


def _period(call: calls.Call, one: Period) -> PeriodShown:
    return PeriodShown(
        draw=one.draw,
        starts_on=one.starts_on,
        until=one.until,
        state=_state(call, one),
        opened_at=one.opened_at,
        closed_at=one.closed_at,
        revealed_at=one.revealed_at,
        commitment=one.record.commitment,
        tickets=one.record.tickets.count("\n"),
    )


def _state(
    call: calls.Call, one: Period
) -> Literal["coming", "running", "over", "closed", "revealed"]:
    if one.revealed_at is not None:
        return "revealed"
    if one.closed_at is not None:
        return "closed"
    today = days.today(call)
    if today < one.starts_on:
        return "coming"
    return "over" if today >= one.until else "running"


def _claim(one: Claim) -> PrizeClaim:
    return PrizeClaim(
        customer=str(one.customer),
        ticket=one.ticket,
        prize=one.prize,
        name=one.name,
        state=one.state,
        until=one.until,
    )
