"""What a partner and the business owe each other: a statement a month, which sums to the ledger.

Units given at a partner cost it their price for issuing; units spent there earn it their price for
redeeming. Both are tallies, written in the postings that gave and took the units, so a statement
adds up what is there and computes nothing. An event belongs to the month in which the ledger books
it. One that arrives after its month was printed changes that month: `as_of` prints it as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection
from msgspec import Struct

from habitue.core.calendar import months_later
from habitue.ledger import books, payments
from habitue.ledger.payments import Payment


class UnitLine(Struct, frozen=True):
    """Units of one kind in a month (fixed point) and the money that goes with them (minor units).

    What was given is what the partner owes for, what was spent there what it is owed for.
    """

    unit: str
    issued: int = 0
    issued_money: int = 0
    redeemed: int = 0
    redeemed_money: int = 0


class Statement(Struct, frozen=True):
    """A partner's month. Balances are in minor units, positive when the partner owes.

    `closing` = `opening` + issued - redeemed - paid.
    """

    partner: str
    month: date
    currency: str
    opening: int
    units: tuple[UnitLine, ...]
    payments: tuple[Payment, ...]
    closing: int

    @property
    def issued(self) -> int:
        """What the partner owes for the units given there in the month."""
        return sum(line.issued_money for line in self.units)

    @property
    def redeemed(self) -> int:
        """What the partner is owed for the units spent there in the month."""
        return sum(line.redeemed_money for line in self.units)

    @property
    def paid(self) -> int:
        """What came in from the partner in the month, less what went out to it."""
        return sum(payment.money for payment in self.payments)


class Movement(Struct, frozen=True):
    """One line of a statement's detail: what one event changed."""

    day: date
    event: int
    unit: str
    issued: bool
    units: int
    money: int


class Balance(Struct, frozen=True):
    """Where a partner stands now, in minor units: what it `owes` (negative: is owed), and what is
    `left` of what it paid ahead (None: it pays afterwards).
    """

    partner: str
    owes: int
    left: int | None


_BALANCES = """
SELECT name, sum(money) FROM ledger_tally WHERE business_id = %s AND name = ANY(%s) GROUP BY name
UNION ALL
SELECT 'paid ' || name, sum(money) FROM ledger_payment
WHERE business_id = %s AND party = 'partner' GROUP BY name"""

_SUMS = """
SELECT name, coalesce(sum(units) FILTER (WHERE day >= %(month)s), 0),
       coalesce(sum(money) FILTER (WHERE day >= %(month)s), 0),
       coalesce(sum(money) FILTER (WHERE day < %(month)s), 0)
FROM ledger_tally
WHERE business_id = %(business)s AND name = ANY(%(names)s) AND day < %(until)s
  AND (%(as_of)s::timestamptz IS NULL OR recorded_at <= %(as_of)s)
GROUP BY name"""

_DETAIL = """
SELECT day, event_id, name, units, money FROM ledger_tally
WHERE business_id = %(business)s AND name = ANY(%(names)s)
  AND day >= %(month)s AND day < %(until)s
  AND (day, event_id, name) > (%(day)s, %(event)s, %(name)s)
ORDER BY day, event_id, name LIMIT %(limit)s"""

_MONTHS = """
SELECT min(day), max(day) FROM (
    SELECT day FROM ledger_tally WHERE business_id = %(business)s AND name = ANY(%(names)s)
    UNION ALL
    SELECT day FROM ledger_payment
    WHERE business_id = %(business)s AND party = 'partner' AND name = %(partner)s) AS known"""


