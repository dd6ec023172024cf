"""A report: everything about a business's figures that takes longer to work out than a page may.

Composed at night or when somebody asks, kept as it is, and read by pages until the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final, Protocol

from msgspec import Struct

from habitue.metrics import cadence, cohorts
from habitue.metrics.answers import Answers
from habitue.metrics.asked import Window
from habitue.metrics.cadence import Cadence
from habitue.metrics.cohorts import Cohort, Row
from habitue.metrics.experiments.judging import Judgement
from habitue.metrics.figure import Text
from habitue.metrics.periods import Period
from habitue.metrics.sources import Source

VERSION: Final = 1
"""What a report holds; one of another version is worked out anew before it is read."""

COHORTS: Final = 24
"""How many cohorts, and months of each, a report keeps."""

FIRST: Final = 200
"""How many customers of a segment a report names: those who brought most."""

LEAKS: Final = 500
"""How many leaks a report names: those with most money at risk."""

Tell = Callable[[float], None]
"""Told which share of the work is done."""


class Answering(Protocol):
    """Every figure over a period; a window, else the business's own rhythm before its end."""

    def __call__(self, period: Period, window: int | None) -> Answers: ...


class Crowd(Struct, frozen=True, kw_only=True):
    """A segment: how many it has, what they brought so far, and the `FIRST` who brought most."""

    id: str
    customers: int
    revenue: int
    first: tuple[int, ...]


class Leak(Struct, frozen=True, kw_only=True):
    """A customer who is late: "last visit `silence` days ago, usually every `usual`".

    `at_risk` is money; `alive` the probability of still being a customer, None if no model says.
    """

    customer: int
    silence: int
    usual: float
    at_risk: int
    alive: float | None = None


class People(Struct, frozen=True, kw_only=True):
    """Everybody as of the report's day. `grid[recency − 1][frequency − 1]`: RFM scores 1 to 5."""

    window: Window
    customers: int
    revenue: int
    crowds: tuple[Crowd, ...]
    grid: tuple[tuple[int, ...], ...]
    leaks: tuple[Leak, ...]
    leaking: int
    at_risk: int


class Bin(Struct, frozen=True, kw_only=True):
    """So many customers between `low` and `high` (left out; None: no end)."""

    low: int
    high: int | None
    customers: int


class Parameter(Struct, frozen=True, kw_only=True):
    """One parameter of a model with its standard error; None where the data do not say it."""

    name: str
    value: float
    error: float | None


