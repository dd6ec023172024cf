"""Why an entry is what it is: rules, bases, rounding, lot and dates, in one English sentence."""

from __future__ import annotations

from datetime import date

from habitue.core import money, program
from habitue.core.account import Step
from habitue.core.calendar import FOREVER

_SPENT = {
    "redemption": "taken for a reward",
    "expiry": "lapsed",
    "reversal": "corrected after a return or a mistake",
    "settlement": "settled against units owed",
    "adjustment": "corrected by hand",
    "accrual": "earned",
    "donation": "given to a cause",
    "transfer": "passed from member to member",
}


def sentence(
    source: program.Program,
    unit_id: str,
    kind: str,
    amount: int,
    why: tuple[Step, ...],
    lot: tuple[date, date] | None = None,
) -> str:
    """One entry explained; `lot` is the day its lot was earned and its last usable day."""
    unit = source.units[source.unit_index(unit_id)]
    told = "taken as money" if _is_payment(source, kind, why) else _SPENT[kind]
    parts = [f"{'+' if amount > 0 else ''}{money.written(amount, unit.decimals)} {unit_id}: {told}"]
    rules = {rule.id: rule for rule in source.rules}
    steps = [_step(source, rules.get(name), unit, name, base, part) for name, base, part in why]
    if steps:
        parts.append(" by " + "; ".join(steps))
        rounded = sum(part for _, _, part in why)
        if kind == "accrual" and rounded != amount:
            given = money.written(rounded, unit.decimals)
            parts.append(f"; {given} before rounding ({unit.rounding})")
    if lot is not None:
        parts.append(f"; lot of {lot[0]}, {_lasts(unit, lot[1])}")
    return "".join(parts) + "."


def _step(
    source: program.Program,
    rule: program.EarnRule | None,
    unit: program.Unit,
    name: str,
    base: int,
    part: int,
) -> str:
    given = money.written(part, unit.decimals)
    award = (
        next((a for a in rule.awards if getattr(a, "unit", unit.id) in (unit.id, None)), None)
        if rule
        else None
    )
    if isinstance(award, program.PerMoney):
        places = money.decimals(source.currency)
        return (
            f"rule {name}: {money.written(base, places)} {source.currency} at "
            f"{_number(award.amount)} per {money.written(award.per, places)} gives {given}"
        )
    if isinstance(award, program.PerItem | program.PerAttribute):
        return f"rule {name}: {base} at {_number(award.amount)} each gives {given}"
    if isinstance(award, program.Multiply):
        return f"rule {name}: ×{_number(award.factor)} adds {given}"
    if isinstance(award, program.Bonus):
        return f"rule {name}: +{_number(award.share * 100)} % adds {given}"
    if name == "payment" and not rule and source.reward(name) is None:
        paid = money.written(base, money.decimals(source.currency))
        return f"a payment of {paid} {source.currency}: {given}"
    return f"{'rule ' if rule else ''}{name}: {given}"


def _is_payment(source: program.Program, kind: str, why: tuple[Step, ...]) -> bool:
    """Whether units paid for an order: no reward has the name of that step."""
    named = [name for name, _, _ in why]
    return kind == "redemption" and named == ["payment"] and source.reward("payment") is None


def _lasts(unit: program.Unit, until: date) -> str:
    if until != FOREVER:
        return f"usable through {until}"
    if isinstance(unit.expiry, program.Inactivity):
        period = unit.expiry.period
        plural = "s" if period.count > 1 else ""
        return f"lapses after {period.count} {period.unit}{plural} of inactivity"
    return "without expiry"


def _number(value: object) -> str:
    text = str(value)
    if "/" not in text:
        return text
    top, bottom = map(int, text.split("/"))
    return f"{top / bottom:g}"
