"""Before a version takes effect: what it would change for each member, without writing anything.

Every member's account is brought to the day on which the version would hold, once by the versions
there are and once with the new one, by the same engine that will do it then. Lots that exist are
the same on both sides, whatever the new version says about expiry; what differs is what a member
can do with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction
from msgspec import Struct, structs

from habitue.core import document, due
from habitue.core.account import Account
from habitue.core.conditions import in_dates
from habitue.core.rulebook import Book, Rulebook
from habitue.ledger import books, database, loading

BATCH: Final = 1_000
SHOWN: Final = 20

Progress = Callable[[int], None]


class Version(Struct, frozen=True):
    """A published version; `since` None: from the beginning."""

    number: int
    since: date | None
    published_at: datetime
    text: str


class Side(Struct, frozen=True):
    """Where a member stands on a day: tier, usable units in fixed point, rewards to take."""

    tier: str
    usable: dict[str, int]
    rewards: tuple[str, ...]


class Change(Struct, frozen=True):
    """A member for whom something would be different."""

    customer: int
    before: Side
    after: Side


class Preview(Struct, frozen=True):
    """What a version would change at `since`.

    `tiers` counts members by (tier before, tier after), `rewards` those who gain and lose each.
    `usable` is by unit how many members differ, and by how much in all (fixed point). With
    `problems` the version could not be published, and nothing was compared.
    """

    since: date
    members: int = 0
    changed: int = 0
    tiers: dict[tuple[str, str], int] = {}
    rewards: dict[str, tuple[int, int]] = {}
    usable: dict[str, tuple[int, int]] = {}
    examples: tuple[Change, ...] = ()
    problems: tuple[str, ...] = ()


def versions(business: int) -> list[Version]:
    """Everything published so far, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, since, published_at, text FROM ledger_version"
            " WHERE business_id = %s ORDER BY number DESC",
            [business],
        )
        return [Version(*row) for row in cursor.fetchall()]


def preview(business: int, text: str, *, since: date, progress: Progress | None = None) -> Preview:
    """What a program's text would change for each member if it held from `since` on.

    The tier after is the one that the next event of a member would find. Reads only.
    """
    found = document.read(text)
    if isinstance(found, list):
        sentences = tuple(f"{problem.line}: {problem.text()}" for problem in found)
        return Preview(since, problems=sentences)
    shelf = books.shelf(business)
    problems = books.unfit(business, found, since)
    if problems:
        return Preview(since, problems=tuple(problems))
    new = Book([*shelf.programs, structs.replace(found, since=since)])
    tally = _Tally()
    for accounts in _accounts(business, new.units):
        for account in accounts:
            before = _side(shelf.book, deepcopy(account), since)
            tally.add(account.customer, before, _side(new, account, since))
        if progress is not None:
            progress(len(accounts))
    return tally.preview(since)


class _Tally:
    """Adds up what differs."""

    def __init__(self) -> None:
        self.members = 0
        self.changed = 0
        self.tiers: Counter[tuple[str, str]] = Counter()
        self.gained: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.differ: Counter[str] = Counter()
        self.moved: Counter[str] = Counter()
        self.examples: list[Change] = []

    def add(self, customer: int, before: Side, after: Side) -> None:
        self.members += 1
        self.tiers[before.tier, after.tier] += 1
        self.gained.update(set(after.rewards) - set(before.rewards))
        self.lost.update(set(before.rewards) - set(after.rewards))
        for unit in before.usable.keys() | after.usable.keys():
            change = after.usable.get(unit, 0) - before.usable.get(unit, 0)
            if change:
                self.differ[unit] += 1
                self.moved[unit] += change
        if before != after:
            self.changed += 1
            if len(self.examples) < SHOWN:
                self.examples.append(Change(customer, before, after))

    def preview(self, since: date) -> Preview:
        rewards = sorted(self.gained.keys() | self.lost.keys())
        return Preview(
            since,
            self.members,
            self.changed,
            dict(self.tiers),
            {reward: (self.gained[reward], self.lost[reward]) for reward in rewards},
            {unit: (self.differ[unit], self.moved[unit]) for unit in sorted(self.differ)},
            tuple(self.examples),
        )


def _side(book: Book, account: Account, day: date) -> Side:
    """Where an account stands on a day, by a book; moves it."""
    due.advance(book, account, day)
    rulebook = book.on(day)
    if rulebook.ladder is not None:
        rulebook.ladder.review(account, day)
    units = rulebook.program.units
    usable = {
        unit.id: amount for number, unit in enumerate(units) if (amount := account.usable(number))
    }
    tier = account.level if rulebook.ladder is not None else ""
    return Side(tier, usable, tuple(_takeable(rulebook, account, day)))


def _takeable(rulebook: Rulebook, account: Account, day: date) -> Iterator[str]:
    """The rewards that a member could take on a day, as far as units, tier and dates go."""
    for reward in rulebook.program.rewards:
        if reward.cost is None or reward.automatic or not in_dates(reward.dates, day):
            continue
        unit, cost = rulebook.unit_number[reward.cost[0]], reward.cost[1]
        if account.usable(unit) >= cost and (not reward.tiers or account.level in reward.tiers):
            yield reward.id


def _accounts(business: int, units: int) -> Iterator[list[Account]]:
    """Every member's account with its open lots, in batches."""
    last = 0
    while customers := books.members(business, after=last, most=BATCH):
        last = customers[-1]
        with transaction.atomic():
            cursor = database.cursor()
            loaded = loading.accounts(cursor, business, customers, lock=False)
            loading.fit(loaded, units)
            loading.lots(cursor, loaded.accounts.values())
        yield list(loaded.accounts.values())
