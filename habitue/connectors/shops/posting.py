"""An order's newest state goes into the ledger: the difference to what stands there, once.

The order's row is locked first; what is posted and what is known of it are written in one
transaction, every event under a permanent reference of this shop. So a state that is told again, at
the same moment or an older one afterwards, changes nothing.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db import transaction
from msgspec import Struct, structs

from habitue import ledger
from habitue.connectors.models import Shop, ShopOrder
from habitue.connectors.shops import differing, kinds, people
from habitue.connectors.shops.differing import WHOLE, Booked, Plan, Standing, Wanted
from habitue.connectors.shops.order import Order, Partly
from habitue.core import facts
from habitue.core.facts import Refused
from habitue.members import ids, survivors


class Became(Struct, frozen=True):
    """What came of a state. `word`: `posted`, `edited`, `refunded`, `taken_back`, `same`, `older`,
    `unpaid`, `ended`, `test`, `before`, `nobody`, `empty`, `unknown`, or `refused` with its `code`.
    """

    word: str
    code: str = ""
    order: int = 0


def take(shop: Shop, state: Order, *, now: datetime) -> Became:
    """Let an order stand in the ledger as it stands in the shop; one transaction."""
    with transaction.atomic():
        row = _locked(shop, state.id)
        known = _state(row)
        if known is not None and state.updated_at < known.updated_at:
            return Became("older", order=row.pk)
        customer = _customer(shop, row, state)
        return _settle(shop, row, differing.merged(known, state), customer, now)


def take_part(shop: Shop, part: Partly, *, now: datetime) -> Became:
    """Add a refund to an order as it is known; of an unknown order it comes with the order."""
    with transaction.atomic():
        row = ShopOrder.objects.select_for_update().filter(shop=shop, number=part.id).first()
        known = _state(row) if row is not None else None
        if row is None or known is None:
            return Became("unknown")
        state = differing.with_refund(known, part.refund, part.updated_at)
        return _settle(shop, row, state, row.customer_id or 0, now)


def take_end(shop: Shop, number: str, *, now: datetime) -> Became:
    """The shop knows no such order any more: what stands of it is taken back."""
    with transaction.atomic():
        row = ShopOrder.objects.select_for_update().filter(shop=shop, number=number).first()
        known = _state(row) if row is not None else None
        if row is None or known is None:
            return Became("unknown")
        state = structs.replace(known, status="cancelled")
        return _settle(shop, row, state, row.customer_id or 0, now)


def again(shop: Shop, row: ShopOrder, *, now: datetime) -> Became:
    """Post once more what was refused before, as the order is known now."""
    with transaction.atomic():
        row = ShopOrder.objects.select_for_update().get(pk=row.pk)
        known = _state(row)
        if known is None:
            return Became("unknown")
        return _settle(shop, row, known, row.customer_id or 0, now, force=True)


def source(shop: Shop) -> str:
    """The source under which a shop's events are posted."""
    return f"shop:{shop.pk}"


def _locked(shop: Shop, number: str) -> ShopOrder:
    """The order's row under lock, made where it is new: whoever comes second waits here."""
    ShopOrder.objects.bulk_create(
        [ShopOrder(id=ids.make(), shop=shop, number=number)], ignore_conflicts=True
    )
    return ShopOrder.objects.select_for_update().get(shop=shop, number=number)


def _state(row: ShopOrder) -> Order | None:
    return None if row.state is None else msgspec.convert(row.state, Order)


def _customer(shop: Shop, row: ShopOrder, state: Order) -> int:
    """Whose order it is: who it was, unless the shop says otherwise now. Nobody is made a customer
    by what was not bought, or bought before.
    """
    mark = people.mark(shop, state.person)
    if row.whose and mark in ("", row.whose):
        return row.customer_id or 0
    if state.status != "paid" or state.test or state.at < shop.since:
        return 0
    row.whose = mark
    return people.of(shop, state.person, at=state.at)


def _settle(
    shop: Shop, row: ShopOrder, state: Order, customer: int, now: datetime, *, force: bool = False
) -> Became:
    """Post what is missing, and write down what is known and what stands.

    What was refused is not tried again while nothing is new, unless by `force`.
    """
    bare, before = structs.replace(state, person=None), row.became
    nothing_new = bare == _state(row) and customer == (row.customer_id or 0)
    if before == "refused" and nothing_new and not force:
        return Became("same", order=row.pk)
    standing = msgspec.convert(row.standing, Standing)
    old = state.at < shop.since
    goal = None if old else _goal(shop, state, _same(standing, customer))
    plan = differing.plan(standing, goal)
    refused = _Posting(shop, state, standing, now).run(plan, goal)
    why = "before" if old else _why(state, customer)
    became = _became(why, standing, plan, refused, before)
    row.state = msgspec.to_builtins(bare)
    row.updated_at, row.customer_id = state.updated_at, customer or None
    row.standing = msgspec.to_builtins(standing)
    row.became = "refused" if refused else became.word if became.word != "same" else before
    row.save()
    return structs.replace(became, order=row.pk)


