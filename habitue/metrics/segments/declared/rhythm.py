"""Who is late by their own rhythm, in words; `segments.leaks` decides it."""

from typing import Final

from habitue.metrics.segments.segment import Segment

SEGMENTS: Final = (
    Segment(
        id="leaking",
        family="rhythm",
        title={"fr": "Fuites", "it": "Perdite in corso", "en": "Leaks"},
        help={
            "fr": "D’anciens habitués en retard sur leur propre rythme, classés selon l’argent "
            "en jeu.",
            "it": "Clienti abituali in ritardo sul proprio ritmo, ordinati per denaro a rischio.",
            "en": "Customers who used to come back and are late by their own rhythm, the most "
            "money at risk first.",
        },
        formula={
            "fr": "absence > fenêtre propre, absence ≤ 2 × max(W, fenêtre propre), déjà revenu au "
            "moins une fois ; argent en jeu = 365 / écart habituel × dépense par jour d’achat × "
            "(1 − P(actif))",
            "it": "assenza > finestra propria, assenza ≤ 2 × max(W, finestra propria), già tornato "
            "almeno una volta; denaro a rischio = 365 / intervallo abituale × spesa per giorno di "
            "acquisto × (1 − P(attivo))",
            "en": "silence > own window, silence ≤ 2 × max(W, own window), came back at least "
            "once; money at risk = 365 / usual gap × spend per day of purchase × (1 − P(alive))",
        },
        source="Own rhythm: posterior mean under a gamma prior; P(alive): Schmittlein, Morrison, "
        "Colombo, 1987",
    ),
)
