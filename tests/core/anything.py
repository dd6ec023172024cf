"""Programs of anything that a file may say, small enough that drawn histories reach it all, and
histories that use it: what is named, paid, waited for, shared, given and merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import settings
from hypothesis import strategies as some
from msgspec import structs

from habitue.core import facts, fees, program
from habitue.core.facts import Event
from habitue.core.program import Gift, Limit, Period, Reward
from tests.core import drawn
from tests.core.cast import ALICE, BRUNO, STEP, Stage, at
from tests.core.drawn import START, Move

lawful = settings(drawn.lawful, max_examples=max(drawn.EXAMPLES * 2 // 3, 1))
"""Fewer examples than of `drawn`, since each is drawn of so much more."""

Story = list[tuple[Move, int]]
"""What happens, and to whom."""

OTHERS = {"funded bakery": (0, 400), "issued bakery points": (7, 70), "given fund": (2, 20)}
"""What all members together hold before anybody of the cast comes."""

OPENING = 10 * STEP
"""The events with which a stage is opened have the numbers up to here."""

# --- programs ----------------------------------------------------------------------------------

TOTAL = some.sampled_from(
    [
        Limit(times=3, total=True),
        Limit(amount=9, per="month", total=True),
        Limit(times=2, per="year", total=True),
    ]
)
WAITING = some.sampled_from(
    [
        program.Pending(event="delivery"),
        program.Pending(event="visit", within=Period(20, "day")),
        program.Pending(approval=True),
        program.Pending(approval=True, within=Period(15, "day")),
    ]
)
WHERE = some.sampled_from(
    [
        program.Among("channel", ("online",)),
        program.Among("partner", ("bakery",)),
        program.Not(program.Among("tender", ("card",))),
        program.Any((program.Among("place", ("terrace",)), program.MinimumOrder(900))),
        program.Attribute("class", ("J", 3)),
        program.Within("nights", 2, 3),
        program.InSegment(("regulars",)),
        program.MemberFor(Period(10, "day")),
        program.FirstTime(),
        program.Dates(START + timedelta(days=2), START + timedelta(days=60)),
        program.All((program.Streak(2), program.Not(program.Weekday((6,))))),
    ]
)
FIXED = some.builds(
    program.Fixed, some.sampled_from(["points", "stamps"]), some.sampled_from([Fraction(3)])
)
EXTRAS = ("purchase", "purchase", "share", "flight", "visit", "enrolment", "birthday",
          "anniversary", "date", "segments", "fee_paid", "delivery")  # fmt: skip


def _extra(draw: Any, number: int) -> program.EarnRule:
    when = draw(some.sampled_from(EXTRAS))
    award: program.Award = draw(FIXED)
    if when == "flight":
        award = program.PerAttribute("points", Fraction(1, 10), "distance")
    where: Any = program.EachYear(((12, 24), (1, 1))) if when == "date" else None
    if when in ("purchase", "share", "visit", "segments"):
        where = draw(some.none() | WHERE)
    limited = draw(some.sampled_from([False, False, True]))
    return program.EarnRule(
        f"extra {number}",
        when,
        (award,),
        where=where,
        covered=draw(some.sampled_from(["earns", "earns nothing"])),
        limits=(draw(TOTAL),) if limited else (),
        on_limit=draw(some.sampled_from(["reduce", "reduce", "refuse"])),
        pending=draw(some.none() | some.none() | WAITING),
    )


GIFTS = (
    Gift("units", unit="stamps", value=4),
    Gift("percent off", "any", 10),
    Gift("draw entry", to="weekly", value=2),
    Gift("donation", to="fund", value=30),
)
STOCKS = some.none() | some.integers(1, 2)


@some.composite
def _rewards(draw: Any, source: program.Program) -> tuple[Reward, ...]:
    """Those of `drawn`, some with a stock or limit for all, and gifts of every kind."""
    more = [
        Reward("fund", (GIFTS[3],), cost=("points", 3)),
        Reward("ticket", (GIFTS[2],), cost=("points", 2), stock=draw(STOCKS)),
        Reward(
            "miles", (Gift("partner units", "miles", 9, to="bakery"), GIFTS[1]), cost=("points", 3)
        ),
        Reward(
            "tart",
            (draw(some.sampled_from(GIFTS)),),
            automatic=draw(some.sampled_from(["purchase", "share", "anniversary", "enrolment"])),
            where=draw(some.none() | WHERE),
            stock=draw(STOCKS),
            limit=draw(some.none() | some.just(Limit(times=1, per="month")) | TOTAL),
        ),
    ]
    coffee = structs.replace(source.rewards[0], stock=draw(STOCKS))
    return (coffee, *source.rewards[1:], *draw(some.permutations(more))[:2])


FEES = some.builds(
    program.Fee,
    some.sampled_from(
        [
            (program.Price(500),),
            (program.Price(500), program.Price(700, START + timedelta(days=20))),
        ]
    ),
    some.sampled_from(["month", "year", "once"]),
    some.none() | some.just(Period(14, "day")),
    some.sampled_from(["if nothing was used", "always", "never"]),
    some.none() | some.just(Period(5, "day")),
)
DRAWS = some.builds(
    program.Draw,
    some.just("weekly"),
    some.just({"en": "Weekly draw"}),
    some.sampled_from(
        [
            (program.Prize(Gift("product", "trip"), 1), program.Prize(GIFTS[0], 1)),
            (program.Prize(Gift("product", "trip"), 1), program.Prize(GIFTS[0], None)),
        ]
    ),
    some.sampled_from(["purchase", "visit", "share", ""]),
    some.sampled_from(["week", "month"]),
    some.none() | some.just(program.Among("channel", ("online",))),
    some.integers(1, 2),
    some.sampled_from([None, 2, 3]),
)


def _waits(draw: Any, unit: program.Unit) -> program.Unit:
    waiting = draw(some.sampled_from([False] * 5 + [True]))
    return structs.replace(unit, pending=draw(WAITING)) if waiting else unit


def _lapsing(draw: Any, ladder: program.Ladder | None) -> program.Ladder | None:
    """Perhaps who holds a level keeps points longer, or for ever."""
    if ladder is None or draw(some.booleans()):
        return ladder
    longer = draw(some.none() | some.just(program.After(Period(3, "month"))))
    levels = [structs.replace(ladder.levels[1], expiry={"points": longer})]
    return structs.replace(ladder, levels=(ladder.levels[0], *levels, *ladder.levels[2:]))


@some.composite
def any_programs(draw: Any) -> program.Program:
    """A program of `drawn`, and beside it anything else that there is."""
    source: program.Program = draw(drawn.programs())
    points, stamps, spend = source.units
    points = structs.replace(_waits(draw, points), worth=Fraction(1, 20))
    fee = draw(some.sampled_from([False, False, False, True]))
    return structs.replace(
        source,
        units=(points, _waits(draw, stamps), spend),
        rules=(
            *source.rules,
            *(_extra(draw, number) for number in range(draw(some.integers(0, 3)))),
        ),
        tiers=_lapsing(draw, source.tiers),
        rewards=draw(_rewards(source)),
        benefits=(
            program.Benefit(
                "wifi",
                {"en": "Wi-Fi"},
                uses=draw(some.none() | some.just(Limit(times=2, per="month"))),
                saves=draw(some.none() | some.just(300)),
            ),
        ),
        refund_of_spent=draw(
            some.sampled_from(["never below zero", "negative", "lower the refund"])
        ),
        pay_with=program.PayWith(
            "points",
            draw(some.sampled_from([0, 2])),
            draw(some.sampled_from([Fraction(1), Fraction(1, 2)])),
            draw(some.sampled_from(["refuse", "clamp"])),
        ),
        fee=draw(FEES) if fee else None,
        causes=(program.Cause("fund", {"en": "Fund"}),),
        partners=(
            program.Partner(
                "bakery",
                {"en": "Bakery"},
                Fraction(1, 10),
                Fraction(1, 20),
                draw(some.sampled_from(["post-paid", "prepaid"])),
            ),
        ),
        transfers=program.Transfers(
            ("points", "stamps"),
            draw(some.none() | some.just(Period(1, "day"))),
            draw(some.none() | some.just(Limit(amount=20, per="month"))),
        ),
        draws=(draw(DRAWS),),
    )


VERSIONS = some.sampled_from([1, 1, 2, 3])


@some.composite
def any_books(draw: Any) -> tuple[program.Program, ...]:
    """One to three versions of a program, the later ones from some day of the history on.

    Everything may change but what units there are, their decimals, and how one joins.
    """
    first: program.Program = draw(any_programs())
    versions, day = [first], START
    for _ in range(draw(VERSIONS) - 1):
        day += timedelta(days=draw(some.sampled_from([1, 3, 15, 40])))
        source: program.Program = draw(any_programs())
        units = zip(source.units, first.units, strict=True)
        versions.append(
            structs.replace(
                source,
                since=day,
                units=tuple(structs.replace(unit, decimals=was.decimals) for unit, was in units),
                enrolment=first.enrolment,
                rules=tuple(reversed(source.rules)),
            )
        )
    return tuple(versions)


# --- histories ---------------------------------------------------------------------------------

EARNING = (
    "buy", "buy", "buy", "buy there", "buy there", "buy there", "visit", "share", "flight",
    "delivery", "birthday", "anniversary", "date", "segments", "approve", "fee", "benefit",
    "grant", "wait",
)  # fmt: skip
BUYING = ("buy", "buy", "buy there", "buy there", "buy there")
TAKING = ("take", "take now", "take other", "take other", "pay", "pay", "buy with", "buy with",
          "buy with", "use")  # fmt: skip
SPENDING = (
    "take", "take now", "take other", "take other", "pay", "pay", "buy with", "buy with", "use",
    "use", "cancel", "fee failed", "fee back", "won", "take back",
)  # fmt: skip
MOVING = ("gift", "gift", "merge", "unmerge")
CORRECTING = ("return", "return", "return all", "undo", "undo")


def stories(
    *kinds: str, who: Sequence[int] = (ALICE,), least: int = 3, most: int = 10
) -> some.SearchStrategy[Story]:
    """Histories of these kinds of moves among these guests."""
    single = drawn.moves(*kinds, least=1, most=1).map(lambda moves: moves[0])
    return some.lists(some.tuples(single, some.sampled_from(who)), min_size=least, max_size=most)


def opened(*versions: program.Program, who: Sequence[int] = (ALICE,)) -> Stage:
    """A stage on which guests are (where a program asks for it) members already, some with a gift
    to start from.
    """
    stage = Stage(*versions)
    stage.totals.update(OTHERS)
    for guest in who:
        joins = versions[0].enrolment == "on request"
        what = facts.Enrolment() if joins else facts.Passage()
        stage.run([Event(guest * STEP, guest, at("2027-11-01"), what)])
        if len(versions[0].rules) % 2:
            gift = facts.Adjustment("points", 20, "a start")
            stage.run([Event((guest + 2) * STEP, guest, at("2027-11-01", 13), gift)])
        if versions[0].fee is not None:
            price = versions[0].fee.prices[0].price
            stage.run(
                [Event((guest + 4) * STEP, guest, at("2027-11-02"), facts.FeePaid(price, "EUR"))]
            )
    return stage


def events(story: Story) -> list[Event]:
    """A story as events that do not look at what came before them (`meant` does)."""
    found = drawn.dated([move for move, _ in story])
    whos = [who for _, who in story]
    return [
        structs.replace(one, id=one.id + OPENING, customer=who)
        for one, who in zip(found, whos, strict=True)
    ]


def meant(stage: Stage, happening: Event, move: Move) -> Event:
    """What a move means where the stage stands."""
    return structs.replace(happening, what=_what(stage, happening, move))


def returns(bought: Sequence[Event], data: some.DataObject) -> list[facts.Refund]:
    """Returns of some purchases, in an order that is drawn: of whole ones, or piece by piece."""
    found = [
        part
        for known in bought
        if isinstance(known.what, facts.Purchase)
        for part in _ways(known.what, data)(known.id, known.what)
    ]
    if not found:
        return []
    most = min(len(found), 5)
    places = some.lists(some.integers(0, len(found) - 1), unique=True, min_size=1, max_size=most)
    chosen = [found[place] for place in data.draw(places)]
    paid = [one.id for one in bought if isinstance(one.what, facts.Purchase) and one.what.spent]
    also = [one for one in found if one.of in paid and not one.lines and one not in chosen]
    return [*chosen, *also]


def _ways(what: facts.Purchase, data: some.DataObject) -> Any:
    """What was paid with units mostly comes back whole, since that gives these back."""
    ways = [_whole, _whole, _pieces] if what.spent else [_whole, _pieces, _pieces]
    return data.draw(some.sampled_from(ways))


def _whole(of: int, what: facts.Purchase) -> list[facts.Refund]:
    return [facts.Refund(of)]


def _pieces(of: int, what: facts.Purchase) -> list[facts.Refund]:
    return [
        facts.Refund(of, (facts.Returned(number, 1),))
        for number, line in enumerate(what.lines)
        for _ in range(line.quantity)
    ]


def _what(stage: Stage, happening: Event, move: Move) -> facts.What:
    who, pick = happening.customer, move.pick
    past = stage.histories.get(who, [])
    plain = _plain(move)
    if plain is not None:
        return plain
    match move.kind:
        case "take other":
            book = stage.book.on(happening.at.date()).program
            others = [each.id for each in book.rewards if each.cost and not each.automatic]
            partner = "bakery" if pick % 2 else ""
            return facts.Redemption(others[pick % len(others)], pick > 3, partner)
        case "buy with":
            return _paid_purchase(past, move)
        case "use":
            held = stage.accounts[who].vouchers if who in stage.accounts else ()
            issued = [each.id for each in held or () if each.state == "issued"]
            number = issued[pick % len(issued)] if issued else 1
            return facts.VoucherUse(number, partner="bakery" if pick == 4 else "")
        case "fee":
            day = happening.at.date()
            account = stage.accounts.get(who)
            asked = fees.price_asked(stage.book.on(day).program, account, day) if account else 0
            return facts.FeePaid(asked or 500, "EUR")
        case "approve":
            waits = [one.id for one in past if isinstance(one.what, facts.Purchase | facts.Visit)]
            return facts.Approval(waits[pick % len(waits)] if waits else 1, pick != 3)
        case "gift":
            unit = "points" if pick % 2 else "stamps"
            return facts.Transfer(unit, 1 + pick, ALICE + BRUNO - who)
        case "merge":
            return facts.Merge(ALICE + BRUNO - who)
        case "unmerge":
            merges = [one.id for one in past if isinstance(one.what, facts.Merge)]
            return facts.Undo(merges[-1] if merges else 1)
        case "return all":
            bought = [one.id for one in past if isinstance(one.what, facts.Purchase)]
            return facts.Refund(bought[pick % len(bought)] if bought else 1)
        case "won":
            names = [name for name in stage.totals if name.startswith("draw weekly ")]
            start = names[pick % len(names)].split(" ")[-1] if names else "2027-11-15"
            return facts.Won("weekly", date.fromisoformat(start), pick % 2)
        case _:
            return drawn.resolved(stage, happening, move).what


def _plain(move: Move) -> facts.What | None:
    """Moves that look at nothing."""
    pick = move.pick
    match move.kind:
        case "buy there":
            where: dict[str, Any] = {
                "channel": ("online", "counter")[pick % 2],
                "partner": ("bakery", "", "smithy")[pick % 3],
                "tender": ("card", "cash")[pick % 2],
                "place": ("terrace", "")[pick % 2],
                "attributes": ({}, {"class": "J"}, {"nights": pick})[pick % 3],
            }
            return facts.Purchase(_lines(move), "EUR", **where)
        case "flight":
            return facts.Action(
                "flight", attributes={"distance": 37 * (pick + 1)}, partner="bakery"
            )
        case "delivery":
            return facts.Action("delivery", of=OPENING + STEP * pick)
        case "anniversary":
            return facts.Anniversary()
        case "date":
            return facts.CalendarDay()
        case "segments":
            return facts.Segments(("regulars",) if pick % 2 else ())
        case "benefit":
            return facts.BenefitUse("wifi", 1 + pick % 2)
        case "pay":
            return facts.Payment(20 + 30 * pick, 400, "bakery" if pick == 2 else "")
        case "cancel":
            return facts.Cancellation()
        case "fee failed":
            return facts.FeeFailed()
        case "fee back":
            return facts.FeeRefunded()
        case _:
            return None


def _lines(move: Move) -> tuple[facts.Line, ...]:
    return tuple(
        facts.Line(quantity * price, quantity, category=category, discount=10, tax=price)
        for category, quantity, price in move.lines
    )


def _paid_purchase(past: Sequence[Event], move: Move) -> facts.Purchase:
    """A purchase that names what it was paid with, if there is something that none names yet."""
    lines = _lines(move)
    named = {of for one in past if isinstance(one.what, facts.Purchase) for of in one.what.spent}
    kinds = facts.Payment | facts.Redemption | facts.VoucherUse
    ways = [one for one in past if isinstance(one.what, kinds) and one.id not in named]
    if not ways:
        return facts.Purchase(lines, "EUR")
    paid = ways[-1]
    money = paid.what.money if isinstance(paid.what, facts.Payment) else 50
    covered = min(money, sum(line.amount for line in lines))
    return facts.Purchase(lines, "EUR", covered=covered, spent=(paid.id,))
