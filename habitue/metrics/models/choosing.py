"""Every customer's future: still there, how many purchases, of what worth, and when the next.

What the pages and the leaks use. One model says who is still a customer and how often they buy,
another how much they spend; either may refuse, in words, and then its columns are None.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from msgspec import Struct, structs

from habitue.metrics import lives as living
from habitue.metrics.lives import Integers, Lives
from habitue.metrics.models import (
    betageometric,
    dropout,
    gammagamma,
    paretonbd,
    patterns,
    spans,
    worth,
)
from habitue.metrics.models.dropout import Dropout, NextDays
from habitue.metrics.models.fitting import Fitted, Unfit
from habitue.metrics.models.gammagamma import GammaGamma
from habitue.metrics.models.patterns import Floats, Patterns
from habitue.metrics.models.spans import Span, Unit
from habitue.metrics.models.worth import Terms

Kind = Literal["mbg", "bg", "pareto"]
"""MBG/NBD, BG/NBD, Pareto/NBD. With BG/NBD whoever bought once is a customer for ever."""

HORIZONS = (spans.days(90), spans.days(365))


class Future(Struct, frozen=True, kw_only=True):
    """What is expected of each customer, in the order of `customer`; as of `until` (left out).

    `alive`: the probability of still being a customer. `purchases[span]`: expected days of purchase
    in the span that begins at `until`. `next`: when the next purchase is expected. `value`:
    expected worth of a purchase, in minor units of `currency`, revenue. `clv`: expected margin of
    the terms' horizon, `residual`: of all that may come, both discounted, in minor units.
    A column is None where its model refused: see `dropout` and `spending`.
    """

    until: date
    currency: str
    customer: Integers
    kind: Kind
    terms: Terms
    dropout: Fitted[Dropout] | Unfit
    spending: Fitted[GammaGamma] | Unfit
    alive: Floats | None = None
    purchases: dict[Span, Floats] | None = None
    next: NextDays | None = None
    value: Floats | None = None
    clv: Floats | None = None
    residual: Floats | None = None


def customers(
    lives: Lives,
    *,
    terms: Terms,
    kind: Kind = "mbg",
    horizons: tuple[Span, ...] = HORIZONS,
    unit: Unit = Unit.WEEK,
) -> Future:
    """Fit both models to everybody's life and say what is expected of each.

    `terms` state the margin, the yearly discount and the horizon of the customer lifetime value;
    there is no default margin. Parameters are given per `unit`, which changes no prediction.
    """
    seen = patterns.of(lives)
    leaving = fit(seen, kind=kind, unit=unit)
    spending = gammagamma.fit(lives.days, lives.revenue)
    future = Future(
        until=lives.until,
        currency=lives.currency,
        customer=lives.customer,
        kind=kind,
        terms=terms,
        dropout=leaving,
        spending=spending,
    )
    if isinstance(spending, Fitted):
        value = spending.model.expected(lives.days, lives.revenue)
        future = structs.replace(future, value=value)
    if isinstance(leaving, Fitted):
        future = _foretold(future, leaving.model, seen, horizons)
    return future


def fit(seen: Patterns, *, kind: Kind, unit: Unit) -> Fitted[Dropout] | Unfit:
    """The most likely parameters of the model of that kind."""
    found: Fitted[Any] | Unfit
    if kind == "pareto":
        found = paretonbd.fit(seen, unit=unit)
    else:
        found = betageometric.fit(seen, unit=unit, at_once=kind == "mbg")
    return found


def _foretold(future: Future, model: Dropout, seen: Patterns, horizons: tuple[Span, ...]) -> Future:
    """The columns that the model of leaving gives, each pattern's answer given to its customers."""
    alive = model.alive(seen)
    end = living.number(future.until) - 1
    days = dropout.next_days(model, seen, alive, end)
    future = structs.replace(
        future,
        alive=alive[seen.of],
        purchases={span: (alive * model.if_alive(seen, span))[seen.of] for span in horizons},
        next=NextDays(*(column[seen.of] for column in days)),
    )
    if future.value is None:
        return future
    margin = float(future.terms.margin) * future.value
    return structs.replace(
        future,
        clv=margin * worth.purchases(model, seen, future.terms)[seen.of],
        residual=margin * worth.residual(model, seen, future.terms)[seen.of],
    )
