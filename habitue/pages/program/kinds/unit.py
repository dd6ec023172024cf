"""What members collect: what it is called, when it lapses, what it is worth."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from msgspec import structs

from habitue.core import program as rules
from habitue.core.program import Program, Unit
from habitue.pages.program.sentences import blank, rule_parts
from habitue.pages.program.sentences.blank import Values
from habitue.pages.program.sentences.kind import KEPT, Kind, Part, Said, Shop

_PLACES: Final = 6
_HOW: Final = [
    ("idle", _("without a visit or purchase")),
    ("after", _("after they were earned")),
]
_IDLE: Final = ("visit", "purchase")


def _fits(_of: Program, _unit: Unit) -> bool:
    return True


def _expiry() -> Part:
    def read(unit: Unit) -> Said:
        match unit.expiry:
            case None:
                return None
            case rules.After(period, None):
                how = "after"
            case rules.Inactivity(period, by) if frozenset(by) == frozenset(_IDLE):
                how = "idle"
            case _:
                return KEPT
        return {"count": period.count, "period": period.unit, "how": how}

    def write(unit: Unit, values: Values | None) -> Unit:
        made: Any = None
        if values is not None:
            period = rule_parts.period(values)
            made = (
                rules.After(period) if values["how"] == "after" else rules.Inactivity(period, _IDLE)
            )
        return structs.replace(unit, expiry=made)

    return Part(
        "expiry",
        _("They lapse {count} {period} {how}."),
        {
            **rule_parts.period_blanks(first="month"),
            "how": blank.choice(_("counted from when"), _HOW),
        },
        read,
        write,
        keys=("expiry",),
    )


def _worth(of: Program) -> Part:
    return Part(
        "worth",
        _("One is worth {worth} %(currency)s to the shop.") % {"currency": of.currency},
        {"worth": blank.number(_("how much"), _PLACES)},
        read=lambda unit: None if unit.worth is None else {"worth": unit.worth},
        write=lambda unit, values: structs.replace(unit, worth=values["worth"] if values else None),
        keys=("worth",),
    )


def _parts(of: Program, unit: Unit, _shop: Shop) -> tuple[Part, ...]:
    spent = (_expiry(), _worth(of)) if unit.redeemable else ()
    return (*spent, rule_parts.title())


KIND = Kind(_("What members collect"), "units", "units", _fits, _parts)
