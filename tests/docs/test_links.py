"""What the documents point to is there: links, paths, names in the code; and nothing foreign."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from types import ModuleType

import pytest

import habitue
from habitue import core, ledger
from tests.docs import markdown
from tests.docs.markdown import ROOT

PATH = re.compile(r"(?:habitue|tests|programs|requirements|benchmarks|docs|\.ci)/[\w./-]+")
NAME = re.compile(r"(?:habitue\.)?([a-z_]+)\.([A-Za-z_][\w.]*)")
ROOMS = {found.name for found in pkgutil.iter_modules(habitue.__path__)}
# Assembled, so that this file does not contain what it forbids.
FOREIGN = re.compile(
    "|".join(
        ["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.", "/ho" + "me/", "/Us" + "ers/"]
    )
    + "|(?<![A-Za-z])/(?:tm"
    + "p|wo"
    + "rk|ro"
    + "ot)/"
)
DOCUMENTS = markdown.documents()


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def broken_links(text: str, folder: Path) -> list[str]:
    """The relative links that lead nowhere."""
    broken = []
    for link in markdown.links(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = folder / path if path else None
        if target is not None and not target.exists():
            broken.append(link)
        elif anchor:
            there = target.read_text("utf-8") if target is not None else text
            broken.extend([] if anchor in markdown.anchors(there) else [link])
    return broken


def missing_paths(text: str) -> list[str]:
    """Paths of this repository, written as code, that are not there."""
    paths = [span for span in markdown.spans(text) if PATH.fullmatch(span)]
    return [path for path in paths if not (ROOT / path).exists()]


def unknown_names(text: str) -> list[str]:
    """Names written as code, such as `ledger.post` or `due.advance`, that the code lacks."""
    unknown = []
    for span in markdown.spans(text):
        found = NAME.fullmatch(re.sub(r"\(.*\)$", "", span))
        if found is None:
            continue
        first, rest = found.groups()
        owners = owners_of(first)
        if owners and not any(has(owner, rest.split(".")) for owner in owners):
            unknown.append(span)
    return unknown


def owners_of(first: str) -> list[ModuleType]:
    """The room, or the modules of core and ledger, that a name may begin with."""
    if first in ROOMS:
        return [importlib.import_module(f"habitue.{first}")]
    rooms = [room for room in (core, ledger) if (Path(room.__path__[0]) / f"{first}.py").exists()]
    return [importlib.import_module(f"{room.__name__}.{first}") for room in rooms]


def has(owner: object, names: list[str]) -> bool:
    """Whether a module (or class) has a name, or one of its classes has it."""
    if not names:
        return True
    first, rest = names[0], names[1:]
    if isinstance(owner, ModuleType) and hasattr(owner, "__path__"):
        try:
            return has(importlib.import_module(f"{owner.__name__}.{first}"), rest)
        except ModuleNotFoundError:
            pass
    if hasattr(owner, first):
        return has(getattr(owner, first), rest)
    classes = inspect.getmembers(owner, inspect.isclass) if isinstance(owner, ModuleType) else []
    return any(hasattr(each, first) for _, each in classes)


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_relative_link_resolves(path: Path) -> None:
    assert broken_links(path.read_text("utf-8"), path.parent) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_path_of_ours_exists(path: Path) -> None:
    assert missing_paths(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_name_in_the_code_exists(path: Path) -> None:
    assert unknown_names(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_no_registry_and_nobodys_folders(path: Path) -> None:
    assert FOREIGN.findall(path.read_text("utf-8")) == []


def test_every_decision_is_in_the_index_under_its_title() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    linked = markdown.links(index)
    files = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert sorted(linked) == files
    assert len({name[:4] for name in files}) == len(files)
    for name in files:
        assert (folder / name).read_text("utf-8").startswith(f"# {name[:4]} ")


def test_each_rule_sees_its_fault() -> None:
    docs = ROOT / "docs"
    assert broken_links("[a](nowhere.md) [b](settings.md) [c](#gone)\n# Here", docs) == [
        "nowhere.md",
        "#gone",
    ]
    assert broken_links('<img src="gone.png" alt="">', docs) == ["gone.png"]
    assert missing_paths("`habitue/core` `habitue/kore`") == ["habitue/kore"]
    assert unknown_names("`ledger.post` `ledger.past` `due.advance` `due.retreat()`") == [
        "ledger.past",
        "due.retreat()",
    ]
    assert unknown_names("`core.program.Unit.worth` `core.program.Unit.weight`") == [
        "core.program.Unit.weight"
    ]
    assert FOREIGN.search("see /ho" + "me/diego/notes")
    assert FOREIGN.search("from py" + "pi.org")
    assert not FOREIGN.search("/health, https://example.com/wo" + "rk/")
