"""The journal: who gave what to whom, what was corrected, what staff did beside the ledger.

Two streams, each read newest first by an index of its own and merged: what was posted by hand
(`ledger_reference_by_hand`, staff by staff) and the journal's lines with the refused codes. A page
reads about as many rows as it shows, however long the history is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from msgspec import Struct, structs

from habitue.ledger import answers, database
from habitue.members import ids
from habitue.members import journal as lines
from habitue.members.models import Business, Customer, Staff
from habitue.pages import access, history, spreadsheet
from habitue.pages.person import alerts, page, wording

PAGE: Final = 50
_END: Final = 2**63 - 1

# Staff by staff, newest first: each reads no more than a page. The predicate names the index.
POSTED: Final = """
SELECT held.event_id, 'event', held.customer_id, held.id, event.at, json_build_object(
    'kind', event.kind, 'what', event.what, 'refusal', event.refusal, 'amount', event.amount,
    'currency', event.currency)::text
FROM (
    SELECT staff.id, newest.event_id, newest.customer_id
    FROM unnest(%(sources)s::text[], %(staff)s::bigint[]) AS staff (source, id)
    CROSS JOIN LATERAL (
        SELECT event_id, customer_id FROM ledger_reference
        WHERE business_id = %(business)s AND source = staff.source
          AND (source LIKE 'counter:%%' OR source LIKE 'owner:%%')
          AND event_id < %(before)s AND event_id >= %(since)s
        ORDER BY event_id DESC LIMIT %(limit)s) AS newest
    ORDER BY newest.event_id DESC LIMIT %(limit)s) AS held
JOIN ledger_event event ON event.customer_id = held.customer_id AND event.id = held.event_id
ORDER BY held.event_id DESC"""

# Of one customer, or of corrections alone: from the events, those that somebody posted by hand.
_AMONG: Final = """
SELECT event.id, 'event', event.customer_id, held.id, event.at, json_build_object(
    'kind', event.kind, 'what', event.what, 'refusal', event.refusal, 'amount', event.amount,
    'currency', event.currency)::text
FROM ledger_event event
CROSS JOIN LATERAL (
    SELECT staff.id FROM unnest(%(sources)s::text[], %(staff)s::bigint[]) AS staff (source, id)
    JOIN ledger_reference posted ON posted.business_id = %(business)s
     AND posted.source = staff.source AND posted.event_id = event.id
     AND (posted.source LIKE 'counter:%%' OR posted.source LIKE 'owner:%%')
    LIMIT 1) AS held
WHERE event.business_id = %(business)s AND event.id < %(before)s AND event.id >= %(since)s
  AND {which}
ORDER BY event.id DESC LIMIT %(limit)s"""

_OF_CUSTOMER: Final = _AMONG.format(which="event.customer_id = %(customer)s")
_CORRECTED: Final = _AMONG.format(which="event.kind IN ('adjustment', 'undo')")
_CORRECTED_OF: Final = _AMONG.format(
    which="event.customer_id = %(customer)s AND event.kind IN ('adjustment', 'undo')"
)

_LINES: Final = """
SELECT id, 'journal', customer_id, staff_id, at, json_build_object('kind', kind, 'what', what)::text
FROM members_journalline
WHERE business_id = %(business)s AND id < %(before)s AND id >= %(since)s
  AND (%(one)s::bigint IS NULL OR staff_id = %(one)s)
  AND (%(customer)s::bigint IS NULL OR customer_id = %(customer)s)
ORDER BY id DESC LIMIT %(limit)s"""

_CODES: Final = """
SELECT refusal.id, 'code', card.customer_id, refusal.staff_id, refusal.at,
    json_build_object('reason', refusal.reason)::text
FROM members_coderefusal refusal LEFT JOIN members_card card ON card.id = refusal.card_id
WHERE refusal.business_id = %(business)s AND refusal.id < %(before)s AND refusal.id >= %(since)s
  AND (%(one)s::bigint IS NULL OR refusal.staff_id = %(one)s)
  AND (%(customer)s::bigint IS NULL OR card.customer_id = %(customer)s)
