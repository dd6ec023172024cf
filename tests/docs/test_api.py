"""The guide to the API: its examples run against a real API, its table is the OpenAPI file's."""

from __future__ import annotations

import shlex
from urllib.parse import urlsplit

import pytest

from habitue.api import document
from tests.api import world
from tests.api.asking import Told, ask
from tests.client import serving
from tests.docs import markdown

PAGE = markdown.text_of("docs/api.md")
SCOPES = ("owner", "till", "read", "partner", "member")


@pytest.mark.usefixtures("transactional_db")
def test_the_examples_run_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cafe = world.make()
    given = {"KEY": cafe.till, "OWNER_KEY": cafe.owner, "STAFF": str(cafe.diego.pk), "PIN": "1234"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    blocks = markdown.fences(PAGE, "python")
    told = []
    with serving.served() as port:
        monkeypatch.setenv("HABITUE", f"http://127.0.0.1:{port}")
        names: dict[str, object] = {}
        for block in blocks:
            exec(compile(block, "docs/api.md", "exec"), names)
            told.append(capsys.readouterr().out)
    (shell,) = markdown.fences(PAGE, "sh")
    for line in shell.strip().splitlines():
        answer = curl(line, cafe.till)
        assert answer.status in (200, 201), answer.raw
    first, refused, _, taken, app, night = told
    assert "'points': '12'" in first
    assert refused.startswith("409 insufficient")
    assert taken.startswith("coffee\n")
    assert "coffee" in taken.splitlines()[1]
    assert "points" in app
    assert night == "100 []\n"


def test_ten_lines_are_ten() -> None:
    assert len(markdown.fences(PAGE, "python")[0].splitlines()) <= 10


def curl(line: str, key: str) -> Told:
    """What a curl command asks, asked."""
    words = shlex.split(line)
    assert words.pop(0) == "curl"
    method, body, headers, address = "GET", None, {}, ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value.replace("$KEY", key)
        elif word == "-d":
            body = words.pop(0).encode()
        else:
            address = word.replace("$HABITUE", "http://x")
    parts = urlsplit(address)
    path = parts.path.removeprefix("/api/v1") + (f"?{parts.query}" if parts.query else "")
    return ask(method, path, raw=body, headers=headers)


def test_the_table_of_scopes_is_the_one_of_the_file() -> None:
    kinds: dict[str, list[tuple[str, set[str]]]] = {}
    for methods in document.document()["paths"].values():
        for method, said in methods.items():
            scopes = {scope for one in said["security"] for scope in one["bearer"]}
            kinds.setdefault(said["tags"][0], []).append((method, scopes))
    rows = [
        f"| {kind} | " + " | ".join(cell(operations, scope) for scope in SCOPES) + " |"
        for kind, operations in sorted(kinds.items())
    ]
    table = "\n".join(rows)
    assert table in PAGE, f"docs/api.md should hold this table:\n{table}"


def cell(operations: list[tuple[str, set[str]]], scope: str) -> str:
    """How much of a kind of thing a scope may do."""
    may = [method for method, scopes in operations if scope in scopes]
    if len(may) == len(operations):
        return "all"
    if may == [method for method, _ in operations if method == "get"] and may:
        return "reads"
    return f"{len(may)} of {len(operations)}" if may else ""
