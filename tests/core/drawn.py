"""Programs and histories drawn from the vocabulary, for laws that hold whatever an owner writes."""

from __future__ import annotations

import os
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from msgspec import Struct

from habitue.core import facts, program
from habitue.core.program import Period
from tests.core.cast import ALICE, STEP, Stage, at, cafe

EXAMPLES = int(os.environ.get("HABITUE_EXAMPLES", "60"))
"""Examples per law; a nightly run sets some thousands."""

lawful = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES <= 200,
    suppress_health_check=list(HealthCheck),
)

START = date(2027, 11, 20)
CATEGORIES = ("coffee", "cake", "gift card")


class Move(Struct, frozen=True):
    """One thing that happens in a drawn history: so many days and hours on, of some kind."""

    days: int
    hours: int
    kind: str
    lines: tuple[tuple[str, int, int], ...] = ()
    pick: int = 0


# --- programs ----------------------------------------------------------------------------------

PERIODS = some.sampled_from(
    [Period(1, "day"), Period(10, "day"), Period(2, "week"), Period(1, "month"), Period(1, "year")]
)
STREAKS = some.builds(program.Streak, some.integers(2, 3), some.sampled_from(["day", "week"]))
CALENDARS = some.sampled_from(["day", "week", "month", "quarter", "half-year", "year"])
RESTARTED = some.sampled_from([("purchase",), ("purchase", "redemption", "birthday"), ("visit",)])
EXPIRIES = some.one_of(
    some.none(),
    some.builds(program.After, PERIODS, some.none() | CALENDARS | some.just("June")),
    some.just(program.FixedDates(((12, 31), (6, 30)))),
    some.builds(program.Inactivity, PERIODS, RESTARTED),
    some.builds(program.Redated, PERIODS, RESTARTED, some.none() | PERIODS),
)
LOT_EXPIRIES = some.none() | some.builds(program.After, PERIODS, some.none() | CALENDARS)
PENDINGS = some.none() | some.one_of(
    some.builds(program.Pending, PERIODS),
    some.just(program.Pending(until=date(2028, 1, 15))),
    some.builds(program.Pending, event=some.just("delivery"), within=some.none() | PERIODS),
    some.builds(program.Pending, event=some.just("visit"), within=some.none() | PERIODS),
    some.builds(program.Pending, approval=some.just(True), within=some.none() | PERIODS),
)
RATES = some.sampled_from([Fraction(1), Fraction(1, 3), Fraction(5, 2), Fraction(7)])
UNIT_IDS = some.sampled_from(["points", "stamps"])
AWARDS = some.one_of(
    some.builds(
        program.PerMoney,
        UNIT_IDS | some.just("spend"),
        RATES,
        some.sampled_from([100, 250]),
        some.sampled_from(["whole", "proportional"]),
    ),
    some.builds(program.PerItem, UNIT_IDS, RATES),
    some.builds(program.Fixed, UNIT_IDS, RATES),
)
CHANGES = some.one_of(
    some.builds(program.Multiply, some.sampled_from([Fraction(2), Fraction(3, 2)])),
    some.builds(program.Multiply, some.just(Fraction(3)), UNIT_IDS),
    some.builds(program.Bonus, UNIT_IDS, some.sampled_from([Fraction(1, 5), Fraction(3, 10)])),
)
LINES = some.one_of(
    some.none(),
    some.builds(program.Lines, category=some.just(("coffee",))),
    some.just(program.Lines(excluding=program.Lines(category=("gift card",)))),
)
CONDITIONS = some.one_of(
    some.none(),
    some.just(program.TierIs(("silver", "gold"))),
    some.just(program.MinimumOrder(500)),
    some.builds(program.FirstTime, some.booleans()),
    some.just(program.Weekday((0, 1, 2))),
    some.just(program.Not(program.Hours(7 * 60, 11 * 60))),
    some.just(program.EachYear(((12, 0), (2, 29)))),
    some.just(program.InSegment(("students",))),
    some.one_of(STREAKS, STREAKS.map(program.Not)),
)
LIMITS = some.lists(
    some.builds(
        program.Limit,
        some.none() | some.integers(1, 3),
        some.integers(1, 40),
        some.one_of(some.none(), CALENDARS, PERIODS),
    ),
    max_size=2,
).map(tuple)


def _units() -> some.SearchStrategy[tuple[program.Unit, ...]]:
    def unit(name: str) -> some.SearchStrategy[program.Unit]:
        return some.builds(
            program.Unit,
            some.just(name),
            decimals=some.sampled_from([0, 0, 1]),
            rounding=some.sampled_from(["floor", "half-up", "ceil"]),
            carry=some.booleans(),
            expiry=EXPIRIES,
            expiry_from=some.sampled_from(["activation", "event"]),
            pending=PENDINGS,
            order=some.sampled_from(["nearest expiry", "first in"]),
        )

    spend = program.Unit("spend", redeemable=False, qualifying=True, decimals=2)
    return some.tuples(unit("points"), unit("stamps"), some.just(spend))


