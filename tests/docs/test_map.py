"""docs/architecture.md names every folder, every module of core and ledger, and every table."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.docs import markdown
from tests.docs.markdown import ROOT
from tests.house.test_tidy import tracked

PAGE = "docs/architecture.md"
APPS = ("members", "ledger", "outreach", "connectors", "pages", "api")


def folders() -> set[str]:
    """Every package of habitue, as a path, and every folder at the top that holds files of ours."""
    paths = [path.relative_to(ROOT) for path in tracked()]
    packages = {str(path.parent) for path in paths if path.name == "__init__.py"}
    return {name for name in packages if name.startswith("habitue/")} | {
        path.parts[0]
        for path in paths
        if len(path.parts) > 1 and path.parts[0] not in ("habitue", "docs", ".ci")
    }


def modules(room: str) -> set[str]:
    """The modules and packages that lie directly in a room."""
    inside = [path for path in tracked() if (ROOT / "habitue" / room) in path.parents]
    found = {path.relative_to(ROOT / "habitue" / room) for path in inside if path.suffix == ".py"}
    names = {path.parts[0].removesuffix(".py") for path in found}
    return names - {"__init__", "migrations"}


def parts(package: str) -> set[str]:
    """The modules inside a package of core."""
    return {path.stem for path in (ROOT / "habitue" / "core" / package).glob("*.py")} - {"__init__"}


def tables() -> set[str]:
    """Every table of ours that stands in the database."""
    names = connection.introspection.table_names()
    return {name for name in names if name.partition("_")[0] in APPS}


def test_the_map_names_every_folder() -> None:
    rows = set(markdown.rows(markdown.section(markdown.text_of(PAGE), "The map")))
    assert folders() - rows == set()
    assert {"habitue/core/story", "programs", "tests"} <= folders()


def test_the_map_names_every_module_of_core_and_ledger_and_no_other() -> None:
    text = markdown.text_of(PAGE)
    for room in ("core", "ledger"):
        rows = set(markdown.rows(markdown.section(text, f"{room}, module by module")))
        assert rows == modules(room)


def test_the_packages_of_core_name_their_modules() -> None:
    section = markdown.section(markdown.text_of(PAGE), "core, module by module")
    for package in ("advice", "differences", "document", "story", "templates"):
        (row,) = [line for line in section.splitlines() if line.startswith(f"| `{package}`")]
        assert set(markdown.spans(row)) - {package} == parts(package)


@pytest.mark.django_db
def test_every_table_is_described() -> None:
    section = markdown.section(markdown.text_of(PAGE), "The tables")
    first = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert set(markdown.spans("\n".join(first))) == tables()
    assert {"ledger_event", "members_customer"} <= tables()


def test_the_readers_of_the_map_see_what_is_missing() -> None:
    assert "habitue/core" in folders()
    assert {"engine", "document"} <= modules("core")
    assert "page" in parts("document")
    assert markdown.section("## a\nb\n### c\nd\n## e\nf", "a") == "\nb\n### c\nd\n"
    assert markdown.section("## a\nb", "z") == ""
