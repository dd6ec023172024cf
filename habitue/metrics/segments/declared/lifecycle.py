"""Where customers stand, in words; `segments.lifecycle` decides it."""

from typing import Final

from habitue.metrics.segments.segment import Segment

_SOURCE: Final = "Own definition; the order in which the five are tried is in docs/segments.md"

SEGMENTS: Final = (
    Segment(
        id="new",
        family="lifecycle",
        title={"fr": "Nouveaux", "it": "Nuovi", "en": "New"},
        help={
            "fr": "Ils ont acheté pour la première fois récemment et ne tardent pas à revenir.",
            "it": "Hanno comprato per la prima volta di recente e non sono in ritardo.",
            "en": "They bought for the first time lately, and are not late to come back.",
        },
        formula={
            "fr": "premier achat dans les W derniers jours, ni perdu ni en train de partir",
            "it": "primo acquisto negli ultimi W giorni, né perso né in allontanamento",
            "en": "first purchase within the last W days, neither lost nor slipping",
        },
        source=_SOURCE,
    ),
    Segment(
        id="regular",
        family="lifecycle",
        title={"fr": "Réguliers", "it": "Regolari", "en": "Regular"},
        help={
            "fr": "Ils reviennent à leur rythme habituel.",
            "it": "Tornano con il loro ritmo abituale.",
            "en": "They come back in their usual rhythm.",
        },
        formula={
            "fr": "ni perdu, ni en train de partir, ni nouveau, ni reconquis",
            "it": "né perso, né in allontanamento, né nuovo, né riconquistato",
            "en": "neither lost, slipping, new nor won back",
        },
        source=_SOURCE,
    ),
    Segment(
        id="slipping",
        family="lifecycle",
        title={"fr": "En train de partir", "it": "In allontanamento", "en": "Slipping"},
        help={
            "fr": "Plus longtemps absents que d’habitude, mais pas encore perdus : c’est le "
            "moment de leur faire signe.",
            "it": "Assenti più a lungo del solito, ma non ancora persi: è il momento di farsi "
            "sentire.",
            "en": "Away for longer than is usual for them, but not lost yet: now is the time to "
            "say hello.",
        },
        formula={
            "fr": "absence > fenêtre propre (W × écart habituel / écart moyen du commerce), "
            "absence ≤ W",
            "it": "assenza > finestra propria (W × intervallo abituale / intervallo medio "
            "dell’attività), assenza ≤ W",
            "en": "silence > own window (W × usual gap / the business's mean gap), silence ≤ W",
        },
        source=_SOURCE,
    ),
    Segment(
        id="lost",
        family="lifecycle",
        title={"fr": "Perdus", "it": "Persi", "en": "Lost"},
        help={
            "fr": "Absents depuis si longtemps qu’il faut les considérer comme partis.",
            "it": "Assenti da così tanto che sono da considerare andati via.",
            "en": "Away for so long that they must be taken for gone.",
        },
        formula={
            "fr": "absence > W et absence > fenêtre propre",
            "it": "assenza > W e assenza > finestra propria",
            "en": "silence > W and silence > own window",
        },
        source=_SOURCE,
    ),
    Segment(
        id="won-back",
        family="lifecycle",
        title={"fr": "Reconquis", "it": "Riconquistati", "en": "Won back"},
        help={
            "fr": "Partis si longtemps qu’on les croyait perdus, ils sont revenus.",
            "it": "Via da così tanto da sembrare persi, sono tornati.",
            "en": "Away for so long that they were taken for gone, they have come back.",
        },
        formula={
            "fr": "perdu il y a W jours, et revenu depuis",
            "it": "perso W giorni fa, e tornato da allora",
            "en": "lost W days ago, and back since",
        },
        source=_SOURCE,
    ),
)
