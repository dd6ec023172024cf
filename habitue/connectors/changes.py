"""What an import did, kept in the transaction in which it did it, so that it can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Max, Sum

from habitue import ledger
from habitue.connectors.models import Change, Import
from habitue.members.models import Customer, Identity

Known = dict[str, Any]
"""A customer as known: `name`, `language`, `birthday` (day, month, year), and by kind of identity
the values, sorted."""


class Keeper:
    """Keeps what one import does."""

    def __init__(self, of: Import) -> None:
        self.of = of

    def made(self, customers: Sequence[int]) -> None:
        """These customers are new."""
        known = snapshots(customers)
        self._write(
            Change(of=self.of, kind=Change.Kind.MADE, customer_id=one, rows=0, after=known[one])
            for one in customers
        )

    def beside(self, customers: Sequence[int]) -> None:
        """These new customers are no row of their own: what their row gives is kept besides."""
        mine = Change.objects.filter(of=self.of, kind=Change.Kind.MADE)
        mine.filter(customer__in=customers).update(rows=0)

    def gathered(self, kind: str, before: Mapping[int, Known], customers: Sequence[int]) -> None:
        """These customers are new, or updated, each by one row."""
        known = snapshots(customers)
        self._write(
            Change(of=self.of, kind=kind, customer_id=one, before=before.get(one), after=known[one])
            for one in customers
        )

    def posted(
        self,
        kind: Change.Kind,
        answers: Sequence[ledger.Answer],
        named: Sequence[tuple[str, int]],
    ) -> None:
        """These purchases or balances were posted, under which reference, of how many rows."""
        self._write(
            Change(
                of=self.of,
                kind=kind,
                customer_id=answer.customer,
                event=answer.event,
                reference=reference,
                rows=rows,
            )
            for answer, (reference, rows) in zip(answers, named, strict=True)
            if not answer.refused and not answer.duplicate
        )

    def answered(self, references: Sequence[str]) -> None:
        """These answers were written."""
        self._write(
            Change(of=self.of, kind=Change.Kind.ANSWER, reference=reference)
            for reference in references
        )

    def fresh(self, customers: Iterable[int]) -> set[int]:
        """Those of the customers whom this import made."""
        mine = Change.objects.filter(of=self.of, kind=Change.Kind.MADE)
        return set(mine.filter(customer__in=list(customers)).values_list("customer", flat=True))

    def rows(self) -> int:
        """How many rows are done: by this run, or by one that was killed."""
        return int(Change.objects.filter(of=self.of).aggregate(rows=Sum("rows"))["rows"] or 0)

    def _write(self, kept: Iterable[Change]) -> None:
        Change.objects.bulk_create(kept, batch_size=1_000)


def undone(business: int, kind: Change.Kind, references: Sequence[str]) -> dict[str, int]:
    """Those references whose import was undone, with the last such import."""
    gone = Import.objects.filter(business=business, state=Import.State.UNDONE)
    if not references or not gone.exists():
        return {}
    held = Change.objects.filter(of__in=gone, kind=kind, reference__in=list(references))
    return dict(held.values("reference").annotate(last=Max("of")).values_list("reference", "last"))


def snapshots(customers: Iterable[int]) -> dict[int, Known]:
    """What is known of customers, by three statements."""
    keys = list(customers)
    found: dict[int, Known] = {}
    rows = Customer.objects.filter(pk__in=keys)
    for row in rows.values_list(
        "pk", "name", "language", "birth_day", "birth_month", "birth_year", "note", "binned_at"
    ):
        key, name, language, day, month, year, note, binned_at = row
        found[key] = {
            "name": name,
            "language": language,
            "birthday": [day, month, year] if day else None,
            "note": note,
            "binned": binned_at is not None,
            **{kind.value: list[str]() for kind in Identity.Kind},
        }
    held = Identity.objects.filter(customer__in=keys).order_by("value")
    for key, kind, value in held.values_list("customer", "kind", "value"):
        found[key][kind].append(value)
    return found


def counted(of: Import) -> dict[str, tuple[int, int]]:
    """How many things of each kind an import did, and how many rows they were."""
    kinds = Change.objects.filter(of=of).values("kind")
    found = kinds.annotate(number=Count("pk"), lines=Sum("rows"))
    return {one["kind"]: (one["number"], one["lines"]) for one in found}
