"""What `post` answers, and that each thing happens once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.core.facts import Line, Purchase
from habitue.ledger import Fact
from habitue.ledger.writing import PIPELINED
from habitue.members.models import Business
from tests.ledger.conftest import (
    NOW,
    at_once,
    bought,
    does,
    failures,
    guests,
    has,
    later,
    make_cafe,
    post,
    rows,
    sound,
    takes,
)

pytestmark = pytest.mark.django_db


def test_a_purchase_answers_with_what_it_earned_and_why(cafe: Business, alice: int) -> None:
    (answer,) = post(cafe, bought(alice, 12_550))
    assert answer.refused is None
    assert [(line.unit, line.amount, line.balance) for line in answer.entries] == [
        ("points", 125, 125),
        ("spend", 12_550, 12_550),
    ]
    assert answer.entries[0].why == (("base", 12_550, 125),)
    assert (answer.level_before, answer.level) == ("", "gold")
    assert has(cafe, alice) == 125
    sound(cafe)


def test_a_redemption_issues_a_voucher_with_a_code_or_says_what_is_missing(
    cafe: Business, alice: int
) -> None:
    post(cafe, bought(alice, 1_500))
    taken, short = post(cafe, takes(alice), takes(alice))
    assert taken.refused is None
    assert short.refused is not None
    assert short.refused.code == "insufficient"
    assert short.refused.values["missing"] == 5
    standing = ledger.standing(cafe.pk, alice, now=NOW)
    assert standing is not None
    (voucher,) = standing.vouchers
    assert (voucher.reward, voucher.state, len(voucher.code)) == ("coffee", "issued", 17)
    assert has(cafe, alice) == 5
    sound(cafe)


def test_a_customer_who_never_enrolled_is_recorded_and_earns_nothing(db: None) -> None:
    shop = make_cafe(
        "program: p\ntitle: P\ncurrency: EUR\ntimezone: Europe/Paris\nunits: {points: {}}\n"
        "earn: [{id: base, when: purchase, award: {points: 1, per: 1.00}}]\n"
    )
    (chiara,) = guests(shop, 1)
    bought_it, scanned = post(shop, bought(chiara, 900), does(chiara, facts.Visit()))
    assert bought_it.refused is None
    assert bought_it.entries == []
    assert scanned.refused is not None
    assert scanned.refused.code == "not_a_member"
    assert rows("SELECT amount FROM ledger_event WHERE customer_id = %s", chiara)[0] == (900,)
    post(shop, does(chiara, facts.Enrolment(), at=later(hours=-1)))
    assert has(shop, chiara) == 9
    sound(shop)


def test_an_event_is_of_the_day_where_the_business_is(cafe: Business, alice: int) -> None:
    """The program counts Paris's days, the business may be elsewhere."""
    Business.objects.filter(pk=cafe.pk).update(timezone="Asia/Tokyo")
    (answer,) = post(cafe, bought(alice, 1_000, at=later(hours=5)), now=later(hours=5))
    assert rows("SELECT business_date FROM ledger_event") == [(later(days=1).date(),)]
    assert answer.entries[0].day == NOW.date()


def test_unknown_customers_and_those_of_other_businesses_are_refused_alike(
    cafe: Business, alice: int
) -> None:
    other = make_cafe(name="The bakery opposite")
    (stranger,) = guests(other, 1)
    post(other, bought(stranger, 5_000))
    answers = post(cafe, bought(stranger, 1_000), bought(1, 1_000), bought(alice, 1_000))
    refusals = [answer.refused.code if answer.refused else "" for answer in answers]
    assert refusals == ["unknown_customer", "unknown_customer", ""]
    assert has(other, stranger) == 50
    assert ledger.standing(cafe.pk, stranger, now=NOW) is None
    assert ledger.entries(cafe.pk, stranger) == []
    assert ledger.explain(cafe.pk, stranger, answers[2].event) == []
    sound(cafe)
    sound(other)


