"""Issued pieces of rewards: a voucher is issued, handed in once, and gives what it stands for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from habitue.core import entering, holding, limits, partners, tallies
from habitue.core.account import Account, Entry, EntryKind, Voucher, VoucherState
from habitue.core.calendar import FOREVER, later, midnight
from habitue.core.earning import Earned
from habitue.core.facts import Event, Refused, VoucherUse
from habitue.core.program import Gift, Limit, Period, Reward
from habitue.core.rulebook import Rulebook

UNKNOWN: Final = Refused("unknown_voucher", "This voucher does not exist.")

_SPENT: Final[dict[VoucherState, str]] = {
    "redeemed": "This voucher was used already.",
    "expired": "This voucher has expired.",
    "cancelled": "This voucher was cancelled.",
}


def issue(
    rulebook: Rulebook,
    account: Account,
    event_id: int,
    reward: Reward,
    local: datetime,
    entries: list[Entry],
    *,
    at_once: bool = False,
    event: Event | None = None,
) -> None:
    """A piece of a reward, numbered after an `event` or a midnight; `at_once`: handed over now."""
    day = local.date()
    at_once = at_once or waits_for_nothing(reward)
    _count(account, reward, local)
    number, until = _free(account, event_id), _last_day(reward, day)
    state: VoucherState = "redeemed" if at_once else "issued"
    account.issue(Voucher(number, reward.id, state, day, until))
    if at_once:
        _give(rulebook, account, event_id, reward.gifts[0], reward, day, entries, event)


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
    voucher = _voucher(account, what, forced)
    if forced and voucher is not None:
        _know_again(rulebook, voucher, what)
    elif forced:
        voucher = _issue_anyway(rulebook, account, what, day, entries)
    if voucher is None:
        return UNKNOWN
    if voucher.state != "issued":
        return spent(voucher.id, voucher.state)
    reward = rulebook.program.reward(voucher.reward)
    if reward is not None and not 0 <= what.choice < len(reward.gifts):
        return Refused("choice", f"Choose between 1 and {len(reward.gifts)}.")
    if reward is not None and not forced:
        full = entering.refusal(rulebook, account, reward.gifts[what.choice], event, day)
        if full is not None:
            return full
    voucher.state = "redeemed"
    account.touched_vouchers[voucher.id] = voucher
    if reward is not None:
        gift = reward.gifts[what.choice]
        _give(rulebook, account, event.id, gift, reward, day, entries, event)
        if reward.cost is not None:
            partners.redeemed(rulebook, account, what, *reward.cost)
    return None


def spent(voucher: int, state: VoucherState) -> Refused:
    """Why a voucher in this state, which is not `issued`, cannot be handed in."""
    return Refused(f"voucher_{state}", _SPENT[state], {"voucher": voucher})


def waits_for_nothing(reward: Reward) -> bool:
    """Whether nobody needs to hand a reward over: what it gives is an entry in a book."""
    return len(reward.gifts) == 1 and reward.gifts[0].kind in ("donation", "draw entry")


def draw_cost(
    rulebook: Rulebook, account: Account, reward: Reward, day: date, entries: list[Entry]
) -> None:
    """Take a reward's cost from the member's lots; what only gives to a cause is a donation."""
    if reward.cost is None:
        return
    unit, cost = rulebook.unit_number[reward.cost[0]], reward.cost[1]
    gives = len(reward.gifts) == 1 and reward.gifts[0].kind == "donation"
    kind: EntryKind = "donation" if gives else "redemption"
    why = ((reward.id, cost, -cost),)
    holding.draw(rulebook, account, unit, cost, day, kind, why, entries)


class _RewardLimit:
    """A reward's limit in the shape that `limits` reads."""

    def __init__(self, reward: Reward) -> None:
        self.id = f"reward {reward.id}"
        self.limits: tuple[Limit, ...] = (reward.limit,) if reward.limit else ()
        self.cool_down: Period | None = None


def limited(reward: Reward) -> limits.Limited:
    """What `limits` needs to know of a reward."""
    return _RewardLimit(reward)


def sold_out(account: Account, event: Event | None, reward: Reward) -> bool:
    """Whether no piece was left in stock when the event was decided."""
    return event is not None and tallies.room(account, event, tallies.stock(reward).stem) == 0


def shared(reward: Reward) -> bool:
    """Whether there is only so much of a reward for all members together."""
    return reward.stock is not None or (reward.limit is not None and reward.limit.total)


def _count(account: Account, reward: Reward, local: datetime) -> None:
    """A piece counts toward the reward's limit and its stock."""
    limits.use(account, limited(reward), 1, local)
    if reward.stock is not None:
        tallies.add(account, tallies.stock(reward).stem, 1)


def _last_day(reward: Reward, day: date) -> date:
    """Counted as a lot's expiry is: the day found is the last usable one."""
    return later(day, reward.valid_for) if reward.valid_for else FOREVER


def issued_by(account: Account, event_id: int) -> int:
    """How many vouchers an event has issued up to now."""
    return _free(account, event_id) - event_id


def _free(account: Account, event_id: int) -> int:
    """The next voucher number of an event."""
    while event_id in account.touched_vouchers:
        event_id += 1
    return event_id


def _voucher(account: Account, what: VoucherUse, forced: bool) -> Voucher | None:
    """The voucher meant; once its reward was recorded, the number is no more than a label.

    While history is folded again, a voucher may come with another number, or on another day. Who
    hands one in for the first time, and late, means one of that day: none that was there before.
    """
    assert account.vouchers is not None, "vouchers were not loaded"
    if not what.reward:
        return next((each for each in account.vouchers if each.id == what.voucher), None)
    equal = [
        voucher
        for voucher in account.vouchers
        if voucher.reward == what.reward and voucher.state == "issued"
        if forced or voucher.issued_on == what.issued_on
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
    issued_on = what.issued_on or day
    draw_cost(rulebook, account, reward, day, entries)
    _count(account, reward, midnight(issued_on))
    voucher = Voucher(what.voucher, reward.id, "issued", issued_on)
    _know_again(rulebook, voucher, what)
    account.issue(voucher)
    return voucher


def _know_again(rulebook: Rulebook, voucher: Voucher, what: VoucherUse) -> None:
    """The voucher that was used keeps its number and dates, also where what had brought it came
    back and another one goes in its place.
    """
    voucher.id, voucher.issued_on = what.voucher, what.issued_on or voucher.issued_on
    reward = rulebook.book.on(voucher.issued_on).program.reward(voucher.reward)
    if reward is not None:
        voucher.expires_on = _last_day(reward, voucher.issued_on)


def _give(
    rulebook: Rulebook,
    account: Account,
    event_id: int,
    gift: Gift,
    reward: Reward,
    day: date,
    entries: list[Entry],
    event: Event | None,
) -> None:
    """Units, donations and draw entries are booked; any other gift is handed over by people."""
    match gift.kind:
        case "units":
            unit = rulebook.unit_number[gift.unit]
            part = Earned(0, unit, gift.value, ((reward.id, 0, gift.value),))
            holding.grant(rulebook, account, event_id, part, day, "accrual", entries)
        case "donation":
            units = reward.cost[1] if reward.cost is not None else 0
            tallies.add(account, f"given {gift.to}", units, gift.value)
        case "draw entry":
            draw = next((each for each in rulebook.program.draws if each.id == gift.to), None)
            if draw is not None:
                entering.add(account, draw, gift.value, day, event)
        case _:
            pass
