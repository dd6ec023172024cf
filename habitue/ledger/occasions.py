"""Days that come round: birthdays, anniversaries of enrolment, dates that a program names.

Each is brought once, by a permanent reference, and for a week after the machine was off.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import connection

from habitue.core import facts, program
from habitue.ledger import books
from habitue.ledger.claims import Fact

LOOK_BACK: Final = 7
"""Days for which what came round is still brought when the machine was off."""

# In common years, 28 February is also the day of those born (or enrolled) on the 29th.
_COMES_ROUND = """
        ({month}, {day}) IN (
            (extract(month FROM day.date), extract(day FROM day.date)),
            (CASE WHEN to_char(day.date, 'MMDD') = '0228'
                   AND NOT to_char(day.date + 1, 'MMDD') = '0229' THEN 2 END, 29))"""

_BIRTHDAYS = f"""
SELECT customer.id, day.date
FROM unnest(%s::date[]) AS day (date)
JOIN members_customer customer ON customer.business_id = %s AND customer.merged_into_id IS NULL
 AND {_COMES_ROUND.format(month="customer.birth_month", day="customer.birth_day")}
JOIN ledger_account account
  ON account.customer_id = customer.id AND account.enrolled_on < day.date
WHERE NOT EXISTS (
    SELECT FROM ledger_reference held
    WHERE held.business_id = customer.business_id AND held.source = 'birthday'
      AND held.reference = customer.id || ':' || extract(year FROM day.date))
ORDER BY customer.id"""

_ANNIVERSARIES = f"""
SELECT account.customer_id, day.date
FROM unnest(%s::date[]) AS day (date)
JOIN ledger_account account ON account.business_id = %s AND account.enrolled_on < day.date
 AND {
    _COMES_ROUND.format(
        month="extract(month FROM account.enrolled_on)", day="extract(day FROM account.enrolled_on)"
    )
}
JOIN members_customer customer
  ON customer.id = account.customer_id AND customer.merged_into_id IS NULL
WHERE NOT EXISTS (
    SELECT FROM ledger_reference held
    WHERE held.business_id = account.business_id AND held.source = 'anniversary'
      AND held.reference = account.customer_id || ':' || extract(year FROM day.date))
ORDER BY account.customer_id"""

_MEMBERS = """
SELECT account.customer_id, day.date
FROM unnest(%s::date[]) AS day (date)
JOIN ledger_account account ON account.business_id = %s AND account.enrolled_on <= day.date
JOIN members_customer customer
  ON customer.id = account.customer_id AND customer.merged_into_id IS NULL
WHERE NOT EXISTS (
    SELECT FROM ledger_reference held
    WHERE held.business_id = account.business_id AND held.source = 'date'
      AND held.reference = account.customer_id || ':' || day.date)
ORDER BY account.customer_id, day.date"""


def batches(business: int, day: date, now: datetime, size: int) -> Iterator[list[Fact]]:
    """What came round by a local day and was not brought yet, in batches of `size`."""
    shelf = books.shelf(business)
    days = [day - timedelta(days=back) for back in range(LOOK_BACK)]
    yield from _split(size, _yearly(business, _BIRTHDAYS, "birthday", days, now, facts.Birthday()))
    if any(reacts(version, "anniversary") for version in shelf.programs):
        what = facts.Anniversary()
        found = _yearly(business, _ANNIVERSARIES, "anniversary", days, now, what)
        yield from _split(size, found)
    named = [each for each in days if shelf.book.on(each).names(each)]
    if named:
        yield from _split(size, _dates(business, shelf, named, day, now))


def reacts(source: program.Program, when: str) -> bool:
    """Whether anything in a program follows from a trigger."""
    triggers = {rule.when for rule in source.rules}
    triggers |= {reward.automatic for reward in source.rewards if reward.automatic}
    triggers |= {draw.when for draw in source.draws}
    waits = [unit.pending for unit in source.units] + [rule.pending for rule in source.rules]
    triggers |= {pending.event for pending in waits if pending and pending.event}
    for unit in source.units:
        if isinstance(unit.expiry, program.Inactivity | program.Redated):
            triggers.update(unit.expiry.restarted_by)
    return when in triggers


def _split(size: int, found: list[Fact]) -> Iterator[list[Fact]]:
    for start in range(0, len(found), size):
        yield found[start : start + size]


def _yearly(
    business: int, query: str, source: str, days: list[date], now: datetime, what: facts.What
) -> list[Fact]:
    with connection.cursor() as cursor:
        cursor.execute(query, [days, business])
        rows = cursor.fetchall()
    return [
        Fact(customer=who, at=now, what=what, source=source, reference=f"{who}:{on.year}")
        for who, on in rows
    ]


def _dates(
    business: int, shelf: books.Shelf, named: list[date], today: date, now: datetime
) -> list[Fact]:
    """A named day is brought as of itself: late, it comes as of its noon."""
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [named, business])
        rows = cursor.fetchall()
    return [
        Fact(
            customer=who,
            at=now if on == today else datetime.combine(on, time(12), shelf.zone),
            what=facts.CalendarDay(),
            source="date",
            reference=f"{who}:{on}",
        )
        for who, on in rows
    ]
