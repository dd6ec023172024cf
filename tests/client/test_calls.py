"""A day at a till and in a shop, by the client's functions alone, against the real API."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from habitue import client
from tests.api import world
from tests.client.serving import Line

ALICE = "external:alice"


def points(told: client.Balances) -> int:
    return next(int(one.usable) for one in told.units if one.unit == "points")


def test_an_order_is_quoted_paid_bought_and_brought_back(cafe: world.Place, line: Line) -> None:
    with client.Client(line.url, cafe.till) as till:
        start = points(till.send(client.balances(ALICE)))
        basket: list[client.Line] = [{"amount": 300, "quantity": 2}, {"amount": 100, "sku": "tea"}]
        quote = till.send(client.quote(ALICE, basket, currency="EUR"))
        assert quote.pay is not None
        paid = till.send(client.pay(ALICE, 100, order=400, currency="EUR", reference="9:points"))
        assert (paid.money, paid.unit, paid.units) == (100, "points", "20")
        told = till.send(
            client.purchase(
                ALICE,
                basket,
                currency="EUR",
                reference="9",
                covered=paid.money,
                spent=[paid.id],
                tender="card",
            )
        )
        assert told.reference == "9"
        order = client.purchased("shop", "9")
        till.send(client.refund(order, reference="9:1", lines={0: 1}))
        till.send(client.refund(order, reference="9:2"))
        assert points(till.send(client.balances(ALICE))) == start
        odd = "2026/9 à 5%"
        till.send(client.purchase(ALICE, basket, currency="EUR", reference=odd))
        till.send(client.undo(client.purchased("shop", odd)))
        assert points(till.send(client.balances(ALICE))) == start


def test_a_reward_is_taken_shown_and_handed_in_once(cafe: world.Place, line: Line) -> None:
    with client.Client(line.url, cafe.till) as till:
        start = points(till.send(client.balances(ALICE)))
        assert "coffee" in [one.id for one in till.send(client.rewards()).items]
        taken = till.send(client.redeem(ALICE, "coffee", reference="R-5"))
        assert (taken.unit, taken.cost) == ("points", "10")
        code = taken.vouchers[0].code
        found = till.send(client.voucher(code))
        assert (found.reward, found.state, found.customer) == ("coffee", "issued", taken.customer)
        assert code in [one.code for one in till.each(client.vouchers(ALICE, limit=1))]
        used = till.send(client.use_voucher(code, reference="V-5"))
        assert used.reward == "coffee"
        assert till.send(client.use_voucher(code, reference="V-5")) == used
        with pytest.raises(client.Problem) as gone:
            till.send(client.use_voucher(code, reference="V-6"))
        assert (gone.value.status, gone.value.code) == (409, "voucher_redeemed")
        till.send(client.undo(used.id, reference="U-1"))
        till.send(client.undo(taken.id))
        assert points(till.send(client.balances(ALICE))) == start


def test_visits_actions_and_batches_count_and_every_page_is_read(
    cafe: world.Place, line: Line
) -> None:
    with client.Client(line.url, cafe.till) as till:
        told = till.send(
            client.batch(
                [
                    client.visit("external:bruno", reference=f"v{n}", quantity=2, place="bar")
                    for n in range(5)
                ]
                + [client.action("external:bruno", "review", reference="a")]
                + [client.visit("external:nobody", reference="n")]
            )
        )
        assert [one.problem is None for one in told.results] == [True] * 6 + [False]
        assert told.results[-1].problem is not None
        assert told.results[-1].problem.code == "not_found"
        whole = till.send(client.entries("external:bruno", unit="stars"))
        assert (len(whole.items), whole.next) == (5, None)
        pages = client.entries("external:bruno", unit="stars", limit=2)
        assert list(till.each(pages)) == whole.items
        first = till.send(pages)
        rest = client.entries("external:bruno", unit="stars", cursor=first.next or "")
        assert [*first.items, *till.each(rest)] == whole.items
        with pytest.raises(ValueError, match="purchases"):
            client.batch([client.undo("1")])

    async def read() -> list[client.PastEntry]:
        async with client.AsyncClient(line.url, cafe.till) as till:
            return [one async for one in till.each(pages)]

    with ThreadPoolExecutor(1) as aside:  # a browser of an earlier test may have a loop here
        assert aside.submit(lambda: asyncio.run(read())).result() == whole.items


def test_people_join_sign_in_and_out(cafe: world.Place, line: Line) -> None:
    with client.Client(line.url, cafe.owner) as owner:
        joined = owner.send(client.enroll("77", name="Élodie", email="e@example.org"))
        again = owner.send(client.enroll("77", name="Élodie", email="e@example.org"))
        assert again == joined
        assert owner.send(client.customer("email:e@example.org")).id == joined.id
        with pytest.raises(client.Problem) as taken:
            owner.send(client.enroll("78", email="e@example.org"))
        assert taken.value.code == "identity_taken"
        token = owner.send(client.member_token("external:77"))
        people = client.get("/staff", dict[str, list[dict[str, str]]])
        diego = str(cafe.diego.pk)
        assert owner.send(people)
        till = owner.send(client.sign_in(diego, "1234"))
    with client.Client(line.url, token.text) as member:
        assert member.send(client.balances("me")).customer == joined.id
        assert member.send(client.sign_out()) is None
        with pytest.raises(client.Problem) as over:
            member.send(client.balances("me"))
        assert over.value.status == 401
    assert till.scope == "till"
