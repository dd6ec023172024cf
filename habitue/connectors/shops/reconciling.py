"""Finds what shops never told: orders changed since are asked by REST and take the same way.

One kind of shop tells each thing once and, after some failures, nothing more. So the worker asks
for the last day often, for the last week at night.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from habitue.connectors.models import Shop, ShopMessage
from habitue.connectors.shops import posting, working
from habitue.connectors.shops.asking import Trouble
from habitue.connectors.shops.order import Unread
from habitue.connectors.shops.posting import Became

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
_QUIET: Final = frozenset({"same", "older", "unpaid", "ended", "before", "test", "empty"})

log = logging.getLogger(__name__)


def run_all(*, back: timedelta, now: datetime) -> int:
    """Ask every connected shop; answers how many orders had something new."""
    shops = Shop.objects.filter(disconnected_at=None).exclude(credentials={})
    return sum(run(shop, since=now - back, now=now) for shop in shops.select_related("business"))


def run(shop: Shop, *, since: datetime, now: datetime) -> int:
    """Ask one shop for what was changed since; answers how many orders had something new."""
    found = 0
    try:
        for state in working.asker(shop).orders(since):
            if isinstance(state, Unread):
                _unread(shop, state, now=now)
                continue
            became = posting.take(shop, state, now=now)
            if became.word not in _QUIET:
                _note(shop, state.id, became, now=now)
                found += 1
    except (Trouble, Unread) as trouble:
        _trouble(shop, trouble.code, now=now)
        log.warning("The shop %s could not be asked: %s", shop.pk, trouble)
    else:
        Shop.objects.filter(pk=shop.pk).update(asked_at=now, trouble="", trouble_at=None)
    return found


def _note(shop: Shop, number: str, became: Became, *, now: datetime) -> None:
    failed = became.word == "refused"
    working.note(shop, number, became.word, said=became.code, failed=failed, now=now)


def _unread(shop: Shop, unread: Unread, *, now: datetime) -> None:
    """An order that cannot be read is shown once, not at every round."""
    there = ShopMessage.objects.filter(
        shop=shop, topic="asked", state=working.State.FAILED, became=unread.code, said=unread.names
    )
    if not there.exists():
        working.note(shop, "", unread.code, said=unread.names, failed=True, now=now)


def _trouble(shop: Shop, code: str, *, now: datetime) -> None:
    Shop.objects.filter(pk=shop.pk).update(trouble=code[:20], trouble_at=now)
