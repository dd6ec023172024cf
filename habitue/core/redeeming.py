"""Units become rewards: redemptions, vouchers, automatic rewards, and corrections by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from habitue.core import holding, limits, money, program
from habitue.core.account import Account, Entry, Voucher
from habitue.core.calendar import FOREVER, later, midnight
from habitue.core.conditions import in_dates
from habitue.core.earning import Earned
from habitue.core.facts import Adjustment, Event, Redemption, Refused, VoucherUse
from habitue.core.program import Limit, Period, Reward
from habitue.core.rulebook import Rulebook

MOST_VOUCHERS: Final = 200
"""Automatic rewards issued by one event; what is left over follows with the next."""

_NO_VOUCHER: Final = Refused("unknown_voucher", "This voucher does not exist.")
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
    refused = _not_allowed(rulebook, account, reward, local)
    if refused is not None and not forced:
        return refused
    unit, cost = rulebook.unit_number[reward.cost[0]], reward.cost[1]
    limits.use(account, _limited(reward), 1, local)
    day = local.date()
    holding.draw(
        rulebook, account, unit, cost, day, "redemption", ((reward.id, cost, -cost),), entries
    )
    account.issue(
        Voucher(
            _free(account, event.id),
            reward.id,
            "redeemed" if what.at_once else "issued",
            day,
            _last_day(reward, day),
        )
    )
    if what.at_once:
        _give(rulebook, account, event.id, reward.gifts[0], reward, day, entries)
    return None


def use(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    what: VoucherUse,
    local: datetime,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    """A voucher is handed in, once."""
    day = local.date()
    voucher = _voucher(account, what)
    if voucher is None and forced:
        voucher = _issue_anyway(rulebook, account, what, day, entries)
    if voucher is None:
        return _NO_VOUCHER
    if voucher.state != "issued":
        return _spent(voucher)
    reward = rulebook.program.reward(voucher.reward)
    if reward is not None and not 0 <= what.choice < len(reward.gifts):
        return Refused("choice", f"Choose between 1 and {len(reward.gifts)}.")
    voucher.state = "redeemed"
    account.touched_vouchers[voucher.id] = voucher
    if reward is not None:
        gift = reward.gifts[what.choice]
        _give(rulebook, account, event.id, gift, reward, day, entries)
    return None


def used_since(
    rulebook: Rulebook, account: Account, what: Redemption | VoucherUse, local: datetime
) -> Refused | None:
    """Why a late redemption or use comes after another took its place."""
    if isinstance(what, Redemption):
        reward = rulebook.program.reward(what.reward)
        if reward is not None and limits.allowed(account, _limited(reward), 1, local) < 1:
            return _OFTEN
        return None
    voucher = next((each for each in account.vouchers or () if each.id == what.voucher), None)
    if voucher is None:
        return _NO_VOUCHER
    return _spent(voucher) if voucher.state in ("redeemed", "cancelled") else None


def adjust(
    rulebook: Rulebook,
    account: Account,
    event: Event,
    what: Adjustment,
    local: datetime,
    entries: list[Entry],
    forced: bool,
) -> Refused | None:
    """A person corrects a balance exactly, with a reason."""
    unit = rulebook.unit_number.get(what.unit)
    if unit is None or not rulebook.program.units[unit].redeemable:
        return Refused("unknown_unit", f"There is no unit {what.unit!r} to correct.")
    why = (("by hand", 0, what.amount),)
    if what.amount > 0:
        part = Earned(0, unit, what.amount, why)
        holding.grant(rulebook, account, event.id, part, local.date(), "adjustment", entries)
        return None
    if not forced and _affordable(rulebook, account, unit, local.date()) < -what.amount:
        return _short(rulebook, account, unit, -what.amount)
    holding.draw(rulebook, account, unit, -what.amount, local.date(), "adjustment", why, entries)
    return None


def automatic(
    rulebook: Rulebook,
    account: Account,
    event_id: int,
    day: date,
    entries: list[Entry],
) -> None:
    """Rewards at a threshold: as soon as the usable balance reaches the cost, a voucher."""
    for reward in rulebook.thresholds:
        assert reward.cost is not None
        unit, cost = rulebook.unit_number[reward.cost[0]], reward.cost[1]
        for _ in range(min(_affordable(rulebook, account, unit, day) // cost, MOST_VOUCHERS)):
            if not _open_to(reward, account, day):
                break
            why = ((reward.id, cost, -cost),)
            holding.draw(rulebook, account, unit, cost, day, "redemption", why, entries)
            _issue(account, event_id, reward, day)


def _affordable(rulebook: Rulebook, account: Account, unit: int, day: date) -> int:
    """What lots usable on a day hold, net of debts: at midnight some are about to lapse.

    Asking the lots, not only the balance, keeps a redemption from ever making a debt.
    """
    lots = account.spendable(unit, day, first_in=True)
    return min(account.usable(unit), sum(lot.remaining for lot in lots))


def occasion(rulebook: Rulebook, account: Account, event_id: int, when: str, day: date) -> None:
    """Rewards issued by themselves on a birthday or on enrolment."""
    for reward in rulebook.program.rewards:
        if reward.automatic == when and _open_to(reward, account, day):
            _issue(account, event_id, reward, day)


def _not_allowed(
    rulebook: Rulebook, account: Account, reward: Reward, local: datetime
) -> Refused | None:
    assert reward.cost is not None
    if not in_dates(reward.dates, local.date()):
        return Refused("not_available", "This reward is not available at this date.")
    if reward.tiers and account.level not in reward.tiers:
        return Refused(
            "tier", "This reward is for another tier.", {"tiers": ", ".join(reward.tiers)}
        )
    if limits.allowed(account, _limited(reward), 1, local) < 1:
        return _OFTEN
    unit, cost = rulebook.unit_number[reward.cost[0]], reward.cost[1]
    if _affordable(rulebook, account, unit, local.date()) < cost:
        return _short(rulebook, account, unit, cost)
    return None


def _spent(voucher: Voucher) -> Refused:
    return Refused(
        f"voucher_{voucher.state}",
        f"This voucher is {voucher.state} already.",
        {"voucher": voucher.id},
    )


def _short(rulebook: Rulebook, account: Account, unit: int, needed: int) -> Refused:
    of = rulebook.program.units[unit]
    usable = max(account.usable(unit), 0)
    need, have = money.written(needed, of.decimals), money.written(usable, of.decimals)
    return Refused(
        "insufficient",
        f"This takes {need} {of.id}; {have} can be used.",
        {"needed": needed, "available": usable, "missing": needed - usable, "unit": of.id},
    )


class _RewardLimit:
    """A reward's limit in the shape that `limits` reads."""

    def __init__(self, reward: Reward) -> None:
        self.id = f"reward {reward.id}"
        self.limits: tuple[Limit, ...] = (reward.limit,) if reward.limit else ()
        self.cool_down: Period | None = None


