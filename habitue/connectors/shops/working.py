"""Works off what shops told: at once where that can be, else by the worker, until it is done.

A message that cannot be understood, or that the ledger refuses, is kept, shown to the owner, and
may be tried again. What must be asked by REST is left to the worker.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import OperationalError, transaction
from django.db.models import F
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from habitue.connectors.models import Shop, ShopMessage, ShopOrder
from habitue.connectors.shops import kinds, payload, posting
from habitue.connectors.shops.asking import Trouble
from habitue.connectors.shops.order import Elsewhere, Nothing, Order, Partly, Told, Unread
from habitue.connectors.shops.posting import Became

TASK: Final = "habitue.site.tasks.shop_message"
MOST_TRIES: Final = 12
KEPT: Final = timedelta(days=30)
_NOT_WELL: Final = frozenset({"refused", "no_keys", "no_rights"})
_LEFT_ALONE: Final = timedelta(minutes=1)  # whoever received it may be at it still

State = ShopMessage.State


def at_once(message: ShopMessage, *, now: datetime) -> None:
    """Work off a message while the shop waits; what takes longer goes to the worker."""
    try:
        done = work(message.pk, now=now, ask=False)
    except OperationalError:  # a deadlock, a lock that took too long: nothing was written
        done = False
    if not done:
        _queue(message.pk)


def work(key: int, *, now: datetime, ask: bool) -> bool:
    """Work off one message; whether it is done. `ask`: REST may be asked."""
    waiting = ShopMessage.objects.filter(pk=key, state=State.WAITING)
    message = waiting.select_related("shop__business").first()
    if message is None:
        return True
    if ask:
        waiting.update(tries=F("tries") + 1)  # before, so that what breaks is not tried for ever
        if message.tries >= MOST_TRIES:
            _end(message, State.FAILED, "given_up", now=now)
            return True
    try:
        became = _follow(message, _told(message), now=now, ask=ask)
    except Unread as unread:
        _end(message, State.FAILED, unread.code, said=unread.names, now=now)
        return True
    except Trouble as trouble:
        waiting.update(said=trouble.code)
        return False
    if became is None:
        return False
    state = State.FAILED if became.word in _NOT_WELL else State.DONE
    _end(message, state, became.word, said=became.code, now=now)
    return True


def work_waiting(*, now: datetime) -> int:
    """The worker's round: whatever waits; answers how many were done."""
    waiting = ShopMessage.objects.filter(
        state=State.WAITING, received_at__lt=now - _LEFT_ALONE, shop__disconnected_at=None
    )
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:1_000])
    return sum(work(key, now=now, ask=True) for key in keys)


def retry(message: ShopMessage, *, now: datetime) -> bool:
    """Try once more what failed; whether it may be tried."""
    if message.body is None:
        row = ShopOrder.objects.filter(shop=message.shop_id, number=message.number).first()
        if row is None or message.became != "refused":
            return False
        became = posting.again(message.shop, row, now=now)
        state = State.FAILED if became.word == "refused" else State.DONE
        _end(message, state, became.word, said=became.code, now=now)
        return True
    mine = ShopMessage.objects.filter(pk=message.pk, state=State.FAILED)
    if mine.update(state=State.WAITING, tries=0, became="", said=""):
        at_once(message, now=now)
    return True


def note(
    shop: Shop, number: str, became: str, *, said: str = "", failed: bool, now: datetime
) -> None:
    """Write down what came of an order that the shop was asked for, as if it had told it."""
    ShopMessage.objects.create(
        shop=shop,
        topic="asked",
        number=number,
        received_at=now,
        done_at=now,
        state=State.FAILED if failed else State.DONE,
        became=became,
        said=said,
    )


def forget_old(*, now: datetime) -> None:
    """Messages go after some time, done or not."""
    ShopMessage.objects.filter(received_at__lt=now - KEPT).delete()


def forget(business: int, known: Iterable[str]) -> None:
    """Somebody is erased: what was not understood goes as a whole, what waits if it names them."""
    mine = ShopMessage.objects.filter(shop__business=business, body__isnull=False)
    mine.filter(state=State.FAILED).update(body=None)
    for message in mine.filter(state=State.WAITING):
        plain = bytes(message.body or b"").decode("utf-8", "replace").casefold()
        if any(one.casefold() in plain for one in known):
            message.delete()


def _told(message: ShopMessage) -> Told:
    kind = kinds.known()[message.shop.kind]
    told = kind.read(message.topic, payload.read(bytes(message.body or b"")))
    if not isinstance(told, Nothing):
        ShopMessage.objects.filter(pk=message.pk).update(number=told.id)
    return told


def _follow(message: ShopMessage, told: Told, *, now: datetime, ask: bool) -> Became | None:
    """Let happen what a message says; None: the shop must be asked first."""
    match told:
        case Nothing(reason):
            return Became(reason)
        case Order():
            return posting.take(message.shop, told, now=now)
        case Partly():
            return posting.take_part(message.shop, told, now=now)
        case Elsewhere(number):
            if not message.shop.credentials:
                return Became("no_keys")
            return _asked(message.shop, number, now=now) if ask else None


def _asked(shop: Shop, number: str, *, now: datetime) -> Became:
    state = asker(shop).order(number)
    if state is None:
        return posting.take_end(shop, number, now=now)
    return posting.take(shop, state, now=now)


def asker(shop: Shop) -> kinds.Asker:
    """Who asks this shop."""
    return kinds.known()[shop.kind].asker(shop.address, shop.credentials)


def _end(
    message: ShopMessage, state: ShopMessage.State, became: str, *, now: datetime, said: str = ""
) -> None:
    """A message's end. Only what was not understood keeps its words, to be tried again."""
    kept = state == State.FAILED and became != "refused"
    ended = {"state": state, "became": became, "said": said[:60], "done_at": now}
    ShopMessage.objects.filter(pk=message.pk).update(**(ended if kept else {**ended, "body": None}))


def _queue(key: int) -> None:
    # The lock makes asking twice harmless.
    try:
        with transaction.atomic():
            app.configure_task(TASK, queueing_lock=f"shop message {key}").defer(key=key)
    except AlreadyEnqueued:
        return
