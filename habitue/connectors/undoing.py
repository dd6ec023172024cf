"""Takes back what an import did: what was posted by events, customers if nothing since.

Everything goes in batches of one transaction each, and is found done when it is run again. What
something else hangs on by now stays, and is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from msgspec import Struct

from habitue import ledger
from habitue.connectors import changes, gathering, recording
from habitue.connectors.changes import Known
from habitue.connectors.models import Change, Import
from habitue.connectors.table import Tell
from habitue.core.facts import Undo
from habitue.members import consents, erasure
from habitue.members.models import Answer, Consent, Customer, Member

BATCH: Final = 500
SOURCE: Final = "import-undo"

_STANDING: Final = """
SELECT DISTINCT event.customer_id FROM ledger_event event
WHERE event.customer_id = ANY (%(customers)s) AND event.refusal IS NULL
  AND event.kind NOT IN (
    'enrolment', 'undo', 'passage', 'segments', 'birthday', 'anniversary', 'date')
  AND NOT EXISTS (
    SELECT FROM ledger_event back
    WHERE back.customer_id = event.customer_id AND back.kind = 'undo' AND back.refusal IS NULL
      AND (back.what->>'of')::bigint = event.id)"""


class Done(Struct):
    """`back`: rows taken back; `left`: purchases and customers that stayed."""

    back: int = 0
    left: int = 0


def count(one: Import) -> int:
    """How many things there are to take back."""
    return Change.objects.filter(of=one).count()


def run(one: Import, *, now: datetime, tell: Tell) -> Done:
    """Take everything back: what was posted, answers, what was changed and made of customers."""
    done = Done()
    for kind in (Change.Kind.PURCHASE, Change.Kind.BALANCE):
        for batch in _batches(one, kind, "customer", "-event"):
            _posted(one, batch, done, now)
            tell(len(batch))
    for batch in _batches(one, Change.Kind.ANSWER, "pk"):
        names = [change.reference for change in batch]
        mine = Answer.objects.filter(business=one.business_id, source=recording.SOURCE)
        done.back += len(names)
        mine.filter(reference__in=names).delete()
        tell(len(batch))
    for batch in _batches(one, Change.Kind.UPDATED, "pk"):
        with transaction.atomic():
            _restore(one, batch, done, now)
        tell(len(batch))
    for batch in _batches(one, Change.Kind.MADE, "pk"):
        with transaction.atomic():
            _remove(one, batch, done, now)
        tell(len(batch))
    Change.objects.filter(of=one).update(before=None, after=None)
    return done


def _batches(one: Import, kind: str, *order: str) -> Iterator[list[Change]]:
    keys = list(
        Change.objects.filter(of=one, kind=kind).order_by(*order).values_list("pk", flat=True)
    )
    for place in range(0, len(keys), BATCH):
        found = Change.objects.in_bulk(keys[place : place + BATCH])
        yield [found[key] for key in keys[place : place + BATCH]]


def _posted(one: Import, batch: Sequence[Change], done: Done, now: datetime) -> None:
    """The newest of a customer first, each by an event that can itself be seen and explained."""
    answers = ledger.post(
        one.business_id,
        [
            ledger.Fact(
                customer=change.customer_id or 0,
                at=now,
                what=Undo(change.event or 0, consequence=True),
                source=SOURCE,
                reference=str(change.event),
            )
            for change in batch
        ],
        now=now,
    )
    for change, answer in zip(batch, answers, strict=True):
        gone = not answer.refused or answer.refused.code in ("already_undone", "conflict")
        done.back += change.rows * gone
        done.left += not gone


def _restore(one: Import, batch: Sequence[Change], done: Done, now: datetime) -> None:
    """Give customers their former values again, but what was changed since."""
    whose = {change.customer_id: change for change in batch if change.customer_id}
    current = changes.snapshots(whose)
    former = {
        customer: _former(change, current[customer])
        for customer, change in whose.items()
        if change.before is not None and change.after is not None
    }
    gathering.alter(one.business, former, current)
    _withdraw(one, list(whose))
    for customer, change in whose.items():
        wanted = _differing(change.before or {}, change.after or {})
        whole = wanted <= former.get(customer, {}).keys()
        done.back += change.rows * whole
        done.left += not whole


def _former(change: Change, current: Known) -> dict[str, Any]:
    before, after = change.before or {}, change.after or {}
    return {
        field: before[field]
        for field in _differing(before, after)
        if current.get(field) == after[field]
    }


def _differing(before: Known, after: Known) -> set[str]:
    return {field for field in after if before.get(field) != after[field]}


def _withdraw(one: Import, customers: Sequence[int]) -> None:
    """The lines of consent that the import wrote count no more; the log itself keeps them."""
    lines = Consent.objects.filter(customer__in=customers, source=gathering.source(one.pk))
    Consent.objects.bulk_create(
        Consent(
            customer_id=line.customer_id,
            purpose=line.purpose,
            channel=line.channel,
            granted=False,
            wording=line.wording,
            source=consents.TAKEN_BACK,
            at=line.at,
        )
        for line in lines.filter(granted=True)
    )


def _remove(one: Import, batch: Sequence[Change], done: Done, now: datetime) -> None:
    """Customers to whom nothing else has happened are gone; the others stay as they are."""
    whose = {change.customer_id: change for change in batch if change.customer_id}
    there = Customer.objects.filter(pk__in=whose, erased_at=None).values_list("pk", flat=True)
    busy = _busy(one, list(whose))
    current = changes.snapshots(there)
    gone = [
        customer
        for customer in there
        if customer not in busy and _same(whose[customer].after, current[customer])
    ]
    _withdraw(one, gone)
    erasure.erase(gone, at=now)
    Member.objects.filter(customer__in=gone).delete()
    for customer, change in whose.items():
        stays = customer in current and customer not in gone
        done.back += change.rows * (not stays)
        done.left += stays


def _same(after: Known | None, current: Known) -> bool:
    """Whether nobody has changed a customer since; a member's number is given, not changed."""
    if after is None:
        return False
    return all(current[field] == after[field] for field in after if field != "number")


def _busy(one: Import, customers: Sequence[int]) -> set[int]:
    """To whom something happened that this import did not do."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"customers": list(customers)})
        busy = {customer for (customer,) in cursor.fetchall()}
    own = [gathering.source(one.pk), consents.TAKEN_BACK]
    agreed = Consent.objects.filter(customer__in=customers).exclude(source__in=own)
    answered = Answer.objects.filter(customer__in=customers)
    busy |= {*agreed.values_list("customer", flat=True)}
    busy |= {key for key in answered.values_list("customer", flat=True) if key is not None}
    return busy
