"""Everything that happened with a person, newest first: one line each, whatever room knows it.

One statement reads the newest lines of all sources before a cursor; what the events on the page
changed is read by one more. So a page of 50 costs the same wherever it lies.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.ledger import answers, database
from habitue.members import erasure
from habitue.members.models import Business, Customer
from habitue.pages import history
from habitue.pages.history import Moment
from habitue.pages.person import wording

PAGE: Final = 50
_LAST: Final = (9_999_999_999_999_999, 2**63 - 1)  # later than anything

CAME: Final = ("purchase", "visit", "refund", "action", "enrolment", "birthday", "anniversary")
GIVEN: Final = ("redemption", "voucher_use", "payment", "benefit_use", "won")
CORRECTED: Final = ("adjustment", "undo", "refund", "merged", "approval")
SILENT: Final = ("segments", "merge")  # of two sides of one merge, the one that stays tells it

_EVENTS: Final = """
SELECT at, id, 'event' AS source, customer_id, json_build_object('kind', kind, 'what', what,
    'refusal', refusal, 'amount', amount, 'currency', currency)::text AS said
FROM ledger_event event
WHERE customer_id = ANY (%(customers)s) AND (at, id) < (%(at)s, %(id)s)
  AND (%(kinds)s::text[] IS NULL OR kind = ANY (%(kinds)s)) AND kind <> ALL (%(silent)s)
  AND (kind <> 'passage' OR EXISTS (
    SELECT FROM ledger_entry entry
    WHERE entry.customer_id = event.customer_id AND entry.event_id = event.id))
ORDER BY at DESC, id DESC LIMIT %(limit)s"""

_ONE: Final = """
SELECT at, id, 'event' AS source, customer_id, json_build_object('kind', kind, 'what', what,
    'refusal', refusal, 'amount', amount, 'currency', currency)::text AS said
FROM ledger_event WHERE customer_id = ANY (%(customers)s) AND id = %(event)s"""

_CONSENTS: Final = """
SELECT at, id, 'consent', customer_id, json_build_object('purpose', purpose, 'channel', channel,
    'granted', granted, 'pending', pending, 'wording', wording, 'source', source)::text
FROM members_consent
WHERE customer_id = ANY (%(customers)s) AND (at, id) < (%(at)s, %(id)s)
ORDER BY at DESC, id DESC LIMIT %(limit)s"""

_ANSWERS: Final = """
SELECT coalesce(answered_at, answered_on::timestamp AT TIME ZONE %(zone)s), id, 'answer',
    customer_id, json_build_object('question', question, 'score', score, 'scale', scale,
    'comment', comment)::text
FROM members_answer
WHERE customer_id = ANY (%(customers)s)
  AND (coalesce(answered_at, answered_on::timestamp AT TIME ZONE %(zone)s), id) < (%(at)s, %(id)s)
ORDER BY 1 DESC, id DESC LIMIT %(limit)s"""

_JOURNAL: Final = """
SELECT line.at, line.id, 'journal', line.customer_id, json_build_object('kind', line.kind,
    'what', line.what, 'staff', staff.name)::text
FROM members_journalline line LEFT JOIN members_staff staff ON staff.id = line.staff_id
WHERE line.customer_id = ANY (%(customers)s) AND (line.at, line.id) < (%(at)s, %(id)s)
ORDER BY line.at DESC, line.id DESC LIMIT %(limit)s"""

_REFUSALS: Final = """
SELECT refusal.at, refusal.id, 'code', card.customer_id, json_build_object('reason',
    refusal.reason, 'staff', staff.name)::text
