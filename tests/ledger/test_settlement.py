"""Partners and causes: statements that sum to the ledger, and payouts that balance to the cent."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import Refused
from habitue.ledger import Fact, giving, payments, settlement
from habitue.members.models import Business
from tests.ledger.conftest import (
    NOW,
    at_once,
    bought,
    does,
    failures,
    guests,
    later,
    make_cafe,
    post,
    rows,
    sound,
    takes,
)
from tests.ledger.town import TOWN, at_partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None) -> Business:
    return make_cafe(TOWN, name="The neighbourhood")


def pay(town: Business, money: int, **given: Any) -> Refused | None:
    known: dict[str, Any] = {
        "party": "partner", "name": "bakery", "day": NOW.date(), "reference": "wire", "now": NOW,
    }  # fmt: skip
    return payments.record(town.pk, money=money, **{**known, **given})


def when(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)


def test_a_month_at_a_partner(town: Business) -> None:
    (alice,) = guests(town, 1)
    march, april = when("2026-03-20"), when("2026-04-02")
    post(town, at_partner(alice, 10_000, at=march), bought(alice, 5_000, at=march), now=march)
    spends = facts.Payment(money=200, order=1_000, partner="bakery")
    post(town, does(alice, spends, at=march), now=march)
    assert pay(town, 30, day=march.date()) is None
    post(town, at_partner(alice, 1_000, at=april), now=april)
    statement = settlement.statement(town.pk, "bakery", date(2026, 3, 31))
    assert statement.units == (
        settlement.UnitLine("points", issued=100, issued_money=100, redeemed=40, redeemed_money=32),
    )
    assert (statement.opening, statement.closing) == (0, 100 - 32 - 30)
    assert (statement.issued, statement.redeemed, statement.paid) == (100, 32, 30)
    following = settlement.statement(town.pk, "bakery", date(2026, 4, 1))
    assert (following.opening, following.closing) == (38, 48)
    moved = list(settlement.detail(town.pk, "bakery", date(2026, 3, 1)))
    assert [(one.unit, one.issued, one.units, one.money) for one in moved] == [
        ("points", True, 100, 100),
        ("points", False, 40, 32),
    ]
    with pytest.raises(LookupError):
        settlement.statement(town.pk, "butcher", date(2026, 3, 1))
    sound(town)


@pytest.mark.parametrize("seed", range(4))
def test_all_months_of_all_partners_sum_to_tallies_and_entries(town: Business, seed: int) -> None:
    """Months of purchases at partners, payments, redemptions, returns in later months."""
    chance = random.Random(seed)
    people = guests(town, 5)
    pay(town, 10**7, name="kiosk", reference="ahead", day=date(2026, 1, 5))
    known: list[tuple[int, int]] = []
    for month in range(1, 13):
        for number, day in enumerate(sorted(chance.randint(1, 28) for _ in range(12))):
            at = when(f"2026-{month:02}-{day:02}") + timedelta(minutes=number)
            who, partner = chance.choice(people), chance.choice(["bakery", "kiosk", ""])
            deed: Fact = at_partner(who, chance.randint(1, 20_000), partner, at=at)
            kind = chance.random()
            if kind < 0.15 and known:
                who, of = known.pop(chance.randrange(len(known)))
                deed = does(who, facts.Refund(of), at=at)
            elif kind < 0.3:
                paid = facts.Payment(chance.randint(1, 300), 10_000, partner=partner)
                deed = does(who, paid, at=at)
            (answer,) = post(town, deed, now=at)
            if isinstance(deed.what, facts.Purchase) and answer.refused is None:
                known.append((who, answer.event))
            if number == 0:
                reference = f"{month} {seed}"
                pay(town, chance.randint(1, 90), day=at.date(), reference=reference, now=at)
    sound(town)
    for partner in ("bakery", "kiosk"):
        every = settlement.statements(town.pk, partner)
        for one, following in pairwise(every):
            assert one.closing == following.opening
        assert every[0].opening == 0
        issued = sum(line.issued for one in every for line in one.units)
        redeemed = sum(line.redeemed for one in every for line in one.units)
        assert (issued, redeemed) == (_tallied("issued", partner), _tallied("redeemed", partner))
        money = sum(one.issued - one.redeemed - one.paid for one in every)
        assert every[-1].closing == money
        assert issued == _given_at(partner)
        assert redeemed == _spent_at(partner)
        assert issued > 0 < redeemed


def _tallied(word: str, partner: str) -> int:
    query = "SELECT coalesce(sum(units), 0)::bigint FROM ledger_tally WHERE name = %s"
    (total,) = rows(query, f"{word} {partner} points")[0]
    return int(total)


def _given_at(partner: str) -> int:
    """What lots of purchases at a partner hold, or held when something was spent from them."""
    (total,) = rows(
        "SELECT coalesce(sum(entry.amount), 0)::bigint FROM ledger_entry entry"
        " JOIN ledger_event event ON event.customer_id = entry.customer_id"
        "  AND event.id = entry.event_id"
        " WHERE entry.kind = 'accrual' AND entry.unit = 0 AND event.what->>'partner' = %s"
        "  AND NOT EXISTS (SELECT FROM ledger_event back WHERE back.refusal IS NULL"
        "   AND back.customer_id = event.customer_id AND back.kind = 'refund'"
        "   AND (back.what->>'of')::bigint = event.id)",
        partner,
    )[0]
    return int(total)


def _spent_at(partner: str) -> int:
    (total,) = rows(
        "SELECT coalesce(-sum(entry.amount), 0)::bigint FROM ledger_entry entry"
        " JOIN ledger_event event ON event.customer_id = entry.customer_id"
        "  AND event.id = entry.event_id"
        " WHERE entry.kind = 'redemption' AND event.what->>'partner' = %s",
        partner,
    )[0]
    return int(total)


def test_what_arrives_late_changes_its_month_and_the_printed_one_can_be_printed_again(
    town: Business,
) -> None:
    (alice,) = guests(town, 1)
    march, april = when("2026-03-31"), when("2026-04-02")
    post(town, bought(alice, 100, at=march), now=march)
    printed_at = when("2026-04-01")
    post(town, at_partner(alice, 10_000, at=march), now=april)
    assert settlement.statement(town.pk, "bakery", date(2026, 3, 1)).closing == 100
    printed = settlement.statement(town.pk, "bakery", date(2026, 3, 1), as_of=printed_at)
    assert printed.closing == 0


def test_a_payment_is_written_down_once_and_never_changed(town: Business) -> None:
    codes = [
        pay(town, 500),
        pay(town, 500),
        pay(town, 600),
        pay(town, 500, note="other"),
        pay(town, 0, reference="zero"),
        pay(town, 10**15, reference="huge"),
        pay(town, 5, reference=" "),
        pay(town, 5, reference="a\0b"),
        pay(town, 5, reference="n", name="butcher"),
        pay(town, 5, reference="c", party="cause"),
    ]
    assert [refused.code if refused else "" for refused in codes] == [
        "", "", "conflict", "conflict", "amount", "amount", "reference", "reference",
        "unknown_party", "unknown_party",
    ]  # fmt: skip
    assert payments.lines(town.pk, "partner", "bakery") == [
        payments.Payment(NOW.date(), 500, "wire")
    ]
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows("UPDATE ledger_payment SET money = 1")


# --- causes --------------------------------------------------------------------------------------


def test_what_was_given_paid_and_outstanding_balances_to_the_cent(town: Business) -> None:
    alice, bruno = guests(town, 2)
    post(town, bought(alice, 10_000), bought(bruno, 2_000))
    trees = post(town, takes(alice, "tree"), takes(alice, "tree"), takes(bruno, "tree"))
    assert [tree.refused for tree in trees] == [None] * 3
    (running,) = giving.running(town.pk)
    assert (running.given, running.paid, running.outstanding, running.givers) == (300, 0, 300, 2)
    asked: Any = {"day": NOW.date(), "now": NOW}
    refused = giving.pay_out(town.pk, "trees", money=301, reference="p", **asked)
    assert refused is not None
    assert refused.values == {"left": 300}
    assert giving.pay_out(town.pk, "trees", money=250, reference="p", **asked) is None
    assert giving.pay_out(town.pk, "trees", money=250, reference="p", **asked) is None
    post(town, does(bruno, facts.Undo(trees[2].event), at=later(minutes=1)), now=later(minutes=1))
    (running,) = giving.running(town.pk)
    assert (running.given, running.paid, running.outstanding, running.givers) == (200, 250, -50, 1)
    assert giving.pay_out(town.pk, "trees", money=1, reference="q", **asked) is not None
    march = giving.report(town.pk, "trees", since=date(2026, 3, 1), until=date(2026, 4, 1))
    assert (march.opening, march.given, march.paid, march.closing) == (0, 200, 250, -50)
    assert march.gifts == 3
    april = giving.report(town.pk, "trees", since=date(2026, 4, 1), until=date(2026, 5, 1))
    assert (april.opening, april.given, april.closing) == (-50, 0, -50)
    with pytest.raises(LookupError):
        giving.report(town.pk, "whales", since=date(2026, 3, 1), until=date(2026, 4, 1))
    sound(town)


def test_a_certificate_says_what_a_member_gave_in_a_year(town: Business) -> None:
    alice, bruno = guests(town, 2)
    post(town, bought(alice, 10_000), bought(bruno, 2_000))
    _, tree = post(town, takes(alice, "tree"), takes(bruno, "tree"))
    at = later(days=40)
    post(town, takes(alice, "tree", at=at), now=at)
    post(town, does(bruno, facts.Undo(tree.event), at=later(hours=1)), now=at)
    year = {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}
    (certificate,) = giving.certificates(town.pk, alice, **year)
    assert (certificate.cause, certificate.money, certificate.gifts) == ("trees", 200, 2)
    assert (certificate.first_on, certificate.last_on) == (NOW.date(), at.date())
    assert certificate.title["en"] == "Trees for the street"
    assert giving.certificates(town.pk, bruno, **year) == []
    last = {"since": date(2025, 1, 1), "until": date(2026, 1, 1)}
    assert giving.certificates(town.pk, alice, **last) == []


@pytest.mark.django_db(transaction=True)
def test_two_payouts_at_once_never_pay_more_than_was_given() -> None:
    town = make_cafe(TOWN)
    (alice,) = guests(town, 1)
    post(town, bought(alice, 10_000), *[takes(alice, "tree")] * 3)

    def pays(place: int) -> Refused | None:
        return giving.pay_out(
            town.pk, "trees", money=100, day=NOW.date(), reference=f"p{place}", now=NOW
        )

    results = at_once(8, pays)
    assert failures(results) == []
    assert giving.running(town.pk)[0].outstanding == 0
    (paid,) = rows("SELECT count(*) FROM ledger_payment")
    assert paid == (3,)


def test_figures_of_another_business_are_not_seen(town: Business) -> None:
    other = make_cafe(TOWN, name="Elsewhere")
    (alice,) = guests(town, 1)
    post(town, at_partner(alice, 10_000), takes(alice, "tree"))
    pay(town, 10)
    assert settlement.statements(other.pk, "bakery") == []
    assert giving.running(other.pk)[0].given == 0
    year = {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}
    assert giving.certificates(other.pk, alice, **year) == []
    assert ledger.verify(other.pk) == []
