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
from habitue.members import customers
from habitue.members.models import Business

SOURCE: Final = "csv"
BATCH: Final = 1_000
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
    while batch := list(islice(rows, BATCH)):
        post(batch)
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

    def __call__(self, batch: Sequence[Bought]) -> None:
        names = {row.customer for row in batch}
        known = customers.find_or_create_many(self.business, "external", sorted(names))
        rows = [row for row in batch if row.customer in known]
        for row in batch:
            if row.customer not in known:
                self._reject(row, row.customer, "this cannot be a customer number")
        if self.enroll:
            self._enrol(rows, known)
        answers = ledger.post(
            self.business.pk, [self._fact(row, known[row.customer]) for row in rows], now=self.now
        )
        for row, answer in zip(rows, answers, strict=True):
            if answer.refused:
                self._reject(row, self._value(row, answer.refused), answer.refused.sentence)
            elif answer.duplicate:
                self.tally.duplicate += 1
            else:
                self.tally.accepted += 1

    def _fact(self, row: Bought, customer: int) -> ledger.Fact:
        return ledger.Fact(
            customer=customer,
            at=datetime.fromtimestamp(row.at, UTC),
            what=facts.Purchase((facts.Line(row.amount, row.quantity),), self.business.currency),
            source=SOURCE,
            reference=row.reference,
        )

    def _enrol(self, rows: Sequence[Bought], known: dict[str, int]) -> None:
        """Make the batch's customers members, in the ledger from their first purchase on.

        Where the program enrolls automatically, the ledger has them from that purchase anyway.
        """
        first: dict[int, int] = {}
        for row in rows:
            first.setdefault(known[row.customer], row.at)
        new = customers.enroll_many(self.business, list(first), at=self.now)
        self.tally.enrolled += new
        if self.automatic:
            return
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

    def _value(self, row: Bought, refused: facts.Refused) -> str:
        if refused.code == "conflict":
            return row.reference
        return str(next(iter(refused.values.values()), row.customer))
