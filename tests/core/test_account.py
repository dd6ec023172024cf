"""What an account says of itself: what can be spent, in which order, and when to look again."""

from __future__ import annotations

from datetime import date

import pytest

from habitue.core.account import Account, FeeState, Lot, Voucher
from habitue.core.calendar import FOREVER
from tests.core.cast import ALICE

DAY = date(2026, 3, 2)
BEFORE, AFTER = date(2026, 3, 1), date(2026, 3, 3)


def lot(number: int, *, unit: int = 0, left: int = 5, earned: date = BEFORE,
        active: date = BEFORE, until: date = FOREVER) -> Lot:  # fmt: skip
    return Lot(number, unit, 5, left, earned, active, until)


def alice(*lots: Lot) -> Account:
    account = Account.blank(ALICE, 2)
    account.lots = list(lots)
    return account


def spendable(account: Account, *, first_in: bool) -> list[int]:
    return [lot.id for lot in account.spendable(0, DAY, first_in=first_in)]


def test_who_is_new_has_nothing_and_all_of_it_is_known() -> None:
    blank = Account.blank(ALICE, 2)
    assert blank == Account(ALICE, [0, 0], lots=[], vouchers=[])
    assert (blank.due_on, blank.level, blank.enrolled_on) == (FOREVER, "", None)


def test_what_waits_cannot_be_spent() -> None:
    account = alice()
    account.balances, account.memory.pending = [9, 9], {0: 4}
    assert (account.usable(0), account.usable(1)) == (5, 9)


@pytest.mark.parametrize(
    ("one", "open_to_spending"),
    [
        (lot(1), True),
        (lot(1, active=DAY, until=DAY), True),
        (lot(1, active=AFTER), False),
        (lot(1, until=BEFORE), False),
        (lot(1, left=0), False),
        (lot(1, unit=1), False),
    ],
)
def test_lots_are_spent_from_their_first_day_through_their_last(
    one: Lot, open_to_spending: bool
) -> None:
    assert spendable(alice(one), first_in=True) == [1] * open_to_spending
    assert spendable(alice(one), first_in=False) == [1] * open_to_spending


def test_what_lapses_first_goes_first_then_the_oldest_then_the_lowest_number() -> None:
    account = alice(
        lot(4, earned=DAY),
        lot(3, earned=BEFORE),
        lot(2, earned=BEFORE),
        lot(5, earned=DAY, until=AFTER),
    )
    assert spendable(account, first_in=False) == [5, 2, 3, 4]
    assert spendable(account, first_in=True) == [2, 3, 4, 5]


def test_lots_that_were_not_loaded_are_not_taken_for_none() -> None:
    with pytest.raises(AssertionError, match=r"^lots were not loaded"):
        Account(ALICE, [0]).spendable(0, DAY, first_in=True)


def test_the_first_day_on_which_something_falls_due_counts() -> None:
    account = alice()
    for on, found in ((DAY, DAY), (AFTER, DAY), (BEFORE, BEFORE)):
        account.due(on)
        assert account.due_on == found


@pytest.mark.parametrize(
    ("voucher", "due_on"),
    [
        (Voucher(7, "cake", "issued", BEFORE, DAY), AFTER),
        (Voucher(7, "cake", "issued", BEFORE, FOREVER), FOREVER),
        (Voucher(7, "cake", "issued", BEFORE), FOREVER),
        (Voucher(7, "cake", "redeemed", BEFORE, DAY), FOREVER),
    ],
)
def test_an_open_voucher_falls_due_the_day_after_its_last(voucher: Voucher, due_on: date) -> None:
    account = alice()
    account.issue(voucher)
    assert account.vouchers == [voucher]
    assert account.touched_vouchers == {7: voucher}
    assert account.due_on == due_on
    unloaded = Account(ALICE, [0])
    unloaded.issue(voucher)
    assert (unloaded.vouchers, unloaded.touched_vouchers) == (None, {7: voucher})


def test_membership_holds_through_its_grace() -> None:
    assert FeeState(BEFORE, DAY).holds_until == DAY
    assert FeeState(BEFORE, DAY, grace=AFTER).holds_until == AFTER
