"""Which statement answers which sums of a period, and the writing of it, once per engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from habitue.metrics.aggregates import Money
from habitue.metrics.lowerings import statement
from habitue.metrics.lowerings.statement import Statement

if TYPE_CHECKING:
    from habitue.metrics.lowerings.canon import Canon

Relation = Any

MOST_MONTHS: Final = 29
"""So many months can be marked in a whole number of 64 bits (see `buying`)."""

MEASURES: Final = ("recency", "frequency", "monetary")
BEST: Final = 5
"""RFM: scores from 1 to 5 in each measure, as `segments.rfm` defines them."""


class Family(NamedTuple):
    """The sums that one statement answers, and from which kept rows."""

    sums: tuple[str, ...]
    kept: tuple[str, ...] = ()


FAMILIES: Final[Mapping[str, Family]] = {
    "states": Family(
        (
            *("known", "start", "end", "new", "kept", "reactivated", "dormant", "lost"),
            *("buyers", "repeaters", "orders", "first_buyers"),
        ),
        kept=("people",),
    ),
    "money": Family(
        tuple(f"money.{name}" for name in Money.__struct_fields__), kept=("people", "spending")
    ),
    "triers": Family(("first_triers", "returning_triers"), kept=("people",)),
    "groups": Family(("one_group", "many_groups")),
    "membership": Family(
        ("customers", "members", "member_buyers", "subscribers", "referrals"), kept=("people",)
    ),
    "member_orders": Family(("member_orders",)),
    "referring": Family(("referrers", "referred", "repeaters_referred"), kept=("people",)),
    "answers": Family(
        (
            *("promoters", "passives", "detractors", "satisfied", "satisfaction_answers"),
            *("effort", "effort_squares", "effort_answers"),
        ),
    ),
    "deeds": Family(
        (
            *("redemptions", "messages_answered", "clickers", "clicking_subscribers", "ideas"),
            *("social", "complaints", "complaints_answered", "complaints_resolved"),
            "answer_minutes",
        ),
    ),
    "rewards": Family(("redeemers", "rewarded", "reward_days")),
    "service": Family(
        ("complainers", "complainers_back", "contented", "contented_back"), kept=("people",)
    ),
    "contracts": Family(("contracts", "contracts_kept")),
}
"""By the name of the expression in `buying` or `doing`."""

KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "people": (),
    "spending": (),
    "fifths": ("people",),
    "scores": ("people", "fifths"),
    "cohort_buyers": ("people",),
    "cohort_revenue": ("people",),
    "gaps": (),
    "lives": (),
} | {name: family.kept for name, family in FAMILIES.items()}
"""From which kept rows each expression reads."""


class Written(NamedTuple):
    """A statement with its blanks, and the columns of its rows."""

    statement: Statement
    columns: tuple[str, ...]


def kept_name(name: str) -> str:
    """What the kept rows of an expression are called in an engine."""
    return f"habitue_{name}"


@cache
def written(name: str, dialect: str, prefix: str) -> Written:
    """An expression as an engine's SQL."""
    import ibis

    from habitue.metrics.lowerings.canon import Canon

    expressions = _expressions()
    relation = expressions[name](Canon(prefix, expressions))
    sql = str(ibis.to_sql(relation, dialect=dialect, pretty=False))
    return Written(statement.blanked(sql), tuple(relation.columns))


@cache
def _expressions() -> dict[str, Callable[[Canon], Relation]]:
    from habitue.metrics.lowerings import buying, doing

    found = {**vars(buying), **vars(doing)}
    return {name: found[name] for name in KEPT}
