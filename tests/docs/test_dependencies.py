"""Every direct dependency and vendored file is documented, and no other is."""

from __future__ import annotations

import re

from tests.docs import markdown
from tests.docs.markdown import ROOT

PAGE = "docs/dependencies.md"


def required(text: str) -> set[str]:
    """The packages that a requirements file names."""
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    return {
        re.split(r"[\[=<>~! ;]", line)[0] for line in lines if line and not line.startswith("-")
    }


def declared() -> set[str]:
    files = (ROOT / "requirements").glob("*.in")
    return set().union(*(required(path.read_text("utf-8")) for path in files))


def documented(text: str) -> set[str]:
    """First cells of the tables, and whether every cell of their rows says something."""
    return set(markdown.rows(text))


def empty_cells(text: str) -> list[str]:
    """Rows that leave a question open."""
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return [row for row in rows if any(not cell.strip() for cell in row.split("|")[1:-1])]


def vendored() -> set[str]:
    folder = ROOT / "habitue" / "pages" / "static" / "vendor"
    return {path.name for path in folder.iterdir() if path.is_dir()}


def test_every_dependency_is_documented_and_no_other() -> None:
    assert documented(markdown.text_of(PAGE)) == declared() | vendored()


def test_every_row_says_what_for_why_cost_and_licence() -> None:
    assert empty_cells(markdown.text_of(PAGE)) == []


def test_every_vendored_folder_carries_version_and_licence() -> None:
    for name in vendored():
        folder = ROOT / "habitue" / "pages" / "static" / "vendor" / name
        assert (folder / "VERSION").is_file()
        assert list(folder.glob("LICENSE*"))


def test_each_rule_sees_its_fault() -> None:
    assert required("a[b]~=1 # c\n\n-r d\ne==2\nf") == {"a", "e", "f"}
    assert documented("| `a` (x) | y |\n| b | `c` |") == {"a"}
    assert empty_cells("| `a` | b | |\n| `c` | d |") == ["| `a` | b | |"]
