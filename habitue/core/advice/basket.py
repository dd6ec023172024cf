"""Kinds of purchases that a program's rules tell apart, and what each earns in the long run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from math import lcm
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from habitue.core import conditions, earning, facts, money, program
from habitue.core.account import Account, FeeState
from habitue.core.calendar import FOREVER
from habitue.core.rulebook import Rulebook

MOST: Final = 10**12
"""Minor units of the large purchase at most; rates beyond it are exact enough."""


class Purchased(Struct, frozen=True):
    """A kind of purchase: nothing special, or with one property that some rule asks for."""

    said: str = ""
    line: dict[str, str] = {}
    of: dict[str, str] = {}

    def body(self, amount: int, currency: str, pieces: int = 1) -> facts.Purchase:
        """Such a purchase, of so many pieces."""
        label = (self.line["label"],) if "label" in self.line else ()
        line = facts.Line(
            amount,
            pieces,
            sku=self.line.get("sku", ""),
            category=self.line.get("category", ""),
            labels=label,
        )
        return structs.replace(facts.Purchase((line,), currency), **self.of)


ORDINARY: Final = Purchased()


def usual(of: program.Program, amount: int, on: date) -> Purchased:
    """The ordinary purchase; where it earns nothing, the kind of purchase that earns most."""
    level = of.tiers.levels[0].id if of.tiers else ""

    def earned(kind: Purchased) -> Fraction:
        return max(slope(of, amount, on, level, kind).values(), default=Fraction(0))

    if any(rule.when == "visit" for rule in of.rules) or earned(ORDINARY):
        return ORDINARY
    best = max(kinds(of), key=earned, default=ORDINARY)
    return best if earned(best) else ORDINARY


def kinds(of: program.Program) -> list[Purchased]:
    """The kinds of purchases that rules of purchases speak of, each once."""
    found: dict[str, Purchased] = {}
    for rule in of.rules:
        if rule.when != "purchase":
            continue
        if rule.lines is not None:
            for name in ("sku", "category", "label"):
                for word in getattr(rule.lines, name):
                    found[f"{name} {word}"] = Purchased(f"{name} {word}", line={name: word})
        for among in _among(rule.where):
            for word in among.values:
                said = f"{among.what} {word}"
                found[said] = Purchased(said, of={among.what: word})
    return list(found.values())


def _among(where: program.Condition | None) -> Iterator[program.Among]:
    match where:
        case program.Among():
            yield where
        case program.All(of) | program.Any(of):
            for part in of:
                yield from _among(part)
        case program.Not(of):
            yield from _among(of)
        case _:
            return


def slope(
    of: program.Program, amount: int, on: date, level: str, kind: Purchased
) -> dict[str, Fraction]:
    """Redeemable units per unit of money, of a kind of purchase by a member of a level.

    Found by earning on one very large purchase under the rules that meet one of this `amount`,
    without limits and waiting times: what is left is the slope of the program. Each piece of it
    costs what a visit spends.
    """
    small = _moment(of, kind.body(amount, of.currency), on, level)
    bare = _unlimited(of, "purchase", small)
    large = lcm(10_000, amount, *_steps(bare)) * 1_000
    large -= (large - MOST) // amount * amount if large > MOST else 0
    purchase = kind.body(large, of.currency, large // amount)
    moment = conditions.Moment(small.account, purchase, small.local)
    return _earned(bare, "purchase", moment, large)


def by_visit(of: program.Program, amount: int, on: date, level: str) -> dict[str, Fraction]:
    """Redeemable units per unit of money where a visit that spends `amount` is one scan."""
    moment = _moment(of, facts.Visit(), on, level)
    return _earned(_unlimited(of, "visit", moment, fixed=True), "visit", moment, amount)


def _moment(of: program.Program, what: facts.What, on: date, level: str) -> conditions.Moment:
    """Something that a member of a level does on a day at noon, the fee paid."""
    local = datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo(of.timezone))
    account = Account.blank(1, len(of.units))
    account.enrolled_on, account.level = on, level
    if of.fee is not None:
        account.memory.fee = FeeState(on, FOREVER, paid=1, paid_on=on)
    return conditions.Moment(account, what, local)


def _earned(
    of: program.Program, when: str, moment: conditions.Moment, amount: int
) -> dict[str, Fraction]:
    """What an event earns of each redeemable unit, per unit of the money spent with it."""
    day = moment.local.date()
    earned = earning.earned(Rulebook(of), moment.account, moment.what, moment.local, day, when)
    if isinstance(earned, facts.Refused):
        return {}
    spent = Fraction(amount, 10 ** money.decimals(of.currency))
    found: dict[str, Fraction] = {}
    for part in earned:
        unit = of.units[part.unit]
        if unit.redeemable:
            more = Fraction(part.amount, 10**unit.decimals) / spent
            found[unit.id] = found.get(unit.id, Fraction(0)) + more
    return found


def _unlimited(
    of: program.Program, when: str, moment: conditions.Moment, *, fixed: bool = False
) -> program.Program:
    """The rules that meet this event, without limits; nothing `fixed`, which has no slope."""
    kept = []
    for rule in of.rules:
        if rule.when != when or not conditions.in_dates(rule.dates, moment.local.date()):
            continue
        if rule.where is not None and not conditions.compiled(rule.where)(moment):
            continue
        awards = tuple(each for each in rule.awards if fixed or not isinstance(each, program.Fixed))
        if awards:
            kept.append(
                structs.replace(
                    rule, awards=awards, where=None, dates=None, limits=(), cool_down=None
                )
            )
    return structs.replace(of, rules=tuple(kept), rewards=(), draws=())


def _steps(of: program.Program) -> Iterator[int]:
    for rule in of.rules:
        for award in rule.awards:
            if isinstance(award, program.PerMoney):
                yield award.per
