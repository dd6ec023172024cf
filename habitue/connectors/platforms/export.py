"""What a platform's export looks like."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from habitue.connectors import columns


class Export(Struct, frozen=True, kw_only=True, dict=True):
    """One kind of file that a platform writes.

    `platform`: its name for people. `what`: the kind of import. `known_by`: columns that only this
    file has all of. `columns`: the role of each column; "" for one that means something there and
    has no place here (a tier, a referral code). `day_first`: how it writes 03/04, where it does.
    `instead`: why such a file is of no use, and which one to bring, as a sentence.
    """

    platform: str
    what: str
    known_by: tuple[str, ...]
    columns: dict[str, str]
    day_first: bool | None = None
    instead: str = ""

    @cached_property
    def marks(self) -> frozenset[str]:
        """The names that give it away, as `columns.plain` writes them."""
        return frozenset(map(columns.plain, self.known_by))

    @cached_property
    def roles(self) -> dict[str, str]:
        """The role of each column by its plain name."""
        return {columns.plain(name): role for name, role in self.columns.items()}
