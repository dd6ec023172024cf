"""The part of a report that looks at every customer: segments, leaks, what they will be worth."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
from msgspec import structs

from habitue.metrics import lives as living
from habitue.metrics.lives import Integers, Lives
from habitue.metrics.models import choosing, holdout, patterns, spans, tenure
from habitue.metrics.models.choosing import Future
from habitue.metrics.models.fitting import Fitted, Unfit
from habitue.metrics.models.patterns import Floats
from habitue.metrics.models.worth import Terms
from habitue.metrics.report import (
    FIRST,
    LEAKS,
    Bin,
    Crowd,
    Held,
    Holdout,
    Leak,
    Model,
    Parameter,
    People,
    Step,
    Still,
    Survival,
    Worth,
)
from habitue.metrics.segments import finding, leaks, lifecycle, population, rfm
from habitue.metrics.segments.population import Population
from habitue.metrics.sources import Source

TERMS: Final = Terms(margin=Fraction(1), discount=Fraction(1, 10), horizon=spans.years(1))
"""Sales, not profit: an owner's margin is applied by whoever shows it. 10 % a year."""

KIND: Final = "mbg"
"""Unlike BG/NBD it lets customers leave after their first purchase."""

YEAR: Final = spans.days(365)
BINS: Final = 12
_ROUND: Final = (1, 2, 5, 10)


LAST: Final = 90
"""A model is held against the last so many days, of a history at least `TIMES` as long."""

TIMES: Final = 3
MONTH: Final = 30


class Outlook(NamedTuple):
    """All parts; None where nobody ever bought, or where nothing can be said."""

    people: People | None = None
    worth: Worth | None = None
    survival: Survival | None = None
    holdout: Holdout | None = None


NOTHING: Final = Outlook()


def of(source: Source, today: date) -> Outlook:
    """Everybody as of the morning of a day."""
    everybody = population.read(source, today)
    if not len(everybody.lives.customer):
        return NOTHING
    future = choosing.customers(everybody.lives, terms=TERMS, kind=KIND, horizons=(YEAR,))
    return Outlook(
        _people(everybody, future),
        _worth(future),
        _survival(everybody),
        _holdout(source, everybody.lives),
    )


def _people(everybody: Population, future: Future) -> People:
    found = leaks.leaks(everybody, future.alive)
    lives, members = everybody.lives, finding.every(everybody)
    return People(
        window=everybody.window,
        customers=len(lives.customer),
        revenue=int(lives.revenue.sum()),
        crowds=tuple(
            _crowd(everybody, size, members[size.segment.id]) for size in finding.sizes(everybody)
        ),
        grid=_grid(everybody),
        leaks=tuple(_leak(found, place) for place in range(min(LEAKS, len(found.customer)))),
        leaking=len(found.customer),
        at_risk=int(found.at_risk.sum()),
    )


def _crowd(everybody: Population, size: finding.Size, members: Integers) -> Crowd:
    """Those who brought most first, then by number."""
    lives = everybody.lives
    revenue = lives.revenue[np.searchsorted(lives.customer, members)]
    order = np.lexsort((members, -revenue))[:FIRST]
    return Crowd(
        id=size.segment.id,
        customers=size.customers,
        revenue=size.revenue,
        first=tuple(members[order].tolist()),
    )


def _grid(everybody: Population) -> tuple[tuple[int, ...], ...]:
    scores = rfm.scores(everybody.lives)
    places = (scores.recency - 1) * rfm.BEST + scores.frequency - 1
    counts = np.bincount(places, minlength=rfm.BEST * rfm.BEST).reshape(rfm.BEST, rfm.BEST)
    return tuple(tuple(row) for row in counts.tolist())


def _leak(found: leaks.Leaks, place: int) -> Leak:
    return Leak(
        customer=int(found.customer[place]),
        silence=int(found.silence[place]),
        usual=float(found.usual[place]),
        at_risk=int(found.at_risk[place]),
        alive=None if found.alive is None else float(found.alive[place]),
    )


