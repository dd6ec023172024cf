"""The direct way of earning gives what the general way gives, for every event it takes."""

from datetime import UTC, date, datetime
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from habitue.core import earning, facts
from habitue.core.account import Account
from habitue.core.program import (
    Award,
    Bonus,
    EarnRule,
    Fixed,
    Ladder,
    Level,
    Multiply,
    PerMoney,
    Program,
    TierIs,
    Unit,
)
from habitue.core.rulebook import Book

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RATES = st.fractions(min_value=Fraction(1, 8), max_value=9, max_denominator=8)
BASES = st.one_of(
    st.builds(PerMoney, st.just("points"), RATES, st.integers(1, 500), st.just("whole")),
    st.builds(PerMoney, st.just("points"), RATES, st.integers(1, 500), st.just("proportional")),
    st.builds(Fixed, st.just("points"), RATES),
)
CHANGES = st.one_of(
    st.builds(Multiply, RATES, st.sampled_from([None, "points", "spend"])),
    st.builds(Bonus, st.sampled_from(["points", "spend"]), RATES),
)


def book(base: Award, changes: list[Award], tiers: list[bool]) -> Book:
    rules = [
        EarnRule("base", "purchase", (base,)),
        EarnRule("year", "purchase", (PerMoney("spend", Fraction(1), 100, "proportional"),)),
    ]
    for number, (change, only_gold) in enumerate(zip(changes, tiers, strict=True)):
        where = TierIs(("gold",)) if only_gold else None
        rules.append(EarnRule(f"change-{number}", "purchase", (change,), where=where))
    units = (Unit("points", decimals=1), Unit("spend", redeemable=False, decimals=2))
    ladder = Ladder((Level("basic"), Level("gold", ((("spend", 10_000),),))))
    return Book([Program("p", {}, "EUR", "UTC", units, tuple(rules), ladder)])


@given(
    base=BASES,
    changes=st.lists(CHANGES, max_size=4),
    golds=st.lists(st.booleans(), min_size=4, max_size=4),
    level=st.sampled_from(["basic", "gold"]),
    cents=st.integers(0, 100_000),
)
@settings(max_examples=200, deadline=None)
def test_it_earns_the_same_for_the_same_reasons(
    base: Award, changes: list[Award], golds: list[bool], level: str, cents: int
) -> None:
    what = facts.Purchase((facts.Line(cents), facts.Line(17, quantity=2)), "EUR")
    found = []
    for direct in (True, False):
        rulebook = book(base, changes, golds[: len(changes)]).on(AT.date())
        trigger = rulebook.trigger("purchase", date(2026, 3, 2))
        assert trigger.direct is not None
        if not direct:
            trigger.direct = None
        account = Account.blank(1, 2)
        account.enrolled_on, account.level = AT.date(), level
        found.append(earning.earned(rulebook, account, what, AT, AT.date(), "purchase"))
    assert found[0] == found[1]
