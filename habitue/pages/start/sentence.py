"""The owner's sentence, "After 10 coffees, the 11th is free", and the program that it means."""

import re
from typing import Final, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import override
from msgspec import Struct

from habitue.core import templates
from habitue.pages.start import ideas

HEAD_START: Final = 2
SMALLEST, LARGEST = 3, 30

# Word in the plural: (its singular, feminine). Others keep their form and count as masculine.
_WORDS: Final = {
    "fr": {
        "cafés": ("café", False),
        "baguettes": ("baguette", True),
        "repas": ("repas", False),
        "menus": ("menu", False),
        "pizzas": ("pizza", True),
        "coupes": ("coupe", True),
        "soins": ("soin", False),
        "séances": ("séance", True),
        "visites": ("visite", True),
        "achats": ("achat", False),
        "commandes": ("commande", True),
        "glaces": ("glace", True),
    },
    "it": {
        "caffè": ("caffè", False),
        "pranzi": ("pranzo", False),
        "pizze": ("pizza", True),
        "tagli": ("taglio", False),
        "trattamenti": ("trattamento", False),
        "pani": ("pane", False),
        "visite": ("visita", True),
        "acquisti": ("acquisto", False),
        "ordini": ("ordine", False),
        "gelati": ("gelato", False),
    },
    "en": {"loaves": ("loaf", False)},
}


class Place(Protocol):
    """Where a program will hold: a business, or a shop that is not opened yet."""

    @property
    def language(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def timezone(self) -> str: ...


class Sentence(Struct, frozen=True):
    """The blanks filled in."""

    count: int
    item: str
    language: str
    head_start: bool = True

    @property
    def goal(self) -> int:
        """Stamps on the card: with a head start it has two more, already given."""
        return self.count + (HEAD_START if self.head_start else 0)

    @property
    def given(self) -> int:
        return HEAD_START if self.head_start else 0

    @property
    def text(self) -> str:
        """The sentence as it stands on the poster."""
        words = {"count": self.count, "item": self.item, "rest": self.rest}
        with override(self.language):
            return _("After %(count)s %(item)s%(rest)s") % words

    @property
    def rest(self) -> str:
        """What follows the blanks."""
        feminine = self._form[1]
        words = {"nth": ordinal(self.count + 1, self.language, feminine=feminine)}
        with override(self.language):
            if feminine:
                # Translators: the item is feminine (", la 11e est offerte").
                return _elided(_(", the %(nth)s one is free") % words)
            return _elided(_(", the %(nth)s is free") % words)

    @property
    def reward(self) -> str:
        """The reward's name: "1 free coffee"."""
        singular, feminine = self._form
        with override(self.language):
            if feminine:
                # Translators: the item is feminine ("1 baguette offerte").
                return _("1 %(item)s for free") % {"item": singular}
            return _("1 free %(item)s") % {"item": singular}

    @property
    def _form(self) -> tuple[str, bool]:
        word = self.item.strip().lower()
        known = _WORDS.get(self.language, {}).get(word)
        if known:
            return known
        if self.language != "it" and word.endswith("s") and not word.endswith("ss"):
            return self.item.strip()[:-1], False
        return self.item.strip(), False


def _elided(text: str) -> str:
    """Italian says l’8º and l’11º, not il 8º."""
    return re.sub(r"\b(?:il|la) (8|11)(?=[ºª])", r"l’\1", text)


def ordinal(number: int, language: str, *, feminine: bool = False) -> str:
    """11e, 11º, 11th."""
    if language == "fr":
        return f"{number}{'er' if number == 1 else 'e'}"
    if language == "it":
        return f"{number}{'ª' if feminine else 'º'}"
    teens = 10 <= number % 100 <= 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def usual_item(kind: str) -> str:
    """What a shop of this kind counts, in the language of the page."""
    words = {
        "cafe": _("coffees"),
        "bakery": _("loaves"),
        "restaurant": _("meals"),
        "hairdresser": _("haircuts"),
        "beauty": _("treatments"),
        "fitness": _("visits"),
    }
    return words.get(kind) or _("purchases")


def program(sentence: Sentence, place: Place) -> str:
    """The program file that the sentence means: the stamp card's template, filled."""
    filled = templates.fill(
        ideas.template("stamp-card"),
        {"count": sentence.count, "reward": sentence.reward, "head_start": sentence.given},
        language=place.language,
        currency=place.currency,
        timezone=place.timezone,
        said=sentence.text,
    )
    if not isinstance(filled, str):
        raise ValueError(f"the sentence does not fit its template: {filled}")
    return filled
