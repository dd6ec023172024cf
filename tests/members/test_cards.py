"""A card's code: good once, for at most 60 seconds, in its own business."""

from datetime import datetime, timedelta

import pytest

from habitue.members import businesses, callers, cards, tokens
from habitue.members.models import Business, Card, CodeRefusal, Customer, Staff, UsedCode


@pytest.fixture
def card(alice: Customer) -> Card:
    return cards.issue(alice)


def seen(text: str, card: Card, at: datetime, staff: Staff | None = None) -> str:
    business = card.customer.business_id
    answer = cards.read(text, business=business, staff=staff, at=at)
    return answer.reason if isinstance(answer, cards.Refused) else "accepted"


def test_a_code_is_accepted_once_and_the_refusal_is_kept(
    card: Card, diego: Staff, now: datetime
) -> None:
    code = cards.code(card, at=now)
    assert seen(code.lower() + " ", card, now, diego) == "accepted"
    assert seen(code, card, now, diego) == "used"
    refusal = CodeRefusal.objects.get()
    assert (refusal.reason, refusal.card, refusal.staff, refusal.at) == ("used", card, diego, now)


def test_a_code_lives_for_at_most_a_minute(card: Card, now: datetime) -> None:
    start = now.replace(second=0)
    code = cards.code(card, at=start)
    assert code == cards.code(card, at=start + timedelta(seconds=29))
    assert code != cards.code(card, at=start + timedelta(seconds=30))
    assert seen(code, card, start + timedelta(seconds=60)) == "stale"
    assert seen(code, card, start - timedelta(seconds=1)) == "stale"
    assert seen(code, card, start + timedelta(seconds=59)) == "accepted"


def test_a_forged_or_foreign_code_is_unknown(card: Card, now: datetime) -> None:
    code = cards.code(card, at=now)
    forged = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert seen(forged, card, now) == "unknown"
    assert seen("é" * cards.LENGTH, card, now) == "unknown"
    assert seen("Z" * cards.LENGTH, card, now) == "unknown"
    assert seen("", card, now) == "unknown"
    other = businesses.create(name="Bar", kind="cafe", country="IT")
    assert cards.read(code, business=other.pk, staff=None, at=now) == cards.Refused("unknown")
    assert seen(code, card, now) == "accepted"  # none of these used it up


def test_a_later_step_cannot_be_written_by_hand(card: Card, now: datetime) -> None:
    today, later = cards.code(card, at=now), cards.code(card, at=now + timedelta(seconds=30))
    mixed = later[:20] + today[20:]
    assert seen(mixed, card, now + timedelta(seconds=30)) == "unknown"


def test_a_revoked_card_has_no_good_codes(card: Card, now: datetime) -> None:
    card.revoked_at = now
    card.save()
    assert seen(cards.code(card, at=now), card, now) == "revoked"


def test_a_printed_code_works_only_where_it_is_turned_on(
    card: Card, cafe: Business, now: datetime
) -> None:
    assert seen(cards.printed_code(card), card, now) == "printed"
    Business.objects.update(printed_cards=True)
    card = Card.objects.get()
    answer = cards.read(cards.printed_code(card), business=cafe.pk, staff=None, at=now)
    assert isinstance(answer, cards.Read)
    assert answer.printed


def test_the_code_does_not_give_away_the_cards_address(card: Card, now: datetime) -> None:
    assert len(card.token) >= 22  # 128 bits and more
    assert card.token not in cards.code(card, at=now)
    assert cards.fingerprint(card) not in card.token
    assert cards.seconds_left(now) == 25


def test_marks_of_used_codes_are_cleaned_up(card: Card, now: datetime) -> None:
    assert seen(cards.code(card, at=now), card, now) == "accepted"
    assert cards.forget_used(before=now + timedelta(days=7)) == 0
    assert cards.forget_used(before=now + timedelta(days=9)) == 1
    assert not UsedCode.objects.exists()


def test_a_code_seen_offline_is_good_within_a_minute_of_its_own(card: Card, now: datetime) -> None:
    start = now.replace(second=0)
    code = cards.code(card, at=start)

    def told(at: datetime) -> str:
        business = card.customer.business_id
        answer = cards.read(code, business=business, staff=None, at=at, offline=True)
        return answer.reason if isinstance(answer, cards.Refused) else "accepted"

    assert told(start + timedelta(seconds=90)) == "stale"
    assert told(start - timedelta(seconds=61)) == "stale"
    assert told(start - timedelta(seconds=60)) == "accepted"
    assert told(start + timedelta(seconds=59)) == "used"


def test_a_new_card_ends_the_old_one_and_the_tokens_got_by_it(card: Card, now: datetime) -> None:
    _, text = tokens.issue_member(card.customer, at=now)
    other = cards.renew(card.customer, at=now)
    assert cards.find(card.token) is None
    assert cards.find(other.token) == other
    assert callers.callers([text], at=now) == {}


def test_a_revoked_card_takes_the_tokens_of_its_holder_along(card: Card, now: datetime) -> None:
    _, text = tokens.issue_member(card.customer, at=now)
    cards.revoke(card.pk, at=now)
    assert cards.find(card.token) is None
    assert callers.callers([text], at=now) == {}
