"""A replay of what was posted is what was posted: entries, lots, balances, tiers, bit for bit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest
from django.db import connection

from habitue import ledger
from habitue.core import facts
from habitue.core.account import Account, Entry
from habitue.core.facts import Event
from habitue.core.whatif.behaviour import Behaviour
from habitue.core.whatif.replay import Guest, Shared, Stage
from habitue.core.whatif.result import WhatIf
from habitue.ledger import Fact, books, reasons, replaying
from habitue.members.models import Business
from habitue.site import replayed_ledger
from habitue.site.replays import IN_ORDER, Plan
from tests.ledger.conftest import bought, does, guests, make_cafe, post, rows, takes

START = datetime(2025, 1, 2, 9, 0, tzinfo=UTC)
END = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
POSTED = Behaviour("as posted")


def lived(cafe: Business, people: list[int], *, seed: int = 5) -> None:
    """A year and a half of purchases, visits, rewards, birthdays, refunds and undone events."""
    chance, at = random.Random(seed), START
    bills: dict[int, list[int]] = {who: [] for who in people}
    while at < END:
        at += timedelta(hours=chance.randrange(20, 200), minutes=chance.randrange(60))
        who, what = chance.choice(people), chance.randrange(10)
        if what < 5 or not bills[who]:
            (answer,) = post(cafe, bought(who, chance.randrange(100, 9_000), at=at), now=at)
            bills[who].append(answer.event)
        elif what < 7:
            post(cafe, takes(who, at=at), now=at)
        elif what == 7:
            post(cafe, does(who, facts.Visit(chance.randrange(1, 9)), at=at), now=at)
        elif what == 8:
            post(cafe, does(who, facts.Birthday(), at=at), now=at)
        else:
            of = bills[who].pop(chance.randrange(len(bills[who])))
            kind = facts.Refund(of=of) if chance.random() < 0.7 else facts.Undo(of=of)
            post(cafe, does(who, kind, at=at), now=at)
    ledger.sweep(cafe.pk, now=END)


@pytest.fixture
def people(cafe: Business) -> list[int]:
    found = guests(cafe, 4)
    lived(cafe, found)
    return found


def stage(cafe: Business, behaviour: Behaviour = POSTED, *, until: date | None = None) -> Stage:
    return Stage(books.shelf(cafe.pk).book, behaviour, until=until or END.date())


def portion(cafe: Business) -> Iterator[tuple[int, str, list[Event]]]:
    (every,) = replaying.portions(connection.connection, cafe.pk, 1)
    return replaying.customers(connection.connection, cafe.pk, every)


def line(entry: Entry) -> tuple[Any, ...]:
    return entry.unit, entry.lot, entry.kind, entry.amount, entry.balance, entry.on, entry.why


def test_a_replay_gives_the_very_same_entries_lots_balances_and_tiers(
    cafe: Business, people: list[int]
) -> None:
    seen = []
    for customer, _, events in portion(cafe):
        seen.append(customer)
        shared, lines = Shared(), list[Entry]()
        guest = Guest(stage(cafe), customer, shared, {}, lines)
        for event in events:
            guest.happen(event)
        guest.finish()
        stored = [(*entry, reasons.read(why, entry[3])) for *entry, why in rows(_ENTRIES, customer)]
        assert len(stored) >= 40
        assert [line(one) for one in lines] == stored
        _same_account(shared.accounts[customer])
    assert seen == people


def _same_account(account: Account) -> None:
    """The stored account, its memory, its open lots and its vouchers are the replay's."""
    ((balances, level, due_on, memory),) = rows(_ACCOUNT, account.customer)
    assert (account.balances, account.level, account.due_on) == (balances, level, due_on)
    held, mine = msgspec.json.decode(memory), msgspec.to_builtins(account.memory, str_keys=True)
    for moment in ("last_at", "last_id"):  # the sweep is an event of its own
        held.pop(moment), mine.pop(moment)
    assert mine == held
    lots = {
        (
            one.id,
            one.unit,
            one.original,
            one.remaining,
            one.earned_on,
            one.active_on,
            one.expires_on,
        )
        for one in account.lots or ()
        if one.remaining
    }
    assert lots == set(rows(_LOTS, account.customer))
    vouchers = [(one.id, one.reward, one.state, one.issued_on) for one in account.vouchers or ()]
    assert sorted(vouchers) == sorted(rows(_VOUCHERS, account.customer))


_ENTRIES = (
    "SELECT unit, lot_id, kind, amount, balance, day, why::text FROM ledger_entry"
    " WHERE customer_id = %s ORDER BY event_id, line"
)
_ACCOUNT = "SELECT balances, level, due_on, memory::text FROM ledger_account WHERE customer_id = %s"
_LOTS = (
    "SELECT id, unit, original, remaining, earned_on, active_on, expires_on FROM ledger_lot"
    " WHERE customer_id = %s AND remaining > 0"
)
_VOUCHERS = "SELECT id, reward, state, issued_on FROM ledger_voucher WHERE customer_id = %s"


