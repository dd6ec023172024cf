"""WooCommerce by REST (`wc/v3`): orders changed since, with the lines of their refunds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from habitue.connectors.shops import asking, payload
from habitue.connectors.shops.order import Order, Unread
from habitue.connectors.shops.woocommerce import translating

_PAGE: Final = 50
_ROOT: Final = "/wp-json/wc/v3"


class Asker:
    """One shop, asked with its consumer key."""

    def __init__(self, base: str, credentials: Mapping[str, str]) -> None:
        key = credentials.get("consumer_key", ""), credentials.get("consumer_secret", "")
        self.rest = asking.Rest(base, {"Accept": "application/json"}, key)

    def orders(self, since: datetime) -> Iterator[Order | Unread]:
        """Every order changed since, by number: what is new while pages are turned comes last."""
        wanted = {
            "modified_after": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "dates_are_gmt": "true",
            "orderby": "id",
            "order": "asc",
            "status": "any",
            "per_page": str(_PAGE),
        }
        for page in range(1, asking.MOST_PAGES):
            found, headers = self.rest.get(f"{_ROOT}/orders", {**wanted, "page": str(page)})
            rows = _rows(found)
            for one in rows:
                try:
                    yield self._whole(one)
                except Unread as unread:
                    yield unread
            if page >= _pages(headers.get("X-WP-TotalPages", "")) or not rows:
                return

    def order(self, number: str) -> Order | None:
        """One order; one that was thrown away is there no more."""
        found, _ = self.rest.get(f"{_ROOT}/orders/{_plain(number)}")
        return None if found is None else self._whole(payload.mapping(found, "order"))

    def _whole(self, one: Mapping[str, Any]) -> Order:
        state = translating.state(one)
        if not state.refunds:
            return state
        found, _ = self.rest.get(f"{_ROOT}/orders/{_plain(state.id)}/refunds", {"per_page": "100"})
        return translating.with_refunds(state, _rows(found))


def _rows(found: Any) -> list[dict[str, Any]]:
    return payload.listed({"orders": found}, "orders")


def _pages(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 9 else 1


def _plain(number: str) -> str:
    """A number as it may stand in an address."""
    if not (number.isascii() and number.isdigit()):
        raise payload.missing("id")
    return number
