"""Everything that is kept on a person, to take away: one zip with a page to read and JSON.

Both say the same: `_sections` lists it once, part by part. The JSON has an object with a list for
each part; days and instants in ISO 8601, units and money as decimal numbers in text. Customers who
went over into the person are in it, for they are the person. What others wrote about their own
work (PINs, settings) is not.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from msgspec import Struct

from habitue import ledger
from habitue.core import money
from habitue.core.program import Program
from habitue.ledger import database
from habitue.members import erasure
from habitue.members.models import (
    Answer,
    Business,
    Card,
    CodeRefusal,
    Consent,
    Customer,
    Identity,
    JournalLine,
    Member,
    OfflineScan,
)
from habitue.pages import history

NAME: Final = "habitue-{number}.zip"
_ALL: Final = 10**6

_EVENTS: Final = """
SELECT customer_id, id, at, kind, amount, currency, what::text, refusal->>'sentence'
FROM ledger_event WHERE customer_id = ANY (%(customers)s) ORDER BY at, id"""

_VOUCHERS: Final = """
SELECT reward, code, state, issued_on, nullif(expires_on, 'infinity')
FROM ledger_voucher WHERE customer_id = ANY (%(customers)s) ORDER BY issued_on, id"""


class Section(Struct, frozen=True):
    """One part: its name in the JSON, its title, its columns (name and title), its rows."""

    name: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]


def download(customer: Customer, *, at: datetime) -> bytes:
    """A zip with `person.html` and `person.json`, in the reader's language."""
    business = Business.objects.get(pk=customer.business_id)
    sections = list(_sections(business, erasure.person(customer.pk), customer, at))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("person.json", _json(business, sections, at))
        file.writestr("person.html", _page(business, sections, at))
    return packed.getvalue()


def _sections(
    business: Business, customers: Sequence[int], person: Customer, at: datetime
) -> Iterator[Section]:
    people = Customer.objects.filter(pk__in=customers).order_by("pk")
    yield _person(people)
    yield _contacts(customers)
    yield _cards(customers)
    yield _consents(customers)
    program = ledger.program(business.pk)
    if program is not None:
        goes_on = next((one.pk for one in people if one.merged_into_id is None), person.pk)
        yield _balances(business, program, goes_on, at)
    yield _vouchers(customers)
    yield _events(business, customers)
    yield _answers(customers)
    yield _journal(customers)


def _person(people: Iterable[Customer]) -> Section:
    numbers = dict(
        Member.objects.filter(customer__in=people).values_list("customer", "enrolled_at")
    )
    columns = (
        ("name", _("Name")),
        ("language", _("Language")),
        ("birthday", _("Birthday")),
        ("note", _("Note of the shop")),
        ("known_since", _("Known since")),
        ("member_since", _("Member since")),
        ("paused_until", _("No offers before")),
        ("less_often", _("Less often")),
    )
    rows = [
        (
            one.name,
            one.language,
            _birthday(one),
            one.note,
            one.created_at,
            numbers.get(one.pk),
            one.paused_until,
            one.less_often,
        )
        for one in people
    ]
    return Section("person", _("Person"), columns, tuple(rows))


def _contacts(customers: Sequence[int]) -> Section:
    found = Identity.objects.filter(customer__in=customers).order_by("pk")
    columns = (("kind", _("Kind")), ("value", _("Value")))
    rows = found.values_list("kind", "value")
    return Section("contacts", _("Addresses and numbers"), columns, tuple(rows))


def _cards(customers: Sequence[int]) -> Section:
    cards = Card.objects.filter(customer__in=customers).order_by("pk")
    columns = (("address", _("Secret part of the address")), ("replaced_at", _("Replaced on")))
    return Section("cards", _("Cards"), columns, tuple(cards.values_list("token", "revoked_at")))


def _consents(customers: Sequence[int]) -> Section:
    found = Consent.objects.filter(customer__in=customers).order_by("at", "pk")
    columns = (
        ("at", _("When")),
        ("purpose", _("Topic")),
        ("channel", _("By")),
        ("granted", _("Yes")),
        ("wording", _("In these words")),
        ("source", _("Where it was said")),
    )
    rows = found.values_list(*(name for name, _title in columns))
    return Section("consents", _("Consents"), columns, tuple(rows))


def _balances(business: Business, program: Program, customer: int, at: datetime) -> Section:
    standing = ledger.standing(business.pk, customer, now=at)
    columns = (("unit", _("Unit")), ("usable", _("Usable")), ("pending", _("Usable later")))
    rows = [
        (
            unit.id,
            money.written(standing.balances.get(unit.id, 0), unit.decimals),
            money.written(standing.pending.get(unit.id, 0), unit.decimals),
        )
        for unit in program.units
        if standing is not None
    ]
    level = (standing.tier if standing else None) or ""
    rows += [(_("Level"), level, "")] if level else []
    return Section("balances", _("Balances"), columns, tuple(rows))


