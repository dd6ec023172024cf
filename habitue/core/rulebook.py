"""Programs made ready to run: rules indexed by trigger, day, product and category.

Compiling once is what lets one event cost microseconds, and lets rules that do not apply cost
nothing: an event meets only the rules of its trigger, in force on its day, that are unfiltered
or name one of its products, categories or labels.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from habitue.core import conditions, explaining, facts, program, streaks, tallies
from habitue.core.account import Lot
from habitue.core.ladder import CompiledLadder

_DAYS_KEPT: Final = 800

MOST_SLOTS: Final = 100
"""Different kinds of lots in a program: an event has room for 255 numbers."""

APPROVAL: Final = "approval"
"""For what units wait that a person must let become usable."""

Key = tuple[str, str]
Factor = tuple[str, int | None, int, int]
"""A rule, the unit it changes (None: every one), and the fraction by which it does."""

Measure = Literal["whole money", "money", "quantity", "attribute", "once"]


class Slot:
    """Where awards of one rule land: a unit, and what gives its lot its dates.

    `by_level`: where holding a level changes the unit's expiry. `awaits`: for what the lot waits.
    """

    __slots__ = (
        "awaits", "by_level", "dated", "expiry", "from_activation", "number", "pending", "plain",
        "redeemable", "unit",
    )  # fmt: skip

    def __init__(
        self,
        number: int,
        unit: int,
        of: program.Unit,
        expiry: program.Expiry | None,
        pending: program.Pending | None,
        by_level: dict[str, program.Expiry | None],
    ) -> None:
        self.number = number
        self.unit = unit
        self.expiry = expiry
        self.pending = pending
        self.by_level = by_level
        self.awaits = _awaited(pending)
        self.redeemable = of.redeemable
        self.from_activation = of.expiry_from == "activation"
        undated = expiry is None or isinstance(expiry, program.Inactivity)
        self.dated = not (pending is None and undated and not by_level)
        self.plain = self.redeemable and not self.dated and not self.awaits

    def lasts(self, level: str) -> program.Expiry | None:
        """How a lot lapses for a member who holds a level."""
        return self.by_level.get(level, self.expiry) if self.by_level else self.expiry


class Base:
    """An award that starts from what happened: `rate` units over the unit's scale per step."""

    __slots__ = ("attribute", "measure", "per", "rate", "slot", "unit")

    def __init__(
        self, measure: Measure, slot: int, unit: int, rate: int, per: int = 1, attribute: str = ""
    ) -> None:
        self.measure = measure
        self.slot = slot
        self.unit = unit
        self.rate = rate
        self.per = per
        self.attribute = attribute


class Rule:
    """One earn rule: predicates, bases, and what it multiplies or adds."""

    __slots__ = (
        "bases", "changes", "changes_whole", "conditional", "counts", "factors", "is_plain", "keys",
        "levels", "limited", "order", "rule", "where",
    )  # fmt: skip

    def __init__(
        self,
        order: int,
        rule: program.EarnRule,
        bases: tuple[Base, ...],
        units: Mapping[str, int],
    ) -> None:
        self.order = order
        self.rule = rule
        self.bases = bases
        self.changes = tuple(
            award for award in rule.awards if isinstance(award, program.Multiply | program.Bonus)
        )
        self.where = conditions.compiled(rule.where) if rule.where else None
        self.counts = conditions.line_predicate(rule.lines) if rule.lines else None
        self.keys = _keys(rule.lines)
        self.limited = bool(rule.limits or rule.cool_down)
        special = rule.where or self.counts or self.changes or self.limited or rule.group
        usual = rule.base == "net" and rule.covered == "earns nothing"
        self.is_plain = not special and usual
        whole = not (self.bases or self.counts or self.limited or rule.group)
        self.changes_whole = whole and bool(self.changes)
        self.factors = tuple(_factor(rule.id, award, units) for award in self.changes)
        self.levels = rule.where.values if isinstance(rule.where, program.TierIs) else None
        if self.levels is not None and not self.keys:
            self.where = None  # `Trigger.special` looks such rules up by level
        self.conditional = self.where is not None or self.counts is not None


def _factor(
    rule: str, award: program.Multiply | program.Bonus, units: Mapping[str, int]
) -> tuple[bool, Factor]:
    """A change as a factor, and whether it comes after the multipliers."""
    unit = None if award.unit is None else units[award.unit]
    if isinstance(award, program.Multiply):
        return False, (rule, unit, award.factor.numerator, award.factor.denominator)
    grown = 1 + award.share
    return True, (rule, unit, grown.numerator, grown.denominator)


