"""Rewards taken, refused, issued by themselves, used once, and given back."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import facts
from habitue.core.program import (
    After,
    Cause,
    Dates,
    Draw,
    EarnRule,
    FirstTime,
    Fixed,
    Gift,
    Ladder,
    Level,
    Limit,
    MinimumOrder,
    Pending,
    Period,
    PerItem,
    Prize,
    Reward,
    Unit,
)
from tests.core.cast import (
    ALICE,
    BRUNO,
    COFFEE,
    PER_EURO,
    POINTS,
    SPEND,
    YEARLY,
    Stage,
    at,
    buys,
    cafe,
)

CAKE = (Gift("product", "cake"),)


def rich(**given: Any) -> Stage:
    """Alice has 100 points."""
    stage = Stage(cafe(**given))
    stage.post("2026-01-01", buys(10_000))
    return stage


def code(stage: Stage, day: str, what: facts.What) -> str:
    refused = stage.post(day, what).refused
    return refused.code if refused else ""


def test_a_reward_costs_what_it_says_and_comes_as_a_voucher() -> None:
    stage = rich(rewards=(Reward("cake", CAKE, cost=("points", 30), valid_for=Period(1, "month")),))
    outcome = stage.post("2026-01-31", facts.Redemption("cake"))
    (entry,) = outcome.entries
    assert (entry.kind, entry.amount, entry.why) == ("redemption", -30, (("cake", 30, -30),))
    voucher = (stage.account().vouchers or [])[0]
    assert (voucher.state, voucher.expires_on) == ("issued", date(2026, 2, 28))


def test_a_voucher_is_used_once() -> None:
    stage = rich()
    taken = stage.post("2026-01-02", facts.Redemption("coffee"))
    assert code(stage, "2026-01-03", facts.VoucherUse(taken.event.id)) == ""
    assert code(stage, "2026-01-03", facts.VoucherUse(taken.event.id)) == "voucher_redeemed"
    assert code(stage, "2026-01-03", facts.VoucherUse(99)) == "unknown_voucher"


def test_a_voucher_lapses_after_its_last_day() -> None:
    reward = Reward("cake", CAKE, cost=("points", 30), valid_for=Period(2, "day"))
    stage = rich(rewards=(reward,))
    taken = stage.post("2026-01-02", facts.Redemption("cake"))
    assert stage.on("2026-01-04").vouchers == stage.account().vouchers
    assert code(stage, "2026-01-05", facts.VoucherUse(taken.event.id)) == "voucher_expired"
    assert stage.has() == 70


def test_a_reward_handed_over_at_once_is_used_already() -> None:
    stage = rich()
    stage.post("2026-01-02", facts.Redemption("coffee", at_once=True))
    assert stage.vouchers() == [("coffee", "redeemed")]


@pytest.mark.parametrize(
    ("reward", "refusal"),
    [
        (Reward("cake", CAKE, cost=("points", 101)), "insufficient"),
        (Reward("cake", CAKE, cost=("points", 1), tiers=("gold",)), "tier"),
        (Reward("cake", CAKE, cost=("points", 1), dates=Dates(date(2026, 2, 1))), "not_available"),
        (Reward("tart", CAKE, cost=("points", 1)), "unknown_reward"),
        (Reward("cake", CAKE, automatic="birthday"), "unknown_reward"),
    ],
)
def test_a_redemption_is_refused_with_its_reason(reward: Reward, refusal: str) -> None:
    stage = rich(rewards=(reward,))
    assert code(stage, "2026-01-02", facts.Redemption("cake")) == refusal
    assert stage.has() == 100
    assert stage.vouchers() == []


def test_a_reward_may_be_taken_so_many_times_a_period() -> None:
    limit = Limit(times=1, per="month")
    stage = rich(rewards=(Reward("cake", CAKE, cost=("points", 5), limit=limit),))
    days = ("01-02", "01-31", "02-01")
    codes = [code(stage, f"2026-{day}", facts.Redemption("cake")) for day in days]
    assert codes == ["", "limit", ""]


def test_who_never_enrolled_takes_nothing_and_a_refusal_enrols_nobody() -> None:
    welcome = EarnRule("welcome", "enrolment", (Fixed("points", Fraction(5)),))
    strict = Stage(cafe(enrolment="on request"))
    assert code(strict, "2026-01-01", facts.Redemption("coffee")) == "not_a_member"
    kind = Stage(cafe(rules=(welcome,)))
    assert code(kind, "2026-01-01", facts.Redemption("coffee")) == "insufficient"
    assert kind.account().enrolled_on is None
    assert kind.account().balances == [0]


def stamps(**given: Any) -> Stage:
    """A stamp card of ten."""
    scan = EarnRule("scan", "visit", (PerItem("points", Fraction(1)),))
    card = Reward("cake", CAKE, cost=("points", 10), automatic="threshold")
    return Stage(cafe(**{"rules": (scan,), "rewards": (card,), **given}))


def test_ten_stamps_turn_into_a_cake_and_the_eleventh_starts_the_next_card() -> None:
    stage = stamps()
    stage.post("2026-01-01", facts.Visit(9))
    assert stage.vouchers() == []
    stage.post("2026-01-02", facts.Visit(2))
    assert (stage.vouchers(), stage.has()) == ([("cake", "issued")], 1)
    stage.post("2026-01-03", facts.Visit(25))
    assert (len(stage.vouchers()), stage.has()) == (3, 6)


def test_one_scan_fills_at_most_two_hundred_cards_and_the_next_goes_on() -> None:
    stage = stamps()
    stage.post("2026-01-01", facts.Visit(2_015))
    assert (len(stage.vouchers()), stage.has()) == (200, 15)
    stage.post("2026-01-02", facts.Visit())
    assert (len(stage.vouchers()), stage.has()) == (201, 6)


def test_pending_stamps_turn_into_a_cake_at_midnight_of_their_day() -> None:
    stage = stamps(units=(Unit("points", pending=Pending(Period(2, "day"))),))
    stage.post("2026-01-01", facts.Visit(10))
    assert stage.on("2026-01-02").vouchers == []
    assert [each.reward for each in stage.on("2026-01-03").vouchers or ()] == ["cake"]
    stage.post("2026-01-09", facts.Visit())
    assert [each.issued_on for each in stage.account().vouchers or ()] == [date(2026, 1, 3)]


def test_stamps_that_lapse_at_midnight_make_no_cake_then() -> None:
    late = EarnRule("share", "share", (Fixed("points", Fraction(5)),),
                    pending=Pending(Period(6, "day")), expiry=After(Period(1, "year")))  # fmt: skip
    scan = EarnRule("scan", "visit", (PerItem("points", Fraction(1)),))
    unit = Unit("points", expiry=After(Period(5, "day")), expiry_from="event")
    stage = stamps(units=(unit,), rules=(scan, late))
    stage.post("2026-01-01", facts.Visit(6))
    stage.post("2026-01-01", facts.Action("share"))
    after = stage.on("2026-01-07")
    assert (after.balances, after.memory.debts, after.vouchers) == ([5], {}, [])


def test_a_reward_at_midnight_and_one_taken_that_day_are_two_vouchers() -> None:
    auto = Reward("cake", CAKE, cost=("points", 20), automatic="threshold")
    pending = (Unit("points", pending=Pending(Period(1, "day"))),)
    stage = Stage(cafe(units=pending, rewards=(COFFEE, auto)))
    stage.post("2026-01-01", buys(3_500))
    stage.post("2026-01-03", facts.Redemption("coffee"))
    assert stage.vouchers() == [("cake", "issued"), ("coffee", "issued")]
    assert len({each.id for each in stage.account().vouchers or ()}) == 2
    assert stage.has() == 5


def test_a_birthday_gift_is_a_choice_of_gifts() -> None:
    gifts = (Gift("product", "candle"), Gift("units", unit="points", value=25))
    stage = rich(rewards=(Reward("birthday", gifts, automatic="birthday"),))
    stage.post("2026-05-01", facts.Birthday())
    voucher = (stage.account().vouchers or [])[0]
    assert code(stage, "2026-05-02", facts.VoucherUse(voucher.id, choice=2)) == "choice"
    assert code(stage, "2026-05-02", facts.VoucherUse(voucher.id, choice=1)) == ""
    assert stage.has() == 125


def test_joining_brings_a_welcome_and_its_points_once() -> None:
    rules = (EarnRule("welcome", "enrolment", (Fixed("points", Fraction(5)),)), PER_EURO)
    gift = Reward("biscuit", CAKE, automatic="enrolment", valid_for=Period(30, "day"))
    stage = Stage(cafe(rules=rules, rewards=(gift,), enrolment="on request"))
    assert stage.post("2026-01-01", buys(1_000)).entries == []
    assert code(stage, "2026-01-02", facts.Enrolment()) == ""
    assert code(stage, "2026-01-03", facts.Enrolment()) == "already_a_member"
    assert (stage.has(), stage.vouchers()) == (5, [("biscuit", "issued")])
    assert stage.account().enrolled_on == date(2026, 1, 2)


def test_a_first_purchase_joins_by_itself_where_the_program_says_so() -> None:
    welcome = EarnRule("welcome", "enrolment", (Fixed("points", Fraction(5)),))
    stage = Stage(cafe(rules=(welcome, PER_EURO)))
    stage.post("2026-01-01", buys(1_000))
    assert stage.has() == 15
    assert len(stage.lots()) == 2


def test_rewards_of_a_tier_open_when_the_tier_is_reached() -> None:
    ladder = Ladder((Level("basic"), Level("gold", ((("spend", 5_000),),))))
    reward = Reward("tasting", CAKE, cost=("points", 5), tiers=("gold",))
    stage = Stage(cafe(units=(POINTS, SPEND), rules=(PER_EURO, YEARLY), tiers=ladder,
                       rewards=(reward,)))  # fmt: skip
    stage.post(at("2026-01-01", 9), buys(4_900))
    assert code(stage, "2026-01-02", facts.Redemption("tasting")) == "tier"
    stage.post("2026-01-03", buys(100))
    assert code(stage, "2026-01-04", facts.Redemption("tasting")) == ""


# --- given by themselves ------------------------------------------------------------------------


def test_any_event_may_bring_a_reward_if_its_conditions_hold() -> None:
    free = Reward("tart", CAKE, automatic="purchase", where=MinimumOrder(5_000))
    pet = Reward("bone", CAKE, automatic="pet-birthday", valid_for=Period(1, "week"))
    stage = Stage(cafe(rewards=(free, pet)))
    stage.post("2026-01-01", buys(4_999))
    assert stage.vouchers() == []
    stage.post("2026-01-02", buys(5_000))
    stage.post("2026-01-03", facts.Action("pet-birthday"))
    stage.post("2026-01-04", facts.Action("share"))
    assert stage.vouchers() == [("tart", "issued"), ("bone", "issued")]


def test_what_spends_or_pays_may_bring_a_reward_too() -> None:
    thanks = Reward("mint", CAKE, automatic="redemption")
    stage = rich(rewards=(COFFEE, thanks))
    stage.post("2026-01-02", facts.Redemption("coffee"))
    assert stage.vouchers() == [("coffee", "issued"), ("mint", "issued")]
    assert code(stage, "2026-01-03", facts.Redemption("tea")) == "unknown_reward"
    assert len(stage.vouchers()) == 2


def test_a_first_purchase_is_the_first_for_what_it_brings() -> None:
    welcome = Reward("tart", CAKE, automatic="purchase", where=FirstTime())
    stage = Stage(cafe(rewards=(welcome,)))
    stage.post("2026-01-01", buys(100))
    stage.post("2026-01-02", buys(100))
    assert stage.vouchers() == [("tart", "issued")]


def test_a_reward_that_an_event_brings_has_its_tiers_dates_and_limit() -> None:
    rewards = (
        Reward("gold", CAKE, automatic="visit", tiers=("gold",)),
        Reward("spring", CAKE, automatic="visit", dates=Dates(date(2026, 3, 1))),
        Reward("once", CAKE, automatic="visit", limit=Limit(times=1, per="year")),
    )
    stage = Stage(cafe(rewards=rewards))
    for day in ("2026-02-01", "2026-03-01", "2027-01-01"):
        stage.post(day, facts.Visit())
    assert [reward for reward, _ in stage.vouchers()] == ["once", "spring", "spring", "once"]


def test_what_a_purchase_brought_goes_with_it_unless_it_was_used() -> None:
    free = Reward("tart", CAKE, automatic="purchase", where=MinimumOrder(5_000))
    stage = Stage(cafe(rewards=(free,)))
    first = stage.post("2026-01-01", buys(5_000))
    second = stage.post("2026-01-02", buys(5_000))
    stage.post("2026-01-03", facts.VoucherUse(second.event.id))
    for bought in (first, second):
        stage.post("2026-01-04", facts.Refund(bought.event.id, amount=1))
    states = {each.id: each.state for each in stage.account().vouchers or ()}
    assert states == {first.event.id: "cancelled", second.event.id: "redeemed"}


def test_who_used_a_welcome_and_brings_the_purchase_back_is_not_welcomed_again() -> None:
    welcome = Reward("tart", CAKE, automatic="purchase", limit=Limit(times=1), stock=5)
    stage = Stage(cafe(rewards=(welcome,)))
    bought = stage.post("2026-01-01", buys(100))
    stage.post("2026-01-02", facts.VoucherUse(bought.event.id))
    stage.post("2026-01-03", facts.Refund(bought.event.id))
    stage.post("2026-01-04", buys(100))
    assert stage.vouchers() == [("tart", "redeemed")]
    assert stage.account().memory.tallies == {"stock tart": (1, 0)}


# --- stock --------------------------------------------------------------------------------------


def test_a_stock_is_shared_by_all_and_what_is_undone_is_there_again() -> None:
    stage = rich(rewards=(Reward("cup", CAKE, cost=("points", 5), stock=2),))
    stage.post("2026-01-01", buys(10_000), BRUNO)
    taken = stage.post(at("2026-01-02", 9), facts.Redemption("cup"))
    stage.post(at("2026-01-02", 9), facts.Redemption("cup"), BRUNO)
    refused = stage.post(at("2026-01-02", 10), facts.Redemption("cup"), BRUNO).refused
    assert refused is not None
    assert (refused.code, refused.sentence) == ("sold_out", "This reward is sold out.")
    assert stage.totals["stock cup"] == (2, 0)
    stage.post(at("2026-01-02", 11), facts.Undo(taken.event.id))
    assert stage.totals["stock cup"] == (1, 0)
    assert stage.post("2026-01-03", facts.Redemption("cup"), BRUNO).refused is None


def test_what_events_bring_stops_when_the_stock_is_gone() -> None:
    stage = Stage(cafe(rewards=(Reward("cup", CAKE, automatic="visit", stock=2),)))
    for who in (ALICE, BRUNO, ALICE):
        stage.post("2026-01-01", facts.Visit(), who)
    assert (len(stage.vouchers(ALICE)), len(stage.vouchers(BRUNO))) == (1, 1)


def test_a_card_that_has_a_stock_takes_no_more_stamps_than_there_are_cakes() -> None:
    card = Reward("cake", CAKE, cost=("points", 10), automatic="threshold", stock=2)
    stage = stamps(rewards=(card,))
    stage.post("2026-01-01", facts.Visit(35))
    assert (len(stage.vouchers()), stage.has()) == (2, 15)


def test_a_limit_for_all_members_holds_for_what_is_taken_and_what_is_given() -> None:
    limit = Limit(times=1, per="month", total=True)
    taken = Reward("cup", CAKE, cost=("points", 5), limit=limit)
    stage = rich(rewards=(taken, Reward("tart", CAKE, automatic="visit", limit=limit)))
    stage.post("2026-01-01", buys(10_000), BRUNO)
    for who in (ALICE, BRUNO):
        stage.post("2026-01-02", facts.Redemption("cup"), who)
        stage.post("2026-01-02", facts.Visit(), who)
    assert stage.vouchers(ALICE) == [("cup", "issued"), ("tart", "issued")]
    assert stage.vouchers(BRUNO) == []
    assert stage.post("2026-02-01", facts.Redemption("cup"), BRUNO).refused is None


def test_at_midnight_a_card_with_a_stock_waits_for_an_event() -> None:
    card = Reward("cake", CAKE, cost=("points", 10), automatic="threshold", stock=2)
    stage = stamps(rewards=(card,), units=(Unit("points", pending=Pending(Period(2, "day"))),))
    stage.post("2026-01-01", facts.Visit(10))
    assert stage.on("2026-01-03").vouchers == []
    stage.post("2026-01-03", facts.Passage())
    assert stage.vouchers() == [("cake", "issued")]
    assert stage.totals["stock cake"] == (1, 0)


# --- gifts --------------------------------------------------------------------------------------


def giving(**given: Any) -> Stage:
    gift = Gift("donation", "5 EUR for shoes", 500, to="shoes")
    reward = Reward("give", (gift,), cost=("points", 50), **given)
    return rich(rewards=(reward,), causes=(Cause("shoes", {"en": "Shoes"}),))


def test_a_donation_is_given_at_once_with_its_worth() -> None:
    stage = giving()
    outcome = stage.post("2026-01-02", facts.Redemption("give"))
    assert [(entry.kind, entry.amount) for entry in outcome.entries] == [("donation", -50)]
    (entry,) = outcome.entries
    told = stage.book.latest.explainer.sentence("points", entry.kind, entry.amount, entry.why)
    assert told == "-50 points: given to a cause by give: -50."
    assert stage.vouchers() == [("give", "redeemed")]
    assert outcome.tallies == {"given shoes": (50, 500)}
    back = stage.post("2026-01-02", facts.Undo(outcome.event.id))
    assert back.tallies == {"given shoes": (-50, -500)}
    assert (stage.has(), stage.account().memory.tallies) == (100, {})


def test_a_donation_at_a_threshold_needs_nobody() -> None:
    stage = giving(automatic="threshold")
    assert stage.has() == 0
    assert stage.account().memory.tallies == {"given shoes": (100, 1_000)}


def test_one_gift_of_several_is_given_when_the_voucher_is_used() -> None:
    gifts = (Gift("product", "cake"), Gift("donation", "", 500, to="shoes"))
    reward = Reward("either", gifts, cost=("points", 50))
    stage = rich(rewards=(reward,), causes=(Cause("shoes", {"en": "Shoes"}),))
    taken = stage.post("2026-01-02", facts.Redemption("either"))
    assert [entry.kind for entry in taken.entries] == ["redemption"]
    assert stage.account().memory.tallies == {}
    stage.post("2026-01-03", facts.VoucherUse(taken.event.id, choice=1))
    assert stage.account().memory.tallies == {"given shoes": (50, 500)}


def test_entries_in_a_draw_count_for_the_period_of_their_day() -> None:
    prize = Prize(Gift("product", "trip"), pieces=None)
    draw = Draw("trip", {"en": "Trip"}, (prize,), "visit", every="week")
    ticket = Reward("ticket", (Gift("draw entry", value=2, to="trip"),), cost=("points", 5))
    stage = rich(rewards=(ticket,), draws=(draw,))
    stage.post("2026-01-07", facts.Redemption("ticket"))  # a Wednesday
    assert stage.account().memory.tallies == {"draw trip 2026-01-05": (2, 0)}


def test_units_at_a_partner_and_an_upgrade_are_what_their_voucher_says() -> None:
    gifts = (Gift("upgrade", "a sea view"), Gift("partner units", "miles", 500, to="airline"))
    stage = rich(rewards=(Reward("either", gifts, cost=("points", 50)),))
    taken = stage.post("2026-01-02", facts.Redemption("either"))
    used = stage.post("2026-01-03", facts.VoucherUse(taken.event.id, choice=1))
    assert (used.refused, used.entries, stage.has()) == (None, [], 50)
    assert stage.account().memory.tallies == {}
