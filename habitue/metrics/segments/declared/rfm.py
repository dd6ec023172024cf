"""The ten groups of recency and frequency, in words; `segments.rfm` decides them."""

from typing import Final

from habitue.metrics.figure import Text
from habitue.metrics.segments.segment import Segment


def _group(name: str, title: Text, help_: Text, recency: str, frequency: str) -> Segment:
    return Segment(
        id=name,
        family="rfm",
        title=title,
        help=help_,
        formula={
            "fr": f"récence {recency}, fréquence {frequency} (notes de 1 à 5)",
            "it": f"recenza {recency}, frequenza {frequency} (punteggi da 1 a 5)",
            "en": f"recency {recency}, frequency {frequency} (scores from 1 to 5)",
        },
        source="RFM: A. Hughes, Strategic Database Marketing, 1994; the usual grid of 25 fields",
    )


SEGMENTS: Final = (
    _group(
        "champions",
        {"fr": "Champions", "it": "Campioni", "en": "Champions"},
        {
            "fr": "Venus tout récemment, et souvent : remerciez-les.",
            "it": "Venuti da pochissimo, e spesso: ringraziateli.",
            "en": "Came very lately, and often: thank them.",
        },
        "5",
        "4–5",
    ),
    _group(
        "loyal",
        {"fr": "Fidèles", "it": "Fedeli", "en": "Loyal"},
        {
            "fr": "Viennent souvent, et encore assez récemment.",
            "it": "Vengono spesso, e ancora abbastanza di recente.",
            "en": "Come often, and fairly lately.",
        },
        "3–4",
        "4–5",
    ),
    _group(
        "potential-loyal",
        {"fr": "Futurs fidèles", "it": "Futuri fedeli", "en": "Potentially loyal"},
        {
            "fr": "Venus récemment, plus d’une fois : donnez-leur une raison de revenir.",
            "it": "Venuti di recente, più di una volta: date loro un motivo per tornare.",
            "en": "Came lately, more than once: give them a reason to come back.",
        },
        "4–5",
        "2–3",
    ),
    _group(
        "newcomers",
        {"fr": "Nouveaux venus", "it": "Nuovi arrivati", "en": "Newcomers"},
        {
            "fr": "Venus tout récemment, rarement encore : accueillez-les bien.",
            "it": "Venuti da pochissimo, ancora di rado: accoglieteli bene.",
            "en": "Came very lately, seldom so far: welcome them well.",
        },
        "5",
        "1",
    ),
    _group(
        "promising",
        {"fr": "Prometteurs", "it": "Promettenti", "en": "Promising"},
        {
            "fr": "Venus récemment, rarement encore.",
            "it": "Venuti di recente, ancora di rado.",
            "en": "Came lately, seldom so far.",
        },
        "4",
        "1",
    ),
    _group(
        "need-attention",
        {"fr": "À entourer", "it": "Da curare", "en": "In need of attention"},
        {
            "fr": "Dans la moyenne en tout : un geste peut les faire pencher du bon côté.",
            "it": "Nella media in tutto: un gesto può farli pendere dalla parte giusta.",
            "en": "Average in everything: a gesture may tip them the right way.",
        },
        "3",
        "3",
    ),
    _group(
        "about-to-sleep",
        {"fr": "Bientôt endormis", "it": "Quasi addormentati", "en": "About to sleep"},
        {
            "fr": "Venus il y a un moment déjà, et rarement.",
            "it": "Venuti già da un po’, e di rado.",
            "en": "Came a while ago, and seldom.",
        },
        "3",
        "1–2",
    ),
    _group(
        "cannot-lose",
        {"fr": "À ne pas perdre", "it": "Da non perdere", "en": "Not to be lost"},
        {
            "fr": "Venaient très souvent, et ne viennent plus : appelez-les.",
            "it": "Venivano molto spesso, e non vengono più: chiamateli.",
            "en": "Came very often, and do not come any more: call them.",
        },
        "1–2",
        "5",
    ),
    _group(
        "at-risk",
        {"fr": "À risque", "it": "A rischio", "en": "At risk"},
        {
            "fr": "Venaient assez souvent, et ne viennent plus.",
            "it": "Venivano abbastanza spesso, e non vengono più.",
            "en": "Came fairly often, and do not come any more.",
        },
        "1–2",
        "3–4",
    ),
    _group(
        "hibernating",
        {"fr": "Endormis", "it": "Addormentati", "en": "Hibernating"},
        {
            "fr": "Venus il y a longtemps, et rarement.",
            "it": "Venuti molto tempo fa, e di rado.",
            "en": "Came long ago, and seldom.",
        },
        "1–2",
        "1–2",
    ),
)
