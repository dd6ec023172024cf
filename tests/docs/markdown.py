"""The documents as the tests read them: their code, their links, their tables."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.test_tidy import tracked

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)|\bsrc=\"([^\"]+)\"")
_ROW = re.compile(r"^\| `([^`]+)`.*\|$", re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def documents() -> list[Path]:
    """Every Markdown file of ours; a vendored licence is none."""
    return [path for path in tracked() if path.suffix == ".md" and "vendor" not in path.parts]


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def fences(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [body for word, body in _FENCE.findall(text) if word == language]


def spans(text: str) -> list[str]:
    """Everything written as code within a line."""
    return _SPAN.findall(_FENCE.sub("", text))


def typed(text: str) -> list[str]:
    """Everything that a reader might type: code within lines, and the lines of shell blocks."""
    lines = [line for body in fences(text, "sh") for line in body.splitlines()]
    return [*spans(text), *(line.split("#")[0].strip() for line in lines)]


def links(text: str) -> list[str]:
    """Where the links lead, pictures too."""
    return [link or source for link, source in _LINK.findall(_FENCE.sub("", text))]


def rows(text: str) -> list[str]:
    """The first cells of tables, where they are code."""
    return _ROW.findall(text)


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of its rank or above; empty when absent."""
    found = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    if found is None:
        return ""
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found.group(1))}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def anchors(text: str) -> set[str]:
    """The names under which headings can be linked to."""
    kept = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(text)]
    return {heading.strip().replace(" ", "-") for heading in kept}