def _same(standing: Standing, customer: int) -> int:
    """The number under which the purchase stands, where that customer and this are one person."""
    if standing.customer in (0, customer):
        return customer
    today = survivors.of([standing.customer, customer])
    same = today.get(standing.customer) == today.get(customer, 0)
    return standing.customer if same else customer


def _goal(shop: Shop, state: Order, customer: int) -> Wanted | None:
    return differing.wanted(state, customer, channel=kinds.known()[shop.kind].channel)


def _became(
    why: str,
    standing: Standing,
    plan: Plan,
    refused: Refused | None,
    before: str,
) -> Became:
    if refused is not None:
        return Became("refused", refused.code)
    if plan.anew:
        return Became("edited")
    if plan.purchase:
        return Became("posted")
    if WHOLE in plan.refunds:
        return Became("taken_back")
    if not plan.idle:
        return Became("refunded")
    return Became("same" if standing.purchase or not why or why == before else why)


def _why(state: Order, customer: int) -> str:
    """Why nothing is to be posted of an order, if nothing is."""
    if state.test:
        return "test"
    if state.status != "paid":
        return "ended" if state.status == "cancelled" else "unpaid"
    if not any(item.quantity > 0 for item in state.items):
        return "empty"
    return "" if customer else "nobody"


class _Posting:
    """Carries out a plan and keeps `standing` true to it."""

    def __init__(self, shop: Shop, state: Order, standing: Standing, now: datetime) -> None:
        self.shop, self.state, self.standing, self.now = shop, state, standing, now

    def run(self, plan: Plan, goal: Wanted | None) -> Refused | None:
        """Do it; answers the first refusal that leaves something undone."""
        if plan.idle:
            return None
        turn = self.standing.turn
        self.standing.turn += 1
        refused: Refused | None = None
        for name in plan.undo:
            refused = refused or self._undo(name)
        if plan.anew:
            refused = refused or self._remove(turn)
        if refused is None and plan.purchase and goal is not None:
            refused = self._buy(goal, turn)
        if refused is None:
            back = dict(goal.refunds) if goal is not None else {WHOLE: facts.Refund(0)}
            for name in plan.refunds:
                refused = refused or self._refund(name, back[name], turn)
        return refused

    def _undo(self, name: str) -> Refused | None:
        """A refund was no such refund: it is undone."""
        booked = self.standing.refunds[name]
        undone = self._post(facts.Undo(booked.event, consequence=True), f"undo:{booked.event}")
        if not undone.refused:
            del self.standing.refunds[name]
        return undone.refused

    def _remove(self, turn: int) -> Refused | None:
        """The purchase was no such purchase: undone, or, where its voucher was used already, taken
        back whole.
        """
        of = self.standing.purchase
        undone = self._post(facts.Undo(of, consequence=True), f"undo:{of}")
        refused = undone.refused
        if refused is not None and refused.code == "voucher_used":
            refused = None
            if differing.left(self.standing):
                refused = self._post(facts.Refund(of), f"replaced{_turned(turn)}").refused
        if refused is None:
            self.standing.purchase, self.standing.what, self.standing.at = 0, None, None
            self.standing.refunds = {}
        return refused

    def _buy(self, goal: Wanted, turn: int) -> Refused | None:
        self.standing.customer = goal.customer
        bought = self._post(goal.what, _turned(turn).removeprefix(":"), at=goal.at)
        if bought.refused is None:
            self.standing.customer = bought.customer  # who may have gone over meanwhile
            self.standing.purchase, self.standing.what = bought.event, goal.what
            self.standing.at, self.standing.refunds = goal.at, {}
        return bought.refused

    def _refund(self, name: str, what: facts.Refund, turn: int) -> Refused | None:
        said = f"refund:{name}" if name != WHOLE else "cancelled"
        given = next((back.at for back in self.state.refunds if back.id == name), None)
        made = self._post(
            structs.replace(what, of=self.standing.purchase), f"{said}{_turned(turn)}", at=given
        )
        if made.refused is None:
            self.standing.refunds[name] = Booked(made.event, what)
        return made.refused

    def _post(self, what: facts.What, said: str, *, at: datetime | None = None) -> ledger.Answer:
        """Post one event of the customer under whose number the purchase stands."""
        earliest = self.standing.at or self.state.at
        when = at or self.state.updated_at
        if not isinstance(what, facts.Purchase):
            when = max(min(when, self.now), earliest)
        fact = ledger.Fact(
            customer=self.standing.customer,
            at=when,
            what=what,
            source=source(self.shop),
            reference=":".join(filter(None, ("order", self.state.id, said))),
        )
        (answer,) = ledger.post(self.shop.business_id, [fact], now=self.now)
        return answer


def _turned(turn: int) -> str:
    """What tells the references of a later turn from those of the first."""
    return f":edit:{turn}" if turn else ""
