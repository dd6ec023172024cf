"""Limits of a rule or reward: how often and how much per period and member, and cool-downs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol

from habitue.core import facts
from habitue.core.account import Account, Usage
from habitue.core.calendar import later, moment_later, start_of
from habitue.core.program import Limit, Period

_KEPT = 400


class Limited(Protocol):
    """Something with limits and a name to remember their use by."""

    @property
    def id(self) -> str: ...

    @property
    def limits(self) -> tuple[Limit, ...]: ...

    @property
    def cool_down(self) -> Period | None: ...


def allowed(account: Account, rule: Limited, wanted: int, local: datetime) -> int:
    """How much of `wanted` (fixed point) the rule may still give now."""
    if _cooling(account, rule, local):
        return 0
    for number, limit in enumerate(rule.limits):
        times, amount = _used(account, _name(rule, number), limit, local.date())
        if limit.times is not None and times >= limit.times:
            return 0
        if limit.amount is not None:
            wanted = min(wanted, max(limit.amount - amount, 0))
    return wanted


def use(account: Account, rule: Limited, amount: int, local: datetime) -> None:
    """Remember that the rule gave `amount`; nothing is remembered of an award of zero."""
    if not amount:
        return
    if rule.cool_down is not None:
        account.memory.last[rule.id] = local.astimezone(UTC)
    for number, limit in enumerate(rule.limits):
        buckets = account.memory.used.setdefault(_name(rule, number), {})
        bucket = _bucket(limit, local.date())
        usage = buckets.setdefault(bucket, Usage())
        usage.times += 1
        usage.amount += amount
        if len(buckets) > _KEPT:
            del buckets[min(buckets)]


def refusal(account: Account, rule: Limited, local: datetime) -> facts.Refused:
    """Why the rule gives nothing more now, and when it will again."""
    if _cooling(account, rule, local):
        again = _again_at(account, rule, local)
        return facts.Refused(
            "too_soon",
            f"Too soon after the last one; possible again at {again:%H:%M}.",
            {"rule": rule.id, "again_at": again.isoformat()},
        )
    return facts.Refused("limit", "The limit for this period is reached.", {"rule": rule.id})


def _cooling(account: Account, rule: Limited, local: datetime) -> bool:
    if rule.cool_down is None or rule.id not in account.memory.last:
        return False
    return local.astimezone(UTC) < _again_at(account, rule, local).astimezone(UTC)


def _again_at(account: Account, rule: Limited, local: datetime) -> datetime:
    """When a cool-down ends, on the local clock: hours by elapsed time, days by the calendar."""
    assert rule.cool_down is not None
    last = account.memory.last[rule.id]
    if rule.cool_down.unit in ("minute", "hour"):
        return moment_later(last, rule.cool_down).astimezone(local.tzinfo)
    return moment_later(last.astimezone(local.tzinfo), rule.cool_down)


def _name(rule: Limited, number: int) -> str:
    return f"{rule.id}:{number}" if number else rule.id


def _bucket(limit: Limit, day: date) -> int:
    """All time is one bucket, a calendar period its first day, a rolling period each day."""
    if limit.per is None:
        return 0
    if isinstance(limit.per, Period):
        return day.toordinal()
    return start_of(day, limit.per).toordinal()


def _used(account: Account, name: str, limit: Limit, day: date) -> tuple[int, int]:
    buckets = account.memory.used.get(name)
    if not buckets:
        return 0, 0
    if isinstance(limit.per, Period):
        inside = [
            usage
            for bucket, usage in buckets.items()
            if day < later(date.fromordinal(bucket), limit.per)
        ]
        return sum(usage.times for usage in inside), sum(usage.amount for usage in inside)
    usage = buckets.get(_bucket(limit, day), Usage())
    return usage.times, usage.amount
