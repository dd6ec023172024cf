"""Benefits: standing privileges of a tier or of paid membership, used and counted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from habitue.core import fees, limits, money, program
from habitue.core.account import Account
from habitue.core.facts import BenefitUse, Refused
from habitue.core.program import Limit, Period

_UNLIMITED: Final = Limit()


def use(
    source: program.Program, account: Account, what: BenefitUse, local: datetime, *, forced: bool
) -> Refused | None:
    """A member uses a benefit so many times; it is counted, and so is what it saves."""
    benefit = next((each for each in source.benefits if each.id == what.benefit), None)
    if benefit is None:
        return Refused("unknown_benefit", f"There is no benefit {what.benefit!r}.")
    refused = None if forced else _not_allowed(source, account, benefit, what, local)
    if refused is not None:
        return refused
    limits.use(account, _BenefitLimit(benefit), what.quantity, local)
    fees.use(account, what.quantity, (benefit.saves or 0) * what.quantity)
    return None


def holds(source: program.Program, account: Account, benefit: program.Benefit, day: date) -> bool:
    """Whether a benefit is the member's on a day, be it used up or not."""
    if not fees.holds(source, account, day):
        return False
    return not benefit.tiers or account.level in benefit.tiers


def left(account: Account, benefit: program.Benefit, local: datetime) -> int | None:
    """How often a member may still use a benefit now; None: as often as they like."""
    if benefit.uses is None or benefit.uses.times is None:
        return None
    return limits.allowed(account, _BenefitLimit(benefit), benefit.uses.times, local)


class _BenefitLimit:
    """A benefit's uses in the shape that `limits` reads; one event may bring several of them."""

    def __init__(self, benefit: program.Benefit) -> None:
        self.id = f"benefit {benefit.id}"
        uses = benefit.uses or _UNLIMITED
        self.limits: tuple[Limit, ...] = (Limit(amount=uses.times, per=uses.per),)
        self.cool_down: Period | None = None


def _not_allowed(
    source: program.Program,
    account: Account,
    benefit: program.Benefit,
    what: BenefitUse,
    local: datetime,
) -> Refused | None:
    if not fees.holds(source, account, local.date()):
        return fees.UNPAID
    if benefit.tiers and account.level not in benefit.tiers:
        return Refused(
            "tier", "This benefit is for another tier.", {"tiers": ", ".join(benefit.tiers)}
        )
    if benefit.minimum_order is not None and what.order < benefit.minimum_order:
        least = money.written(benefit.minimum_order, money.decimals(source.currency))
        return Refused(
            "minimum_order",
            f"This benefit holds for orders of at least {least} {source.currency}.",
            {"least": benefit.minimum_order, "given": what.order},
        )
    if limits.allowed(account, _BenefitLimit(benefit), what.quantity, local) < what.quantity:
        return Refused("limit", "This benefit has been used as often as allowed.")
    return None
