"""What the ledger's events say in words about somebody erased is blanked; every sum stays.

Words are the reason of a correction, attributes that no rule of any version asks for, and a
reference that holds something of the person. What a rule asks for stays, for the history must
fold to the same account. The database lets nothing else be changed (migration `0009_erasure`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, Final

import msgspec
from django.db import connection, transaction
from msgspec import Struct

from habitue.ledger import arrays, books, households
from habitue.members.erasing import Person

BLANK: Final = "–"  # a correction keeps having a reason

_WORDY: Final = """
SELECT customer_id, id, what::text FROM ledger_event
WHERE customer_id = ANY (%s) AND (what->>'reason' IS NOT NULL OR what->'attributes' IS NOT NULL)"""

_REWRITE: Final = """
UPDATE ledger_event SET what = said.what
FROM unnest(%s::bigint[], %s::bigint[], %s::json[]) AS said (customer_id, id, what)
WHERE ledger_event.customer_id = said.customer_id AND ledger_event.id = said.id"""

_NAMED: Final = """
SELECT source, reference FROM ledger_reference
WHERE business_id = %s AND (customer_id, event_id) IN (
    SELECT customer_id, id FROM ledger_event WHERE customer_id = ANY (%s))"""

_RENAME: Final = """
UPDATE ledger_reference SET reference = said.blank
FROM unnest(%s::text[], %s::text[], %s::text[]) AS said (source, reference, blank)
WHERE ledger_reference.business_id = %s AND ledger_reference.source = said.source
  AND ledger_reference.reference = said.reference"""


class Asked(Struct, frozen=True):
    """What the rules of all versions ask of attributes: values by name, and measured numbers."""

    values: dict[str, set[str | int | bool]]
    numbers: set[str]

    def keeps(self, name: str, value: str | int | bool) -> bool:
        """Whether a rule could tell this value from none."""
        measured = name in self.numbers and not isinstance(value, str)
        return measured or value in self.values.get(name, ())


def forget_person(person: Person) -> None:
    """Take somebody erased out of their household, and blank what the ledger says of them."""
    for customer in person.customers:
        households.leave(person.business, customer)
    known = [*person.known.names, *person.known.telling]
    forget(person.business, person.customers, known)


def forget(business: int, customers: Sequence[int], known: Iterable[str]) -> int:
    """Blank what events and references say of these customers; answers how many events did.

    `known`: names and addresses of the person, looked for in references. The customers must be
    marked as erased before, in the same transaction.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ledger.erasing', 'on', true)")
        cursor.execute(_WORDY, [list(customers)])
        asked = _asked(business)
        rows = [(who, event, _blanked(what, asked)) for who, event, what in cursor.fetchall()]
        cursor.execute(_REWRITE, [list(column) for column in zip(*rows, strict=True)] or [[]] * 3)
        _rename(cursor, business, customers, [one.casefold() for one in known])
        cursor.execute("SELECT set_config('ledger.erasing', 'off', true)")
    return len(rows)


def _blanked(text: str, asked: Asked) -> str:
    what = msgspec.json.decode(text)
    if "reason" in what:
        what["reason"] = BLANK
    kept = {name: value for name, value in what.pop("attributes", {}).items()
            if asked.keeps(name, value)}  # fmt: skip
    if kept:
        what["attributes"] = kept
    return msgspec.json.encode(what).decode()


def _rename(cursor: Any, business: int, customers: Sequence[int], known: Sequence[str]) -> None:
    """A reference that holds an address or name is replaced by a hash of its own."""
    cursor.execute(_NAMED, [business, list(customers)])
    telling = [
        (source, reference, f"erased:{blake2b(reference.encode(), digest_size=12).hexdigest()}")
        for source, reference in cursor.fetchall()
        if any(one in reference.casefold() for one in known)
    ]
    if telling:
        columns = [arrays.texts(column) for column in zip(*telling, strict=True)]
        cursor.execute(_RENAME, [*columns, business])


def _asked(business: int) -> Asked:
    """Every attribute that a condition or a base of any version names."""
    found = Asked({}, set())
    for version in books.shelf(business).programs:
        for part in _parts(msgspec.to_builtins(version, enc_hook=str)):
            match part:
                case {"type": "attribute", "name": name, "values": values}:
                    found.values.setdefault(name, set()).update(values)
                case {"type": "within", "name": name} | {"attribute": name}:
                    found.numbers.add(name)
    return found


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every table within a value, at any depth."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            yield from _parts(one)
