"""Every flow of a replay, to the unit: what was posted, left out, taken, undone, merged."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import document, facts, program
from habitue.core.facts import Event, Line, Purchase
from habitue.core.rulebook import Book
from habitue.core.whatif import replay, result
from habitue.core.whatif.behaviour import Behaviour, Choice
from habitue.core.whatif.replay import Stage
from habitue.core.whatif.sums import Compared, Flows, Sums, first_day, month_of
from tests.core.cast import ALICE, BRUNO, CHIARA, at, buys

TEXT = """\
program: trial
title: Trial
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units:
  points: {worth: 0.05}
  miles: {decimals: 1}
  spend: {qualifying: true, decimals: 2}
transfers: {units: points}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
  - {id: year, when: purchase, award: {spend: 1, per: 1.00, step: proportional}}
  - {id: walk, when: visit, award: {miles: 2.5}}
tiers:
  basis: {unit: spend}
  levels: [{id: base, from: 0}, {id: gold, from: 100}]
pay_with: {unit: points}
rewards:
  - {id: tea, cost: {points: 10}, gives: {product: tea}}
  - {id: off, cost: {points: 20}, gives: {money_off: 2.00}}
  - {id: more, cost: {miles: 5}, gives: {points: 30}}
  - {id: day, automatic: birthday, gives: {product: cake}}
"""
STEP = 512


def trial(text: str = TEXT) -> program.Program:
    found = document.read(text)
    assert isinstance(found, program.Program), [problem.text() for problem in found]
    return found


def history(*done: tuple[int, str, int | facts.What]) -> list[Event]:
    """Who did what on which day; the first event is number 512, and so on."""
    return [
        Event(number * STEP, who, at(day), buys(what) if isinstance(what, int) else what)
        for number, (who, day, what) in enumerate(done, 1)
    ]


PAID = Purchase((Line(1000),), "EUR", covered=100, spent=(5 * STEP,))
PAST = history(
    (ALICE, "2026-01-10", 12000),  # 1
    (ALICE, "2026-01-12", facts.Redemption("tea")),
    (ALICE, "2026-01-12", facts.Redemption("cake")),  # there is none
    (BRUNO, "2026-01-15", 3000),
    (ALICE, "2026-01-20", facts.Payment(100, 1000)),  # 5
    (ALICE, "2026-01-20", PAID),
    (ALICE, "2026-02-01", facts.Redemption("off")),
    (ALICE, "2026-02-01", facts.Undo(7 * STEP)),
    (BRUNO, "2026-02-02", facts.Transfer("points", 5, ALICE)),
    (BRUNO, "2026-02-03", facts.Visit()),  # 10
    (BRUNO, "2026-02-04", facts.Visit()),
    (BRUNO, "2026-02-05", facts.Redemption("more")),
    (BRUNO, "2026-02-20", facts.Refund(4 * STEP, amount=1000)),
    (ALICE, "2026-03-01", facts.Redemption("off")),
    (ALICE, "2026-03-02", facts.Refund(1 * STEP, amount=3000)),  # 15
    (CHIARA, "2026-03-03", 4000),
    (CHIARA, "2026-03-03", facts.Undo(16 * STEP)),
    (CHIARA, "2026-03-04", 2000),
    (CHIARA, "2026-03-05", facts.Merge(BRUNO)),
    (BRUNO, "2026-03-06", facts.Birthday()),  # 20
    (BRUNO, "2026-03-06", facts.Redemption("tea")),
)
END = date(2026, 4, 15)
FLOWS: dict[Choice, str] = {
    "as posted": """
01 accrual points: 159
01 level base: 1
01 level gold: 1
01 money: 16000
01 off paid with units: 100
01 purchases: 3
01 redemption points: -30
01 refused unknown_reward: 1
01 spent points: 10
01 taken paid with units: 1
01 taken tea: 1
02 accrual miles: 50
02 money: -1000
02 off off: 0
02 redemption miles: -50
02 redemption points: -20
02 refunds: 1
02 reversal points: 10
02 taken more: 1
02 taken off: 0
02 transfer points: 0
03 accrual points: 60
03 level base: 2
03 level gold: -1
03 money: -1000
03 off off: 200
03 purchases: 2
03 redemption points: -30
03 refunds: 1
03 reversal points: -70
03 spent points: 10
03 taken day: 1
03 taken off: 1
03 taken tea: 1
03 transfer points: 0
""",
    "never": """
