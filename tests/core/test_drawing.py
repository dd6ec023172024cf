"""Draws: entries and seats, prizes that wait, and winners that a stranger computes again."""

from __future__ import annotations

import subprocess
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from habitue.core import drawing, entering, facts, program
from habitue.core.drawing import Stake
from habitue.core.facts import Merge, Refund, Undo, Visit, Won
from habitue.core.program import Gift, Period, Prize
from tests.core.cast import ALICE, BRUNO, CHIARA, DIEGO, Stage, at, buys, cafe, picture
from tests.core.drawn import lawful
from tests.docs import markdown

QUARTER = Fraction(1, 4)
TRIP = Prize(Gift("experience", "a trip"), 1)
COFFEES = Prize(Gift("product", "coffee"), None)
WEEK = date(2026, 3, 2)


def lottery(**given_: Any) -> program.Draw:
    chosen = {"prizes": (TRIP, COFFEES), "when": "visit", **given_}
    return program.Draw("lottery", {"en": "Lottery"}, **chosen)


def café(*draws: program.Draw, **given_: Any) -> Stage:
    return Stage(cafe(draws=draws or (lottery(),), **given_))


def entries(stage: Stage, who: int = ALICE, week: date = WEEK) -> int:
    held = stage.accounts[who].memory.tallies
    return held.get(f"draw lottery {week}", (0, 0))[0]


# --- entries -------------------------------------------------------------------------------------


def test_what_a_draw_listens_to_brings_entries_in_the_draw_of_its_period() -> None:
    stage = café(lottery(entries=2))
    came = stage.post("2026-03-04", Visit())
    stage.post("2026-03-08", Visit())
    stage.post("2026-03-09", Visit())
    stage.post("2026-03-09", buys(500))
    assert came.tallies == {f"draw lottery {WEEK}": (2, 0)}
    assert entries(stage) == 4
    assert entries(stage, week=date(2026, 3, 9)) == 2
    assert stage.totals[f"draw lottery {WEEK}"] == (4, 0)


def test_a_member_has_so_many_entries_at_most() -> None:
    stage = café(lottery(entries=2, limit=3))
    for _ in range(3):
        stage.post("2026-03-04", Visit())
    assert entries(stage) == 3


def test_only_what_meets_the_condition_brings_an_entry() -> None:
    where = program.Among("place", ("Lyon",))
    stage = café(lottery(where=where))
    stage.post("2026-03-04", Visit(place="Nice"))
    assert entries(stage) == 0
    stage.post("2026-03-04", Visit(place="Lyon"))
    assert entries(stage) == 1


def test_the_condition_sees_the_member_as_before_and_the_local_hour() -> None:
    first, noon = program.FirstTime(), program.Hours(12 * 60, 13 * 60)
    stage = café(lottery(when="purchase", where=program.All((first, noon))))
    stage.post(at("2026-03-04", 12, 59), buys(100), BRUNO)
    stage.post(at("2026-03-04", 13, 0), buys(100))
    stage.post(at("2026-03-05", 12, 0), buys(100), BRUNO)
    assert (entries(stage, BRUNO), entries(stage)) == (1, 0)


def test_a_reward_at_a_threshold_brings_an_entry_while_there_is_a_seat() -> None:
    ticket = program.Reward("ticket", (Gift("draw entry", value=1, to="lottery"),),
                            cost=("points", 5), automatic="threshold")  # fmt: skip
    stage = café(lottery(prizes=(TRIP,), odds=Fraction(1), when=""), rewards=(ticket,))
    for who in (ALICE, BRUNO):
        stage.post("2026-03-04", buys(500), who)
    assert (entries(stage), entries(stage, BRUNO)) == (1, 0)


def test_an_entry_in_a_draw_that_is_no_more_is_an_entry_in_nothing() -> None:
    ticket = program.Reward("ticket", (Gift("draw entry", value=1, to="gone"),),
                            cost=("points", 1))  # fmt: skip
    stage = café(rewards=(ticket,))
    stage.post("2026-03-04", buys(100))
    assert stage.post("2026-03-04", facts.Redemption("ticket")).refused is None
    assert stage.account().memory.tallies == {}


def test_who_is_no_member_or_has_not_paid_has_no_entry() -> None:
    stage = café(lottery(when="purchase"), enrolment="on request")
    stage.post("2026-03-04", buys(500))
    assert entries(stage) == 0
    fee = program.Fee((program.Price(2000),))
    stage = café(fee=fee)
    stage.post("2026-03-04", Visit())
    assert entries(stage) == 0
    stage.post("2026-03-04", facts.FeePaid(2000, "EUR"))
    stage.post("2026-03-05", Visit())
    assert entries(stage) == 1


