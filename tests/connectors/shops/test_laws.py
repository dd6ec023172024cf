"""Whatever states of an order are told, in whatever order and how often: the newest counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from habitue import ledger
from habitue.connectors.models import Shop, ShopOrder
from habitue.connectors.shops import differing, order, posting
from habitue.connectors.shops.differing import Booked, Standing
from habitue.connectors.shops.order import Back, Item, Order, Person
from habitue.core import document, facts, history, program
from habitue.members.models import Business
from tests.connectors.shops import world
from tests.ledger.conftest import at_once, failures

WHO = Person(external="3", email="alice@example.org", name="Alice")
STATUSES: Final[tuple[order.Status, ...]] = ("paid", "pending", "cancelled")
BOUGHT = world.NOW - timedelta(days=3)


def _refund(chance: Random, name: str) -> Back:
    pieces = tuple((chance.choice("abx"), chance.randrange(4)) for _ in range(chance.randrange(3)))
    net = chance.choice([None, chance.randrange(9_999)])
    return Back(name, pieces=pieces, net=net, gross=chance.randrange(20_000))


def _basket(chance: Random) -> tuple[Item, ...]:
    names = "abc"[: chance.randint(1, 3)]
    return tuple(
        Item(name, chance.randint(1, 4), chance.randrange(9_999), tax=chance.randrange(500))
        for name in names
    )


@st.composite
def states(draw: st.DrawFn) -> list[Order]:
    """The states of one order, the oldest first. What a refund is stays the same.

    Drawn by a seed: of what is drawn piece by piece too much is empty, or the same.
    """
    chance = Random(draw(st.integers(0, 2**64)))
    refunds = [_refund(chance, name) for name in ("r1", "r2", "r3")]
    baskets = [_basket(chance), _basket(chance), ()]
    found = []
    for minute in range(chance.randint(1, 5)):
        goods = chance.choices(baskets, [6, 3, 1])[0]
        found.append(
            Order(
                id="1",
                at=BOUGHT,
                updated_at=BOUGHT + timedelta(minutes=minute),
                currency="GBP",
                status=chance.choices(STATUSES, [7, 1, 2])[0],
                items=goods,
                total=sum(item.amount + item.tax for item in goods) + 500,
                refunds=tuple(back for back in refunds if chance.random() < 0.4),
                test=chance.random() < 0.05,
                person=WHO if chance.random() < 0.9 else None,
            )
        )
    return found


@st.composite
def ways(draw: st.DrawFn) -> tuple[list[Order], Order]:
    """A subset of an order's states with its newest, in any order and repeated at will."""
    known = draw(states())
    chance = Random(draw(st.integers(0, 2**64)))
    some = chance.choices(known, k=chance.randrange(6))
    if chance.random() < 0.5:
        some.sort(key=lambda state: state.updated_at)
    place = len(some) if chance.random() < 0.6 else chance.randint(0, len(some))
    return [*some[:place], known[-1], *some[place:]], known[-1]


def every_sort() -> tuple[list[Order], Order]:
    """A way on which everything happens that can happen to an order."""
    bought = Order(
        id="1",
        at=BOUGHT,
        updated_at=BOUGHT,
        currency="GBP",
        status="paid",
        items=(Item("a", 4, 4_000),),
        total=4_000,
        person=WHO,
    )
    fewer = structs.replace(
        bought,
        updated_at=BOUGHT + timedelta(minutes=1),
        items=(Item("a", 3, 3_000),),
        total=3_000,
    )
    refunded = structs.replace(
        fewer,
        updated_at=BOUGHT + timedelta(minutes=2),
        refunds=(Back("r1", pieces=(("a", 1),), gross=1_000),),
    )
    cancelled = structs.replace(
        refunded, updated_at=BOUGHT + timedelta(minutes=3), status="cancelled"
    )
    return [bought, bought, fewer, refunded, bought, cancelled], cancelled


seen: Counter[str] = Counter()


@pytest.fixture
def bean(db: None) -> Business:
    return world.business("GBP")


@given(way=ways())
@example(way=every_sort())
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_way_to_the_newest_state_ends_where_the_newest_alone_ends(
    bean: Business, way: tuple[list[Order], Order]
) -> None:
    told, newest = way
    shop = world.connect(bean, address=f"https://93.184.215.1/{Shop.objects.count()}")
    for state in told:
        became = posting.take(shop, fresh(state, shop), now=world.NOW)
        assert became.word != "refused", became
        seen[became.word] += 1
    lone = world.connect(bean, address=f"https://93.184.215.1/{Shop.objects.count()}")
    posting.take(lone, fresh(anybody(newest, told), lone), now=world.NOW)
    assert held(bean, shop) == held(bean, lone)
    assert not ledger.verify(bean.pk)


def test_the_ways_were_of_every_sort() -> None:
    if seen:  # the law ran just now
        assert {"posted", "edited", "refunded", "taken_back", "older", "same"} <= seen.keys()


def anybody(newest: Order, told: Sequence[Order]) -> Order:
    """The newest state with whose order it is, where an earlier one said it and this does not.

    Whom a shop named once for a paid order, that is whose it is.
    """
    index = told.index(newest)
    named = any(
        one.person and one.status == "paid" and not one.test for one in risen(told[: index + 1])
    )
    return structs.replace(newest, person=WHO if newest.person or named else None)


