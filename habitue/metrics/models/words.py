"""What is said where a model cannot speak, or only with care: in French, Italian and English."""

from __future__ import annotations

from typing import Final

from habitue.metrics.figure import Text

REASONS: Final[dict[str, Text]] = {
    "few customers": {
        "fr": "Trop peu de clients pour une estimation : {customers}, il en faut {least}.",
        "it": "Troppo pochi clienti per stimare qualcosa: {customers}, ne servono {least}.",
        "en": "Too few customers to estimate anything: {customers}, at least {least} are needed.",
    },
    "one day": {
        "fr": "Tous les achats tombent le même jour : rien ne dit encore qui revient.",
        "it": "Tutti gli acquisti cadono nello stesso giorno: niente dice ancora chi ritorna.",
        "en": "All purchases fall on one day: nothing tells yet who comes back.",
    },
    "nobody back": {
        "fr": "Chacun n'a acheté qu'une fois : personne n'est encore revenu.",
        "it": "Ognuno ha comprato una volta sola: nessuno è ancora tornato.",
        "en": "Everybody bought once: nobody has come back yet.",
    },
    "few back": {
        "fr": "Trop peu de clients sont revenus : {customers}, il en faut {least}.",
        "it": "Troppo pochi clienti sono tornati: {customers}, ne servono {least}.",
        "en": "Too few customers came back: {customers}, at least {least} are needed.",
    },
    "nobody left": {
        "fr": "Aucun départ décelable : tout s'explique aussi bien si personne n'est parti.",
        "it": "Nessun abbandono rilevabile: tutto si spiega anche se nessuno è andato via.",
        "en": "No drop-out detectable: everything is explained as well if nobody has left.",
    },
    "not settled": {
        "fr": "L'estimation ne s'est pas stabilisée : ces données ne la déterminent pas.",
        "it": "La stima non si è stabilizzata: questi dati non la determinano.",
        "en": "The estimate did not settle: these data do not determine it.",
    },
    "no amounts": {
        "fr": "Aucun client n'a dépensé un montant positif.",
        "it": "Nessun cliente ha speso un importo positivo.",
        "en": "No customer has spent a positive amount.",
    },
    "same amounts": {
        "fr": "Tous les clients dépensent la même chose en moyenne : il n'y a rien à estimer.",
        "it": "Tutti i clienti spendono lo stesso in media: non c'è niente da stimare.",
        "en": "All customers spend the same on average: there is nothing to estimate.",
    },
    "no mean": {
        "fr": "Les dépenses sont trop dispersées pour qu'une moyenne ait un sens.",
        "it": "Le spese sono troppo disperse perché una media abbia senso.",
        "en": "Spending is too scattered for a mean to have a sense.",
    },
    "few members": {
        "fr": "Trop peu d'adhésions arrivées à échéance : {customers}, il en faut {least}.",
        "it": "Troppo poche adesioni giunte a scadenza: {customers}, ne servono {least}.",
        "en": "Too few memberships have come up for renewal: {customers}, at least {least} needed.",
    },
    "nobody renewed": {
        "fr": "Personne n'a encore renouvelé.",
        "it": "Nessuno ha ancora rinnovato.",
        "en": "Nobody has renewed yet.",
    },
    "everybody renewed": {
        "fr": "Tout le monde a renouvelé : aucun départ décelable.",
        "it": "Hanno rinnovato tutti: nessun abbandono rilevabile.",
        "en": "Everybody renewed: no drop-out detectable.",
    },
}
"""Why there is no model. Each sentence names its numbers in braces."""

CAUTIONS: Final[dict[str, Text]] = {
    "alike in rhythm": {
        "fr": "Aucune différence de rythme entre clients n'est visible : tous ont reçu le même.",
        "it": "Non si vedono differenze di ritmo tra i clienti: a tutti è stato dato lo stesso.",
        "en": "No difference in rhythm between customers can be seen: all were given the same.",
    },
    "alike in leaving": {
        "fr": "Aucune différence de fidélité entre clients n'est visible : tous ont reçu la même.",
        "it": "Non si vedono differenze di fedeltà tra i clienti: a tutti è stata data la stessa.",
        "en": "No difference in leaving between customers can be seen: all were given the same.",
    },
    "at a bound": {
        "fr": "Un paramètre est à sa limite ; il n'a pas de marge d'erreur.",
        "it": "Un parametro è al suo limite; non ha margine di errore.",
        "en": "A parameter is at its limit; it has no margin of error.",
    },
    "amounts left out": {
        "fr": "{customers} clients sans dépense positive n'ont pas servi à l'estimation.",
        "it": "{customers} clienti senza una spesa positiva non sono serviti alla stima.",
        "en": "{customers} customers without positive spending did not serve the estimate.",
    },
    "value follows frequency": {
        "fr": "Fréquence et montant sont liés (corrélation {percent} %) : le modèle les suppose "
        "indépendants, ses valeurs sont à prendre avec prudence.",
        "it": "Frequenza e importo sono legati (correlazione {percent} %): il modello li suppone "
        "indipendenti, i suoi valori vanno presi con cautela.",
        "en": "Frequency and amount go together (correlation {percent} %): the model assumes that "
        "they do not; take its values with care.",
    },
}
"""What to keep in mind though there is a model."""


def filled(text: Text, values: dict[str, int]) -> Text:
    """A text with its numbers in every language."""
    return {language: words.format(**values) for language, words in text.items()}