def test_a_draw_that_is_full_takes_nobody_more_and_refuses_nothing() -> None:
    stage = café(lottery(prizes=(TRIP,), odds=Fraction(1, 2)))  # two seats
    for who in (ALICE, BRUNO, CHIARA):
        assert stage.post("2026-03-04", Visit(), who).refused is None
    assert [entries(stage, who) for who in (ALICE, BRUNO, CHIARA)] == [1, 1, 0]
    stage.post("2026-03-05", Visit(), ALICE)  # who has a seat goes on
    late = stage.post("2026-03-05", Visit(), CHIARA)
    assert [entries(stage, who) for who in (ALICE, BRUNO, CHIARA)] == [2, 1, 0]
    full = entering.full(stage.book.latest, stage.account(CHIARA), late.event)
    assert [draw.id for draw in full] == ["lottery"]
    assert entering.full(stage.book.latest, stage.account(BRUNO), late.event) == []
    stage.post("2026-03-09", Visit(), CHIARA)
    assert entries(stage, CHIARA, date(2026, 3, 9)) == 1
    assert stage.totals[f"entrants lottery {WEEK}"] == (2, 0)


def test_an_entry_goes_with_the_purchase_that_brought_it_and_its_seat_is_free_again() -> None:
    stage = café(lottery(when="purchase", prizes=(TRIP,), odds=Fraction(1)))  # one seat
    bought = stage.post("2026-03-04", buys(500))
    stage.post("2026-03-05", buys(700))
    stage.post("2026-03-05", buys(500), BRUNO)
    assert (entries(stage), entries(stage, BRUNO)) == (2, 0)
    back = stage.post("2026-03-06", Refund(bought.event.id))
    assert back.tallies == {f"draw lottery {WEEK}": (-1, 0)}  # she keeps her seat by the other
    assert entries(stage) == 1
    other = stage.histories[ALICE][1].id
    stage.post("2026-03-06", Refund(other))
    stage.post("2026-03-06", buys(500), BRUNO)
    assert (entries(stage), entries(stage, BRUNO)) == (0, 1)


def test_nobody_pays_for_an_entry_in_a_draw_that_takes_none() -> None:
    gift = Gift("draw entry", value=2, to="lottery")
    ticket = program.Reward("ticket", (gift,), cost=("points", 10))
    choice = program.Reward("choice", (Gift("product"), gift), cost=("points", 10))
    one_seat = lottery(prizes=(TRIP,), odds=Fraction(1), limit=3)
    stage = café(one_seat, rewards=(ticket, choice))
    for who in (ALICE, BRUNO):
        stage.post("2026-03-03", buys(5000), who)
    assert stage.post("2026-03-04", facts.Redemption("ticket")).refused is None
    full = stage.post("2026-03-05", facts.Redemption("ticket"), BRUNO).refused
    assert full is not None
    assert full.code == "draw_full"
    taken = stage.post("2026-03-05", facts.Redemption("choice"), BRUNO)
    full = stage.post("2026-03-05", facts.VoucherUse(taken.event.id, choice=1), BRUNO).refused
    assert full is not None
    assert stage.post("2026-03-05", facts.VoucherUse(taken.event.id), BRUNO).refused is None
    assert stage.has(who=BRUNO) == 40
    assert stage.post("2026-03-05", facts.Redemption("ticket")).refused is None
    assert entries(stage) == 3
    assert stage.post("2026-03-05", facts.Redemption("ticket")).refused is not None
    assert (stage.has(), entries(stage), entries(stage, BRUNO)) == (30, 3, 0)


def test_what_is_refused_on_the_other_side_changes_no_sum() -> None:
    stage = café(lottery(prizes=(TRIP,)))
    stage.post("2026-03-04", Visit())
    before = dict(stage.totals)
    assert stage.post("2026-03-05", Merge(CHIARA)).refused is not None
    assert stage.totals == before
    assert entries(stage) == 1


def test_one_person_has_one_ticket() -> None:
    stage = café(lottery(limit=3, prizes=(TRIP,), odds=Fraction(1, 8)))
    for who in (ALICE, ALICE, BRUNO, BRUNO):
        stage.post("2026-03-04", Visit(), who)
    stage.post("2026-03-09", Visit(), ALICE)
    merged = stage.post("2026-03-10", Merge(BRUNO))
    assert (entries(stage), entries(stage, BRUNO)) == (2, 2)  # that draw is over
    assert entries(stage, BRUNO, date(2026, 3, 9)) == 1
    assert stage.totals["entrants lottery 2026-03-09"] == (1, 0)
    stage.post("2026-03-11", Undo(merged.event.id))
    assert entries(stage, BRUNO, date(2026, 3, 9)) == 0
    stage.post("2026-03-12", Visit(), BRUNO)
    stage.post("2026-03-12", Visit(), BRUNO)
    stage.post("2026-03-12", Visit(), BRUNO)
    stage.post("2026-03-13", Merge(BRUNO))
    assert entries(stage, BRUNO, date(2026, 3, 9)) == 3
    assert stage.totals["entrants lottery 2026-03-09"] == (1, 0)