def risen(told: Sequence[Order]) -> list[Order]:
    """The states that were not older than what was known when they came."""
    found: list[Order] = []
    for one in told:
        if not found or one.updated_at >= found[-1].updated_at:
            found.append(one)
    return found


def fresh(state: Order, shop: Shop) -> Order:
    """The state, of a customer who shops at this shop alone."""
    who = structs.replace(WHO, external=str(shop.pk), email=f"a{shop.pk}@example.org")
    return structs.replace(state, person=who if state.person else None)


def held(bean: Business, shop: Shop) -> int:
    """What the customer of a shop's only order holds."""
    customer = ShopOrder.objects.get(shop=shop).customer_id
    standing = ledger.standing(bean.pk, customer, now=world.NOW) if customer else None
    return standing.balances.get("points", 0) if standing else 0


@given(known=states())
@settings(max_examples=100, deadline=None)
def test_refunds_never_exceed_what_was_bought(known: list[Order]) -> None:
    source = document.read(world.PROGRAM.format(currency="GBP", enrolment="automatic", per="1.00"))
    assert isinstance(source, program.Program)
    for state in known:
        goal = differing.wanted(state, 1, channel="online")
        if goal is None:
            continue
        past = [facts.Event(256, 1, goal.at, goal.what)]
        for number, refund in enumerate(goal.refunds.values(), 2):
            event = facts.Event(number * 256, 1, goal.at, structs.replace(refund, of=256))
            refused, _ = history.check(source, past, event)
            assert refused is None
            past.append(event)


@given(known=states())
@settings(max_examples=200, deadline=None)
def test_a_plan_carried_out_leaves_nothing_to_do(known: list[Order]) -> None:
    standing = Standing()
    for state in known:
        goal = differing.wanted(state, 1, channel="online")
        carry(standing, differing.plan(standing, goal), goal)
        assert differing.plan(standing, goal).idle
        if goal is not None:
            assert standing.what == goal.what
            assert {name: one.what for name, one in standing.refunds.items()} == goal.refunds


def carry(standing: Standing, plan: differing.Plan, goal: differing.Wanted | None) -> None:
    for name in plan.undo:
        del standing.refunds[name]
    if plan.anew:
        standing.purchase, standing.what, standing.refunds = 0, None, {}
    if plan.purchase and goal is not None:
        standing.purchase, standing.what, standing.at = 256, goal.what, goal.at
        standing.customer = goal.customer
    refunds = dict(goal.refunds) if goal is not None else {differing.WHOLE: facts.Refund(0)}
    for name in plan.refunds:
        standing.refunds[name] = Booked(512, refunds[name])


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=5), st.integers(1, 20_000))
def test_all_money_back_is_all_goods_back_to_the_cent(parts: list[int], goods: int) -> None:
    total = sum(parts)
    state = Order(
        id="1",
        at=BOUGHT,
        updated_at=BOUGHT,
        currency="GBP",
        status="paid",
        items=(Item("a", 1, goods),),
        total=total,
        refunds=tuple(Back(str(place), gross=part) for place, part in enumerate(parts)),
    )
    assert sum(order.net_refunds(state).values()) == (goods if total else 0)


@pytest.mark.django_db(transaction=True)
def test_the_same_state_told_by_many_at_once_is_posted_once() -> None:
    bean = world.business("GBP")
    shop = world.connect(bean)
    states = [
        world.state("woocommerce", {**world.captured("order.created"), "refunds": []}),
        world.state("woocommerce", world.captured("order.created")),
    ]
    told = at_once(6, lambda one: posting.take(shop, states[one % 2], now=world.NOW))
    assert not failures(told)
    assert world.happened(bean).count("purchase") == 1
    assert ShopOrder.objects.count() == 1
    assert not ledger.verify(bean.pk)


@pytest.mark.django_db(transaction=True)
def test_different_states_at_once_end_at_the_newest() -> None:
    bean = world.business("GBP")
    shop = world.connect(bean)
    first = world.state("woocommerce", {**world.captured("order.created"), "refunds": []})
    posting.take(shop, first, now=world.NOW)

    def tell(before: int) -> str:
        number = before + 1
        item = structs.replace(first.items[0], amount=1_000 * number)
        at = first.updated_at + timedelta(minutes=number)
        one = structs.replace(first, items=(item,), updated_at=at)
        return posting.take(shop, one, now=world.NOW).word

    assert set(at_once(5, tell)) <= {"edited", "older"}
    assert world.points(bean) == {"Anna Rossi": 50}


@pytest.mark.django_db(transaction=True)
def test_many_orders_of_one_new_customer_at_once_make_one_customer() -> None:
    bean = world.business("GBP")
    shop = world.connect(bean)
    state = world.state("woocommerce", {**world.captured("order.created"), "refunds": []})

    def tell(number: int) -> str:
        one = structs.replace(state, id=str(number))
        return posting.take(shop, one, now=world.NOW).word

    assert at_once(4, tell) == ["posted"] * 4
    assert world.points(bean) == {"Anna Rossi": 4 * 37}