class Model(Struct, frozen=True, kw_only=True):
    """A fitted model; `refused` says why there is none, `cautions` what to keep in mind."""

    name: str
    refused: Text | None = None
    cautions: tuple[Text, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    log_likelihood: float | None = None


class Worth(Struct, frozen=True, kw_only=True):
    """What customers will probably spend in the year to come, in sales (not profit), discounted.

    `best` is what the tenth of customers who are worth most is worth, of `total`.
    """

    models: tuple[Model, ...]
    alive: float | None = None
    purchases: float | None = None
    total: int | None = None
    mean: int | None = None
    median: int | None = None
    best: int | None = None
    bins: tuple[Bin, ...] = ()


class Still(Struct, frozen=True, kw_only=True):
    """So many days after their first purchase, the share `share` of customers is still there.

    `at_risk`: how many had been followed for so long. `low` and `high`: the 95 % interval.
    """

    day: int
    share: float
    low: float | None
    high: float | None
    at_risk: int


class Survival(Struct, frozen=True, kw_only=True):
    """How long customers stay (Kaplan and Meier), every 30 days; `left` of them have left.

    `median`: the day by which half have left, None while fewer have.
    """

    customers: int
    left: int
    median: int | None
    points: tuple[Still, ...]


class Held(Struct, frozen=True, kw_only=True):
    """Customers who had come back `again` times (`more`: or oftener); their mean number since."""

    again: int
    more: bool
    customers: int
    expected: float
    actual: float


class Step(Struct, frozen=True, kw_only=True):
    """All repeat purchases before a day, as expected and as they were."""

    until: date
    expected: float
    actual: int


class Holdout(Struct, frozen=True, kw_only=True):
    """A model fitted to what was known on `since`, held against what came until `until`."""

    since: date
    until: date
    customers: int
    expected: float
    actual: int
    rows: tuple[Held, ...]
    track: tuple[Step, ...]


class Bought(Struct, frozen=True, kw_only=True):
    """Two products in one basket: so often, by so many customers; `lift` beside chance, its ends.

    `confidence`: of the baskets with the first, the share that has the second.
    """

    first: str
    second: str
    together: int
    customers: int
    confidence: float
    lift: float
    low: float
    high: float


class Together(Struct, frozen=True, kw_only=True):
    """What is bought together beyond chance, the surest first; `refused` says why nothing is told.

    `judged`: of so many customers, to whom five products were suggested without looking at their
    last baskets, how many then bought one of them: by taste, and by what most buy.
    """

    by: str
    pairs: tuple[Bought, ...] = ()
    number: int = 0
    refused: Text | None = None
    method: Text | None = None
    judged: int = 0
    popular: float | None = None
    taste: float | None = None


class Beside(Struct, frozen=True, kw_only=True):
    """Members beside customers who bought alike before `since`, by what they spent from then on.

    Nobody drew lots: `warning` says so. `refused`: why they cannot be put beside each other.
    """

    since: date
    members: int
    others: int
    matched_members: int
    refused: Text | None = None
    warning: Text | None = None
    member_value: float | None = None
    other_value: float | None = None
    low: float | None = None
    high: float | None = None


class Report(Struct, frozen=True, kw_only=True):
    """`trends`: per cadence the answers of the last closed periods, the oldest first, all with one
    window: the last one's. Periods before the first purchase are left out. `running`: per cadence
    the period that is not over.

    `on` is the day as of which all of it holds: the report's own, or, where nobody bought in all of
    the last month that is over (`still`), the morning after the last month in which somebody did.
    """

    version: int
    on: date
    currency: str
    first: date | None
    trends: dict[Cadence, tuple[Answers, ...]]
    running: dict[Cadence, Period]
    cohorts: tuple[Cohort, ...]
    people: People | None = None
    worth: Worth | None = None
    survival: Survival | None = None
    holdout: Holdout | None = None
    experiments: dict[str, Judgement] = {}
    together: Together | None = None
    beside: Beside | None = None
    still: bool = False


def compose(
    answering: Answering,
    rows: Iterable[Row],
    source: Source,
    *,
    today: date,
    currency: str,
    experiments: dict[str, Judgement],
    tell: Tell = lambda share: None,
) -> Report:
    """Work everything out as of the morning of `today`, or of the end of a history that stopped."""
    rows = list(rows)
    on = cadence.as_of(max((row.month for row in rows if row.buyers), default=None), today=today)
    first = min((row.cohort for row in rows), default=None)
    trends: dict[Cadence, tuple[Answers, ...]] = {}
    for place, name in enumerate(cadence.SHOWN):
        share = place / (len(cadence.SHOWN) + 1)
        tell(share)
        trends[name] = _trend(answering, name, first, on)
    tell(len(cadence.SHOWN) / (len(cadence.SHOWN) + 1))
    from habitue.metrics import outlook

    seen = outlook.of(source, on) if first else outlook.NOTHING
    return Report(
        version=VERSION,
        on=on,
        currency=currency,
        first=first,
        trends=trends,
        running={name: cadence.running(name, today=today) for name in cadence.SHOWN},
        cohorts=cohorts.triangle(rows, today=on, months=COHORTS),
        people=seen.people,
        worth=seen.worth,
        survival=seen.survival,
        holdout=seen.holdout,
        experiments=experiments,
        still=on < today,
    )


def _trend(
    answering: Answering, name: Cadence, first: date | None, on: date
) -> tuple[Answers, ...]:
    """The latest period says the window, so that all of them mean the same by a customer."""
    periods = cadence.closed(name, today=on, count=cadence.SHOWN[name])
    periods = [period for period in periods if first is not None and period.until > first]
    if not periods:
        return ()
    latest = answering(periods[-1], None)
    return (*(answering(period, latest.window.days) for period in periods[:-1]), latest)
