"""Audiences: the customers of a segment under a name, live or frozen, counted, listed, as rows.

A live audience is whoever its definition is true of when it is asked; a frozen one stays who it
was. Whoever went over into another customer since is there under the other's number, whoever was
erased is not there any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import msgspec
from django.db import connection, transaction
from django.db.models import QuerySet
from msgspec import Struct

from habitue.ledger import figures
from habitue.members import ids, survivors
from habitue.members.models import Business
from habitue.metrics import asked
from habitue.metrics.segments import catalogue
from habitue.outreach import populations
from habitue.outreach.models import Audience

MOST_NAME: Final = 80


class OfSegment(Struct, frozen=True, kw_only=True, tag="segment"):
    """Who is in a segment; `window` is W in days, None for the business's own rhythm."""

    segment: str
    window: int | None = None


class OfChosen(Struct, frozen=True, kw_only=True, tag="chosen"):
    """Whoever was ticked by hand on a list, so many; always frozen."""

    customers: int


Definition = OfSegment | OfChosen
"""Of whom an audience consists; other kinds join the union, told apart by their tag."""


class Row(NamedTuple):
    """A customer of an audience: number and name where they are members, mail where they agreed.

    `revenue` is net of refunds, in minor units of the business's currency; 0 orders where nothing
    counts any more.
    """

    customer: int
    number: str
    name: str
    email: str
    last: date | None
    orders: int
    revenue: int


_FREEZE: Final = """
INSERT INTO outreach_audiencemember (id, audience_id, customer_id)
SELECT id, %s, customer_id FROM unnest(%s::bigint[], %s::bigint[]) AS who (id, customer_id)
ORDER BY customer_id"""

_PRESENT: Final = """
SELECT id FROM members_customer
WHERE business_id = %s AND id = ANY(%s) AND erased_at IS NULL AND binned_at IS NULL
ORDER BY id"""

# A mail address only of who agreed to be written to by mail, and has not taken it back since.
_PEOPLE: Final = """
SELECT customer.id, coalesce(member.number, ''), customer.name, coalesce((
    SELECT min(identity.value) FROM members_identity identity
    WHERE identity.customer_id = customer.id AND identity.kind = 'email' AND (
        SELECT consent.granted FROM members_consent consent
        WHERE consent.customer_id = customer.id AND consent.purpose = 'marketing'
          AND consent.channel = 'email'
        ORDER BY consent.at DESC, consent.id DESC LIMIT 1)), '')
FROM members_customer customer
LEFT JOIN members_member member ON member.customer_id = customer.id
WHERE customer.business_id = %s AND customer.id = ANY(%s)
  AND customer.erased_at IS NULL AND customer.binned_at IS NULL
ORDER BY customer.id"""


def make(
    business: Business,
    name: str,
    definition: Definition,
    *,
    now: datetime,
    frozen: bool = False,
    chosen: Sequence[int] = (),
) -> Audience:
    """A new audience; frozen, with whoever is in it now; of `OfChosen`, those who are `chosen`.

    A `ValueError` or `LookupError` carries a sentence: the name is taken or is none, there is no
    such segment, the window is none.
    """
    name = _named(business, name)
    if isinstance(definition, OfChosen):
        frozen, found = True, _present(business, chosen)
    else:
        catalogue.get(definition.segment)
        if definition.window is not None:
            asked.given(definition.window)
        found = _found(business, definition, now) if frozen else []
    with transaction.atomic():
        made = Audience.objects.create(
            business=business,
            name=name,
            kind=Audience.Kind.FROZEN if frozen else Audience.Kind.LIVE,
            definition=msgspec.to_builtins(definition),
            made_at=now,
        )
        with connection.cursor() as cursor:
            cursor.execute(_FREEZE, [made.pk, ids.make_many(len(found)), found])
    return made


def every(business: Business) -> QuerySet[Audience]:
    """The audiences of a business, by name."""
    return Audience.objects.filter(business=business).order_by("name")


def definition(audience: Audience) -> Definition:
    """What an audience consists of."""
    found: Definition = msgspec.convert(audience.definition, Definition)
    return found


def members(audience: Audience, *, now: datetime) -> list[int]:
    """The numbers of the customers in an audience, ascending."""
    wanted = definition(audience)
    if audience.kind == Audience.Kind.LIVE and isinstance(wanted, OfSegment):
        return _found(audience.business, wanted, now)
    frozen = list(audience.frozen.values_list("customer_id", flat=True))
    return _present(audience.business, set(survivors.of(frozen).values()))


def count(audience: Audience, *, now: datetime) -> int:
    """How many customers are in an audience."""
    return len(members(audience, now=now))


def delete(audience: Audience) -> bool:
    """Delete an audience, not its customers; False where an experiment was declared on it."""
    if audience.experiment_set.exists():
        return False
    audience.delete()
    return True


def rows(business: Business, customers: Sequence[int], *, now: datetime) -> list[Row]:
    """What a file says of these customers, in the order of their numbers.

    Who was erased or lies in the recycle bin is left out.
    """
    lives = figures.source(business).lives(populations.as_of(business, now))
    bought = {
        who: (last, orders, revenue)
        for who, last, orders, revenue in zip(
            lives.customer.tolist(),
            lives.last.tolist(),
            lives.orders.tolist(),
            lives.revenue.tolist(),
            strict=True,
        )
    }
    return [_row(person, bought.get(person[0])) for person in _people(business, customers)]


def _row(person: tuple[int, str, str, str], bought: tuple[int, int, int] | None) -> Row:
    from habitue.metrics import lives

    if bought is None:
        return Row(*person, None, 0, 0)
    last, orders, revenue = bought
    return Row(*person, date.fromordinal(lives.EPOCH + last), orders, revenue)


def _named(business: Business, name: str) -> str:
    name = name.strip()
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise ValueError(f"An audience has a name of 1 to {MOST_NAME} letters.")
    if every(business).filter(name=name).exists():
        raise ValueError(f"There is an audience {name!r} already.")
    return name


def _found(business: Business, wanted: OfSegment, now: datetime) -> list[int]:
    from habitue.metrics.segments import finding

    everybody = populations.read(business, now=now, window=wanted.window)
    return _present(business, finding.members(everybody, wanted.segment).tolist())


def _present(business: Business, customers: Iterable[int]) -> list[int]:
    return [row[0] for row in _asked(_PRESENT, business, customers)]


def _people(business: Business, customers: Iterable[int]) -> list[tuple[int, str, str, str]]:
    return _asked(_PEOPLE, business, customers)


def _asked(query: str, business: Business, customers: Iterable[int]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, [business.pk, list(customers)])
        return list(cursor.fetchall())
