"""For every so much money spent, so many units."""

from fractions import Fraction
from typing import Final

from django.utils.translation import gettext_lazy as _
from msgspec import structs

from habitue.core import money
from habitue.core.program import EarnRule, PerMoney, Program
from habitue.pages.program.sentences import blank, rule_parts
from habitue.pages.program.sentences.blank import Values
from habitue.pages.program.sentences.kind import Kind, Part, Said, Shop

PLACES: Final = 4


def _fits(_of: Program, rule: EarnRule) -> bool:
    return (
        rule.when == "purchase" and len(rule.awards) == 1 and isinstance(rule.awards[0], PerMoney)
    )


def _award(of: Program) -> Part:
    def read(rule: EarnRule) -> Said:
        award = rule.awards[0]
        assert isinstance(award, PerMoney)
        return {"per": award.per, "amount": award.amount, "unit": award.unit}

    def write(rule: EarnRule, values: Values | None) -> EarnRule:
        assert values is not None
        award = rule.awards[0]
        assert isinstance(award, PerMoney)
        made = PerMoney(values["unit"], values["amount"], values["per"], award.step)
        return structs.replace(rule, awards=(made,))

    return Part(
        "award",
        _("For every {per} %(currency)s spent: {amount} {unit}.") % {"currency": of.currency},
        {
            "per": blank.cash(_("for how much money"), of.currency),
            "amount": blank.number(_("how many"), PLACES),
            "unit": blank.choice(_("of what"), rule_parts.units(of)),
        },
        read,
        write,
        keys=("award",),
        optional=False,
    )


def _parts(of: Program, _rule: EarnRule, shop: Shop) -> tuple[Part, ...]:
    return (_award(of), *rule_parts.beside(of, shop))


def _begins(of: Program, name: str) -> EarnRule | None:
    if not of.units:
        return None
    one = int(10 ** money.decimals(of.currency))
    return EarnRule(name, "purchase", (PerMoney(of.units[0].id, Fraction(1), one),))


KIND = Kind(_("Points for what is spent"), "earn", "rules", _fits, _parts, _begins, turn=1)