@pytest.mark.parametrize(
    ("what", "at", "code"),
    [
        (Purchase((Line(100, quantity=-1),), "EUR"), NOW, "quantity"),
        (Purchase((Line(-100),), "EUR"), NOW, "amount"),
        (Purchase((Line(10**15),), "EUR"), NOW, "amount"),
        (Purchase((Line(1, tax=10**18), Line(1, tax=10**18)), "EUR"), NOW, "amount"),
        (Purchase((Line(100),), "QQQ"), NOW, "currency"),
        (Purchase((), "EUR"), NOW, "lines"),
        (facts.Visit(0), NOW, "quantity"),
        (facts.Action("fly", attributes={"distance": 10**30}), NOW, "attribute"),
        (facts.Refund(256), NOW, "unknown_purchase"),
        (facts.Undo(256), NOW, "unknown_event"),
        (facts.Redemption("castle"), NOW, "unknown_reward"),
        (facts.VoucherUse(256), NOW, "unknown_voucher"),
        (facts.Adjustment("gold bars", 5, "why not"), NOW, "unknown_unit"),
        (facts.Adjustment("points", 5, "  "), NOW, "reason"),
        (Purchase((Line(100),), "EUR"), later(hours=25), "in_the_future"),
        (Purchase((Line(100),), "EUR"), datetime.max.replace(tzinfo=UTC), "in_the_future"),
        (Purchase((Line(100),), "EUR"), datetime.min.replace(tzinfo=UTC), "too_old"),
    ],
)
def test_a_bad_event_is_refused_with_a_reason_and_spares_its_neighbours(
    cafe: Business, alice: int, bruno: int, what: facts.What, at: datetime, code: str
) -> None:
    post(cafe, bought(bruno, 100))
    good, bad, fine = post(cafe, bought(alice, 1_000), does(bruno, what, at=at), bought(alice, 500))
    assert bad.refused is not None
    assert bad.refused.code == code
    assert good.refused is fine.refused is None
    assert has(cafe, alice) == 15
    assert has(cafe, bruno) == 1
    assert rows("SELECT count(*) FROM ledger_event WHERE refusal IS NOT NULL") == [(1,)]
    assert ledger.explain(cafe.pk, bruno, bad.event) == [f"Refused: {bad.refused.sentence}"]
    sound(cafe)


def test_the_same_reference_and_body_gives_the_first_answer_again(
    cafe: Business, alice: int
) -> None:
    (first,) = post(cafe, bought(alice, 1_000, reference="ticket 1"))
    (again,) = post(cafe, bought(alice, 1_000, reference="ticket 1"), now=later(days=3))
    assert (first.duplicate, again.duplicate) == (False, True)
    assert again.event == first.event
    assert again.entries == first.entries
    assert has(cafe, alice) == 10
    assert ledger.find(cafe.pk, "till", "ticket 1") == first.event
    sound(cafe)


def test_a_refusal_is_the_answer_for_good(cafe: Business, alice: int) -> None:
    asks = Fact(customer=alice, at=NOW, what=facts.Redemption("coffee"), reference="r1")
    (first,) = post(cafe, asks)
    post(cafe, bought(alice, 5_000))
    (again,) = post(cafe, asks)
    assert again.duplicate
    assert again.refused == first.refused
    assert has(cafe, alice) == 50


@pytest.mark.parametrize("change", ["amount", "customer", "time"])
def test_the_same_reference_with_another_body_is_a_conflict(
    cafe: Business, alice: int, bruno: int, change: str
) -> None:
    post(cafe, bought(alice, 1_000, reference="ticket 1"))
    other = {
        "amount": bought(alice, 2_000, reference="ticket 1"),
        "customer": bought(bruno, 1_000, reference="ticket 1"),
        "time": bought(alice, 1_000, reference="ticket 1", at=later(minutes=1)),
    }[change]
    (answer,) = post(cafe, other)
    assert answer.refused is not None
    assert answer.refused.code == "conflict"
    assert (has(cafe, alice), has(cafe, bruno)) == (10, 0)


def test_a_reference_belongs_to_its_source_and_its_business(cafe: Business, alice: int) -> None:
    opposite = make_cafe(name="Bakery")
    (bella,) = guests(opposite, 1)
    post(cafe, bought(alice, 1_000, reference="1"))
    web = Fact(
        customer=alice, at=NOW, what=Purchase((Line(700),), "EUR"), source="web", reference="1"
    )
    post(cafe, web)
    post(opposite, bought(bella, 300, reference="1"))
    assert (has(cafe, alice), has(opposite, bella)) == (17, 3)


def test_a_duplicate_inside_one_batch_counts_once_and_another_body_conflicts(
    cafe: Business, alice: int
) -> None:
    first, same, other = post(
        cafe,
        bought(alice, 1_000, reference="t"),
        bought(alice, 1_000, reference="t"),
        bought(alice, 9_000, reference="t"),
    )
    assert (first.refused, same.refused) == (None, None)
    assert same.duplicate
    assert same.event == first.event
    assert other.refused is not None
    assert other.refused.code == "conflict"
    assert has(cafe, alice) == 10
    sound(cafe)


