"""Who is worth most, in words; `segments.vip` decides it."""

from typing import Final

from habitue.metrics.segments.segment import Segment

SEGMENTS: Final = (
    Segment(
        id="vip",
        family="value",
        title={"fr": "VIP", "it": "VIP", "en": "VIP"},
        help={
            "fr": "Les quelques clients qui font à eux seuls la moitié des ventes.",
            "it": "I pochi clienti che da soli fanno metà delle vendite.",
            "en": "The few customers who make half of the sales between them.",
        },
        formula={
            "fr": "le plus petit groupe de clients dont les ventes font au moins 50 % du total ; "
            "à égalité avec le dernier, on en est aussi",
            "it": "il gruppo più piccolo di clienti le cui vendite fanno almeno il 50 % del "
            "totale; chi è alla pari con l’ultimo ne fa parte",
            "en": "the fewest customers whose revenue is at least 50 % of all revenue; whoever "
            "equals the last of them is in too",
        },
        source="Concentration of revenue (Lorenz curve); ties stated in docs/segments.md",
    ),
)
