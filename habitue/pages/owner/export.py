"""Customers as a file: everybody or a view, in the order of their numbers, to be read in again.

The same customers always give the same bytes. The columns are named in one language for all, so
that a file taken away in French is read in Italian.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from habitue import ledger
from habitue.core import money
from habitue.members import consents, journal
from habitue.members.models import Business
from habitue.pages import access, events, spreadsheet
from habitue.pages.owner import listing

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
    coalesce((SELECT string_agg(value, ' ' ORDER BY value COLLATE "C") FROM members_identity one
        WHERE one.customer_id = customer.id AND kind = 'external'), ''),
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


@require_GET
@access.owner
def export(request: HttpRequest, business: Business) -> HttpResponseBase:
    """The customers of a view as a file; of everybody without one."""
    view, now = listing.asked(request.GET), timezone.now()
    customers = listing.keys(business, view, now=now, most=2**31)
    return answer(request, business, customers, now=now)


def answer(
    request: HttpRequest, business: Business, customers: list[int], *, now: datetime
) -> StreamingHttpResponse:
    """A file of these customers, sent as it is written; the journal knows of it."""
    staff = access.person(request, business)
    journal.write(business, "export", at=now, staff=staff, what={"customers": len(customers)})
    headers = {
        "Content-Disposition": f'attachment; filename="{business.slug}-customers.csv"',
        "Cache-Control": "no-store",
    }
    return StreamingHttpResponse(
        content(business, customers, now=now),
        content_type="text/csv; charset=utf-8",
        headers=headers,
    )


def content(business: Business, customers: list[int], *, now: datetime) -> Iterator[bytes]:
    """The file, part by part."""
    yield b"\xef\xbb\xbf" + _written([list(COLUMNS)])  # Excel takes it for UTF-8 by this mark
    for start in range(0, len(customers), CHUNK):
        keys = customers[start : start + CHUNK]
        held = _balances(business, keys, now)
        asked = {"business": business.pk, "keys": keys, "undone": consents.TAKEN_BACK}
        rows = events.query(_ROWS, asked)
        yield _written([_row(row, held.get(row[0], "")) for row in rows])


def _row(row: tuple[Any, ...], balances: str) -> list[str]:
    _key, number, name, email, phone, external, year, month, day, language, *others = row
    enrolled_on, by_email, by_sms, visits, last_on, note = others
    cells = [
        number,
        name,
        email,
        phone,
        external,
        _birthday(year, month, day),
        language,
        enrolled_on.isoformat() if enrolled_on else "",
        _yes(by_email),
        _yes(by_sms),
        balances,
        str(visits),
        last_on.isoformat() if last_on else "",
        note,
    ]
    return [spreadsheet.neutral(cell) for cell in cells]


def _birthday(year: int | None, month: int | None, day: int | None) -> str:
    if month is None or day is None:
        return ""
    return f"{year:04d}-{month:02d}-{day:02d}" if year else f"{month:02d}-{day:02d}"


def _yes(granted: bool | None) -> str:
    return "" if granted is None else "yes" if granted else "no"


def _balances(business: Business, customers: list[int], now: datetime) -> dict[int, str]:
    """What each can use now, unit by unit; nothing where that is nothing."""
    program = ledger.program(business.pk)
    if program is None:
        return {}
    decimals = {unit.id: unit.decimals for unit in program.units}
    found = ledger.standings(business.pk, customers, now=now)
    return {
        key: " ".join(
            f"{unit}={money.written(amount, decimals[unit])}"
            for unit, amount in standing.balances.items()
            if amount and unit in decimals
        )
        for key, standing in found.items()
    }


def _written(rows: list[list[str]]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=";").writerows(rows)
    return file.getvalue().encode()
