"""Sums that all members share: their names, what is left of them, and what an event changed."""

from datetime import UTC, date, datetime
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
