"""Liability: of what members paid, how much is still owed to them in units."""

from fractions import Fraction

from habitue.metrics.aggregates import Units
from habitue.metrics.figure import Example, Figure

FIGURE = Figure(
    id="liability",
    title={
        "fr": "Passif du programme",
        "it": "Passività del programma",
        "en": "Program liability",
    },
    help={
        "fr": (
            "Ce qui, des achats des membres, leur est encore dû en unités à la fin de la période."
        ),
        "it": (
            "Quanto, degli acquisti degli iscritti, è ancora dovuto loro in unità alla fine"
            " del periodo."
        ),
        "en": (
            "Of what members paid, how much is still owed to them in units at the period's end."
        ),
    },
    formula={
        "fr": (
            "achats × valeur attendue / (achats + valeur attendue), moins ce qui est déjà acquis"
        ),
        "it": ("acquisti × valore atteso / (acquisti + valore atteso), meno quanto già maturato"),
        "en": "sales × expected value / (sales + expected value), less what is revenue by now",
    },
    caveats={
        "fr": (
            "Mois par mois, à la part d'unités utilisée jusqu'ici ; faute d'histoire, "
            "toutes. Un état, pas un flux."
        ),
        "it": (
            "Mese per mese, alla quota di unità usata finora; in mancanza di storia, tutte."
            " Uno stato, non un flusso."
        ),
        "en": (
            "Month by month, at the share of units ever used; all of them while history is "
            "short. A state, not a flow."
        ),
    },
    group="program",
    unit="money",
    grain="unit",
    numerator=({"units.liability": 1},),
    denominator=({"units.worth_known": 1},),
    source="IFRS 15, B39–B43: relative stand-alone prices (docs/liability.md)",
    examples=(
        Example(
            source="sale of 2,000, points worth 200, 85 % redeemed: 2,000 × 170 / 2,170",
            units=Units(liability=round(Fraction(2_000_00 * 170, 2_170)), worth_known=1),
            value=Fraction(156_68),
        ),
    ),
)
