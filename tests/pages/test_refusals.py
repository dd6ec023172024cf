"""Every refusal there is has a sentence of its own, in every language."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.utils.translation import override

from habitue.core import facts
from habitue.core.facts import Refused
from habitue.pages import refusals

ROOT = Path(facts.__file__).parents[1]
CODES_OF = {"Refused", "_refused"}


def codes() -> set[str]:
    """Every code that core and ledger refuse with, from their source."""
    found = set()
    for room in ("core", "ledger"):
        for path in (ROOT / room).rglob("*.py"):
            found |= set(_codes(path.read_text("utf-8")))
    return found


def _codes(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in CODES_OF:
            continue
        code = node.args[0]
        if isinstance(code, ast.Constant):
            found.append(str(code.value))
        elif isinstance(code, ast.JoinedStr):  # voucher_{voucher.state}
            found += [f"voucher_{state}" for state in ("redeemed", "cancelled", "expired")]
    return found


def said(code: str, language: str) -> str:
    with override(language):
        return refusals.posting(Refused(code, "untranslated"))


@pytest.mark.parametrize("language", ["en", "fr", "it"])
def test_every_code_has_a_sentence(language: str) -> None:
    assert [code for code in sorted(codes()) if "untranslated" in said(code, language)] == []


@pytest.mark.parametrize("language", ["fr", "it"])
def test_every_sentence_is_in_the_readers_language(language: str) -> None:
    assert [code for code in sorted(codes()) if said(code, language) == said(code, "en")] == []


def test_the_codes_are_found_in_the_source() -> None:
    assert {"insufficient", "voucher_expired", "draws_off", "quantity", "price"} <= codes()
    assert _codes('Refused("brand_new", "x")') == ["brand_new"]
    assert "untranslated" in said("brand_new", "en")
