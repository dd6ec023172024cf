"""The typical customer of a shop, stated or assumed, and how a program goes for them.

Nothing is estimated: the customer's visits are played through the engine, so that head starts,
steps, limits, expiry and tiers count as they will.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from habitue.core import engine, facts, money, program
from habitue.core.account import Account
from habitue.core.advice.basket import ORDINARY, Purchased
from habitue.core.calendar import later
from habitue.core.rulebook import Book

DAYS_A_MONTH: Final = Fraction(1461, 48)
ASSUMED_BASKET: Final = "12.50"
ASSUMED_VISITS: Final = Fraction(2)
YEARS: Final = 5
MOST_VISITS: Final = 1_000
"""Nobody waits longer than this for a reward; it also bounds what a check may cost."""

MOST_A_MONTH: Final = 100
MOST_BASKET: Final = 10**9
_ID: Final = 4_096
_WHO: Final = 1


class Typical(Struct, frozen=True):
    """Spends `basket` (minor units) at each of so many `visits` a month; `buys` such goods."""

    basket: int
    visits: Fraction
    assumed: bool = False
    buys: Purchased = ORDINARY

    def times(self, factor: int) -> Typical:
        """Somebody who spends so many times as much, at as many visits."""
        return structs.replace(self, basket=self.basket * factor)

    def day(self, visit: int, first: date) -> date:
        """The day of a visit, counted from 1."""
        return first + timedelta(days=int((visit - 1) * DAYS_A_MONTH / self.visits))


class Seen(Struct, frozen=True):
    """The customer after a visit: what they hold, and what they were given that day."""

    visit: int
    on: date
    account: Account
    outcomes: tuple[engine.Outcome, ...]


def assumed(currency: str) -> Typical:
    """The customer we assume where a shop states none: 12.50 twice a month, 1250 in JPY."""
    places = money.decimals(currency)
    spent = money.fixed(ASSUMED_BASKET, 2) * 10 ** max(places - 2, 0)
    return Typical(spent, ASSUMED_VISITS, assumed=True)


def life(of: program.Program, typical: Typical, first: date) -> Iterator[Seen]:
    """Visit by visit for some years, from the day of joining; nothing is ever spent."""
    book = Book([of])
    zone = ZoneInfo(of.timezone)
    accounts: dict[int, Account] = {}
    last = later(first, program.Period(YEARS, "year"))
    fees = _fees(of, first, last)
    number = 0
    for visit in range(1, MOST_VISITS + 1):
        day = typical.day(visit, first)
        if day > last:
            return
        bodies: list[facts.What] = [facts.Enrolment()] if visit == 1 else []
        while fees and fees[0][0] <= day:
            bodies.append(fees.pop(0)[1])
        outcomes = []
        for body in (*bodies, *_visit(of, typical)):
            number += 1
            outcomes.append(_happens(book, accounts, number, _noon(zone, day), body))
        yield Seen(visit, day, accounts[_WHO], tuple(outcomes))


def _visit(of: program.Program, typical: Typical) -> Iterator[facts.What]:
    """What happens at the till: goods are bought, and the card is scanned where scans count."""
    yield typical.buys.body(typical.basket, of.currency)
    used = {rule.when for rule in of.rules} | {draw.when for draw in of.draws}
    if "visit" in used | {reward.automatic for reward in of.rewards}:
        yield facts.Visit()


def _fees(of: program.Program, first: date, last: date) -> list[tuple[date, facts.What]]:
    """What the customer pays for membership, from the first visit on."""
    if of.fee is None:
        return []
    if of.fee.every == "once":
        return [(first, _paid(of, first))]
    due = []
    for period in range(YEARS * (12 if of.fee.every == "month" else 1)):
        day = later(first, program.Period(period, of.fee.every))
        due.append((day, _paid(of, day, renewal=period > 0)))
    return [each for each in due if each[0] <= last]


def _paid(of: program.Program, day: date, *, renewal: bool = False) -> facts.FeePaid:
    assert of.fee is not None
    return facts.FeePaid(price_on(of.fee, day, renewal=renewal), of.currency)


def price_on(fee: program.Fee, day: date, *, renewal: bool = False) -> int:
    """What somebody who joins (or renews) on a day pays, in minor units."""

    def holds(price: program.Price) -> bool:
        since = (price.at_renewal_since or price.since) if renewal else price.since
        return since is None or since <= day

    return next((each for each in reversed(fee.prices) if holds(each)), fee.prices[0]).price


def _noon(zone: ZoneInfo, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=zone)


def _happens(
    book: Book, accounts: dict[int, Account], number: int, at: datetime, what: facts.What
) -> engine.Outcome:
    event = facts.Event(number * _ID, _WHO, at + timedelta(seconds=number), what)
    return engine.run(book, accounts, [event])[0]
