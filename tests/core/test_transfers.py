"""Units that go from one member to another, and what a household pools."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from fractions import Fraction
from typing import Any, Literal

import pytest

from habitue.core import facts, program, transfers
from habitue.core.account import Account
from habitue.core.facts import Merge, Parcel, Receipt, Redemption, Refund, Transfer, Undo
from habitue.core.program import Household, Period, Transfers, Unit
from tests.core.cast import ALICE, BRUNO, CHIARA, DIEGO, Stage, buys, cafe, picture

YEAR = program.After(Period(1, "year"))
LASTING = Unit("points", expiry=YEAR)
GIVING = Transfers(("points",))


def café(**given: Any) -> Stage:
    """The café where members may give points, and where Alice and Bruno are guests."""
    stage = Stage(cafe(**{"units": (LASTING,), "transfers": GIVING, **given}))
    stage.post("2026-01-10", buys(2000))
    stage.post("2026-02-10", buys(1000))
    stage.post("2026-02-11", buys(500), BRUNO)
    return stage


def gift(amount: int, to: int = BRUNO, unit: str = "points") -> Transfer:
    return Transfer(unit, amount, to)


def both(stage: Stage) -> tuple[int, int]:
    return stage.has(who=ALICE), stage.has(who=BRUNO)


def seen(stage: Stage) -> Any:
    """Everything that both accounts mean, and what all members share."""
    return deepcopy((picture(stage.account(ALICE)), picture(stage.account(BRUNO)), stage.totals))


# --- giving --------------------------------------------------------------------------------------


def test_a_gift_moves_units_and_both_ledgers_say_so() -> None:
    stage = café()
    given = stage.post("2026-03-01", gift(25))
    assert given.refused is None
    assert both(stage) == (5, 30)
    assert [(one.amount, one.kind) for one in given.entries] == [
        (-20, "transfer"),
        (-5, "transfer"),
    ]
    received = given.other
    assert received is not None
    assert received.event.customer == BRUNO
    assert received.event.id == given.event.id
    assert [(one.amount, one.kind) for one in received.entries] == [
        (20, "transfer"),
        (5, "transfer"),
    ]


def test_a_gift_says_why_on_both_sides() -> None:
    for pooled, word in ((False, "gift"), (True, "pooled")):
        stage = café(household=Household(4, ("points",)))
        given = stage.post("2026-03-01", Transfer("points", 25, BRUNO, pooled))
        assert [one.why for one in given.entries] == [((word, 0, -20),), ((word, 0, -5),)]
        assert given.other is not None
        assert [one.why for one in given.other.entries] == [((word, 0, 20),), ((word, 0, 5),)]


def test_a_lot_is_given_on_its_last_day_too() -> None:
    stage = café()
    stage.post("2027-01-10", gift(20))
    assert sorted(stage.lots(BRUNO))[0] == (5, date(2027, 2, 11))
    assert stage.has(who=BRUNO) == 25


def test_a_moved_lot_keeps_its_dates() -> None:
    stage = café()
    given = stage.post("2026-03-01", gift(25))
    numbers = [lot.id - given.event.id for lot in stage.account(BRUNO).lots or ()][1:]
    assert numbers == [255, 254]  # out of the way of the places that rules have
    assert sorted(stage.lots(BRUNO)) == [
        (5, date(2027, 2, 10)),
        (5, date(2027, 2, 11)),
        (20, date(2027, 1, 10)),
    ]
    assert stage.has_on("2027-01-11", who=BRUNO) == 10
    earned = {lot.earned_on for lot in stage.account(BRUNO).lots or ()}
    assert earned == {date(2026, 1, 10), date(2026, 2, 10), date(2026, 2, 11)}


def test_what_lapses_first_goes_first_unless_the_oldest_does() -> None:
    short = program.EarnRule(
        "late",
        "visit",
        (program.Fixed("points", Fraction(7)),),
        expiry=program.After(Period(2, "month")),
    )
    orders: list[tuple[Literal["nearest expiry", "first in"], date]] = [
        ("nearest expiry", date(2026, 2, 20)),
        ("first in", date(2026, 1, 10)),
    ]
    for order, earned_on in orders:
        unit = Unit("points", expiry=YEAR, order=order)
        stage = café(units=(unit,), rules=(*cafe().rules, short))
        stage.post("2026-02-20", facts.Visit())
        given = stage.post("2026-03-01", gift(7))
        assert isinstance(given.event.what, Transfer)
        (parcel,) = given.event.what.parcels
        assert parcel.earned_on == earned_on


def test_units_of_an_idle_balance_lapse_at_the_receiver_when_they_would_have_lapsed() -> None:
    idle = Unit("points", expiry=program.Inactivity(Period(6, "month")))
    stage = café(units=(idle,))
    stage.post("2026-06-01", gift(30))
    stage.post("2026-06-02", buys(100), BRUNO)  # his own balance is fresh again
    assert stage.has(who=BRUNO) == 36
    assert stage.has_on("2026-08-10", who=BRUNO) == 36
    assert stage.has_on("2026-08-11", who=BRUNO) == 6


def test_pending_units_are_not_given() -> None:
    waits = Unit("points", pending=program.Pending(Period(30, "day")))
    stage = café(units=(waits,))
    refused = stage.post("2026-02-20", gift(25)).refused
    assert refused is not None
    assert (refused.code, refused.values["available"]) == ("insufficient", 20)
    assert stage.post("2026-02-20", gift(20)).refused is None


def test_only_what_was_held_long_enough_is_given() -> None:
    stage = café(transfers=Transfers(("points",), hold=Period(1, "month")))
    refused = stage.post("2026-03-09", gift(21)).refused
    assert refused is not None
    assert refused.values["available"] == 20
    assert stage.post("2026-03-10", gift(21)).refused is None


def test_a_giver_has_a_limit_of_gifts_and_of_units() -> None:
    stage = café(transfers=Transfers(("points",), limit=program.Limit(times=2, per="month")))
    codes = [stage.post(f"2026-03-0{day}", gift(1)).refused for day in (1, 2, 3)]
    assert [code and code.code for code in codes] == [None, None, "limit"]
    assert stage.post("2026-04-01", gift(1)).refused is None
    stage = café(transfers=Transfers(("points",), limit=program.Limit(amount=10, per="year")))
    assert stage.post("2026-03-01", gift(7)).refused is None
    assert stage.post("2026-03-02", gift(4)).refused is not None
    assert stage.post("2026-03-03", gift(3)).refused is None


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (gift(25, ALICE), "oneself"),
        (gift(0), "amount"),
        (gift(10**14), "amount"),
        (gift(41), "insufficient"),
        (gift(5, CHIARA), "not_a_member"),
        (gift(5, unit="miles"), "not_given"),
        (Transfer("points", 5, BRUNO, pooled=True), "not_pooled"),
        (
            Receipt(BRUNO, (Parcel(1, 0, 5, date(2026, 1, 1), date(2026, 1, 1), date.max),)),
            "other_side",
        ),
    ],
)
def test_what_cannot_be_given_is_refused_on_both_sides(what: facts.What, code: str) -> None:
    stage = café(enrolment="on request")
    for who in (ALICE, BRUNO):
        stage.post("2026-02-01", facts.Enrolment(), who)
    stage.post("2026-02-10", buys(3000))
    before = seen(stage)
    refused = stage.post("2026-03-01", what).refused
    assert refused is not None
    assert refused.code == code
    assert seen(stage) == before
    assert stage.histories.get(CHIARA, []) == []


def test_who_is_no_member_gives_nothing_and_does_not_become_one_by_receiving() -> None:
    stage = café()
    assert stage.post("2026-03-01", gift(5), DIEGO).refused is not None
    assert stage.post("2026-03-01", gift(5, CHIARA)).refused is not None
    assert stage.accounts[CHIARA].enrolled_on is None
    assert both(stage) == (30, 5)


def test_a_gift_pays_what_the_receiver_owes_first() -> None:
    stage = café(refund_of_spent="negative")
    bought = stage.post("2026-02-12", buys(1000), BRUNO)
    stage.post("2026-02-13", Redemption("coffee"), BRUNO)
    stage.post("2026-02-14", Refund(bought.event.id), BRUNO)
    assert stage.has(who=BRUNO) == -5
    stage.post("2026-03-01", gift(9))
    assert stage.has(who=BRUNO) == 4
    assert stage.account(BRUNO).memory.debts == {}


def test_a_gift_can_complete_a_stamp_card() -> None:
    cake = program.Reward(
        "cake", (program.Gift("product"),), cost=("points", 10), automatic="threshold"
    )
    stage = café(rewards=(cake,))
    held = len(stage.vouchers(BRUNO))
    stage.post("2026-02-15", buys(900))
    stage.post("2026-03-01", gift(6))
    assert len(stage.vouchers(BRUNO)) == held + 1
    assert stage.has(who=BRUNO) == 1


def test_a_gift_from_too_many_lots_is_made_in_parts() -> None:
    stage = café()
    for _ in range(transfers.MOST_PARCELS):
        stage.post("2026-02-12", buys(100))
    refused = stage.post("2026-03-01", gift(230)).refused
    assert refused is not None
    assert refused.code == "many_lots"
    most = refused.values["most"]
    assert isinstance(most, int)
    assert stage.post("2026-03-01", gift(most)).refused is None
    assert stage.post("2026-03-01", gift(230 - most)).refused is None
    assert both(stage) == (0, 235)


# --- corrections ---------------------------------------------------------------------------------


def test_a_return_after_a_gift_takes_from_the_giver_never_from_the_receiver() -> None:
    stage = café()
    first = stage.histories[ALICE][0].id
    stage.post("2026-03-01", gift(15))  # of the first purchase, which comes back
    received = deepcopy(picture(stage.account(BRUNO)))
    back = stage.post("2026-03-02", Refund(first))
    assert back.refused is None
    assert back.other is None
    assert both(stage) == (0, 20)
    assert picture(stage.account(BRUNO)) == received
    assert back.event.forgiven is not None
    assert back.event.forgiven.amounts == {0: 5}


def test_folding_again_draws_the_same_parcels() -> None:
    stage = café(undo_within=Period(1, "year"))
    mistake = stage.post("2026-02-20", buys(100))
    stage.post("2026-03-01", gift(25))
    lots = {lot.id: lot.remaining for lot in stage.account().lots or () if lot.remaining}
    stage.post("2026-03-02", Undo(mistake.event.id))
    left = {lot.id: lot.remaining for lot in stage.account().lots or () if lot.remaining}
    assert left == {number: of for number, of in lots.items() if number // 256 != 4}
    assert both(stage) == (5, 30)


def test_what_became_nearer_to_expiry_later_does_not_change_what_was_given() -> None:
    hasty = program.EarnRule(
        "hasty", "visit", (program.Fixed("points", Fraction(9)),),
        expiry=program.After(Period(2, "month")),
    )  # fmt: skip
    stage = café(rules=(*cafe().rules, hasty))
    stage.post("2026-03-01", gift(20))
    stage.post("2026-02-20", facts.Visit())  # a till that was offline
    assert sorted(stage.lots()) == [(9, date(2026, 4, 20)), (10, date(2027, 2, 10))]


def test_undoing_a_gift_undoes_both_sides() -> None:
    stage = café()
    before = seen(stage)
    given = stage.post("2026-03-01", gift(25))
    undone = stage.post("2026-03-01", Undo(given.event.id))
    assert undone.refused is None
    assert undone.other is not None
    assert undone.other.event.customer == BRUNO
    assert seen(stage) == before
    assert sum(entry.amount for entry in undone.entries) == 25
    assert sum(entry.amount for entry in undone.other.entries) == -25


def test_a_gift_that_was_used_is_not_undone() -> None:
    stage = café()
    given = stage.post("2026-03-01", gift(25))
    stage.post("2026-03-01", Redemption("coffee"), BRUNO)
    stage.post("2026-03-01", Redemption("coffee"), BRUNO)
    stage.post("2026-03-01", Redemption("coffee"), BRUNO)
    before = seen(stage)
    refused = stage.post("2026-03-01", Undo(given.event.id)).refused
    assert refused is not None
    assert refused.code == "insufficient"
    assert seen(stage) == before
    assert both(stage) == (5, 0)


def test_a_gift_is_undone_by_its_giver_within_the_window_and_once() -> None:
    stage = café()
    given = stage.post("2026-03-01", gift(25))
    by_receiver = stage.post("2026-03-01", Undo(given.event.id), BRUNO).refused
    assert by_receiver is not None
    assert by_receiver.code == "unknown_event"
    late = stage.post("2026-03-03", Undo(given.event.id)).refused
    assert late is not None
    assert late.code == "too_late"
    assert both(stage) == (5, 30)


def test_a_late_gift_gives_what_was_there_then_and_still_is() -> None:
    stage = café()
    stage.post("2026-03-05", buys(100), BRUNO)
    late = stage.post("2026-02-09", gift(20))  # before Bruno was a member
    assert late.refused is not None
    late = stage.post("2026-02-12", gift(20))
    assert late.refused is None
    assert both(stage) == (10, 26)
    assert {one.kind for one in late.entries} == {"transfer"}
    assert late.other is not None
    assert {one.kind for one in late.other.entries} == {"transfer"}
    stage.post("2026-03-10", Redemption("coffee"))
    spent = stage.post("2026-03-01", gift(10))
    assert spent.refused is not None
    assert both(stage) == (0, 26)


# --- households ----------------------------------------------------------------------------------


def home(*guests: int, members: int = 3, **given: Any) -> Stage:
    """A household in which each of some guests has points: 10, 20, 30, … earned a month apart."""
    stage = Stage(cafe(units=(LASTING,), household=Household(members, ("points",)), **given))
    for month, who in enumerate(guests, 1):
        stage.post(f"2026-0{month}-10", buys(1000 * month), who)
    return stage


def pooled(stage: Stage, missing: int, who: int = ALICE, *, among: tuple[int, ...]) -> Any:
    accounts = [stage.accounts[each] for each in among]
    book = stage.book.latest
    return transfers.pool(book, accounts, who, "points", missing, date(2026, 6, 1))


def test_a_household_gives_what_lapses_first_whoever_holds_it() -> None:
    stage = home(BRUNO, ALICE, CHIARA)
    assert pooled(stage, 5, among=(ALICE, BRUNO, CHIARA)) == [(BRUNO, 5)]
    assert pooled(stage, 25, among=(CHIARA, ALICE, BRUNO)) == [(BRUNO, 10), (CHIARA, 15)]
    assert pooled(stage, 25, BRUNO, among=(ALICE, BRUNO, CHIARA)) == [(ALICE, 20), (CHIARA, 5)]


def test_a_household_that_has_too_little_gives_nothing() -> None:
    stage = home(BRUNO, ALICE, CHIARA)
    assert pooled(stage, 41, among=(ALICE, BRUNO, CHIARA)) == []


def test_more_than_the_program_allows_do_not_pool() -> None:
    stage = home(BRUNO, CHIARA, ALICE, members=2)
    assert pooled(stage, 15, among=(ALICE, CHIARA, BRUNO)) == [(CHIARA, 15)]
    assert pooled(stage, 5, among=(CHIARA, BRUNO, ALICE)) == []
    stage.accounts[DIEGO] = Account.blank(DIEGO, 1)
    assert pooled(stage, 15, among=(DIEGO, ALICE, CHIARA)) == [(CHIARA, 15)]
    stage.post("2026-05-01", Merge(CHIARA), BRUNO)
    assert pooled(stage, 15, among=(BRUNO, ALICE, CHIARA)) == [(CHIARA, 15)]


def test_only_pooled_units_and_members_are_pooled() -> None:
    stage = home(BRUNO, ALICE)
    stage.accounts[DIEGO] = Account.blank(DIEGO, 1)
    assert pooled(stage, 5, among=(DIEGO, ALICE, BRUNO)) == [(BRUNO, 5)]
    book, accounts = stage.book.latest, [stage.accounts[ALICE], stage.accounts[BRUNO]]
    assert transfers.pool(book, accounts, ALICE, "stars", 5, date(2026, 6, 1)) == []


def test_what_is_pooled_moves_without_hold_or_limit_and_keeps_its_dates() -> None:
    stage = home(BRUNO, ALICE, transfers=Transfers((), hold=Period(9, "year")))
    for giver, amount in pooled(stage, 8, among=(ALICE, BRUNO)):
        done = stage.post("2026-06-01", Transfer("points", amount, ALICE, pooled=True), giver)
        assert done.refused is None
    assert stage.has() == 28
    assert (8, date(2027, 1, 10)) in stage.lots()
    assert stage.post("2026-06-01", Redemption("coffee")).refused is None


def test_units_that_lie_in_a_merged_account_are_not_pooled() -> None:
    stage = home(BRUNO, ALICE, CHIARA)
    stage.post("2026-04-01", Merge(ALICE), BRUNO)
    assert pooled(stage, 5, CHIARA, among=(BRUNO, CHIARA)) == []
