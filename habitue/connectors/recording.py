"""Importing answers of satisfaction: a file's rows become answers, each once.

An answer whose customer nobody knows is kept all the same, as nobody's. Every row has a permanent
reference, so a second import adds nothing, and one that was killed is resumed by running it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from msgspec import Struct

from habitue.connectors import answers, changes, imports, opening
from habitue.connectors.answers import Given, Shape, Wanted
from habitue.connectors.rejects import Rejects
from habitue.connectors.table import Rejected, Row, Tell
from habitue.members import answers as kept
from habitue.members import customers
from habitue.members.answers import Answered
from habitue.members.models import Business

SOURCE: Final = "csv"
BATCH: Final = 1_000


class Tally(Struct, kw_only=True):
    """What became of the rows: accepted + rejected + duplicate = rows."""

    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0
    empty: int = 0
    unknown: int = 0  # of those accepted: whose they are, nobody knows


def day_first(shape: Shape, business: Business) -> bool:
    """Whether dates such as 03/04 of this file are day/month: as it shows, else as the country."""
    return shape.order.settled(otherwise_day_first=business.country not in imports.MONTH_FIRST)


def run(
    business: Business,
    path: Path,
    shape: Shape,
    rejects: Rejects,
    *,
    now: datetime,
    question: str = "",
    scale: int = 0,
    tell: Tell = lambda rows: None,
    keeper: changes.Keeper | None = None,
    corrections: opening.Corrections | None = None,
) -> Tally:
    """Import a surveyed file. `question` and `scale` hold where the file does not say.

    `keeper` keeps what was done, so that it can be undone. `corrections`: what a person wrote
    instead.
    """
    tally = Tally()
    first = day_first(shape, business)
    way = wanted(shape, business, now=now, day_first=first, question=question, scale=scale)
    good = accepted(answers.read(path, shape, way, corrections), tally, rejects, tell)
    while batch := list(islice(good, BATCH)):
        _record(business, batch, tally, rejects, keeper)
        tell(len(batch))
    return tally


def wanted(
    shape: Shape,
    business: Business,
    *,
    now: datetime,
    day_first: bool,
    question: str = "",
    scale: int = 0,
) -> Wanted:
    """How the rows of a business's file are read."""
    zone = ZoneInfo(business.timezone)
    return Wanted(
        zone=zone,
        today=now.astimezone(zone).date(),
        day_first=day_first,
        question=question,
        scale=scale,
    )


def whose(business: Business, batch: Sequence[Given]) -> dict[str, int]:
    """The customers of some answers, by what stands in their rows; whom nobody knows is absent."""
    return _customers(business, sorted({row.customer for row in batch if row.customer}))


def accepted(
    found: Iterator[Given | Rejected | None], tally: Tally, rejects: Rejects, tell: Tell
) -> Iterator[Given]:
    """The answers among the rows; everything else is counted here."""
    for row in found:
        if row is None:
            tally.empty += 1
            continue
        tally.rows += 1
        if isinstance(row, Given):
            yield row
        else:
            tally.rejected += 1
            rejects.add(row)
            tell(1)


def _record(
    business: Business,
    batch: Sequence[Given],
    tally: Tally,
    rejects: Rejects,
    keeper: changes.Keeper | None,
) -> None:
    """Write some rows by one statement; each is accepted, rejected or a duplicate."""
    of = whose(business, batch)
    rows = [_answered(row, of.get(row.customer)) for row in batch]
    with transaction.atomic():
        new = kept.record(business, rows, source=SOURCE)
        if keeper is not None:
            keeper.answered(sorted(new))
    there = kept.there(business, [row.reference for row in batch], source=SOURCE)
    for given, row in zip(batch, rows, strict=True):
        if row.reference in new:
            new.remove(row.reference)  # the next one of this name is there already
            tally.accepted += 1
            tally.unknown += row.customer is None
        elif there[row.reference] == row.said:
            tally.duplicate += 1
        else:
            tally.rejected += 1
            rejects.add(_taken(given))


def _customers(business: Business, written: Sequence[str]) -> dict[str, int]:
    """Whose answers these are: by e-mail address, customer number, card number or telephone."""
    found: dict[str, int] = {}
    for kind in ("email", "external", "number", "phone"):
        missing = [value for value in written if value not in found]
        found |= customers.find_many(business, kind, missing)
    return found


def _answered(row: Given, customer: int | None) -> Answered:
    return Answered(
        question=row.question,
        score=row.score,
        scale=row.scale,
        on=row.on,
        reference=row.reference,
        customer=customer,
        at=row.at,
        comment=row.comment,
    )


def _taken(given: Given) -> Rejected:
    row = Row(given.line, [], given.text)
    return opening.rejected(
        row, given.reference, "this reference stands for another answer already"
    )