ORDER BY refusal.id DESC LIMIT %(limit)s"""

_STREAMS: Final = {
    "": (POSTED, _LINES, _CODES),
    "given": (POSTED,),
    "corrected": (_CORRECTED,),
    "lines": (_LINES,),
    "codes": (_CODES,),
}
_STREAMS_OF_ONE: Final = {
    **_STREAMS,
    "": (_OF_CUSTOMER, _LINES, _CODES),
    "given": (_OF_CUSTOMER,),
    "corrected": (_CORRECTED_OF,),
}


class Entry(Struct, frozen=True):
    """One line: who did what to whom, and what changed by it."""

    id: int
    at: datetime
    staff: str
    title: str
    said: tuple[str, ...]
    changed: tuple[str, ...] = ()
    customer: int = 0
    called: str = ""


class Filter(forms.Form):
    """Whose lines, of which kind, from when to when, about whom."""

    staff = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("To"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    customer = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, crew: Sequence[Staff], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["staff"].choices = [("", _("Everybody")), *((one.pk, one.name) for one in crew)]
        choices["kind"].choices = [
            ("", _("Everything")),
            ("given", _("Stamps and rewards")),
            ("corrected", _("Corrections")),
            ("lines", _("Everything beside")),
            ("codes", _("Refused codes")),
        ]


class Asked(Struct, frozen=True):
    """A filter, ready to be asked: which streams, their values."""

    streams: tuple[str, ...]
    values: dict[str, Any]


@never_cache
@require_GET
@access.owner
def journal(request: HttpRequest, business: Business) -> HttpResponse:
    """The newest lines of a filter, page by page."""
    crew = list(Staff.objects.filter(business=business).order_by("name"))
    form = Filter(request.GET or None, crew=crew)
    asked = _asked(business, crew, form.cleaned_data if form.is_valid() else {})
    before = request.GET.get("before", "")
    start = min(int(before), _END) if before.isdecimal() and len(before) < 20 else _END
    rows = _rows(asked, start, PAGE + 1)
    kept = request.GET.copy()
    kept.pop("before", None)
    context = {
        "business": business,
        "here": "journal",
        "form": form,
        "entries": _entries(business, rows[:PAGE]),
        "more": rows[PAGE - 1][0] if len(rows) > PAGE else 0,
        "further": bool(before),
        "query": kept.urlencode(),
        "filtered": any(kept.values()),
        "alerts": [] if before else alerts.of(business, now=timezone.now()),
        "about": _about(business, asked.values["customer"]),
    }
    return render(request, "pages/person/journal.html", context)


def of_staff(business: Business, staff: Staff, *, day: date) -> list[Entry]:
    """What somebody gave at the counter since a day began, newest first: a page of it."""
    asked = _asked(business, [staff], {"kind": "given", "since": day})
    return _entries(business, _rows(asked, _END, PAGE))


@never_cache
@require_POST
@access.owner
def export(request: HttpRequest, business: Business) -> HttpResponseBase:
    """All lines of a filter as a file, read and sent piece by piece."""
    crew = list(Staff.objects.filter(business=business).order_by("name"))
    form = Filter(request.POST, crew=crew)
    asked = _asked(business, crew, form.cleaned_data if form.is_valid() else {})
    staff = access.person(request, business)
    lines.write(business, "export", at=timezone.now(), staff=staff, what={"list": "journal"})
    headers = {"Content-Disposition": 'attachment; filename="journal.csv"'}
    return StreamingHttpResponse(
        spreadsheet.streamed(_header(), _cells(business, asked)),
        content_type="text/csv; charset=utf-8",
        headers=headers,
    )


def _header() -> list[str]:
    return [_("When"), _("Who"), _("What"), _("Whom"), _("What changed"), _("Details")]


def _cells(business: Business, asked: Asked) -> Iterator[list[str]]:
    """Rows of the file; each batch goes on where the one before ended.

    They are written after the view has answered, so the language is taken along.
    """
    before, zone, tag = _END, ZoneInfo(business.timezone), translation.get_language()
    while rows := _rows(asked, before, 500):
        with translation.override(tag):
            cells = [_row(one, zone) for one in _entries(business, rows)]
        yield from cells
        before = rows[-1][0]


def _row(one: Entry, zone: ZoneInfo) -> list[str]:
    said = (one.staff, one.title, one.called, "; ".join(one.changed), "; ".join(one.said))
    at = f"{one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return [at, *map(spreadsheet.neutral, said)]


def _asked(business: Business, crew: Sequence[Staff], given: dict[str, Any]) -> Asked:
    chosen = int(given["staff"]) if given.get("staff") else None
    kind, zone = given.get("kind") or "", ZoneInfo(business.timezone)
    staff = [one.pk for one in crew if chosen in (None, one.pk)]
    doors = [(f"{door}:{one}", one) for one in staff for door in ("counter", "owner")]
    return Asked(
        (_STREAMS_OF_ONE if given.get("customer") else _STREAMS)[kind],
        {
            "business": business.pk,
            "sources": [source for source, _one in doors],
            "staff": [one for _source, one in doors],
            "one": chosen,
            "customer": given.get("customer"),
            "since": _number(given.get("since"), zone, 0),
            "end": _number(given.get("until"), zone, 1),
        },
    )


def _number(day: date | None, zone: ZoneInfo, later: int) -> int:
    """The first number that is made on a day (or the day after): numbers tell the time."""
    if day is None or not date(2024, 1, 2) <= day < date(2090, 1, 1):
        return _END if later and (day is None or day.year > 2024) else 0
    at = datetime.combine(day + timedelta(later), time(), zone).astimezone(UTC)
    return (int(at.timestamp() * 1000) - ids.EPOCH_NS // 10**6) << 22


def _rows(asked: Asked, before: int, limit: int) -> list[tuple[Any, ...]]:
    """The newest rows before a number, of all streams together."""
    values = {**asked.values, "before": min(before, asked.values["end"]), "limit": limit}
    found = [row for stream in asked.streams for row in database.query(stream, values)]
    return sorted(found, key=lambda row: -row[0])[:limit]


def _entries(business: Business, rows: Sequence[tuple[Any, ...]]) -> list[Entry]:
    events = [(row[2], row[0]) for row in rows if row[1] == "event"]
    changed = _changed(business, events)
    crew = dict(
        Staff.objects.filter(pk__in={row[3] for row in rows if row[3]}).values_list("pk", "name")
    )
    people = Customer.objects.filter(pk__in={row[2] for row in rows if row[2]}, erased_at=None)
    called = {one.pk: page.called(one) for one in people.prefetch_related("identities")}
    return [_entry(business, row, crew, called, changed) for row in rows]


def _entry(
    business: Business,
    row: tuple[Any, ...],
    crew: dict[int, str],
    called: dict[int, str],
    changed: dict[int, list[str]],
) -> Entry:
    key, source, customer, staff, at, text = row
    said = json.loads(text)
    match source:
        case "event":
            words = wording.event(business, said)
        case "journal":
            words = wording.journal(said["kind"], said["what"])
        case _:
            words = wording.code(said["reason"])
    entry = Entry(key, at, crew.get(staff, ""), words.title, words.said)
    return structs.replace(
        entry,
        changed=tuple(changed.get(key, ())) if source == "event" else (),
        customer=customer if customer in called else 0,
        called=called.get(customer, _("Erased") if customer else ""),
    )


def _changed(business: Business, events: Sequence[tuple[int, int]]) -> dict[int, list[str]]:
    """What events changed: “+1 cafés”."""
    entries = answers.lines_of(business.pk, events) if events else []
    told = history.told(business, 0, entries)
    return {
        event: [f"{one.amount} {one.unit}" for one in moments] for event, moments in told.items()
    }


def _about(business: Business, customer: int | None) -> str:
    """Whom a filter is about."""
    if customer is None:
        return ""
    found = Customer.objects.filter(pk=min(customer, _END), business=business, erased_at=None)
    return page.called(one) if (one := found.first()) else _("Erased")