@pytest.mark.django_db(transaction=True)
def test_the_same_posting_by_eight_threads_at_once_has_one_effect() -> None:
    cafe = make_cafe()
    alice, bruno = guests(cafe, 2)
    batch = [bought(alice, 1_000, reference="a"), bought(bruno, 700, reference="b")]
    results = at_once(8, lambda _: post(cafe, *batch))
    assert failures(results) == []
    assert len({answers[0].event for answers in results}) == 1
    assert sum(not answers[0].duplicate for answers in results) == 1
    assert (has(cafe, alice), has(cafe, bruno)) == (10, 7)
    sound(cafe)


def test_an_empty_batch_is_answered_and_a_huge_one_refused(cafe: Business, alice: int) -> None:
    assert post(cafe) == []
    with pytest.raises(ValueError, match="at most 10000"):
        post(cafe, *[bought(alice, 1)] * 10_001)


def test_the_number_of_statements_does_not_grow_with_the_batch(
    cafe: Business, counted: list[str]
) -> None:
    people = guests(cafe, 500)
    post(cafe, *[bought(person, 1_000) for person in people])

    def statements(count: int, hours: int) -> int:
        batch = [
            bought(person, 1_500, reference=f"{hours} {person}", at=later(hours=hours))
            for person in people[:count]
        ]
        batch += [takes(person, at=later(hours=hours, minutes=1)) for person in people[:count]]
        batch += [does(person, facts.Visit(), at=later(hours=0.5)) for person in people[:count]]
        before = len(counted)
        post(cafe, *batch, now=later(hours=hours + 1))
        return len(counted) - before

    statements(1, 1)
    few, some, many = statements(1, 2), statements(PIPELINED // 3 + 1, 3), statements(500, 4)
    assert few <= some == many < 40  # a few rows go out as one statement
    sound(cafe)


def test_a_batch_is_done_whole_or_not_at_all(
    cafe: Business, alice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from habitue.ledger import writing

    def broken(*_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(writing, "_outbox", broken)
    with pytest.raises(RuntimeError):
        post(cafe, bought(alice, 1_000, reference="t"))
    monkeypatch.undo()
    assert rows("SELECT count(*) FROM ledger_event") == [(0,)]
    assert rows("SELECT count(*) FROM ledger_reference") == [(0,)]
    (answer,) = post(cafe, bought(alice, 1_000, reference="t"))
    assert not answer.duplicate
    assert has(cafe, alice) == 10


def test_the_outbox_names_what_was_recorded(cafe: Business, alice: int) -> None:
    answers = post(cafe, bought(alice, 1_000), takes(alice, "castle"), takes(alice))
    assert rows("SELECT customers, events FROM ledger_outbox") == [
        ([alice] * 3, [answer.event for answer in answers])
    ]
    (refused,) = post(cafe, takes(alice, "castle"))
    newest = rows("SELECT customers, events FROM ledger_outbox ORDER BY id DESC LIMIT 1")
    assert newest == [([alice], [refused.event])]


def test_undoing_the_purchase_that_enrolled_leaves_nothing_behind(
    cafe: Business, alice: int
) -> None:
    (answer,) = post(cafe, bought(alice, 1_000))
    (undone,) = post(cafe, does(alice, facts.Undo(answer.event), at=later(minutes=1)))
    assert undone.refused is None
    assert has(cafe, alice) == 0
    sound(cafe)
    post(cafe, bought(alice, 300, at=later(minutes=2)))
    assert has(cafe, alice) == 3
    sound(cafe)


def test_due_moments_inside_a_batch_are_met_at_the_local_midnight(
    cafe: Business, alice: int
) -> None:
    """22:30 and 23:30 UTC are one day in Greenwich and two in Paris; the stamps wait two days."""
    at = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    visit = facts.Visit(10)
    batch = [
        does(alice, visit, at=at - timedelta(days=1)),
        bought(alice, 1_000, at=at),
        bought(alice, 1_000, at=at + timedelta(hours=1)),
    ]
    post(cafe, *batch, now=at + timedelta(hours=2))
    standing = ledger.standing(cafe.pk, alice, now=at + timedelta(hours=1))
    assert standing is not None
    assert [voucher.reward for voucher in standing.vouchers] == ["cake"]
    sound(cafe)
