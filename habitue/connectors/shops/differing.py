"""What must happen in the ledger so that an order stands there as it stands in the shop. Pure.

The ledger holds a purchase and refunds of it (`Standing`). `plan` compares that with what should
stand (`wanted`) and answers what is to be undone and posted. Whatever the way of states was, what
stands at the end follows from the last state alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct, structs

from habitue.connectors.shops import order
from habitue.connectors.shops.order import Back, Order
from habitue.core import facts, history

WHOLE: Final = ""
"""The name of the refund that takes back all of an order that was cancelled."""


class Booked(Struct):
    """A refund that stands in the ledger: its event and what it says (`of` is 0)."""

    event: int
    what: facts.Refund


class Standing(Struct):
    """What the ledger holds of an order. `purchase` 0: nothing. `turn`: how often it was posted."""

    purchase: int = 0
    customer: int = 0
    at: datetime | None = None
    what: facts.Purchase | None = None
    refunds: dict[str, Booked] = {}
    turn: int = 0


class Wanted(Struct, frozen=True):
    """What should stand: a purchase of `customer`, and refunds by name."""

    customer: int
    at: datetime
    what: facts.Purchase
    refunds: dict[str, facts.Refund]


class Plan(Struct, frozen=True):
    """What is to be done, in this order. `undo`: refunds; `anew`: the purchase is replaced."""

    undo: tuple[str, ...] = ()
    anew: bool = False
    purchase: bool = False
    refunds: tuple[str, ...] = ()

    @property
    def idle(self) -> bool:
        """Whether nothing is to be done."""
        return not (self.undo or self.anew or self.purchase or self.refunds)


def wanted(state: Order, customer: int, *, channel: str) -> Wanted | None:
    """What should stand of an order for a customer; None: nothing of it."""
    items = [item for item in state.items if item.quantity > 0]
    if state.status != "paid" or state.test or not customer or not items:
        return None
    lines = tuple(
        facts.Line(
            amount=item.amount,
            quantity=item.quantity,
            sku=item.sku,
            category=item.category,
            labels=item.labels,
            discount=item.discount,
            tax=item.tax,
        )
        for item in items
    )
    what = facts.Purchase(lines, state.currency, channel=channel)
    places = {item.id: place for place, item in enumerate(items)}
    return Wanted(customer, state.at, what, _refunds(state, what, places))


def plan(standing: Standing, goal: Wanted | None) -> Plan:
    """What leads from what stands to what should stand, by the fewest events."""
    stands = standing.purchase != 0
    if goal is None:
        return Plan(refunds=(WHOLE,)) if stands and left(standing) else Plan()
    same = (
        stands
        and standing.what == goal.what
        and standing.at == goal.at
        and standing.customer == goal.customer
    )
    if not same:
        return Plan(anew=stands, purchase=True, refunds=tuple(goal.refunds))
    gone = [
        name for name, booked in standing.refunds.items() if goal.refunds.get(name) != booked.what
    ]
    kept = standing.refunds.keys() - set(gone)
    return Plan(undo=tuple(gone), refunds=tuple(name for name in goal.refunds if name not in kept))


def left(standing: Standing) -> bool:
    """Whether anything of the purchase is left after the refunds that stand."""
    back = [booked.what for booked in standing.refunds.values()]
    return standing.what is not None and history.kept(standing.what, back) is not None


def merged(known: Order | None, new: Order) -> Order:
    """A newer state, with what was known better: a refund's lines, whose order it is.

    A webhook may tell of a refund its money where REST told its lines; the refund is the same.
    """
    if known is None:
        return new
    better = {back.id: back for back in known.refunds if back.pieces or back.net is not None}
    refunds = tuple(_better(better.get(back.id), back) for back in new.refunds)
    return structs.replace(new, refunds=refunds)


def with_refund(known: Order, back: Back, updated_at: datetime) -> Order:
    """A known order with one refund more, or told better."""
    others = tuple(one for one in known.refunds if one.id != back.id)
    before = next((one for one in known.refunds if one.id == back.id), None)
    return structs.replace(
        known,
        refunds=(*others, _better(before, back)),
        updated_at=max(known.updated_at, updated_at),
    )


def _better(known: Back | None, new: Back) -> Back:
    if known is None or new.pieces or new.net is not None:
        return new
    return known


def _refunds(
    state: Order, what: facts.Purchase, places: Mapping[str, int]
) -> dict[str, facts.Refund]:
    """The refunds of an order as facts, each within what those before it have left."""
    worth = order.net_refunds(state)
    found: dict[str, facts.Refund] = {}
    for back in order.in_time(state.refunds):
        earlier = list(found.values())
        left = history.kept(what, earlier)
        if left is None:
            break
        by_lines = _by_lines(back, what, places, earlier)
        if by_lines is not None:
            found[back.id] = by_lines
        elif (amount := min(worth[back.id], left.total)) > 0:
            found[back.id] = facts.Refund(0, amount=amount)
    return found


def _by_lines(
    back: Back, what: facts.Purchase, places: Mapping[str, int], earlier: list[facts.Refund]
) -> facts.Refund | None:
    """A refund by lines, where its pieces are known, still there, and cost what it gave back."""
    if not back.pieces or any(number not in places for number, _ in back.pieces):
        return None
    counts: dict[int, int] = {}
    for number, count in back.pieces:
        counts[places[number]] = counts.get(places[number], 0) + count
    refund = facts.Refund(
        0, tuple(facts.Returned(place, count) for place, count in sorted(counts.items()))
    )
    if any(count <= 0 for count in counts.values()) or not _fits(what, [*earlier, refund]):
        return None
    before, after = history.kept(what, earlier), history.kept(what, [*earlier, refund])
    value = (before.total if before else 0) - (after.total if after else 0)
    if back.net is None or abs(back.net - value) <= sum(counts.values()):  # a cent a piece
        return refund
    return None


def _fits(what: facts.Purchase, refunds: list[facts.Refund]) -> bool:
    """Whether no more pieces or money come back than were bought."""
    back = [0] * len(what.lines)
    for refund in refunds:
        for returned in refund.lines:
            back[returned.line] += returned.quantity
    if any(count > line.quantity for count, line in zip(back, what.lines, strict=True)):
        return False
    pieces = [facts.Refund(0, refund.lines) for refund in refunds if refund.lines]
    left = history.kept(what, pieces) if pieces else what
    return sum(refund.amount for refund in refunds) <= (left.total if left else 0)
