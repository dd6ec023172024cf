"""Programs made ready to run: versions by day, and what each of them listens to."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from habitue.core import facts
from habitue.core.account import Lot
from habitue.core.calendar import FOREVER
from habitue.core.program import (
    After,
    EarnRule,
    FirstTime,
    Fixed,
    Gift,
    Inactivity,
    Pending,
    Period,
    Redated,
    Reward,
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
    assert (book.redated, book.awaited) == ({"share"}, {"delivery"})
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
