"""Where everybody stands, written down at night: lists of customers ask this table, no history."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction

from habitue.ledger import arrays
from habitue.members.models import Business
from habitue.outreach import populations

if TYPE_CHECKING:
    from habitue.metrics.segments.population import Population

CHUNK: Final = 50_000
"""Rows in one statement."""

_KEEP: Final = """
INSERT INTO outreach_stage AS kept (customer_id, business_id, stage, vip, leaking, usual)
SELECT new.customer, customer.business_id, stage, vip <> 0, leaking <> 0, nullif(usual, 0)
FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::smallint[], %s::float8[])
    AS new (customer, stage, vip, leaking, usual)
JOIN members_customer customer ON customer.id = new.customer
WHERE customer.business_id = %s ORDER BY new.customer
ON CONFLICT (customer_id) DO UPDATE SET
    stage = excluded.stage, vip = excluded.vip, leaking = excluded.leaking, usual = excluded.usual
WHERE (kept.stage, kept.vip, kept.leaking, kept.usual)
    IS DISTINCT FROM (excluded.stage, excluded.vip, excluded.leaking, excluded.usual)"""

_GONE: Final = """
DELETE FROM outreach_stage kept WHERE business_id = %s AND NOT EXISTS (
    SELECT FROM ledger_life life WHERE life.customer_id = kept.customer_id AND life.orders > 0)"""


def keep(business: Business, *, now: datetime) -> int:
    """Write down where everybody of a business stands; of how many customers."""
    everybody = populations.read(business, now=now)
    rows = _rows(everybody)
    with transaction.atomic(), connection.cursor() as cursor:
        for start in range(0, len(rows), CHUNK):
            customers, stages, vip, leaking, usual = zip(*rows[start : start + CHUNK], strict=True)
            told = [arrays.plain(customers), arrays.plain(stages)]
            told += [arrays.plain(vip), arrays.plain(leaking)]
            told.append("{" + ",".join(f"{days:.4g}" for days in usual) + "}")
            cursor.execute(_KEEP, [*told, business.pk])
        cursor.execute(_GONE, [business.pk])
    return len(rows)


def _rows(everybody: Population) -> list[tuple[int, str, int, int, float]]:
    """Number, stage, the flags as 0 and 1, usual days; a rhythm that nobody knows is 0."""
    import numpy as np

    from habitue.metrics.segments import leaks, lifecycle, rhythm, vip

    if not len(everybody.lives.customer):
        return []
    usual = np.nan_to_num(rhythm.rhythm(everybody).usual, nan=0.0)
    return list(
        zip(
            everybody.lives.customer.tolist(),
            (lifecycle.STAGES[place] for place in lifecycle.stages(everybody).tolist()),
            vip.vip(everybody.lives).astype(int).tolist(),
            leaks.masks(everybody)["leaking"].astype(int).tolist(),
            usual.tolist(),
            strict=True,
        )
    )
