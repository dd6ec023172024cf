"""Nothing is left untranslated, and what is said is said as its readers write it."""

import ast
import re
from collections import Counter
from typing import Final

import pytest
from babel.messages.catalog import Catalog, Message
from django.utils.translation import ngettext, override

from tests.pages import catalogue

HOLES: Final = re.compile(r"%\(\w+\)s|\{\w+\}|%%")
ONE: Final = {"en": {1}, "fr": {0, 1}, "it": {1}}
"""The numbers of which a language speaks as of one thing."""

FRENCH: Final = re.compile(r"\b(le|les|des|du|une|est|sont|vous|votre|pour|ce|au|aux|qui|ont)\b")
UNPROTECTED: Final = re.compile(r" [;:!?»%](?![\w(])|« |\w[;!?»]|«\w")
FORMAL: Final = re.compile(r"\b([Ll]ei|[Vv]ostr[aeio]|[Vv]oi|avete|potete|siete|volete)\b")
FAMILIAR: Final = re.compile(r"\b(tu|toi|ton|tes)\b|\bt’", re.IGNORECASE)
OTHERS: Final = {
    "fr": "magasin|mail|mails|abonnement|bonus|coupon",
    "it": r"soci[oi]?|adesion[ei]|nucle\w+ familiar\w+|ricompens[ae]|(?<!di |su )cart[ae]|bonus",
}
"""Words for which the glossary has another, in each language."""

BRITISH: Final = re.compile(r"\b\w*(ognis[ei]|uthoris|rganis[ei]|avour|olour|nrolment)\w*")


def messages(language: str) -> list[Message]:
    """The catalogue's messages, without its header."""
    return [message for message in catalogue.translated(language) if message.id]


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """A message's texts: one, or one for each number."""
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def said(language: str) -> list[str]:
    """Everything that is said in a language."""
    if language == "en":
        return [text for message in catalogue.spoken() if message.id for text in forms(message.id)]
    return [text for message in messages(language) for text in forms(message.string)]


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    known = messages(language)
    assert {message.id for message in known} == {one.id for one in catalogue.spoken() if one.id}
    assert [message.id for message in known if not all(forms(message.string))] == []
    assert [message.id for message in known if message.fuzzy] == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_message_keeps_its_holes(language: str) -> None:
    assert [one.id for one in messages(language) if not whole(one)] == []


def whole(message: Message) -> bool:
    """Whether the translation has the holes of the message: each so many times, and no other.

    That of one thing may say its number or not: "one" is as good as "1".
    """
    many = Counter(HOLES.findall(forms(message.id)[-1]))
    *few, last = [Counter(HOLES.findall(text)) for text in forms(message.string)]
    return last == many and all(one <= many and len(many - one) <= 1 for one in few)


@pytest.mark.parametrize("language", ["en", *catalogue.LANGUAGES])
def test_every_number_gets_its_form(language: str) -> None:
    source = catalogue.spoken() if language == "en" else catalogue.translated(language)
    plural = [message for message in source if isinstance(message.id, (tuple, list))]
    assert len(plural) > 50
    with override(language):
        for message in plural:
            one, many = forms(message.id if language == "en" else message.string)
            for number in (0, 1, 2, 21):
                expected = one if number in ONE[language] else many
                assert ngettext(message.id[0], message.id[1], number) == expected, (one, number)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_what_is_compiled_is_what_was_translated(language: str) -> None:
    compiled = catalogue.path_of(language).with_suffix(".mo").read_bytes()
    assert compiled == catalogue.compiled(catalogue.translated(language))


def test_no_italian_is_french() -> None:
    french = {message.id: forms(message.string) for message in messages("fr")}
    assert [one.id for one in messages("it") if borrowed(one, french.get(one.id, ()))] == []


def borrowed(message: Message, french: tuple[str, ...]) -> bool:
    """Whether an Italian message is the French one, in words that only French has."""
    return any(text in french and FRENCH.search(text) for text in forms(message.string))


def test_french_signs_stay_with_their_words() -> None:
    assert [text for text in said("fr") if UNPROTECTED.search(text)] == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_apostrophes_are_curly(language: str) -> None:
    assert [text for text in said(language) if re.search(r"\w'\w", text)] == []


def test_italian_says_tu_and_french_vous() -> None:
    assert [text for text in said("it") if FORMAL.search(text)] == []
    assert [text for text in said("fr") if FAMILIAR.search(text)] == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_a_thing_has_one_name(language: str) -> None:
    others = re.compile(rf"(?<![\w-])({OTHERS[language]})(?![\w-])", re.IGNORECASE)
    assert [text for text in said(language) if others.search(text)] == []


def test_english_is_american() -> None:
    assert [text for text in said("en") if BRITISH.search(text)] == []


def test_nothing_is_translated_where_nobody_looks_for_messages() -> None:
    rooms = (catalogue.ROOT / "habitue").rglob("*.py")
    assert [one for path in rooms for one in unseen(path.read_text("utf-8"))] == []


def unseen(source: str) -> list[str]:
    """What is translated inside an f-string, where the catalogue finds no message."""
    inside = (
        part
        for node in ast.walk(ast.parse(source))
        for part in ast.walk(node)
        if isinstance(node, ast.JoinedStr)
    )
    return [
        ast.unparse(part)
        for part in inside
        if isinstance(part, ast.Call) and ast.unparse(part.func) in catalogue.KEYWORDS
    ]


def test_what_is_wrong_would_be_seen() -> None:
    assert list(catalogue._messages(b'x = _("Brand new")')) == ["Brand new"]
    assert unseen("f\"{_('hidden')}\"") == ["_('hidden')"]
    assert not whole(Message("%(a)s of %(b)s", "%(a)s sur %(a)s"))
    assert not whole(Message("{a} of 100 %%", "{a} sur 100 %"))
    assert not whole(Message(("%(n)s day", "%(n)s days"), ("un jour", "jours")))
    assert whole(Message(("%(n)s day", "%(n)s days"), ("un jour", "%(n)s jours")))
    assert borrowed(Message("How they go", "Comme ils vont aux lacs"), ("Comme ils vont aux lacs",))
    assert not borrowed(Message("%(n)s min", "%(n)s min"), ("%(n)s min",))
    assert UNPROTECTED.search("Pourquoi ?")
    assert UNPROTECTED.search("Pourquoi?")
    assert not UNPROTECTED.search("Pourquoi\u00a0?")
    assert FORMAL.search("Vostro programma")
    assert FAMILIAR.search("Ouvre ton lien")
    assert BRITISH.search("recognise them")
    assert not BRITISH.search("the center")


def test_the_catalogue_counts_as_gettext_does() -> None:
    catalog = Catalog("fr")
    assert catalog.num_plurals == 2
    assert catalog.plural_expr == "(n > 1)"
