"""Exports of other loyalty platforms, each a module of its own that is found by its name.

A module declares its exports in `EXPORTS`: which names of columns give one away, and what each
column means. Where the names come from is said in tests/connectors/platforms/README.md.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from functools import cache
from importlib import import_module

from habitue.connectors import columns
from habitue.connectors.platforms.export import Export


def recognised(header: Sequence[str]) -> Export | None:
    """The export that has such a header, or None; of several the one that asks for most."""
    named = {columns.plain(cell) for cell in header}
    fitting = [one for one in exports() if one.marks <= named]
    return max(fitting, key=lambda one: len(one.marks), default=None)


def placed(export: Export, header: Sequence[str]) -> dict[str, int]:
    """The place of each role's column; of several columns of a role the first."""
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        role = export.roles.get(columns.plain(cell), "")
        if role:
            found.setdefault(role, place)
    return found


def behind(export: Export, header: Sequence[str]) -> list[str]:
    """The columns that have a meaning there and no place here."""
    return [cell for cell in header if export.roles.get(columns.plain(cell)) == ""]


@cache
def exports() -> tuple[Export, ...]:
    """All exports of all platforms."""
    found: list[Export] = []
    for one in pkgutil.iter_modules(__path__, f"{__name__}."):
        found += getattr(import_module(one.name), "EXPORTS", ())
    return tuple(found)


def titled(title: str) -> Export | None:
    """An export of that platform, or None."""
    return next((one for one in exports() if one.platform == title), None)
