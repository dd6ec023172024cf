"""A business's statement of what it owes in units: rolled forward, valued, deferred. From sums.

Whoever has the sums (the ledger, by SQL) hands them in; what they mean is said here, once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from msgspec import Struct

from habitue.core import allocation, breakage, liability
from habitue.core.breakage import Curve, Fate
from habitue.core.calendar import FOREVER, end_of
from habitue.core.liability import Flows, Roll
from habitue.core.rulebook import Book


class OpenLots(Struct, frozen=True):
    """Lots of one unit (by number) earned on one day that lapse on one: how many, what is open."""

    unit: int
    earned_on: date
    expires_on: date
    lots: int
    open: int


class Sums(Struct, frozen=True):
    """All that is asked of the ledger, through the end of a day; units by their numbers.

    `sales`: what members bought, by the month's first day (minor units). `unswept`: by unit, how
    much fell due and is counted here although no sweep has written it yet.
    """

    flows: Mapping[int, Flows]
    lots: Sequence[OpenLots]
    fates: Mapping[int, Sequence[Fate]]
    sales: Mapping[date, int]
    unswept: Mapping[int, int] = {}


class Group(Struct, frozen=True):
    """Open units by the version of the rules that made them and the month in which they lapse.

    `lapses` is that month's first day, None for units that keep no date of their own. `value`: at
    full worth; `expected`: that of the share that will be redeemed (minor units).
    """

    version: int
    lapses: date | None
    lots: int
    units: int
    value: int
    expected: int


class Deferral(Struct, frozen=True):
    """A month under IFRS 15, in minor units: of `sales`, so much belongs to the units given.

    `standalone` is what these are worth, less breakage. `recognized`, of all that was deferred
    until now, is revenue of this month; `closing` is the contract liability that is left.
    """

    month: date
    sales: int
    standalone: int
    deferred: int
    recognized: int
    closing: int


class Holding(Struct, frozen=True):
    """One unit on the day. `worth`: minor units for one step of fixed point, None if unknown.

    `rolls` are in units, `values` the same months in money. `owed` is what members owe (open lots
    less this are the closing balance), `unswept` what fell due and is not written yet.
    `redemption` is the share used: stated, or the curve's, or all while neither is there.
    """

    unit: str
    number: int
    decimals: int
    worth: Fraction | None
    rolls: tuple[Roll, ...]
    values: tuple[Roll, ...]
    groups: tuple[Group, ...]
    deferrals: tuple[Deferral, ...]
    owed: int
    unswept: int
    curve: Curve
    redemption: Fraction
    stated: bool

    @property
    def known(self) -> bool:
        """Whether the share redeemed is stated or known, not merely taken to be all."""
        return self.stated or self.curve.enough

    @property
    def value(self) -> int:
        """All open units at full worth."""
        return sum(group.value for group in self.groups)

    @property
    def expected(self) -> int:
        """Open units at the worth of those that will be redeemed."""
        return sum(group.expected for group in self.groups)


class Statement(Struct, frozen=True):
    """What was owed in units at the end of a local day."""

    on: date
    currency: str
    holdings: tuple[Holding, ...]


def drawn(
    book: Book, sums: Sums, *, on: date, months: int, redemption: Fraction | None
) -> Statement:
    """The statement of a day, with the last `months`; `redemption` as stated by the owner."""
    every = list(liability.months_between(_first(sums, on), on))
    deferrals = _deferrals(book, sums, every, on, redemption)
    source = book.latest.program
    holdings = []
    for number, unit in enumerate(source.units):
        if not unit.redeemable:
            continue
        curve = breakage.curve(sums.fates.get(number, ()))
        rolls = liability.rolled(sums.flows.get(number, {}), every)
        mine = [lots for lots in sums.lots if lots.unit == number]
        closing = rolls[-1].closing if rolls else 0
        holdings.append(
            Holding(
                unit=unit.id,
                number=number,
                decimals=unit.decimals,
                worth=_worth(book, number, on),
                rolls=tuple(rolls[-months:]),
                values=tuple(_values(book, number, rolls, on)[-months:]),
                groups=_groups(book, number, mine, curve, on, redemption),
                deferrals=tuple(deferrals.get(number, ())[-months:]),
                owed=sum(lots.open for lots in mine) - closing,
                unswept=sums.unswept.get(number, 0),
                curve=curve,
                redemption=_share(curve, redemption),
                stated=redemption is not None,
            )
        )
    return Statement(on, source.currency, tuple(holdings))


def _first(sums: Sums, on: date) -> date:
    """The first month in which anything happened."""
    months = [month for flows in sums.flows.values() for month, _ in flows]
    return min([*months, *sums.sales, on])


def _worth(book: Book, number: int, day: date) -> Fraction | None:
    source = book.on(day).program
    if number >= len(source.units):  # a version before this unit was thought of
        return None
    return liability.worth(source, source.units[number])


def _share(curve: Curve, stated: Fraction | None) -> Fraction:
    if stated is not None:
        return stated
    return curve.redemption if curve.enough else Fraction(1)


def _values(book: Book, number: int, rolls: Sequence[Roll], on: date) -> list[Roll]:
    """The months in money; none before the unit had a worth."""
    if _worth(book, number, on) is None:
        return []
    before = Fraction(0)
    found = []
    for roll in rolls:
        after = _worth(book, number, min(end_of(roll.month, "month"), on)) or Fraction(0)
        found.append(liability.valued(roll, before, after))
        before = after
    return found


def _groups(
    book: Book,
    number: int,
    open_lots: Iterable[OpenLots],
    curve: Curve,
    on: date,
    stated: Fraction | None,
) -> tuple[Group, ...]:
    """Open lots by version and month of lapsing; values are rounded once a group."""
    worth = _worth(book, number, on) or Fraction(0)
    counts: dict[tuple[int, date | None], list[int]] = defaultdict(lambda: [0, 0])
    likely: dict[tuple[int, date | None], Fraction] = defaultdict(Fraction)
    for lots in open_lots:
        lapses = None if lots.expires_on == FOREVER else lots.expires_on.replace(day=1)
        key = (book.number_on(lots.earned_on), lapses)
        counts[key][0] += lots.lots
        counts[key][1] += lots.open
        share = stated
        if share is None:
            share = curve.ever((on - lots.earned_on).days) if curve.enough else Fraction(1)
        likely[key] += lots.open * share
    return tuple(
        Group(
            version,
            lapses,
            held,
            units,
            allocation.half_up(units * worth),
            allocation.half_up(likely[version, lapses] * worth),
        )
        for (version, lapses), (held, units) in sorted(
            counts.items(), key=lambda item: (item[0][0], item[0][1] or FOREVER)
        )
    )


def _deferrals(
    book: Book, sums: Sums, months: Sequence[date], on: date, stated: Fraction | None
) -> dict[int, list[Deferral]]:
    """Each unit's part of what was sold, month by month; the parts of a sale add up to it."""
    numbers = [
        number
        for number in range(len(book.latest.program.units))
        if book.latest.program.units[number].redeemable and _worth(book, number, on) is not None
    ]
    shares = {
        number: _share(breakage.curve(sums.fates.get(number, ())), stated) for number in numbers
    }
    parts: dict[int, list[tuple[date, int, int, int]]] = {number: [] for number in numbers}
    for month in months:
        end = min(end_of(month, "month"), on)
        sale = max(sums.sales.get(month, 0), 0)
        worths = [
            _given(sums, number, month)
            * (_worth(book, number, end) or Fraction(0))
            * shares[number]
            for number in numbers
        ]
        divided = allocation.shares(sale, [Fraction(sale), *worths])[1:]
        for number, worth, part in zip(numbers, worths, divided, strict=True):
            parts[number].append((month, sale, allocation.half_up(worth), part))
    return {
        number: _recognized(parts[number], sums.flows.get(number, {}), shares[number])
        for number in numbers
    }


def _given(sums: Sums, number: int, month: date) -> int:
    """Units that a month's purchases gave, less what its returns took back."""
    flows = sums.flows.get(number, {})
    return max(flows.get((month, "accrual"), 0) + flows.get((month, "reversal"), 0), 0)


def _recognized(
    parts: Sequence[tuple[date, int, int, int]], flows: Flows, share: Fraction
) -> list[Deferral]:
    """What is revenue by now: of all deferred, in proportion to units redeemed of all expected."""
    found = []
    deferred = recognized = redeemed = 0
    rolls = liability.rolled(flows, [month for month, *_ in parts])
    for (month, sale, standalone, part), roll in zip(parts, rolls, strict=True):
        deferred += part
        redeemed += roll.redeemed
        expected = redeemed + max(roll.closing, 0) * share
        so_far = allocation.recognized(deferred, redeemed, expected)
        found.append(
            Deferral(month, sale, standalone, part, so_far - recognized, deferred - so_far)
        )
        recognized = so_far
    return found
