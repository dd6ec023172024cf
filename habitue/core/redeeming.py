"""Units become rewards: taken by a member, or given by themselves; and corrections by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from habitue.core import bounds, entering, fees, holding, limits, money, partners, vouchers
from habitue.core.account import Account, Entry
from habitue.core.calendar import midnight
from habitue.core.conditions import Moment, in_dates
from habitue.core.earning import Earned
from habitue.core.facts import Adjustment, Event, Redemption, Refused, VoucherUse
from habitue.core.program import Reward
from habitue.core.rulebook import Rulebook

MOST_VOUCHERS: Final = 200
"""Vouchers issued by one event or midnight, which number after it; what a balance would still bring
follows with the next."""

_OFTEN: Final = Refused("limit", "This reward has been taken as often as allowed.")


def redeem(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    what: Redemption,
    local: datetime,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    """A member takes a reward for units: a voucher is issued, or used up at once."""
    reward = rulebook.program.reward(what.reward)
    if reward is None or reward.cost is None or reward.automatic:
        return Refused("unknown_reward", f"There is no reward {what.reward!r} to take.")
    refused = refusal(rulebook, account, event, reward, local)
    if refused is not None and not forced:
        return refused
    vouchers.draw_cost(rulebook, account, reward, local.date(), entries)
    vouchers.issue(
        rulebook, account, event.id, reward, local, entries, at_once=what.at_once, event=event
    )
    if what.at_once or vouchers.waits_for_nothing(reward):
        partners.redeemed(rulebook, account, what, *reward.cost)
    return None


def automatic(
    rulebook: Rulebook,
    account: Account,
    event_id: int,
    day: date,
    entries: list[Entry],
    event: Event | None = None,
) -> None:
    """Rewards at a threshold: as soon as the usable balance reaches the cost, a voucher.

    At midnight there is no `event`: what all members share is not known then, and waits for one.
    """
    if not fees.holds(rulebook.program, account, day):
        return
    for reward in rulebook.thresholds:
        assert reward.cost is not None
        unit, cost = rulebook.unit_number[reward.cost[0]], reward.cost[1]
        room = MOST_VOUCHERS - vouchers.issued_by(account, event_id)
        for _ in range(min(affordable(rulebook, account, unit, day) // cost, room)):
            if not _open_to(reward, account, event, day):
                break
            vouchers.draw_cost(rulebook, account, reward, day, entries)
            vouchers.issue(rulebook, account, event_id, reward, midnight(day), entries, event=event)


def occasion(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    when: str,
    local: datetime,
    entries: list[Entry],
) -> None:
    """Rewards that an event brings by itself: a birthday, a first purchase, a check-in."""
    day = local.date()
    for reward, where in rulebook.occasions.get(when, ()):
        if where is not None and not where(Moment(account, event.what, local)):
            continue
        room = MOST_VOUCHERS - vouchers.issued_by(account, event.id)
        if room > 0 and _open_to(reward, account, event, day):
            vouchers.issue(rulebook, account, event.id, reward, midnight(day), entries, event=event)


def used_since(
    rulebook: Rulebook, account: Account, what: Redemption | VoucherUse, local: datetime
) -> Refused | None:
    """Why a late redemption or use comes after another took its place."""
    if isinstance(what, Redemption):
        reward = rulebook.program.reward(what.reward)
        if reward is not None and limits.allowed(account, vouchers.limited(reward), 1, local) < 1:
            return _OFTEN
        return None
    voucher = next((each for each in account.vouchers or () if each.id == what.voucher), None)
    if voucher is None:
        return vouchers.UNKNOWN
    if voucher.state not in ("redeemed", "cancelled"):
        return None
    return vouchers.spent(voucher.id, voucher.state)


def adjust(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    what: Adjustment,
    local: datetime,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    """A person corrects a balance exactly, with a reason; what is given may bring its days."""
    unit = rulebook.unit_number.get(what.unit)
    if unit is None or not rulebook.program.units[unit].redeemable:
        return Refused("unknown_unit", f"There is no unit {what.unit!r} to correct.")
    why = (("by hand", 0, what.amount),)
    if what.amount > 0:
        refused = None if forced else _ungivable(rulebook, account, unit, what, local.date())
        if refused is not None:
            return refused
        holding.grant(
            rulebook,
            account,
            event.id,
            Earned(0, unit, what.amount, why),
            local.date(),
            "adjustment",
            entries,
            earned_on=what.earned_on,
            expires_on=what.expires_on,
        )
        return None
    if not forced and affordable(rulebook, account, unit, local.date()) < -what.amount:
        return short(rulebook, account, unit, -what.amount)
    holding.draw(rulebook, account, unit, -what.amount, local.date(), "adjustment", why, entries)
    return None


def _ungivable(
    rulebook: Rulebook, account: Account, unit: int, what: Adjustment, day: date
) -> Refused | None:
    """Why units cannot be given by hand: too many, or with days that cannot be."""
    earned_on = what.earned_on or day
    if earned_on > day:
        return Refused("dates", "Units cannot have been earned later than they came.")
    until = what.expires_on or holding.lasting(rulebook, account, unit, earned_on)
    if until < day:
        return Refused("lapsed", f"These units lapsed on {until}.", {"on": until.isoformat()})
    return bounds.refusal(account, {unit: what.amount})


def affordable(rulebook: Rulebook, account: Account, unit: int, day: date) -> int:
    """What lots usable on a day hold, net of debts: at midnight some are about to lapse.

    Asking the lots, not only the balance, keeps a redemption from ever making a debt. Where they
    are not loaded nothing is due, and the balance says the same.
    """
    if account.lots is None:
        return account.usable(unit)
    lots = account.spendable(unit, day, first_in=True)
    return min(account.usable(unit), sum(lot.remaining for lot in lots))


def short(rulebook: Rulebook, account: Account, unit: int, needed: int) -> Refused:
    """The refusal of who has too few units (fixed point)."""
    of = rulebook.program.units[unit]
    usable = max(account.usable(unit), 0)
    need, have = money.written(needed, of.decimals), money.written(usable, of.decimals)
    return Refused(
        "insufficient",
        f"This takes {need} {of.id}; {have} can be used.",
        {"needed": needed, "available": usable, "missing": needed - usable, "unit": of.id},
    )


def refusal(
    rulebook: Rulebook, account: Account, event: Event, reward: Reward, local: datetime
) -> Refused | None:
    """Why a reward that costs units cannot be taken by an event now; None if it can."""
    assert reward.cost is not None
    day = local.date()
    if not fees.holds(rulebook.program, account, day):
        return fees.UNPAID
    if not in_dates(reward.dates, day):
        return Refused("not_available", "This reward is not available at this date.")
    if reward.tiers and account.level not in reward.tiers:
        return Refused(
            "tier", "This reward is for another tier.", {"tiers": ", ".join(reward.tiers)}
        )
    if vouchers.sold_out(account, event, reward):
        return Refused("sold_out", "This reward is sold out.", {"reward": reward.id})
    if limits.allowed(account, vouchers.limited(reward), 1, local, event) < 1:
        return _OFTEN
    if len(reward.gifts) == 1:
        full = entering.refusal(rulebook, account, reward.gifts[0], event, day)
        if full is not None:
            return full
    unit, cost = rulebook.unit_number[reward.cost[0]], reward.cost[1]
    if affordable(rulebook, account, unit, day) < cost:
        return short(rulebook, account, unit, cost)
    return None


def _open_to(reward: Reward, account: Account, event: Event | None, day: date) -> bool:
    """Whether a reward that issues itself does so for this member now."""
    if not in_dates(reward.dates, day) or (reward.tiers and account.level not in reward.tiers):
        return False
    if event is None and vouchers.shared(reward):
        return False
    if vouchers.sold_out(account, event, reward):
        return False
    return limits.allowed(account, vouchers.limited(reward), 1, midnight(day), event) > 0
