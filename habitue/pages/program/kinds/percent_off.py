"""So many units for a share off an order."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from habitue.core.program import Gift, Program, Reward
from habitue.pages.program.sentences import blank, reward_parts
from habitue.pages.program.sentences.kind import Kind, Part, Shop

_GIVES: Final = "percent off"


def _fits(_of: Program, reward: Reward) -> bool:
    return (
        reward.cost is not None
        and reward.automatic in (None, reward_parts.BY_ITSELF)
        and [gift.kind for gift in reward.gifts] == [_GIVES]
    )


def _parts(of: Program, _reward: Reward, _shop: Shop) -> tuple[Part, ...]:
    gift = {"value": blank.whole_share(_("how many percent"))}
    price = reward_parts.price(of, _("{amount} {unit}: a discount of {value} %."), gift, _GIVES)
    return (price, reward_parts.by_itself(), *reward_parts.beside(of))


def _begins(of: Program, name: str) -> Reward | None:
    unit = next((one for one in of.units if one.redeemable), None)
    if unit is None:
        return None
    gift = Gift(_GIVES, value=10)
    return Reward(name, (gift,), cost=(unit.id, 100 * 10**unit.decimals))


KIND = Kind(_("A share off for points"), "rewards", "rewards", _fits, _parts, _begins, turn=3)