class Trigger:
    """The rules of one trigger that are in force on one day.

    `plain` rules always apply; where every unit has at most one base among them, and rounds it
    down, `direct` lists these bases: an event that meets no other rule then needs no sums.
    """

    __slots__ = (
        "_changing", "by_category", "by_label", "by_level", "by_sku", "direct", "filtered",
        "others", "plain",
    )  # fmt: skip

    def __init__(self, rules: Iterable[Rule], units: Sequence[program.Unit]) -> None:
        self.plain: list[Rule] = []
        self.others: list[Rule] = []
        self.by_sku: dict[str, list[Rule]] = {}
        self.by_category: dict[str, list[Rule]] = {}
        self.by_label: dict[str, list[Rule]] = {}
        indexes = {"sku": self.by_sku, "category": self.by_category, "label": self.by_label}
        for rule in rules:
            if rule.is_plain:
                self.plain.append(rule)
            elif not rule.keys:
                self.others.append(rule)
            for kind, name in rule.keys:
                indexes[kind].setdefault(name, []).append(rule)
        self.by_level: dict[str, list[Rule]] = {}
        self._changing: dict[str, tuple[Factor, ...] | None] = {}
        self.filtered = bool(self.by_sku or self.by_category or self.by_label)
        self.direct = self._direct(units)

    def special(self, what: facts.What, level: str) -> list[Rule]:
        """Rules beside the plain ones that may apply to an event of a member of a level."""
        others = self._of_level(level)
        if not self.filtered or not isinstance(what, facts.Purchase):
            return others
        found: list[Rule] = []
        for line in what.lines:
            found += self.by_sku.get(line.sku, ())
            found += self.by_category.get(line.category, ())
            for label in line.labels:
                found += self.by_label.get(label, ())
        if not found:
            return others
        once = {rule.order: rule for rule in found}
        return [*others, *once.values()]

    def _of_level(self, level: str) -> list[Rule]:
        others = self.by_level.get(level)
        if others is None:
            others = self.by_level[level] = [
                rule for rule in self.others if rule.levels is None or level in rule.levels
            ]
        return others

    def changing(self, what: facts.Purchase, level: str) -> tuple[Factor, ...] | None:
        """The factors on what a purchase of a member of a level earns, multipliers before bonuses;
        None where any rule has to look closer.
        """
        if self.filtered and any(map(self._is_named, what.lines)):
            return _only_factors(self.special(what, level))
        if level not in self._changing:
            self._changing[level] = _only_factors(self._of_level(level))
        return self._changing[level]

    def _is_named(self, line: facts.Line) -> bool:
        """Whether any rule names a line's product, category or label."""
        if line.sku in self.by_sku or line.category in self.by_category:
            return True
        return bool(line.labels) and not self.by_label.keys().isdisjoint(line.labels)

    def _direct(self, units: Sequence[program.Unit]) -> tuple[tuple[str, Base], ...] | None:
        found = [(rule.rule.id, base) for rule in self.plain for base in rule.bases]
        earned = [base.unit for _, base in found]
        simple = all(units[unit].rounding == "floor" and not units[unit].carry for unit in earned)
        return tuple(found) if simple and len(set(earned)) == len(earned) else None


def _only_factors(rules: Sequence[Rule]) -> tuple[Factor, ...] | None:
    more = any(rule.conditional or not rule.changes_whole for rule in rules)
    return None if more else factors_of(rules)


def factors_of(rules: Sequence[Rule]) -> tuple[Factor, ...]:
    """What rules multiply, then what they add on top: whole events, in the order of the file."""
    return tuple(
        factor
        for bonuses in (False, True)
        for rule in rules
        for is_bonus, factor in rule.factors
        if is_bonus is bonuses
    )


