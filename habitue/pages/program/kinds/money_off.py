"""So many units for money off an order."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from habitue.core import money
from habitue.core.program import Gift, Program, Reward
from habitue.pages.program.sentences import blank, reward_parts
from habitue.pages.program.sentences.kind import Kind, Part, Shop

_GIVES: Final = "money off"


def _fits(_of: Program, reward: Reward) -> bool:
    return (
        reward.cost is not None
        and reward.automatic in (None, reward_parts.BY_ITSELF)
        and [gift.kind for gift in reward.gifts] == [_GIVES]
    )


def _parts(of: Program, _reward: Reward, _shop: Shop) -> tuple[Part, ...]:
    says = _("{amount} {unit}: {value} %(currency)s off.") % {"currency": of.currency}
    gift = {"value": blank.cash(_("how much money"), of.currency)}
    price = reward_parts.price(of, says, gift, _GIVES)
    return (price, reward_parts.by_itself(), *reward_parts.beside(of))


def _begins(of: Program, name: str) -> Reward | None:
    unit = next((one for one in of.units if one.redeemable), None)
    if unit is None:
        return None
    gift = Gift(_GIVES, value=5 * 10 ** money.decimals(of.currency))
    return Reward(name, (gift,), cost=(unit.id, 100 * 10**unit.decimals))


KIND = Kind(_("Money off for points"), "rewards", "rewards", _fits, _parts, _begins, turn=2)