def _worth(future: Future) -> Worth:
    models = (_model("MBG/NBD", future.dropout), _model("Gamma-Gamma", future.spending))
    worth = Worth(models=models)
    if future.alive is None or future.purchases is None:
        return worth
    alive, purchases = float(future.alive.sum()), float(future.purchases[YEAR].sum())
    if future.clv is None:
        return Worth(models=models, alive=alive, purchases=purchases)
    clv = np.sort(future.clv)
    return Worth(
        models=models,
        alive=alive,
        purchases=purchases,
        total=round(clv.sum()),
        mean=round(clv.mean()),
        median=round(float(np.median(clv))),
        best=round(clv[len(clv) - -(-len(clv) // 10) :].sum()),
        bins=_bins(clv),
    )


def _survival(everybody: Population) -> Survival:
    """Left on their last day is who is lost by now; the others were last seen today."""
    lives = everybody.lives
    lost = lifecycle.masks(everybody)["lost"]
    followed = living.number(lives.until) - lives.first
    days = np.where(lost, lives.last - lives.first, followed)
    curve = tenure.curve(days, lost.astype(np.int64))
    ordered = np.sort(days)
    points = [_still(curve, ordered, day) for day in range(0, int(ordered[-1]) + 1, MONTH)]
    return Survival(
        customers=curve.members, left=curve.left, median=curve.median, points=tuple(points)
    )


def _still(curve: tenure.Curve, ordered: Integers, day: int) -> Still:
    step = next((one for one in reversed(curve.steps) if one.day <= day), None)
    return Still(
        day=day,
        share=step.survival if step else 1.0,
        low=step.low if step else None,
        high=step.high if step else None,
        at_risk=len(ordered) - int(np.searchsorted(ordered, day)),
    )


def _holdout(source: Source, now: Lives) -> Holdout | None:
    """The last months held against a model that does not know them, if there is history enough."""
    since = now.until - timedelta(days=LAST)
    if (living.number(now.until) - int(now.first.min())) < TIMES * LAST:
        return None
    then = source.lives(since)
    fitted = choosing.fit(patterns.of(then), kind=KIND, unit=spans.Unit.WEEK)
    if isinstance(fitted, Unfit):
        return None
    found = holdout.validate(fitted.model, then, now)
    days = [now.until - timedelta(days=MONTH * back) for back in range(12, -1, -1)]
    first = int(now.first.min())
    later = (source.lives(day) for day in days if living.number(day) > first + MONTH)
    return Holdout(
        since=found.since,
        until=found.until,
        customers=found.customers,
        expected=found.expected,
        actual=found.actual,
        rows=tuple(Held(**structs.asdict(row)) for row in found.rows),
        track=tuple(
            Step(until=one.until, expected=one.expected, actual=one.actual)
            for one in holdout.track(fitted.model, then, later)
        ),
    )


def _bins(values: Floats) -> tuple[Bin, ...]:
    """Round, equally wide bins up to the value that nine in ten do not pass; one for the rest."""
    step = _round(float(np.quantile(values, 0.9)) / (BINS - 1))
    edges = [step * place for place in range(BINS)]
    counts, _edges = np.histogram(values, bins=[*edges, np.inf])
    return tuple(
        Bin(low=low, high=low + step if low != edges[-1] else None, customers=count)
        for low, count in zip(edges, counts.tolist(), strict=True)
    )


def _round(least: float) -> int:
    power = int(10 ** (len(str(int(max(least, 1)))) - 1))
    return next(step * power for step in _ROUND if step * power >= least)


def _model(name: str, found: Fitted[object] | Unfit) -> Model:
    if isinstance(found, Unfit):
        return Model(name=name, refused=found.words)
    values = {one: getattr(found.model, one) for one in found.errors}
    return Model(
        name=name,
        cautions=tuple(one.words for one in found.cautions),
        parameters=tuple(
            Parameter(name=one, value=float(value), error=found.errors[one])
            for one, value in values.items()
        ),
        log_likelihood=found.log_likelihood,
    )
