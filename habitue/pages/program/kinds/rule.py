"""Any other rule: what it gives stays as it is, the rest can be said."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from habitue.core.program import EarnRule, Program
from habitue.pages.program.sentences import rule_parts
from habitue.pages.program.sentences.kind import Kind, Part, Shop

LAST: Final = 9


def _fits(_of: Program, _rule: EarnRule) -> bool:
    return True


def _parts(of: Program, _rule: EarnRule, shop: Shop) -> tuple[Part, ...]:
    return rule_parts.beside(of, shop)


KIND = Kind(_("Another rule"), "earn", "rules", _fits, _parts, turn=LAST)
