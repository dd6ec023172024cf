"""Answers to questions of satisfaction: written once each, and forgotten with the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from django.db import connection

from habitue.members import ids
from habitue.members.models import Answer, Business

_RECORD: Final = """
INSERT INTO members_answer (id, business_id, customer_id, question, score, scale, answered_on,
                            answered_at, comment, source, reference)
SELECT id, %s, customer, question, score, scale, answered_on, answered_at, comment, %s, reference
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::smallint[], %s::smallint[], %s::date[],
            %s::timestamptz[], %s::text[], %s::text[])
     AS new (id, customer, question, score, scale, answered_on, answered_at, comment, reference)
ORDER BY reference
ON CONFLICT (business_id, source, reference) DO NOTHING
RETURNING reference"""

_THERE: Final = """
SELECT reference, question, score, scale, answered_on FROM members_answer
WHERE business_id = %s AND source = %s AND reference = ANY(%s)"""


class Answered(NamedTuple):
    """One answer to write. `customer` None: nobody knows whose; `on` is the business's day."""

    question: str
    score: int
    scale: int
    on: date
    reference: str
    customer: int | None = None
    at: datetime | None = None
    comment: str = ""

    @property
    def said(self) -> tuple[str, int, int, date]:
        """What makes it this answer: a reference that says something else is another one's."""
        return self.question, self.score, self.scale, self.on


def record(business: Business, answers: Sequence[Answered], *, source: str) -> set[str]:
    """Write the answers whose references are new; says which these are.

    Of two with one reference, the first is written.
    """
    new: dict[str, Answered] = {}
    for answer in answers:
        new.setdefault(answer.reference, answer)
    rows = list(new.values())
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            [
                business.pk,
                source,
                ids.make_many(len(rows)),
                [row.customer for row in rows],
                [row.question for row in rows],
                [row.score for row in rows],
                [row.scale for row in rows],
                [row.on for row in rows],
                [row.at for row in rows],
                [row.comment for row in rows],
                [row.reference for row in rows],
            ],
        )
        return {reference for (reference,) in cursor.fetchall()}


def there(
    business: Business, references: Sequence[str], *, source: str
) -> dict[str, tuple[str, int, int, date]]:
    """What the answers say (`Answered.said`) that have these references already."""
    with connection.cursor() as cursor:
        cursor.execute(_THERE, [business.pk, source, list(references)])
        return {row[0]: (row[1], row[2], row[3], row[4]) for row in cursor.fetchall()}


def forget(customers: Sequence[int]) -> int:
    """Erase the words of these customers and whose their answers were; the scores stay."""
    return Answer.objects.filter(customer__in=customers).update(customer=None, comment="")
