"""From so much on, counted over some time: a level."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from msgspec import structs

from habitue.core.program import Level, Program
from habitue.pages.program.sentences import blank, rule_parts
from habitue.pages.program.sentences.blank import Values
from habitue.pages.program.sentences.kind import KEPT, Kind, Part, Said, Shop

FIRST: Final = 100


def _fits(_of: Program, _level: Level) -> bool:
    return True


def _needs(of: Program) -> Part:
    def read(level: Level) -> Said:
        if len(level.needs) != 1 or len(level.needs[0]) != 1:
            return KEPT
        unit, amount = level.needs[0][0]
        return {"amount": rule_parts.loose(of, unit, amount), "unit": unit}

    def write(level: Level, values: Values | None) -> Level:
        assert values is not None
        amount = rule_parts.fixed(of, values["unit"], values["amount"])
        return structs.replace(level, needs=(((values["unit"], amount),),))

    return Part(
        "needs",
        _("From {amount} {unit} on."),
        {
            "amount": blank.number(_("how many"), rule_parts.places_of(of), most=100_000_000),
            "unit": blank.choice(_("of what"), rule_parts.units(of)),
        },
        read,
        write,
        keys=("from",),
        optional=False,
        check=lambda values: rule_parts.too_fine(of, values["unit"], values["amount"]),
    )


def _parts(of: Program, _level: Level, _shop: Shop) -> tuple[Part, ...]:
    return (_needs(of), rule_parts.title())


def _begins(of: Program, name: str) -> Level | None:
    unit = next((one for one in of.units if one.qualifying), of.units[0] if of.units else None)
    if unit is None:
        return None
    title = {"fr": "Or", "it": "Oro", "en": "Gold"}
    return Level(name, needs=(((unit.id, FIRST * 10**unit.decimals),),), title=title)


def _completes(of: Program, level: Level) -> Program:
    """What a level counts has to count."""
    counted = {unit for way in level.needs for unit, _amount in way}
    balance = of.tiers is not None and of.tiers.measure == "balance"
    units = tuple(
        structs.replace(unit, qualifying=True)
        if unit.id in counted and not unit.qualifying and not balance
        else unit
        for unit in of.units
    )
    return structs.replace(of, units=units)


KIND = Kind(
    _("A level"),
    "tiers",
    "levels",
    _fits,
    _parts,
    _begins,
    _completes,
    hint=_("Give it a meaning too: a share more points, or a reward that is only for it."),
)
