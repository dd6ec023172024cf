"""Draws by commit and reveal: opened before the first entry, closed when over, revealed once.

1. `open_period` keeps a secret and publishes its commitment, the prizes and the odds. It is refused
   once anybody has entered, and as long as the owner has not confirmed the country's rules.
2. `close`, when the period is over, freezes the tickets as the ledger has them then. What arrives
   or comes back afterwards changes them no more: who could still change the list could look for a
   list that wins.
3. `reveal` publishes secret and winners, and posts each prize as an event of its winner. Again, it
   gives the same answer. Whose entry came back before that wins nothing: the prize falls to nobody.

The record of each step is what `drawing.verify` takes; a trigger seals what was published.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

import msgspec
from django.db import connection, transaction
from msgspec import Struct, structs

from habitue.core import calendar, drawing, entering, facts, money, program
from habitue.core.drawing import Record, Stake, Winner
from habitue.core.facts import Refused
from habitue.ledger import books, claims, posting
from habitue.ledger.claims import Fact
from habitue.members import ids, survivors

_OFF: Final = Refused(
    "draws_off", "The rules for draws of this country have not been confirmed by the owner."
)
_UNKNOWN: Final = Refused("unknown_draw", "There is no such draw.")
_ENTERED: Final = Refused(
    "entered_already", "Somebody has entered already; the commitment must come before."
)
_RUNNING: Final = Refused("still_running", "The period is not over yet.")
_OPEN: Final = Refused("not_closed", "The draw must be closed first.")
_SOURCE: Final = "draw"

_COLUMNS: Final = "draw, starts_on, until, opened_at, closed_at, revealed_at, record::text"

_OPEN_PERIOD = """
INSERT INTO ledger_draw (id, business_id, draw, starts_on, until, secret, salt, opened_at, record)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (business_id, draw, starts_on) DO NOTHING"""

_ENTRIES = """
SELECT customer_id, sum(units) FROM ledger_tally
WHERE business_id = %s AND name = %s GROUP BY customer_id HAVING sum(units) > 0
ORDER BY customer_id"""

_TICKETS = f"""
SELECT {_COLUMNS}, salt, held.customer_id
FROM (SELECT tally.customer_id, game.id FROM ledger_tally tally
      JOIN ledger_draw game ON game.business_id = tally.business_id
       AND tally.name = 'draw ' || game.draw || ' ' || game.starts_on
       AND tally.recorded_at <= game.closed_at
      WHERE tally.customer_id = ANY(%s) AND tally.business_id = %s
      GROUP BY tally.customer_id, game.id HAVING sum(tally.units) > 0) AS held
JOIN ledger_draw USING (id) ORDER BY starts_on DESC, draw LIMIT %s"""

_CLAIMS = """
SELECT held.reference, held.customer_id, event.refusal IS NOT NULL, voucher.state,
       voucher.expires_on
FROM ledger_reference held
JOIN ledger_event event ON event.customer_id = held.customer_id AND event.id = held.event_id
JOIN members_customer winner ON winner.id = held.customer_id
LEFT JOIN LATERAL (
    SELECT state, expires_on FROM ledger_voucher voucher
    WHERE voucher.customer_id IN (winner.id, winner.merged_into_id)
      AND voucher.id BETWEEN held.event_id AND held.event_id + 255
      AND voucher.reward = (event.what->>'draw') || '#' || (event.what->>'prize')
    ORDER BY voucher.state = 'cancelled' LIMIT 1) AS voucher ON true
WHERE held.business_id = %s AND held.source = %s AND held.reference LIKE %s"""


class Period(Struct, frozen=True):
    """One draw of one period, from `starts_on` to before `until`, with what is published of it."""

    draw: str
    starts_on: date
    until: date
    opened_at: datetime
    closed_at: datetime | None
    revealed_at: datetime | None
    record: Record


ClaimState = Literal["waiting", "claimed", "unclaimed", "void"]


class Claim(Struct, frozen=True):
    """What became of a prize: `waiting` until a day, `claimed`, `unclaimed` (too late), or `void`
    (the winner's entry came back before the draw was revealed).
    """

    ticket: str
    prize: int
    name: str
    customer: int
    state: ClaimState
    until: date | None


def confirm(business: int, *, country: str, by: str, now: datetime) -> Refused | None:
    """The owner (`by`) says that the rules for draws of a country were looked up, for ever."""
    if len(country) != 2 or not country.isalpha() or not by.strip() or not claims.is_text(by):
        return Refused("country", "A country has two letters, and somebody confirms its rules.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_draw_permission"
            " (id, business_id, country, confirmed_by, confirmed_at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (business_id, country) DO NOTHING",
            [ids.make(), business, country.upper(), by, now],
        )
    return None


def are_allowed(business: int) -> bool:
    """Whether the owner has confirmed the rules of the country in which the business is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM ledger_draw_permission permission JOIN members_business business"
            "  ON business.id = permission.business_id AND business.country = permission.country"
            " WHERE business.id = %s",
            [business],
        )
        return cursor.fetchone() is not None


