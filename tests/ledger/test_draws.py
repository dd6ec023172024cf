"""Draws: committed before anybody enters, frozen when over, revealed once, checked by anybody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from habitue import ledger
from habitue.core import drawing, facts
from habitue.core.facts import Refused
from habitue.ledger import draws
from habitue.members.models import Business
from tests.ledger.conftest import (
    at_once,
    beside_a_merge,
    bought,
    does,
    failures,
    guests,
    make_cafe,
    post,
    rows,
    sound,
)

pytestmark = pytest.mark.django_db

GAME = """\
program: game
title: The weekly draw
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units: {points: {}}
earn: [{id: base, when: purchase, award: {points: 1, per: 1.00}}]
draws:
  - id: weekly
    title: Draw of the week
    when: purchase
    limit: {entries: 3}
    prizes: [{experience: a trip, worth: 100.00}, {money_off: 5.00, pieces: as many as needed}]
"""
BEFORE = datetime(2026, 3, 1, 12, tzinfo=UTC)  # a Sunday
WEEK = date(2026, 3, 2)
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
AFTER = datetime(2026, 3, 9, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def game(db: None) -> Business:
    return started()


def started() -> Business:
    made = make_cafe(GAME, name="The game")
    assert draws.confirm(made.pk, country="FR", by="the owner", now=BEFORE) is None
    opened(made)
    return made


def opened(game: Business, day: date = WEEK, now: datetime = BEFORE) -> draws.Period:
    period = draws.open_period(game.pk, "weekly", day, now=now)
    assert isinstance(period, draws.Period), period
    return period


def enters(
    game: Business, *people: int, at: datetime = MONDAY, now: datetime = MONDAY
) -> list[int]:
    answers = post(game, *[bought(person, 1_000, at=at) for person in people], now=now)
    return [answer.event for answer in answers]


def code(answer: object) -> str:
    return answer.code if isinstance(answer, Refused) else ""


def done(answer: draws.Period | Refused) -> draws.Period:
    assert isinstance(answer, draws.Period), answer
    return answer


def test_a_draw_from_commitment_to_claim(game: Business) -> None:
    people = guests(game, 8)
    enters(game, *people)
    enters(game, people[0], people[0], people[0])
    promised = draws.periods(game.pk)[0].record
    assert (promised.tickets, promised.secret, promised.winners) == ("", "", ())
    assert code(draws.close(game.pk, "weekly", WEEK, now=MONDAY)) == "still_running"
    assert code(draws.reveal(game.pk, "weekly", WEEK, now=AFTER)) == "not_closed"
    closed = done(draws.close(game.pk, "weekly", WEEK, now=AFTER)).record
    assert sorted(line.split()[1] for line in closed.tickets.splitlines()) == ["1"] * 7 + ["3"]
    assert str(people[0]) not in closed.tickets
    ticket = draws.ticket_of(game.pk, "weekly", WEEK, people[0])
    assert f"{ticket} 3" in closed.tickets.splitlines()
    assert draws.ticket_of(game.pk, "weekly", WEEK, 7) is None
    revealed = done(draws.reveal(game.pk, "weekly", WEEK, now=LATER)).record
    assert drawing.verify(revealed) == []
    assert revealed.commitment == promised.commitment
    assert [winner.prize for winner in revealed.winners] == [0, 1]
    trip, coupon = draws.claimed(game.pk, "weekly", WEEK, now=LATER)
    assert (trip.name, coupon.name) == ("a trip", "5.00 EUR off")
    assert trip.state == coupon.state == "waiting"
    assert trip.customer != coupon.customer
    standing = ledger.standing(game.pk, trip.customer, now=LATER)
    assert standing is not None
    (voucher,) = standing.vouchers
    assert voucher.reward == "weekly#0"
    use = does(trip.customer, facts.VoucherUse(voucher.id), at=LATER)
    (used,) = post(game, use, now=LATER)
    assert used.refused is None
    late = LATER + timedelta(days=31)
    for now in (late, late):  # unclaimed whether swept or not
        states = [claim.state for claim in draws.claimed(game.pk, "weekly", WEEK, now=now)]
        assert states == ["claimed", "unclaimed"]
        ledger.sweep(game.pk, now=late)
    sound(game)


def test_revealed_twice_it_gives_the_same_answer_and_no_prize_twice(game: Business) -> None:
    enters(game, *guests(game, 6))
    draws.close(game.pk, "weekly", WEEK, now=AFTER)
    first = done(draws.reveal(game.pk, "weekly", WEEK, now=AFTER))
    again = done(draws.reveal(game.pk, "weekly", WEEK, now=LATER))
    assert first == again
    assert done(draws.close(game.pk, "weekly", WEEK, now=LATER)) == first
    assert opened(game, now=LATER) == first
    assert rows("SELECT count(*) FROM ledger_event WHERE kind = 'won'") == [(2,)]
    sound(game)


@pytest.mark.django_db(transaction=True)
def test_revealed_by_eight_at_once_it_is_revealed_once() -> None:
    game = started()
    enters(game, *guests(game, 6))
    draws.close(game.pk, "weekly", WEEK, now=AFTER)

    def tells(place: int) -> draws.Period | Refused:
        return draws.reveal(game.pk, "weekly", WEEK, now=LATER + timedelta(seconds=place))

    answers = at_once(8, tells)
    assert failures(answers) == []
    assert len({str(answer) for answer in answers}) == 1
    assert rows("SELECT count(*) FROM ledger_event WHERE kind = 'won'") == [(2,)]
    sound(game)


def test_draws_are_off_until_the_owner_confirmed_the_countrys_rules() -> None:
    game = make_cafe(GAME, name="The game")
    assert code(draws.open_period(game.pk, "weekly", WEEK, now=BEFORE)) == "draws_off"
    assert draws.open_due(game.pk, now=BEFORE) == 0
    for country, by in [("", "me"), ("F", "me"), ("F1", "me"), ("FR", " "), ("FR", "\0")]:
        assert draws.confirm(game.pk, country=country, by=by, now=BEFORE) is not None
    assert draws.confirm(game.pk, country="IT", by="the owner", now=BEFORE) is None
    assert not draws.are_allowed(game.pk)  # the shop is in France
    for _ in range(2):
        assert draws.confirm(game.pk, country="fr", by="the owner", now=BEFORE) is None
    assert draws.are_allowed(game.pk)
    opened(game)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows("DELETE FROM ledger_draw_permission")


def test_who_entered_before_the_commitment_makes_it_too_late() -> None:
    game = make_cafe(GAME, name="The game")
    draws.confirm(game.pk, country="FR", by="the owner", now=BEFORE)
    enters(game, *guests(game, 1))
    assert code(draws.open_period(game.pk, "weekly", WEEK, now=MONDAY)) == "entered_already"
    assert draws.periods(game.pk) == []
    assert draws.open_due(game.pk, now=MONDAY) == 1  # the week to come
    assert [period.starts_on for period in draws.periods(game.pk)] == [date(2026, 3, 9)]


def test_the_sweep_commits_to_the_week_to_come(game: Business) -> None:
    ledger.sweep(game.pk, now=MONDAY)
    ledger.sweep(game.pk, now=MONDAY)
    assert [period.starts_on for period in draws.periods(game.pk, "weekly")] == [
        date(2026, 3, 9), WEEK,
    ]  # fmt: skip
    assert draws.periods(game.pk, "monthly") == []


def test_what_arrives_after_closing_is_late(game: Business) -> None:
    people = guests(game, 5)
    enters(game, *people[:4])
    closed = done(draws.close(game.pk, "weekly", WEEK, now=AFTER)).record
    assert draws.late_entries(game.pk, "weekly", WEEK) == 0
    enters(game, people[4], at=MONDAY + timedelta(hours=1), now=AFTER + timedelta(hours=1))
    assert draws.late_entries(game.pk, "weekly", WEEK) == 1
    revealed = done(draws.reveal(game.pk, "weekly", WEEK, now=LATER)).record
    assert revealed.tickets == closed.tickets
    sound(game)


def winners(game: Business) -> list[draws.Claim]:
    return draws.claimed(game.pk, "weekly", WEEK, now=LATER)


def test_an_entry_that_comes_back_before_closing_is_no_ticket(game: Business) -> None:
    alice, bruno = guests(game, 2)
    event, _ = enters(game, alice, bruno)
    post(game, does(alice, facts.Refund(event), at=AFTER), now=AFTER)
    closed = done(draws.close(game.pk, "weekly", WEEK, now=AFTER)).record
    assert closed.tickets.count("\n") == 1


def test_an_entry_that_comes_back_before_the_secret_is_out_wins_nothing(game: Business) -> None:
    (alice,) = guests(game, 1)
    (event,) = enters(game, alice)
    draws.close(game.pk, "weekly", WEEK, now=AFTER)
    post(game, does(alice, facts.Refund(event), at=AFTER), now=AFTER)
    revealed = done(draws.reveal(game.pk, "weekly", WEEK, now=LATER)).record
    assert drawing.verify(revealed) == []
    assert [claim.state for claim in winners(game)] == ["void"]
    sound(game)


def test_a_prize_that_was_won_stays_when_the_goods_come_back(game: Business) -> None:
    (alice,) = guests(game, 1)
    (event,) = enters(game, alice)
    draws.close(game.pk, "weekly", WEEK, now=AFTER)
    draws.reveal(game.pk, "weekly", WEEK, now=AFTER)
    post(game, does(alice, facts.Refund(event), at=LATER), now=LATER)
    assert [claim.state for claim in winners(game)] == ["waiting"]
    sound(game)


def test_who_went_over_into_another_customer_finds_the_prize_there(game: Business) -> None:
    alice, ali = guests(game, 2)
    enters(game, ali)
    post(game, bought(alice, 500, at=AFTER), now=AFTER)
    post(game, does(ali, facts.Merge(alice), at=AFTER), now=AFTER)
    draws.close(game.pk, "weekly", WEEK, now=AFTER)
    draws.reveal(game.pk, "weekly", WEEK, now=LATER)
    standing = ledger.standing(game.pk, alice, now=LATER)
    assert standing is not None
    assert [voucher.reward for voucher in standing.vouchers] == ["weekly#0"]
    assert [claim.state for claim in winners(game)] == ["waiting"]
    sound(game)


@pytest.mark.django_db(transaction=True)
def test_who_goes_over_while_prizes_are_given_finds_it_there() -> None:
    game = started()
    alice, ali = guests(game, 2)
    enters(game, ali)
    post(game, bought(alice, 500, at=AFTER), now=AFTER)
    draws.close(game.pk, "weekly", WEEK, now=AFTER)
    beside_a_merge(
        game, ali, alice, lambda: draws.reveal(game.pk, "weekly", WEEK, now=LATER), now=AFTER
    )
    standing = ledger.standing(game.pk, alice, now=LATER)
    assert standing is not None
    assert [voucher.reward for voucher in standing.vouchers] == ["weekly#0"]
    assert [claim.state for claim in winners(game)] == ["waiting"]
    sound(game)


def test_a_new_version_does_not_change_what_was_promised(game: Business) -> None:
    enters(game, *guests(game, 2))
    other = GAME.replace("experience: a trip, worth: 100.00", "product: a pen")
    assert ledger.publish(game.pk, other, since=date(2026, 3, 6)).problems == ()
    draws.close(game.pk, "weekly", WEEK, now=AFTER)
    draws.reveal(game.pk, "weekly", WEEK, now=LATER)
    (claim,) = winners(game)
    assert (claim.name, claim.state) == ("a trip", "waiting")
    at = rows("SELECT business_date FROM ledger_event WHERE kind = 'won'")
    assert at == [(date(2026, 3, 5),)]
    sound(game)


@pytest.mark.parametrize(
    "change",
    [
        "secret = 'mine'",
        "salt = 'mine'",
        "starts_on = starts_on - 1",
        "opened_at = now()",
        "entrants = '{}'",
        "record = '{}'",
        "closed_at = NULL, entrants = NULL",
        "revealed_at = now() + interval '1 second'",
    ],
)
def test_what_was_published_is_sealed(game: Business, change: str) -> None:
    enters(game, *guests(game, 4))
    draws.close(game.pk, "weekly", WEEK, now=AFTER)
    draws.reveal(game.pk, "weekly", WEEK, now=AFTER)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        rows(f"UPDATE ledger_draw SET {change}")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        rows("DELETE FROM ledger_draw")


def test_a_draw_nobody_entered_has_no_winner(game: Business) -> None:
    closed = done(draws.close(game.pk, "weekly", WEEK, now=AFTER))
    assert closed.record.tickets == ""
    revealed = done(draws.reveal(game.pk, "weekly", WEEK, now=LATER))
    assert revealed.record.winners == ()
    assert winners(game) == []


def test_unknown_draws_and_other_businesses(game: Business) -> None:
    other = make_cafe(GAME, name="Another")
    for business, draw, answer in [
        (game, "monthly", "unknown_draw"),
        (other, "weekly", "draws_off"),
    ]:
        assert code(draws.open_period(business.pk, draw, WEEK, now=BEFORE)) == answer
        known: Any = (business.pk, draw, WEEK)
        assert code(draws.close(*known, now=AFTER)) == "unknown_draw"
        assert code(draws.reveal(*known, now=AFTER)) == "unknown_draw"
        assert draws.claimed(*known, now=AFTER) == []
    assert draws.periods(other.pk) == []
