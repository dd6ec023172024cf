"""Exports: everything of a kind as one long answer, sent while it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Final, Literal

from msgspec import Meta

from habitue.api import calls, days, problems
from habitue.api.replies import Reply
from habitue.api.routing import operation
from habitue.api.values import Said
from habitue.connectors.exports import books, customers, written
from habitue.connectors.exports.customers import Person
from habitue.connectors.exports.written import Row
from habitue.members import journal

JSON_LINES: Final = "application/x-ndjson"
CSV: Final = "text/csv"

Exported = Annotated[
    Literal["customers", "events", "entries", "vouchers"],
    Meta(description="Of what: customers, what happened, lines of accounts, issued rewards."),
]


class OfExport(Said, frozen=True, kw_only=True):
    """What is exported."""

    kind: Exported


class AskedExport(Said, frozen=True, kw_only=True):
    """Of which local days; customers are always those of now."""

    since: Annotated[date | None, Meta(description="The first day; left out: from the start.")] = (
        None
    )
    until: Annotated[date | None, Meta(description="The day after the last.")] = None


@operation(
    "GET",
    "/exports/{kind}.ndjson",
    may=calls.OWNERS,
    answers=str,
    media=JSON_LINES,
    summary="Everything of a kind, a JSON object a line",
)
def lines(call: calls.Call, where: OfExport, asked: AskedExport) -> Reply:
    """In the order of customers, as of one moment (customers: as of their reading).

    - `customers`: `id`, `number`, `name`, `email`, `phone`, `external` (list), `birthday`,
      `language`, `enrolled_on`, `consent_email`, `consent_sms`, `balances` (by unit), `visits`,
      `last_visit`, `note`.
    - `events`: `id`, `customer`, `at`, `recorded_at`, `day`, `kind`, `source`, `reference`,
      `amount` (minor units; refunds negative), `currency`, `refused` (the code), `what` (as the
      ledger keeps it; amounts of units in fixed point).
    - `entries`: `event`, `line`, `customer`, `day`, `unit`, `kind`, `amount`, `balance` (after it),
      `lot`.
    - `vouchers`: `id`, `customer`, `reward`, `code`, `state`, `issued_on`, `expires_on`.

    A file whose last line is not whole was interrupted. The journal knows who took it away.
    """
    if where.kind == "customers":
        columns: Sequence[str] = ("id", *customers.COLUMNS)
        rows = customers.objects(_people(call, asked))
    else:
        columns, rows = books.BOOKS[where.kind].columns, _rows(call, where, asked)
    return _taken(call, where, written.lines(columns, rows), JSON_LINES)


@operation(
    "GET",
    "/exports/{kind}.csv",
    may=calls.OWNERS,
    answers=str,
    media=CSV,
    summary="Everything of a kind, as a table",
)
def table(call: calls.Call, where: OfExport, asked: AskedExport) -> Reply:
    """The same as CSV in UTF-8, with commas. Text that a spreadsheet would compute begins with '.

    A file of customers has the columns that an import reads again.
    """
    if where.kind == "customers":
        columns: Sequence[str] = customers.COLUMNS
        rows = customers.cells(_people(call, asked))
    else:
        columns, rows = books.BOOKS[where.kind].columns, _rows(call, where, asked)
    return _taken(call, where, written.table(columns, rows), CSV)


def _people(call: calls.Call, asked: AskedExport) -> Iterator[Person]:
    for name in ("since", "until"):
        if getattr(asked, name) is not None:
            raise problems.wrong(f"/query/{name}", "Customers are exported as they are now.")
    everybody = customers.everybody(call.business)
    return customers.people(call.business, everybody, now=call.now)


def _rows(call: calls.Call, where: OfExport, asked: AskedExport) -> Iterator[Row]:
    since, until = asked.since or date.min, asked.until or date.max
    if until <= since:
        raise problems.wrong("/query/until", "This day must come after `since`.")
    today = days.today(call)
    return books.rows(where.kind, call.caller.business, since=since, until=until, today=today)


def _taken(call: calls.Call, where: OfExport, parts: Iterator[bytes], media: str) -> Reply:
    """A long answer; the journal knows of it."""
    what = {"list": where.kind, "through": call.caller.name}
    journal.write(call.business, "export", at=call.now, staff=call.staff, what=what)
    return Reply(200, b"", media, parts=parts)
