"""Square by REST: orders changed since in every location, their refunds, and whose they are.

A refund does not change its order. It may come with an order of its own that names the sale in
`returns`: whoever asks for that one gets the sale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from habitue.connectors.shops import asking, payload
from habitue.connectors.shops.order import Order, Person, Unread
from habitue.connectors.shops.square import translating

VERSION: Final = "2025-10-16"
_PAGE: Final = 100
_MOST_LOCATIONS: Final = 10  # in one search


class Asker:
    """One account, asked with its access token."""

    def __init__(self, base: str, credentials: Mapping[str, str]) -> None:
        token = credentials.get("access_token", "")
        headers = {"Authorization": f"Bearer {token}", "Square-Version": VERSION}
        self.rest = asking.Rest(base, headers)
        self.people: dict[str, Person | None] = {}

    def orders(self, since: datetime) -> Iterator[Order | Unread]:
        """Every sale changed since, or given money back since; each once."""
        found, _ = self.rest.get("/v2/locations")
        places = [payload.needed(one, "id") for one in _rows(found, "locations")]
        seen: set[str] = set()
        for start in range(0, len(places), _MOST_LOCATIONS):
            for one in self._search(places[start : start + _MOST_LOCATIONS], since):
                number = _sale(one)
                if number in seen:
                    continue
                seen.add(number)
                try:
                    state = self.order(number)
                except Unread as unread:
                    yield unread
                    continue
                if state is not None:
                    yield state

    def order(self, number: str) -> Order | None:
        """The sale of this number, or the sale that a return of this number belongs to."""
        found = self._one("order", f"/v2/orders/{quote(number, safe='')}")
        if found is None:
            return None
        if (sale := _sale(found)) != number:
            found = self._one("order", f"/v2/orders/{quote(sale, safe='')}")
            if found is None:
                return None
        refunds = list(self._refunds(found))
        return translating.state(found, refunds, self._person(translating.customer(found)))

    def _search(self, places: list[str], since: datetime) -> Iterator[dict[str, Any]]:
        start = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        wanted: dict[str, Any] = {
            "location_ids": places,
            "limit": _PAGE,
            "query": {
                "filter": {"date_time_filter": {"updated_at": {"start_at": start}}},
                "sort": {"sort_field": "UPDATED_AT", "sort_order": "ASC"},
            },
        }
        for _ in range(asking.MOST_PAGES):
            found, _ = self.rest.post("/v2/orders/search", wanted)
            yield from _rows(found, "orders")
            cursor = payload.text(payload.optional(found), "cursor")
            if not cursor:
                return
            wanted = {**wanted, "cursor": cursor}

    def _refunds(self, found: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """The refunds of an order's payments, each with the order of its return."""
        own = payload.text(found, "id")
        for tender in payload.listed(found, "tenders"):
            paid = payload.text(tender, "payment_id") or payload.text(tender, "id")
            payment = self._one("payment", f"/v2/payments/{quote(paid, safe='')}") or {}
            for number in payment.get("refund_ids") or []:
                refund = self._one("refund", f"/v2/refunds/{quote(str(number), safe='')}")
                if refund is None:
                    continue
                back = payload.text(refund, "order_id")
                elsewhere = bool(back) and back != own
                returned = (
                    self._one("order", f"/v2/orders/{quote(back, safe='')}") if elsewhere else None
                )
                yield refund, returned or {}

    def _person(self, number: str) -> Person | None:
        if not number:
            return None
        if number not in self.people:
            found = self._one("customer", f"/v2/customers/{quote(number, safe='')}")
            self.people[number] = (
                Person(external=number) if found is None else translating.who(found)
            )
        return self.people[number]

    def _one(self, name: str, path: str) -> dict[str, Any] | None:
        found, _ = self.rest.get(path)
        return None if found is None else payload.mapping(payload.optional(found).get(name), name)


def _sale(found: Mapping[str, Any]) -> str:
    """The number of the sale: its own, or the one of which this is the return."""
    if not payload.listed(found, "line_items"):
        for one in payload.listed(found, "returns"):
            if source := payload.text(one, "source_order_id"):
                return source
    return payload.needed(found, "id")


def _rows(found: Any, name: str) -> list[dict[str, Any]]:
    return payload.listed(payload.optional(found), name)
