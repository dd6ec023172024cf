"""Programs drawn from the whole vocabulary, with a sense: what is named exists, what pays is worth.

For laws of the file. They need not be sensible as business, only possible.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as some
from msgspec import structs

from habitue.core import program

DAYS = some.dates(date(2000, 1, 1), date(2090, 1, 1))
PERIODS = some.builds(
    program.Period,
    some.integers(1, 1_200),
    some.sampled_from(["minute", "hour", "day", "week", "month", "year"]),
)
LONG_PERIODS = some.builds(
    program.Period, some.integers(1, 1_200), some.sampled_from(["day", "week", "month", "year"])
)
CALENDARS: some.SearchStrategy[Any] = some.sampled_from(
    ["day", "week", "month", "quarter", "half-year", "year"]
)
TEXTS = some.text(some.characters(categories=["L", "N", "P"], codec="utf-8"), min_size=1).map(
    lambda text: text[:200]
)
TITLES = some.dictionaries(some.sampled_from(["en", "fr", "it"]), TEXTS)
NAMED = TITLES.filter(bool)
RATES = some.fractions(Fraction(1, 1_000), 1_000, max_denominator=1_000).filter(bool)
SHARES = some.sampled_from([Fraction(1, 10), Fraction(1, 3), Fraction(1, 2), Fraction(1)])
MONEY = some.integers(1, 10**9)
WORDS = some.sampled_from(["online", "terrace", "a b", "no", "12", "1.0", "é", "null", "#1"])
SEVERAL = some.lists(WORDS, min_size=1, max_size=2).map(tuple)
LEVEL_IDS = ("base", "silver", "gold")

# --- units -------------------------------------------------------------------------------------

RESTARTED = some.sampled_from([("purchase", "visit"), ("redemption", "payment", "share")])
EXPIRIES = some.one_of(
    some.builds(
        program.After, PERIODS, some.sampled_from([None, "month", "half-year", "March", "May"])
    ),
    some.builds(program.Inactivity, PERIODS, RESTARTED),
    some.builds(program.Redated, PERIODS, RESTARTED, some.none() | PERIODS),
    some.just(program.FixedDates(((12, 31), (6, 1)))),
)
PENDING = some.one_of(
    some.builds(program.Pending, PERIODS),
    some.builds(program.Pending, some.none(), DAYS),
    some.builds(
        program.Pending,
        event=some.sampled_from(["delivery", "visit", "approved-by-ann"]),
        within=some.none() | LONG_PERIODS,
    ),
    some.builds(program.Pending, approval=some.just(True), within=some.none() | LONG_PERIODS),
)
UNITS = some.builds(
    program.Unit,
    id=some.just("points"),
    title=TITLES,
    redeemable=some.just(True),
    qualifying=some.just(True),
    decimals=some.integers(0, 6),
    worth=RATES,
    rounding=some.sampled_from(["floor", "half-up", "ceil"]),
    carry=some.booleans(),
    expiry=some.none() | EXPIRIES,
    expiry_from=some.sampled_from(["activation", "event"]),
    pending=some.none() | PENDING,
    order=some.sampled_from(["nearest expiry", "first in"]),
)
NIGHTS = program.Unit("nights", redeemable=False, qualifying=True)
CREDIT = program.Unit("credit", decimals=2, worth=Fraction(1))

# --- conditions --------------------------------------------------------------------------------

DATES = some.one_of(
    some.builds(program.Dates, some.none(), DAYS),
    some.builds(program.Dates, DAYS, some.just(date(2099, 12, 31))),
)
EACH_YEAR = some.builds(
    program.EachYear, some.sampled_from([((12, 24),), ((2, 0), (6, 30)), ((1, 1), (1, 0))])
)
_BOUND = some.integers(-(10**6), 10**6)
LEAVES: tuple[some.SearchStrategy[Any], ...] = (
    some.builds(program.Among, some.sampled_from(["channel", "tender", "place"]), SEVERAL),
    some.just(program.Weekday((0, 6))),
    some.builds(program.Hours, some.integers(0, 700), some.integers(701, 1440)),
    DATES,
    EACH_YEAR,
    some.builds(program.MinimumOrder, MONEY),
    some.builds(program.FirstTime, some.booleans()),
    some.builds(program.MemberFor, PERIODS),
    some.just(program.Attribute("class", ("J", 3, True))),
    some.builds(program.Within, some.just("metres"), _BOUND),
    some.builds(program.Within, some.just("metres"), some.none(), _BOUND),
    some.builds(program.Within, some.just("metres"), some.just(-7), some.integers(0, 9)),
    some.builds(program.InSegment, SEVERAL),
    some.builds(program.Streak, some.integers(2, 1_200), some.sampled_from(["week", "day"])),
)
PLAIN_CONDITIONS = some.one_of(*LEAVES)


def conditions(*more: program.Condition) -> some.SearchStrategy[program.Condition]:
    """Conditions joined by all, any and not; `more` speak of what the program declares."""

    def joined(inner: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
        lists = some.lists(inner, min_size=1, max_size=2).map(tuple)
        both = some.one_of(some.builds(program.All, lists), some.builds(program.Any, lists))
        return both | some.builds(program.Not, inner)

    leaves = PLAIN_CONDITIONS | some.sampled_from(more) if more else PLAIN_CONDITIONS
    return some.recursive(leaves, joined, max_leaves=4).filter(lambda found: _depth(found) <= 5)


def every_condition(*more: program.Condition) -> some.SearchStrategy[program.Condition]:
    """All kinds of condition side by side."""
    return some.tuples(*LEAVES).map(lambda leaves: program.Any((*leaves, *more)))


def _depth(condition: program.Condition) -> int:
    if isinstance(condition, program.All | program.Any):
        return 1 + max(_depth(part) for part in condition.of)
    return 1 + _depth(condition.of) if isinstance(condition, program.Not) else 0


# --- rules -------------------------------------------------------------------------------------

AWARDS = some.one_of(
    some.builds(
        program.PerMoney,
        some.just("points"),
        RATES,
        some.integers(1, 10**6),
        some.sampled_from(["whole", "proportional"]),
    ),
    some.builds(program.PerItem, some.just("points"), RATES),
    some.builds(program.PerAttribute, some.just("points"), RATES, some.just("distance")),
    some.builds(program.Fixed, some.just("points"), RATES),
    some.builds(program.Multiply, RATES, some.none() | some.just("points")),
    some.builds(program.Bonus, some.just("points"), RATES),
)
LIMITS = some.builds(
    program.Limit,
    some.integers(1, 9),
    some.none() | some.integers(100, 10**6),
    some.one_of(some.none(), CALENDARS, PERIODS),
) | some.builds(
    program.Limit,
    some.integers(1, 9),
    some.none() | some.integers(100, 10**6),
    some.none() | CALENDARS,
    some.just(True),
)
LINES = some.builds(
    program.Lines,
    sku=SEVERAL,
    label=SEVERAL,
    excluding=some.none() | some.builds(program.Lines, category=SEVERAL),
)


@some.composite
def rules(draw: some.DrawFn, *more: program.Condition) -> program.EarnRule:
    """A rule; on a named day of the year, if it says `when: date`."""
    when = draw(some.sampled_from(["purchase", "share", "anniversary", "date", "segments"]))
    where = draw(some.none() | conditions(*more))
    if when == "date":
        day = draw(EACH_YEAR)
        where = program.All((day, where)) if where else day
    if where is not None and _depth(where) > 5:
        where = None if when != "date" else draw(EACH_YEAR)
    return program.EarnRule(
        id="rule",
        when=when,
        awards=draw(some.lists(AWARDS, min_size=1, max_size=3).map(tuple)),
        title=draw(TITLES),
        lines=draw(some.none() | LINES),
        where=where,
        dates=draw(some.none() | DATES),
        base=draw(some.sampled_from(["net", "gross", "with tax"])),
        covered=draw(some.sampled_from(["earns nothing", "earns"])),
        limits=draw(some.lists(LIMITS, max_size=2).map(tuple)),
        cool_down=draw(some.none() | PERIODS),
        on_limit=draw(some.sampled_from(["reduce", "refuse"])),
        group=draw(some.none() | some.just("drinks")),
        expiry=draw(some.none() | EXPIRIES),
        pending=draw(some.none() | PENDING),
    )


def _plain(when: str, where: program.Condition | None = None) -> program.EarnRule:
    """What makes every unit be earned on an event, so that there is something to multiply."""
    units = ("points", "nights", "credit")
    if when == "date":
        where = program.EachYear(((12, 24),))
    awards = tuple(program.Fixed(unit, Fraction(1)) for unit in units)
    return program.EarnRule(f"plain-{when}", when, awards, where=where)


# --- tiers -------------------------------------------------------------------------------------

ENDING: some.SearchStrategy[Any] = some.one_of(
    some.sampled_from([program.CalendarYear(), program.MembershipYear()]),
    some.builds(program.TierCycle, LONG_PERIODS),
)
ENDLESS: some.SearchStrategy[Any] = some.just(program.Lifetime()) | some.builds(
    program.Rolling, some.integers(1, 36), some.booleans()
)
KEPT: some.SearchStrategy[Any] = some.one_of(
    some.sampled_from([program.Always(), program.WhileEarned(), program.UntilDate(2, 0, 2)]),
    some.builds(program.UntilDate, some.just(12), some.just(31), some.integers(0, 3)),
    some.builds(program.For, LONG_PERIODS),
)
LAPSES = some.dictionaries(
    some.sampled_from(["points", "credit"]), some.none() | EXPIRIES, max_size=2
)


@some.composite
def ladders(draw: some.DrawFn) -> program.Ladder:
    """Two or three tiers, by counts or by the balance, at once or at the end of a period."""
    balance = draw(some.booleans())
    late = not balance and draw(some.booleans())
    windows = ENDING if late else ENDING | ENDLESS
    own = some.none() if balance else some.none() | windows
    third = ((("points", 20), ("nights", 3)), (("points", 30),))
    needs = ((), ((("points", 10),),), ((("points", 20),),) if balance else third)
    levels = tuple(
        program.Level(
            name,
            needs[place],
            draw(TITLES),
            draw(own) if place else None,
            draw(some.none() | KEPT) if place else None,
            draw(LAPSES),
        )
        for place, name in enumerate(LEVEL_IDS)
    )
    return program.Ladder(
        levels,
        program.CalendarYear() if balance else draw(windows),
        draw(KEPT),
        draw(some.sampled_from(["to level earned", "one step", "never", "to base"])),
        "balance" if balance else "count",
        "at period end" if late else "at once",
        draw(some.none() | LONG_PERIODS),
        draw(some.none() | LONG_PERIODS),
        draw(some.sampled_from(["tier before", "tier after"])),
    )


# --- rewards, benefits, draws ------------------------------------------------------------------

_THINGS = some.sampled_from(["product", "experience", "access", "upgrade"])
GIFTS = some.one_of(
    some.builds(program.Gift, _THINGS, TEXTS),
    some.builds(program.Gift, some.just("money off"), some.just(""), some.integers(1, 10**6)),
    some.builds(program.Gift, some.just("percent off"), TEXTS, some.integers(1, 100)),
    some.builds(
        program.Gift,
        some.just("units"),
        value=some.integers(1, 10**9),
        unit=some.just("points"),
    ),
)
FUND = some.builds(
    program.Gift, some.just("donation"), some.just("") | TEXTS, MONEY, to=some.just("fund")
)
MILES = some.builds(
    program.Gift,
    some.just("partner units"),
    TEXTS,
    some.integers(1, 10**9),
    to=some.just("airline"),
)
ENTRIES = some.builds(
    program.Gift,
    some.just("draw entry"),
    some.just("") | TEXTS,
    some.integers(1, 1_000),
    to=some.just("weekly"),
)
BENEFITS = some.builds(
    program.Benefit,
    id=some.just("wifi"),
    title=NAMED,
    tiers=some.sampled_from([(), ("gold",)]),
    uses=some.none()
    | some.builds(program.Limit, some.integers(1, 9), per=some.none() | CALENDARS | PERIODS),
    saves=some.none() | MONEY,
    minimum_order=some.none() | MONEY,
)
PRIZES = some.builds(program.Prize, GIFTS, some.none() | some.integers(1, 10), some.just(0) | MONEY)


@some.composite
def rewards(
    draw: some.DrawFn, gifts: some.SearchStrategy[program.Gift], *more: program.Condition
) -> program.Reward:
    """A reward, taken or brought by an event; then perhaps under a condition."""
    automatic = draw(some.sampled_from([None, "birthday", "purchase", "threshold", "pet-day"]))
    brought = automatic not in (None, "threshold")
    return program.Reward(
        id="gift",
        gifts=draw(some.lists(gifts, min_size=1, max_size=3).map(tuple)),
        title=draw(TITLES),
        cost=("points", 5),
        automatic=automatic,
        where=draw(some.none() | conditions(*more)) if brought else None,
        tiers=draw(some.sampled_from([(), ("base",), ("base", "silver")])),
        dates=draw(some.none() | DATES),
        limit=draw(some.none() | LIMITS),
        stock=draw(some.none() | some.integers(1, 10**9)),
        valid_for=draw(some.none() | PERIODS),
    )


@some.composite
def draws(draw: some.DrawFn, *more: program.Condition) -> program.Draw:
    """A draw with prizes enough: one of them comes in as many pieces as the odds ask."""
    prizes = draw(some.lists(PRIZES, max_size=2).map(tuple))
    odds = draw(some.sampled_from([Fraction(1, 4), Fraction(1, 3), Fraction(1)]))
    expects = draw(some.sampled_from([100, 4, 12]))
    pieces = draw(some.none() | some.just(expects))
    when = draw(some.sampled_from(["check-in", "purchase", ""]))
    entries = draw(some.integers(1, 3))
    return program.Draw(
        id="weekly",
        title=draw(NAMED),
        when=when,
        prizes=(*prizes, program.Prize(draw(GIFTS), pieces)),
        every=draw(CALENDARS),
        where=draw(some.none() | conditions(*more)) if when else None,
        entries=entries,
        limit=draw(some.none() | some.integers(entries, 9)),
        odds=odds,
        expects=expects,
        claim_within=draw(LONG_PERIODS | some.just(program.Period(30, "day"))),
    )


# --- the club ----------------------------------------------------------------------------------


@some.composite
def fees(draw: some.DrawFn) -> program.Fee:
    """One price, or a few in the order of their days."""
    every: Any = draw(some.sampled_from(["once", "month", "year"]))
    prices = [program.Price(draw(MONEY), draw(some.none() | DAYS))]
    for _ in range(draw(some.integers(0, 2))):
        since = (prices[-1].at_renewal_since or prices[-1].since or date(1999, 1, 1)) + timedelta(
            days=draw(some.integers(1, 900))
        )
        later = since + timedelta(days=draw(some.integers(0, 90)))
        renewal = draw(some.none() | some.just(later)) if every != "once" else None
        prices.append(program.Price(draw(MONEY), since, renewal))
    return program.Fee(
        tuple(prices),
        every,
        draw(some.none() | LONG_PERIODS),
        draw(some.sampled_from(["never", "if nothing was used", "always"])),
        draw(some.none() | LONG_PERIODS),
    )


PARTNERS = some.builds(
    program.Partner,
    id=some.just("airline"),
    title=NAMED,
    issuing=RATES,
    redeeming=some.just(Fraction(0)) | RATES,
    account=some.sampled_from(["post-paid", "prepaid"]),
)
PAY_WITH = some.builds(
    program.PayWith,
    unit=some.sampled_from(["points", "credit"]),
    least=some.integers(0, 10**6),
    most=SHARES,
    when_short=some.sampled_from(["refuse", "clamp"]),
)
HOUSEHOLDS = some.builds(
    program.Household,
    members=some.integers(2, 100),
    pools=some.sampled_from([("points",), ("points", "credit")]),
)
TRANSFERS = some.builds(
    program.Transfers,
    units=some.just(("credit",)),
    hold=some.none() | LONG_PERIODS,
    limit=some.none()
    | some.builds(program.Limit, some.none(), some.integers(1, 10**6), some.none() | CALENDARS),
) | some.builds(
    program.Transfers,
    units=some.just(("points", "credit")),
    limit=some.none() | some.builds(program.Limit, some.integers(1, 9)),
)
DIVIDENDS = some.builds(
    program.Dividend,
    pays=some.just("credit"),
    of=some.sampled_from(["points", "nights"]),
    share=SHARES,
    month=some.sampled_from(["January", "March", "December"]),
    least=some.integers(0, 10**6),
)
LEADERBOARDS = some.builds(program.Leaderboard, some.sampled_from(["points", "nights"]), CALENDARS)


def _perhaps(strategy: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    return some.none() | strategy


@some.composite
def whole_programs(draw: some.DrawFn) -> program.Program:
    """A program of any of everything that a file can say."""
    fee, partner = draw(_perhaps(fees())), draw(_perhaps(PARTNERS))
    tiers = draw(ladders())
    has_cause, has_draw = draw(some.booleans()), draw(some.booleans())
    more: list[program.Condition] = [program.TierIs(("gold",))]
    more += [program.Paid(value=False), program.Paid()] if fee else []
    more += [program.Among("partner", ("airline",))] if partner else []
    gifts = some.one_of(
        GIFTS,
        *([FUND] if has_cause else []),
        *([MILES] if partner else []),
        *([ENTRIES] if has_draw else []),
    )
    fixed = [
        program.Reward(kind.replace(" ", "-"), (draw(gift),), cost=("points", 1))
        for kind, gift, there in (("fund", FUND, has_cause), ("entry", ENTRIES, has_draw))
        if there
    ]
    rule = draw(_perhaps(rules(*more)))
    units = (draw(UNITS), NIGHTS, CREDIT)
    return program.Program(
        id="cafe-1",
        title=draw(NAMED),
        currency=draw(some.sampled_from(["EUR", "JPY", "KWD"])),
        timezone="Europe/Paris",
        units=units,
        rules=(
            *((rule,) if rule else ()),
            _plain("share", draw(_perhaps(every_condition(*more)))),
            *(_plain(when) for when in ("purchase", "anniversary", "date", "segments")),
        ),
        tiers=tiers,
        rewards=(*draw(some.lists(rewards(gifts, *more), max_size=1)), *fixed),
        benefits=draw(some.lists(BENEFITS, max_size=1).map(tuple)),
        since=draw(some.none() | DAYS),
        enrolment=draw(some.sampled_from(["on request", "automatic"])),
        refund_of_spent=draw(
            some.sampled_from(["never below zero", "negative", "lower the refund"])
        ),
        undo_within=draw(PERIODS),
        combine={"drinks": "best"} if rule and rule.group else {},
        pay_with=draw(_perhaps(PAY_WITH)),
        fee=fee,
        causes=(program.Cause("fund", draw(NAMED)),) if has_cause else (),
        partners=(partner,) if partner else (),
        household=draw(_perhaps(HOUSEHOLDS)),
        transfers=draw(_perhaps(TRANSFERS)),
        draws=(draw(draws(*more)),) if has_draw else (),
        dividend=draw(_perhaps(DIVIDENDS)),
        leaderboard=draw(_perhaps(LEADERBOARDS)),
    )


CLUBS = some.builds(
    lambda fee, benefit, title: program.Program(
        "club", title, "EUR", "Europe/Rome", fee=fee, benefits=(structs.replace(benefit, tiers=()),)
    ),
    _perhaps(fees()),
    BENEFITS,
    NAMED,
)
"""Programs without units: benefits, perhaps for a fee."""
