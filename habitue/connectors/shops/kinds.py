"""The kinds of shops there are: each folder beside this module is one, found by its name."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import ModuleType
from typing import Any, Protocol

from msgspec import Struct

from habitue.connectors import shops
from habitue.connectors.shops.order import Order, Told, Unread


class Asker(Protocol):
    """Reads orders by REST. Raises `asking.Trouble` where the shop cannot be asked."""

    def orders(self, since: datetime) -> Iterator[Order | Unread]:
        """Every order that was changed since then, or why one cannot be read."""
        ...

    def order(self, number: str) -> Order | None:
        """How one order stands now; None: there is no such order."""
        ...


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of shop.

    `fixed`: the service's own addresses by name, where it is always the same one; `credentials`
    are what REST needs, in the order in which an owner copies them; `asks`: payloads say only
    that something happened, so REST is needed; `channel`: as programs name where it is bought;
    `makes_secret`: the shop makes the secret that signs, else we do and the owner takes it there.
    """

    name: str
    title: str
    credentials: tuple[str, ...]
    fixed: dict[str, str]
    asks: bool
    channel: str
    makes_secret: bool
    verify: Callable[[str, str, Mapping[str, str], bytes], bool]
    is_ping: Callable[[Mapping[str, str], bytes], bool]
    topic: Callable[[Mapping[str, str]], str]
    read: Callable[[str, Any], Told]
    asker: Callable[[str, Mapping[str, str]], Asker]


@functools.cache
def known() -> dict[str, Kind]:
    """Every kind, by name."""
    found = [one.name for one in pkgutil.iter_modules(shops.__path__) if one.ispkg]
    return {name: _kind(name) for name in sorted(found)}


def _kind(name: str) -> Kind:
    folder = importlib.import_module(f"{shops.__name__}.{name}")
    signing, translating, asking = (
        _module(folder, part) for part in ("signing", "translating", "asking")
    )
    return Kind(
        name=name,
        title=folder.TITLE,
        credentials=folder.CREDENTIALS,
        fixed=folder.FIXED,
        asks=folder.ASKS,
        channel=folder.CHANNEL,
        makes_secret=folder.MAKES_SECRET,
        verify=signing.verify,
        is_ping=signing.is_ping,
        topic=translating.topic,
        read=translating.read,
        asker=asking.Asker,
    )


def _module(folder: ModuleType, part: str) -> ModuleType:
    return importlib.import_module(f"{folder.__name__}.{part}")
