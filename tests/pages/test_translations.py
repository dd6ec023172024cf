"""Nothing is left untranslated, and what is compiled is what was translated."""

import re

import pytest

from tests.pages import catalogue

HOLES = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_message_is_translated_with_its_holes(language: str) -> None:
    known = {message.id: message for message in catalogue.translated(language) if message.id}
    spoken = {message.id for message in catalogue.spoken() if message.id}
    assert spoken == set(known)
    for message in known.values():
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        assert all(strings), message.id
        assert "fuzzy" not in message.flags
        for text in strings:
            assert set(HOLES.findall(str(text))) == set(HOLES.findall(str(sources[-1]))), message.id


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_what_is_compiled_is_what_was_translated(language: str) -> None:
    compiled = catalogue.path_of(language).with_suffix(".mo").read_bytes()
    assert compiled == catalogue.compiled(catalogue.translated(language))


def test_a_new_message_would_be_seen() -> None:
    found = catalogue._messages(b'x = _("Brand new")')
    assert list(found) == ["Brand new"]
