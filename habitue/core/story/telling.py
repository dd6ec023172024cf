"""Says in plain words what an event led to and why, and what a member holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from habitue.core import engine, facts, money, program
from habitue.core.account import Account, Entry, FeeState, Step, Voucher
from habitue.core.calendar import FOREVER
from habitue.core.tallies import Tally


def amount(value: int, decimals: int) -> str:
    """An amount without empty decimals: 28.7, 80."""
    written = money.written(value, decimals)
    return written.rstrip("0").rstrip(".") if "." in written else written


def effects(of: program.Program, outcome: engine.Outcome) -> list[str]:
    """Each thing that followed, with its reason."""
    if outcome.refused is not None:
        return [f"refused ({outcome.refused.code}): {outcome.refused.sentence}"]
    told = _entries(of, outcome.entries)
    forgiven = outcome.event.forgiven
    for number, missing in (forgiven.amounts if forgiven else {}).items():
        unit = of.units[number]
        told.append(f"{unit.id} already spent: {amount(missing, unit.decimals)} not collected")
    if outcome.money:
        told.append(f"{money.written(outcome.money, money.decimals(of.currency))} given back")
    told += _shared(of, outcome.tallies)
    if outcome.level != outcome.level_before:
        before = f"{outcome.level_before} → " if outcome.level_before else ""
        told.append(f"tier {before}{outcome.level}")
    if isinstance(outcome.event.what, facts.Enrolment):
        told.insert(0, "becomes a member")
    return told


def membership(before: FeeState | None, after: FeeState | None) -> list[str]:
    """What became of a paid membership: `membership paid through 2023-02-17`."""
    if after is None or after == before:
        return []
    if before is not None and (before.until, before.ending) == (after.until, after.ending):
        return []
    how = "ends with" if after.ending else "on trial through" if after.trial else "paid through"
    return [f"membership {how} {'for ever' if after.until == FOREVER else after.until}"]


def _shared(of: program.Program, changed: Mapping[str, Tally]) -> list[str]:
    """What an event changed of the sums that all share, as far as people speak of it."""
    places = money.decimals(of.currency)
    told = []
    for name, (units, worth) in sorted(changed.items()):
        kind, _, rest = name.partition(" ")
        about = rest.split(" ")[0]
        if kind in _SHARED:
            sign = "" if worth >= 0 else "−"
            told.append(f"{_SHARED[kind].format(about)} {sign}{money.written(abs(worth), places)}")
        elif kind == "draw" and units:
            more = f"{'+' if units > 0 else '−'}{abs(units)}"
            told.append(f"{more} {'entry' if abs(units) == 1 else 'entries'} in {about}")
    return told


_SHARED: Final = {"given": "{} receives", "issued": "{} owes", "redeemed": "{} is owed"}


def vouchers(before: Mapping[int, Voucher], after: Mapping[int, Voucher]) -> list[str]:
    """What became of vouchers: `coffee is ready`, `coffee is used`."""
    told = []
    for number, voucher in after.items():
        was = before.get(number)
        if was is None or was.state != voucher.state:
            told.append(f"{voucher.reward} is {_STATES[voucher.state]}")
    gone = [voucher for number, voucher in before.items() if number not in after]
    return [*told, *(f"{voucher.reward} is taken back" for voucher in gone)]


_STATES: Final = {
    "issued": "ready",
    "redeemed": "used",
    "cancelled": "taken back",
    "expired": "expired",
}


def holds(of: program.Program, account: Account, units: dict[str, int]) -> str:
    """`370 points · 370 spend · vib · coffee`."""
    parts = [f"{amount(units[unit.id], unit.decimals)} {unit.id}" for unit in of.units]
    if account.level:
        parts.append(account.level)
    parts.extend(one.reward for one in account.vouchers or () if one.state == "issued")
    return " · ".join(parts)


def _entries(of: program.Program, entries: Sequence[Entry]) -> list[str]:
    """The ledger's lines, those of one unit and one reason taken together."""
    sums: dict[tuple[int, str, str], int] = {}
    for entry in entries:
        reasons = ", ".join(_step(of, of.units[entry.unit], step) for step in entry.why)
        key = (entry.unit, entry.kind, reasons)
        sums[key] = sums.get(key, 0) + entry.amount
    return [
        _line(of.units[unit], total, kind, reasons) for (unit, kind, reasons), total in sums.items()
    ]


def _line(unit: program.Unit, total: int, kind: str, reasons: str) -> str:
    said = f"{'+' if total > 0 else '−'}{amount(abs(total), unit.decimals)} {unit.id}"
    if kind not in ("accrual", "redemption"):
        said += f" {kind}"
    return f"{said} ({reasons})" if reasons else said


def _step(of: program.Program, unit: program.Unit, step: Step) -> str:
    """`base: 80.00 → 80`; a rule that saw no base says only its name."""
    rule_id, seen, given = step
    rule = next((rule for rule in of.rules if rule.id == rule_id), None)
    per_money = rule is not None and any(isinstance(a, program.PerMoney) for a in rule.awards)
    if rule is None or not seen:
        return rule_id
    base = money.written(seen, money.decimals(of.currency)) if per_money else str(seen)
    if any(isinstance(a, program.Multiply | program.Bonus) for a in rule.awards):
        return f"{rule_id}: +{amount(given, unit.decimals)}"
    return f"{rule_id}: {base} → {amount(given, unit.decimals)}"