def open_period(business: int, draw: str, day: date, *, now: datetime) -> Period | Refused:
    """Commit to the draw of the period that holds a day; again, the same commitment."""
    if not are_allowed(business):
        return _OFF
    shelf = books.shelf(business)
    of = _draw(shelf, draw, day)
    if of is None:
        return _UNKNOWN
    starts_on = calendar.start_of(day, of.every)
    known = one(business, draw, starts_on)
    if known is not None:
        return known
    of = _draw(shelf, draw, starts_on) or of
    with transaction.atomic(), connection.cursor() as cursor:
        secret, salt = secrets.token_hex(32), secrets.token_hex(32)
        until = calendar.end_of(day, of.every) + timedelta(days=1)
        record = msgspec.json.encode(_promised(shelf, of, starts_on, secret)).decode()
        values: list[Any] = [
            ids.make(),
            business,
            draw,
            starts_on,
            until,
            secret,
            salt,
            now,
            record,
        ]
        cursor.execute(_OPEN_PERIOD, values)
        cursor.execute(_ENTRIES, [business, entering.entries_of(of, day)])
        if cursor.fetchone() is not None:
            transaction.set_rollback(True)
            return _ENTERED
    return one(business, draw, starts_on) or _UNKNOWN


def open_due(business: int, *, now: datetime) -> int:
    """Commit to the periods that run now and come next, as far as nobody has entered; how many."""
    if not are_allowed(business):
        return 0
    shelf = books.shelf(business)
    today, opened = now.astimezone(shelf.zone).date(), 0
    for draw in shelf.book.on(today).program.draws:
        for day in (today, calendar.end_of(today, draw.every) + timedelta(days=1)):
            if one(business, draw.id, calendar.start_of(day, draw.every)) is None:
                opened += isinstance(open_period(business, draw.id, day, now=now), Period)
    return opened


def close_due(business: int, *, now: datetime) -> int:
    """Freeze the tickets of every period that is over and still open; how many."""
    today = now.astimezone(books.shelf(business).zone).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT draw, starts_on FROM ledger_draw"
            " WHERE business_id = %s AND closed_at IS NULL AND until <= %s ORDER BY starts_on",
            [business, today],
        )
        over = cursor.fetchall()
    return sum(isinstance(close(business, *each, now=now), Period) for each in over)


def close(business: int, draw: str, starts_on: date, *, now: datetime) -> Period | Refused:
    """Freeze the tickets of a period that is over; again, the same tickets."""
    with transaction.atomic(), connection.cursor() as cursor:
        row = _locked(cursor, business, draw, starts_on)
        if row is None:
            return _UNKNOWN
        _, salt, until, closed_at, record, _ = row
        if closed_at is None:
            if now.astimezone(books.shelf(business).zone).date() < until:
                return _RUNNING
            cursor.execute(_ENTRIES, [business, f"draw {draw} {starts_on}"])
            entrants = {str(who): int(entries) for who, entries in cursor.fetchall()}
            codes = {drawing.ticket(salt, int(who)): count for who, count in entrants.items()}
            record = structs.replace(record, tickets=drawing.tickets(codes))
            cursor.execute(
                "UPDATE ledger_draw SET closed_at = %s, entrants = %s, record = %s"
                " WHERE business_id = %s AND draw = %s AND starts_on = %s",
                [now, _json(entrants), _json(record), business, draw, starts_on],
            )
    return one(business, draw, starts_on) or _UNKNOWN


