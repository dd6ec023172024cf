"""Every reason of the connectors has a sentence in the reader's language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import override

from habitue import connectors
from habitue.connectors import dropping, people, platforms, sheets
from habitue.pages.imports import reasons


def said() -> set[str]:
    """What a row or a file is refused with, from the source; a number where a value stands."""
    folder = Path(connectors.__file__).parent
    return {
        text
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for text in sentences(node)
    }


def sentences(node: ast.AST) -> Iterator[str]:
    """Of `Unread("…")`, however it is written; a word in it is tried by the test below."""
    if not isinstance(node, ast.Call) or not node.args:
        return
    if getattr(node.func, "id", getattr(node.func, "attr", "")) != "Unread":
        return
    match node.args[0]:
        case ast.Constant(str(text)):
            yield text
        case ast.JoinedStr(parts) if "what" not in ast.unparse(node.args[0]):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts
            )


def in_french(reason: str) -> str:
    with override("fr"):
        return reasons.say(reason)


def test_every_reason_is_said_in_french() -> None:
    assert [reason for reason in sorted(said()) if in_french(reason) == reason] == []


def test_reasons_with_a_word_in_them_are_said_whole() -> None:
    words = [
        "the customer is missing",
        "not a customer number that can be kept",
        "not a receipt number that can be kept",
        "not a name of a product that can be kept",
        "not a name of a category that can be kept",
        "not a customer that can be kept",
        "not a reference that can be kept",
    ]
    assert [reason for reason in words if in_french(reason) == reason] == []
    assert in_french("month 2 has no day 31") == "le mois 2 n’a pas de jour 31"


def test_files_that_cannot_be_used_and_dropped_ones_are_said_in_french() -> None:
    dropped = [value for name, value in vars(dropping).items()
               if name.isupper() and isinstance(value, str) and " " in value]  # fmt: skip
    assert len(dropped) == 8
    books = [f"sales.xlsx {reason}." for reason in sheets._REASONS.values()]
    others = [export.instead for export in platforms.exports() if export.instead]
    whole = [
        people.NOBODY,
        "sales.xlsx is larger unpacked than can be opened: save it as CSV.",
        "a balance is there already, of another amount: correct it by hand",
        "a balance was brought in by another file already",
        "These units lapsed on 2026-01-31",
    ]
    said = [*dropped, *books, *others, *whole]
    assert [reason for reason in said if in_french(reason) == reason] == []


def test_the_reasons_are_found_in_the_source() -> None:
    assert {"the score is missing", "there is no month 7"} <= said()
    assert list(sentences(ast.parse('Unread(f"brand {new}")', mode="eval").body)) == ["brand 7"]
    assert in_french("brand 7") == "brand 7"
