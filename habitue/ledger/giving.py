"""What members gave to causes: the running total, what was paid out, certificates, to the cent.

A gift is the tally of the posting that took the member's units, at their declared worth. What is
outstanding is what was given less what was paid; nothing is rounded here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection
from msgspec import Struct

from habitue.core.facts import Refused
from habitue.ledger import books, payments
from habitue.ledger.payments import Payment


class Running(Struct, frozen=True):
    """A cause's account, in minor units; `givers` are the members who gave."""

    cause: str
    title: dict[str, str]
    given: int
    paid: int
    givers: int

    @property
    def outstanding(self) -> int:
        """What it has not received yet."""
        return self.given - self.paid


class Report(Struct, frozen=True):
    """A cause over a half-open period, in minor units: `closing` = `opening` + given - paid."""

    cause: str
    since: date
    until: date
    currency: str
    opening: int
    given: int
    gifts: int
    payouts: tuple[Payment, ...]
    closing: int

    @property
    def paid(self) -> int:
        """What the cause received in the period."""
        return -sum(payment.money for payment in self.payouts)


class Certificate(Struct, frozen=True):
    """What a member gave to a cause in a period: money in minor units, how often."""

    customer: int
    cause: str
    title: dict[str, str]
    currency: str
    money: int
    gifts: int
    first_on: date
    last_on: date


_RUNNING = """
SELECT name, sum(money), (
    SELECT count(*) FROM (
        SELECT FROM ledger_tally own WHERE own.business_id = %s AND own.name = all_of.name
        GROUP BY own.customer_id HAVING sum(own.money) > 0) AS givers)
FROM ledger_tally all_of WHERE business_id = %s AND name = ANY(%s) GROUP BY name"""

_PERIOD = """
SELECT coalesce(sum(money) FILTER (WHERE day < %s), 0),
       coalesce(sum(money) FILTER (WHERE day >= %s), 0),
       count(*) FILTER (WHERE day >= %s AND money > 0)
FROM ledger_tally WHERE business_id = %s AND name = %s AND day < %s"""

_CERTIFICATES = """
SELECT name, sum(money), count(*) FILTER (WHERE money > 0),
       min(day) FILTER (WHERE money > 0), max(day) FILTER (WHERE money > 0)
FROM ledger_tally
WHERE customer_id = %s AND business_id = %s AND name = ANY(%s) AND day >= %s AND day < %s
GROUP BY name HAVING sum(money) > 0 AND count(*) FILTER (WHERE money > 0) > 0
ORDER BY name"""


def running(business: int) -> list[Running]:
    """Every cause of any version of the program, with what it was given and paid so far."""
    titles = _titles(business)
    with connection.cursor() as cursor:
        names = [f"given {cause}" for cause in titles]
        cursor.execute(_RUNNING, [business, business, names])
        given = {name: (int(money), givers) for name, money, givers in cursor.fetchall()}
    found = []
    for cause, title in titles.items():
        money, givers = given.get(f"given {cause}", (0, 0))
        paid = -sum(payment.money for payment in payments.lines(business, "cause", cause))
        found.append(Running(cause, title, money, paid, givers))
    return found


def report(business: int, cause: str, *, since: date, until: date) -> Report:
    """A cause's account over a half-open period. Raises LookupError for an unknown cause."""
    if cause not in _titles(business):
        raise LookupError(f"no cause {cause!r}")
    with connection.cursor() as cursor:
        values: list[Any] = [since, since, since, business, f"given {cause}", until]
        cursor.execute(_PERIOD, values)
        before, given, gifts = map(int, cursor.fetchone())
    lines = payments.lines(business, "cause", cause, until=until)
    opening = before + sum(line.money for line in lines if line.day < since)
    payouts = tuple(line for line in lines if line.day >= since)
    closing = opening + given + sum(line.money for line in payouts)
    currency = books.shelf(business).currency
    return Report(cause, since, until, currency, opening, given, gifts, payouts, closing)


def pay_out(
    business: int,
    cause: str,
    *,
    money: int,
    day: date,
    reference: str,
    now: datetime,
    note: str = "",
) -> Refused | None:
    """Write down that a cause received money (minor units): never more than is outstanding."""
    if money <= 0:
        return Refused("amount", "A payout is more than nothing.")
    return payments.record(
        business, "cause", cause, money=-money, day=day, reference=reference, now=now, note=note
    )


def certificates(business: int, customer: int, *, since: date, until: date) -> list[Certificate]:
    """What a member gave to each cause in a half-open period, net of what was taken back."""
    titles = _titles(business)
    names = {f"given {cause}": cause for cause in titles}
    currency = books.shelf(business).currency
    with connection.cursor() as cursor:
        cursor.execute(_CERTIFICATES, [customer, business, list(names), since, until])
        return [
            Certificate(
                customer,
                names[name],
                titles[names[name]],
                currency,
                int(money),
                gifts,
                first_on,
                last_on,
            )
            for name, money, gifts, first_on, last_on in cursor.fetchall()
        ]


def _titles(business: int) -> dict[str, dict[str, str]]:
    """Every cause of any version, with its newest title."""
    versions = books.shelf(business).programs
    return {cause.id: cause.title for version in versions for cause in version.causes}