def _rule(number: int, draw: Any) -> program.EarnRule:
    when = draw(some.sampled_from(["purchase", "purchase", "visit", "share", "birthday"]))
    awards = draw(some.lists(AWARDS, min_size=1, max_size=2))
    if draw(some.integers(0, 3)) == 0:
        awards = [draw(CHANGES)]
    limits = draw(some.just(()) | LIMITS)
    return program.EarnRule(
        f"rule {number}",
        when,
        tuple(awards),
        lines=draw(LINES) if when == "purchase" else None,
        where=draw(CONDITIONS),
        base=draw(some.sampled_from(["net", "gross", "with tax"])),
        covered=draw(some.sampled_from(["earns nothing", "earns"])),
        limits=limits,
        cool_down=draw(some.none() | some.sampled_from([Period(2, "hour"), Period(1, "day")])),
        on_limit=draw(some.sampled_from(["reduce"] * 5 + ["refuse"])),
        group=draw(some.none() | some.just("campaign")),
        expiry=draw(LOT_EXPIRIES),
        pending=draw(PENDINGS),
    )


WINDOWS = some.sampled_from(
    [
        program.CalendarYear(),
        program.Rolling(2),
        program.Rolling(3, from_first=True),
        program.MembershipYear(),
        program.Lifetime(),
        program.TierCycle(Period(2, "month")),
    ]
)
KEPT = some.sampled_from(
    [
        program.UntilDate(12, 31, 1),
        program.UntilDate(2, 0, 1),
        program.For(Period(2, "month")),
        program.Always(),
        program.WhileEarned(),
    ]
)


@some.composite
def ladders(draw: Any) -> program.Ladder:
    """Three levels by what was counted, or by the balance, with all that a ladder may ask."""
    measure = draw(some.sampled_from(["count", "count", "balance"]))
    counts = measure == "count"
    gold = ((("spend", 5_000),), (("spend", 3_000), ("points", 40)))
    levels = (
        program.Level("basic"),
        program.Level("silver", ((("spend", 2_000),),) if counts else ((("points", 15),),)),
        program.Level(
            "gold",
            gold if counts else ((("points", 30),), (("stamps", 8),)),
            window=draw(some.none() | WINDOWS),
            kept=draw(some.none() | KEPT),
            expiry=draw(some.dictionaries(UNIT_IDS, EXPIRIES, max_size=1)),
        ),
    )
    return program.Ladder(
        levels,
        draw(WINDOWS),
        draw(KEPT),
        draw(some.sampled_from(["to level earned", "one step", "never", "to base"])),
        measure,
        draw(some.sampled_from(["at once", "at once", "at period end"])),
        draw(some.none() | some.just(Period(10, "day"))),
        draw(some.none() | some.just(Period(1, "month"))),
        draw(some.sampled_from(["tier before", "tier after"])),
    )


LADDERS = some.none() | ladders()
DIVIDENDS = some.none() | some.builds(
    program.Dividend,
    some.sampled_from(["points", "stamps"]),
    some.sampled_from(["spend", "points"]),
    some.sampled_from([Fraction(1, 10), Fraction(1, 3)]),
    some.sampled_from(["January", "March"]),
    some.sampled_from([0, 20]),
)


@some.composite
def programs(draw: Any, *, threshold: bool = True) -> program.Program:
    """A program of two kinds of units and a counter, one to four rules, perhaps tiers."""
    units = draw(_units())
    rules = [_rule(number, draw) for number in range(draw(some.integers(1, 4)))]
    count = program.PerMoney("spend", Fraction(1), 100, "proportional")
    rules.append(program.EarnRule("spend", "purchase", (count,)))
    base = program.PerMoney("points", Fraction(1), 100)
    rules.append(program.EarnRule("base", "purchase", (base,)))
    scale = 10 ** units[0].decimals
    rewards = [
        program.Reward(
            "coffee",
            (program.Gift("product", "coffee"),),
            cost=("points", 4 * scale),
            limit=draw(some.none() | some.just(program.Limit(times=2, per="month"))),
            valid_for=draw(some.none() | some.just(Period(1, "month"))),
        ),
        program.Reward(
            "candle",
            (program.Gift("product", "candle"), program.Gift("units", unit="points", value=5)),
            automatic="birthday",
        ),
    ]
    if threshold and draw(some.booleans()):
        cost = ("stamps", 6 * 10 ** units[1].decimals)
        gifts = (program.Gift("product", "cake"),)
        rewards.append(program.Reward("cake", gifts, cost=cost, automatic="threshold"))
    return cafe(
        units=units,
        rules=tuple(rules),
        tiers=draw(LADDERS),
        rewards=tuple(rewards),
        enrolment=draw(some.sampled_from(["automatic", "on request"])),
        refund_of_spent=draw(some.sampled_from(["never below zero", "negative"])),
        undo_within=Period(10, "year"),
        combine={"campaign": draw(some.sampled_from(["sum", "best", "first"]))},
        dividend=draw(DIVIDENDS),
    )


