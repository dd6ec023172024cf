"""The table of refusals names every code that core and ledger give, and its page says the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import get_args

from habitue.core import refusals
from habitue.core.account import VoucherState
from tests.docs.markdown import ROOT


def given() -> Iterator[ast.expr]:
    """The first word of every refusal that is made anywhere in core and ledger."""
    for room in ("core", "ledger"):
        for path in (ROOT / "habitue" / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and node.args and _called(node) in MAKERS:
                    yield node.args[0]


MAKERS = ("Refused", "_refused")


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def codes() -> set[str]:
    """The codes: words, and those of vouchers by their state."""
    found = set()
    for word in given():
        match word:
            case ast.Constant(str(code)):
                found.add(code)
            case ast.JoinedStr():
                assert ast.unparse(word) == "f'voucher_{state}'"
                states = set(get_args(VoucherState)) - {"issued"}
                found |= {f"voucher_{state}" for state in states}
            case _:  # inside of a maker that hands on what it was given
                assert ast.unparse(word) == "code"
    return found


def test_every_code_stands_in_the_table_and_no_other() -> None:
    assert codes() == set(refusals.CODES)
    assert {"insufficient", "voucher_expired", "conflict"} <= codes()
    assert list(refusals.CODES) == sorted(refusals.CODES)
    assert all(when.endswith(".") for when in refusals.CODES.values())


def test_the_page_is_made_of_the_table() -> None:
    assert (ROOT / "docs" / "refusals.md").read_text("utf-8") == refusals.page()