def _limited(reward: Reward) -> limits.Limited:
    return _RewardLimit(reward)


def _open_to(reward: Reward, account: Account, day: date) -> bool:
    """Whether a reward that issues itself does so for this member now."""
    if not in_dates(reward.dates, day) or (reward.tiers and account.level not in reward.tiers):
        return False
    return limits.allowed(account, _limited(reward), 1, midnight(day)) > 0


def _last_day(reward: Reward, day: date) -> date:
    """Counted as a lot's expiry is: the day found is the last usable one."""
    return later(day, reward.valid_for) if reward.valid_for else FOREVER


def _issue(account: Account, event_id: int, reward: Reward, day: date) -> None:
    limits.use(account, _limited(reward), 1, midnight(day))
    voucher_id = _free(account, event_id)
    account.issue(Voucher(voucher_id, reward.id, "issued", day, _last_day(reward, day)))


def _free(account: Account, event_id: int) -> int:
    """The next voucher number of an event."""
    while event_id in account.touched_vouchers:
        event_id += 1
    return event_id


def _voucher(account: Account, what: VoucherUse) -> Voucher | None:
    """The voucher meant; once its reward was recorded, the number is no more than a label.

    While history is folded again, a voucher may come with another number, or on another day.
    """
    assert account.vouchers is not None, "vouchers were not loaded"
    if not what.reward:
        return next((each for each in account.vouchers if each.id == what.voucher), None)
    equal = [
        voucher
        for voucher in account.vouchers
        if voucher.reward == what.reward and voucher.state == "issued"
    ]
    equal.sort(key=lambda each: (each.issued_on != what.issued_on, each.id != what.voucher))
    return equal[0] if equal else None


def _issue_anyway(
    rulebook: Rulebook, account: Account, what: VoucherUse, day: date, entries: list[Entry]
) -> Voucher | None:
    """A voucher that was used stays used, even where the kept goods would not have earned it."""
    reward = rulebook.program.reward(what.reward)
    if reward is None:
        return None
    if reward.cost is not None:
        unit, cost = rulebook.unit_number[reward.cost[0]], reward.cost[1]
        holding.draw(
            rulebook, account, unit, cost, day, "redemption", ((reward.id, cost, -cost),), entries
        )
    voucher = Voucher(what.voucher, reward.id, "issued", day)
    account.issue(voucher)
    return voucher


def _give(
    rulebook: Rulebook,
    account: Account,
    event_id: int,
    gift: program.Gift,
    reward: Reward,
    day: date,
    entries: list[Entry],
) -> None:
    """A gift of units lands in the account; any other gift is handed over by people."""
    if gift.kind == "units":
        unit = rulebook.unit_number[gift.unit]
        part = Earned(0, unit, gift.value, ((reward.id, 0, gift.value),))
        holding.grant(rulebook, account, event_id, part, day, "accrual", entries)
