"""The rewards in figures: what each costs the shop, how often it was taken, how many are left."""

from datetime import date
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext as _
from msgspec import Struct

from habitue.core import tallies
from habitue.core.program import Program, Reward
from habitue.members.models import Business
from habitue.pages import events
from habitue.pages.program import rules, saying
from habitue.pages.program.sentences import rule_parts
from habitue.pages.program.typical import SPAN
from habitue.pages.templatetags import words as say

_TAKEN: Final = """
SELECT voucher.reward, count(*)
FROM ledger_voucher voucher
JOIN members_customer customer ON customer.id = voucher.customer_id
WHERE customer.business_id = %(business)s AND voucher.state <> 'cancelled'
  AND voucher.issued_on > %(since)s
GROUP BY 1"""
_USED: Final = """
SELECT name, units FROM ledger_budget WHERE business_id = %(business)s"""


class Row(Struct, frozen=True):
    """A reward: what one costs the shop, how often it was taken in 90 days, what is left."""

    title: str
    cost: str
    taken: str
    left: str


def rows(business: Business, of: Program, *, on: date) -> list[Row]:
    """The rewards of a program, those that are over left out."""
    taken = dict(events.query(_TAKEN, {"business": business.pk, "since": on - SPAN}))
    used = dict(events.query(_USED, {"business": business.pk}))
    return [
        Row(
            saying.words(one.title, one.id),
            _cost(of, one),
            say.count(taken.get(one.id, 0)),
            _left(one, used, on),
        )
        for one in of.rewards
        if not rules.is_over(one.dates, on)
    ]


def _cost(of: Program, reward: Reward) -> str:
    """Money off as it is, a thing at the worth of its units; else it cannot be said."""
    kinds = {gift.kind for gift in reward.gifts}
    if kinds <= {"money off", "donation"}:
        dearest = max((gift.value for gift in reward.gifts), default=0)
        return saying.cash(dearest, of.currency)
    if kinds == {"percent off"}:
        highest = max(gift.value for gift in reward.gifts)
        return _("%(share)s of an order") % {"share": saying.share(Fraction(highest, 100))}
    if reward.cost is not None:
        unit, amount = reward.cost
        worth = of.units[of.unit_index(unit)].worth
        if worth is not None:
            whole = rule_parts.loose(of, unit, amount) * worth
            return saying.price(round(whole, saying.decimals(of.currency)), of.currency)
    return _("not known")


def _left(reward: Reward, used: dict[str, int], on: date) -> str:
    """Of what there is only so much of."""
    if reward.stock is None:
        return "–"
    shared = tallies.stock(reward)
    return say.count(max(0, reward.stock - used.get(shared.name(on), 0)))
