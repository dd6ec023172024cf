"""Whatever states of an order are told, in whatever order and how often: the newest counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
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

WHO = Person(external="3", email="alice@example.org", name="Alice")
BOUGHT = world.NOW - timedelta(days=3)

items = st.builds(
    Item,
    id=st.sampled_from(["a", "b", "c"]),
    quantity=st.integers(0, 4),
    amount=st.integers(0, 9_999),
    tax=st.integers(0, 500),
)
backs = st.builds(
    Back,
    id=st.sampled_from(["r1", "r2", "r3"]),
    pieces=st.lists(
        st.tuples(st.sampled_from(["a", "b", "c", "x"]), st.integers(0, 3)), max_size=2
    ).map(tuple),
    net=st.none() | st.integers(0, 9_999),
    gross=st.integers(0, 20_000),
)


@st.composite
def states(draw: st.DrawFn) -> list[Order]:
    """The states of one order, the oldest first. What a refund is stays the same."""
    refunds = {back.id: back for back in draw(st.lists(backs, max_size=3))}
    found = []
    for minute in range(draw(st.integers(1, 4))):
        goods = {item.id: item for item in draw(st.lists(items, max_size=3))}
        here = draw(st.sets(st.sampled_from(sorted(refunds)))) if refunds else set()
        found.append(
            Order(
                id="1",
                at=BOUGHT,
                updated_at=BOUGHT + timedelta(minutes=minute),
                currency="GBP",
                status=draw(st.sampled_from(["paid", "paid", "paid", "pending", "cancelled"])),
                items=tuple(goods.values()),
                total=sum(item.amount + item.tax for item in goods.values()) + 500,
                refunds=tuple(refunds[name] for name in sorted(here)),
                test=draw(st.integers(0, 9)) == 0,
                person=WHO if draw(st.integers(0, 9)) else None,
            )
        )
    return found


@st.composite
def ways(draw: st.DrawFn) -> tuple[list[Order], Order]:
    """A subset of an order's states with its newest, in any order and repeated at will."""
    known = draw(states())
    newest = known[-1]
    some = draw(st.lists(st.sampled_from(known), max_size=5))
    place = draw(st.integers(0, len(some)))
    return [*some[:place], newest, *some[place:]], newest


@pytest.fixture
def bean(db: None) -> Business:
    return world.business("GBP")


@given(way=ways())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_way_to_the_newest_state_ends_where_the_newest_alone_ends(
    bean: Business, way: tuple[list[Order], Order]
) -> None:
    told, newest = way
    shop = world.connect(bean, address=f"https://93.184.215.{Shop.objects.count() % 250}/{id(way)}")
    for state in told:
        became = posting.take(shop, fresh(state, shop), now=world.NOW)
        assert became.word != "refused", became
    lone = world.connect(bean, address=f"https://93.184.215.1/{id(way)}/alone")
    posting.take(lone, fresh(anybody(newest, told), lone), now=world.NOW)
    assert held(bean, shop) == held(bean, lone)
    assert not ledger.verify(bean.pk)


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
    start, words = Barrier(6), []

    def tell(number: int) -> None:
        try:
            start.wait()
            words.append(posting.take(shop, states[number % 2], now=world.NOW).word)
        finally:
            connection.close()

    threads = [Thread(target=tell, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(words) == 6
    assert world.happened(bean).count("purchase") == 1
    assert ShopOrder.objects.count() == 1
    assert not ledger.verify(bean.pk)


@pytest.mark.django_db(transaction=True)
def test_many_orders_of_one_new_customer_at_once_make_one_customer() -> None:
    bean = world.business("GBP")
    shop = world.connect(bean)
    state = world.state("woocommerce", {**world.captured("order.created"), "refunds": []})
    start, words = Barrier(4), []

    def tell(number: int) -> None:
        try:
            start.wait()
            one = structs.replace(state, id=str(number))
            words.append(posting.take(shop, one, now=world.NOW).word)
        finally:
            connection.close()

    threads = [Thread(target=tell, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert words == ["posted"] * 4
    assert world.points(bean) == {"Anna Rossi": 4 * 37}
