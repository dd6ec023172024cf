"""So many units for a thing: ten stamps, a coffee."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from habitue.core.program import Gift, Program, Reward
from habitue.pages.program.sentences import reward_parts
from habitue.pages.program.sentences.kind import Kind, Part, Shop

_GIVES: Final = "product"


def _fits(_of: Program, reward: Reward) -> bool:
    return (
        reward.cost is not None
        and reward.automatic in (None, reward_parts.BY_ITSELF)
        and [gift.kind for gift in reward.gifts] == [_GIVES]
    )


def _parts(of: Program, _reward: Reward, shop: Shop) -> tuple[Part, ...]:
    gift = reward_parts.thing(shop)
    price = reward_parts.price(of, _("{amount} {unit}: {name}."), gift, _GIVES)
    return (price, reward_parts.by_itself(), *reward_parts.beside(of))


def _begins(of: Program, name: str) -> Reward | None:
    unit = next((one for one in of.units if one.redeemable), None)
    if unit is None:
        return None
    return Reward(name, (Gift(_GIVES),), cost=(unit.id, 10 * 10**unit.decimals))


KIND = Kind(_("A thing for points"), "rewards", "rewards", _fits, _parts, _begins, turn=1)
