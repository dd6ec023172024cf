"""Importing customers: a file's rows become customers, each recognised or new, never anyone twice.

A row is recognised by card number, customer number, e-mail, phone, in this order. Batches are one
transaction each; a second import finds everybody there, so one that was killed is resumed by
running it again. Nothing is ever sent to anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final, Literal, NamedTuple

from django.db import IntegrityError, transaction
from msgspec import Struct

from habitue import ledger
from habitue.connectors import changes, opening
from habitue.connectors.changes import Known
from habitue.connectors.models import Change
from habitue.connectors.people import KINDS, Person
from habitue.connectors.table import Reject, Rejected, Tell
from habitue.core.facts import Enrolment
from habitue.members import cards, consents, customers, ids
from habitue.members.models import Business, Consent, Customer, Identity, Member

BATCH: Final = 1_000
_TRIES: Final = 3
_NAMED: Final = {"name", "first_name", "last_name"}
NAMES: Final = {
    "number": "card number",
    "external": "customer number",
    "email": "e-mail",
    "phone": "phone number",
}


class Rules(Struct, frozen=True, kw_only=True):
    """What is done with the rows: `existing` customers are updated or left as they are.

    `members`: who is new becomes a member, with what others get for joining if `welcome`.
    `wording`: what people agreed to; without it nobody's consent is recorded. `columns` are the
    file's: where it has one of names, a customer who is new must have a name.
    """

    existing: Literal["update", "leave"] = "update"
    members: bool = False
    welcome: bool = False
    wording: str = ""
    columns: dict[str, int] = {}


class Tally(Struct, kw_only=True):
    """What became of the rows: new + updated + there + rejected = rows.

    `agreed`: consents recorded; `unproven`: a yes without its day or words, which counts as no.
    """

    rows: int = 0
    new: int = 0
    updated: int = 0
    there: int = 0
    rejected: int = 0
    empty: int = 0
    agreed: int = 0
    unproven: int = 0


class Verdict(NamedTuple):
    """What a row means. `customer` None: a new one. `changed`: fields, as in `changes.Known`."""

    person: Person
    customer: int | None
    changed: dict[str, Any]
    agreed: tuple[str, ...]

    @property
    def idle(self) -> bool:
        """Whether nothing follows from it."""
        return self.customer is not None and not self.changed and not self.agreed


def run(
    business: Business,
    rows: Iterable[Person | Rejected | None],
    rules: Rules,
    reject: Reject,
    *,
    now: datetime,
    keeper: changes.Keeper | None,
    tell: Tell = lambda rows: None,
) -> Tally:
    """Import rows; without a `keeper` only look what would follow."""
    tally = Tally()

    def rejected(row: Rejected) -> None:
        tally.rejected += 1
        reject(row)

    sole = _sole(rows, rules, tally, rejected, tell)
    while batch := list(islice(sole, BATCH)):
        for left in reversed(range(_TRIES)):
            try:
                with transaction.atomic():
                    verdicts = judged(business, batch, rules)
                    sound = [one for one in verdicts if isinstance(one, Verdict)]
                    if keeper is not None:
                        write(business, sound, rules, keeper, now)
                break
            except IntegrityError:  # somebody else wrote the same customer meanwhile
                if not left:
                    raise
        for verdict in verdicts:
            if isinstance(verdict, Rejected):
                rejected(verdict)
            else:
                _count(verdict, rules, tally)
        tell(len(batch))
    return tally


def judged(business: Business, batch: Sequence[Person], rules: Rules) -> list[Verdict | Rejected]:
    """What follows from each of some rows that speak of different people, or why nothing may."""
    return [_judged(one, rules) for one in _met(business, batch)]


def _count(verdict: Verdict, rules: Rules, tally: Tally) -> None:
    tally.there += verdict.idle
    tally.new += verdict.customer is None
    tally.updated += verdict.customer is not None and not verdict.idle
    tally.agreed += bool(verdict.agreed)
    person = verdict.person
    tally.unproven += bool(person.agreed) and not _proven(person, rules)


def _sole(
    rows: Iterable[Person | Rejected | None],
    rules: Rules,
    tally: Tally,
    reject: Reject,
    tell: Tell,
) -> Iterator[Person]:
    """The rows that speak of somebody no earlier row spoke of; everything else is counted here."""
    seen: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        if row is None:
            tally.empty += 1
            continue
        tally.rows += 1
        if isinstance(row, Rejected):
            reject(row)
            tell(1)
            continue
        said = hash((row.name, tuple(row.known.items()), row.birthday, row.language, row.agreed))
        before = [
            (kind, seen[key]) for key in row.known.items() if (kind := key[0]) and key in seen
        ]
        if not before:
            seen |= dict.fromkeys(row.known.items(), (row.row.line, said))
            yield row
        elif all(earlier[1] == said for _, earlier in before):
            tally.there += 1
            tell(1)
        else:
            kind, (line, _) = before[0]
            reject(refused(row, rules, kind, f"line {line} has this {NAMES[kind]} already"))
            tell(1)


class _Met(NamedTuple):
    """A row, whom it may mean by kind of identity, what is known of them, what they agreed to."""

    person: Person
    found: dict[str, int]
    known: Known | None
    decided: frozenset[str]


def _met(business: Business, batch: Sequence[Person]) -> Iterator[_Met]:
    """Each row with whom it may mean, by few statements for all."""
    held = {
        kind: customers.holders(
            business, kind, [one.known[kind] for one in batch if kind in one.known]
        )
        for kind in KINDS
    }
    found = [
        {kind: held[kind][value] for kind, value in one.known.items() if value in held[kind]}
        for one in batch
    ]
    meant = sorted({customer for one in found for customer in one.values()})
    known, decided = changes.snapshots(meant), _decided(meant)
    for person, by in zip(batch, found, strict=True):
        customer = next(iter(by.values()), None)
        if customer is None:
            yield _Met(person, by, None, frozenset())
        else:
            channels = frozenset(decided.get(customer, ()))
            yield _Met(person, by, known[customer], channels)


def _decided(meant: Sequence[int]) -> dict[int, set[str]]:
    """The channels of which a customer said yes or no already; lists never overrule that."""
    lines = Consent.objects.filter(customer__in=meant, purpose=consents.MARKETING)
    lines = lines.order_by("customer", "channel", "-at", "-id").distinct("customer", "channel")
    found: dict[int, set[str]] = {}
    for customer, channel, source in lines.values_list("customer", "channel", "source"):
        if source != consents.TAKEN_BACK:
            found.setdefault(customer, set()).add(channel)
    return found


def _judged(met: _Met, rules: Rules) -> Verdict | Rejected:
    """What follows from a row, or why nothing may."""
    person, found, known = met.person, met.found, met.known
    agreed = tuple(one for one in person.agreed if one not in met.decided)
    if not _proven(person, rules):
        agreed = ()
    if known is None:
        if not person.name and _NAMED & rules.columns.keys():
            return refused(person, rules, "name", "the name is missing")
        return Verdict(person, None, {}, agreed)
    customer = next(iter(found.values()))
    if reason := _confused(person, found, known):
        return refused(person, rules, list(found)[-1], reason)
    if rules.existing == "leave":
        return Verdict(person, customer, {}, ())
    return Verdict(person, customer, _changed(person, known), agreed)


def _confused(person: Person, found: Mapping[str, int], known: Known) -> str:
    """Why a row cannot mean the customer it was found by, or ""."""
    kinds = list(found)
    if len(set(found.values())) > 1:
        other = next(kind for kind in kinds if found[kind] != found[kinds[0]])
        return f"the {NAMES[kinds[0]]} is one customer's, the {NAMES[other]} another's"
    if known["binned"]:
        return "this customer is in the recycle bin: restore them first"
    if kinds != ["phone"]:
        return ""
    other_mail = known["email"] and person.known.get("email", "") not in ("", *known["email"])
    names = {name.casefold() for name in (person.name, known["name"]) if name}
    if other_mail or len(names) > 1:
        return "another customer has this phone number already"
    return ""


def _changed(person: Person, known: Known) -> dict[str, Any]:
    """What a row says otherwise; what it leaves empty says nothing."""
    changed: dict[str, Any] = {}
    if person.name and person.name != known["name"]:
        changed["name"] = person.name
    if person.language and person.language != known["language"]:
        changed["language"] = person.language
    if person.birthday:
        day, month, year = person.birthday
        before = known["birthday"] or [0, 0, None]
        if [day, month] != before[:2] or (year and year != before[2]):
            changed["birthday"] = [day, month, year]
    for kind, value in person.known.items():
        several = value.split() if kind == "external" else [value]  # as our own files write them
        if value not in known[kind] and not set(several) <= {*known[kind]} and kind != "number":
            changed[kind] = [value]
    return changed


def _proven(person: Person, rules: Rules) -> bool:
    """Whether it is known what was agreed to, and when: without both there is no consent."""
    return bool(rules.wording and person.agreed_on)


def refused(person: Person, rules: Rules, role: str, reason: str) -> Rejected:
    """A row that is not taken, with the value that is to blame."""
    roles = ("name", "first_name", "last_name") if role == "name" else (role,)
    place = next((rules.columns[one] for one in roles if one in rules.columns), -1)
    cells = person.row.cells
    value = cells[place] if 0 <= place < len(cells) else ""
    return opening.rejected(person.row, value, reason, place)


def write(
    business: Business,
    verdicts: Sequence[Verdict],
    rules: Rules,
    keeper: changes.Keeper,
    now: datetime,
) -> list[int]:
    """Write a batch by few statements, and keep what was done; answers the customers made."""
    new = [one for one in verdicts if one.customer is None]
    numbered = dict(zip(ids.make_many(len(new)), new, strict=True))
    altered = [one for one in verdicts if one.customer is not None and not one.idle]
    before = changes.snapshots([one.customer for one in altered if one.customer])
    Customer.objects.bulk_create(
        _customer(business, key, one.person, now) for key, one in numbered.items()
    )
    Identity.objects.bulk_create(
        Identity(business=business, kind=kind, value=value, customer_id=key)
        for key, one in numbered.items()
        for kind, value in one.person.known.items()
    )
    alter(business, {one.customer: one.changed for one in altered if one.customer}, before)
    agreeing = [*numbered.items(), *((one.customer, one) for one in altered if one.customer)]
    Consent.objects.bulk_create(
        Consent(
            customer_id=key,
            purpose=consents.MARKETING,
            channel=channel,
            granted=True,
            wording=rules.wording,
            source=source(keeper.of.pk),
            at=one.person.agreed_on,
        )
        for key, one in agreeing
        for channel in one.agreed
        if one.person.agreed_on
    )
    keeper.gathered(Change.Kind.MADE, {}, list(numbered))
    keeper.gathered(Change.Kind.UPDATED, before, list(before))
    if rules.members and numbered:
        enrol(business, sorted(numbered), rules, now)
    return list(numbered)


def source(key: int) -> str:
    """The source of the consents that an import recorded."""
    return f"import {key}"


def agreed(key: int) -> int:
    """How many customers' consents an import recorded."""
    lines = Consent.objects.filter(source=source(key), granted=True)
    return lines.values("customer").distinct().count()