class Rulebook:
    """One version of a program, compiled; its `book` has them all.

    `listens`: triggers that move units earned before, or of which streaks are kept.
    """

    book: Book
    listens: frozenset[str]

    def __init__(self, source: program.Program) -> None:
        self.program = source
        self.zone = ZoneInfo(source.timezone)
        self.explainer = explaining.Explainer(source)
        self.unit_number = {unit.id: number for number, unit in enumerate(source.units)}
        self.scale = self._scales()
        self.by_level = _by_level(source)
        self.slots: list[Slot] = []
        self.rules = [
            Rule(order, rule, self._bases(rule), self.unit_number)
            for order, rule in enumerate(source.rules)
        ]
        self.ladder = CompiledLadder(source.tiers, self.unit_number) if source.tiers else None
        self.thresholds = tuple(
            reward for reward in source.rewards if reward.automatic == "threshold" and reward.cost
        )
        self.occasions = _occasions(source.rewards)
        self.granted = [
            Slot(0, number, unit, unit.expiry, None, self.by_level.get(unit.id, {}))
            for number, unit in enumerate(source.units)
        ]
        self.inactive = self._restarted(program.Inactivity)
        self.redated = self._restarted(program.Redated)
        self.idles = frozenset(self._idle(self.granted))
        self.idling = {unit: self.granted[unit] for unit in self.idles}
        self.protects = bool(self.idles and self.by_level)
        self.streaks = streaks.watched(conditions.asked(source))
        self._named = conditions.days_named(source)
        self.capacities = tallies.Capacities(source)
        self.draws = _draws(source.draws)
        self.shares = bool(self.capacities or source.partners or source.causes or source.draws)
        self._dated = [rule for rule in self.rules if rule.rule.dates is not None]
        self._triggers: dict[tuple[str, tuple[int, ...]], Trigger] = {}
        self._days: dict[tuple[str, date], Trigger] = {}

    def trigger(self, when: str, day: date) -> Trigger:
        """The rules that may react to `when` on a local day."""
        found = self._days.get((when, day))
        if found is None:
            if len(self._days) > _DAYS_KEPT:
                self._days.clear()
            found = self._days[when, day] = self._trigger(when, day)
        return found

    def _trigger(self, when: str, day: date) -> Trigger:
        """One trigger for all days on which the same promotions run."""
        closed = {
            rule.order for rule in self._dated if not conditions.in_dates(rule.rule.dates, day)
        }
        key = (when, tuple(sorted(closed)))
        if key not in self._triggers:
            rules = [r for r in self.rules if r.rule.when == when and r.order not in closed]
            self._triggers[key] = Trigger(rules, self.program.units)
        return self._triggers[key]

    def _scales(self) -> tuple[int, ...]:
        """Per unit, the common denominator of all its rates."""
        scales = [1] * len(self.program.units)
        for rule in self.program.rules:
            for award in rule.awards:
                if not isinstance(award, program.Multiply | program.Bonus):
                    number = self.unit_number[award.unit]
                    scales[number] = lcm(scales[number], self._rate(award).denominator)
        return tuple(scales)

    def _rate(
        self, award: program.PerMoney | program.PerItem | program.PerAttribute | program.Fixed
    ) -> Fraction:
        unit = self.program.units[self.unit_number[award.unit]]
        rate = award.amount * int(10**unit.decimals)
        if isinstance(award, program.PerMoney) and not _whole(award, unit):
            return rate / award.per
        return rate

    def _bases(self, rule: program.EarnRule) -> tuple[Base, ...]:
        bases = []
        for award in rule.awards:
            if isinstance(award, program.Multiply | program.Bonus):
                continue
            unit = self.unit_number[award.unit]
            slot = self._slot(unit, rule)
            rate = int(self._rate(award) * self.scale[unit])
            match award:
                case program.PerMoney() if _whole(award, self.program.units[unit]):
                    bases.append(Base("whole money", slot, unit, rate, award.per))
                case program.PerMoney():
                    bases.append(Base("money", slot, unit, rate))
                case program.PerItem():
                    bases.append(Base("quantity", slot, unit, rate))
                case program.PerAttribute():
                    bases.append(Base("attribute", slot, unit, rate, attribute=award.attribute))
                case program.Fixed():
                    bases.append(Base("once", slot, unit, rate))
        return tuple(bases)

    def _slot(self, unit: int, rule: program.EarnRule) -> int:
        of = self.program.units[unit]
        expiry, pending = rule.expiry or of.expiry, rule.pending or of.pending
        by_level = {} if rule.expiry else self.by_level.get(of.id, {})
        for slot in self.slots:
            known = (slot.unit, slot.expiry, slot.pending, slot.by_level)
            if known == (unit, expiry, pending, by_level):
                return slot.number
        self.slots.append(Slot(len(self.slots), unit, of, expiry, pending, by_level))
        return len(self.slots) - 1

    def names(self, day: date) -> bool:
        """Whether anything `when: date` names a day, so that every member is to hear of it."""
        return conditions.falls_on(self._named, day)

    def made(self, lot: Lot) -> Slot:
        """What gave a lot its dates, as its number says; for one that came otherwise, its unit."""
        number = lot.id % 256 - 1
        if 0 <= number < 2 * len(self.slots):
            slot = self.slots[number % len(self.slots)]
            if slot.unit == lot.unit:
                return slot
        return self.granted[lot.unit]

    def keeps(self, older: Rulebook) -> None:
        """Let balances go on that lapse when idle by an older version, and no more by this one."""
        for unit in older.idling.keys() - self.idles:
            self.idling[unit] = older.idling[unit]
            for when in _restarts(older.idling[unit]):
                self.inactive.setdefault(when, set()).add(unit)

    @staticmethod
    def _idle(granted: Iterable[Slot]) -> Iterable[int]:
        """The units of which balances lapse when idle."""
        return (slot.unit for slot in granted if _restarts(slot))

    def _restarted(
        self, kind: type[program.Inactivity] | type[program.Redated]
    ) -> dict[str, set[int]]:
        """Per trigger, the units of which it may restart or move the expiry."""
        found: dict[str, set[int]] = {}
        for slot in (*self.slots, *self.granted):
            for expiry in (slot.expiry, *slot.by_level.values()):
                if isinstance(expiry, kind):
                    for when in expiry.restarted_by:
                        found.setdefault(when, set()).add(slot.unit)
        return found


