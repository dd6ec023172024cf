"""What a well-formed program may still get wrong: twins, crossed dates, things out of reach.

Runs on whatever could be read. What is out of reach is only judged when nothing is missing that
might have brought it into reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, pairwise
from typing import Final, Protocol

from habitue.core import program
from habitue.core.document.page import Sheet
from habitue.core.rulebook import MOST_SLOTS

BESIDE_THE_POINT: Final = frozenset(
    ["title", "currency", "timezone", "since", "undo_within", "rewards", "benefits"]
)
"""Where a fault cannot be what puts something else out of reach."""


def check(found: program.Program, sheet: Sheet) -> None:
    """Note every problem of sense on the sheet."""
    unreadable = {problem.path.split(".")[0].split("[")[0] for problem in sheet.problems}
    _rules_apart(found.rules, sheet)
    _groups_used(found, sheet)
    _twins("rewards", found.rewards, sheet)
    _twins("benefits", found.benefits, sheet)
    _units_used(found, sheet)
    if found.tiers is not None:
        _tiers_rise(found.tiers, sheet)
    _factors_apply(found, sheet)
    _lots_numbered(found, sheet)
    if unreadable <= BESIDE_THE_POINT:
        _within_reach(found, sheet)


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
        places |= {(unit, rule.expiry, rule.pending) for unit in _bases(rule)}
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


# --- what applies, and what is out of reach ----------------------------------------------------


def _awarded(found: program.Program) -> set[str]:
    """The units that some rule or reward gives."""
    plain = program.Multiply | program.Bonus
    awards = {a.unit for rule in found.rules for a in rule.awards if not isinstance(a, plain)}
    gifts = {gift.unit for reward in found.rewards for gift in reward.gifts if gift.unit}
    return awards | gifts


def _factors_apply(found: program.Program, sheet: Sheet) -> None:
    """A multiplier or bonus needs a rule on the same event that awards the unit."""
    for path, rule in zip(sheet.paths("earn"), found.rules, strict=True):
        beside = [other for other in found.rules if other.when == rule.when]
        bases = {unit for other in beside for unit in _bases(other)}
        for award in rule.awards:
            if not isinstance(award, program.Multiply | program.Bonus):
                continue
            if (award.unit not in bases) if award.unit else not bases:
                of = award.unit or "anything"
                sentence = f"there is nothing to multiply: no rule awards {of} on {rule.when}"
                sheet.fault_at(f"{path}.award", sentence)


def _bases(rule: program.EarnRule) -> Iterator[str]:
    for award in rule.awards:
        if not isinstance(award, program.Multiply | program.Bonus):
            yield award.unit


def _within_reach(found: program.Program, sheet: Sheet) -> None:
    awarded = _awarded(found)
    closed = _closed_tiers(found, awarded, sheet)
    for path, reward in zip(sheet.paths("rewards"), found.rewards, strict=True):
        if not any(problem.path.startswith(f"{path}.") for problem in sheet.problems):
            _reward_reachable(found, reward, awarded, path, sheet)
        if reward.tiers and closed.issuperset(reward.tiers):
            sentence = f'nobody can reach "{reward.id}": no member can reach its tiers'
            sheet.fault_at(f"{path}.tiers", sentence)


def _closed_tiers(found: program.Program, awarded: set[str], sheet: Sheet) -> set[str]:
    """The tiers no rule can bring anybody to, each noted."""
    if found.tiers is None:
        return set()
    counted = {unit.id for unit in found.units if unit.qualifying} & awarded
    closed = set()
    placed = zip(sheet.paths("tiers.levels"), found.tiers.levels, strict=True)
    for path, level in placed:
        needed = {unit for needs in level.needs for unit, _ in needs}
        missing = sorted(needed - counted)
        if level.needs and not any({u for u, _ in needs} <= counted for needs in level.needs):
            why = (
                f"no rule awards {missing[0]}"
                if missing[0] not in awarded
                else f"{missing[0]} does not qualify; add qualifying: true"
            )
            sheet.fault_at(f"{path}.from", f'nobody can reach the tier "{level.id}": {why}')
            closed.add(level.id)
    return closed


def _reward_reachable(
    found: program.Program, reward: program.Reward, awarded: set[str], path: str, sheet: Sheet
) -> None:
    def out_of_reach(key: str, why: str) -> None:
        sheet.fault_at(f"{path}{key}", f'nobody can reach "{reward.id}": {why}')

    if reward.cost is None:
        if reward.automatic is None:
            out_of_reach("", "it has no cost and is not given automatically")
        elif reward.automatic == "threshold":
            out_of_reach(".automatic", "a threshold needs a cost")
        return
    unit_id, amount = reward.cost
    unit = found.units[found.unit_index(unit_id)]
    if not unit.redeemable:
        out_of_reach(".cost", f"{unit_id} is not redeemable; add redeemable: true")
    elif unit_id not in awarded:
        out_of_reach(".cost", f"no rule awards {unit_id}")
    elif reward.limit and reward.limit.amount is not None and reward.limit.amount < amount:
        out_of_reach(".limit", f"its limit of {unit_id} is below its cost")