# --- histories ---------------------------------------------------------------------------------

GOODS = some.lists(
    some.tuples(
        some.sampled_from(CATEGORIES), some.integers(1, 4), some.sampled_from([0, 99, 450, 1_000])
    ),
    min_size=1,
    max_size=3,
).map(tuple)
EARNING = [
    *("buy", "buy", "buy", "visit", "visit", "share", "birthday", "enrol", "grant", "wait"),
    *("deliver", "deliver one", "tell"),
]
SPENDING = ["take", "take now", "use", "take back", "approve", "decline"]


def moves(*kinds: str, least: int = 1, most: int = 9) -> some.SearchStrategy[list[Move]]:
    """Histories of these kinds of moves."""
    return some.lists(
        some.builds(
            Move,
            some.sampled_from([0, 0, 0, 1, 1, 3, 15, 40, 200]),
            some.integers(0, 3),
            some.sampled_from(kinds),
            GOODS,
            some.integers(0, 5),
        ),
        min_size=least,
        max_size=most,
    )


def dated(history: list[Move]) -> list[facts.Event]:
    """A history as events in order of time, no two at one instant; ids follow the order."""
    day, hour, events = START, 0, []
    for place, move in enumerate(history):
        day, hour = day + timedelta(days=move.days), 0 if move.days else hour + move.hours
        moment = at(day, 8) + timedelta(hours=hour, seconds=place)
        events.append(facts.Event((place + 1) * STEP, ALICE, moment, meant(move)))
    return sorted(events, key=lambda event: event.at)


def meant(move: Move) -> facts.What:
    """The body of a move that needs no look at what came before it."""
    match move.kind:
        case "buy":
            lines = tuple(
                facts.Line(quantity * price, quantity, category=category, discount=10, tax=price)
                for category, quantity, price in move.lines
            )
            covered = sum(line.amount for line in lines) // 3 if move.pick == 5 else 0
            return facts.Purchase(lines, "EUR", covered=covered)
        case "visit":
            return facts.Visit(move.pick + 1)
        case "share":
            return facts.Action("share")
        case "birthday":
            return facts.Birthday()
        case "enrol":
            return facts.Enrolment()
        case "grant":
            return facts.Adjustment("points", 7 + move.pick, "sorry for the wait")
    return _of_what_is_held(move)


def _of_what_is_held(move: Move) -> facts.What:
    match move.kind:
        case "take back":
            return facts.Adjustment("points", -3, "given twice")
        case "take":
            return facts.Redemption("coffee")
        case "take now":
            return facts.Redemption("coffee", at_once=True)
        case "use":
            return facts.VoucherUse(STEP * (move.pick + 1))
        case "deliver":
            return facts.Action("delivery")
        case "deliver one":
            return facts.Action("delivery", of=STEP * (move.pick + 1))
        case "tell":
            return facts.Segments(("students",) if move.pick % 2 else ())
        case "approve" | "decline":
            return facts.Approval(STEP * (move.pick + 1), given=move.kind == "approve")
    return facts.Passage()  # time passes, or a return or an undo of nothing


def sensible(source: program.Program, events: list[facts.Event]) -> list[facts.Event]:
    """Without what is refused for want of a card, or for having one already."""
    joining = [event for event in events if isinstance(event.what, facts.Enrolment)]
    if source.enrolment == "automatic" or joined_before(source):
        return [event for event in events if event not in joining]
    first = joining[0].at if joining else None
    return [
        event
        for event in events
        if (first is not None and event.at >= first and event not in joining[1:])
        or isinstance(event.what, facts.Purchase | facts.Passage)
    ]


def joined_before(source: program.Program) -> bool:
    """In most programs that ask for it Alice has joined before, in some she may."""
    return source.enrolment == "on request" and len(source.rules) > 3


def resolved(stage: Stage, event: facts.Event, move: Move) -> facts.Event:
    """An event that speaks of an earlier one: a return, an undo, the use of a voucher."""
    past = stage.histories.get(event.customer, [])
    what: facts.What = event.what
    if move.kind == "use":
        held = [each.id for each in stage.account().vouchers or () if each.state == "issued"]
        what = facts.VoucherUse(held[move.pick % len(held)] if held else 1)
    elif move.kind == "return":
        bought = [known for known in past if isinstance(known.what, facts.Purchase)]
        if bought:
            of = bought[move.pick % len(bought)]
            assert isinstance(of.what, facts.Purchase)
            back = ((facts.Returned(0, 1),), (), (facts.Returned(len(of.what.lines) - 1, 1),))
            what = facts.Refund(of.id, back[move.days % 3])
    elif move.kind == "undo" and past:
        what = facts.Undo(past[move.pick % len(past)].id)
    return facts.Event(event.id, event.customer, event.at, what)
