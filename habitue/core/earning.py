"""What an event earns: bases summed, then multiplied, then added to, rounded once per unit.

Everything is whole-number arithmetic over the unit's common denominator (`Rulebook.scale`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from math import gcd
from typing import Final

from msgspec import Struct, structs

from habitue.core import bounds, facts, limits, program
from habitue.core.account import Account, Step
from habitue.core.conditions import LinePredicate, Moment
from habitue.core.rulebook import Base, Factor, Rule, Rulebook, factors_of


class Earned(Struct, frozen=True, gc=False):
    """An amount of a unit (fixed point) for one lot; `slot` says which dates the lot gets."""

    slot: int
    unit: int
    amount: int
    why: tuple[Step, ...]


_UNLIMITED: Final = 1 << 62


class Sums:
    """The sums that one event builds up, per slot, as fractions of a fixed-point unit.

    `left` is what limited rules may still give. If there are any, `parts` notes what each rule
    gives of each unit, `kept` the share of a base that a limit left, and `cut` the rules that give
    less than they would.
    """

    __slots__ = ("cut", "den", "kept", "left", "num", "parts", "rulebook", "why")

    def __init__(self, rulebook: Rulebook, left: dict[int, int]) -> None:
        self.rulebook = rulebook
        self.num: dict[int, int] = {}
        self.den: dict[int, int] = {}
        self.why: dict[int, list[Step]] = {}
        self.left: dict[int, int | Fraction] = dict(left)
        self.parts: dict[int, list[tuple[int, int, int]]] = {}
        self.kept: dict[Base, Fraction] = {}
        self.cut: set[int] = set()

    def add(self, rule: Rule, base: Base, measured: int, value: int) -> None:
        """A base award."""
        scale = self.rulebook.scale[base.unit]
        if self.left:
            num, den = self._within(rule, base.unit, value, scale)
            if den != scale or num != value:
                self.kept[base] = Fraction(num * scale, den * value)
                value = num * scale // den
        self.num[base.slot] = self.num.get(base.slot, 0) + value
        self.den[base.slot] = scale
        self.why.setdefault(base.slot, []).append((rule.rule.id, measured, value // scale))

    def grow(self, slot: int, rule: Rule, num: int, den: int) -> None:
        """Add `num / den` of a fixed-point unit, on account of a multiplier or bonus."""
        if self.left:
            num, den = self._within(rule, self.rulebook.slots[slot].unit, num, den)
        base = self.num[slot] // self.den[slot]
        shared = gcd(num, den)
        num, den = num // shared, den // shared
        self.num[slot] = self.num[slot] * den + num * self.den[slot]
        self.den[slot] *= den
        self.why[slot].append((rule.rule.id, base, self.num[slot] // self.den[slot] - base))

    def _within(self, rule: Rule, unit: int, num: int, den: int) -> tuple[int, int]:
        """What a rule may give of the amount `num / den`."""
        left = self.left.get(rule.order, _UNLIMITED)
        if left != _UNLIMITED:
            if num > left * den:
                if _whole(self.rulebook.program.units[unit], num, den) > left:
                    self.cut.add(rule.order)
                num, den = left.numerator, left.denominator
            if num > 0:
                self.left[rule.order] = left - (Fraction(num, den) if num % den else num // den)
        self.parts.setdefault(unit, []).append((rule.order, num, den))
        return num, den


def earned(
    rulebook: Rulebook,
    account: Account,
    what: facts.What,
    local: datetime,
    day: date,
    when: str,
    *,
    event: facts.Event | None = None,
    forced: bool = False,
) -> list[Earned] | facts.Refused:
    """What the rules award for something, or the refusal of a rule whose limit refuses.

    `event` knows what is left of limits for all members together. `forced`: it was accepted once;
    a rule that would refuse it now gives what it may.
    """
    trigger = rulebook.trigger(when, day)
    special = trigger.special(what, account.level)
    if special and any(rule.conditional for rule in special):
        moment = Moment(account, what, local)
        special = [
            rule
            for rule in special
            if (rule.where is None or rule.where(moment)) and _sees(rule, what)
        ]
    if trigger.direct is not None and all(rule.changes_whole for rule in special):
        found = _directly(rulebook, trigger.direct, what, factors_of(special))
        return _bounded(account, found, forced)
    rules = sorted([*trigger.plain, *special], key=_place)
    left = {
        rule.order: limits.allowed(account, rule.rule, _UNLIMITED, local, event)
        for rule in rules
        if rule.limited
    }
    strict = [] if forced else [rule for rule in rules if _refuses(rule)]
    rules = [rule for rule in rules if rule in strict or left.get(rule.order, 1)]
    rules = _combined(rulebook, rules, what)
    sums = _summed(rulebook, rules, what, left)
    for rule in strict:
        if rule.order in sums.cut:
            return limits.refusal(account, rule.rule, local)
    refused = None if forced else _too_much(account, rulebook, sums)
    if refused is not None:
        return refused
    given = _given(rulebook, account, sums) if left else {}
    for rule in rules:
        if rule.limited:
            limits.use(account, rule.rule, max(given.get(rule.order, 0), 0), local)
    return _cut(_rounded(rulebook, account, sums))


def _bounded(account: Account, found: list[Earned], forced: bool) -> list[Earned] | facts.Refused:
    """What was earned, unless it is more than can be counted; then it is refused, or `_cut`."""
    for part in found:
        if part.amount > bounds.MUCH:
            given = {part.unit: part.amount for part in found}
            refused = None if forced else bounds.refusal(account, given)
            return _cut(found) if refused is None else refused
    return found


def _too_much(account: Account, rulebook: Rulebook, sums: Sums) -> facts.Refused | None:
    """The same of sums, before they are rounded and count toward limits."""
    given: dict[int, int] = {}
    for slot, num in sums.num.items():
        unit = rulebook.slots[slot].unit
        given[unit] = given.get(unit, 0) + num // sums.den[slot]
    much = any(amount > bounds.MUCH for amount in given.values())
    return bounds.refusal(account, given) if much else None


def _cut(found: list[Earned]) -> list[Earned]:
    """What was accepted once is not refused now where it earns more: it earns what it may."""
    most = bounds.MOST_EARNED
    return [part if part.amount <= most else structs.replace(part, amount=most) for part in found]


def _summed(rulebook: Rulebook, rules: list[Rule], what: facts.What, left: dict[int, int]) -> Sums:
    """Bases, then multipliers, then bonuses."""
    sums = Sums(rulebook, left)
    for rule in rules:
        for base in rule.bases:
            measured, value = _value(base, what, rule.counts, rule.rule)
            if value:
                sums.add(rule, base, measured, value)
    for rule in rules:
        _multiply(rulebook, rule, rules, what, sums)
    for rule in rules:
        _add(rulebook, rule, sums)
    return sums


def _place(rule: Rule) -> int:
    return rule.order


def _directly(
    rulebook: Rulebook,
    bases: tuple[tuple[str, Base], ...],
    what: facts.What,
    factors: Sequence[Factor],
) -> list[Earned]:
    """The same as the general way, for bases that never meet and changes of whole events."""
    found = []
    simple, money = False, 0
    if isinstance(what, facts.Purchase) and not what.covered:
        simple, money = True, what.total
    for rule_id, base in bases:
        if simple and base.measure == "money":
            measured, value = money, money * base.rate
        elif simple and base.measure == "whole money":
            measured, value = money, money // base.per * base.rate
        else:
            measured, value = _value(base, what, None)
        if not value:
            continue
        scale = rulebook.scale[base.unit]
        amount = value // scale
        why: tuple[Step, ...] = ((rule_id, measured, amount),)
        if factors:
            amount, why = changed(base.unit, value, scale, factors, why)
        if amount:
            found.append(Earned(base.slot, base.unit, amount, why))
    return found


def changed(
    unit: int, num: int, den: int, factors: Sequence[Factor], why: tuple[Step, ...]
) -> tuple[int, tuple[Step, ...]]:
    """The amount `num / den` after its factors, rounded down, with their steps."""
    for rule_id, of, top, bottom in factors:
        if of is None or of == unit:
            before = num // den
            num, den = num * top, den * bottom
            why = (*why, (rule_id, before, num // den - before))
    return num // den, why


def _sees(rule: Rule, what: facts.What) -> bool:
    """A rule with a filter needs a line that passes it."""
    if rule.counts is None:
        return True
    return isinstance(what, facts.Purchase) and any(map(rule.counts, what.lines))


def _combined(rulebook: Rulebook, rules: list[Rule], what: facts.What) -> list[Rule]:
    """Within a named group keep all rules, the best for the member, or the first."""
    grouped: dict[str, list[Rule]] = {}
    for rule in rules:
        name = rule.rule.group
        if name is not None and rulebook.program.combine.get(name, "sum") != "sum":
            grouped.setdefault(name, []).append(rule)
    if not grouped:
        return rules
    rivals = {rule.order for group in grouped.values() for rule in group}
    always = [rule for rule in rules if rule.order not in rivals]
    for name, group in grouped.items():
        best = group[0]
        if rulebook.program.combine[name] == "best":  # of equal ones the first in the file
            best = max(group, key=lambda rule: _worth(rulebook, [*always, rule], what))
        rivals.discard(best.order)
    return [rule for rule in rules if rule.order not in rivals]


def _worth(rulebook: Rulebook, rules: list[Rule], what: facts.What) -> Fraction:
    """What rules give together, in whole units at their worth (1 where a unit has none)."""
    sums = _summed(rulebook, rules, what, {})
    total = Fraction(0)
    for slot, num in sums.num.items():
        unit = rulebook.program.units[rulebook.slots[slot].unit]
        worth = Fraction(1) if unit.worth is None else unit.worth
        total += Fraction(num, sums.den[slot] * 10**unit.decimals) * worth
    return total


def _refuses(rule: Rule) -> bool:
    return rule.limited and rule.rule.on_limit == "refuse"


def _given(rulebook: Rulebook, account: Account, sums: Sums) -> dict[int, int]:
    """What every rule gave after rounding: one after the other, so that they add up exactly."""
    given: dict[int, int] = {}
    for unit, parts in sums.parts.items():
        of, whole = rulebook.program.units[unit], 0
        num, den = account.memory.carry.get(unit, (0, 1)) if of.carry else (0, 1)
        for order, part, per in sorted(parts):
            num, den = (num + part, den) if den == per else (num * per + part * den, den * per)
            before, whole = whole, _whole(of, num, den)
            given[order] = given.get(order, 0) + whole - before
    return given


def _value(
    base: Base,
    what: facts.What,
    counts: LinePredicate | None,
    rule: program.EarnRule | None = None,
) -> tuple[int, int]:
    """What a base award measures (money, pieces, …) and what it gives over the unit's scale.

    Without a rule that says otherwise, money is net and what was paid with units earns nothing.
    """
    if base.measure == "once":
        return 1, base.rate
    if base.measure == "attribute":
        measured = getattr(what, "attributes", {}).get(base.attribute, 0)
        number = measured if type(measured) is int and measured > 0 else 0
        return number, number * base.rate
    if not isinstance(what, facts.Purchase):
        pieces = getattr(what, "quantity", 1)
        return pieces, pieces * base.rate
    if base.measure == "quantity":
        pieces = sum(line.quantity for line in what.lines if counts is None or counts(line))
        return pieces, pieces * base.rate
    money = _money(what, counts, rule)
    steps = money // base.per if base.measure == "whole money" else money
    return money, steps * base.rate


def _money(
    what: facts.Purchase, counts: LinePredicate | None, rule: program.EarnRule | None
) -> int:
    """The money that counts: of the matching lines, mostly less what was paid with units."""
    lines = what.lines
    if counts is not None:
        lines = tuple(line for line in lines if counts(line))
    money = sum([line.amount for line in lines])
    if what.covered and (rule is None or rule.covered == "earns nothing"):
        money -= what.covered * money // (what.total or 1)
    if rule is None or rule.base == "net":
        return money
    if rule.base == "gross":
        money += sum(line.discount for line in lines)
    else:
        money += sum(line.tax for line in lines)
    return money


def _multiply(
    rulebook: Rulebook, rule: Rule, rules: list[Rule], what: facts.What, sums: Sums
) -> None:
    """Apply a rule's multipliers: to everything earned so far, or to its own lines' share."""
    for award in rule.changes:
        if not isinstance(award, program.Multiply):
            continue
        more = award.factor - 1
        unit = None if award.unit is None else rulebook.unit_number[award.unit]
        for slot in list(sums.num):
            if unit is not None and rulebook.slots[slot].unit != unit:
                continue
            if rule.counts is None:
                sums.grow(
                    slot, rule, sums.num[slot] * more.numerator, sums.den[slot] * more.denominator
                )
                continue
            part = _of_lines(rules, slot, rule.counts, what, sums.kept) * more
            scale = rulebook.scale[rulebook.slots[slot].unit]
            sums.grow(slot, rule, part.numerator, scale * part.denominator)


def _of_lines(
    rules: list[Rule],
    slot: int,
    counts: LinePredicate,
    what: facts.What,
    kept: dict[Base, Fraction],
) -> Fraction:
    """What the bases of a slot give for the lines that a multiplier counts, over the scale.

    Where a limit cut a base, these lines bear their share of it.
    """
    total = Fraction(0)
    for rule in rules:
        both = _both(rule.counts, counts)
        for base in rule.bases:
            if base.slot == slot and base.measure not in ("once", "attribute"):
                total += _value(base, what, both, rule.rule)[1] * kept.get(base, 1)
    return total


def _both(first: LinePredicate | None, second: LinePredicate) -> LinePredicate:
    if first is None:
        return second
    return lambda line: first(line) and second(line)


def _add(rulebook: Rulebook, rule: Rule, sums: Sums) -> None:
    """Apply a rule's bonuses: a share of what the unit has earned so far."""
    for award in rule.changes:
        if isinstance(award, program.Bonus):
            unit = rulebook.unit_number[award.unit]
            for slot in [slot for slot in sums.num if rulebook.slots[slot].unit == unit]:
                share = award.share
                sums.grow(
                    slot, rule, sums.num[slot] * share.numerator, sums.den[slot] * share.denominator
                )


