"""The rewards of a card: what is ready, what it takes to get the others, in words."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from habitue import ledger
from habitue.core.program import Program, Reward
from habitue.ledger import VoucherLine
from habitue.members.models import Business, Wish
from habitue.pages import holdings, standing
from habitue.pages.templatetags import words as say


class Offer(Struct, frozen=True):
    """One reward of a card.

    `ready`: it can be used now; `voucher` is what was issued of it before, if so, to be used for
    its gift number `choice`.
    `have` of `goal` whole units show how far it is; `donates`: it goes to a cause, without staff.
    """

    title: str
    said: tuple[str, ...] = ()
    reward: str = ""
    voucher: int = 0
    choice: int = 0
    ready: bool = False
    have: int = 0
    goal: int = 0
    donates: bool = False

    @property
    def key(self) -> str:
        """How addresses and forms name it."""
        return f"{self.reward}:{self.voucher}:{self.choice}"


def offers(business: Business, customer: int, *, now: datetime) -> list[Offer]:
    """What there is for a member, the ready ones first, then what is nearest."""
    day = now.astimezone(ZoneInfo(business.timezone)).date()
    program = ledger.program(business.pk, on=day)
    if program is None:
        return []
    held = ledger.standing(business.pk, customer, now=now)
    vouchers = held.vouchers if held else []
    balances, level = (held.balances, held.tier) if held else ({}, None)
    membership = held.perks.membership if held else None
    paid = membership is None or membership.holds
    found = [one for voucher in vouchers for one in _of_voucher(program, voucher)]
    found += [
        _of_reward(program, one, balances, level, day, paid=paid)
        for one in program.rewards
        if one.cost and _not_over(one, day)
    ]
    return sorted(found, key=_nearness)


def find(
    business: Business, customer: int, key: str, *, now: datetime, donates: bool = False
) -> Offer | None:
    """A ready offer by its key; None where it is not (any more)."""
    ready = [one for one in offers(business, customer, now=now) if one.ready]
    return next((one for one in ready if one.key == key and one.donates == donates), None)


def title(business: Business, wish: Wish) -> str:
    """What a wish is for, in words; a voucher that was handed over is not held any more."""
    program = ledger.program(business.pk)
    reward = program.reward(wish.reward) if program else None
    if program is None or reward is None:
        return wish.reward
    if wish.voucher and wish.choice < len(reward.gifts) > 1:
        return holdings.gift_words(program, reward.gifts[wish.choice])
    return holdings.reward_words(program, reward)


def _of_voucher(program: Program, voucher: VoucherLine) -> list[Offer]:
    """A voucher, once for each gift that it lets the member choose."""
    said = [_("Code %(code)s") % {"code": voucher.code}] if voucher.code else []
    if voucher.expires_on is not None:
        said.append(_("good through %(day)s") % {"day": say.day(voucher.expires_on)})
    reward = program.reward(voucher.reward)
    gifts = reward.gifts if reward else ()
    return [
        Offer(
            one.title,
            tuple(said),
            reward=voucher.reward,
            voucher=voucher.id,
            choice=one.choice,
            ready=True,
            donates=one.choice < len(gifts) and gifts[one.choice].kind == "donation",
        )
        for one in holdings.choices(program, voucher)
    ]


def _of_reward(
    program: Program,
    of: Reward,
    balances: dict[str, int],
    level: str | None,
    day: date,
    *,
    paid: bool,
) -> Offer:
    name, amount = of.cost or ("", 0)
    unit = program.units[program.unit_index(name)]
    have, title = balances.get(name, 0), holdings.words(unit.title, unit.id)
    said = [f"{holdings.shown(unit, amount)} {title}"]
    barred = list(_bars(program, of, level, day, paid=paid))
    missing = amount - have
    if not barred and missing > 0:
        text = ngettext("%(more)s more", "%(more)s more", max(1, holdings.whole(unit, missing)))
        said.append(text % {"more": holdings.shown(unit, missing)})
    if of.automatic is not None:
        said.append(_("comes by itself"))
    return Offer(
        holdings.reward_words(program, of),
        (*said, *barred),
        reward=of.id,
        ready=not barred and missing <= 0 and of.automatic is None,
        have=max(0, holdings.whole(unit, min(have, amount))),
        goal=holdings.whole(unit, amount),
        donates=len(of.gifts) == 1 and of.gifts[0].kind == "donation",
    )


def _bars(program: Program, of: Reward, level: str | None, day: date, *, paid: bool) -> list[str]:
    """What stands between the member and a reward, beside its price."""
    bars = []
    if of.tiers and level not in of.tiers:
        levels = ", ".join(standing.level_title(program, one) for one in of.tiers)
        bars.append(_("for %(levels)s") % {"levels": levels})
    if of.dates and of.dates.since and day < of.dates.since:
        bars.append(_("from %(day)s on") % {"day": say.day(of.dates.since)})
    if not paid:
        bars.append(_("once membership is paid"))
    return bars


def _not_over(reward: Reward, day: date) -> bool:
    until = reward.dates.until if reward.dates else None
    return until is None or day < until


def _nearness(offer: Offer) -> tuple[bool, float, str]:
    share = offer.have / offer.goal if offer.goal else 0.0
    return not offer.ready, -share, offer.title
