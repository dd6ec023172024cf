"""Paying with units: at their worth in money, within a share of the order."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Final

from msgspec import structs

from habitue.core import fees, holding, money, partners, program, redeeming
from habitue.core.account import Account, Entry
from habitue.core.facts import Payment, Refused
from habitue.core.rulebook import Rulebook

_NO_PAYMENT: Final = Refused("no_payment", "Nothing can be paid with units here.")


def priced(rulebook: Rulebook, account: Account, what: Payment, day: date) -> Payment:
    """A payment with the units it takes, rounded up (fixed point).

    Where the program clamps, the money is lowered to what the member's units are worth, rounded
    down. The account is up to date.
    """
    paying = rulebook.program.pay_with
    if paying is None:
        return what
    unit, paid = rulebook.unit_number[paying.unit], what.money
    rate = worth(rulebook.program, unit)
    if not rate:
        return what
    if paying.when_short == "clamp":
        paid = min(paid, floor(redeeming.affordable(rulebook, account, unit, day) * rate))
    return structs.replace(what, money=paid, units=ceil(paid / rate))


def pay(
    rulebook: Rulebook,
    account: Account,
    what: Payment,
    day: date,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    """A member pays with the units that `priced` found."""
    paying = rulebook.program.pay_with
    if paying is None:
        return _NO_PAYMENT
    unit = rulebook.unit_number[paying.unit]
    refused = None if forced else _not_allowed(rulebook, account, paying, unit, what, day)
    if refused is not None:
        return refused
    why = (("payment", what.money, -what.units),)
    holding.draw(rulebook, account, unit, what.units, day, "redemption", why, entries)
    partners.redeemed(rulebook, account, what, paying.unit, what.units)
    return None


def most(
    rulebook: Rulebook, account: Account, order: int, day: date, partner: str = ""
) -> Payment | Refused:
    """The payment of the most money (minor units) that a member can make of an order, or why none.

    The account is up to date.
    """
    paying = rulebook.program.pay_with
    if paying is None:
        return _NO_PAYMENT
    unit = rulebook.unit_number[paying.unit]
    rate = worth(rulebook.program, unit)
    if not rate:
        return _NO_PAYMENT
    allowed = floor(order * paying.most)
    if not allowed:
        return _beyond(rulebook.program, paying, allowed, order)
    held = floor(redeeming.affordable(rulebook, account, unit, day) * rate)
    paid = max(min(allowed, held), 0)
    what = Payment(paid, order, partner, ceil(paid / rate))
    return _not_allowed(rulebook, account, paying, unit, what, day) or what


def worth(source: program.Program, unit: int) -> Fraction:
    """What the smallest part of a unit is worth, in minor units of money; 0 if it has no price."""
    of = source.units[unit]
    minor = int(10 ** money.decimals(source.currency))
    return (of.worth or Fraction(0)) * minor / int(10**of.decimals)


def _not_allowed(
    rulebook: Rulebook,
    account: Account,
    paying: program.PayWith,
    unit: int,
    what: Payment,
    day: date,
) -> Refused | None:
    of, source = rulebook.program.units[unit], rulebook.program
    if not of.worth:
        return _NO_PAYMENT
    if not fees.holds(source, account, day):
        return fees.UNPAID
    allowed = floor(what.order * paying.most)
    if what.money > allowed:
        return _beyond(source, paying, allowed, what.money)
    if not what.money or redeeming.affordable(rulebook, account, unit, day) < what.units:
        return redeeming.short(rulebook, account, unit, max(what.units, 1))
    if what.units < paying.least:
        return Refused(
            "too_little",
            f"At least {money.written(paying.least, of.decimals)} {of.id} are paid at a time.",
            {"least": paying.least, "units": what.units, "unit": of.id},
        )
    return None


def _beyond(source: program.Program, paying: program.PayWith, allowed: int, given: int) -> Refused:
    most = money.written(allowed, money.decimals(source.currency))
    return Refused(
        "share",
        f"At most {most} {source.currency} of this order can be paid with {paying.unit}.",
        {"most": allowed, "given": given},
    )