def reveal(business: int, draw: str, starts_on: date, *, now: datetime) -> Period | Refused:
    """Publish the secret and who won, and give each winner the prize; again, the same answer."""
    with transaction.atomic(), connection.cursor() as cursor:
        row = _locked(cursor, business, draw, starts_on)
        if row is None:
            return _UNKNOWN
        secret, salt, _, closed_at, record, entrants = row
        if closed_at is None:
            return _OPEN
        if not record.secret:
            record = drawing.revealed(record, secret)
            cursor.execute(
                "UPDATE ledger_draw SET revealed_at = %s, record = %s"
                " WHERE business_id = %s AND draw = %s AND starts_on = %s",
                [now, _json(record), business, draw, starts_on],
            )
            holders = {drawing.ticket(salt, int(who)): int(who) for who in entrants}
            _give(business, record, holders, now)
    return one(business, draw, starts_on) or _UNKNOWN


def periods(business: int, draw: str | None = None) -> list[Period]:
    """Every period that was opened, of one draw or of all, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM ledger_draw WHERE business_id = %s"
            " AND (%s::text IS NULL OR draw = %s) ORDER BY starts_on DESC, draw",
            [business, draw, draw],
        )
        return [_read(row) for row in cursor.fetchall()]


def claimed(business: int, draw: str, starts_on: date, *, now: datetime) -> list[Claim]:
    """What became of every prize of a revealed draw, best place first."""
    period = one(business, draw, starts_on)
    if period is None or period.revealed_at is None:
        return []
    today = now.astimezone(books.shelf(business).zone).date()
    with connection.cursor() as cursor:
        prefix = _reference(period.record, "")
        cursor.execute(_CLAIMS, [business, _SOURCE, prefix.replace("_", r"\_") + "%"])
        found = {reference.removeprefix(prefix): row for reference, *row in cursor.fetchall()}
    claims_of = []
    for winner in period.record.winners:
        customer, refused, state, until = found[winner.ticket]
        claims_of.append(
            Claim(
                winner.ticket,
                winner.prize,
                period.record.prizes[winner.prize].name,
                customer,
                "void" if refused or state is None else _state(state, until, today),
                until,
            )
        )
    return claims_of


def one(business: int, draw: str, starts_on: date) -> Period | None:
    """One period that was opened; None where it was not."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM ledger_draw"
            " WHERE business_id = %s AND draw = %s AND starts_on = %s",
            [business, draw, starts_on],
        )
        row = cursor.fetchone()
    return _read(row) if row else None


def ticket_of(business: int, draw: str, starts_on: date, customer: int) -> str | None:
    """The code under which a member stands in the list of a closed draw; None: not in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT salt FROM ledger_draw WHERE business_id = %s AND draw = %s AND starts_on = %s"
            " AND entrants->>%s IS NOT NULL",
            [business, draw, starts_on, str(customer)],
        )
        row = cursor.fetchone()
    return drawing.ticket(row[0], customer) if row else None


def tickets_of(business: int, customers: Sequence[int], *, limit: int) -> list[tuple[Period, str]]:
    """The newest closed periods in which a member takes part, with the ticket that is theirs.

    `customers` are the member's numbers: more than one where customers were merged.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TICKETS, [list(customers), business, limit])
        found = [(_read(row[:-2]), drawing.ticket(*row[-2:])) for row in cursor.fetchall()]
    return [(period, code) for period, code in found if f"{code} " in period.record.tickets]


