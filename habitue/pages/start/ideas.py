"""The programs to start from, as files of `programs/templates`, found by name."""

from functools import cache
from pathlib import Path
from typing import Final

from habitue.core import templates
from habitue.core.templates import Template

FOLDER: Final = Path(__file__).resolve().parents[3] / "programs" / "templates"


def names() -> list[str]:
    """All templates, by name."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml") if ".story." not in path.name)


@cache
def template(name: str) -> Template:
    """The template of that name; our own files are well written, so anything else is a defect."""
    found = templates.read((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    if not isinstance(found, Template):
        raise ValueError(f"{name}: {[problem.text() for problem in found]}")
    return found
