"""What more retention would bring, on the shop's own margin: profit now, profit then, step by step.

Of S customers who are there now, in period t (the first is 1) S r^(t−1) still are, of whom each
spends s a period; m of it is margin. At a discount of d a period, over H periods,

    profit = S · s · m · Σ q^(t−1), t = 1 … H, with q = r / (1 + d)

The first period is that of today's customers whole, so retention begins to tell in the second. The
scenario changes r and nothing else. Everything is a fraction until the end: money is rounded to
minor units once.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal

from msgspec import Struct

from habitue.metrics.figure import Text

QUOTED: Final = (Fraction(25, 100), Fraction(95, 100))
"""By how much profits rise when retention rises by 5 %, as articles quote Bain and F. Reichheld."""

SOURCE: Final = (
    "F. Reichheld, W. E. Sasser, Zero Defections, Harvard Business Review, 1990 (25 % to 85 % by "
    "industry); F. Reichheld, Bain & Company, Prescription for Cutting Costs, 2001 (“more than "
    "25 %”); the articles' range of 25 % to 95 %"
)

FIVE: Final = Fraction(5, 100)
LONGEST: Final = 600
MOST: Final = 10**12

Unit = Literal["people", "share", "money", "periods"]


class Shop(Struct, frozen=True, kw_only=True):
    """What the scenario starts from, over one length of period.

    `customers` at the start of the period and of them `kept` at its end (strict retention);
    `revenue` of the period in minor units, of `buyers`. `margin` is stated by the owner: the share
    of the price that is left once the goods are paid. `discount`: by how much money is worth less
    a period later. `horizon`: periods.
    """

    customers: int
    kept: int
    revenue: int
    buyers: int
    margin: Fraction | None = None
    discount: Fraction = Fraction(0)
    horizon: int = 5


class Step(Struct, frozen=True, kw_only=True):
    """One line of the computation: what it is, how it is worked out, now and then."""

    id: str
    title: Text
    formula: Text
    unit: Unit
    now: Fraction
    then: Fraction


class Scenario(Struct, frozen=True, kw_only=True):
    """Profit over the horizon now and then, in minor units, and how it came about.

    `rise` is the gain over the profit now: to be looked at beside `QUOTED`. `capped`: retention
    would pass 100 % and stays there.
    """

    now: int
    then: int
    rise: Fraction
    capped: bool
    steps: tuple[Step, ...]
    caveats: tuple[Text, ...]

    @property
    def gain(self) -> int:
        """What it would bring over the horizon, in minor units."""
        return self.then - self.now


class Refusal(Struct, frozen=True, kw_only=True):
    """Nothing can be computed, and why, in three languages."""

    reason: str

    @property
    def words(self) -> Text:
        """A sentence per language."""
        return REASONS[self.reason]


def gain(
    shop: Shop, *, more: Fraction = FIVE, by: Literal["points", "percent"] = "points"
) -> Scenario | Refusal:
    """What `more` retention would bring: 5 points (60 % to 65 %) or 5 percent (60 % to 63 %)."""
    refused = _refused(shop, more)
    if refused is not None:
        return refused
    margin = shop.margin or Fraction(0)
    retention = Fraction(shop.kept, shop.customers)
    wanted = retention + more if by == "points" else retention * (1 + more)
    raised = min(Fraction(1), wanted)
    spend = Fraction(shop.revenue, shop.buyers)
    stays = [_periods(each, shop) for each in (retention, raised)]
    each_period = shop.customers * spend * margin
    now, then = (round(each_period * periods) for periods in stays)
    steps = (
        _same("customers", "people", Fraction(shop.customers)),
        _step("retention", "share", retention, raised),
        _same("spend", "money", spend),
        _same("margin", "share", margin),
        _same("profit_each", "money", spend * margin),
        _step("periods", "periods", *stays),
        _step("profit", "money", Fraction(now), Fraction(then)),
    )
    return Scenario(
        now=now,
        then=then,
        rise=stays[1] / stays[0] - 1,
        capped=wanted > 1,
        steps=steps,
        caveats=CAVEATS,
    )


def _refused(shop: Shop, more: Fraction) -> Refusal | None:
    if shop.margin is None:
        return Refusal(reason="no margin")
    if not 0 < shop.margin <= 1:
        return Refusal(reason="margin")
    if not 1 <= shop.horizon <= LONGEST:
        return Refusal(reason="horizon")
    if not 0 <= shop.discount <= 1:
        return Refusal(reason="discount")
    if not 0 < more <= 1:
        return Refusal(reason="more")
    if shop.customers <= 0 or not 0 <= shop.kept <= shop.customers:
        return Refusal(reason="no customers")
    if shop.buyers <= 0 or not 0 < shop.revenue <= MOST * shop.buyers:
        return Refusal(reason="no sales")
    return None


def _periods(retention: Fraction, shop: Shop) -> Fraction:
    """How many periods, at today's worth, a customer is there for within the horizon."""
    step = retention / (1 + shop.discount)
    return Fraction(shop.horizon) if step == 1 else (1 - step**shop.horizon) / (1 - step)


def _step(name: str, unit: Unit, now: Fraction, then: Fraction) -> Step:
    title, formula = STEPS[name]
    return Step(id=name, title=title, formula=formula, unit=unit, now=now, then=then)


def _same(name: str, unit: Unit, value: Fraction) -> Step:
    return _step(name, unit, value, value)


# ---- the words --------------------------------------------------------------------------------

