"""The usual purchase, decided in one breath, leads where the general way leads."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import event, given
from msgspec import structs

from habitue.core import document, facts, program
from habitue.core.account import Account, Entry
from habitue.core.usual import Usual
from tests.core import cast
from tests.core.cast import ALICE, PER_EURO, SPEND, YEARLY, Stage, at, buys, cafe
from tests.core.drawn import Move, dated, lawful, moves, programs

POINTS_AND_TIERS = Path(__file__).parents[2] / "programs" / "points-and-tiers.yaml"


class Never(Usual):
    """Finds nothing usual: every event goes the general way."""

    def decide(self, account: Account, event: facts.Event, day: date) -> list[Entry] | None:
        return None


class Watched(Usual):
    """Counts what was usual."""

    taken = 0

    def decide(self, account: Account, event: facts.Event, day: date) -> list[Entry] | None:
        before = deepcopy(account)
        entries = super().decide(account, event, day)
        assert entries is not None or account == before, "it changed something, then gave up"
        self.taken += entries is not None
        return entries


def both(source: program.Program) -> tuple[Stage, Stage, Watched]:
    """The same program twice: with an eye for the usual, and without."""
    quick, general = Stage(source), Stage(source)
    watched = quick.book.beside[Usual] = Watched(quick.book)
    general.book.beside[Usual] = Never(general.book)
    return quick, general, watched


def same(quick: Stage, general: Stage, events: list[facts.Event]) -> None:
    for one in events:
        first, second = quick.run([one]), general.run([one])
        assert msgspec.to_builtins(first) == msgspec.to_builtins(second)
        assert structs.asdict(quick.account()) == structs.asdict(general.account())


@lawful
@given(programs(threshold=False), moves("buy", "buy", "buy", "visit", "wait", least=3, most=12))
def test_it_leads_to_the_same_for_any_program(source: program.Program, told: list[Move]) -> None:
    quick, general, watched = both(source)
    same(quick, general, dated(told))
    event(f"usual: {min(watched.taken, 3)}")


def test_most_purchases_of_points_and_tiers_are_usual() -> None:
    source = document.read(POINTS_AND_TIERS.read_text("utf-8"))
    assert isinstance(source, program.Program)
    quick, general, watched = both(source)
    days = [
        at("2026-01-05"),
        at("2026-01-06"),
        at("2026-03-01"),
        at("2026-12-31"),
        at("2027-01-01"),
    ]
    bought = [
        facts.Event((place + 1) * 256, ALICE, when, buys(amount))
        for place, (when, amount) in enumerate(
            zip(days, (9_999, 20_001, 10, 0, 5_050), strict=True)
        )
    ]
    same(quick, general, bought)
    assert watched.taken == 4  # all but the one that made her a member
    assert quick.account().level == "gold"
    quick.post("2027-01-02", facts.Redemption("coffee"))
    assert watched.taken == 4


def test_a_huge_purchase_is_looked_at_with_care() -> None:
    rule = structs.replace(PER_EURO, awards=(program.PerMoney("points", Fraction(10**9), 1),))
    quick, general, watched = both(cafe(rules=(rule,)))
    events = [
        facts.Event(256, ALICE, at("2026-01-05"), buys(1)),
        facts.Event(512, ALICE, at("2026-01-06"), buys(2)),
        facts.Event(768, ALICE, at("2026-01-07"), buys(10**12)),
    ]
    same(quick, general, events)
    assert watched.taken == 1
    assert quick.has() == 3 * 10**9


def test_what_else_looks_at_a_purchase_makes_it_unusual() -> None:
    plain = cafe(units=(cast.POINTS, SPEND), rules=(PER_EURO, YEARLY))
    gift = program.Reward("tea", (program.Gift("product", "tea"),), automatic="purchase")
    stock = program.Reward("mug", (program.Gift("product", "mug"),), cost=("points", 9), stock=3)
    draw = program.Draw("d", {"en": "D"}, (program.Prize(gift.gifts[0]),), "visit")
    beside: dict[str, dict[str, Any]] = {
        "a fee": {"fee": program.Fee((program.Price(900),), trial=program.Period(1, "year"))},
        "a draw": {"draws": (draw,)},
        "a gift for buying": {"rewards": (gift,)},
        "stock": {"rewards": (stock,)},
        "a threshold": {"rewards": (structs.replace(cast.COFFEE, automatic="threshold"),)},
        "a partner": {"partners": (program.Partner("baker", {"en": "Baker"}),)},
    }
    for name, given_too in beside.items():
        quick, general, watched = both(structs.replace(plain, **given_too))
        days = ("2026-01-05", "2026-01-06")
        events = [
            facts.Event((place + 1) * 256, ALICE, at(day), buys(500))
            for place, day in enumerate(days)
        ]
        same(quick, general, events)
        assert watched.taken == 0, name
