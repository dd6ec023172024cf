"""The message catalogues: what the code says, in which languages, compiled.

`python -m tests.pages.catalogue` brings habitue/locale up to date with the code and compiles it;
the tests use the same functions to find what is untranslated or stale.
"""

import io
import os
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from habitue.core.advice import saying

ROOT: Final = Path(__file__).parents[2]
LOCALE: Final = ROOT / "habitue" / "locale"
LANGUAGES: Final = ("fr", "it")  # English is what the code is written in
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
Message = str | tuple[str, ...]
SAID: Final = (saying.SENTENCES,)
"""What the core says by key and values, for pages to say in other languages."""


def spoken() -> Catalog:
    """Every message of code and templates, and what the core says by key."""
    catalog = Catalog(charset="utf-8", project="Habitué")
    for said in SAID:
        for sentence in said.values():
            catalog.add(sentence)
    for path in sorted((ROOT / "habitue").rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            found = _messages(path.read_bytes())
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            lines = templatize(path.read_text()).splitlines()
            found = _messages("\n".join(line.strip() for line in lines).encode())
        else:
            continue
        for message in found:
            catalog.add(message, flags=("python-format",) if "%(" in str(message) else ())
    return catalog


def translated(language: str) -> Catalog:
    """The catalogue as it was translated."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalog: Catalog) -> bytes:
    """The bytes that Django reads."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def path_of(language: str) -> Path:
    """Where a language's catalogue is."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def main() -> None:
    """Bring every catalogue up to date and compile it."""
    template = spoken()
    for language in LANGUAGES:
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = translated(language) if path.exists() else Catalog(language, charset="utf-8")
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        buffer = io.BytesIO()
        write_po(buffer, catalog, width=100, sort_output=True, omit_header=False)
        _replace(path, buffer.getvalue())
        _replace(path.with_suffix(".mo"), compiled(translated(language)))
        missing = sum(not message.string for message in catalog if message.id)
        print(f"{language}: {len(catalog)} messages, {missing} untranslated")


def _replace(path: Path, content: bytes) -> None:
    """Write it whole or not at all: who reads meanwhile finds the old or the new."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)


def _messages(source: bytes) -> Iterator[Message]:
    try:
        for _line, message, _comments, _context in extract("python", io.BytesIO(source), KEYWORDS):
            yield message
    except tokenize.TokenError:
        return


if __name__ == "__main__":
    main()
