"""What is said where nothing can be found or suggested: in French, Italian and English."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from habitue.metrics.figure import Text

REASONS: Final[dict[str, Text]] = {
    "no names": {
        "fr": "Aucun achat ne dit quel produit a été acheté : importez les lignes avec leur "
        "produit ou leur catégorie.",
        "it": "Nessun acquisto dice quale prodotto è stato comprato: importi le righe con il loro "
        "prodotto o la loro categoria.",
        "en": "No purchase says which product was bought: import the lines with their product or "
        "category.",
    },
    "few baskets": {
        "fr": "Trop peu de paniers à plusieurs produits : {found}, il en faut {least}.",
        "it": "Troppo pochi scontrini con più prodotti: {found}, ne servono {least}.",
        "en": "Too few baskets with several products: {found}, at least {least} are needed.",
    },
    "few customers": {
        "fr": "Trop peu de clients pour suggérer quoi que ce soit : {found}, il en faut {least}.",
        "it": "Troppo pochi clienti per suggerire qualcosa: {found}, ne servono {least}.",
        "en": "Too few customers to suggest anything: {found}, at least {least} are needed.",
    },
    "few products": {
        "fr": "Trop peu de produits différents : {found}, il en faut {least}.",
        "it": "Troppo pochi prodotti diversi: {found}, ne servono {least}.",
        "en": "Too few different products: {found}, at least {least} are needed.",
    },
}

METHODS: Final[dict[str, Text]] = {
    "taste": {
        "fr": "Suggestions d’après les goûts de clients semblables : sur les derniers paniers mis "
        "de côté, elles font mieux que les produits les plus répandus.",
        "it": "Suggerimenti dai gusti di clienti simili: sugli ultimi scontrini messi da parte "
        "fanno meglio dei prodotti più diffusi.",
        "en": "Suggested by the taste of similar customers: on the last baskets, held back, this "
        "does better than what is bought by most.",
    },
    "popular": {
        "fr": "Suggestions d’après les produits les plus répandus que le client n’a pas encore : "
        "rien ne montre que les goûts de clients semblables feraient mieux ici.",
        "it": "Suggerimenti dai prodotti più diffusi che il cliente non ha ancora: niente mostra "
        "che i gusti di clienti simili farebbero meglio qui.",
        "en": "What is bought by most and not yet by this customer: nothing shows that the taste "
        "of similar customers would do better here.",
    },
}


class Refusal(Struct, frozen=True, kw_only=True):
    """Nothing can be said; `reason` is one of `REASONS`, `values` the numbers in it."""

    reason: str
    values: dict[str, int] = {}

    @property
    def words(self) -> Text:
        """The reason as a sentence per language."""
        text = REASONS[self.reason]
        return {language: words.format(**self.values) for language, words in text.items()}
