"""Sums that all members share: their names, what is left of them, and what an event changed."""

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from msgspec import structs

from habitue.core import facts, program, tallies
from habitue.core.account import Account
from habitue.core.facts import Event
from tests.core.cast import cafe

DAY = date(2026, 3, 17)
NOON = datetime(2026, 3, 17, 12, tzinfo=UTC)


def limited(**of: Any) -> program.Program:
    """The café, whose rules give so much to all members together."""
    source = cafe()
    limits = (program.Limit(**of, total=True),)
    first, *others = source.rules
    return structs.replace(source, rules=(structs.replace(first, limits=limits), *others))


def test_a_sum_of_nothing_is_not_remembered() -> None:
    account = Account.blank(1, 1)
    tallies.add(account, "stock cake", 2, 5)
    assert account.memory.tallies == {"stock cake": (2, 5)}
    tallies.add(account, "stock cake", -2, -5)
    assert account.memory.tallies == {}


def test_a_change_is_told_by_name_whether_it_came_grew_or_went() -> None:
    before = {"stays": (1, 1), "grows": (1, 0), "goes": (3, 4)}
    after = {"stays": (1, 1), "grows": (2, 7), "comes": (5, 0)}
    changed = tallies.changes(before, after)
    assert changed == {"grows": (1, 7), "goes": (-3, -4), "comes": (5, 0)}
    totals: tallies.Totals = dict(before)
    tallies.absorb(totals, changed)
    assert totals == {**after, "goes": (0, 0)}


def test_a_total_limit_has_a_sum_for_each_period_and_measure() -> None:
    source = limited(times=3, amount=40, per="month")
    rule = source.rules[0]
    shared = list(tallies.of_limits(rule.id, rule.limits))
    assert [(each.name(DAY), each.capacity) for each in shared] == [
        (f"limit {rule.id} times 2026-03-01", 3),
        (f"limit {rule.id} units 2026-03-01", 40),
    ]


def test_a_limit_for_each_member_is_nothing_that_members_share() -> None:
    assert not tallies.Capacities(cafe())


def test_an_event_is_stamped_with_what_is_left_and_never_with_less_than_nothing() -> None:
    source = limited(times=3)
    rule = source.rules[0]
    capacities = tallies.Capacities(source)
    what = facts.Purchase((facts.Line(500),), source.currency) if rule.when == "purchase" else None
    assert what is not None
    event = Event(256, 1, NOON, what)
    name = f"limit {rule.id} times"
    alice = Account.blank(1, 1)

    def left(used: int) -> int | None:
        totals = {name: (used, 0)}
        own = alice.memory.tallies
        return tallies.room(alice, tallies.stamped(capacities, event, DAY, totals, own), name)

    assert tallies.room(alice, event, name) is None
    assert [left(used) for used in (0, 2, 9)] == [3, 1, 0]


def test_what_a_member_holds_of_a_limit_is_free_again_for_that_member_when_given_back() -> None:
    capacities = tallies.Capacities(limited(times=3))
    event = Event(256, 1, NOON, facts.Purchase((facts.Line(500),), "EUR"))
    name = f"limit {cafe().rules[0].id} times"
    alice = Account.blank(1, 1)
    tallies.add(alice, name, 1)
    totals = {name: (3, 0)}  # all are used: two by others, one by her
    event = tallies.stamped(capacities, event, DAY, totals, alice.memory.tallies)
    assert tallies.room(alice, event, name) == 0
    tallies.add(alice, name, -1)  # she brings it back, and the event is folded again
    assert tallies.room(alice, event, name) == 1


def test_what_uses_nothing_shared_is_not_stamped() -> None:
    capacities = tallies.Capacities(limited(times=3))
    event = Event(256, 1, NOON, facts.Undo(of=1))
    assert tallies.stamped(capacities, event, DAY, {}, {}) is event


