"""Members beside others, from the ledger's own history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from habitue.core import facts
from habitue.members.models import Business
from habitue.metrics.experiments.matching import Compared, Refused
from habitue.outreach import beside
from tests.ledger.conftest import bought, does, guests, make_cafe, post
from tests.outreach.conftest import NOW, PROGRAM, came

SINCE = (NOW - timedelta(days=30)).date()


@pytest.fixture
def cafe(db: None) -> Business:
    """Nobody becomes a member unasked."""
    return make_cafe(PROGRAM.replace("enrolment: automatic", "enrolment: on request"))


def join(cafe: Business, customers: list[int], *, ago: int) -> None:
    moment = NOW - timedelta(days=ago)
    for who in customers:
        post(cafe, does(who, facts.Enrolment(channel="till"), at=moment), now=moment)


def test_members_and_others_who_were_alike_by_hand(cafe: Business) -> None:
    customers = guests(cafe, 80)
    mine, others = customers[:40], customers[40:]
    came(cafe, {who: [60, 40] for who in customers}, cents=10_00)
    join(cafe, mine, ago=35)
    came(cafe, {who: [10] for who in mine}, cents=30_00)
    came(cafe, {who: [10] for who in others}, cents=10_00)
    found = beside.compare(cafe, since=SINCE, until=NOW.date())
    assert isinstance(found, Compared)
    assert (found.members, found.others) == (40, 40)
    assert (found.member_value, found.other_value, found.difference) == (30_00, 10_00, 20_00)
    assert found.warning["en"].startswith("Members chose themselves")


def test_money_given_back_was_not_spent(cafe: Business) -> None:
    customers = guests(cafe, 80)
    came(cafe, {who: [60] for who in customers}, cents=10_00)
    join(cafe, customers[:40], ago=35)
    moment = NOW - timedelta(days=9)
    for who in customers[:40]:
        (answer,) = post(cafe, bought(who, 30_00, at=moment), now=moment)
        back = does(who, facts.Refund(answer.event, amount=12_00), at=moment + timedelta(days=1))
        post(cafe, back, now=back.at)
    found = beside.compare(cafe, since=SINCE, until=NOW.date())
    assert isinstance(found, Compared)
    assert (found.member_value, found.other_value) == (18_00, 0)


def test_who_joined_later_is_no_member_of_then(cafe: Business) -> None:
    customers = guests(cafe, 80)
    came(cafe, {who: [60] for who in customers})
    join(cafe, customers[:40], ago=10)
    found = beside.compare(cafe, since=SINCE, until=NOW.date())
    assert isinstance(found, Refused)
    assert (found.members, found.others) == (0, 80)


def test_a_look_begins_before_today(cafe: Business) -> None:
    with pytest.raises(ValueError, match="before today"):
        beside.compare(cafe, since=NOW.date(), until=NOW.date())
