"""A version never holds for what has happened; one business's trouble is not another's."""

from datetime import date, timedelta

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.ledger import posting
from habitue.ledger.claims import Fact
from habitue.members import businesses
from habitue.members.models import Business
from tests.ledger.conftest import NOW, PROGRAM, bought, does, guests, has, make_cafe, post, sound

pytestmark = pytest.mark.django_db

DOUBLE = PROGRAM.replace("{points: 1, per: 1.00}", "{points: 2, per: 1.00}")


def test_a_version_cannot_reach_back_over_what_happened(cafe: Business, alice: int) -> None:
    (answer,) = post(cafe, bought(alice, 10_000))
    (problem,) = ledger.publish(cafe.pk, DOUBLE, since=NOW.date()).problems
    assert "2026-03-02" in problem
    assert ledger.publish(cafe.pk, DOUBLE, since=date(2026, 3, 3)).number == 2
    post(cafe, does(alice, facts.Refund(answer.event, amount=5_000), at=NOW))
    assert has(cafe, alice) == 50  # by the rules in force at the purchase
    sound(cafe)


def test_purchases_before_the_first_program_stay_without_points() -> None:
    shop = businesses.create(name="Late", kind="shop", country="FR")
    (bruno,) = guests(shop, 1)
    (before,) = post(shop, bought(bruno, 10_000))
    assert before.entries == []
    assert ledger.publish(shop.pk, PROGRAM).number == 1
    tomorrow = NOW + timedelta(days=1)
    post(shop, bought(bruno, 3_000, at=tomorrow), now=tomorrow)
    assert has(shop, bruno, now=tomorrow) == 30
    post(shop, does(bruno, facts.Refund(before.event, amount=5_000), at=tomorrow), now=tomorrow)
    assert has(shop, bruno, now=tomorrow) == 30
    sound(shop)


def test_a_business_that_fails_does_not_stop_the_others_sweep(
    cafe: Business, alice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = make_cafe(name="Bar")
    (nino,) = guests(bar, 1)
    for business, guest in ((cafe, alice), (bar, nino)):
        post(business, bought(guest, 5_000))
    real = posting.post

    def post_unless_first(business: int, batch: list[Fact], **given: object) -> object:
        if business == cafe.pk:
            raise LookupError("planted")
        return real(business, batch, now=NOW + timedelta(days=400))

    monkeypatch.setattr(posting, "post", post_unless_first)
    with pytest.raises(ExceptionGroup, match="could not be swept") as raised:
        ledger.sweep(None, now=NOW + timedelta(days=400))
    assert [str(error) for error in raised.value.exceptions] == ["planted"]
    monkeypatch.undo()
    assert [line.kind for line in ledger.entries(bar.pk, nino, limit=1)] == ["expiry"]
    assert [line.kind for line in ledger.entries(cafe.pk, alice, limit=1)] == ["accrual"]