01 accrual points: 160
01 level base: 1
01 level gold: 1
01 money: 16000
01 purchases: 3
02 accrual miles: 50
02 money: -1000
02 refunds: 1
02 reversal points: -10
02 transfer points: 0
03 accrual points: 60
03 level base: 1
03 money: -1000
03 purchases: 2
03 refunds: 1
03 reversal points: -70
03 taken day: 1
03 transfer points: 0
""",
    "soonest": """
01 accrual points: 160
01 level base: 1
01 level gold: 1
01 money: 16000
01 purchases: 3
01 redemption points: -30
01 spent points: 30
01 taken tea: 3
02 accrual miles: 50
02 accrual points: 30
02 money: -1000
02 redemption miles: -50
02 redemption points: -10
02 refunds: 1
02 reversal points: -10
02 spent points: 10
02 taken more: 1
02 taken tea: 1
02 transfer points: 0
03 accrual points: 60
03 level base: 1
03 money: -1000
03 purchases: 2
03 redemption points: -10
03 refunds: 1
03 reversal points: -70
03 spent points: 10
03 taken day: 1
03 taken tea: 1
03 transfer points: 0
""",
    "dearest": """
01 accrual points: 160
01 level base: 1
01 level gold: 1
01 money: 16000
01 off off: 600
01 purchases: 3
01 redemption points: -60
01 taken off: 3
02 accrual miles: 50
02 accrual points: 30
02 money: -1000
02 redemption miles: -50
02 refunds: 1
02 reversal points: -10
02 taken more: 1
02 transfer points: 0
03 accrual points: 60
03 level base: 1
03 money: -1000
03 off off: 200
03 purchases: 2
03 redemption points: -20
03 refunds: 1
03 reversal points: -70
03 taken day: 1
03 taken off: 1
""",
}


def stage(choice: Choice, of: program.Program | None = None, **given: Any) -> Stage:
    return Stage(Book([of or trial()]), Behaviour(choice), until=END, **given)


def told(flows: Flows) -> list[str]:
    return [
        f"{first_day(month):%m} {flow} {of}: {amount}".replace(" : ", ": ")
        for (month, flow, of), amount in sorted(flows.items())
    ]


@pytest.mark.parametrize("choice", FLOWS)
def test_what_followed_is_added_up_by_month_and_kind(choice: Choice) -> None:
    sums = Sums.nothing(1)
    replay.together([stage(choice)], PAST, sums)
    assert told(sums.flows[0]) == FLOWS[choice].strip().splitlines()
    assert (sums.customers, sums.events) == (3, len(PAST))


def test_who_gains_is_told_with_how_much() -> None:
    sums = Sums.nothing(2)
    replay.together([stage("never"), stage("dearest")], PAST, sums)
    assert sums.compared == Compared(
        winners=3,
        gained=550,
        bands={2: 1, 7: 1, 10: 1},
        most_gained=[(200, "3"), (200, "1"), (150, "2")],
    )


def test_months_add_the_flows_up_to_what_stands_at_their_ends() -> None:
    sums = Sums.nothing(1)
    replay.together([stage("as posted")], PAST, sums)
    found = result.read([stage("as posted")], sums, notes=["a note"])
    (one,) = found.trials
    assert (found.customers, found.events, found.notes, found.compared) == (
        3,
        21,
        ("a note",),
        None,
    )
    assert [month.month for month in one.months] == [date(2026, n, 1) for n in (1, 2, 3, 4)]
    assert [month.purchases for month in one.months] == [3, 0, 2, 0]
    assert [month.money for month in one.months] == [16_000, -1_000, -1_000, 0]
    # Ten points for tea are 0.50; 1.00 paid with units, 2.00 off.
    assert [month.cost for month in one.months] == [150, 0, 250, 0]
    assert [month.taken for month in one.months] == [
        {"paid with units": 1, "tea": 1},
        {"more": 1},
        {"day": 1, "off": 1, "tea": 1},
        {},
    ]
    assert [month.liability for month in one.months] == [645, 595, 395, 395]
    assert [month.members["gold"] for month in one.months] == [1, 1, 0, 0]
    assert (one.money, one.cost, one.refused) == (14_000, 400, {"unknown_reward": 1})
    assert (one.program, one.title, one.currency) == ("trial", {"en": "Trial"}, "EUR")
    assert one.tiers == ("base", "gold")
    assert one.rewards == ("day", "more", "off", "paid with units", "tea")
    assert [(each.unit, each.decimals, each.worth) for each in one.holdings] == [
        ("points", 0, Fraction(5)),
        ("miles", 1, None),
    ]
    assert one.notes == (
        "Nothing says what one of miles is worth, so it costs nothing here: state its `worth` in"
        " the program, or `--worth miles=0.10`.",
    )


def test_the_catalogue_is_tried_from_the_cheapest_in_money_or_from_the_dearest() -> None:
    worths = {"miles": Fraction(1, 2)}
    assert [name for *_, name in stage("soonest").catalogue] == ["tea", "more", "off"]
    assert [name for *_, name in stage("soonest", worths=worths).catalogue] == [
        "tea",
        "off",
        "more",
    ]
    assert [name for *_, name in stage("dearest", worths=worths).catalogue] == [
        "more",
        "off",
        "tea",
    ]
    only = Stage(Book([trial()]), Behaviour("soonest", only=("off",)), until=END)
    assert only.catalogue == [(0, 20, "off")]
    assert stage("soonest", worths=worths).worths == [Fraction(5), Fraction(5), 0]
    assert stage("soonest").units == ["points", "miles", ""]


def test_whoever_buys_becomes_a_member_only_where_one_has_to_ask() -> None:
    asking = trial(TEXT.replace("enrolment: automatic", "enrolment: on request"))
    assert (stage("never", enroll=True).enrolls, stage("never", asking).enrolls) == (False, False)
    assert stage("never", asking, enroll=True).enrolls
    visits = history((ALICE, "2026-01-10", facts.Visit()), (ALICE, "2026-01-11", 1000))
    sums = Sums.nothing(1)
    replay.apart([stage("never", asking, enroll=True)], [(ALICE, "Alice", visits)], sums)
    # A visit before that is refused, and does not keep them from becoming one.
    assert told(sums.flows[0]) == [
        "01 accrual points: 10",
        "01 level base: 1",
        "01 money: 1000",
        "01 purchases: 1",
        "01 refused not_a_member: 1",
    ]


def test_what_was_there_before_is_shared_from_the_first_event_on() -> None:
    stocked = trial(TEXT.replace("gives: {product: tea}}", "gives: {product: tea}, stock: 2}"))
    past = history((ALICE, "2026-01-10", 3000), (BRUNO, "2026-01-11", 3000))
    for before, taken in ((0, 2), (1, 1), (2, 0)):
        sums = Sums.nothing(1)
        one = Stage(Book([stocked]), Behaviour("soonest", only=("tea",)), until=END)
        assert one.shares
        replay.together([one], past, sums, totals={"stock tea": (before, 0)})
        assert sums.flows[0].get((month_of(date(2026, 1, 1)), "taken", "tea"), 0) == taken


GAINS = [
    ((1000, 0, 0), (0, 0, 1, 0, 0), 0),
    ((1000, 5, 15), (1, 0, 0, 10, 0), 1),
    ((1000, 15, 5), (0, 1, 0, 0, 10), -1),
    ((1000, 0, 19), (1, 0, 0, 19, 0), 1),
    ((1000, 19, 0), (0, 1, 0, 0, 19), -2),
    ((10, 0, 500), (1, 0, 0, 500, 0), 100),
    ((10, 500, 0), (0, 1, 0, 0, 500), -100),
    ((0, 0, 500), (1, 0, 0, 500, 0), 0),
]


@pytest.mark.parametrize(("seen", "counted", "band"), GAINS)
def test_a_gain_is_counted_in_percent_of_what_was_spent(
    seen: tuple[int, int, int], counted: tuple[int, ...], band: int
) -> None:
    found = Compared()
    found.look("Alice", *seen)
    assert (found.winners, found.losers, found.same, found.gained, found.lost) == counted
    assert found.bands == {band: 1}
    gain = seen[2] - seen[1]
    assert found.most_gained == ([(gain, "Alice")] if gain > 0 else [])
    assert found.most_lost == ([(gain, "Alice")] if gain < 0 else [])


def test_what_two_parts_saw_adds_up() -> None:
    one, other = Sums.nothing(1), Sums.nothing(1)
    replay.together([stage("never")], PAST[:4], one)
    replay.together([stage("never")], PAST[:4], other)
    once = dict(one.flows[0])
    one.absorb(other)
    assert one.flows[0] == {key: 2 * amount for key, amount in once.items()}
    assert (one.customers, one.events) == (4, 8)
    left, right = Compared(), Compared()
    left.look("Alice", 1000, 0, 10)
    right.look("Bruno", 1000, 0, 10)
    right.look("Chiara", 1000, 30, 10)
    right.look("Diego", 1000, 1, 1)
    left.absorb(right)
    assert (left.winners, left.losers, left.same, left.gained, left.lost) == (2, 1, 1, 20, 20)
    assert left.bands == {1: 2, -2: 1, 0: 1}
    assert left.most_gained == [(10, "Bruno"), (10, "Alice")]
    assert left.most_lost == [(-20, "Chiara")]


def test_a_day_ends_at_midnight_where_the_program_is() -> None:
    """Five in the afternoon of Paris is the next day in Tokyo."""
    tokyo = trial(TEXT.replace("Europe/Paris", "Asia/Tokyo"))
    night = [
        Event(STEP * number, ALICE, at("2026-01-31", hour), buys(1_000))
        for number, hour in ((1, 12), (2, 15), (3, 17))
    ]
    for of, months in (
        (trial(), ["01 purchases: 3"]),
        (tokyo, ["01 purchases: 2", "02 purchases: 1"]),
    ):
        sums = Sums.nothing(1)
        replay.apart([stage("soonest", of)], [(ALICE, "Alice", night)], sums)
        assert [line for line in told(sums.flows[0]) if "purchases" in line] == months
        taken = [line for line in told(sums.flows[0]) if "taken" in line]
        assert len(taken) == len(months)  # once a day


def test_who_is_only_given_something_or_merged_into_is_a_customer_too() -> None:
    past = history(
        (ALICE, "2026-01-10", 3000),
        (ALICE, "2026-01-11", facts.Transfer("points", 5, BRUNO)),
        (ALICE, "2026-01-12", facts.Merge(CHIARA)),
    )
    sums = Sums.nothing(1)
    replay.together([stage("as posted")], past, sums)
    assert (sums.customers, sums.events) == (3, 3)
    alone = Sums.nothing(1)
    replay.apart([stage("as posted")], [(ALICE, "Alice", past[:1]), (BRUNO, "Bruno", [])], alone)
    assert (alone.customers, alone.events) == (2, 1)


def test_what_lapses_of_something_shared_makes_room_again() -> None:
    stocked = trial(TEXT.replace("gives: {product: tea}}", "gives: {product: tea}, stock: 1}"))
    one = Stage(Book([stocked]), Behaviour("soonest", only=("tea",)), until=END)
    totals: dict[str, tuple[int, int]] = {}
    shared = replay.Shared(totals)
    guest = replay.Guest(one, ALICE, shared, {})
    for event in history((ALICE, "2026-01-10", 3000)):
        guest.happen(event)
    guest.finish()
    assert totals == {"stock tea": (1, 0)}