STEPS: Final[dict[str, tuple[Text, Text]]] = {
    "customers": (
        {"fr": "Clients aujourd’hui", "it": "Clienti oggi", "en": "Customers today"},
        {
            "fr": "S : clients au début de la période",
            "it": "S: clienti all’inizio del periodo",
            "en": "S: customers at the start of the period",
        },
    ),
    "retention": (
        {"fr": "Fidélité stricte", "it": "Fidelizzazione stretta", "en": "Strict retention"},
        {
            "fr": "r = clients gardés / S",
            "it": "r = clienti mantenuti / S",
            "en": "r = customers kept / S",
        },
    ),
    "spend": (
        {
            "fr": "Dépense par client et période",
            "it": "Spesa per cliente e periodo",
            "en": "Spend per customer and period",
        },
        {
            "fr": "s = ventes / acheteurs",
            "it": "s = vendite / acquirenti",
            "en": "s = revenue / buyers",
        },
    ),
    "margin": (
        {"fr": "Marge", "it": "Margine", "en": "Margin"},
        {
            "fr": "m : indiquée par vous",
            "it": "m: indicato da lei",
            "en": "m: as you stated it",
        },
    ),
    "profit_each": (
        {
            "fr": "Bénéfice par client et période",
            "it": "Utile per cliente e periodo",
            "en": "Profit per customer and period",
        },
        {"fr": "s × m", "it": "s × m", "en": "s × m"},
    ),
    "periods": (
        {
            "fr": "Périodes qu’un client reste",
            "it": "Periodi in cui un cliente resta",
            "en": "Periods that a customer stays",
        },
        {
            "fr": "P = 1 + q + q² + … sur H périodes, q = r / (1 + d)",
            "it": "P = 1 + q + q² + … su H periodi, q = r / (1 + d)",
            "en": "P = 1 + q + q² + … over H periods, q = r / (1 + d)",
        },
    ),
    "profit": (
        {
            "fr": "Bénéfice sur l’horizon",
            "it": "Utile sull’orizzonte",
            "en": "Profit over the horizon",
        },
        {"fr": "S × s × m × P", "it": "S × s × m × P", "en": "S × s × m × P"},
    ),
}

CAVEATS: Final[tuple[Text, ...]] = (
    {
        "fr": "Seule la fidélité change : la dépense, la marge et le nombre de nouveaux clients "
        "restent les mêmes, et rien n’est compté de ce qu’il en coûterait pour y arriver.",
        "it": "Cambia solo la fidelizzazione: spesa, margine e nuovi clienti restano uguali, e non "
        "si conta nulla di quanto costerebbe arrivarci.",
        "en": "Only retention changes: spend, margin and the number of new customers stay the "
        "same, and nothing is counted of what it would cost to get there.",
    },
    {
        "fr": "La fidélité est supposée constante. En réalité ceux qui restent longtemps partent "
        "moins, et les nouveaux plus.",
        "it": "La fidelizzazione è supposta costante. In realtà chi resta a lungo se ne va di "
        "meno, e i nuovi di più.",
        "en": "Retention is taken for constant. In truth those who have stayed long leave less, "
        "and newcomers more.",
    },
    {
        "fr": "La fourchette de 25 % à 95 % vient d’autres secteurs (banques, assurances et "
        "autres, dans les années 1980) et les articles disent « 5 % » sans préciser points ou pour "
        "cent : ne la prenez pas pour une promesse.",
        "it": "La forbice dal 25 % al 95 % viene da altri settori (banche, assicurazioni e altri, "
        "negli anni Ottanta) e gli articoli dicono «5 %» senza precisare punti o per cento: non è "
        "una promessa.",
        "en": "The range of 25 % to 95 % comes from other trades (banks, insurance and others, in "
        "the 1980s), and the articles say “5 %” without saying whether points or percent are "
        "meant: do not take it for a promise.",
    },
)

REASONS: Final[dict[str, Text]] = {
    "no margin": {
        "fr": "Indiquez votre marge : la part du prix qui reste une fois la marchandise payée.",
        "it": "Indichi il suo margine: la quota del prezzo che resta una volta pagata la merce.",
        "en": "State your margin: the share of the price that is left once the goods are paid.",
    },
    "margin": {
        "fr": "Une marge est comprise entre 0 % et 100 %.",
        "it": "Un margine è compreso tra 0 % e 100 %.",
        "en": "A margin lies between 0 % and 100 %.",
    },
    "horizon": {
        "fr": f"L’horizon va de 1 à {LONGEST} périodes.",
        "it": f"L’orizzonte va da 1 a {LONGEST} periodi.",
        "en": f"The horizon is 1 to {LONGEST} periods.",
    },
    "discount": {
        "fr": "Un taux d’actualisation est compris entre 0 % et 100 % par période.",
        "it": "Un tasso di sconto è compreso tra 0 % e 100 % per periodo.",
        "en": "A discount lies between 0 % and 100 % a period.",
    },
    "more": {
        "fr": "La hausse est comprise entre 0 % et 100 %.",
        "it": "L’aumento è compreso tra 0 % e 100 %.",
        "en": "The rise lies between 0 % and 100 %.",
    },
    "no customers": {
        "fr": "Il n’y avait pas encore de clients au début de la période.",
        "it": "All’inizio del periodo non c’erano ancora clienti.",
        "en": "There were no customers yet at the start of the period.",
    },
    "no sales": {
        "fr": "Il n’y a pas de ventes dans la période.",
        "it": "Nel periodo non ci sono vendite.",
        "en": "There are no sales in the period.",
    },
}