# --- prizes --------------------------------------------------------------------------------------


def test_a_prize_is_a_voucher_that_waits_to_be_claimed() -> None:
    stage = café(lottery(claim_within=Period(10, "day")))
    stage.post("2026-03-04", Visit())
    won = stage.post("2026-03-09", Won("lottery", WEEK, 1))
    assert won.refused is None
    (voucher,) = stage.account().vouchers or []
    assert (voucher.reward, voucher.state) == ("lottery#1", "issued")
    assert voucher.expires_on == date(2026, 3, 19)
    assert stage.post("2026-03-10", facts.VoucherUse(voucher.id)).refused is None
    assert stage.totals[f"won lottery {WEEK}"] == (1, 0)
    unclaimed = café(lottery(claim_within=Period(10, "day")))
    unclaimed.post("2026-03-04", Visit())
    unclaimed.post("2026-03-09", Won("lottery", WEEK, 0))
    assert [each.state for each in unclaimed.on("2026-03-20").vouchers or []] == ["expired"]


def test_a_prize_of_units_is_booked_when_it_is_claimed() -> None:
    points = Prize(Gift("units", value=50, unit="points"))
    stage = café(lottery(prizes=(points, COFFEES)))
    stage.post("2026-03-04", Visit())
    won = stage.post("2026-03-09", Won("lottery", WEEK, 0))
    assert stage.has() == 0
    stage.post("2026-03-10", facts.VoucherUse(won.event.id))
    assert stage.has() == 50


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (Won("lottery", WEEK, 0), "already_won"),
        (Won("lottery", date(2026, 3, 9), 0), "no_entry"),
        (Won("lottery", date(2026, 3, 3), 0), "unknown_prize"),
        (Won("lottery", WEEK, 2), "unknown_prize"),
        (Won("raffle", WEEK, 0), "unknown_prize"),
    ],
)
def test_nobody_wins_twice_nor_without_an_entry(what: Won, code: str) -> None:
    stage = café()
    stage.post("2026-03-04", Visit())
    stage.post("2026-03-09", Won("lottery", WEEK, 1))
    before = picture(stage.account())
    refused = stage.post("2026-03-10", what).refused
    assert refused is not None
    assert refused.code == code
    assert picture(stage.account()) == before
    stranger = stage.post("2026-03-10", Won("lottery", WEEK, 0), DIEGO).refused
    assert stranger is not None
    assert stranger.code == "not_a_member"


def test_a_prize_cannot_be_taken_for_units() -> None:
    stage = café()
    stage.post("2026-03-04", buys(5000))
    assert stage.post("2026-03-09", facts.Redemption("lottery#0")).refused is not None
    assert stage.post("2026-03-09", facts.Redemption("lottery#x")).refused is not None


def test_who_won_keeps_the_prize_when_the_goods_come_back() -> None:
    stage = café(lottery(when="purchase"))
    stage.post("2026-02-04", buys(500))
    bought = stage.post("2026-03-04", buys(500))
    stage.post("2026-03-09", Won("lottery", WEEK, 0))
    stage.post("2026-03-10", Refund(bought.event.id))
    assert entries(stage) == 0
    assert stage.vouchers() == [("lottery#0", "issued")]


# --- odds ----------------------------------------------------------------------------------------


def test_forty_entrants_have_ten_prizes_and_nine_are_one_too_few() -> None:
    ten = (Stake("trip", 1), Stake("coupon", 9))
    nine = (Stake("trip", 1), Stake("coupon", 8))
    assert drawing.missing_prizes(ten, 40, QUARTER) == 0
    assert drawing.missing_prizes(nine, 40, QUARTER) == 1
    assert drawing.missing_prizes(ten, 41, QUARTER) == 1
    assert drawing.chance(nine, 40, QUARTER) == Fraction(9, 40)
    assert lottery(prizes=(TRIP, Prize(Gift("product"), 9))).seats == 40
    assert lottery().seats is None


