"""Customers as a file to take away: everybody or a view, as an import reads them again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from habitue.connectors.exports import customers, written
from habitue.members import journal
from habitue.members.models import Business
from habitue.pages import access
from habitue.pages.owner import listing


@require_GET
@access.owner
def export(request: HttpRequest, business: Business) -> HttpResponseBase:
    """The customers of a view as a file; of everybody without one."""
    view, now = listing.asked(request.GET), timezone.now()
    keys = listing.keys(business, view, now=now, most=2**31)
    return answer(request, business, keys, now=now)


def answer(
    request: HttpRequest, business: Business, keys: list[int], *, now: datetime
) -> StreamingHttpResponse:
    """A file of these customers, sent as it is written; the journal knows of it."""
    staff = access.person(request, business)
    journal.write(business, "export", at=now, staff=staff, what={"customers": len(keys)})
    headers = {
        "Content-Disposition": f'attachment; filename="{business.slug}-customers.csv"',
        "Cache-Control": "no-store",
    }
    return StreamingHttpResponse(
        content(business, keys, now=now),
        content_type="text/csv; charset=utf-8",
        headers=headers,
    )


def content(business: Business, keys: list[int], *, now: datetime) -> Iterator[bytes]:
    """The file, part by part; with semicolons, and the mark by which Excel knows UTF-8."""
    yield b"\xef\xbb\xbf"
    found = customers.people(business, keys, now=now)
    yield from written.table(customers.COLUMNS, customers.cells(found), delimiter=";")