def statement(
    business: int, partner: str, month: date, *, as_of: datetime | None = None
) -> Statement:
    """The month that holds a day, as recorded by `as_of` (or by now).

    Raises LookupError for a partner that no version of the program names.
    """
    if not payments.known(business, "partner", partner):
        raise LookupError(f"no partner {partner!r}")
    month = month.replace(day=1)
    names = _names(business, partner)
    values = _values(business, names, month) | {"as_of": as_of}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, values)
        sums = {name: tuple(map(int, row)) for name, *row in cursor.fetchall()}
    until = months_later(month, 1)
    paid = payments.lines(business, "partner", partner, until=until, as_of=as_of)
    before = sum(payment.money for payment in paid if payment.day < month)
    within = tuple(payment for payment in paid if payment.day >= month)
    opening = sum(_sign(names[name]) * row[2] for name, row in sums.items()) - before
    moved = sum(_sign(names[name]) * row[1] for name, row in sums.items())
    closing = opening + moved - sum(payment.money for payment in within)
    currency = books.shelf(business).currency
    return Statement(partner, month, currency, opening, _lines(names, sums), within, closing)


def balances(business: int) -> list[Balance]:
    """Where every partner stands that any version of the program names."""
    programs = books.shelf(business).programs
    partners = {of.id: of for version in programs for of in version.partners}
    names = {partner: _names(business, partner) for partner in partners}
    asked = [name for each in names.values() for name in each]
    asked += [f"prepaid {partner}" for partner in partners]
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, [business, asked, business])
        sums = {name: int(money) for name, money in cursor.fetchall()}
    found = []
    for partner, of in partners.items():
        paid = sums.get(f"paid {partner}", 0)
        moved = sum(_sign(one) * sums.get(name, 0) for name, one in names[partner].items())
        left = paid - sums.get(f"prepaid {partner}", 0) if of.account == "prepaid" else None
        found.append(Balance(partner, moved - paid, left))
    return found


def statements(business: int, partner: str) -> list[Statement]:
    """Every month from the first in which anything happened to the last, oldest first."""
    names = _names(business, partner)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "business": business,
            "names": list(names),
            "partner": partner,
        }
        cursor.execute(_MONTHS, values)
        first, last = cursor.fetchone()
    found = []
    month = first and first.replace(day=1)
    while month and month <= last:
        found.append(statement(business, partner, month))
        month = months_later(month, 1)
    return found


def detail(
    business: int,
    partner: str,
    month: date,
    *,
    after: tuple[date, int, str] = (date.min, 0, ""),
    limit: int | None = None,
) -> Iterator[Movement]:
    """What a month is made of, event by event. It names no member: a partner may see it.

    From what comes `after` a day, an event and a tally's name (`name_of`), so many at most.
    """
    names = _names(business, partner)
    values = _values(business, names, month.replace(day=1))
    values |= {"day": after[0], "event": after[1], "name": after[2], "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_DETAIL, values)
        for day, event, name, units, money in cursor.fetchall():
            unit, issued = names[name]
            yield Movement(day, event, unit, issued, units, money)


def name_of(partner: str, unit: str, *, issued: bool) -> str:
    """The tally in which units given (or else spent) at a partner are counted."""
    return f"{'issued' if issued else 'redeemed'} {partner} {unit}"


def _names(business: int, partner: str) -> dict[str, tuple[str, bool]]:
    """The tallies of a partner: the unit of each, and whether it was given (or else spent)."""
    return {
        name_of(partner, unit, issued=issued): (unit, issued)
        for unit in books.shelf(business).names
        for issued in (True, False)
    }


def _values(business: int, names: Mapping[str, tuple[str, bool]], month: date) -> dict[str, Any]:
    until = months_later(month, 1)
    return {"business": business, "names": list(names), "month": month, "until": until}


def _sign(name: tuple[str, bool]) -> int:
    return 1 if name[1] else -1


def _lines(
    names: Mapping[str, tuple[str, bool]], sums: Mapping[str, tuple[int, ...]]
) -> tuple[UnitLine, ...]:
    """A line for each unit that moved."""
    found: dict[str, dict[str, int]] = {}
    for name, (unit, issued) in names.items():
        units, money, _ = sums.get(name, (0, 0, 0))
        if units or money:
            word = "issued" if issued else "redeemed"
            found.setdefault(unit, {}).update({word: units, f"{word}_money": money})
    return tuple(UnitLine(unit, **moved) for unit, moved in found.items())
