"""Each visit or purchase gives so many units, once or for each piece."""

from fractions import Fraction
from typing import Final

from django.utils.translation import gettext_lazy as _
from msgspec import structs

from habitue.core.program import EarnRule, Fixed, PerItem, Program
from habitue.pages.program.sentences import blank, rule_parts
from habitue.pages.program.sentences.blank import Values
from habitue.pages.program.sentences.kind import Kind, Part, Said, Shop

_WHEN: Final = [("visit", _("visit")), ("purchase", _("purchase"))]
_FOR: Final = [("once", _("each time")), ("item", _("for each piece"))]
PLACES: Final = 4


def _fits(_of: Program, rule: EarnRule) -> bool:
    return (
        rule.when in dict(_WHEN)
        and len(rule.awards) == 1
        and isinstance(rule.awards[0], Fixed | PerItem)
    )


def _award(of: Program) -> Part:
    def read(rule: EarnRule) -> Said:
        award = rule.awards[0]
        assert isinstance(award, Fixed | PerItem)
        how = "item" if isinstance(award, PerItem) else "once"
        return {"when": rule.when, "amount": award.amount, "unit": award.unit, "how": how}

    def write(rule: EarnRule, values: Values | None) -> EarnRule:
        assert values is not None
        made = (PerItem if values["how"] == "item" else Fixed)(values["unit"], values["amount"])
        return structs.replace(rule, when=values["when"], awards=(made,))

    return Part(
        "award",
        _("Each {when} gives {amount} {unit}, {how}."),
        {
            "when": blank.choice(_("what happens"), _WHEN),
            "amount": blank.number(_("how many"), PLACES),
            "unit": blank.choice(_("of what"), rule_parts.units(of)),
            "how": blank.choice(_("once or for each piece"), _FOR),
        },
        read,
        write,
        keys=("award", "when"),
        optional=False,
        leads=("amount",),
    )


def _parts(of: Program, _rule: EarnRule, shop: Shop) -> tuple[Part, ...]:
    return (_award(of), *rule_parts.beside(of, shop))


def _begins(of: Program, name: str) -> EarnRule | None:
    return EarnRule(name, "visit", (Fixed(of.units[0].id, Fraction(1)),)) if of.units else None


KIND = Kind(_("Stamps for coming"), "earn", "rules", _fits, _parts, _begins, turn=2)
