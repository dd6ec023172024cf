"""What is left of a purchase, what a correction gives back, and what it leaves to be written."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import history
from habitue.core.account import Account, Lot
from habitue.core.facts import (
    Event,
    Forgiven,
    Line,
    Purchase,
    Redemption,
    Refund,
    Refused,
    Returned,
    Undo,
)
from habitue.core.program import Gift, Reward, Unit
from tests.core.cast import ALICE, STEP, Stage, at, buys, cafe

NOW = at("2026-03-05")
THIRDS = Purchase((Line(333), Line(333), Line(334)), "EUR", covered=100)
CUPS = Purchase((Line(1_000, 3, discount=100, tax=50), Line(500)), "EUR", covered=300)
CAKE = (Gift("product", "cake"),)


def amounts(left: Purchase | None) -> list[int] | None:
    return None if left is None else [line.amount for line in left.lines]


@pytest.mark.parametrize(
    ("bought", "refunds", "left", "covered"),
    [
        (THIRDS, (), [333, 333, 334], 100),
        (THIRDS, (Refund(1, amount=100),), [300, 300, 300], 90),
        (THIRDS, (Refund(1, amount=60), Refund(1, amount=40)), [300, 300, 300], 90),
        (THIRDS, (Refund(1, amount=1),), [333, 333, 333], 99),
        (THIRDS, (Refund(1, amount=2),), [333, 332, 333], 99),
        (THIRDS, (Refund(1, amount=999),), [1, 0, 0], 0),
        (THIRDS, (Refund(1, amount=1_000),), None, 0),
        (THIRDS, (Refund(1),), None, 0),
        (THIRDS, (Refund(1, amount=1), Refund(1)), None, 0),
        (THIRDS, (Refund(1, (Returned(1),)),), [333, 334], 66),
        (THIRDS, (Refund(1, (Returned(0), Returned(1))), Refund(1, (Returned(2),))), None, 0),
        (THIRDS, (Refund(1, (Returned(1),)), Refund(1, amount=67)), [300, 300], 60),
        (CUPS, (Refund(1, (Returned(0, 1),)),), [667, 500], 233),
        (CUPS, (Refund(1, (Returned(0, 1),)), Refund(1, (Returned(0, 1),))), [334, 500], 166),
        (CUPS, (Refund(1, (Returned(0, 3),)),), [500], 100),
    ],
)
def test_what_is_left_of_a_purchase_to_the_cent(
    bought: Purchase, refunds: tuple[Refund, ...], left: list[int] | None, covered: int
) -> None:
    kept = history.kept(bought, refunds)
    assert amounts(kept) == left
    assert (kept.covered if kept else 0) == covered


def test_discount_and_tax_stay_with_the_pieces_that_stay() -> None:
    kept = history.kept(CUPS, (Refund(1, (Returned(0, 1),)),))
    assert kept is not None
    assert kept.lines == (Line(667, 2, discount=67, tax=34), Line(500))


TOO_MUCH = Refused("too_much", "More is returned than was bought.", {"event": STEP})


@pytest.mark.parametrize(
    ("before", "refund", "found"),
    [
        ((), Refund(STEP), 1_200),
        ((), Refund(STEP, amount=1_500), 1_200),
        ((), Refund(STEP, amount=1_501), TOO_MUCH),
        ((), Refund(STEP, amount=500), 400),
        ((), Refund(STEP, (Returned(0, 3), Returned(1))), 1_200),
        ((), Refund(STEP, (Returned(0, 4),)), TOO_MUCH),
        ((), Refund(STEP, (Returned(2),)), TOO_MUCH),
        ((Refund(STEP, amount=500),), Refund(STEP), 800),
        ((Refund(STEP, amount=500),), Refund(STEP, amount=1_001), TOO_MUCH),
        ((Refund(STEP, (Returned(0, 3),)),), Refund(STEP, amount=500), 400),
        ((Refund(STEP, (Returned(0, 3),)),), Refund(STEP, amount=501), TOO_MUCH),
        ((Refund(STEP, (Returned(0, 2),)),), Refund(STEP, (Returned(0, 1),)), 268),
        ((Refund(STEP, (Returned(0, 2),)),), Refund(STEP, (Returned(0, 2),)), TOO_MUCH),
        ((Refund(STEP),), Refund(STEP), TOO_MUCH),
        ((Refund(STEP),), Refund(STEP, amount=1), TOO_MUCH),
        ((Refund(STEP, amount=1_500),), Refund(STEP), TOO_MUCH),
        ((Refund(STEP, amount=1_499),), Refund(STEP), 1),
    ],
)
def test_a_refund_gives_back_the_money_that_was_paid_for_what_comes_back(
    before: tuple[Refund, ...], refund: Refund, found: int | Refused
) -> None:
    past = [Event(STEP, ALICE, at("2026-03-01"), CUPS)]
    past += [Event(n * STEP, ALICE, NOW, each) for n, each in enumerate(before, 2)]
    refused, money = history.check(cafe(), past, Event(9 * STEP, ALICE, NOW, refund))
    assert (refused or money) == found


def test_what_was_undone_was_never_returned() -> None:
    past = [
        Event(STEP, ALICE, at("2026-03-01"), CUPS),
        Event(2 * STEP, ALICE, NOW, Refund(STEP)),
        Event(3 * STEP, ALICE, NOW, Undo(2 * STEP)),
    ]
    again = Event(4 * STEP, ALICE, NOW, Refund(STEP))
    assert history.check(cafe(), past, again) == (None, 1_200)
    past.append(Event(4 * STEP, ALICE, NOW, Undo(STEP)))
    refused, _ = history.check(cafe(), past, again)
    assert refused == Refused("unknown_purchase", "There is no such purchase.", {"event": STEP})


# --- units that were spent already ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "forgiven", "left"),
    [
        ({}, Forgiven(NOW, {0: 7}), {}),
        ({"refund_of_spent": "negative"}, None, {0: 7}),
        ({"refund_of_spent": "lower the refund"}, Forgiven(NOW, {0: 7}, 10), {}),
    ],
)
def test_what_is_missing_is_forgiven_owed_or_withheld(
    given: dict[str, Any], forgiven: Forgiven | None, left: dict[int, int]
) -> None:
    source = cafe(units=(Unit("points", worth=Fraction(3, 200)),), **given)
    account = Account(ALICE, [-7])
    account.memory.debts = {0: 7}
    assert history.settle(source, account, NOW, 100) == forgiven
    assert account.memory.debts == left
    assert account.balances == ([0] if forgiven else [-7])


def test_no_more_is_withheld_than_comes_back_and_nothing_where_nothing_is_owed() -> None:
    unit = Unit("points", worth=Fraction(1))
    source = cafe(units=(unit,), refund_of_spent="lower the refund")
    account = Account(ALICE, [-7])
    account.memory.debts = {0: 7}
    assert history.settle(source, account, NOW, 100) == Forgiven(NOW, {0: 7}, 100)
    assert history.settle(source, account, NOW, 100) is None


def test_no_more_is_forgiven_than_is_owed() -> None:
    account = Account(ALICE, [-7, 0])
    account.memory.debts = {0: 7}
    history.forgive(account, Forgiven(NOW, {0: 5, 1: 3}))
    assert (account.memory.debts, account.balances) == ({0: 2}, [-2, 0])
    history.forgive(account, Forgiven(NOW, {0: 5}))
    assert (account.memory.debts, account.balances) == ({}, [0, 0])


# --- what is to be written -----------------------------------------------------------------------


def written(stage: Stage) -> None:
    """Whoever keeps accounts has written what was touched until now."""
    stage.account().touched_lots = {}
    stage.account().touched_vouchers = {}


def touched(stage: Stage) -> list[tuple[int, int]]:
    lots = stage.account().touched_lots
    assert all(number == lot.id for number, lot in lots.items())
    return sorted((lot.id, lot.remaining) for lot in lots.values())


def test_a_correction_leaves_to_be_written_what_it_changed_and_nothing_else() -> None:
    stage = Stage(cafe())
    for _ in range(3):
        stage.post("2026-03-01", buys(1_000))
    written(stage)
    stage.post("2026-03-02", Refund(2 * STEP, amount=400))
    assert touched(stage) == [(2 * STEP + 1, 6)]
    written(stage)
    stage.post("2026-03-02", Refund(2 * STEP))
    assert touched(stage) == [(2 * STEP + 1, 0)]
    written(stage)
    late = stage.post("2026-02-01", buys(100)).event.id
    assert touched(stage) == [(late + 1, 1)]
    stage.post("2026-03-03", Refund(3 * STEP))  # what was not written yet still is
    assert touched(stage) == [(3 * STEP + 1, 0), (late + 1, 1)]


def test_vouchers_that_a_correction_leaves_alone_are_not_written_again() -> None:
    card = Reward("card", CAKE, cost=("points", 10), automatic="threshold")
    stage = Stage(cafe(rewards=(card,)))
    for day in ("01", "02", "03"):
        stage.post(f"2026-03-{day}", buys(1_000))
    written(stage)
    stage.post("2026-03-04", Refund(2 * STEP))
    found = {number: each.state for number, each in stage.account().touched_vouchers.items()}
    assert found == {2 * STEP: "cancelled"}
    written(stage)
    late = stage.post("2026-02-01", buys(1_000)).event.id
    new = stage.account().touched_vouchers
    assert {number: (each.state, each.issued_on) for number, each in new.items()} == {
        late: ("issued", date(2026, 2, 1))
    }


def test_lots_that_are_no_more_and_lots_that_are_new_are_entries() -> None:
    stored, live = Account.blank(ALICE, 1), Account.blank(ALICE, 1)
    derived = Account.blank(ALICE, 1)
    day = date(2026, 3, 5)
    live.lots = [Lot(257, 0, 5, 5, day, day), Lot(513, 0, 4, 4, day, day)]
    derived.lots = [Lot(513, 0, 4, 1, day, day), Lot(769, 0, 3, 3, day, day)]
    live.balances, derived.balances = [9], [2]
    entries = history.difference(stored, live, derived, 768, day)
    assert [(one.lot, one.amount, one.kind, one.balance) for one in entries] == [
        (257, -5, "reversal", 4),
        (513, -3, "reversal", 1),
        (769, 3, "accrual", 4),
        (0, -2, "reversal", 2),
    ]
    assert {one.on for one in entries} == {day}
    moved = history.difference(stored, live, derived, 768, day, moved=True)
    assert {one.kind for one in moved} == {"transfer"}


# --- the history as it is told again -------------------------------------------------------------


def told(*events: Event) -> list[int | str]:
    return [
        "forgiven" if isinstance(each, Forgiven) else each.id for each in history.amended(events)
    ]


def test_it_is_told_in_order_of_time_then_of_number_and_each_pardon_after_its_event() -> None:
    def event(number: int, day: str, what: Any, forgiven: Forgiven | None = None) -> Event:
        return Event(number, ALICE, at(day), what, forgiven)

    pardon = Forgiven(at("2026-03-04"), {0: 1})
    assert told(
        event(256, "2026-03-01", buys(100)),
        event(512, "2026-03-03", buys(100)),
        event(768, "2026-03-04", Refund(256), pardon),
        event(1024, "2026-03-04", buys(100)),
        event(1280, "2026-03-02", buys(100)),
        event(1536, "2026-03-02", Redemption("coffee")),
        event(1792, "2026-03-05", Undo(1536)),
        event(2048, "2026-03-01", buys(100)),
    ) == [2048, 1280, 512, "forgiven", 1024]