def test_prizes_without_a_number_take_turns_for_what_is_missing() -> None:
    prizes = (Stake("coffee", None), Stake("trip", 2), Stake("cake", None))
    assert drawing.shared_out(prizes, 20, QUARTER) == [0, 0, 1, 1, 2]
    assert drawing.shared_out(prizes, 4, QUARTER) == [1, 1]
    assert drawing.shared_out(prizes, 1, QUARTER) == [1]
    assert drawing.shared_out(prizes, 0, QUARTER) == []
    assert drawing.chance(prizes, 0, QUARTER) == 1
    assert drawing.shared_out((Stake("coffee", 10**12),), 2, QUARTER) == [0, 0]


@lawful
@given(
    some.lists(some.none() | some.integers(0, 30), min_size=1, max_size=4),
    some.integers(0, 60),
    some.fractions(QUARTER, 1, max_denominator=50),
)
def test_the_odds_hold_or_pieces_are_missing(
    pieces: list[int | None], entrants: int, odds: Fraction
) -> None:
    prizes = [Stake(str(number), each) for number, each in enumerate(pieces)]
    given_ = drawing.shared_out(prizes, entrants, odds)
    lacking = drawing.missing_prizes(prizes, entrants, odds)
    assert len(given_) + lacking >= odds * entrants
    assert (lacking > 0) is (len(given_) < odds * entrants)
    if None in pieces:
        assert lacking == 0
    assert len(given_) <= entrants
    for number, each in enumerate(pieces):
        assert each is None or given_.count(number) <= each


# --- winners -------------------------------------------------------------------------------------


def test_the_example_of_the_page_is_computed_by_a_shell_and_by_us_alike() -> None:
    text = markdown.text_of("docs/draws.md")
    (script,) = markdown.fences(text, "sh")
    (expected,) = markdown.fences(text, "text")
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == expected
    (ours,) = markdown.fences(text, "python")
    seen: dict[str, Any] = {"__name__": "example"}
    exec(compile(ours, "docs/draws.md", "exec"), seen)
    places = [line.split()[2] for line in expected.splitlines()[1:]]
    assert [winner.ticket for winner in seen["record"].winners] == places


def test_a_list_has_one_form_whoever_makes_it() -> None:
    assert drawing.tickets({"b1b1b1": 2, "a0a0a0": 1}) == "a0a0a0 1\nb1b1b1 2\n"
    codes = {drawing.ticket("salt", customer) for customer in range(1000)}
    assert len(codes) == 1000
    assert drawing.ticket("salt", 1) != drawing.ticket("pepper", 1)


def test_each_ticket_wins_once_and_everybody_wins_where_there_are_prizes_for_all() -> None:
    listed = drawing.tickets({f"ticket{number}": 1 + number for number in range(5)})
    won = drawing.winners("s", listed, (Stake("cake", 50),), QUARTER)
    assert sorted(winner.ticket for winner in won) == [f"ticket{number}" for number in range(5)]


def test_another_secret_or_another_list_finds_others() -> None:
    tickets = {f"ticket{number:03}": 1 for number in range(200)}
    listed = drawing.tickets(tickets)
    prizes = (Stake("coffee", None),)
    first = drawing.winners("one", listed, prizes, QUARTER)
    assert drawing.winners("two", listed, prizes, QUARTER) != first
    more = drawing.tickets({**tickets, "ticket999": 1})
    assert drawing.winners("one", more, prizes, QUARTER)[:50] != first


def chi_square(observed: dict[str, int], expected: dict[str, float]) -> float:
    return sum((observed.get(code, 0) - many) ** 2 / many for code, many in expected.items())


def test_chances_are_proportional_to_entries_for_the_first_and_for_the_second_prize() -> None:
    """Chi-square over 20,000 fixed secrets; 5 degrees of freedom, 20.5 is one in a thousand."""
    entries_ = {"ticket0": 1, "ticket1": 1, "ticket2": 2, "ticket3": 3, "ticket4": 5, "ticket5": 8}
    listed, prizes = drawing.tickets(entries_), (Stake("a", 1), Stake("b", 1))
    draws, total = 20_000, sum(entries_.values())
    first: dict[str, int] = {}
    second: dict[str, int] = {}
    for number in range(draws):
        one, two = drawing.winners(f"secret {number}", listed, prizes, QUARTER)
        first[one.ticket] = first.get(one.ticket, 0) + 1
        second[two.ticket] = second.get(two.ticket, 0) + 1
    expected = {code: draws * many / total for code, many in entries_.items()}
    assert chi_square(first, expected) < 20.5
    after = {
        code: draws
        * sum(
            others / total * many / (total - others)
            for other, others in entries_.items()
            if other != code
        )
        for code, many in entries_.items()
    }
    assert chi_square(second, after) < 20.5
    flat = {code: draws / len(entries_) for code in entries_}
    assert chi_square(first, flat) > 1000  # the test sees chances that are not as they should be