def run(cafe: Business, plan: Plan, *, processes: int = 1) -> WhatIf:
    told: list[float] = []
    found = replayed_ledger.of_business(
        plan,
        connection.connection,
        cafe.pk,
        processes=processes,
        tell=lambda doing, share: told.append(share),
    )
    assert told == sorted(told)
    return found


def plan(cafe: Business, behaviour: Behaviour = POSTED) -> Plan:
    own = tuple(books.shelf(cafe.pk).book.programs)
    return Plan(programs=(own,), behaviour=behaviour)


def test_months_of_a_replay_are_the_ledgers_own_sums(cafe: Business, people: list[int]) -> None:
    (trial,) = run(cafe, plan(cafe)).trials
    units = books.shelf(cafe.pk).names
    for holding in trial.holdings:
        unit = units.index(holding.unit)
        last = trial.months[-1].month + timedelta(days=31)
        ((closing,),) = rows(_SUM, unit, cafe.pk, last.isoformat())
        assert holding.rolls[-1].closing == closing
        assert sum(roll.expired for roll in holding.rolls) == -(
            rows(_LAPSED, unit, cafe.pk)[0][0] or 0
        )
    ((money,),) = rows(_MONEY, cafe.pk, cafe.pk)
    assert trial.money == money
    ((gold,),) = rows("SELECT count(*) FROM ledger_account WHERE level = 'gold'")
    assert trial.months[-1].members["gold"] == gold


_SUM = (
    "SELECT coalesce(sum(amount), 0) FROM ledger_entry JOIN ledger_account USING (customer_id)"
    " WHERE unit = %s AND business_id = %s AND day < %s"
)
_LAPSED = (
    "SELECT sum(amount) FROM ledger_entry JOIN ledger_account USING (customer_id)"
    " WHERE unit = %s AND business_id = %s AND kind = 'expiry'"
)
_MONEY = (
    "SELECT sum(amount) FROM ledger_event WHERE business_id = %s AND refusal IS NULL"
    " AND id NOT IN (SELECT (what->>'of')::bigint FROM ledger_event"
    " WHERE business_id = %s AND kind = 'undo' AND refusal IS NULL)"
)


def test_another_businesss_history_is_not_replayed(cafe: Business, people: list[int]) -> None:
    other = make_cafe(name="Bar")
    (stranger,) = guests(other, 1)
    post(other, bought(stranger, 5_000))
    assert run(cafe, plan(cafe)).customers == len(people)
    assert run(other, plan(other)).customers == 1


def test_an_empty_history_gives_nothing(cafe: Business) -> None:
    found = run(cafe, plan(cafe))
    assert (found.customers, found.events) == (0, 0)
    assert found.trials[0].months == ()


STOCK = """\
program: cafe
title: Café des Amis
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units: {points: {worth: 0.10}}
earn: [{id: base, when: purchase, award: {points: 1, per: 1.00}}]
rewards: [{id: print, cost: {points: 10}, stock: 1, gives: {product: print}}]
"""


def test_what_members_share_is_replayed_in_the_order_of_time(db: None) -> None:
    cafe = make_cafe(STOCK)
    alice, bruno = guests(cafe, 2)
    post(
        cafe,
        bought(bruno, 1_000, at=START),
        bought(alice, 1_000, at=START + timedelta(days=1)),
        now=END,
    )
    found = run(cafe, plan(cafe, Behaviour("soonest")), processes=2)
    assert found.notes == (IN_ORDER,)
    assert [month.taken for month in found.trials[0].months] == [{"print": 1}]
    assert found.trials[0].holdings[0].rolls[-1].closing == 10


@pytest.mark.django_db(transaction=True)
def test_several_processes_read_side_by_side_and_find_the_same() -> None:
    cafe = make_cafe()
    people = guests(cafe, 30)
    facts_of = [
        Fact(customer=who, at=START + timedelta(days=day), what=bought(who, 700 * day + 100).what)
        for day in range(1, 9)
        for who in people
    ]
    post(cafe, *facts_of, now=END)
    alone = run(cafe, plan(cafe, Behaviour("soonest")))
    assert run(cafe, plan(cafe, Behaviour("soonest")), processes=2) == alone
    assert alone.customers == 30
    with psycopg.connect(**_reach()) as other:
        assert replaying.span(other, cafe.pk).events == 240
        assert len(replaying.portions(other, cafe.pk, 7)) == 7


def _reach() -> dict[str, Any]:
    connection.ensure_connection()
    return dict(connection.connection.info.get_parameters())
