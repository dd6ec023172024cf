"""What may go wrong with any program: late tills, clocks, huge amounts, rules that would explode.

The till that was offline and two partners in one batch live in real PostgreSQL in
`tests/ledger/test_walk.py` too; here every case is small enough to be counted by hand.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec import structs

from habitue.core import bounds, document, facts, program
from habitue.core.account import Account, Memory
from habitue.core.facts import Event, Line, Purchase
from habitue.core.program import (
    EarnRule,
    Fixed,
    Ladder,
    Level,
    Limit,
    Multiply,
    PerAttribute,
    Period,
    PerItem,
    PerMoney,
    Unit,
)
from tests.core.cast import (
    ALICE,
    BRUNO,
    PER_EURO,
    SPEND,
    STEP,
    YEARLY,
    Stage,
    at,
    buys,
    cafe,
    picture,
)

BIGINT = 2**63 - 1


def code(stage: Stage, when: str | datetime, what: facts.What, who: int = ALICE) -> str:
    refused = stage.post(when, what, who).refused
    return refused.code if refused else ""


# --- a till that was offline -------------------------------------------------------------------

CLUB = Ladder((Level("basic"), Level("silver", ((("spend", 10_000),),))))
MONTHLY = Unit("points", expiry=program.After(Period(1, "month"), "month"))
DOUBLE = EarnRule("double", "purchase", (Multiply(Fraction(2)),), where=program.TierIs(("silver",)))


def weekend() -> Stage:
    """Silver from 100.00 on earns double; points lapse with the next month; from 1 March on a
    purchase earns two points per euro.
    """
    old = cafe(units=(MONTHLY, SPEND), rules=(PER_EURO, YEARLY, DOUBLE), tiers=CLUB)
    two = EarnRule("base", "purchase", (PerMoney("points", Fraction(2), 100),))
    new = structs.replace(old, rules=(two, YEARLY, DOUBLE), since=date(2026, 3, 1))
    return Stage(old, new)


def test_what_a_till_sends_after_its_weekend_offline_counts_as_if_it_had_never_been() -> None:
    """Across the day on which points lapse, the tier that was reached, and a new version."""
    sales: list[tuple[datetime, facts.What]] = [
        (at("2026-01-10"), buys(3_000)),  # its points lapse after 28 February
        (at("2026-02-27", 18), buys(8_000)),  # silver from here on: offline
        (at("2026-02-28", 12), buys(500)),  # double, by the old version: offline
        (at("2026-02-28", 23, 59), facts.Redemption("coffee")),  # of January's: offline
        (at("2026-03-01", 0), buys(500)),  # double, by the new version: offline
        (at("2026-03-02", 9), buys(100)),
    ]
    happened = [
        Event((n + 1) * STEP, ALICE, moment, what) for n, (moment, what) in enumerate(sales)
    ]
    in_time, late = weekend(), weekend()
    assert not any(one.refused for one in in_time.run(happened))
    arrived = [happened[0], happened[5], happened[4], happened[2], happened[1], happened[3]]
    assert [one.refused for one in late.run(arrived)] == [None] * 6
    assert picture(late.account()) == picture(in_time.account())
    assert late.account().level == "silver"
    assert late.has() == 80 + 10 + 20 + 4  # of January's 30, ten were drunk and twenty lapsed


def test_two_partners_sell_to_the_same_members_in_one_batch() -> None:
    partners = tuple(
        program.Partner(name, {"en": name}, Fraction(1, 10), Fraction(1, 20), "prepaid")
        for name in ("bakery", "florist")
    )
    stage = Stage(cafe(partners=partners))
    stage.totals.update({"funded bakery": (0, 150), "funded florist": (0, 1_000)})
    batch = [
        Event((n + 1) * STEP, who, at("2026-03-02") + timedelta(seconds=n), sold(amount, partner))
        for n, (who, partner, amount) in enumerate(
            [
                (ALICE, "bakery", 1_000),  # 10 points: 1.00 of the bakery's 1.50
                (ALICE, "florist", 2_000),
                (BRUNO, "bakery", 1_000),  # 0.50 is left there
                (BRUNO, "florist", 1_000),
                (BRUNO, "bakery", 500),
            ]
        )
    ]
    codes = [one.refused.code if one.refused else "" for one in stage.run(batch)]
    assert codes == ["", "", "partner_funds", "", ""]
    assert (stage.has(), stage.has(who=BRUNO)) == (30, 15)
    assert stage.totals["prepaid bakery"] == (0, 150)
    assert stage.totals["prepaid florist"] == (0, 300)
    assert stage.totals["issued bakery points"] == (15, 150)


def sold(amount: int, partner: str) -> Purchase:
    return Purchase((Line(amount),), "EUR", partner=partner)


# --- clocks and calendars ----------------------------------------------------------------------


def hourly(**given: Any) -> Stage:
    happy = EarnRule("night", "visit", (Fixed("points", Fraction(1)),), **given)
    return Stage(cafe(rules=(happy,)))


def test_hours_follow_the_clock_on_the_wall_in_both_nights_on_which_it_is_changed() -> None:
    """29 March 2026: 02:00 becomes 03:00. 25 October 2026: 03:00 becomes 02:00."""
    spring = hourly(where=program.Hours(2 * 60, 3 * 60))
    moments = [datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)]
    for moment in moments:  # 01:59:59, then 03:00
        spring.post(moment, facts.Visit())
    assert spring.has() == 0
    autumn = hourly(where=program.Hours(2 * 60, 3 * 60))
    for hour in (0, 1):  # 02:30, and once more
        autumn.post(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), facts.Visit())
    assert autumn.has() == 2


def test_a_cool_down_of_hours_passes_and_one_of_a_day_follows_the_calendar() -> None:
    hours = hourly(cool_down=Period(2, "hour"))
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30, for the first time
    for minutes in (0, 60, 119, 120):
        hours.post(start + timedelta(minutes=minutes), facts.Visit())
    assert hours.has() == 2
    day = hourly(cool_down=Period(1, "day"))
    eve = at("2026-03-28", 12)  # the next day has 23 hours
    for moment in (eve, at("2026-03-29", 11, 59), at("2026-03-29", 12)):
        day.post(moment, facts.Visit())
    assert day.has() == 2


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Apia", "Asia/Kathmandu"])
def test_units_lapse_at_the_midnight_of_the_programs_own_zone(zone: str) -> None:
    here = ZoneInfo(zone)
    unit = Unit("points", expiry=program.After(Period(1, "day")))
    stage = Stage(cafe(units=(unit,), timezone=zone))
    stage.post(datetime(2026, 3, 7, 23, 30, tzinfo=here).astimezone(UTC), buys(1_000))
    stage.post(datetime(2026, 3, 8, 23, 59, tzinfo=here).astimezone(UTC), facts.Passage())
    assert stage.has() == 10
    stage.post(datetime(2026, 3, 9, 0, 0, tzinfo=here).astimezone(UTC), facts.Passage())
    assert stage.has() == 0


def test_who_joined_on_the_leap_day_has_years_tiers_and_fees_that_end_the_day_before() -> None:
    """A membership year of 29 February turns on the 28th in common years."""
    year = Ladder(CLUB.levels, program.MembershipYear(), program.For(Period(1, "year")))
    fee = program.Fee((program.Price(500),), "year")
    stage = Stage(cafe(units=(Unit("points"), SPEND), rules=(YEARLY,), tiers=year, fee=fee))
    leap = at("2028-02-29")
    stage.post(leap, facts.Enrolment())
    stage.post(leap, facts.FeePaid(500, "EUR"))
    stage.post(leap, buys(10_000))
    assert [stage.on(day).level for day in ("2029-02-27", "2029-02-28")] == ["silver", "basic"]
    fee_state = stage.account().memory.fee
    assert fee_state is not None
    assert fee_state.until == date(2029, 2, 27)
    for year_ in (2029, 2030, 2031, 2032):
        assert code(stage, at(f"{year_}-02-28"), facts.FeePaid(500, "EUR")) == ""
    fee_state = stage.account().memory.fee
    assert fee_state is not None
    assert fee_state.until == date(2033, 2, 27)


def test_months_of_a_lot_earned_on_the_leap_day_are_clamped() -> None:
    unit = Unit("points", expiry=program.After(Period(12, "month")))
    stage = Stage(cafe(units=(unit,)))
    stage.post(at("2028-02-29"), buys(100))
    stage.post(at("2028-01-31"), buys(200))
    assert sorted(stage.lots()) == [(1, date(2029, 2, 28)), (2, date(2029, 1, 31))]


# --- amounts at the limits ---------------------------------------------------------------------

FULL_BASKET = Purchase(
    tuple(Line(facts.MAX_AMOUNT, facts.MAX_QUANTITY) for _ in range(facts.MAX_LINES)), "EUR"
)


def fits(account: Account) -> None:
    """Everything in an account fits the ledger's columns, and can be stored."""
    sums = [part for pair in account.memory.tallies.values() for part in pair]
    lots = [part for lot in account.lots or () for part in (lot.original, lot.remaining)]
    assert all(abs(number) < BIGINT // 50 for number in (*account.balances, *sums, *lots))
    memory = msgspec.json.encode(account.memory)
    assert msgspec.json.decode(memory, type=Memory) == account.memory
    assert len(memory) < 20_000


def test_the_largest_basket_counts_to_the_point_and_comes_back_to_nothing() -> None:
    stage = Stage(cafe())
    bought = stage.post("2026-01-01", FULL_BASKET)
    assert stage.has() == facts.MAX_LINES * facts.MAX_AMOUNT // 100
    part = tuple(facts.Returned(line, facts.MAX_QUANTITY) for line in range(999))
    stage.post("2026-01-02", facts.Refund(bought.event.id, part))
    assert stage.has() == facts.MAX_AMOUNT // 100
    assert stage.post("2026-01-03", facts.Refund(bought.event.id)).money == facts.MAX_AMOUNT
    assert stage.has() == 0
    fits(stage.account())


@pytest.mark.parametrize(
    "change",
    [
        PerMoney("points", Fraction(10**13), 1),
        PerMoney("points", Fraction(10**13), 1, "proportional"),
        PerItem("points", Fraction(10**13)),
        PerAttribute("points", Fraction(10**13), "distance"),
        Multiply(Fraction(10**13)),
    ],
)
@pytest.mark.parametrize("limits", [(), (Limit(times=5),)])
def test_what_would_earn_more_than_can_be_counted_is_refused_and_nothing_changes(
    change: program.Award, limits: tuple[Limit, ...]
) -> None:
    stage = Stage(cafe(rules=(PER_EURO, EarnRule("huge", "purchase", (change,), limits=limits))))
    stage.post("2026-01-01", buys(0))
    before = msgspec.json.encode(stage.account())
    huge = structs.replace(FULL_BASKET, attributes={"distance": facts.MAX_AMOUNT})
    outcome = stage.post("2026-01-02", huge)
    assert outcome.refused == bounds.TOO_MUCH
    assert outcome.refused.sentence == "This would earn more than can be counted."
    assert msgspec.json.encode(stage.account()) == before
    assert code(stage, "2026-01-03", buys(1)) == ""
    fits(stage.account())


def test_who_comes_with_too_much_does_not_even_join() -> None:
    stage = Stage(
        cafe(rules=(EarnRule("huge", "purchase", (PerItem("points", Fraction(10**9)),)),))
    )
    assert code(stage, "2026-01-01", FULL_BASKET) == "too_much_earned"
    assert stage.account().enrolled_on is None


def test_an_account_that_is_full_takes_nothing_more_however_it_comes() -> None:
    stage = Stage(
        cafe(
            rules=(EarnRule("huge", "purchase", (Fixed("points", Fraction(10**15)),)),),
            transfers=program.Transfers(("points",)),
        )
    )
    for _ in range(100):
        assert code(stage, "2026-01-01", buys(100)) == ""
    assert stage.has() == bounds.MOST_HELD
    assert code(stage, "2026-01-02", buys(100)) == "full"
    assert code(stage, "2026-01-02", facts.Adjustment("points", 1, "a kindness")) == "full"
    stage.post("2026-01-01", buys(100), BRUNO)
    before = msgspec.json.encode(stage.account(BRUNO))
    assert code(stage, "2026-01-02", facts.Transfer("points", 5, ALICE), BRUNO) == "full"
    assert code(stage, "2026-01-02", facts.Merge(ALICE), BRUNO) == "full"
    assert msgspec.json.encode(stage.account(BRUNO)) == before
    assert code(stage, at("2025-12-01"), buys(100)) == "full"  # late
    assert code(stage, "2026-01-02", facts.Redemption("coffee")) == ""
    fits(stage.account())


def test_what_a_late_event_would_make_of_later_ones_is_cut() -> None:
    """The purchase that made her silver comes late: what was accepted is not refused for it."""
    huge = EarnRule(
        "silver", "purchase", (Multiply(Fraction(10**13)),), where=program.TierIs(("silver",))
    )
    stage = Stage(cafe(units=(Unit("points"), SPEND), rules=(PER_EURO, YEARLY, huge), tiers=CLUB))
    stage.post("2026-01-05", buys(50_000_000))
    assert stage.account().level == "silver"
    stage.post("2026-01-06", facts.Adjustment("points", 1, "a kindness"))
    assert code(stage, "2026-01-01", buys(10_000)) == ""
    assert stage.has() == 100 + bounds.MOST_EARNED + 1
    fits(stage.account())


def test_partners_dividends_and_savings_stay_within_what_can_be_counted() -> None:
    bakery = program.Partner("bakery", {"en": "Bakery"}, Fraction(10**13), Fraction(10**13))
    credit = Unit("credit", decimals=6)
    stage = Stage(
        cafe(
            units=(Unit("points", qualifying=True), credit),
            partners=(bakery,),
            dividend=program.Dividend("credit", "points", Fraction(1), "January"),
            benefits=(program.Benefit("wifi", {"en": "Wi-Fi"}, saves=facts.MAX_AMOUNT),),
        )
    )
    stage.post("2026-01-01", structs.replace(FULL_BASKET, partner="bakery"))
    assert stage.totals["issued bakery points"] == (10**14, bounds.MOST_EARNED)
    stage.post("2026-01-01", facts.BenefitUse("wifi", facts.MAX_QUANTITY))
    stage.post("2027-01-01", facts.Passage())
    assert stage.has("credit") == bounds.MOST_EARNED
    fits(stage.account())


# --- currencies without decimals, and with three -----------------------------------------------


SHOP = """
program: shop
title: Shop
currency: {currency}
timezone: Asia/Tokyo
enrolment: automatic
refund_of_spent: lower the refund
units:
  points: {{worth: {worth}}}
  credit: {{decimals: {places}, worth: 1}}
earn:
  - {{id: base, when: purchase, award: {{points: 1, per: {per}}}}}
  - {{id: back, when: purchase, award: {{credit: 1, per: {back}, step: proportional}}}}
pay_with: {{unit: points}}
"""
YEN = SHOP.format(currency="JPY", worth="10", places=0, per="100", back="10")
DINAR = SHOP.format(currency="KWD", worth="0.010", places=3, per="0.100", back="10.000")


@pytest.mark.parametrize(
    ("text", "currency", "amount", "points", "credit"),
    [(YEN, "JPY", 1_999, 19, 199), (DINAR, "KWD", 19_999, 199, 1_999)],
)
def test_currencies_with_no_decimals_and_with_three_work_from_end_to_end(
    text: str, currency: str, amount: int, points: int, credit: int
) -> None:
    source = document.read(text)
    assert isinstance(source, program.Program), source
    assert document.read(document.write(source)) == source
    stage = Stage(source)
    bought = stage.post("2026-01-01", Purchase((Line(amount),), currency))
    assert bought.refused is None
    assert (stage.has(), stage.has("credit")) == (points, credit)
    assert code(stage, "2026-01-01", buys(100)) == "currency"
    paid = stage.post("2026-01-02", facts.Payment(95, 1_000))
    assert isinstance(paid.event.what, facts.Payment)
    assert paid.event.what.units == 10  # 95 at 10 each, rounded up
    back = stage.post("2026-01-03", facts.Refund(bought.event.id))
    assert back.money == amount - 100  # ten points are gone, 10 each
    assert stage.account().balances == [0, 0]
