"""Everything that is kept on a person, to take away: one zip with a page to read and JSON.

Both say the same (`ledger.everything`). The JSON has an object with a list for each part; days and
instants in ISO 8601, units and money as decimal numbers in text.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from habitue.ledger import everything
from habitue.ledger.everything import Part
from habitue.members.models import Business, Customer
from habitue.pages import history

NAME: Final = "habitue-{number}.zip"
_ALL: Final = 10**6

_PARTS: Final = {
    "person": gettext_lazy("Person"),
    "contacts": gettext_lazy("Addresses and numbers"),
    "cards": gettext_lazy("Cards"),
    "consents": gettext_lazy("Consents"),
    "balances": gettext_lazy("Balances"),
    "tier": gettext_lazy("Level"),
    "vouchers": gettext_lazy("Vouchers"),
    "events": gettext_lazy("Everything that happened"),
    "answers": gettext_lazy("Answers"),
    "journal": gettext_lazy("Journal"),
}

_COLUMNS: Final = {
    "name": gettext_lazy("Name"),
    "language": gettext_lazy("Language"),
    "birthday": gettext_lazy("Birthday"),
    "note": gettext_lazy("Note of the shop"),
    "known_since": gettext_lazy("Known since"),
    "member_since": gettext_lazy("Member since"),
    "paused_until": gettext_lazy("No offers before"),
    "less_often": gettext_lazy("Less often"),
    "contacts kind": gettext_lazy("Kind"),
    "value": gettext_lazy("Value"),
    "address": gettext_lazy("Secret part of the address"),
    "replaced_at": gettext_lazy("Replaced on"),
    "at": gettext_lazy("When"),
    "purpose": gettext_lazy("Topic"),
    "channel": gettext_lazy("By"),
    "granted": gettext_lazy("Yes"),
    "wording": gettext_lazy("In these words"),
    "source": gettext_lazy("Where it was said"),
    "unit": gettext_lazy("Unit"),
    "usable": gettext_lazy("Usable"),
    "pending": gettext_lazy("Usable later"),
    "level": gettext_lazy("Level"),
    "reward": gettext_lazy("Reward"),
    "code": gettext_lazy("Code"),
    "state": gettext_lazy("State"),
    "issued_on": gettext_lazy("Issued on"),
    "expires_on": gettext_lazy("Last day"),
    "kind": gettext_lazy("What"),
    "amount": gettext_lazy("Amount"),
    "currency": gettext_lazy("Currency"),
    "details": gettext_lazy("Details"),
    "changed": gettext_lazy("What changed, and why"),
    "refused": gettext_lazy("Why it was refused"),
    "answered_on": gettext_lazy("When"),
    "question": gettext_lazy("Question"),
    "score": gettext_lazy("Answer"),
    "scale": gettext_lazy("Out of"),
    "comment": gettext_lazy("In words"),
}


class Section(Struct, frozen=True):
    """One part on the page: its title, the titles of its columns."""

    title: str
    columns: tuple[str, ...]


def download(customer: Customer, *, at: datetime) -> bytes:
    """A zip with `person.html` and `person.json`, in the reader's language."""
    business = Business.objects.get(pk=customer.business_id)
    parts = list(everything.kept(customer, at=at, changes=_changes))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("person.json", _json(business, parts, at))
        file.writestr("person.html", _page(business, parts, at))
    return packed.getvalue()


def _changes(business: Business, customer: int) -> dict[int, list[str]]:
    """What each event changed, in sentences."""
    lines = history.newest(business, customer, limit=_ALL)
    return {
        event: [f"{one.amount} {one.unit} ({one.title}): {'; '.join(one.why)}" for one in moments]
        for event, moments in groupby(lines, key=lambda one: one.event)
    }


def _json(business: Business, parts: Sequence[Part], at: datetime) -> str:
    held: dict[str, Any] = {"shop": business.name, "made_at": at}
    held |= {part.name: part.objects() for part in parts}
    return json.dumps(held, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: date) -> str:
    return value.isoformat()


def _page(business: Business, parts: Sequence[Part], at: datetime) -> str:
    zone = ZoneInfo(business.timezone)
    shown = [
        (_section(part), [[_cell(value, zone) for value in row] for row in part.rows])
        for part in parts
    ]
    context = {"business": business, "sections": shown, "at": at, "zone": business.timezone}
    return render_to_string("pages/person_file.html", context)


def _section(part: Part) -> Section:
    titles = [_COLUMNS.get(f"{part.name} {one}") or _COLUMNS[one] for one in part.columns]
    return Section(str(_PARTS[part.name]), tuple(map(str, titles)))


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
