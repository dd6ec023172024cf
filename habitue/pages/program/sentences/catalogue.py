"""All kinds of sentences, found by name, and which of them says a thing of a program."""

import importlib
import pkgutil
from functools import cache
from typing import Any

from habitue.core.program import Program
from habitue.pages.program import kinds
from habitue.pages.program.sentences.kind import Kind


@cache
def every() -> dict[str, Kind]:
    """The kinds by name, in the order in which they say things."""
    found = [
        (one.name, importlib.import_module(f"{kinds.__name__}.{one.name}").KIND)
        for one in pkgutil.iter_modules(kinds.__path__)
    ]
    return dict(sorted(found, key=lambda pair: (pair[1].turn, pair[0])))


def of(program: Program, shelf: str, thing: Any) -> Kind:
    """The kind that says a thing: each shelf has one that fits whatever stands on it."""
    return next(
        kind for kind in every().values() if kind.shelf == shelf and kind.fits(program, thing)
    )


def addable(program: Program) -> list[tuple[str, Kind]]:
    """The kinds of which the program can have another one."""
    return [
        (name, kind)
        for name, kind in every().items()
        if kind.begins is not None and kind.begins(program, "new") is not None
    ]