FROM members_coderefusal refusal
JOIN members_card card ON card.id = refusal.card_id
LEFT JOIN members_staff staff ON staff.id = refusal.staff_id
WHERE card.customer_id = ANY (%(customers)s) AND (refusal.at, refusal.id) < (%(at)s, %(id)s)
ORDER BY refusal.at DESC, refusal.id DESC LIMIT %(limit)s"""

_NEWEST: Final = """
SELECT * FROM ({parts}) AS line (at, id, source, customer_id, said)
ORDER BY at DESC, id DESC LIMIT %(limit)s"""

_UNDONE: Final = """
SELECT (what->>'of')::bigint FROM ledger_event
WHERE customer_id = ANY (%(customers)s) AND kind = 'undo' AND refusal IS NULL"""

_WHO: Final = """
SELECT held.event_id, staff.name
FROM unnest(%(sources)s::text[], %(names)s::text[]) AS staff (source, name)
JOIN ledger_reference held ON held.business_id = %(business)s AND held.source = staff.source
    AND (held.source LIKE 'counter:%%' OR held.source LIKE 'owner:%%')
    AND held.event_id = ANY (%(events)s)"""

_STAFF: Final = "SELECT id, name FROM members_staff WHERE business_id = %(business)s"

CHIPS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...] | None]]] = {
    "": ((_EVENTS, _CONSENTS, _ANSWERS, _JOURNAL, _REFUSALS), None),
    "visits": ((_EVENTS,), CAME),
    "rewards": ((_EVENTS,), GIVEN),
    "corrections": ((_EVENTS,), CORRECTED),
    "consent": ((_CONSENTS,), None),
    "answers": ((_ANSWERS,), None),
    "journal": ((_JOURNAL, _REFUSALS), None),
}
"""What each filter shows: the sources, and which kinds of events of them."""


class Line(Struct, frozen=True):
    """One line: its sign (a symbol's name), its words, who did it, what it changed and why."""

    at: datetime
    sign: str
    title: str
    said: tuple[str, ...] = ()
    who: str = ""
    moments: tuple[Moment, ...] = ()
    event: int = 0
    customer: int = 0
    undone: bool = False
    undoable: bool = False


class Page(Struct, frozen=True):
    """Some lines; `more` is the cursor of those before them, empty at the end."""

    lines: tuple[Line, ...]
    more: str = ""


def page(business: Business, customer: Customer, *, chip: str = "", before: str = "") -> Page:
    """The lines of a chip (`CHIPS`) before a cursor; a cursor that is none begins at the top."""
    customers = erasure.person(customer.pk)
    sources, kinds = CHIPS.get(chip, CHIPS[""])
    at, key = _cursor(before)
    asked = {
        "customers": customers,
        "at": at,
        "id": key,
        "kinds": None if kinds is None else list(kinds),
        "silent": list(SILENT),
        "zone": business.timezone,
        "limit": PAGE + 1,
    }
    parts = " UNION ALL ".join(f"({source})" for source in sources)
    rows = database.query(_NEWEST.format(parts=parts), asked)
    shown = rows[:PAGE]
    more = f"{_micros(shown[-1][0])}-{shown[-1][1]}" if len(rows) > PAGE else ""
    return Page(tuple(_lines(business, customers, shown)), more)


def one(business: Business, customer: Customer, event: int) -> Line | None:
    """One event's own line; None for what is no event of this person."""
    customers = erasure.person(customer.pk)
    rows = database.query(_ONE, {"customers": customers, "event": event})
    return next(iter(_lines(business, customers, rows)), None)


def _lines(
    business: Business, customers: Sequence[int], rows: Sequence[tuple[Any, ...]]
) -> list[Line]:
    events = [(who, key) for _at, key, source, who, _said in rows if source == "event"]
    told = _told(business, events)
    undone = _undone(customers) if events else set()
    done_by = by_hand(business, [key for _who, key in events])
    found = []
    for at, key, source, who, text in rows:
        said = json.loads(text)
        if source != "event":
            found.append(_beside(at, source, said))
            continue
        words = wording.event(business, said)
        found.append(
            Line(
                at,
                words.sign,
                words.title,
                words.said,
                done_by.get(key, ""),
                tuple(told.get(key, ())),
                key,
                who,
                key in undone,
                said["refusal"] is None and key not in undone and words.undoable,
            )
        )
    return found


def by_hand(business: Business, events: Sequence[int]) -> dict[int, str]:
    """Who posted these events, by name; what nobody did by hand is absent."""
    if not events:
        return {}
    staff = database.query(_STAFF, {"business": business.pk})
    sources = [(f"{door}:{key}", name) for key, name in staff for door in ("counter", "owner")]
    asked = {
        "business": business.pk,
        "events": list(events),
        "sources": [source for source, _name in sources],
        "names": [name for _source, name in sources],
    }
    return dict(database.query(_WHO, asked))


def _told(business: Business, events: Sequence[tuple[int, int]]) -> dict[int, list[Moment]]:
    """What events changed and why, in words."""
    found: dict[int, list[Moment]] = {}
    entries = answers.lines_of(business.pk, events) if events else []
    owner = {event: who for who, event in events}
    for customer in sorted({who for who, _event in events}):
        own = [entry for entry in entries if owner[entry.event] == customer]
        found |= history.told(business, customer, own)
    return found


def _undone(customers: Sequence[int]) -> set[int]:
    return {key for (key,) in database.query(_UNDONE, {"customers": list(customers)})}


def _beside(at: datetime, source: str, said: dict[str, Any]) -> Line:
    match source:
        case "consent":
            words = wording.consent(said)
        case "answer":
            words = wording.answer(said)
        case "journal":
            words = wording.journal(said["kind"], said["what"])
        case _:
            words = wording.code(said["reason"])
    return Line(at, words.sign, words.title, words.said, said.get("staff") or "")


def chips() -> list[tuple[str, str]]:
    """The filters, each with its name."""
    return [
        ("", _("Everything")),
        ("visits", _("Visits")),
        ("rewards", _("Rewards")),
        ("corrections", _("Corrections")),
        ("consent", _("Consent")),
        ("answers", _("Answers")),
        ("journal", _("Journal")),
    ]


def _cursor(text: str) -> tuple[datetime, int]:
    micros, _dash, key = text.partition("-")
    wanted = _LAST
    if micros.isdecimal() and key.isdecimal() and len(micros) < 17 and len(key) < 20:
        wanted = (int(micros), min(int(key), 2**63 - 1))
    return _moment(wanted[0]), wanted[1]


def _micros(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def _moment(micros: int) -> datetime:
    begin = datetime(1970, 1, 1, tzinfo=UTC)
    most = (datetime.max.replace(tzinfo=UTC) - begin) // timedelta(microseconds=1)
    return begin + timedelta(microseconds=min(micros, most))
