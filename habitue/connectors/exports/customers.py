"""Customers as rows, in the order of their numbers: everything that is known, to be read in again.

The same customers always give the same rows. The columns are named in one language for all, so
that a file taken away in French is read in Italian.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from msgspec import Struct

from habitue import ledger
from habitue.connectors.exports.written import Row
from habitue.core import money
from habitue.ledger import database
from habitue.members import consents
from habitue.members.models import Business

COLUMNS: Final = (
    "number",  # on the member's card
    "name",
    "email",
    "phone",
    "external",  # the number in another system; several are parted by a space
    "birthday",  # 1990-05-14, or 05-14 where no year is known
    "language",
    "enrolled_on",  # the local day on which they became a member
    "consent_email",  # yes or no, where they were asked
    "consent_sms",
    "balances",  # points=12.50 stamps=3: what can be used now
    "visits",
    "last_visit",
    "note",
)
"""What a file of customers has, in this order; an import knows these names."""

CHUNK: Final = 1_000

_ROWS: Final = """
SELECT customer.id, coalesce(member.number, ''), customer.name,
    coalesce((SELECT min(value) FROM members_identity one
        WHERE one.customer_id = customer.id AND kind = 'email'), ''),
    coalesce((SELECT min(value) FROM members_identity one
        WHERE one.customer_id = customer.id AND kind = 'phone'), ''),
    ARRAY(SELECT value FROM members_identity one
        WHERE one.customer_id = customer.id AND kind = 'external' ORDER BY value COLLATE "C"),
    customer.birth_year, customer.birth_month, customer.birth_day, customer.language,
    (member.enrolled_at AT TIME ZONE business.timezone)::date,
    (SELECT CASE WHEN source <> %(undone)s THEN granted END
        FROM members_consent line WHERE line.customer_id = customer.id
        AND purpose = 'marketing' AND channel = 'email' ORDER BY at DESC, id DESC LIMIT 1),
    (SELECT CASE WHEN source <> %(undone)s THEN granted END
        FROM members_consent line WHERE line.customer_id = customer.id
        AND purpose = 'marketing' AND channel = 'sms' ORDER BY at DESC, id DESC LIMIT 1),
    coalesce(life.orders, 0), life.last_on, customer.note
FROM members_customer customer
JOIN members_business business ON business.id = customer.business_id
LEFT JOIN members_member member ON member.customer_id = customer.id
LEFT JOIN ledger_life life ON life.customer_id = customer.id
WHERE customer.business_id = %(business)s AND customer.id = ANY (%(keys)s)
ORDER BY customer.id"""

_EVERYBODY: Final = """
SELECT id FROM members_customer
WHERE business_id = %(business)s AND id > %(after)s AND erased_at IS NULL
    AND merged_into_id IS NULL AND binned_at IS NULL
ORDER BY id LIMIT %(limit)s"""


class Person(Struct, frozen=True):
    """A customer as the file knows them; `balances` by unit, what can be used now."""

    id: int
    number: str
    name: str
    email: str
    phone: str
    external: tuple[str, ...]
    birthday: str
    language: str
    enrolled_on: date | None
    consent_email: bool | None
    consent_sms: bool | None
    balances: dict[str, Decimal]
    visits: int
    last_visit: date | None
    note: str


def everybody(business: Business) -> Iterator[int]:
    """The numbers of all customers, ascending, read while they are asked for."""
    last = 0
    while True:
        asked = {"business": business.pk, "after": last, "limit": CHUNK}
        found = [key for (key,) in database.query(_EVERYBODY, asked)]
        if not found:
            return
        yield from found
        last = found[-1]


def people(business: Business, customers: Iterable[int], *, now: datetime) -> Iterator[Person]:
    """These customers, as far as they are there, read while they are asked for."""
    waiting = iter(customers)
    while keys := list(islice(waiting, CHUNK)):
        held = _balances(business, keys, now)
        asked = {"business": business.pk, "keys": keys, "undone": consents.TAKEN_BACK}
        for row in database.query(_ROWS, asked):
            yield _person(row, held.get(row[0], {}))


def objects(found: Iterable[Person]) -> Iterator[Row]:
    """The people as rows of JSON: `id` first, then the columns, each in its own kind."""
    for one in found:
        yield [
            str(one.id),
            one.number,
            one.name,
            one.email,
            one.phone,
            list(one.external),
            one.birthday,
            one.language,
            one.enrolled_on,
            one.consent_email,
            one.consent_sms,
            dict(one.balances),
            one.visits,
            one.last_visit,
            one.note,
        ]


def cells(found: Iterable[Person]) -> Iterator[Row]:
    """The people as rows of a table, as the import reads them."""
    for one in found:
        yield [
            one.number,
            one.name,
            one.email,
            one.phone,
            " ".join(one.external),
            one.birthday,
            one.language,
            one.enrolled_on,
            one.consent_email,
            one.consent_sms,
            " ".join(f"{unit}={amount}" for unit, amount in one.balances.items()),
            one.visits,
            one.last_visit,
            one.note,
        ]


def _person(row: Sequence[Any], balances: dict[str, Decimal]) -> Person:
    key, number, name, email, phone, external, year, month, day, language, *others = row
    enrolled_on, by_email, by_sms, visits, last_on, note = others
    return Person(
        key,
        number,
        name,
        email,
        phone,
        tuple(external),
        _birthday(year, month, day),
        language,
        enrolled_on,
        by_email,
        by_sms,
        balances,
        visits,
        last_on,
        note,
    )


def _birthday(year: int | None, month: int | None, day: int | None) -> str:
    if month is None or day is None:
        return ""
    return f"{year:04d}-{month:02d}-{day:02d}" if year else f"{month:02d}-{day:02d}"


def _balances(
    business: Business, customers: Sequence[int], now: datetime
) -> dict[int, dict[str, Decimal]]:
    """What each can use now, unit by unit; nothing where that is nothing."""
    program = ledger.program(business.pk)
    if program is None:
        return {}
    decimals = {unit.id: unit.decimals for unit in program.units}
    found = ledger.standings(business.pk, customers, now=now)
    return {
        key: {
            unit: Decimal(money.written(amount, decimals[unit]))
            for unit, amount in standing.balances.items()
            if amount and unit in decimals
        }
        for key, standing in found.items()
    }
