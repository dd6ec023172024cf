"""Shopify by REST: orders changed since, page by page as its links say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from habitue.connectors.shops import asking, payload
from habitue.connectors.shops.order import Order, Unread
from habitue.connectors.shops.shopify import translating

VERSION: Final = "2025-10"
_PAGE: Final = 100
_ROOT: Final = f"/admin/api/{VERSION}"
_NEXT: Final = re.compile(r'<([^<>]+)>\s*;\s*rel="?next"?')


class Asker:
    """One shop, asked with the token of a custom app."""

    def __init__(self, base: str, credentials: Mapping[str, str]) -> None:
        token = credentials.get("access_token", "")
        self.rest = asking.Rest(base, {"X-Shopify-Access-Token": token})

    def orders(self, since: datetime) -> Iterator[Order | Unread]:
        """Every order changed since, the longest unchanged first."""
        wanted = {
            "status": "any",
            "updated_at_min": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "order": "updated_at asc",
            "limit": str(_PAGE),
        }
        found, headers = self.rest.get(f"{_ROOT}/orders.json", wanted)
        for _ in range(asking.MOST_PAGES):
            for one in _rows(found):
                try:
                    yield translating.state(one)
                except Unread as unread:
                    yield unread
            following = _NEXT.search(headers.get("Link", ""))
            if following is None:
                return
            found, headers = self.rest.get(following[1])

    def order(self, number: str) -> Order | None:
        """One order."""
        if not (number.isascii() and number.isdigit()):
            raise payload.missing("id")
        found, _ = self.rest.get(f"{_ROOT}/orders/{number}.json")
        if found is None:
            return None
        return translating.state(payload.mapping(payload.optional(found).get("order"), "order"))


def _rows(found: Any) -> list[dict[str, Any]]:
    return payload.listed(payload.optional(found), "orders")
