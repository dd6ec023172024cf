"""Why an entry is what it is: rules, bases, rounding, lot and dates, in one English sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from habitue.core import money, program
from habitue.core.account import Step
from habitue.core.calendar import FOREVER

Phrase = Callable[[int, int], str]
"""A step's base and what it gave, in words."""

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


class Explainer:
    """Says of the entries of one program why they are what they are.

    What a rule says of itself is put together once: most entries come of the same few rules.
    """

    def __init__(self, source: program.Program) -> None:
        self._source = source
        self._units = {unit.id: unit for unit in source.units}
        self._rules = {rule.id: rule for rule in source.rules}
        self._phrases: dict[tuple[str, str], Phrase] = {}

    def sentence(
        self,
        unit_id: str,
        kind: str,
        amount: int,
        why: tuple[Step, ...],
        lot: tuple[date, date] | None = None,
    ) -> str:
        """One entry explained; `lot` is the day its lot was earned and its last usable day."""
        unit = self._units[unit_id]
        told = "taken as money" if self._is_payment(kind, why) else _SPENT[kind]
        sign = "+" if amount > 0 else ""
        said = f"{sign}{money.written(amount, unit.decimals)} {unit_id}: {told}"
        if why:
            said += " by " + "; ".join([self._step(unit, *step) for step in why])
            rounded = sum([part for _, _, part in why])
            if kind == "accrual" and rounded != amount:
                given = money.written(rounded, unit.decimals)
                said += f"; {given} before rounding ({unit.rounding})"
        if lot is not None:
            said += f"; lot of {lot[0]}, {_lasts(unit, lot[1])}"
        return said + "."

    def _step(self, unit: program.Unit, name: str, base: int, part: int) -> str:
        rule = self._rules.get(name)
        if rule is not None:
            phrase = self._phrases.get((unit.id, name))
            if phrase is None:
                phrase = self._phrases[unit.id, name] = _phrase(self._source.currency, rule, unit)
            return phrase(base, part)
        given = money.written(part, unit.decimals)
        if name != "payment" or self._source.reward(name) is not None:
            return f"{name}: {given}"
        currency = self._source.currency
        paid = money.written(base, money.decimals(currency))
        return f"a payment of {paid} {currency}: {given}"

    def _is_payment(self, kind: str, why: tuple[Step, ...]) -> bool:
        """Whether units paid for an order: no reward has the name of that step."""
        if kind != "redemption" or [name for name, _, _ in why] != ["payment"]:
            return False
        return self._source.reward("payment") is None


def _phrase(currency: str, rule: program.EarnRule, unit: program.Unit) -> Phrase:
    """How a rule explains what it gave of a unit."""
    written, places = money.written, unit.decimals
    award = next((a for a in rule.awards if getattr(a, "unit", unit.id) in (unit.id, None)), None)
    if isinstance(award, program.PerMoney):
        cents = money.decimals(currency)
        rate = f"{currency} at {_number(award.amount)} per {written(award.per, cents)} gives"
        return lambda base, part: (
            f"rule {rule.id}: {written(base, cents)} {rate} {written(part, places)}"
        )
    if isinstance(award, program.PerItem | program.PerAttribute):
        rate = f"at {_number(award.amount)} each gives"
        return lambda base, part: f"rule {rule.id}: {base} {rate} {written(part, places)}"
    if isinstance(award, program.Multiply):
        said = f"rule {rule.id}: ×{_number(award.factor)} adds"
    elif isinstance(award, program.Bonus):
        said = f"rule {rule.id}: +{_number(award.share * 100)} % adds"
    else:
        said = f"rule {rule.id}:"
    return lambda base, part: f"{said} {written(part, places)}"


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