def _rounded(rulebook: Rulebook, account: Account, sums: Sums) -> list[Earned]:
    """Round once per event and unit; where a unit has several lots, the last takes the rest."""
    found: list[Earned] = []
    by_unit: dict[int, list[int]] = {}
    for slot in sums.num:
        by_unit.setdefault(rulebook.slots[slot].unit, []).append(slot)
    for unit, slots in by_unit.items():
        num, den = 0, 1
        for slot in slots:
            num = num * sums.den[slot] + sums.num[slot] * den
            den *= sums.den[slot]
        rest = _round(rulebook.program.units[unit], unit, account, num, den)
        for slot in slots[:-1]:
            part = min(sums.num[slot] // sums.den[slot], rest)
            rest -= part
            found.append(Earned(slot, unit, part, tuple(sums.why[slot])))
        found.append(Earned(slots[-1], unit, rest, tuple(sums.why[slots[-1]])))
    return [part for part in found if part.amount]


def _round(of: program.Unit, unit: int, account: Account, num: int, den: int) -> int:
    """`num / den` as a whole number, as the unit rounds; a carried remainder is remembered."""
    if of.carry:
        kept_num, kept_den = account.memory.carry.get(unit, (0, 1))
        num, den = num * kept_den + kept_num * den, den * kept_den
        whole, rest = divmod(num, den)
        account.memory.carry[unit] = bounds.remainder(rest, den)
        return whole
    return _whole(of, num, den)


def _whole(of: program.Unit, num: int, den: int) -> int:
    """`num / den` as the unit rounds by itself."""
    if of.carry or of.rounding == "floor":
        return num // den
    if of.rounding == "ceil":
        return -(-num // den)
    return (2 * num + den) // (2 * den)
