"""What membership costs."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from msgspec import structs

from habitue.core.program import Fee, Program
from habitue.pages.program.sentences import blank, rule_parts
from habitue.pages.program.sentences.blank import Values
from habitue.pages.program.sentences.kind import KEPT, Kind, Part, Said, Shop

_EVERY: Final = [("once", _("once")), ("month", _("a month")), ("year", _("a year"))]
_REFUNDS: Final = [
    ("never", _("nothing back")),
    ("if nothing was used", _("the fee back if nothing was used")),
    ("always", _("the fee back")),
]


def _fits(_of: Program, _fee: Fee) -> bool:
    return True


def _price(of: Program) -> Part:
    def read(fee: Fee) -> Said:
        if len(fee.prices) != 1:
            return KEPT
        return {"price": fee.prices[0].price, "every": fee.every}

    def write(fee: Fee, values: Values | None) -> Fee:
        assert values is not None
        price = structs.replace(fee.prices[0], price=values["price"])
        return structs.replace(fee, prices=(price,), every=values["every"])

    return Part(
        "price",
        _("Membership costs {price} %(currency)s {every}.") % {"currency": of.currency},
        {
            "price": blank.cash(_("how much"), of.currency),
            "every": blank.choice(_("how often"), _EVERY),
        },
        read,
        write,
        keys=("price", "prices", "every"),
        optional=False,
    )


def _trial() -> Part:
    def read(fee: Fee) -> Said:
        return None if fee.trial is None else {"count": fee.trial.count, "period": fee.trial.unit}

    def write(fee: Fee, values: Values | None) -> Fee:
        return structs.replace(fee, trial=rule_parts.period(values) if values else None)

    says = _("The first {count} {period} are free.")
    return Part("trial", says, rule_parts.period_blanks(first="day"), read, write, keys=("trial",))


def _refund() -> Part:
    return Part(
        "refund",
        _("Who cancels gets {refund}."),
        {"refund": blank.choice(_("what comes back"), _REFUNDS)},
        read=lambda fee: {"refund": fee.refund},
        write=lambda fee, values: structs.replace(
            fee, refund=values["refund"] if values else fee.refund
        ),
        keys=("refund",),
        optional=False,
    )


def _parts(of: Program, _fee: Fee, _shop: Shop) -> tuple[Part, ...]:
    return (_price(of), _trial(), _refund())


KIND = Kind(_("What membership costs"), "fee", "fee", _fits, _parts)
