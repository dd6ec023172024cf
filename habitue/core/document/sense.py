"""What a well-formed program may still get wrong: twins, crossed dates, things that cannot be.

Runs on whatever could be read. What is out of reach (`reach`) is only judged when nothing is
missing that might have brought it into reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, pairwise
from typing import Final, Protocol

from habitue.core import program
from habitue.core.document import reach, terms
from habitue.core.document.page import Sheet
from habitue.core.rulebook import MOST_SLOTS

MOST_UNITS: Final = 50
MOST_NESTED: Final = 5
BESIDE_THE_POINT: Final = frozenset(
    [
        *("title", "currency", "timezone", "since", "undo_within", "rewards", "benefits", "fee"),
        *("causes", "partners", "household", "transfers", "pay_with", "leaderboard"),
    ]
)
"""Where a fault cannot be what puts something else out of reach."""


def check(found: program.Program, sheet: Sheet) -> None:
    """Note every problem of sense on the sheet."""
    unreadable = _unreadable(sheet)
    if not found.units and not found.benefits and not sheet.problems:
        sheet.fault_at("", "there is nothing in this program: add units to collect, or benefits")
    _rules_apart(found.rules, sheet)
    _groups_used(found, sheet)
    for path in ("rewards", "benefits", "causes", "partners", "draws"):
        _twins(path, getattr(found, path), sheet)
    _units_used(found, sheet)
    if found.tiers is not None:
        _tiers_rise(found.tiers, sheet)
        _tiers_measured(found.tiers, sheet)
        _tiers_expire(found, found.tiers, sheet)
    _factors_apply(found, sheet)
    _lots_numbered(found, sheet)
    _conditions_hold(found, sheet)
    if "units" not in unreadable:
        terms.check(found, sheet)
    if unreadable <= BESIDE_THE_POINT:
        reach.check(found, sheet)


def _unreadable(sheet: Sheet) -> set[str]:
    """The parts of the file that have problems so far."""
    return {problem.path.split(".")[0].split("[")[0] for problem in sheet.problems}


class Identified(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str: ...


# --- twins and dates ---------------------------------------------------------------------------


def _rules_apart(rules: Sequence[program.EarnRule], sheet: Sheet) -> None:
    """The same id may stand twice only for dates that do not meet."""
    placed = list(zip(sheet.paths("earn"), rules, strict=True))
    for (_, first), (path, second) in combinations(placed, 2):
        if first.id != second.id:
            continue
        if first.dates is None or second.dates is None:
            sheet.fault_at(f"{path}.id", f'the id "{second.id}" is used twice', word=second.id)
        elif _meet(first.dates, second.dates):
            spans = f"{_span(first.dates)} and {_span(second.dates)}"
            sentence = f'the dates of the two rules "{second.id}" overlap: {spans}'
            sheet.fault_at(f"{path}.dates", sentence)


def _meet(one: program.Dates, other: program.Dates) -> bool:
    start = max(one.since or date.min, other.since or date.min)
    return start < min(one.until or date.max, other.until or date.max)


def _span(dates: program.Dates) -> str:
    since = f"from {dates.since}" if dates.since else "from the start"
    return f"{since} until {dates.until}" if dates.until else f"{since} on"


def _groups_used(found: program.Program, sheet: Sheet) -> None:
    groups = tuple({rule.group for rule in found.rules if rule.group is not None})
    for name in found.combine:
        if name not in groups:
            sentence = f'no rule is in the group "{name}"'
            sheet.fault_at(f"combine.{name}", sentence, word=name, allowed=sorted(groups))


def _twins(path: str, things: Sequence[Identified], sheet: Sheet) -> None:
    seen: set[str] = set()
    for where, thing in zip(sheet.paths(path), things, strict=True):
        if thing.id in seen:
            sheet.fault_at(f"{where}.id", f'the id "{thing.id}" is used twice', word=thing.id)
        seen.add(thing.id)


# --- units and tiers ---------------------------------------------------------------------------


def _units_used(found: program.Program, sheet: Sheet) -> None:
    if len(found.units) > MOST_UNITS:
        sheet.fault_at("units", f"{len(found.units)} units; at most {MOST_UNITS}")
    for unit in found.units:
        if not unit.redeemable and not unit.qualifying:
            sentence = "a unit must be redeemable, qualifying or both; nothing would use this one"
            sheet.fault_at(f"units.{unit.id}", sentence)
        if not unit.redeemable and (unit.expiry or unit.pending):
            sentence = "a unit that only qualifies has no lots, so no expiry and nothing pending"
            sheet.fault_at(f"units.{unit.id}", sentence)


def _lots_numbered(found: program.Program, sheet: Sheet) -> None:
    """An event has numbers for so many lots only; every unit, expiry and pending is one more."""
    places: set[tuple[object, ...]] = set()
    for path, rule in zip(sheet.paths("earn"), found.rules, strict=True):
        places |= {(unit, rule.expiry, rule.pending) for unit in reach.bases(rule)}
        if len(places) > MOST_SLOTS:
            sentence = f"at most {MOST_SLOTS} kinds of lots (unit, expiry, pending) in one program"
            sheet.fault_at(path, sentence)
            return


def _tiers_rise(ladder: program.Ladder, sheet: Sheet) -> None:
    _twins("tiers.levels", ladder.levels, sheet)
    placed = list(zip(sheet.paths("tiers.levels"), ladder.levels, strict=True))
    first_path, first = placed[0]
    if first.needs:
        sheet.fault_at(f"{first_path}.from", "the first tier starts from 0: every member has it")
    for (_, lower), (path, higher) in pairwise(placed):
        if not _above(higher, lower):
            sentence = f'tiers rise: "{higher.id}" must need more than "{lower.id}"'
            sheet.fault_at(f"{path}.from", sentence)


def _above(higher: program.Level, lower: program.Level) -> bool:
    """Whether no way to the higher level is as easy as a way to the lower."""
    if not higher.needs:
        return False
    return not any(
        all(dict(easier).get(unit, 0) >= amount for unit, amount in harder)
        for harder in higher.needs
        for easier in lower.needs
    )


def _tiers_measured(ladder: program.Ladder, sheet: Sheet) -> None:
    """A balance is of today: it has no window. What waits for a period's end needs one."""
    own = [
        (f"{path}.window", level.window)
        for path, level in zip(sheet.paths("tiers.levels"), ladder.levels, strict=True)
        if level.window is not None
    ]
    windows = [("tiers.basis.window", ladder.window), *own]
    if ladder.measure == "balance":
        for path, window in windows:
            if window != program.CalendarYear():
                sheet.fault_at(path, "a balance is what it is today; it has no window")
    if ladder.upgrade == "at period end":
        endless = [path for path, window in windows if isinstance(window, _ENDLESS)]
        if endless or ladder.measure == "balance":
            sentence = "at period end needs a window that ends, such as calendar year"
            sheet.fault_at("tiers.upgrade", sentence)


