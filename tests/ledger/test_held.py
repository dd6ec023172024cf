"""Lots and vouchers, piece by piece, right at a moment that no sweep has seen."""

from __future__ import annotations

from datetime import date

import pytest

from habitue import ledger
from habitue.core import facts
from habitue.ledger import held
from habitue.members.models import Business
from tests.ledger.conftest import NOW, bought, does, guests, has, later, make_cafe, post, takes

pytestmark = pytest.mark.django_db


def test_lots_are_read_newest_first_and_page_by_page(cafe: Business, alice: int) -> None:
    made = [
        post(cafe, bought(alice, 100 * place, at=later(days=place)), now=later(days=place))[0]
        for place in range(1, 6)
    ]
    post(cafe, does(alice, facts.Visit(), at=later(days=6)), now=later(days=6))
    now = later(days=6)
    (stamp,) = held.lots(cafe.pk, alice, now=now, unit="stamps")
    assert (stamp.active_on, stamp.expires_on) == (date(2026, 3, 10), None)
    numbers: list[int] = []
    before = held.LATEST
    while page := held.lots(cafe.pk, alice, now=now, unit="points", before=before, limit=2):
        numbers += [lot.id for lot in page]
        before = page[-1].id
    assert numbers == [line.lot for answer in reversed(made) for line in answer.entries[:1]]
    newest = held.lots(cafe.pk, alice, now=now, unit="points", limit=1)[0]
    assert (newest.original, newest.remaining, newest.unit) == (5, 5, "points")
    assert (newest.earned_on, newest.active_on) == (date(2026, 3, 7), date(2026, 3, 7))
    assert newest.expires_on == date(2027, 3, 7)
    assert newest.awaits == ""


def test_lots_are_as_they_are_at_the_moment(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 1_000), bought(alice, 200), takes(alice, at=later(minutes=1)))

    def read(days: int, *, only_open: bool = False) -> list[tuple[int, int]]:
        found = held.lots(cafe.pk, alice, now=later(days=days), unit="points", only_open=only_open)
        return [(lot.original, lot.remaining) for lot in found]

    assert (read(1), read(1, only_open=True)) == ([(2, 2), (10, 0)], [(2, 2)])
    assert (read(500), read(500, only_open=True)) == ([(2, 0), (10, 0)], [])
    assert has(cafe, alice) == 2  # and nothing was written


def test_vouchers_are_read_in_any_state(cafe: Business, alice: int) -> None:
    post(cafe, bought(alice, 4_000))
    taken = [post(cafe, takes(alice, at=later(minutes=place)))[0] for place in (1, 2, 3)]
    used = taken[0].issued[0]
    post(cafe, does(alice, facts.VoucherUse(used.id), at=later(minutes=9)))
    found = held.vouchers(cafe.pk, alice, now=later(hours=1))
    assert [(each.id, each.state) for each in found] == [
        (taken[2].event, "issued"),
        (taken[1].event, "issued"),
        (taken[0].event, "redeemed"),
    ]
    assert found[:2] == [taken[2].issued[0], taken[1].issued[0]]
    (lapsed, again) = held.vouchers(cafe.pk, alice, now=later(days=99), states=["expired"])
    assert (lapsed.code, again.code) == (found[0].code, found[1].code)
    (last,) = held.vouchers(cafe.pk, alice, now=NOW, before=taken[1].event)
    assert last.id == used.id
    assert held.vouchers(cafe.pk, alice, now=NOW, limit=1)[0].id == taken[2].event


def test_a_voucher_that_no_sweep_has_written_has_no_code_yet(cafe: Business, alice: int) -> None:
    post(cafe, does(alice, facts.Visit(10)))
    (cake,) = held.vouchers(cafe.pk, alice, now=later(days=5))
    assert (cake.reward, cake.state, cake.code) == ("cake", "issued", "")
    ledger.sweep(cafe.pk, now=later(days=5))
    (written,) = held.vouchers(cafe.pk, alice, now=later(days=5))
    assert (written.id, len(written.code)) == (cake.id, 17)


def test_a_voucher_is_found_by_its_code(cafe: Business, alice: int, bruno: int) -> None:
    post(cafe, bought(alice, 1_500), bought(bruno, 1_500))
    taken = post(cafe, takes(alice, at=later(minutes=1)), takes(bruno, at=later(minutes=1)))
    one, two = (answer.issued[0] for answer in taken)
    assert held.find_voucher(cafe.pk, one.code, now=NOW) == held.Held(alice, one)
    both = held.find_vouchers(cafe.pk, [one.code, two.code, "NOTHING"], now=NOW)
    assert both == {one.code: held.Held(alice, one), two.code: held.Held(bruno, two)}
    found = held.find_voucher(cafe.pk, one.code, now=later(days=99))
    assert found is not None
    assert found.voucher.state == "expired"


def test_nothing_of_another_business_is_found(cafe: Business, alice: int) -> None:
    _, taken = post(cafe, bought(alice, 1_500), takes(alice, at=later(minutes=1)))
    opposite = make_cafe(name="Bakery")
    (bella,) = guests(opposite, 1)
    for customer in (alice, bella, 256):
        assert held.lots(opposite.pk, customer, now=NOW) == []
        assert held.vouchers(opposite.pk, customer, now=NOW) == []
    assert held.find_voucher(opposite.pk, taken.issued[0].code, now=NOW) is None
