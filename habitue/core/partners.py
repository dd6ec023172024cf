"""What a partner owes for units that were given there, and is owed for units that were spent there.

An event that names a partner of the program adds to sums that all members share: `issued PARTNER
UNIT`, `redeemed PARTNER UNIT` (units in fixed point, money in minor units) and, where the partner
pays ahead, `prepaid PARTNER` (money issued less money redeemed). Refunds need nothing of their own:
the history is folded again, and the sums change by the difference. A name that is no partner of
the program is plain text.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from habitue.core import bounds, facts, money, program, tallies
from habitue.core.account import Account, Entry
from habitue.core.facts import Event, Refused
from habitue.core.program import Partner
from habitue.core.rulebook import Rulebook

_EARNING = facts.Purchase | facts.Visit | facts.Action


def issued(
    rulebook: Rulebook, account: Account, event: Event, entries: Sequence[Entry], forced: bool
) -> Refused | None:
    """The partner at which an event earned is billed for its `entries`, each unit by itself.

    Refused where the partner paid ahead and what is left of that is less than it would cost.
    """
    partner = at(rulebook.program, event.what)
    if partner is None or not isinstance(event.what, _EARNING):
        return None
    given: dict[int, int] = {}
    for entry in entries:
        if entry.kind == "accrual" and rulebook.program.units[entry.unit].redeemable:
            given[entry.unit] = given.get(entry.unit, 0) + entry.amount
    bill = {unit: _price(rulebook, partner.issuing, unit, amount) for unit, amount in given.items()}
    if not forced and partner.account == "prepaid":
        left = tallies.room(account, event, tallies.prepaid(partner.id).stem)
        if left is not None and left < sum(bill.values()):
            return Refused(
                "partner_funds",
                f"{_title(partner)} has paid for no more units; nothing can be earned there now.",
                {"partner": partner.id, "needed": sum(bill.values()), "left": left},
            )
    for unit, amount in given.items():
        name = f"issued {partner.id} {rulebook.program.units[unit].id}"
        tallies.add(account, name, amount, bill[unit])
    _prepay(account, partner, sum(bill.values()))
    return None


def redeemed(
    rulebook: Rulebook, account: Account, what: facts.What, unit: str, amount: int
) -> None:
    """A partner took so much of a unit (fixed point): as payment, or for what it handed over."""
    partner = at(rulebook.program, what)
    if partner is None or not amount:
        return
    owed = _price(rulebook, partner.redeeming, rulebook.unit_number[unit], amount)
    tallies.add(account, f"redeemed {partner.id} {unit}", amount, owed)
    _prepay(account, partner, -owed)


def at(source: program.Program, what: facts.What) -> Partner | None:
    """The partner of the program at which something happened."""
    name = getattr(what, "partner", "")
    return next((each for each in source.partners if each.id == name), None) if name else None


def may_refuse(source: program.Program, what: facts.What) -> bool:
    """Whether the partner's account may turn out to be too small for an event."""
    partner = at(source, what)
    return partner is not None and partner.account == "prepaid"


def _price(rulebook: Rulebook, rate: Fraction, unit: int, amount: int) -> int:
    """Units times a rate per whole unit, in minor units of money, rounded half up; no more than
    can be counted.
    """
    whole = int(10 ** rulebook.program.units[unit].decimals)
    minor = int(10 ** money.decimals(rulebook.program.currency))
    return min(floor(rate * amount * minor / whole + Fraction(1, 2)), bounds.MOST_EARNED)


def _prepay(account: Account, partner: Partner, owed: int) -> None:
    if partner.account == "prepaid" and owed:
        tallies.add(account, tallies.prepaid(partner.id).stem, 0, owed)


def _title(partner: Partner) -> str:
    return partner.title.get("en") or partner.id
