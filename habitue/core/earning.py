"""What an event earns: bases summed, then multiplied, then added to, rounded once per unit.

Everything is whole-number arithmetic over the unit's common denominator (`Rulebook.scale`).
"""

from __future__ import annotations

from datetime import date, datetime
from math import gcd

from msgspec import Struct

from habitue.core import facts, limits, program
from habitue.core.account import Account, Step
from habitue.core.conditions import LinePredicate, Moment
from habitue.core.rulebook import Base, Rule, Rulebook


class Earned(Struct, frozen=True, gc=False):
    """An amount of a unit (fixed point) for one lot; `slot` says which dates the lot gets."""

    slot: int
    unit: int
    amount: int
    why: tuple[Step, ...]


class Sums:
    """The sums that one event builds up, per slot, as fractions of a fixed-point unit."""

    __slots__ = ("den", "num", "why")

    def __init__(self) -> None:
        self.num: dict[int, int] = {}
        self.den: dict[int, int] = {}
        self.why: dict[int, list[Step]] = {}

    def add(self, rulebook: Rulebook, rule: Rule, base: Base, measured: int, value: int) -> None:
        """A base award."""
        self.num[base.slot] = self.num.get(base.slot, 0) + value
        self.den[base.slot] = scale = rulebook.scale[base.unit]
        self.why.setdefault(base.slot, []).append((rule.rule.id, measured, value // scale))

    def grow(self, slot: int, rule: Rule, num: int, den: int) -> None:
        """Add `num / den` of a fixed-point unit, on account of a multiplier or bonus."""
        base = self.num[slot] // self.den[slot]
        shared = gcd(num, den)
        num, den = num // shared, den // shared
        self.num[slot] = self.num[slot] * den + num * self.den[slot]
        self.den[slot] *= den
        self.why[slot].append((rule.rule.id, base, self.num[slot] // self.den[slot] - base))


def earned(
    rulebook: Rulebook, account: Account, what: facts.What, local: datetime, day: date, when: str
) -> list[Earned] | facts.Refused:
    """What the rules award for an event, or the refusal of a rule whose limit refuses."""
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
        return _directly(rulebook, trigger.direct, what, special)
    sums = Sums()
    rules = sorted([*trigger.plain, *special], key=_place)
    rules = _combined(rulebook, rules, what)
    for rule in rules:
        if rule.limited and rule.rule.on_limit == "refuse":
            refused = _refusal(rulebook, account, rule, what, local)
            if refused is not None:
                return refused
    rules = [rule for rule in rules if not (rule.limited and _exhausted(account, rule, local))]
    for rule in rules:
        _award(rulebook, account, rule, what, local, sums)
    for rule in rules:
        _multiply(rulebook, rule, rules, what, sums)
    for rule in rules:
        _add(rulebook, rule, sums)
        if rule.limited and not rule.bases and sums.num:
            limits.use(account, rule.rule, 1, local)
    return _rounded(rulebook, account, sums)


def _place(rule: Rule) -> int:
    return rule.order


def _directly(
    rulebook: Rulebook,
    bases: tuple[tuple[str, Base], ...],
    what: facts.What,
    special: list[Rule],
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
        if special:
            amount, why = _changed(rulebook, base.unit, value, scale, special, why)
        if amount:
            found.append(Earned(base.slot, base.unit, amount, why))
    return found


def _changed(
    rulebook: Rulebook,
    unit: int,
    num: int,
    den: int,
    special: list[Rule],
    why: tuple[Step, ...],
) -> tuple[int, tuple[Step, ...]]:
    """The amount `num / den` after multipliers, then bonuses, rounded down, with their steps."""
    steps = list(why)
    unit_id = rulebook.program.units[unit].id
    for bonuses in (False, True):
        for rule in special:
            for is_bonus, of, top, bottom in rule.factors:
                if is_bonus is bonuses and (of is None or of == unit_id):
                    before = num // den
                    num, den = num * top, den * bottom
                    steps.append((rule.rule.id, before, num // den - before))
    return num // den, tuple(steps)


def _sees(rule: Rule, what: facts.What) -> bool:
    """A rule with a filter needs a line that passes it."""
    if rule.counts is None:
        return True
    return isinstance(what, facts.Purchase) and any(map(rule.counts, what.lines))


def _combined(rulebook: Rulebook, rules: list[Rule], what: facts.What) -> list[Rule]:
    """Within a named group keep all rules, the best for the member, or the first."""
    grouped: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.rule.group is not None:
            grouped.setdefault(rule.rule.group, []).append(rule)
    dropped: set[int] = set()
    for name, group in grouped.items():
        how = rulebook.program.combine.get(name, "sum")
        if how == "sum":
            continue
        best = group[0] if how == "first" else max(group, key=lambda rule: _score(rule, what))
        dropped.update(rule.order for rule in group if rule is not best)
    return [rule for rule in rules if rule.order not in dropped]


def _score(rule: Rule, what: facts.What) -> tuple[float, int]:
    """How good a rule is for the member; only compared within a group, earlier rules win ties."""
    value = sum(value for _, _, value in _found(rule, what))
    change = sum(
        float(award.factor - 1 if isinstance(award, program.Multiply) else award.share)
        for award in rule.changes
    )
    return (value + change, -rule.order)


def _refusal(
    rulebook: Rulebook, account: Account, rule: Rule, what: facts.What, local: datetime
) -> facts.Refused | None:
    """The refusal of a rule that would have to give less than it should."""
    total = sum(value // rulebook.scale[base.unit] for base, _, value in _found(rule, what))
    if limits.allowed(account, rule.rule, total, local) < total:
        return limits.refusal(account, rule.rule, local)
    return None


def _exhausted(account: Account, rule: Rule, local: datetime) -> bool:
    """Whether a rule can give nothing at all now: then it multiplies and adds nothing either."""
    return limits.allowed(account, rule.rule, 1, local) < 1


def _found(rule: Rule, what: facts.What) -> list[tuple[Base, int, int]]:
    return [(base, *_value(base, what, rule.counts, rule.rule.base)) for base in rule.bases]


def _award(
    rulebook: Rulebook,
    account: Account,
    rule: Rule,
    what: facts.What,
    local: datetime,
    sums: Sums,
) -> None:
    """Add a rule's bases to the sums, within its limits."""
    found = _found(rule, what)
    if rule.limited:
        total = sum(value // rulebook.scale[base.unit] for base, _, value in found)
        allowed = limits.allowed(account, rule.rule, total, local)
        if allowed < total:
            found = _reduced(rulebook, found, allowed)
        limits.use(account, rule.rule, min(allowed, total), local)
    for base, measured, value in found:
        if value:
            sums.add(rulebook, rule, base, measured, value)


def _reduced(
    rulebook: Rulebook, found: list[tuple[Base, int, int]], allowed: int
) -> list[tuple[Base, int, int]]:
    """Cut awards down, in order, to what a limit still allows (fixed point)."""
    kept = []
    for base, measured, value in found:
        scale = rulebook.scale[base.unit]
        value = min(value, allowed * scale)
        allowed -= value // scale
        kept.append((base, measured, value))
    return kept


def _value(
    base: Base, what: facts.What, counts: LinePredicate | None, of: str = "net"
) -> tuple[int, int]:
    """What a base award measures (money, pieces, …) and what it gives over the unit's scale."""
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
    money = _money(what, counts, of)
    steps = money // base.per if base.measure == "whole money" else money
    return money, steps * base.rate


def _money(what: facts.Purchase, counts: LinePredicate | None, of: str) -> int:
    """The money that counts: of the matching lines, less what was paid with units."""
    lines = what.lines
    if counts is not None:
        lines = tuple(line for line in lines if counts(line))
    money = sum([line.amount for line in lines])
    if what.covered:
        money -= what.covered * money // (what.total or 1)
    if of == "gross":
        money += sum(line.discount for line in lines)
    elif of == "with tax":
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
            part = _of_lines(rules, slot, rule.counts, what)
            scale = rulebook.scale[rulebook.slots[slot].unit]
            sums.grow(slot, rule, part * more.numerator, scale * more.denominator)


def _of_lines(rules: list[Rule], slot: int, counts: LinePredicate, what: facts.What) -> int:
    """What the bases of a slot give for the lines that a multiplier counts, over the scale."""
    total = 0
    for rule in rules:
        both = _both(rule.counts, counts)
        for base in rule.bases:
            if base.slot == slot and base.measure not in ("once", "attribute"):
                total += _value(base, what, both, rule.rule.base)[1]
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
        shared = gcd(rest, den)
        account.memory.carry[unit] = (rest // shared, den // shared)
        return whole
    if of.rounding == "floor":
        return num // den
    if of.rounding == "ceil":
        return -(-num // den)
    return (2 * num + den) // (2 * den)
