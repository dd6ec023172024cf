"""Importing purchases: a file's rows become customers and events of the ledger, each row once.

The file is sorted by customer and time and posted in batches, each of them one transaction. Every
row has a permanent reference, so a second import adds nothing, and an import that was killed is
resumed by running it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from msgspec import Struct

from habitue import ledger
from habitue.connectors import changes, opening, ordering, purchases
from habitue.connectors.models import Change
from habitue.connectors.purchases import Bought, Shape
from habitue.connectors.rejects import Rejects
from habitue.connectors.table import Rejected, Tell
from habitue.core import facts, money
from habitue.ledger import posted
from habitue.members import customers
from habitue.members.models import Business

SOURCE: Final = "csv"
BATCH: Final = 1_000
GROUP: Final = 10 * BATCH
"""Purchases whose customers are looked up at once."""

MONTH_FIRST: Final = frozenset({"US", "PH", "FM", "MH", "PW"})
"""Countries where 03/04 is the fourth of March."""

Receipt = list[Bought]
"""The rows of one purchase: mostly one, several where a file has a row per product."""


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
    keeper: changes.Keeper | None = None,
    corrections: opening.Corrections | None = None,
    welcome: bool = True,
) -> Tally:
    """Import a surveyed file. `enroll` makes every customer a member, `welcome` as others join.

    `keeper` keeps what was done, so that it can be undone; then only customers who are new become
    members. `corrections`: what a person wrote instead.
    """
    tally = Tally()
    zone = ZoneInfo(business.timezone)
    found = purchases.read(
        path,
        shape,
        currency=business.currency,
        zone=zone,
        today=now.astimezone(zone).date(),
        day_first=day_first(shape, business),
        corrections=corrections,
    )
    receipts = in_receipts(shape, accepted(found, tally, rejects, tell))
    post = _Poster(business, rejects, tally, now=now, enroll=enroll, welcome=welcome)
    post.keeper = keeper
    while group := list(islice(receipts, GROUP)):
        known = post.people(group)
        for place in range(0, len(group), BATCH):
            batch = group[place : place + BATCH]
            post.batch(batch, known)
            tell(sum(map(len, batch)))
    return tally


def in_receipts(shape: Shape, rows: Iterator[Bought]) -> Iterator[Receipt]:
    """The rows by customer and time, each with its reference, as purchases."""
    named = ordering.named(ordering.in_order(rows))
    return ordering.receipts(named, joined="product" in shape.columns)


def sources(business: int, names: Sequence[str]) -> dict[str, str]:
    """Under which source each reference is to be posted.

    A reference is for ever; one whose import was undone goes on under the name of that import.
    """
    undone = changes.undone(business, Change.Kind.PURCHASE, names)
    return {name: f"{SOURCE}/{undone[name]}" if name in undone else SOURCE for name in names}


def there(business: int, under: Mapping[str, str]) -> set[str]:
    """Those of some references (with their sources) that were posted already."""
    by_source: dict[str, list[str]] = {}
    for name, source in under.items():
        by_source.setdefault(source, []).append(name)
    found: set[str] = set()
    for source, names in by_source.items():
        found |= posted.among(business, source, names)
    return found


def accepted(
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
        self,
        business: Business,
        rejects: Rejects,
        tally: Tally,
        *,
        now: datetime,
        enroll: bool,
        welcome: bool,
    ) -> None:
        self.business = business
        self.rejects = rejects
        self.tally = tally
        self.now = now
        self.enroll = enroll
        self.welcome = welcome
        self.keeper: changes.Keeper | None = None
        self.fresh: set[int] | None = None  # whom this import made; None: it does not matter
        program = ledger.program(business.pk)
        self.automatic = program is not None and program.enrolment == "automatic"

    def people(self, receipts: Sequence[Receipt]) -> dict[str, int]:
        """The customers of some purchases, made where new, members where that is asked."""
        names = sorted({receipt[0].customer for receipt in receipts})
        if self.keeper is not None:
            return self._kept(self.keeper, names)
        known = customers.find_or_create_many(self.business, "external", names)
        if self.enroll:
            self.tally.enrolled += customers.enroll_many(
                self.business, list(known.values()), at=self.now
            )
        return known

    def _kept(self, keeper: changes.Keeper, names: Sequence[str]) -> dict[str, int]:
        """The same, and who was made is kept; only they become members."""
        with transaction.atomic():
            before = customers.find_many(self.business, "external", names)
            known = customers.find_or_create_many(self.business, "external", names)
            made = {known[name] for name in names if name in known and name not in before}
            keeper.made(sorted(made))
            self.fresh = keeper.fresh(known.values())
            if self.enroll and self.fresh:
                self.tally.enrolled += customers.enroll_many(
                    self.business, sorted(self.fresh), at=self.now
                )
        return known

    def batch(self, batch: Sequence[Receipt], known: dict[str, int]) -> None:
        """Post some purchases in one transaction; each row is accepted, rejected, a duplicate."""
        for receipt in batch:
            if receipt[0].customer not in known:
                self._reject(receipt, receipt[0].customer, "this cannot be a customer number")
        receipts = [receipt for receipt in batch if receipt[0].customer in known]
        under = sources(self.business.pk, [receipt[0].reference for receipt in receipts])
        new = self._new(receipts, under)
        answers = self._post(new, known, under)
        for receipt, answer in zip(new, answers, strict=True):
            if answer.duplicate:
                self.tally.duplicate += len(receipt)
            elif answer.refused:
                self._refuse(receipt, answer.refused)
            else:
                self.tally.accepted += len(receipt)

    def _post(
        self, new: Sequence[Receipt], known: dict[str, int], under: Mapping[str, str]
    ) -> Sequence[ledger.Answer]:
        """Post; what is kept of it is written in the same transaction."""
        bought = [self._fact(receipt, known[receipt[0].customer], under) for receipt in new]
        if self.keeper is None:
            if self.enroll and not self.automatic:
                self._enrol(new, known)
            return ledger.post(self.business.pk, bought, now=self.now)
        with transaction.atomic():
            if self.enroll and not self.automatic:
                self._enrol(new, known)
            answers = ledger.post(self.business.pk, bought, now=self.now)
            named = [(fact.reference, len(of)) for fact, of in zip(bought, new, strict=True)]
            self.keeper.posted(Change.Kind.PURCHASE, answers, named)
        return answers

    def _new(self, receipts: Sequence[Receipt], under: Mapping[str, str]) -> Sequence[Receipt]:
        """What may be new: a name that says the whole row was posted with that row."""
        made = {name: of for name, of in under.items() if purchases.is_made(name)}
        before = there(self.business.pk, made)
        new = [receipt for receipt in receipts if receipt[0].reference not in before]
        self.tally.duplicate += len(receipts) - len(new)
        return new

    def _fact(self, receipt: Receipt, customer: int, under: Mapping[str, str]) -> ledger.Fact:
        lines = tuple(
            facts.Line(row.amount, row.quantity, sku=row.product, category=row.category)
            for row in receipt
        )
        return ledger.Fact(
            customer=customer,
            at=datetime.fromtimestamp(receipt[0].at, UTC),
            what=facts.Purchase(lines, self.business.currency),
            source=under[receipt[0].reference],
            reference=receipt[0].reference,
        )

    def _enrol(self, receipts: Sequence[Receipt], known: dict[str, int]) -> None:
        """Enrol in the ledger with the first purchase, where the program does not by itself."""
        first: dict[int, int] = {}
        for row, *_ in receipts:
            if self.fresh is None or known[row.customer] in self.fresh:
                first.setdefault(known[row.customer], row.at)
        enrolments = [
            ledger.Fact(
                customer=customer,
                at=datetime.fromtimestamp(at, UTC),
                what=facts.Enrolment(channel=SOURCE, unwelcomed=not self.welcome),
                source="enrolment",
                reference=f"{SOURCE}:{customer}",
            )
            for customer, at in first.items()
        ]
        ledger.post(self.business.pk, enrolments, now=self.now)

    def _reject(self, receipt: Receipt, value: str, reason: str) -> None:
        places = money.decimals(self.business.currency)
        for row in receipt:
            at = datetime.fromtimestamp(row.at, UTC).isoformat()
            amount = money.written(row.amount, places)
            cells = (row.customer, at, row.quantity, amount, row.reference)
            self.tally.rejected += 1
            self.rejects.add(
                Rejected(
                    line=row.line,
                    value=value,
                    reason=reason,
                    text=",".join(str(cell) for cell in cells),
                )
            )

    def _refuse(self, receipt: Receipt, refused: facts.Refused) -> None:
        """Reject what the ledger refused."""
        row = receipt[0]
        if refused.code == "conflict":
            reason = "this receipt stands for another purchase already"
            self._reject(receipt, row.reference, reason)
        else:
            value = next(iter(refused.values.values()), row.customer)
            self._reject(receipt, str(value), refused.sentence)