_ENDLESS: Final = (program.Rolling, program.Lifetime)


def _tiers_expire(found: program.Program, ladder: program.Ladder, sheet: Sheet) -> None:
    counters = {unit.id for unit in found.units if not unit.redeemable}
    for path, level in zip(sheet.paths("tiers.levels"), ladder.levels, strict=True):
        for unit in sorted(counters.intersection(level.expiry)):
            sheet.fault_at(f"{path}.expiry.{unit}", f"{unit} only qualifies; it has no expiry")


# --- rules and conditions ----------------------------------------------------------------------


def _factors_apply(found: program.Program, sheet: Sheet) -> None:
    """A multiplier or bonus needs a rule on the same event that awards the unit."""
    for path, rule in zip(sheet.paths("earn"), found.rules, strict=True):
        beside = [other for other in found.rules if other.when == rule.when]
        units = {unit for other in beside for unit in reach.bases(other)}
        for award in rule.awards:
            if not isinstance(award, program.Multiply | program.Bonus):
                continue
            if (award.unit not in units) if award.unit else not units:
                of = award.unit or "anything"
                sentence = f"there is nothing to multiply: no rule awards {of} on {rule.when}"
                sheet.fault_at(f"{path}.award", sentence)


Brought = tuple[str, str, program.Condition | None]
"""Where something stands, what brings it, and under which condition."""


def _brought(found: program.Program, sheet: Sheet) -> Iterator[tuple[str, Brought]]:
    """Everything that an event brings, with the key that names the event."""
    for path, rule in zip(sheet.paths("earn"), found.rules, strict=True):
        yield "when", (path, rule.when, rule.where)
    for path, reward in zip(sheet.paths("rewards"), found.rewards, strict=True):
        yield "automatic", (path, reward.automatic or "", reward.where)
    for path, draw in zip(sheet.paths("draws"), found.draws, strict=True):
        yield "when", (path, draw.when, draw.where)


def _conditions_hold(found: program.Program, sheet: Sheet) -> None:
    for key, (path, when, where) in _brought(found, sheet):
        unread = any(problem.path.startswith(f"{path}.where") for problem in sheet.problems)
        if when == "date" and not unread and not _named_days(where):
            sentence = "which days? Add where: {each: 24 December}"
            sheet.fault_at(f"{path}.{key}", sentence)
        if where is None:
            continue
        if key == "automatic" and when in ("", "threshold"):
            sentence = "where goes with a reward that an event brings: automatic: purchase"
            sheet.fault_at(f"{path}.where", sentence)
        parts = list(_parts(where))
        if max(depth for depth, _ in parts) > MOST_NESTED:
            sentence = f"conditions are nested more than {MOST_NESTED} deep"
            sheet.fault_at(f"{path}.where", sentence)
        for _, part in parts:
            _condition_holds(found, part, f"{path}.where", sheet)


def _condition_holds(
    found: program.Program, part: program.Condition, path: str, sheet: Sheet
) -> None:
    unpaid = found.fee is None and "fee" not in _unreadable(sheet)
    if isinstance(part, program.Paid) and unpaid:
        sheet.fault_at(f"{path}.paid", "nothing is paid here: the program has no fee")
    if isinstance(part, program.Among) and part.what == "partner" and sheet.partners:
        for name in part.values:
            if name not in sheet.partners:
                sentence = f'unknown partner "{name}"'
                sheet.fault_at(f"{path}.partner", sentence, word=name, allowed=sheet.partners)


def _named_days(where: program.Condition | None) -> bool:
    """Whether a condition says at its top which days of the year it is about."""
    joined = where.of if isinstance(where, program.All) else (where,)
    return any(isinstance(part, program.EachYear) for part in joined)


def _parts(condition: program.Condition, depth: int = 0) -> Iterator[tuple[int, program.Condition]]:
    """A condition and all within it, each with how deep it is nested."""
    yield depth, condition
    if isinstance(condition, program.All | program.Any):
        for part in condition.of:
            yield from _parts(part, depth + 1)
    elif isinstance(condition, program.Not):
        yield from _parts(condition.of, depth + 1)
