"""For a time, or at certain hours, everything counts so many times."""

from fractions import Fraction
from typing import Final

from django.utils.translation import gettext_lazy as _
from msgspec import structs

from habitue.core.document import reach
from habitue.core.program import EarnRule, Multiply, Program
from habitue.pages.program import clauses
from habitue.pages.program.sentences import blank, rule_parts
from habitue.pages.program.sentences.blank import Values
from habitue.pages.program.sentences.kind import Kind, Part, Said, Shop

EVERYTHING: Final = "*"
PLACES: Final = 4
_PREFERRED: Final = ("purchase", "visit")


def _fits(_of: Program, rule: EarnRule) -> bool:
    return len(rule.awards) == 1 and isinstance(rule.awards[0], Multiply)


def _award(of: Program, rule: EarnRule) -> Part:
    def read(rule: EarnRule) -> Said:
        award = rule.awards[0]
        assert isinstance(award, Multiply)
        return {"when": rule.when, "unit": award.unit or EVERYTHING, "factor": award.factor}

    def write(rule: EarnRule, values: Values | None) -> EarnRule:
        assert values is not None
        unit = None if values["unit"] == EVERYTHING else values["unit"]
        return structs.replace(
            rule, when=values["when"], awards=(Multiply(values["factor"], unit),)
        )

    events = dict.fromkeys([rule.when, *_earned_on(of)])
    return Part(
        "award",
        _("On {when}, {unit} count {factor} times."),
        {
            "when": blank.choice(_("what happens"), [(one, clauses.event(one)) for one in events]),
            "unit": blank.choice(
                _("of what"), [(EVERYTHING, _("everything")), *rule_parts.units(of)]
            ),
            "factor": blank.number(_("how many times"), PLACES),
        },
        read,
        write,
        keys=("award", "when"),
        optional=False,
        leads=("factor",),
    )


def _earned_on(of: Program) -> list[str]:
    """The events on which a rule gives units, those of every day first."""
    found = {rule.when for rule in of.rules if any(reach.bases(rule))}
    return sorted(found, key=lambda when: (when not in _PREFERRED, when))


def _parts(of: Program, rule: EarnRule, shop: Shop) -> tuple[Part, ...]:
    return (
        _award(of, rule),
        rule_parts.week(),
        rule_parts.dates(),
        rule_parts.goods(shop),
        *rule_parts.levels(of),
        rule_parts.title(),
    )


def _begins(of: Program, name: str) -> EarnRule | None:
    when = next(iter(_earned_on(of)), None)
    return EarnRule(name, when, (Multiply(Fraction(2)),)) if when else None


KIND = Kind(_("Double points for a time"), "promotions", "rules", _fits, _parts, _begins, turn=1)