def test_a_prepaid_account_holds_what_was_paid_in_less_what_was_issued() -> None:
    partner = program.Partner("bakery", {"en": "Bakery"}, account="prepaid")
    source = structs.replace(cafe(), partners=(partner,))
    capacities = tallies.Capacities(source)
    event = Event(256, 1, NOON, facts.Visit(partner="bakery"))
    totals = {"funded bakery": (0, 1_000), "prepaid bakery": (70, 400)}
    assert tallies.stamped(capacities, event, DAY, totals, {}).room == {"prepaid bakery": 600}
    elsewhere = Event(256, 1, NOON, facts.Visit(partner="butcher"))
    assert tallies.stamped(capacities, elsewhere, DAY, totals, {}).room is None


# --- what an event may use -----------------------------------------------------------------------

CAKE = (program.Gift("product", "cake"),)
COST = ("points", 10)


def asked(source: program.Program, what: facts.What) -> list[str]:
    capacities = tallies.Capacities(source)
    assert capacities
    return [shared.name(DAY) for shared in capacities.asked(what, DAY)]


def rewarded(**reward: Any) -> program.Program:
    return structs.replace(cafe(), rewards=(program.Reward("cake", CAKE, **reward),))


def test_a_reward_is_asked_for_by_who_takes_it_and_what_issues_itself_by_what_brings_it() -> None:
    take, other, visit = facts.Redemption("cake"), facts.Redemption("tea"), facts.Visit()
    taken = rewarded(cost=COST, stock=5)
    assert [asked(taken, what) for what in (take, other, visit)] == [["stock cake"], [], []]
    hello = rewarded(automatic="visit", stock=5)
    assert [asked(hello, what) for what in (take, visit)] == [[], ["stock cake"]]
    card = rewarded(cost=COST, automatic="threshold", stock=5)
    assert [asked(card, what) for what in (take, visit)] == [["stock cake"]] * 2
    monthly = program.Limit(times=3, amount=4, per="month", total=True)
    limited_to = rewarded(cost=COST, limit=monthly)
    assert asked(limited_to, take) == [
        "limit reward cake times 2026-03-01",
        "limit reward cake units 2026-03-01",
    ]


def test_who_joins_by_the_way_asks_for_what_joining_uses() -> None:
    limits = (program.Limit(times=1), program.Limit(times=3, total=True))
    welcome = structs.replace(cafe().rules[0], id="welcome", when="enrolment", limits=limits)
    source = structs.replace(cafe(), rules=(welcome,))
    for what in (facts.Visit(), facts.Enrolment(), facts.Birthday()):
        assert set(asked(source, what)) == {"limit welcome:1 times"}


def test_a_partner_is_asked_for_only_where_it_pays_ahead() -> None:
    ahead = program.Partner("bakery", {"en": "Bakery"}, account="prepaid")
    after = program.Partner("butcher", {"en": "Butcher"})
    source = structs.replace(cafe(), partners=(ahead, after))
    visits = [facts.Visit(partner=name) for name in ("bakery", "butcher", "")]
    assert [asked(source, visit) for visit in visits] == [["prepaid bakery"], [], []]


def test_a_draw_is_asked_for_by_its_trigger_or_by_all_where_a_reward_gives_entries() -> None:
    few = program.Prize(CAKE[0], 1)
    draws = (
        program.Draw("few", {"en": "x"}, (few,), when="visit", odds=Fraction(1, 2)),
        program.Draw("many", {"en": "x"}, (program.Prize(CAKE[0], None),), when="visit"),
    )
    source = structs.replace(cafe(), draws=draws)
    week = "entrants few 2026-03-16"
    assert [asked(source, what) for what in (facts.Visit(), facts.Birthday())] == [[week], []]
    ticket = program.Reward("ticket", (program.Gift("draw entry", value=1, to="few"),), cost=COST)
    giving = structs.replace(source, rewards=(ticket,))
    assert [asked(giving, what) for what in (facts.Visit(), facts.Birthday())] == [[week]] * 2
    (shared,) = tallies.Capacities(source).asked(facts.Visit(), DAY)
    assert shared == tallies.Shared("entrants few", 2, "week")


def test_what_others_added_may_be_asked_for_too() -> None:
    capacities = tallies.Capacities(cafe())
    capacities.add("visit", tallies.Shared("seats", 4))
    assert [shared.name(DAY) for shared in capacities.asked(facts.Visit(), DAY)] == ["seats"]
    assert list(capacities.asked(facts.Birthday(), DAY)) == []
