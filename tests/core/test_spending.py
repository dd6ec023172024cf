"""Laws of spending: whatever paid for whatever, in whatever order it comes back."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import assume, event, given
from hypothesis import strategies as some

from habitue.core import engine, facts
from habitue.core.facts import Event, Line, Payment, Purchase, Refund, Returned
from habitue.core.program import (
    After,
    Benefit,
    Cause,
    EarnRule,
    Fee,
    FirstTime,
    Gift,
    Limit,
    MinimumOrder,
    PayWith,
    Period,
    PerItem,
    Price,
    Program,
    Reward,
    Unit,
)
from tests.core.cast import ALICE, PER_EURO, STEP, Stage, as_of, at, cafe, picture
from tests.core.drawn import lawful

CAKE = (Gift("product", "cake"),)
SHOES = Gift("donation", "shoes", 300, to="shoes")


@some.composite
def spenders(draw: Any) -> Program:
    """Programs in which units can be spent in every way there is."""
    stock = draw(some.none() | some.integers(1, 3))
    rewards = (
        Reward("coffee", CAKE, cost=("points", 10), valid_for=Period(30, "day"), stock=stock),
        Reward("give", (SHOES,), cost=("points", 5)),
        Reward("either", (*CAKE, SHOES), cost=("points", 7), limit=Limit(times=2, per="month")),
        Reward("hello", CAKE, automatic="purchase", where=FirstTime()),
        Reward("free", CAKE, automatic="purchase", where=MinimumOrder(1_500), stock=stock,
               limit=draw(some.none() | some.just(Limit(times=2, total=True)))),
        Reward("card", CAKE, cost=("stamps", 4), automatic="threshold", stock=stock),
    )  # fmt: skip
    points = Unit("points", worth=Fraction(7, 200),
                  expiry=draw(some.none() | some.just(After(Period(20, "day")))))  # fmt: skip
    stamp = EarnRule("stamp", "purchase", (PerItem("stamps", Fraction(1)),))
    return cafe(
        units=(points, Unit("stamps")),
        rules=(PER_EURO, stamp),
        rewards=rewards,
        causes=(Cause("shoes", {"en": "Shoes"}),),
        benefits=(Benefit("delivery", {"en": "Delivery"}, uses=Limit(times=2), saves=500),),
        pay_with=PayWith("points", least=draw(some.sampled_from([0, 3])), most=Fraction(1, 2),
                         when_short=draw(some.sampled_from(["refuse", "clamp"]))),
        fee=draw(some.none() | some.just(Fee((Price(100),), "month", Period(40, "day")))),
        refund_of_spent=draw(
            some.sampled_from(["never below zero", "negative", "lower the refund"])
        ),
        undo_within=Period(1, "year"),
    )  # fmt: skip


PLAIN: dict[str, facts.What] = {
    "take": facts.Redemption("coffee"),
    "give": facts.Redemption("give"),
    "either": facts.Redemption("either"),
    "benefit": facts.BenefitUse("delivery"),
    "fee": facts.FeePaid(100, "EUR"),
    "leave": facts.Cancellation(),
}
BUYING = ["buy", "buy", "pay and buy", "take and buy", "use and buy", "late buy"]
KINDS = [*BUYING, *PLAIN, "use", "return", "return", "return all", "undo"]
MOVES = some.lists(
    some.tuples(
        some.sampled_from([0, 0, 1, 9, 21]),
        some.sampled_from(KINDS),
        some.integers(0, 9),
    ),
    min_size=4,
    max_size=12,
)


class Play:
    """A drawn history, played move by move on a stage; Alice has 40 points to begin with."""

    def __init__(self, source: Program) -> None:
        self.stage = Stage(source)
        self.day, self.clock = date(2026, 1, 10), 0
        self.post(facts.Adjustment("points", 40, "a start"))

    def post(self, what: facts.What, *, earlier: int = 0) -> engine.Outcome:
        self.clock += 1
        moment = at(self.day, 8) + timedelta(minutes=self.clock) - timedelta(days=earlier)
        before = deepcopy(self.stage.accounts.get(ALICE))
        outcome = self.stage.post(moment, what)
        if outcome.refused is not None:
            assert self.stage.account() == before
        event(f"{facts.kind(what)} {outcome.refused.code if outcome.refused else ''}")
        return outcome

    def buys(self, pick: int, paid: engine.Outcome | None = None) -> None:
        """Some pieces at 4.50, perhaps paid in part with what was just spent."""
        lines = (Line(450 * (pick % 4 + 1), pick % 4 + 1), Line(300))
        purchase = Purchase(lines, "EUR")
        if paid is not None and paid.refused is None:
            spent = paid.event.what
            covered = spent.money if isinstance(spent, Payment) else 200
            purchase = Purchase(lines, "EUR", covered=covered, spent=(paid.event.id,))
        self.post(purchase)

    def move(self, days: int, kind: str, pick: int) -> None:
        self.day += timedelta(days=days)
        past = self.stage.histories[ALICE]
        match kind:
            case "buy":
                self.buys(pick)
            case "late buy":
                self.post(Purchase((Line(450),), "EUR"), earlier=pick)
            case "pay and buy":
                self.buys(pick, self.post(Payment(50 * (pick + 1), 1_000)))
            case "take and buy":
                self.buys(pick, self.post(facts.Redemption("coffee", at_once=pick % 2 == 0)))
            case "use and buy":
                self.buys(pick, self.post(self.use(pick)))
            case "use":
                self.post(self.use(pick))
            case "undo":
                self.post(facts.Undo(past[pick % len(past)].id))
            case "return" | "return all":
                self.returns(pick, (Returned(0),) if kind == "return" else ())
            case _ if kind in PLAIN:
                self.post(PLAIN[kind])

    def returns(self, pick: int, lines: tuple[Returned, ...]) -> None:
        past = self.stage.histories[ALICE]
        bought = [known for known in past if isinstance(known.what, Purchase)]
        if bought:
            self.post(Refund(bought[pick % len(bought)].id, lines))

    def use(self, pick: int) -> facts.VoucherUse:
        held = self.stage.account().vouchers or ()
        open_ones = [each for each in held if each.state == "issued"]
        if not open_ones:
            return facts.VoucherUse(1)
        voucher = open_ones[pick % len(open_ones)]
        return facts.VoucherUse(voucher.id, choice=int(voucher.reward == "either" and pick % 2))


@lawful
@given(spenders(), MOVES)
def test_history_folds_to_the_living_account_and_sums_to_what_all_share(
    source: Program, moves: list[tuple[int, str, int]]
) -> None:
    play = Play(source)
    for move in moves:
        play.move(*move)
        account, past = play.stage.account(), play.stage.histories[ALICE]
        last = max(known.at for known in past)
        day = last.astimezone(play.stage.book.zone).date()
        folded = engine.fold(play.stage.book, past, day, customer=ALICE)
        assert picture(folded) == picture(as_of(play.stage.book, account, day))
        shared = {name: sums for name, sums in play.stage.totals.items() if sums != (0, 0)}
        assert shared == account.memory.tallies
        for reward in source.rewards:
            if reward.stock is not None:
                assert shared.get(f"stock {reward.id}", (0, 0))[0] >= 0
        held = sum(lot.remaining for lot in account.lots or () if lot.unit == 0)
        assert account.balances[0] == held - account.memory.debts.get(0, 0)
        if source.refund_of_spent != "negative":
            assert account.memory.debts == {}


@lawful
@given(spenders(), MOVES, some.data())
def test_returns_in_any_order_end_in_the_same_account_whatever_paid(
    source: Program, moves: list[tuple[int, str, int]], data: some.DataObject
) -> None:
    play = Play(source)
    for days, kind, pick in moves:
        if not kind.startswith(("return", "undo", "late")):
            play.move(days, kind, pick)
    past = play.stage.histories[ALICE]
    pieces = [
        Refund(known.id, (Returned(number),))
        for known in past
        if isinstance(known.what, Purchase)
        for number, line in enumerate(known.what.lines)
        for _ in range(line.quantity)
    ]
    assume(len(pieces) > 1)
    pieces = data.draw(some.permutations(pieces))[:6]
    mirror, last = deepcopy(play.stage), at(play.day, 22)
    cash = [0, 0]
    for side, (stage, order) in enumerate(
        [(play.stage, pieces), (mirror, data.draw(some.permutations(pieces)))]
    ):
        for number, refund in enumerate(order):
            (outcome,) = stage.run([Event((500 + number) * STEP, ALICE, last, refund)])
            assert outcome.refused is None
            forgiven = outcome.event.forgiven
            cash[side] += outcome.money + (forgiven.withheld if forgiven else 0)
    assert picture(play.stage.account()) == picture(mirror.account())
    assert cash[0] == cash[1]
