"""Pictures of goods as they are: the example has none, and needs no library to shrink them."""

from __future__ import annotations

from typing import Any

from oscar.core.thumbnails import AbstractThumbnailer


class AsTheyAre(AbstractThumbnailer):
    """Oscar's thumbnails without making any."""

    def generate_thumbnail(self, source: Any, **opts: Any) -> Any:
        """The picture itself."""
        return source if hasattr(source, "url") else Nothing()

    def delete_thumbnails(self, source: Any) -> None:
        """There are none."""


class Nothing:
    """A picture that is missing."""

    url = ""
    width = height = 0
