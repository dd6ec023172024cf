"""Limits of a rule or reward: how often and how much per period and member, and cool-downs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Protocol

from habitue.core import facts, tallies
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


def allowed(
    account: Account,
    rule: Limited,
    wanted: int,
    local: datetime,
    event: facts.Event | None = None,
) -> int:
    """How much of `wanted` (fixed point) the rule may still give now.

    `event` knows what is left of limits for all members together; without one, they do not hold.
    """
    if _cooling(account, rule, local):
        return 0
    for number, limit in enumerate(rule.limits):
        if limit.total:
            times, amount = _left_of_all(account, rule.id, number, limit, local.date(), event)
        else:
            times, amount = _left(account, _name(rule, number), limit, local.date())
        if times is not None and times <= 0:
            return 0
        if amount is not None:
            wanted = min(wanted, max(amount, 0))
    return wanted


def use(account: Account, rule: Limited, amount: int, local: datetime) -> None:
    """Remember that the rule gave `amount`; nothing is remembered of an award of zero."""
    if not amount:
        return
    if rule.cool_down is not None:
        account.memory.last[rule.id] = local.astimezone(UTC)
    for number, limit in enumerate(rule.limits):
        if limit.total:
            for shared, measure in _shared(rule.id, number, limit, local.date()):
                tallies.add(account, shared, 1 if measure == "times" else amount)
            continue
        buckets = account.memory.used.setdefault(_name(rule, number), {})
        bucket = _bucket(limit, local.date())
        usage = buckets.setdefault(bucket, Usage())
        usage.times += 1
        usage.amount += amount
        if len(buckets) > _KEPT:
            del buckets[min(filter(None, buckets))]


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
    """All time is bucket 0, a calendar period its first day, a rolling period each day.

    Another version of a rule may count otherwise, so that a table may hold all three.
    """
    if limit.per is None:
        return 0
    if isinstance(limit.per, Period):
        return day.toordinal()
    return start_of(day, limit.per).toordinal()


def _left(account: Account, name: str, limit: Limit, day: date) -> tuple[int | None, int | None]:
    """How often and how much a member may still get; None: as limited by nothing."""
    times, amount = _used(account, name, limit, day)
    return (
        None if limit.times is None else limit.times - times,
        None if limit.amount is None else limit.amount - amount,
    )


def _left_of_all(
    account: Account, of: str, number: int, limit: Limit, day: date, event: facts.Event | None
) -> tuple[int | None, int | None]:
    """The same of a limit that all members share, as the event says."""
    left: dict[str, int | None] = {}
    if event is not None:
        for name, measure in _shared(of, number, limit, day):
            left[measure] = tallies.room(account, event, name)
    return left.get("times"), left.get("units")


def _shared(of: str, number: int, limit: Limit, day: date) -> Iterator[tuple[str, str]]:
    """The names of the sums that a limit for all members counts in, and what they count."""
    assert not isinstance(limit.per, Period), "a total limit has calendar periods"
    for measure, most in (("times", limit.times), ("units", limit.amount)):
        if most is not None:
            yield tallies.named(tallies.limit_stem(of, number, measure), limit.per, day), measure


def _used(account: Account, name: str, limit: Limit, day: date) -> tuple[int, int]:
    buckets = account.memory.used.get(name)
    if not buckets:
        return 0, 0
    if isinstance(limit.per, Period):
        inside = [
            usage
            for bucket, usage in buckets.items()
            if bucket and day < later(date.fromordinal(bucket), limit.per)
        ]
        return sum(usage.times for usage in inside), sum(usage.amount for usage in inside)
    usage = buckets.get(_bucket(limit, day), Usage())
    return usage.times, usage.amount
