"""Tells the ledger who is in which segment, so that a program's rules can act on it.

Only of members whose segments changed, and only where the program in force asks for a segment of
ours, or for a group of an experiment that runs (`treated-NAME`, `holdout-NAME`). Segments that
another door told stay as they are. Looking again changes nothing: what was
told is what the ledger remembers, so this may be stopped and run again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

import msgspec
from django.db import DatabaseError, connection

from habitue import ledger
from habitue.core import conditions, facts, program
from habitue.ledger import Fact
from habitue.members.models import Business
from habitue.metrics.segments import catalogue
from habitue.outreach import experiments, populations

BATCH: Final = 1_000
_NAMES: Final = msgspec.json.Decoder(list[str])
Progress = Callable[[int], None]

_MEMBERS: Final = """
SELECT account.customer_id, (account.memory->'segments')::text
FROM ledger_account account
JOIN members_customer customer
  ON customer.id = account.customer_id AND customer.merged_into_id IS NULL
WHERE account.business_id = %s AND account.enrolled_on IS NOT NULL
  AND (account.customer_id = ANY(%s) OR account.memory->'segments' IS NOT NULL)
ORDER BY account.customer_id"""


def tell(business: int | None, *, now: datetime, progress: Progress | None = None) -> int:
    """Post the segments that changed in a business, or in all; of how many members.

    A business that fails does not keep the others waiting: what it raised is raised at the end.
    """
    told, failed = 0, []
    chosen = Business.objects.order_by("pk")
    for each in chosen if business is None else chosen.filter(pk=business):
        try:
            for batch in _batches(each, now):
                ledger.post(each.pk, batch, now=now)
                told += len(batch)
                if progress is not None:
                    progress(len(batch))
        except (DatabaseError, ValueError, LookupError, AssertionError) as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("in some businesses segments could not be told", failed)
    return told


def used(source: program.Program) -> list[str]:
    """The segments of ours, and groups of experiments, that a program asks for, sorted."""
    asked = (
        part.values for _, part in conditions.asked(source) if isinstance(part, program.InSegment)
    )
    return sorted({name for values in asked for name in values if _ours(name)})


def _ours(name: str) -> bool:
    return name in catalogue.every() or name.startswith(experiments.GROUPS)


def _batches(business: Business, now: datetime) -> Iterator[list[Fact]]:
    in_force = ledger.program(business.pk, on=populations.today(business, now))
    names = used(in_force) if in_force is not None else []
    if not names:
        return
    changed = [
        Fact(customer=who, at=now, what=facts.Segments(segments), source="segments")
        for who, segments in _changed(business, names, now)
    ]
    for start in range(0, len(changed), BATCH):
        yield changed[start : start + BATCH]


def _changed(
    business: Business, names: Iterable[str], now: datetime
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Members who are in other segments than the ledger remembers, and in which."""
    from habitue.metrics.segments import finding

    everybody = populations.read(business, now=now)
    within: dict[int, list[str]] = {}
    for name in names:
        if name in catalogue.every():
            customers = finding.members(everybody, name).tolist()
        else:
            customers = experiments.group(business, name, now=now)
        for who in customers:
            within.setdefault(who, []).append(name)
    for who, remembered in _remembered(business, list(within)):
        others = [name for name in remembered if not _ours(name)]
        segments = tuple(sorted({*others, *within.get(who, ())}))
        if segments != tuple(sorted(remembered)):
            yield who, segments


def _remembered(business: Business, customers: list[int]) -> list[tuple[int, list[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [business.pk, customers])
        found = cursor.fetchall()
    return [(who, _NAMES.decode(segments) if segments else []) for who, segments in found]
