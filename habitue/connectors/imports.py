"""Importing purchases: a file's rows become customers and events of the ledger, each row once.

The file is sorted by customer and time and posted in batches, each of them one transaction. Every
row has a permanent reference, so a second import adds nothing, and an import that was killed is
resumed by running it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from habitue import ledger
from habitue.connectors import ordering, purchases
from habitue.connectors.purchases import Bought, Shape
from habitue.connectors.rejects import Rejects
from habitue.connectors.table import Rejected
from habitue.core import facts, money
from habitue.ledger import posted
from habitue.members import customers
from habitue.members.models import Business

SOURCE: Final = "csv"
BATCH: Final = 1_000
GROUP: Final = 10 * BATCH
"""Rows whose customers are looked up at once."""

MONTH_FIRST: Final = frozenset({"US", "PH", "FM", "MH", "PW"})
"""Countries where 03/04 is the fourth of March."""

Tell = Callable[[int], None]
"""Told how many more rows are done."""


class Tally(Struct, kw_only=True):
    """What became of the rows: accepted + rejected + duplicate = rows."""

    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0
    empty: int = 0
    enrolled: int = 0


def day_first(shape: Shape, business: Business) -> bool:
    """Whether dates such as 03/04 of this file are day/month: as it shows, else as the country."""
    return shape.order.settled(otherwise_day_first=business.country not in MONTH_FIRST)


def run(
    business: Business,
    path: Path,
    shape: Shape,
    rejects: Rejects,
    *,
    now: datetime,
    enroll: bool = False,
    tell: Tell = lambda rows: None,
) -> Tally:
    """Import a surveyed file. `enroll` makes every customer a member."""
    tally = Tally()
    zone = ZoneInfo(business.timezone)
    found = purchases.read(
        path,
        shape,
        currency=business.currency,
        zone=zone,
        today=now.astimezone(zone).date(),
        day_first=day_first(shape, business),
    )
    good = _accepted(found, tally, rejects, tell)
    rows = ordering.named(ordering.in_order(good))
    post = _Poster(business, rejects, tally, now=now, enroll=enroll)
    while group := list(islice(rows, GROUP)):
        known = post.people(group)
        for place in range(0, len(group), BATCH):
            batch = group[place : place + BATCH]
            post.batch(batch, known)
            tell(len(batch))
    return tally


def _accepted(
    found: Iterator[Bought | Rejected | None], tally: Tally, rejects: Rejects, tell: Tell
) -> Iterator[Bought]:
    """The purchases among the rows; everything else is counted here."""
    for row in found:
        if isinstance(row, Bought):
            tally.rows += 1
            yield row
        elif row is None:
            tally.empty += 1
        else:
            tally.rows += 1
            tally.rejected += 1
            rejects.add(row)
            tell(1)


class _Poster:
    """Posts one batch after the other."""

    def __init__(
        self, business: Business, rejects: Rejects, tally: Tally, *, now: datetime, enroll: bool
    ) -> None:
        self.business = business
        self.rejects = rejects
        self.tally = tally
        self.now = now
        self.enroll = enroll
        program = ledger.program(business.pk)
        self.automatic = program is not None and program.enrolment == "automatic"

    def people(self, rows: Sequence[Bought]) -> dict[str, int]:
        """The customers of some rows, made where they are new, members where that is asked."""
        names = sorted({row.customer for row in rows})
        known = customers.find_or_create_many(self.business, "external", names)
        if self.enroll:
            self.tally.enrolled += customers.enroll_many(
                self.business, list(known.values()), at=self.now
            )
        return known

    def batch(self, batch: Sequence[Bought], known: dict[str, int]) -> None:
        """Post some rows, in one transaction; each is accepted, rejected or a duplicate."""
        for row in batch:
            if row.customer not in known:
                self._reject(row, row.customer, "this cannot be a customer number")
        rows = self._new([row for row in batch if row.customer in known])
        if self.enroll and not self.automatic:
            self._enrol(rows, known)
        answers = ledger.post(
            self.business.pk, [self._fact(row, known[row.customer]) for row in rows], now=self.now
        )
        for row, answer in zip(rows, answers, strict=True):
            if answer.duplicate:
                self.tally.duplicate += 1
            elif answer.refused:
                self._refuse(row, answer.refused)
            else:
                self.tally.accepted += 1

    def _new(self, rows: Sequence[Bought]) -> Sequence[Bought]:
        """The rows that may be new: a name that says the whole row was posted with that row."""
        made = [row.reference for row in rows if purchases.is_made(row.reference)]
        there = posted.among(self.business.pk, SOURCE, made)
        new = [row for row in rows if row.reference not in there]
        self.tally.duplicate += len(rows) - len(new)
        return new

    def _fact(self, row: Bought, customer: int) -> ledger.Fact:
        return ledger.Fact(
            customer=customer,
            at=datetime.fromtimestamp(row.at, UTC),
            what=facts.Purchase((facts.Line(row.amount, row.quantity),), self.business.currency),
            source=SOURCE,
            reference=row.reference,
        )

    def _enrol(self, rows: Sequence[Bought], known: dict[str, int]) -> None:
        """Enrol in the ledger with the first purchase, where the program does not by itself."""
        first: dict[int, int] = {}
        for row in rows:
            first.setdefault(known[row.customer], row.at)
        enrolments = [
            ledger.Fact(
                customer=customer,
                at=datetime.fromtimestamp(at, UTC),
                what=facts.Enrolment(channel=SOURCE),
                source="enrolment",
                reference=f"{SOURCE}:{customer}",
            )
            for customer, at in first.items()
        ]
        ledger.post(self.business.pk, enrolments, now=self.now)

    def _reject(self, row: Bought, value: str, reason: str) -> None:
        places = money.decimals(self.business.currency)
        at = datetime.fromtimestamp(row.at, UTC).isoformat()
        cells = (row.customer, at, row.quantity, money.written(row.amount, places), row.reference)
        self.tally.rejected += 1
        self.rejects.add(
            Rejected(
                line=row.line,
                value=value,
                reason=reason,
                text=",".join(str(cell) for cell in cells),
            )
        )

    def _refuse(self, row: Bought, refused: facts.Refused) -> None:
        """Reject what the ledger refused."""
        if refused.code == "conflict":
            self._reject(row, row.reference, "this receipt stands for another purchase already")
        else:
            value = next(iter(refused.values.values()), row.customer)
            self._reject(row, str(value), refused.sentence)