def late_entries(business: int, draw: str, starts_on: date) -> int:
    """Entries that came in, less those that came back, after a draw had been closed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(tally.units), 0) FROM ledger_draw draw"
            " JOIN ledger_tally tally ON tally.business_id = draw.business_id"
            "  AND tally.name = 'draw ' || draw.draw || ' ' || draw.starts_on"
            "  AND tally.recorded_at > draw.closed_at"
            " WHERE draw.business_id = %s AND draw.draw = %s AND draw.starts_on = %s",
            [business, draw, starts_on],
        )
        return int(cursor.fetchone()[0])


# --- giving the prizes ---------------------------------------------------------------------------


def _give(business: int, record: Record, holders: dict[str, int], now: datetime) -> None:
    """Each winner's event, under a reference that is its own for ever."""
    at = _at(books.shelf(business), record, now)
    winners = {winner.ticket: holders[winner.ticket] for winner in record.winners}
    for start in range(0, len(record.winners), posting.MOST // 3):
        won = [
            _won(record, winner, winners[winner.ticket], at)
            for winner in record.winners[start : start + posting.MOST // 3]
        ]
        while not _gave(business, won, now):
            pass  # a merge came between: it holds now, and the prizes go through it


def _gave(business: int, won: Sequence[Fact], now: datetime) -> bool:
    """Give prizes to whoever the winners are today, unless somebody goes over meanwhile."""
    with transaction.atomic():
        goes_on = survivors.of([fact.customer for fact in won])
        batch: list[Fact] = []
        for fact in won:
            into = goes_on.get(fact.customer, fact.customer)
            batch += [fact] if into == fact.customer else _through(fact, into, now)
        posting.post(business, batch, now=now)
        if goes_on == survivors.of(list(goes_on)):  # whose accounts are locked now
            return True
        transaction.set_rollback(True)
    return False


def _won(record: Record, winner: Winner, customer: int, at: datetime) -> Fact:
    return Fact(
        customer=customer,
        at=at,
        what=facts.Won(record.draw, record.period, winner.prize),
        source=_SOURCE,
        reference=_reference(record, winner.ticket),
    )


def _through(won: Fact, into: int, now: datetime) -> list[Fact]:
    """A prize of a customer who went over since: the two part, the prize comes, they are one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(id) FROM ledger_event"
            " WHERE customer_id = %s AND kind = 'merge' AND refusal IS NULL",
            [won.customer],
        )
        (merge,) = cursor.fetchone()
    return [
        Fact(customer=won.customer, at=now, what=facts.Undo(merge, consequence=True)),
        won,
        Fact(customer=won.customer, at=now, what=facts.Merge(into)),
    ]


def _at(shelf: books.Shelf, record: Record, now: datetime) -> datetime:
    """When prizes are won: now, or as long ago as the program had these prizes."""
    day = now.astimezone(shelf.zone).date()
    while day > record.period:
        of = _draw(shelf, record.draw, day)
        if of is not None and _stakes(shelf, of) == record.prizes:
            break
        day -= timedelta(days=1)
    if day == now.astimezone(shelf.zone).date():
        return now
    return datetime.combine(day, time(12), shelf.zone)


def _state(state: str, until: date, today: date) -> ClaimState:
    if state == "redeemed":
        return "claimed"
    return "waiting" if state == "issued" and today <= until else "unclaimed"


# --- rows ----------------------------------------------------------------------------------------

_Row = tuple[str, str, date, datetime | None, Record, dict[str, int]]


def _locked(cursor: Any, business: int, draw: str, starts_on: date) -> _Row | None:
    cursor.execute(
        "SELECT secret, salt, until, closed_at, record::text, entrants::text FROM ledger_draw"
        " WHERE business_id = %s AND draw = %s AND starts_on = %s FOR UPDATE",
        [business, draw, starts_on],
    )
    row = cursor.fetchone()
    if row is None:
        return None
    record = msgspec.json.decode(row[4], type=Record)
    return (*row[:4], record, msgspec.json.decode(row[5] or "{}", type=dict[str, int]))


def _read(row: Sequence[Any]) -> Period:
    draw, starts_on, until, opened_at, closed_at, revealed_at, record = row
    published = msgspec.json.decode(record, type=Record)
    return Period(draw, starts_on, until, opened_at, closed_at, revealed_at, published)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _reference(record: Record, ticket: str) -> str:
    return f"{record.draw}:{record.period}:{ticket}"


def _draw(shelf: books.Shelf, draw: str, day: date) -> program.Draw | None:
    draws = shelf.book.on(day).program.draws
    return next((each for each in draws if each.id == draw), None)


def _promised(shelf: books.Shelf, of: program.Draw, starts_on: date, secret: str) -> Record:
    """What is published before anybody enters."""
    odds = f"{of.odds.numerator}/{of.odds.denominator}"
    prizes = _stakes(shelf, of)
    return Record(of.id, starts_on, drawing.commitment(secret), odds, prizes, of.limit)


def _stakes(shelf: books.Shelf, of: program.Draw) -> tuple[Stake, ...]:
    return tuple(Stake(_name(shelf, prize.gift), prize.pieces, prize.worth) for prize in of.prizes)


def _name(shelf: books.Shelf, gift: program.Gift) -> str:
    """A prize in words for everybody to read."""
    if gift.name:
        return gift.name
    match gift.kind:
        case "money off":
            places = money.decimals(shelf.currency)
            return f"{money.written(gift.value, places)} {shelf.currency} off"
        case "percent off":
            return f"{gift.value}% off"
        case "units":
            units = shelf.book.latest.program.units
            decimals = next(unit.decimals for unit in units if unit.id == gift.unit)
            return f"{money.written(gift.value, decimals)} {gift.unit}"
        case _:
            return gift.kind
