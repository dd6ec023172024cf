"""Every change of a balance is an entry: what it moved, of which lot, and what is held after."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import facts, holding
from habitue.core.account import Account, Entry, EntryKind, Lot
from habitue.core.calendar import FOREVER
from habitue.core.earning import Earned
from habitue.core.facts import Parcel
from habitue.core.program import After, EarnRule, Fixed, Pending, Period, Redated, Unit
from habitue.core.rulebook import Rulebook
from tests.core.cast import ALICE, PER_EURO, SPEND, STEP, YEARLY, Stage, buys, cafe

DAY, EVE, MORROW = date(2026, 3, 2), date(2026, 3, 1), date(2026, 3, 3)
WHY = (("cake", 8, -8),)
REDEMPTION: EntryKind = "redemption"


def alice(*lots: Lot) -> Account:
    account = Account.blank(ALICE, 2)
    account.lots = list(lots)
    for each in lots:
        account.balances[each.unit] += each.remaining
    return account


def nothing() -> list[Entry]:
    return []


def lot(number: int, left: int, *, until: date = FOREVER, active: date = EVE,
        awaits: str = "") -> Lot:  # fmt: skip
    return Lot(number, 0, left, left, EVE, active, until, awaits)


def rulebook(**given: Any) -> Rulebook:
    return Stage(cafe(units=(Unit("points", **given), SPEND), rules=(PER_EURO, YEARLY))).book.latest


def drawn(account: Account, amount: int, **given: Any) -> list[Entry]:
    entries: list[Entry] = []
    holding.draw(rulebook(**given), account, 0, amount, DAY, REDEMPTION, WHY, entries)
    return entries


def test_units_are_drawn_from_their_lots_and_what_is_missing_is_owed() -> None:
    account = alice(lot(9, 4), lot(10, 1, until=DAY))
    assert drawn(account, 8) == [
        Entry(0, 10, -1, REDEMPTION, DAY, 4, WHY),
        Entry(0, 9, -4, REDEMPTION, DAY, 0, WHY),
        Entry(0, 0, -3, REDEMPTION, DAY, -3, WHY),
    ]
    assert (account.balances, account.memory.debts) == ([-3, 0], {0: 3})
    assert sorted(account.touched_lots) == [9, 10]
    drawn(account, 2)
    assert account.memory.debts == {0: 5}


def test_no_more_lots_are_touched_than_are_needed() -> None:
    account = alice(lot(9, 4), lot(10, 1, until=DAY), lot(11, 5))
    assert [(one.lot, one.amount) for one in drawn(account, 5)] == [(10, -1), (9, -4)]
    assert (sorted(account.touched_lots), account.memory.debts) == ([9, 10], {})
    account = alice(lot(9, 4), lot(10, 1, until=DAY))
    assert [one.lot for one in drawn(account, 4, order="first in")] == [9]


def test_units_that_only_count_are_entries_without_a_lot() -> None:
    account, entries = alice(), nothing()
    part = Earned(1, 1, 250, (("year", 250, 250),))
    holding.credit(rulebook(), account, STEP, part, DAY, entries)
    assert entries == [Entry(1, 0, 250, "accrual", DAY, 250, (("year", 250, 250),))]
    assert (account.balances, account.lots) == ([0, 250], [])


@pytest.mark.parametrize(("joining", "number"), [(False, STEP + 1), (True, STEP + 3)])
def test_a_lot_is_numbered_after_its_event_and_its_rule(joining: bool, number: int) -> None:
    account, entries = alice(), nothing()
    book = rulebook(expiry=After(Period(1, "month")))
    holding.credit(book, account, STEP, Earned(0, 0, 5, ()), DAY, entries, joining=joining)
    assert account.lots == [Lot(number, 0, 5, 5, DAY, DAY, date(2026, 4, 2))]
    assert entries == [Entry(0, number, 5, "accrual", DAY, 5)]
    assert (account.touched_lots, account.due_on) == ({number: account.lots[0]}, date(2026, 4, 3))
    holding.grant(book, account, STEP, Earned(0, 0, 2, ()), DAY, "adjustment", entries)
    holding.grant(book, account, STEP, Earned(0, 0, 1, ()), DAY, "adjustment", entries)
    assert [each.id for each in account.lots[1:]] == [STEP + 5, STEP + 6]
    assert entries[1] == Entry(0, STEP + 5, 2, "adjustment", DAY, 7)


def test_what_comes_in_pays_what_is_owed_first() -> None:
    for owed, left, debts in ((3, 2, {}), (5, 0, {}), (8, 0, {0: 3})):
        account, entries = alice(), nothing()
        account.balances, account.memory.debts = [-owed, 0], {0: owed}
        paid = min(owed, 5)
        holding.credit(rulebook(), account, STEP, Earned(0, 0, 5, ()), DAY, entries)
        assert entries == [
            Entry(0, STEP + 1, 5, "accrual", DAY, 5 - owed),
            Entry(0, STEP + 1, -paid, "settlement", DAY, 5 - owed - paid),
            Entry(0, 0, paid, "settlement", DAY, 5 - owed),
        ]
        assert [each.remaining for each in account.lots or ()] == [left]
        assert (account.balances[0], account.memory.debts) == (5 - owed, debts)


def test_what_waits_pays_nothing_yet() -> None:
    account, entries = alice(), nothing()
    account.balances, account.memory.debts = [-3, 0], {0: 3}
    book = rulebook(pending=Pending(Period(1, "day")))
    holding.credit(book, account, STEP, Earned(0, 0, 5, ()), DAY, entries)
    holding.credit(book, account, 2 * STEP, Earned(0, 0, 2, ()), DAY, entries)
    assert [entry.kind for entry in entries] == ["accrual", "accrual"]
    assert (account.memory.pending, account.memory.debts) == ({0: 7}, {0: 3})
    assert account.due_on == MORROW
    holding.settle(account, DAY, entries)
    assert len(entries) == 2
    holding.settle(account, MORROW, entries)
    assert entries[2:] == [
        Entry(0, STEP + 1, -3, "settlement", MORROW, 1),
        Entry(0, 0, 3, "settlement", MORROW, 4),
    ]


def test_what_lapsed_or_is_empty_pays_nothing() -> None:
    account = alice(lot(9, 5, until=EVE), lot(10, 0), lot(11, 2))
    account.memory.debts = {0: 4}
    entries: list[Entry] = []
    holding.settle(account, DAY, entries)
    assert [(one.lot, one.amount) for one in entries] == [(11, -2), (0, 2)]
    assert account.memory.debts == {0: 2}


def test_units_from_another_account_keep_their_dates() -> None:
    account, entries = alice(), nothing()
    parcel = Parcel(9, 0, 5, EVE, MORROW, date(2026, 5, 1), "delivery")
    holding.bring(account, 77, parcel, DAY, WHY, entries)
    assert account.lots == [Lot(77, 0, 5, 5, EVE, MORROW, date(2026, 5, 1), "delivery")]
    assert entries == [Entry(0, 77, 5, "transfer", DAY, 5, WHY)]
    assert (account.memory.pending, account.due_on) == ({0: 5}, MORROW)


def test_an_event_frees_what_waited_for_it_but_not_what_it_earns_itself() -> None:
    unit = Unit("points", pending=Pending(event="visit"), expiry=After(Period(10, "day")))
    hello = EarnRule("hello", "visit", (Fixed("points", Fraction(1)),))
    stage = Stage(cafe(units=(unit,), rules=(hello, PER_EURO)))
    stage.post("2026-03-01", buys(500))
    assert stage.account().memory.pending == {0: 5}
    stage.account().touched_lots = {}
    freed = stage.post("2026-03-02", facts.Visit())
    assert [(one.lot, one.amount) for one in freed.entries] == [(2 * STEP + 1, 1)]
    found = {each.id: (each.awaits, each.expires_on) for each in stage.account().lots or ()}
    assert found == {
        STEP + 1: ("", date(2026, 3, 12)),
        2 * STEP + 1: ("visit", FOREVER),
    }
    assert stage.account().touched_lots.keys() == found.keys()
    assert (stage.account().memory.pending, stage.account().due_on) == ({0: 1}, date(2026, 3, 13))
    stage.post("2026-03-03", facts.Visit())
    assert (stage.has(), stage.account().memory.pending) == (6, {0: 1})


def test_lots_that_were_not_loaded_are_not_taken_for_none() -> None:
    unloaded = Account(ALICE, [0])
    with pytest.raises(AssertionError, match=r"^lots were not loaded"):
        holding.waiting(unloaded, "visit", 0)
    moved = Stage(cafe(units=(Unit("points", expiry=Redated(Period(1, "year"))),))).book.latest
    with pytest.raises(AssertionError, match=r"^lots were not loaded"):
        holding.active(moved, unloaded, "purchase", DAY)


def test_only_lots_that_move_are_written() -> None:
    book = Stage(cafe(units=(Unit("points", expiry=Redated(Period(10, "day"))),))).book.latest
    sooner, same, later = date(2026, 3, 11), date(2026, 3, 12), date(2026, 3, 13)
    account = alice(
        lot(9, 1, until=sooner), lot(10, 1, until=same), lot(11, 1, until=later),
        lot(12, 0, until=sooner), lot(13, 1, until=sooner, active=FOREVER, awaits="approval"),
    )  # fmt: skip
    holding.active(book, account, "purchase", DAY)
    assert [each.expires_on for each in account.lots or ()] == [same, same, later, sooner, sooner]
    assert {number: each.id for number, each in account.touched_lots.items()} == {9: 9}
    holding.active(book, account, "visit", date(2026, 4, 1))
    assert account.touched_lots.keys() == {9}
