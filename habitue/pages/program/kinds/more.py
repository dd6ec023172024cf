"""A share more of what is earned, for some members or for a time."""

from fractions import Fraction
from typing import Final

from django.utils.translation import gettext_lazy as _
from msgspec import structs

from habitue.core.document import reach
from habitue.core.program import Bonus, EarnRule, Program
from habitue.pages.program.sentences import blank, rule_parts
from habitue.pages.program.sentences.blank import Values
from habitue.pages.program.sentences.kind import Kind, Part, Said, Shop

MOST: Final = 10_000


def _fits(_of: Program, rule: EarnRule) -> bool:
    return len(rule.awards) == 1 and isinstance(rule.awards[0], Bonus)


def _award(of: Program) -> Part:
    def read(rule: EarnRule) -> Said:
        award = rule.awards[0]
        assert isinstance(award, Bonus)
        return {"share": award.share, "unit": award.unit}

    def write(rule: EarnRule, values: Values | None) -> EarnRule:
        assert values is not None
        return structs.replace(rule, awards=(Bonus(values["unit"], values["share"]),))

    return Part(
        "award",
        _("{share} % more {unit}."),
        {
            "share": blank.share(_("how many percent"), most=MOST),
            "unit": blank.choice(_("of what"), rule_parts.units(of)),
        },
        read,
        write,
        keys=("award",),
        optional=False,
    )


def _parts(of: Program, _rule: EarnRule, shop: Shop) -> tuple[Part, ...]:
    return (
        _award(of),
        *rule_parts.levels(of),
        rule_parts.week(),
        rule_parts.dates(),
        rule_parts.goods(shop),
        rule_parts.title(),
    )


def _begins(of: Program, name: str) -> EarnRule | None:
    found = next(((one.when, unit) for one in of.rules for unit in reach.bases(one)), None)
    return EarnRule(name, found[0], (Bonus(found[1], Fraction(1, 4)),)) if found else None


KIND = Kind(_("A share more, for a level or a time"), "promotions", "rules", _fits, _parts, _begins)
