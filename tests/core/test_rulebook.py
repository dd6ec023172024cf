"""Programs made ready to run: versions by day, and what each of them listens to."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from habitue.core import facts
from habitue.core.account import Lot
from habitue.core.calendar import FOREVER
from habitue.core.facts import Line, Purchase
from habitue.core.program import (
    After,
    Bonus,
    Dates,
    EarnRule,
    FirstTime,
    Fixed,
    Gift,
    Inactivity,
    Limit,
    Lines,
    Multiply,
    Pending,
    Period,
    PerItem,
    PerMoney,
    Redated,
    Reward,
    TierIs,
    Unit,
)
from habitue.core.rulebook import Book, Rulebook
from tests.core.cast import PER_EURO, SPEND, YEARLY, Stage, buys, cafe

DAY = date(2026, 3, 2)
MONTH = Period(1, "month")
CAKE = (Gift("product", "cake"),)


def test_a_book_has_a_version_for_every_day() -> None:
    with pytest.raises(ValueError, match=r"^a book holds at least one version$"):
        Book([])
    first, second = cafe(title={"en": "one"}), cafe(title={"en": "two"}, since=DAY)
    third = cafe(title={"en": "three"}, since=date(2026, 4, 1))
    book = Book([third, first, second])
    assert book.programs == [first, second, third]
    assert book.latest.program == third
    for day, number in ((date.min, 1), (date(2026, 3, 1), 1), (DAY, 2), (date(2026, 3, 31), 2),
                        (date(2026, 4, 1), 3), (FOREVER, 3)):  # fmt: skip
        assert book.number_on(day) == number
        assert book.on(day).program == book.programs[number - 1]
    later = Book([second, third])
    assert (later.number_on(date.min), later.on(date.min).program) == (1, second)
    alone = Book([second])
    assert (alone.number_on(date.min), alone.on(date.min).program) == (1, second)


def test_a_lot_knows_its_rule_by_its_number_and_else_its_unit() -> None:
    slow = EarnRule("slow", "visit", (Fixed("points", Fraction(1)),), expiry=After(MONTH))
    book = Rulebook(cafe(units=(Unit("points"), SPEND), rules=(PER_EURO, slow, YEARLY)))
    assert [slot.unit for slot in book.slots] == [0, 0, 1]

    def made(number: int, unit: int = 0) -> object:
        return book.made(Lot(256 + number, unit, 1, 1, DAY, DAY))

    assert [made(number) for number in (1, 2, 4, 5)] == [*book.slots[:2], *book.slots[:2]]
    assert [made(3, 1), made(6, 1)] == [book.slots[2]] * 2
    for number, unit in ((0, 0), (3, 0), (6, 0), (7, 0), (255, 0), (1, 1)):
        assert made(number, unit) is book.granted[unit]


def test_rules_of_the_same_dates_share_a_place_and_others_do_not() -> None:
    def places(*rules: EarnRule) -> int:
        return len(Rulebook(cafe(rules=rules)).slots)

    fixed = (Fixed("points", Fraction(1)),)
    assert places(EarnRule("a", "visit", fixed), EarnRule("b", "visit", fixed)) == 1
    assert places(EarnRule("a", "visit", fixed * 2)) == 1
    assert places(EarnRule("a", "visit", fixed), EarnRule("b", "visit", fixed,
                  expiry=After(MONTH))) == 2  # fmt: skip
    assert places(EarnRule("a", "visit", fixed), EarnRule("b", "visit", fixed,
                  pending=Pending(MONTH))) == 2  # fmt: skip


def test_a_version_listens_to_what_moves_units_of_any_version() -> None:
    idle = cafe(units=(Unit("points", expiry=Inactivity(MONTH, ("scan", "purchase"))),))
    moving = cafe(units=(Unit("points", expiry=Redated(MONTH, ("share",))),), since=DAY)
    waiting = cafe(units=(Unit("points", pending=Pending(event="delivery")),),
                   since=date(2026, 4, 1))  # fmt: skip
    book = Book([idle, moving, waiting])
    assert (set(book.redated), set(book.awaited)) == ({"share"}, {"delivery"})
    assert book.on(date.min).listens == {"scan", "purchase", "share", "delivery"}
    assert book.latest.listens == book.on(date.min).listens
    assert (book.moves_lots, Book([idle]).moves_lots, Book([moving]).moves_lots) == (
        True,
        False,
        True,
    )
    by_hand = Book([cafe(units=(Unit("points", pending=Pending(approval=True)),))])
    assert by_hand.awaited == set()


def test_a_threshold_is_no_event_and_an_occasion_has_its_condition() -> None:
    rewards = (
        Reward("card", CAKE, cost=("points", 50), automatic="threshold"),
        Reward("hello", CAKE, automatic="purchase", where=FirstTime()),
    )
    stage = Stage(cafe(rewards=rewards))
    stage.post("2026-03-01", facts.Action("threshold"))
    assert stage.vouchers() == []
    stage.post("2026-03-01", buys(100))
    stage.post("2026-03-01", buys(100))
    assert stage.vouchers() == [("hello", "issued")]


# --- rules that do not apply cost nothing --------------------------------------------------------

DOUBLE = (Multiply(Fraction(2)),)
ESPRESSO = Line(100, sku="espresso", category="coffee", labels=("fair", "hot"))


def met(rule: EarnRule, *lines: Line, level: str = "") -> bool:
    """Whether an event meets a rule at all, beside the one that always applies."""
    book = Rulebook(cafe(rules=(PER_EURO, rule)))
    what = Purchase(lines or (ESPRESSO,), "EUR")
    return rule in [each.rule for each in book.trigger("purchase", DAY).special(what, level)]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, True),
        ({"lines": Lines(sku=("tea", "espresso"))}, True),
        ({"lines": Lines(sku=("tea",))}, False),
        ({"lines": Lines(category=("coffee",))}, True),
        ({"lines": Lines(category=("cake",))}, False),
        ({"lines": Lines(label=("cold", "hot"))}, True),
        ({"lines": Lines(label=("cold",))}, False),
        ({"lines": Lines(sku=("tea",), category=("coffee",))}, False),
        ({"lines": Lines(excluding=Lines(sku=("espresso",)))}, True),
        ({"where": TierIs(("gold",))}, False),
        ({"dates": Dates(since=date(2026, 3, 3))}, False),
        ({"dates": Dates(since=DAY)}, True),
        ({"when": "visit"}, False),
    ],
)
def test_an_event_meets_the_rules_that_name_what_it_has(given: dict[str, Any], found: bool) -> None:
    rule = EarnRule("double", given.pop("when", "purchase"), DOUBLE, **given)
    assert met(rule) is found
    assert met(rule, ESPRESSO, Line(1), ESPRESSO) is found


def test_rules_of_a_level_are_met_by_its_members() -> None:
    gold = EarnRule("gold", "purchase", DOUBLE, where=TierIs(("gold", "top")))
    assert [met(gold, level=level) for level in ("", "gold", "top")] == [False, True, True]
    coffee = EarnRule("gold", "purchase", DOUBLE, where=TierIs(("gold",)),
                      lines=Lines(category=("coffee",)))  # fmt: skip
    assert [met(coffee, level=level) for level in ("", "gold")] == [True, True]  # asked later


POINTS, STARS = Unit("points"), Unit("stars")
PLAIN = (PerMoney("points", Fraction(1), 100),)


@pytest.mark.parametrize(
    ("units", "rules", "direct"),
    [
        ((POINTS,), (PER_EURO,), True),
        ((POINTS,), (), True),
        ((POINTS,), (PER_EURO, EarnRule("twice", "purchase", PLAIN)), False),
        ((POINTS, STARS), (PER_EURO, EarnRule("s", "purchase", (PerItem("stars", Fraction(1)),))),
         True),
        ((Unit("points", rounding="ceil"),), (PER_EURO,), False),
        ((Unit("points", rounding="half-up"),), (PER_EURO,), False),
        ((Unit("points", carry=True),), (PER_EURO,), False),
        ((POINTS, Unit("stars", carry=True)), (PER_EURO,), True),
    ],
)  # fmt: skip
def test_what_always_applies_and_never_meets_is_earned_directly(
    units: tuple[Unit, ...], rules: tuple[EarnRule, ...], direct: bool
) -> None:
    found = Rulebook(cafe(units=units, rules=rules)).trigger("purchase", DAY).direct
    assert (found is not None) is direct
    if direct:
        assert [name for name, _ in found or ()] == [rule.id for rule in rules]


@pytest.mark.parametrize(
    ("given", "plain", "whole"),
    [
        ({"awards": PLAIN}, True, False),
        ({"awards": PLAIN, "base": "gross"}, False, False),
        ({"awards": PLAIN, "covered": "earns"}, False, False),
        ({"awards": PLAIN, "where": FirstTime()}, False, False),
        ({"awards": PLAIN, "lines": Lines(sku=("tea",))}, False, False),
        ({"awards": PLAIN, "limits": (Limit(times=1),)}, False, False),
        ({"awards": PLAIN, "cool_down": MONTH}, False, False),
        ({"awards": PLAIN, "group": "g"}, False, False),
        ({"awards": DOUBLE}, False, True),
        ({"awards": (Bonus("points", Fraction(1)),)}, False, True),
        ({"awards": DOUBLE, "where": FirstTime()}, False, True),
        ({"awards": (*PLAIN, *DOUBLE)}, False, False),
        ({"awards": DOUBLE, "lines": Lines(sku=("tea",))}, False, False),
        ({"awards": DOUBLE, "limits": (Limit(times=1),)}, False, False),
        ({"awards": DOUBLE, "group": "g"}, False, False),
    ],
)
def test_a_rule_is_plain_or_changes_the_whole_or_is_summed_up(
    given: dict[str, Any], plain: bool, whole: bool
) -> None:
    (rule,) = Rulebook(cafe(rules=(EarnRule("a", "purchase", **given),))).rules
    assert (rule.is_plain, rule.changes_whole) == (plain, whole)


def test_a_trigger_is_looked_up_once_for_all_days_of_the_same_promotions() -> None:
    spring = EarnRule("spring", "purchase", DOUBLE, dates=Dates(since=DAY))
    book = Rulebook(cafe(rules=(PER_EURO, spring)))
    before, first = book.trigger("purchase", date(2026, 3, 1)), book.trigger("purchase", DAY)
    assert book.trigger("purchase", DAY) is first
    assert book.trigger("purchase", date(2026, 5, 1)) is first
    assert book.trigger("purchase", date(2026, 1, 1)) is before
    assert first is not before


def test_balances_that_lapsed_when_idle_go_on_to_under_a_version_that_says_nothing() -> None:
    idle = cafe(units=(Unit("points", expiry=Inactivity(MONTH, ("purchase",))),))
    book = Book([idle, cafe(since=DAY)])
    assert (book.latest.idles, book.latest.inactive) == (frozenset(), {"purchase": {0}})
    assert book.latest.idling[0] is book.on(date.min).granted[0]
    stage = Stage(idle, cafe(since=DAY))
    stage.post("2026-03-01", buys(1_000))
    stage.post("2026-03-20", buys(500))
    assert [stage.has_on(f"2026-04-{day}") for day in (20, 21)] == [15, 5]
