"""The cooperative dividend: a share of what a member counted last year, paid in a month.

What counts is remembered by calendar year until it is paid. Returns need no rule of their own:
the history is folded again without the goods that came back, before the payment or after it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import get_args

from habitue.core import bounds, program
from habitue.core.account import Account
from habitue.core.earning import Earned
from habitue.core.program import Dividend
from habitue.core.rulebook import Rulebook


def count(
    dividend: Dividend, rulebook: Rulebook, account: Account, part: Earned, day: date
) -> None:
    """Remember what an event earned of the unit that the dividend is a share of."""
    if part.unit != rulebook.unit_number[dividend.of]:
        return
    years = account.memory.years.setdefault(part.unit, {})
    years[day.year] = years.get(day.year, 0) + part.amount
    account.due(payday(dividend, day.year))


def owed(rulebook: Rulebook, account: Account, midnight: date) -> Iterator[tuple[date, Earned]]:
    """What is to be paid at a midnight, with the day that it was due; then it is forgotten."""
    dividend = rulebook.program.dividend
    if dividend is None:
        return
    of, pays = rulebook.unit_number[dividend.of], rulebook.unit_number[dividend.pays]
    years = account.memory.years.get(of, {})
    for year in sorted(year for year in years if payday(dividend, year) <= midnight):
        counted = years.pop(year)
        amount = min(_share(dividend, counted, rulebook.program), bounds.MOST_EARNED)
        if counted >= dividend.least and amount > 0:
            why = (("dividend", counted, amount),)
            yield payday(dividend, year), Earned(0, pays, amount, why)
    if not years:
        account.memory.years.pop(of, None)


def paydays(rulebook: Rulebook, account: Account) -> list[date]:
    """The days on which what was counted is paid."""
    dividend = rulebook.program.dividend
    if dividend is None:
        return []
    counted = account.memory.years.get(rulebook.unit_number[dividend.of], {})
    return [payday(dividend, year) for year in counted]


def payday(dividend: Dividend, year: int) -> date:
    """The day on which what a year counted is paid."""
    return date(year + 1, get_args(program.Month).index(dividend.month) + 1, 1)


def _share(dividend: Dividend, counted: int, source: program.Program) -> int:
    """The share of a count, both in fixed point, rounded down to the unit's decimals."""
    of, pays = source.unit_index(dividend.of), source.unit_index(dividend.pays)
    whole = Fraction(counted, int(10 ** source.units[of].decimals))
    return math.floor(whole * dividend.share * int(10 ** source.units[pays].decimals))
