"""Whoever joins gets something."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from habitue.core.program import Gift, Program, Reward
from habitue.pages.program.sentences import reward_parts
from habitue.pages.program.sentences.kind import Kind, Part, Shop

_WHEN: Final = "enrolment"
_GIVES: Final = "product"


def _fits(_of: Program, reward: Reward) -> bool:
    return reward.automatic == _WHEN


def _parts(of: Program, _reward: Reward, shop: Shop) -> tuple[Part, ...]:
    says = _("Whoever joins gets {name}.")
    gift = reward_parts.gift(says, reward_parts.thing(shop), _GIVES)
    return (gift, *reward_parts.beside(of))


def _begins(_of: Program, name: str) -> Reward:
    return Reward(name, (Gift(_GIVES),), automatic=_WHEN)


KIND = Kind(_("A welcome gift"), "rewards", "rewards", _fits, _parts, _begins, turn=4)