def _restarts(slot: Slot) -> set[str]:
    """The triggers that restart the clock of a balance that lapses when idle."""
    return {
        when
        for expiry in (slot.expiry, *slot.by_level.values())
        if isinstance(expiry, program.Inactivity)
        for when in expiry.restarted_by
    }


class Book:
    """All versions of one program, in the order in which they take effect.

    `beside` is for what others find out about a book once and keep with it, by kind.
    """

    def __init__(self, versions: Sequence[program.Program]) -> None:
        if not versions:
            raise ValueError("a book holds at least one version")
        self._versions = [
            Rulebook(version)
            for version in sorted(versions, key=lambda version: version.since or date.min)
        ]
        self._since = [version.program.since or date.min for version in self._versions]
        self.latest = self._versions[-1]
        self.zone = self.latest.zone
        self.units = len(self.latest.program.units)
        self.redated = frozenset(when for each in self._versions for when in each.redated)
        awaited = {slot.awaits for each in self._versions for slot in each.slots}
        self.awaited = frozenset(awaited - {"", APPROVAL})
        for older, version in pairwise(self._versions):
            version.keeps(older)
        for version in self._versions:
            version.book = self
            version.listens = self.redated.union(self.awaited, version.inactive, version.streaks)
        self.moves_lots = bool(self.redated) or any(each.thresholds for each in self._versions)
        self.shares = any(each.shares for each in self._versions)
        self.beside: dict[type, Any] = {}

    @property
    def programs(self) -> list[program.Program]:
        """The versions as they were written."""
        return [version.program for version in self._versions]

    def number_on(self, day: date) -> int:
        """The number of the version in force on a local day, from 1."""
        return max(bisect_right(self._since, day), 1)

    def on(self, day: date) -> Rulebook:
        """The version in force on a local day; before the first one, the first."""
        if len(self._versions) == 1:
            return self.latest
        return self._versions[max(bisect_right(self._since, day) - 1, 0)]


def _occasions(
    rewards: Sequence[program.Reward],
) -> dict[str, list[tuple[program.Reward, conditions.Predicate | None]]]:
    """Rewards that an event brings by itself, by its trigger, with what must hold then."""
    found: dict[str, list[tuple[program.Reward, conditions.Predicate | None]]] = {}
    for reward in rewards:
        if reward.automatic is not None and reward.automatic != "threshold":
            where = conditions.compiled(reward.where) if reward.where else None
            found.setdefault(reward.automatic, []).append((reward, where))
    return found


def _draws(
    draws: Sequence[program.Draw],
) -> dict[str, list[tuple[program.Draw, conditions.Predicate | None]]]:
    """The draws that an event may enter, by its trigger, with what must hold then."""
    found: dict[str, list[tuple[program.Draw, conditions.Predicate | None]]] = {}
    for draw in draws:
        if draw.when:
            where = conditions.compiled(draw.where) if draw.where else None
            found.setdefault(draw.when, []).append((draw, where))
    return found


def _whole(award: program.PerMoney, unit: program.Unit) -> bool:
    """Whole steps only; a unit that carries its remainder counts every cent instead."""
    return award.step == "whole" and not unit.carry


def _keys(lines: program.Lines | None) -> tuple[Key, ...]:
    """What an event's lines must name for a rule to be looked at; empty: look always."""
    if lines is None:
        return ()
    if lines.sku:
        return tuple(("sku", sku) for sku in lines.sku)
    if lines.category:
        return tuple(("category", category) for category in lines.category)
    return tuple(("label", label) for label in lines.label)


def _awaited(pending: program.Pending | None) -> str:
    """For what units wait that no day makes usable: an event, approval, or nothing."""
    if pending is None:
        return ""
    return APPROVAL if pending.approval else pending.event or ""


def _by_level(source: program.Program) -> dict[str, dict[str, program.Expiry | None]]:
    """Per unit, how holding a level changes its expiry."""
    found: dict[str, dict[str, program.Expiry | None]] = {}
    for level in source.tiers.levels if source.tiers else ():
        for unit, expiry in level.expiry.items():
            found.setdefault(unit, {})[level.id] = expiry
    return found