def alter(
    business: Business, changed: Mapping[int, Mapping[str, Any]], before: Mapping[int, Known]
) -> None:
    """Give customers other names, birthdays, languages, addresses: lists in place of lists."""
    rows = []
    for row in Customer.objects.filter(pk__in=list(changed)):
        fields = changed[row.pk]
        row.name = fields.get("name", row.name)
        row.language = fields.get("language", row.language)
        if "birthday" in fields:
            row.birth_day, row.birth_month, row.birth_year = fields["birthday"] or [None] * 3
        rows.append(row)
    birth = ["birth_day", "birth_month", "birth_year"]
    Customer.objects.bulk_update(rows, ["name", "language", *birth], batch_size=500)
    kept = [
        (customer, kind, fields[kind])
        for customer, fields in changed.items()
        for kind in ("email", "phone", "external")
        if kind in fields
    ]
    for kind in ("email", "phone", "external"):
        whose = [customer for customer, of, _ in kept if of == kind]
        Identity.objects.filter(customer__in=whose, kind=kind).delete()
    Identity.objects.bulk_create(
        Identity(business=business, kind=kind, value=value, customer_id=customer)
        for customer, kind, values in kept
        for value in values
    )


def _customer(business: Business, key: int, person: Person, now: datetime) -> Customer:
    day, month, year = person.birthday or (None, None, None)
    return Customer(
        id=key,
        business=business,
        name=person.name,
        language=person.language,
        birth_day=day,
        birth_month=month,
        birth_year=year,
        created_at=now,
    )


def enrol(business: Business, new: Sequence[int], rules: Rules, now: datetime) -> None:
    """Make customers members, each with a card; they are told nothing."""
    customers.enroll_many(business, new, at=now)
    cards.issue_many(new)
    what = Enrolment(channel="import", unwelcomed=not rules.welcome)
    answers = ledger.post(
        business.pk,
        [
            ledger.Fact(
                customer=customer,
                at=now,
                what=what,
                source="enrolment",
                reference=f"import:{customer}",
            )
            for customer in new
        ],
        now=now,
    )
    today = {answer.customer for answer in answers} - {*new}  # of who has just gone over
    missing = today - {
        *Member.objects.filter(customer__in=today).values_list("customer", flat=True)
    }
    if missing:
        enrol(business, sorted(missing), rules, now)
