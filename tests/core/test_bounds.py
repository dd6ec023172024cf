"""What would not fit is refused before: at the bound it is taken, one more is not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from habitue.core import bounds, facts
from habitue.core.account import Account
from habitue.core.facts import Refund
from habitue.core.program import After, EarnRule, Limit, Period, PerItem, Unit
from tests.core.cast import ALICE, STEP, Stage, buys, cafe

HELD, EARNED = 10**17, 10**15


def alice(*balances: int) -> Account:
    return Account(ALICE, list(balances))


@pytest.mark.parametrize(
    ("balances", "given", "refused"),
    [
        ((0, 0), {0: EARNED, 1: EARNED}, None),
        ((0, 0), {1: EARNED + 1}, bounds.TOO_MUCH),
        ((HELD - 5, 0), {0: 5}, None),
        ((HELD - 5, 0), {0: 6}, bounds.FULL),
        ((0, HELD - 5), {0: 6}, None),
        ((0, HELD - 5), {1: 6}, bounds.FULL),
        ((0, HELD), {0: 6}, None),
    ],
)
def test_so_much_by_one_event_and_so_much_in_all(
    balances: tuple[int, ...], given: dict[int, int], refused: facts.Refused | None
) -> None:
    assert bounds.refusal(alice(*balances), given) == refused


def test_what_was_held_already_stays_and_only_more_is_refused() -> None:
    assert bounds.held([HELD + 9, 0], [HELD + 9, 1]) is None
    assert bounds.held([HELD + 9, 0], [HELD + 8, HELD]) is None
    assert bounds.held([HELD + 9, 0], [HELD + 10, 0]) == bounds.FULL
    with pytest.raises(ValueError, match="zip"):
        bounds.held([0], [0, 1])


@pytest.mark.parametrize(
    ("num", "den", "kept"),
    [
        (6, 8, (3, 4)),
        (1, 10**18, (1, 10**18)),
        (1, 10**18 + 1, (0, 1)),
        (10**18, 2 * 10**18, (1, 2)),
        (2 * 10**18 + 1, 3 * 10**18, (666_666_666_666_666_667, 10**18)),
    ],
)
def test_a_remainder_is_kept_in_its_lowest_terms_and_never_finer_than_so(
    num: int, den: int, kept: tuple[int, int]
) -> None:
    found = bounds.remainder(num, den)
    assert found == kept
    assert [type(part) for part in found] == [int, int]


MUCH = EarnRule("much", "visit", (PerItem("points", Fraction(2 * 10**12)),))


@pytest.mark.parametrize("given", [{}, {"limits": (Limit(times=9),)}], ids=["alone", "limited"])
def test_who_holds_as_much_as_can_be_counted_earns_no_more(given: dict[str, Any]) -> None:
    rule = EarnRule("much", "visit", MUCH.awards, **given)
    stage = Stage(cafe(rules=(rule,)))
    assert stage.post("2026-03-01", facts.Visit()).refused is None
    stage.account().balances[0] = HELD - 2 * 10**12
    assert stage.post("2026-03-02", facts.Visit()).refused is None
    assert stage.post("2026-03-02", facts.Visit()).refused == bounds.FULL
    assert stage.account().balances == [HELD]
    stage.account().balances[0] = HELD - 2 * 10**12 + 1
    assert stage.post("2026-03-02", facts.Visit()).refused == bounds.FULL


@pytest.mark.parametrize("given", [{}, {"limits": (Limit(times=9),)}], ids=["alone", "limited"])
def test_what_was_accepted_under_another_version_earns_what_it_may(given: dict[str, Any]) -> None:
    """Told late, joining moves a visit to a day on which it would earn too much."""
    rule = EarnRule("much", "visit", (PerItem("points", Fraction(2 * EARNED)),), **given)
    unit = Unit("points")
    stage = Stage(cafe(units=(unit,), rules=(rule,), enrolment="on request"))
    stage.post("2026-03-01", buys(100))
    assert stage.post("2026-03-02", facts.Visit()).refused is not None
    visit = facts.Event(9 * STEP, ALICE, stage.histories[ALICE][0].at, facts.Visit())
    stage.histories[ALICE].append(visit)
    stage.post("2026-02-01", facts.Enrolment())
    assert stage.account().balances == [EARNED]
    stage.post("2026-03-03", Refund(STEP))
    assert stage.account().balances == [EARNED]


def test_lots_of_one_event_are_bounded_together() -> None:
    most = (PerItem("points", Fraction(EARNED // 2 + 1)),)
    rules = [
        EarnRule("a", "visit", most, limits=(Limit(times=9),)),
        EarnRule("b", "visit", most, expiry=After(Period(1, "year"))),
    ]
    assert Stage(cafe(rules=(rules[0],))).post("2026-03-01", facts.Visit()).refused is None
    stage = Stage(cafe(rules=tuple(rules)))
    assert stage.post("2026-03-01", facts.Visit()).refused == bounds.TOO_MUCH
