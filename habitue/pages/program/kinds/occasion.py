"""An occasion such as joining or a birthday gives so many units."""

from fractions import Fraction
from typing import Final

from django.utils.translation import gettext_lazy as _
from msgspec import structs

from habitue.core.program import EarnRule, Fixed, Program
from habitue.pages.program import clauses
from habitue.pages.program.sentences import blank, rule_parts
from habitue.pages.program.sentences.blank import Values
from habitue.pages.program.sentences.kind import Kind, Part, Said, Shop

_WHEN: Final = [
    ("enrolment", _("Joining")),
    ("birthday", _("A birthday")),
    ("anniversary", _("Each year of membership")),
]
_NEEDS_MORE: Final = ("purchase", "visit", "date", "segments")
PLACES: Final = 4


def _fits(_of: Program, rule: EarnRule) -> bool:
    alone = len(rule.awards) == 1 and isinstance(rule.awards[0], Fixed)
    return alone and rule.when not in _NEEDS_MORE


def _award(of: Program, rule: EarnRule) -> Part:
    def read(rule: EarnRule) -> Said:
        award = rule.awards[0]
        assert isinstance(award, Fixed)
        return {"when": rule.when, "amount": award.amount, "unit": award.unit}

    def write(rule: EarnRule, values: Values | None) -> EarnRule:
        assert values is not None
        made = Fixed(values["unit"], values["amount"])
        return structs.replace(rule, when=values["when"], awards=(made,))

    known = dict(_WHEN)
    own = [] if rule.when in known else [(rule.when, clauses.event(rule.when))]
    return Part(
        "award",
        _("{when} gives {amount} {unit}."),
        {
            "when": blank.choice(_("what happens"), [*_WHEN, *own]),
            "amount": blank.number(_("how many"), PLACES),
            "unit": blank.choice(_("of what"), rule_parts.units(of)),
        },
        read,
        write,
        keys=("award", "when"),
        optional=False,
        leads=("amount",),
    )


def _parts(of: Program, rule: EarnRule, _shop: Shop) -> tuple[Part, ...]:
    return (
        _award(of, rule),
        *rule_parts.levels(of),
        rule_parts.dates(),
        rule_parts.limit(of),
        rule_parts.apart(),
        rule_parts.title(),
    )


def _begins(of: Program, name: str) -> EarnRule | None:
    return EarnRule(name, "enrolment", (Fixed(of.units[0].id, Fraction(1)),)) if of.units else None


KIND = Kind(_("Points for joining or a birthday"), "earn", "rules", _fits, _parts, _begins, turn=3)