def _vouchers(customers: Sequence[int]) -> Section:
    columns = (
        ("reward", _("Reward")),
        ("code", _("Code")),
        ("state", _("State")),
        ("issued_on", _("Issued on")),
        ("expires_on", _("Last day")),
    )
    rows = database.query(_VOUCHERS, {"customers": list(customers)})
    return Section("vouchers", _("Vouchers"), columns, tuple(rows))


def _events(business: Business, customers: Sequence[int]) -> Section:
    """Every event with what it changed and why; what the ledger keeps of it stands as it is."""
    columns = (
        ("at", _("When")),
        ("kind", _("What")),
        ("amount", _("Amount")),
        ("currency", _("Currency")),
        ("details", _("Details")),
        ("changed", _("What changed, and why")),
        ("refused", _("Why it was refused")),
    )
    changed = {who: _changes(business, who) for who in customers}
    rows = [
        (
            at,
            kind,
            None if amount is None else money.written(amount, money.decimals(business.currency)),
            currency,
            {name: value for name, value in json.loads(what).items() if name != "type"},
            changed[who].get(event, []),
            refused,
        )
        for who, event, at, kind, amount, currency, what, refused in database.query(
            _EVENTS, {"customers": list(customers)}
        )
    ]
    return Section("events", _("Everything that happened"), columns, tuple(rows))


def _changes(business: Business, customer: int) -> dict[int, list[str]]:
    """What each event changed, in sentences."""
    lines = history.newest(business, customer, limit=_ALL)
    return {
        event: [f"{one.amount} {one.unit} ({one.title}): {'; '.join(one.why)}" for one in moments]
        for event, moments in groupby(lines, key=lambda one: one.event)
    }


def _answers(customers: Sequence[int]) -> Section:
    found = Answer.objects.filter(customer__in=customers).order_by("answered_on", "pk")
    columns = (
        ("answered_on", _("When")),
        ("question", _("Question")),
        ("score", _("Answer")),
        ("scale", _("Out of")),
        ("comment", _("In words")),
        ("source", _("Where it was said")),
    )
    rows = found.values_list(*(name for name, _title in columns))
    return Section("answers", _("Answers"), columns, tuple(rows))


def _journal(customers: Sequence[int]) -> Section:
    """What staff did that concerns the person, without who; codes that were refused; scans."""
    columns = (("at", _("When")), ("kind", _("What")), ("details", _("Details")))
    lines = JournalLine.objects.filter(customer__in=customers)
    refusals = CodeRefusal.objects.filter(card__customer__in=customers)
    scans = OfflineScan.objects.filter(customer__in=customers)
    rows: list[tuple[Any, ...]] = [
        *lines.values_list("at", "kind", "what"),
        *((one.at, "code refused", {"reason": one.reason}) for one in refusals),
        *((one.scanned_at, "offline scan", {"refused": one.refused}) for one in scans),
    ]
    rows.sort(key=lambda row: row[0])
    return Section("journal", _("Journal"), columns, tuple(rows))


def _birthday(one: Customer) -> str:
    if one.birth_day is None or one.birth_month is None:
        return ""
    year = f"{one.birth_year:04d}" if one.birth_year else "-"
    return f"{year}-{one.birth_month:02d}-{one.birth_day:02d}"


def _json(business: Business, sections: Sequence[Section], at: datetime) -> str:
    held: dict[str, Any] = {"shop": business.name, "made_at": at}
    for section in sections:
        names = [name for name, _title in section.columns]
        held[section.name] = [dict(zip(names, row, strict=True)) for row in section.rows]
    return json.dumps(held, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: date) -> str:
    return value.isoformat()


def _page(business: Business, sections: Sequence[Section], at: datetime) -> str:
    zone = ZoneInfo(business.timezone)
    shown = [
        (section, [[_cell(value, zone) for value in row] for row in section.rows])
        for section in sections
    ]
    context = {"business": business, "sections": shown, "at": at, "zone": business.timezone}
    return render_to_string("pages/person_file.html", context)


def _cell(value: Any, zone: ZoneInfo) -> str:
    """A value as text for people."""
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case dict():
            return "; ".join(f"{name}: {_cell(held, zone)}" for name, held in value.items())
        case list() | tuple():
            return "; ".join(_cell(held, zone) for held in value)
    return str(value)
