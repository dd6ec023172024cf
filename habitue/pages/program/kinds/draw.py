"""A game of chance: how often it is drawn, what can be won, and the odds, never below a quarter."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from msgspec import structs

from habitue.core.document.terms import LEAST_ODDS
from habitue.core.program import Draw, Gift, Prize, Program
from habitue.pages.program import clauses
from habitue.pages.program.sentences import blank, rule_parts
from habitue.pages.program.sentences.blank import Values
from habitue.pages.program.sentences.kind import KEPT, Kind, Part, Said, Shop

_EVERY: Final = [
    ("day", _("each day")),
    ("week", _("each week")),
    ("month", _("each month")),
    ("quarter", _("each quarter")),
    ("half-year", _("each half-year")),
    ("year", _("each year")),
]
_WHEN: Final = ("purchase", "visit")
_MOST: Final = 1_000
_PEOPLE: Final = 10_000_000


def _fits(_of: Program, _draw: Draw) -> bool:
    return True


def _entry(draw: Draw) -> Part:
    def read(draw: Draw) -> Said:
        return (
            {"every": draw.every, "when": draw.when, "entries": draw.entries} if draw.when else KEPT
        )

    def write(draw: Draw, values: Values | None) -> Draw:
        assert values is not None
        return structs.replace(draw, **values)

    events = dict.fromkeys([*filter(None, [draw.when]), *_WHEN])
    return Part(
        "entry",
        _("Drawn {every}: {when} brings {entries} entries."),
        {
            "every": blank.choice(_("how often"), _EVERY),
            "when": blank.choice(_("what happens"), [(one, clauses.event(one)) for one in events]),
            "entries": blank.whole(_("how many entries"), 1, _MOST),
        },
        read,
        write,
        keys=("every", "when", "entries"),
        optional=False,
        leads=("entries",),
    )


def _prize(of: Program) -> Part:
    def read(draw: Draw) -> Said:
        if len(draw.prizes) != 1 or draw.prizes[0].gift.kind != "product":
            return KEPT
        prize = draw.prizes[0]
        return {"name": prize.gift.name, "pieces": prize.pieces, "worth": prize.worth or None}

    def write(draw: Draw, values: Values | None) -> Draw:
        assert values is not None
        gift = Gift("product", name=values["name"])
        return structs.replace(draw, prizes=(Prize(gift, values["pieces"], values["worth"] or 0),))

    return Part(
        "prize",
        _(
            "To win: {name}, {pieces} pieces (as many as needed if empty), "
            "worth {worth} %(currency)s each."
        )
        % {"currency": of.currency},
        {
            "name": blank.text(_("what"), most=120),
            "pieces": blank.whole(_("how many pieces"), 1, _PEOPLE),
            "worth": blank.cash(_("what one is worth"), of.currency),
        },
        read,
        write,
        keys=("prizes",),
        optional=False,
        free=("pieces", "worth"),
    )


def _odds() -> Part:
    return Part(
        "odds",
        _("The share that wins is at least {odds} %, of about {expects} people who take part."),
        {
            "odds": blank.share(
                _("how many percent win"),
                least=str(LEAST_ODDS.numerator * 100 // LEAST_ODDS.denominator),
            ),
            "expects": blank.whole(_("how many people"), 1, _PEOPLE),
        },
        read=lambda draw: {"odds": draw.odds, "expects": draw.expects},
        write=lambda draw, values: structs.replace(draw, **(values or {})),
        keys=("odds", "expects"),
        optional=False,
    )


def _waits() -> Part:
    def read(draw: Draw) -> Said:
        return {"count": draw.claim_within.count, "period": draw.claim_within.unit}

    def write(draw: Draw, values: Values | None) -> Draw:
        assert values is not None
        return structs.replace(draw, claim_within=rule_parts.period(values))

    says = _("A prize waits {count} {period}.")
    blanks = rule_parts.period_blanks(first="day")
    return Part("waits", says, blanks, read, write, keys=("claim_within",), optional=False)


def _most() -> Part:
    return Part(
        "most",
        _("At most {limit} entries for each member."),
        {"limit": blank.whole(_("how many entries"), 1, _MOST)},
        read=lambda draw: None if draw.limit is None else {"limit": draw.limit},
        write=lambda draw, values: structs.replace(draw, limit=values["limit"] if values else None),
        keys=("limit",),
    )


def _parts(of: Program, draw: Draw, _shop: Shop) -> tuple[Part, ...]:
    return (_entry(draw), _prize(of), _odds(), _most(), _waits(), rule_parts.title())


def _begins(_of: Program, name: str) -> Draw:
    title = {"fr": "Tirage du mois", "it": "Estrazione del mese", "en": "Draw of the month"}
    prize = Prize(Gift("product"), None)
    return Draw(name, title, (prize,), when="visit", every="month", odds=LEAST_ODDS)


KIND = Kind(_("A draw"), "draws", "draws", _fits, _parts, _begins)
