"""Any other reward: what brings it and what it gives stays as it is, the rest can be said."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from habitue.core.program import Program, Reward
from habitue.pages.program.sentences import reward_parts
from habitue.pages.program.sentences.kind import Kind, Part, Shop

LAST: Final = 9


def _fits(_of: Program, _reward: Reward) -> bool:
    return True


def _parts(of: Program, _reward: Reward, _shop: Shop) -> tuple[Part, ...]:
    return reward_parts.beside(of)


KIND = Kind(_("Another reward"), "rewards", "rewards", _fits, _parts, turn=LAST)
