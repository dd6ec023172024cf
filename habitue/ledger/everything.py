"""Everything that is kept on a person, part by part: what they may take away.

Doors say it in their own way. Customers who went over into the person are in it, for they are the
person. What others wrote about their own work (PINs, settings) is not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from habitue.core import money
from habitue.ledger import books, database, explained, reading
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

_ALL: Final = 10**6

_EVENTS: Final = """
SELECT customer_id, id, at, kind, amount, currency, what::text, refusal->>'sentence'
FROM ledger_event WHERE customer_id = ANY (%(customers)s) ORDER BY at, id"""

_VOUCHERS: Final = """
SELECT reward, code, state, issued_on, nullif(expires_on, 'infinity')
FROM ledger_voucher WHERE customer_id = ANY (%(customers)s) ORDER BY issued_on, id"""

Said = Callable[[Business, int], dict[int, list[str]]]
"""What each event of a customer changed, in sentences of a door's own, by event."""


class Part(Struct, frozen=True):
    """One part: its name, the names of its columns, its rows.

    Days and instants are such, units and money decimal text.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def objects(self) -> list[dict[str, Any]]:
        """The rows, each value by its column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def sentences(business: Business, customer: int) -> dict[int, list[str]]:
    """What each event changed, in English."""
    lines = explained.of_customers(business.pk, [customer], limit=_ALL).lines
    found: dict[int, list[str]] = {}
    for line in lines:
        found.setdefault(line.entry.event, []).append(line.sentence)
    return found


def kept(customer: Customer, *, at: datetime, changes: Said = sentences) -> Iterator[Part]:
    """All parts of what is kept on a person, as of `at`."""
    business = Business.objects.get(pk=customer.business_id)
    customers = erasure.person(customer.pk)
    people = Customer.objects.filter(pk__in=customers).order_by("pk")
    yield _person(people)
    yield _contacts(customers)
    yield _cards(customers)
    yield _consents(customers)
    goes_on = next((one.pk for one in people if one.merged_into_id is None), customer.pk)
    yield from _held(business, goes_on, at)
    yield _vouchers(customers)
    yield _events(business, customers, changes)
    yield _answers(customers)
    yield _journal(customers)


def _person(people: Iterable[Customer]) -> Part:
    joined = dict(Member.objects.filter(customer__in=people).values_list("customer", "enrolled_at"))
    columns = (
        "name",
        "language",
        "birthday",
        "note",
        "known_since",
        "member_since",
        "paused_until",
        "less_often",
    )
    rows = [
        (
            one.name,
            one.language,
            _birthday(one),
            one.note,
            one.created_at,
            joined.get(one.pk),
            one.paused_until,
            one.less_often,
        )
        for one in people
    ]
    return Part("person", columns, tuple(rows))


def _contacts(customers: Sequence[int]) -> Part:
    found = Identity.objects.filter(customer__in=customers).order_by("pk")
    return Part("contacts", ("kind", "value"), tuple(found.values_list("kind", "value")))


def _cards(customers: Sequence[int]) -> Part:
    found = Card.objects.filter(customer__in=customers).order_by("pk")
    rows = tuple(found.values_list("token", "revoked_at"))
    return Part("cards", ("address", "replaced_at"), rows)


def _consents(customers: Sequence[int]) -> Part:
    columns = ("at", "purpose", "channel", "granted", "wording", "source")
    found = Consent.objects.filter(customer__in=customers).order_by("at", "pk")
    return Part("consents", columns, tuple(found.values_list(*columns)))


def _held(business: Business, customer: int, at: datetime) -> Iterator[Part]:
    program = books.in_force(business.pk)
    standing = reading.standing(business.pk, customer, now=at)
    rows = [
        (
            unit.id,
            money.written(standing.balances.get(unit.id, 0), unit.decimals),
            money.written(standing.pending.get(unit.id, 0), unit.decimals),
        )
        for unit in (program.units if program else ())
        if standing is not None
    ]
    yield Part("balances", ("unit", "usable", "pending"), tuple(rows))
    held = standing is not None and standing.tier
    level = ((standing.tier, standing.tier_until),) if standing is not None and held else ()
    yield Part("tier", ("level", "expires_on"), level)


def _vouchers(customers: Sequence[int]) -> Part:
    columns = ("reward", "code", "state", "issued_on", "expires_on")
    rows = database.query(_VOUCHERS, {"customers": list(customers)})
    return Part("vouchers", columns, tuple(rows))


def _events(business: Business, customers: Sequence[int], changes: Said) -> Part:
    """Every event with what it changed and why; what the ledger keeps of it stands as it is."""
    columns = ("at", "kind", "amount", "currency", "details", "changed", "refused")
    changed = {who: changes(business, who) for who in customers}
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
    return Part("events", columns, tuple(rows))


def _answers(customers: Sequence[int]) -> Part:
    columns = ("answered_on", "question", "score", "scale", "comment", "source")
    found = Answer.objects.filter(customer__in=customers).order_by("answered_on", "pk")
    return Part("answers", columns, tuple(found.values_list(*columns)))


def _journal(customers: Sequence[int]) -> Part:
    """What staff did that concerns the person, without who; codes that were refused; scans."""
    lines = JournalLine.objects.filter(customer__in=customers)
    refusals = CodeRefusal.objects.filter(card__customer__in=customers)
    scans = OfflineScan.objects.filter(customer__in=customers)
    rows: list[tuple[Any, ...]] = [
        *lines.values_list("at", "kind", "what"),
        *((one.at, "code refused", {"reason": one.reason}) for one in refusals),
        *((one.scanned_at, "offline scan", {"refused": one.refused}) for one in scans),
    ]
    rows.sort(key=lambda row: row[0])
    return Part("journal", ("at", "kind", "details"), tuple(rows))


def _birthday(one: Customer) -> str:
    if one.birth_day is None or one.birth_month is None:
        return ""
    year = f"{one.birth_year:04d}" if one.birth_year else "-"
    return f"{year}-{one.birth_month:02d}-{one.birth_day:02d}"
