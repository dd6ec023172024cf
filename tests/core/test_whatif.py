"""A replay is the engine's own answer, added up: by month, in parts of any size, in any order."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from habitue.core import engine, facts, program
from habitue.core.account import Account, Entry
from habitue.core.facts import Event
from habitue.core.rulebook import Book
from habitue.core.whatif import replay, result
from habitue.core.whatif.behaviour import Behaviour
from habitue.core.whatif.replay import Guest, Shared, Stage
from habitue.core.whatif.result import Trial, WhatIf
from habitue.core.whatif.sums import Compared, Sums, first_day, month_of
from tests.core.cast import (
    ALICE,
    BRUNO,
    CHIARA,
    COFFEE,
    DIEGO,
    POINTS,
    SPEND,
    YEARLY,
    at,
    buys,
    cafe,
)

NEVER, SOONEST, DEAREST = Behaviour("never"), Behaviour("soonest"), Behaviour("dearest")
POSTED = Behaviour("as posted")
END = date(2026, 12, 31)
FIVE_OFF = program.Reward("five-off", (program.Gift("money off", value=500),), cost=("points", 50))
CENTS = program.Unit("points", worth=Fraction(5, 100))
MONTHS = program.After(program.Period(2, "month"))

History = dict[int, list[Event]]


def history(*bought: tuple[int, str, int | facts.What]) -> History:
    """Who did what on which day; an amount is a purchase. Numbers are given per customer."""
    found: History = {}
    for who, day, what in bought:
        mine = found.setdefault(who, [])
        body = buys(what) if isinstance(what, int) else what
        mine.append(Event((len(mine) + 1) * 512, who, at(day), body))
    return found


def named(past: History) -> list[tuple[int, str, list[Event]]]:
    return [(who, f"customer {who}", events) for who, events in past.items()]


def stage(of: program.Program, behaviour: Behaviour = NEVER, **given: Any) -> Stage:
    return Stage(Book([of]), behaviour, until=given.pop("until", END), **given)


def apart(past: History, *stages: Stage) -> WhatIf:
    sums = Sums.nothing(len(stages))
    replay.apart(stages, named(past), sums)
    return result.read(stages, sums)


def together(past: History, *stages: Stage) -> WhatIf:
    sums = Sums.nothing(len(stages))
    events = sorted((one for mine in past.values() for one in mine), key=lambda one: one.at)
    replay.together(stages, events, sums)
    return result.read(stages, sums)


def trial(past: History, of: program.Program, behaviour: Behaviour = NEVER, **given: Any) -> Trial:
    (found,) = apart(past, stage(of, behaviour, **given)).trials
    return found


def by_month(of: Trial, field: str) -> dict[str, Any]:
    """A field of the months in which it is not nothing."""
    values = {f"{month.month:%m}": getattr(month, field) for month in of.months}
    return {month: value for month, value in values.items() if value}


# ---- what a replay adds up --------------------------------------------------------------------


def test_months_hold_what_was_bought_earned_taken_and_is_owed() -> None:
    past = history(
        (ALICE, "2026-01-10", 3000), (ALICE, "2026-03-05", 4000), (BRUNO, "2026-03-09", 500)
    )
    of = trial(past, cafe(units=(CENTS,)), SOONEST)
    assert by_month(of, "purchases") == {"01": 1, "03": 2}
    assert by_month(of, "money") == {"01": 3000, "03": 4500}
    assert by_month(of, "taken") == {"01": {"coffee": 1}, "03": {"coffee": 1}}
    assert by_month(of, "cost") == {"01": 50, "03": 50}  # ten points, a coffee, at 0.05
    owed = by_month(of, "liability")
    assert (owed["01"], owed["02"], owed["03"], owed["12"]) == (100, 100, 275, 275)
    (points,) = of.holdings
    assert [roll.issued for roll in points.rolls[:3]] == [30, 0, 45]
    assert [roll.redeemed for roll in points.rolls[:3]] == [10, 0, 10]
    assert points.rolls[-1].closing == 55


def test_what_lapses_lapses_in_its_month_however_late_it_is_found() -> None:
    unit = program.Unit("points", worth=Fraction(1, 10), expiry=MONTHS)
    past = history((ALICE, "2026-01-10", 3000), (ALICE, "2026-11-05", 100))
    of = trial(past, cafe(units=(unit,)))
    assert by_month(of, "breakage") == {"03": 300}
    assert by_month(of, "liability")["02"] == 300
    assert "03" not in by_month(of, "liability")
    ends = trial(history((ALICE, "2026-11-05", 3000)), cafe(units=(unit,)), until=date(2027, 2, 1))
    assert [month.breakage for month in ends.months] == [0, 0, 300, 0]


def test_members_stand_in_the_tier_they_held_at_each_months_end() -> None:
    ladder = program.Ladder(
        (program.Level("basic"), program.Level("gold", needs=((("spend", 10_000),),))),
        kept=program.For(program.Period(3, "month")),
    )
    of = cafe(units=(POINTS, SPEND), rules=(YEARLY,), tiers=ladder)
    past = history(
        (ALICE, "2026-01-10", 500), (ALICE, "2026-02-10", 12_000), (BRUNO, "2026-03-01", 1)
    )
    (found,) = apart(past, stage(of, until=date(2027, 2, 28))).trials
    gold = [month.members["gold"] for month in found.months]
    basic = [month.members["basic"] for month in found.months]
    assert gold == [0, 1, 1, 1, *[0] * 10]  # kept through 10 May, though nobody comes any more
    assert basic == [1, 0, 1, 1, *[2] * 10]
    again = history((ALICE, "2026-02-10", 12_000), (ALICE, "2027-02-10", 1))
    (found,) = apart(again, stage(of, until=date(2027, 3, 31))).trials
    assert [month.members["gold"] for month in found.months] == [1, 1, 1, *[0] * 11]


def test_the_last_day_counts_whole_in_the_middle_of_its_month() -> None:
    unit = program.Unit("points", worth=Fraction(1, 10), expiry=MONTHS)
    past = history((ALICE, "2026-01-10", 3000))
    assert trial(past, cafe(units=(unit,)), until=date(2026, 3, 10)).months[-1].breakage == 0
    assert trial(past, cafe(units=(unit,)), until=date(2026, 3, 11)).months[-1].breakage == 300


def test_the_same_day_twice_gives_one_reward_at_most() -> None:
    past = history(
        (ALICE, "2026-01-10", 3000), (ALICE, "2026-01-10", 3000), (ALICE, "2026-01-11", 1)
    )
    of = trial(past, cafe(), SOONEST)
    assert by_month(of, "taken") == {"01": {"coffee": 2}}


def test_soonest_takes_the_cheapest_dearest_the_dearest_and_never_nothing() -> None:
    past = history((ALICE, "2026-01-10", 6000), (ALICE, "2026-01-12", 100))
    of = cafe(units=(CENTS,), rewards=(FIVE_OFF, COFFEE))
    assert by_month(trial(past, of, SOONEST), "taken") == {"01": {"coffee": 2}}
    dearest = trial(past, of, DEAREST)
    assert by_month(dearest, "taken") == {"01": {"five-off": 1, "coffee": 1}}
    assert by_month(dearest, "cost") == {"01": 500 + 50}  # money off as it is; ten points at 0.05
    assert by_month(trial(past, of), "taken") == {}
    only = Behaviour("dearest", only=("coffee",))
    assert by_month(trial(past, of, only), "taken") == {"01": {"coffee": 2}}


def test_a_reward_that_is_refused_leaves_room_for_the_next() -> None:
    tasting = program.Reward(
        "tasting", (program.Gift("experience"),), cost=("points", 50),
        dates=program.Dates(since=date(2027, 1, 1)),
    )  # fmt: skip
    of = trial(history((ALICE, "2026-01-10", 6000)), cafe(rewards=(tasting, COFFEE)), DEAREST)
    assert by_month(of, "taken") == {"01": {"coffee": 1}}
    assert of.refused == {}


def test_chance_is_decided_by_customer_and_day_alone() -> None:
    half = Behaviour("soonest", chance=Fraction(1, 2))
    days = [date.fromordinal(date(2026, 1, 1).toordinal() + n) for n in range(1_000)]
    thinks = [half.thinks(ALICE, day) for day in days]
    assert 430 < sum(thinks) < 570
    assert thinks == [half.thinks(ALICE, day) for day in days]
    assert thinks != [half.thinks(BRUNO, day) for day in days]
    assert all(SOONEST.thinks(ALICE, day) for day in days)


def test_who_must_ask_becomes_a_member_with_the_first_purchase() -> None:
    asked = cafe(enrolment="on request")
    past = history((ALICE, "2026-01-10", 3000))
    assert trial(past, asked).holdings[0].rolls[-1].closing == 0
    assert trial(past, asked, enroll=True).holdings[0].rolls[-1].closing == 30


def test_a_worth_may_be_stated_or_follow_from_money_off() -> None:
    past = history((ALICE, "2026-01-10", 3000))
    assert trial(past, cafe()).notes == (
        "Nothing says what one of points is worth, so it costs nothing here: state its `worth` in"
        " the program, or `--worth points=0.10`.",
    )
    assert trial(past, cafe()).months[-1].liability == 0
    stated = trial(past, cafe(), worths={"points": Fraction(1, 4)})
    assert stated.months[-1].liability == 750
    implied = trial(past, cafe(rewards=(FIVE_OFF,)))
    assert implied.months[-1].liability == 300  # 5.00 off for 50
    assert implied.notes == ()


# ---- what the history says --------------------------------------------------------------------


def told(when: Behaviour) -> Trial:
    past = history(
        (ALICE, "2026-01-10", 3000),
        (ALICE, "2026-01-11", facts.Redemption("coffee")),
        (ALICE, "2026-01-12", facts.Redemption("cake")),
        (ALICE, "2026-02-01", facts.Refund(of=512, amount=1000)),
    )
    return trial(past, cafe(), when, worths={"points": Fraction(1, 10)})


def test_as_posted_takes_what_was_taken_and_counts_what_the_program_refuses() -> None:
    of = told(POSTED)
    assert by_month(of, "taken") == {"01": {"coffee": 1}}
    assert of.refused == {"unknown_reward": 1}
    assert by_month(of, "money") == {"01": 3000, "02": -1000}
    assert of.holdings[0].rolls[-1].closing == 10
    assert of.holdings[0].rolls[1].corrected == -10


def test_where_behaviour_is_stated_the_history_takes_nothing() -> None:
    assert told(NEVER).rewards == ()
    assert told(NEVER).refused == {}
    assert told(NEVER).holdings[0].rolls[-1].closing == 20


def test_what_was_decided_elsewhere_is_decided_anew() -> None:
    forgiven = facts.Forgiven(at("2026-01-10"), {0: 5})
    bought = Event(512, ALICE, at("2026-01-10"), buys(3000, covered=1000), forgiven, {"stock x": 0})
    of = trial({ALICE: [bought]}, cafe())
    assert of.holdings[0].rolls[-1].closing == 30


def test_an_undone_purchase_was_never_made() -> None:
    past = history((ALICE, "2026-01-10", 3000), (ALICE, "2026-01-10", facts.Undo(of=512)))
    of = trial(past, cafe(), POSTED)
    assert of.money == 0
    assert of.holdings[0].rolls[-1].closing == 0


# ---- two programs -----------------------------------------------------------------------------


def test_two_programs_say_who_gets_more_back_and_who_less() -> None:
    twice = program.EarnRule("twice", "purchase", (program.PerMoney("points", Fraction(2), 100),))
    big = program.EarnRule(
        "big", "purchase", (program.Fixed("points", Fraction(20)),),
        where=program.MinimumOrder(2_000),
    )  # fmt: skip
    past = history(
        (ALICE, "2026-01-10", 3000), (BRUNO, "2026-01-10", 1000), (CHIARA, "2026-01-10", 2000)
    )
    found = apart(past, stage(cafe(units=(CENTS,))), stage(cafe(units=(CENTS,), rules=(big,))))
    compared = found.compared
    assert compared is not None
    assert (compared.winners, compared.losers, compared.same) == (0, 2, 1)
    assert (compared.gained, compared.lost) == (0, 50 + 50)
    assert compared.most_lost == [(-50, "customer 1"), (-50, "customer 2")]
    assert compared.bands == {-2: 1, -5: 1, 0: 1}
    better = apart(past, stage(cafe(units=(CENTS,))), stage(cafe(units=(CENTS,), rules=(twice,))))
    assert better.compared is not None
    assert better.compared.most_gained[0] == (150, "customer 1")
    assert apart(past, stage(cafe())).compared is None


def test_what_was_taken_is_back_as_much_as_what_is_held() -> None:
    units = (CENTS,)
    first, second = stage(cafe(units=units), SOONEST), stage(cafe(units=units), NEVER)
    found = apart(history((ALICE, "2026-01-10", 1000), (BRUNO, "2026-01-10", 1700)), first, second)
    assert found.compared is not None
    assert found.compared.same == 2


# ---- the same engine, in parts and in order ---------------------------------------------------


def test_a_replay_is_the_engines_own_answer() -> None:
    of = cafe(units=(program.Unit("points", expiry=MONTHS),))
    events = history(*((ALICE, f"2026-{month:02}-10", 3000) for month in range(1, 9)))[ALICE]
    lines: list[Entry] = []
    shared = Shared()
    guest = Guest(stage(of, POSTED, until=date(2026, 8, 10)), ALICE, shared, {}, lines)
    for event in events:
        guest.happen(event)
    guest.finish()
    accounts: dict[int, Account] = {}
    outcomes = engine.run(Book([of]), accounts, events)
    assert lines == [entry for outcome in outcomes for entry in outcome.entries]
    assert shared.accounts[ALICE].lots == accounts[ALICE].lots
    assert shared.accounts[ALICE].balances == accounts[ALICE].balances
    assert shared.accounts[ALICE].memory == accounts[ALICE].memory


PEOPLE = (ALICE, BRUNO, CHIARA, DIEGO)
days = some.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat)
purchases = some.lists(some.tuples(some.sampled_from(PEOPLE), days, some.integers(1, 9_000)))


def drawn(bought: list[tuple[int, str, int]]) -> History:
    return history(*sorted(bought, key=lambda one: one[1]))


@given(purchases, some.sampled_from([NEVER, SOONEST, DEAREST]))
def test_the_sum_of_parts_is_the_whole_in_any_order(
    bought: list[tuple[int, str, int]], behaviour: Behaviour
) -> None:
    past = drawn(bought)
    rich = cafe(units=(CENTS,), rewards=(COFFEE, FIVE_OFF))
    stages = [stage(rich, behaviour), stage(cafe(units=(CENTS,)), behaviour)]
    whole = Sums.nothing(2)
    replay.apart(stages, named(past), whole)
    parts = []
    for one in named(past):
        part = Sums.nothing(2)
        replay.apart(stages, [one], part)
        parts.append(part)
    left, right = Sums.nothing(2), Sums.nothing(2)
    for part in parts:
        left.absorb(part)
    for part in reversed(parts):
        right.absorb(part)
    assert left == right == whole
    assert result.read(stages, left) == result.read(stages, whole)


@given(purchases, some.sampled_from([NEVER, SOONEST, DEAREST]))
def test_in_order_of_time_members_who_share_nothing_get_the_same(
    bought: list[tuple[int, str, int]], behaviour: Behaviour
) -> None:
    past = drawn(bought)
    stages = [stage(cafe(units=(CENTS,), rewards=(COFFEE, FIVE_OFF)), behaviour)]
    assert together(past, *stages).trials == apart(past, *stages).trials


def test_in_order_of_time_the_last_piece_goes_to_who_comes_first() -> None:
    last = program.Reward("coffee", COFFEE.gifts, cost=COFFEE.cost, stock=1)
    past = history((ALICE, "2026-01-12", 3000), (BRUNO, "2026-01-11", 3000))
    found = together(past, stage(cafe(rewards=(last,)), SOONEST))
    assert by_month(found.trials[0], "taken") == {"01": {"coffee": 1}}
    (points,) = found.trials[0].holdings
    assert points.rolls[0].redeemed == 10
    # Apart, nobody sees what the others took: that is why such programs are not replayed apart.
    alone = apart(past, stage(cafe(rewards=(last,)), SOONEST))
    assert by_month(alone.trials[0], "taken") == {"01": {"coffee": 2}}


def test_the_most_are_the_same_however_the_parts_were_cut() -> None:
    gains = [(f"c{n}", 100, 0, n % 7 - 3) for n in range(60)]
    whole, left, right = Compared(), Compared(), Compared()
    for place, one in enumerate(gains):
        whole.look(*one)
        (left if place % 3 else right).look(*one)
    left.absorb(right)
    assert left == whole
    assert len(whole.most_gained) == 10


def test_nothing_gives_nothing() -> None:
    found = apart({}, stage(cafe()))
    assert found.trials[0].months == ()
    assert (found.customers, found.events) == (0, 0)
    assert first_day(month_of(date(2026, 12, 9))) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        (NEVER, "Nobody ever takes a reward."),
        (POSTED, "Rewards are taken as the history says, where the program allows it."),
        (
            Behaviour("dearest", ("coffee",)),
            "Whoever comes takes the dearest reward among coffee they can afford,"
            " at most one a day.",
        ),
        (
            Behaviour("soonest", (), Fraction(3, 10)),
            "Of the days on which a member can afford one, 30 % end with the cheapest reward.",
        ),
    ],
)
def test_behaviour_is_stated(behaviour: Behaviour, sentence: str) -> None:
    assert behaviour.sentence == sentence
