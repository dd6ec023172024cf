"""What falls due by itself: on which midnight, in which order, and when to look again."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import due, facts
from habitue.core.account import Account, Entry, Lot, Voucher
from habitue.core.calendar import FOREVER
from habitue.core.program import (
    After,
    Dividend,
    EarnRule,
    Fixed,
    Gift,
    Inactivity,
    Ladder,
    Level,
    Pending,
    Period,
    Reward,
    Unit,
    UntilDate,
    WhileEarned,
)
from habitue.core.rulebook import Book
from tests.core.cast import ALICE, EXACT, PER_EURO, SPEND, STEP, Stage, buys, cafe

WEEK = Period(7, "day")
CAKE = (Gift("product", "cake"),)
MIDNIGHT, EVE, MORROW = date(2026, 3, 8), date(2026, 3, 7), date(2026, 3, 9)


def lot(number: int, left: int, *, unit: int = 0, earned: date = date(2026, 3, 1),
        active: date = date(2026, 3, 1), until: date = FOREVER) -> Lot:  # fmt: skip
    return Lot(number, unit, left, left, earned, active, until)


def alice(*lots: Lot, units: int = 1) -> Account:
    """An account that has something due at the midnight that begins 8 March."""
    account = Account.blank(ALICE, units)
    account.enrolled_on = date(2026, 1, 1)
    account.lots, account.due_on = list(lots), MIDNIGHT
    for each in lots:
        account.balances[each.unit] += each.remaining
    return account


def advanced(account: Account, *, day: date = MIDNIGHT, **given: Any) -> list[Entry]:
    return due.advance(Book([cafe(**given)]), account, day)


def test_nothing_happens_before_it_is_due_and_nothing_unknown_is_skipped() -> None:
    account = alice()
    assert advanced(account, day=EVE) == []
    assert account.due_on == MIDNIGHT
    assert advanced(account) == []
    assert account.due_on == FOREVER
    for lacking in ("lots", "vouchers"):
        account = alice()
        setattr(account, lacking, None)
        with pytest.raises(LookupError, match=r"^the lots of customer 1 were not loaded$"):
            advanced(account)


def test_units_that_become_usable_pay_what_is_owed() -> None:
    waits = lot(9, 10, active=MIDNIGHT)
    later = lot(10, 4, active=MORROW)
    account = alice(waits, later)
    account.balances, account.memory.debts, account.memory.pending = [11], {0: 3}, {0: 14}
    assert advanced(account) == [
        Entry(0, 9, -3, "settlement", MIDNIGHT, 8),
        Entry(0, 0, 3, "settlement", MIDNIGHT, 11),
    ]
    assert (account.memory.pending, account.usable(0)) == ({0: 4}, 7)
    assert account.due_on == MORROW


def test_what_waits_is_summed_by_unit() -> None:
    units = (Unit("points"), Unit("stars"))
    account = alice(
        lot(9, 1, active=MORROW), lot(10, 2, active=MORROW), lot(11, 5, unit=1, active=MORROW),
        units=2,
    )  # fmt: skip
    advanced(account, units=units)
    assert account.memory.pending == {0: 3, 1: 5}


def test_a_dividend_is_earned() -> None:
    dividend = Dividend("points", "spend", Fraction(1, 10))
    account = alice(units=2)
    account.due_on, account.memory.years = date(2026, 3, 1), {1: {2025: 10_000}}
    (entry,) = advanced(account, units=(Unit("points"), SPEND), dividend=dividend)
    assert (entry.kind, entry.amount, entry.on) == ("accrual", 10, date(2026, 3, 1))
    assert entry.lot == due.number(date(2026, 3, 1)) + 1 + 2  # after both slots' places, twice


def test_lots_lapse_the_day_after_their_last_in_order_of_their_last_day() -> None:
    account = alice(
        lot(11, 1, until=EVE),
        lot(9, 2, until=EVE),
        lot(10, 4, until=date(2026, 3, 6)),
        lot(12, 8, until=MIDNIGHT),
    )
    assert advanced(account) == [
        Entry(0, 10, -4, "expiry", MIDNIGHT, 11),
        Entry(0, 9, -2, "expiry", MIDNIGHT, 9),
        Entry(0, 11, -1, "expiry", MIDNIGHT, 8),
    ]
    assert (account.balances, account.due_on) == ([8], MORROW)


def test_a_balance_lapses_whole_after_its_last_day_with_what_just_became_usable() -> None:
    idle = Unit("points", expiry=Inactivity(WEEK))
    account = alice(lot(9, 2), lot(10, 3, active=MIDNIGHT), lot(11, 4, active=MORROW))
    account.memory.lapses = {0: EVE}
    entries = advanced(account, units=(idle,))
    assert [(one.lot, one.amount) for one in entries] == [(9, -2), (10, -3)]
    assert account.memory.lapses == {}
    later = alice(lot(9, 2))
    later.memory.lapses = {0: MIDNIGHT}
    assert advanced(later, units=(idle,)) == []
    assert (later.memory.lapses, later.due_on) == ({0: MIDNIGHT}, MORROW)


def test_lots_of_a_version_that_let_nothing_lapse_when_idle_stay() -> None:
    idle = Unit("points", expiry=Inactivity(WEEK))
    versions = [cafe(), cafe(units=(idle,), since=date(2026, 3, 2))]
    account = alice(lot(9, 2), lot(10, 3, earned=date(2026, 3, 2)))
    account.memory.lapses = {0: EVE}
    entries = due.advance(Book(versions), account, MIDNIGHT)
    assert [(one.lot, one.amount) for one in entries] == [(10, -3)]


@pytest.mark.parametrize(
    ("until", "state", "due_on"),
    [(EVE, "expired", FOREVER), (MIDNIGHT, "issued", MORROW), (FOREVER, "issued", FOREVER)],
)
def test_a_voucher_expires_the_day_after_its_last(until: date, state: str, due_on: date) -> None:
    account = alice()
    voucher = Voucher(7, "cake", "issued", date(2026, 3, 1), until)
    used = Voucher(8, "cake", "redeemed", date(2026, 3, 1), MIDNIGHT)
    account.vouchers = [used, voucher]
    assert advanced(account) == []
    assert (voucher.state, used.state, account.due_on) == (state, "redeemed", due_on)
    assert account.touched_vouchers == ({7: voucher} if state == "expired" else {})


def test_a_level_comes_before_the_reward_that_takes_the_balance_that_reached_it() -> None:
    gold = Level("gold", ((("points", 10),),))
    ladder = Ladder((Level("basic"), gold), measure="balance", kept=UntilDate(12, 31, 0))
    card = Reward("card", CAKE, cost=("points", 10), automatic="threshold")
    given: dict[str, Any] = {"tiers": ladder, "rewards": (card,)}
    account = alice(lot(9, 10, active=MIDNIGHT))
    account.level, account.memory.pending = "basic", {0: 10}
    (entry,) = advanced(account, **given)
    assert (entry.kind, entry.amount) == ("redemption", -10)
    assert (account.level, account.memory.held) == ("gold", {"gold": date(2026, 12, 31)})
    assert [voucher.id for voucher in account.vouchers or ()] == [due.number(MIDNIGHT)]


def test_a_level_that_the_balance_carries_goes_with_what_lapses() -> None:
    gold = Level("gold", ((("points", 10),),))
    ladder = Ladder((Level("basic"), gold), measure="balance", kept=WhileEarned())
    account = alice(lot(9, 10, until=EVE))
    account.level, account.memory.held = "gold", {"gold": FOREVER}
    advanced(account, tiers=ladder)
    assert (account.level, account.balances) == ("basic", [0])


def test_the_clock_of_an_idle_balance_starts_when_the_level_that_stopped_it_ends() -> None:
    idle = Unit("points", expiry=Inactivity(WEEK))
    gold = Level("gold", ((("spend", 100),),), expiry={"points": None})
    account = alice(lot(9, 5), units=2)
    account.level, account.memory.held = "gold", {"gold": EVE}
    assert advanced(account, units=(idle, SPEND), tiers=Ladder((Level("basic"), gold))) == []
    assert (account.level, account.memory.lapses) == ("basic", {0: date(2026, 3, 15)})
    assert account.due_on == date(2026, 3, 16)


def test_every_midnight_takes_effect_by_itself_and_in_order() -> None:
    unit = Unit("points", pending=Pending(Period(2, "day")), expiry=After(WEEK))
    hello = EarnRule("hello", "visit", (Fixed("points", Fraction(1)),))
    stage = Stage(cafe(units=(unit,), rules=(hello,)))
    stage.post("2026-03-01", facts.Visit())
    stage.post("2026-03-02", facts.Visit())
    entries = due.advance(stage.book, stage.account(), date(2026, 4, 1))
    assert [(one.kind, one.amount, one.on) for one in entries] == [
        ("expiry", -1, date(2026, 3, 11)),
        ("expiry", -1, date(2026, 3, 12)),
    ]
    assert (stage.account().due_on, stage.account().memory.pending) == (FOREVER, {})


def test_midnights_number_after_their_day_beyond_every_event() -> None:
    one, two = due.number(MIDNIGHT), due.number(MORROW)
    assert two - one == 1 << 16
    assert one % 256 == 0
    assert due.number(date.min) > 1 << 62
    assert due.number(FOREVER) < 1 << 63
    assert one > STEP


def test_what_was_counted_last_year_reminds_of_the_payday() -> None:
    dividend = Dividend("points", "spend", Fraction(1, 10), month="May")
    year = EarnRule("year", "purchase", (EXACT,))
    stage = Stage(cafe(units=(Unit("points"), SPEND), rules=(PER_EURO, year), dividend=dividend))
    stage.post("2026-03-01", buys(10_000))
    assert stage.account().due_on == date(2027, 5, 1)
    assert stage.has_on("2027-04-30") == 100
    assert stage.has_on("2027-05-01") == 110
