"""Comparing two groups: is the sample as it was drawn, what differs, and how sure is that.

1. The two groups must be as large as the share of control says (sample-ratio check): where they
   are not, something went wrong with who is in them, and nothing is told.
2. Each figure is compared by tea-tasting, with the same figure before the start taken off as far as
   it explains differences between customers (CUPED: A. Deng, Y. Xu, R. Kohavi, T. Walker, 2013).
3. The interval is the one that holds however often one looks (`peeking`).
4. Several figures are several chances to be fooled: Holm's correction (tea-tasting) over all of
   them, which needs no assumption on how they hang together. A figure's interval is drawn at the
   level that it must pass, so that "decided" and "the interval leaves out 0" are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any, Final, Literal, NamedTuple

from msgspec import Struct

from habitue.metrics import intervals
from habitue.metrics.experiments import peeking, words
from habitue.metrics.experiments.assignment import SHARES
from habitue.metrics.experiments.sums import Sums, pair
from habitue.metrics.figure import FEW, Text

ODD: Final = 0.001
"""A sample so odd or odder comes by chance once in a thousand times: it is not trusted.

The usual level of a sample-ratio check (A. Fabijan and others, KDD 2019)."""

LEAST: Final = 10
"""In either group, so many customers must have done what is measured before it is compared."""

ALIKE: Final = 1e-9
"""Of what there is, so little is nothing but the rounding of floats."""

Explains = Literal["nothing", "something", "everything"]


class Measure(Struct, frozen=True, kw_only=True):
    """What is compared: `top` per customer, or per `bottom` where that is given.

    `kind` says how its value is written. The columns named `…_before` are the same before the
    start.
    """

    id: str
    title: Text
    kind: str  # "money", "number" or "share"
    top: str
    bottom: str = ""
    did: str = "buyers"  # 1 for a customer who did what is measured, else 0

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs, those before the start among them."""
        own = [self.top, self.bottom] if self.bottom else [self.top]
        return (*own, *(f"{name}_before" for name in own))


class Plan(NamedTuple):
    """How an experiment was set up: control in ten-thousandths, how many days it was to last."""

    share: int
    days: int


class Verdict(Struct, frozen=True, kw_only=True, tag=True):
    """One figure. Values per customer (or per order), those before the start taken off.

    `low` to `high` is the interval of `difference` that holds however often one looks; `once_low`
    to `once_high` would hold for one single look. `chance` is the always-valid p-value; `needed`
    is what it must not exceed, after the correction for several figures.
    """

    measure: Measure
    control: float
    treated: float
    difference: float
    low: float
    high: float
    once_low: float
    once_high: float
    chance: float
    needed: float
    explained: float  # by which share the figure before the start lowered the variance

    @property
    def decided(self) -> str:
        """`more`, `less`, or `undecided`: what the treated group did beside the other."""
        if self.chance > self.needed:
            return "undecided"
        return "more" if self.difference > 0 else "less"

    @property
    def words(self) -> Text:
        """What that means, in a sentence per language."""
        return words.decided(self.decided)


class Untold(Struct, frozen=True, kw_only=True, tag=True):
    """A figure that cannot be compared yet, and why."""

    measure: Measure
    why: Text


class Judgement(Struct, frozen=True, kw_only=True):
    """Everything there is to say. `withheld`: why nothing else is said."""

    control: int
    treated: int
    days: int
    plan: Plan
    odds: float | None  # how often chance makes so odd a sample
    withheld: Text | None
    figures: tuple[Verdict | Untold, ...]


class _Compared(NamedTuple):
    """What tea-tasting said, before looking every day and several figures are allowed for."""

    control: float
    treated: float
    difference: float
    error: float
    explained: float


def judge(
    control: Sums, treated: Sums, measures: Sequence[Measure], *, plan: Plan, days: int
) -> Judgement:
    """Compare the groups after so many days. The first measure is the one declared as primary."""
    odds = sample_odds(control.count, treated.count, plan.share)
    withheld = _withheld(control, treated, plan, days, odds)
    figures: tuple[Verdict | Untold, ...] = ()
    if withheld is None:
        figures = _figures(control, treated, measures, plan, days)
    return Judgement(
        control=control.count,
        treated=treated.count,
        days=days,
        plan=plan,
        odds=odds,
        withheld=withheld,
        figures=figures,
    )


def sample_odds(control: int, treated: int, share: int) -> float | None:
    """How often chance makes a sample at least as far from its share; None where it is empty."""
    if control + treated == 0:
        return None
    import tea_tasting
    from tea_tasting.aggr import Aggregates

    groups: dict[object, Any] = {0: Aggregates(count_=control), 1: Aggregates(count_=treated)}
    check = tea_tasting.SampleRatio((SHARES - share) / share)
    return float(check.analyze(groups, control=0, treatment=1).pvalue)


def _withheld(
    control: Sums, treated: Sums, plan: Plan, days: int, odds: float | None
) -> Text | None:
    if odds is not None and odds < ODD:
        return words.odd_sample(control.count, treated.count, plan.share)
    if days < 1:
        return words.not_begun()
    if min(control.count, treated.count) < FEW:
        return words.few(control.count, treated.count, FEW)
    return None


def _figures(
    control: Sums, treated: Sums, measures: Sequence[Measure], plan: Plan, days: int
) -> tuple[Verdict | Untold, ...]:
    compared: dict[str, _Compared] = {}
    why = {measure.id: words.too_little() for measure in measures}
    for measure in measures:
        if all(enough(group, measure) for group in (control, treated)):
            found = _compare(control, treated, measure)
            compared |= {measure.id: found} if found else {}
            why[measure.id] = words.as_before()
    chances = {
        name: peeking.chance(one.difference / one.error, days, planned=plan.days)
        for name, one in compared.items()
    }
    needed = corrected(chances, of=len(measures))
    return tuple(
        _verdict(measure, compared[measure.id], chances[measure.id], needed[measure.id], plan, days)
        if measure.id in compared
        else Untold(measure=measure, why=why[measure.id])
        for measure in measures
    )


def corrected(chances: dict[str, float], *, of: int) -> dict[str, float]:
    """What each figure's chance must not exceed: Holm's step-down over `of` declared figures.

    A figure that cannot be compared yet still counts: whether it can must not help the others.
    """
    if not chances:
        return {}
    from tea_tasting import adjust_fwer
    from tea_tasting.experiment import ExperimentResult

    absent = {f"absent {place}": {"pvalue": 1.0} for place in range(of - len(chances))}
    present = {name: {"pvalue": chance} for name, chance in chances.items()}
    adjusted = adjust_fwer(
        ExperimentResult({**present, **absent}),
        alpha=peeking.ALPHA,
        arbitrary_dependence=True,
        method="bonferroni",
    )
    (results,) = adjusted.values()
    return {name: float(results[name]["alpha_adj"]) for name in chances}


def enough(group: Sums, measure: Measure) -> bool:
    """Whether enough customers did it, and not all of them alike."""
    if group.sums[measure.did] < LEAST:
        return False
    now = measure.columns[: 2 if measure.bottom else 1]
    found, top, bottom = aggregates(group, now), measure.top, measure.bottom or None
    square = (found.mean(top) / found.mean(bottom)) ** 2
    return bool(found.ratio_var(top, bottom) > ALIKE * square)


def _compare(control: Sums, treated: Sums, measure: Measure) -> _Compared | None:
    """None where the figure before the start tells all of it: nothing is left to compare."""
    told = explains((control, treated), measure)
    if told == "everything":
        return None
    plain = _analyzed(control, treated, measure, before=False)
    if told == "nothing":
        return plain
    adjusted = _analyzed(control, treated, measure, before=True)
    return adjusted._replace(explained=1 - (adjusted.error / plain.error) ** 2)


def explains(groups: Sequence[Sums], measure: Measure) -> Explains:
    """How much the figure before the start tells of it."""
    if measure.bottom and not all(group.sums[f"{measure.bottom}_before"] for group in groups):
        return "nothing"
    top, bottom = measure.top, measure.bottom or None
    before = (f"{top}_before", f"{bottom}_before" if bottom else None)
    whole = aggregates(reduce(add, groups), measure.columns)
    if whole.ratio_var(*before) <= 0:
        return "nothing"
    slope = whole.ratio_cov(top, bottom, *before) / whole.ratio_var(*before)
    for group in groups:
        found = aggregates(group, measure.columns)
        now, covariance = found.ratio_var(top, bottom), found.ratio_cov(top, bottom, *before)
        if now - 2 * slope * covariance + slope**2 * found.ratio_var(*before) <= ALIKE * now:
            return "everything"
    return "something"


def _analyzed(control: Sums, treated: Sums, measure: Measure, *, before: bool) -> _Compared:
    """tea-tasting's comparison of means, or of ratios by the delta method."""
    import tea_tasting

    top, bottom = measure.top, measure.bottom or None
    metric = tea_tasting.RatioOfMeans(
        top,
        bottom,
        f"{top}_before" if before else None,
        f"{bottom}_before" if before and bottom else None,
        alternative="two-sided",
        confidence_level=0.95,
        equal_var=False,
        use_t=False,
    )
    columns = measure.columns if before else measure.columns[: 2 if bottom else 1]
    found = metric.analyze_aggregates(aggregates(control, columns), aggregates(treated, columns))
    return _Compared(
        control=float(found.control),
        treated=float(found.treatment),
        difference=float(found.effect_size),
        error=float(found.effect_size_ci_upper - found.effect_size_ci_lower) / 2 / intervals.Z,
        explained=0.0,
    )


def aggregates(group: Sums, columns: Sequence[str]) -> Any:
    """A group's sums as tea-tasting takes them: means, variances, covariances."""
    from tea_tasting.aggr import Aggregates

    pairs = {
        pair(one, other): group.covariance(one, other)
        for one in columns
        for other in columns
        if one != other
    }
    return Aggregates(
        count_=group.count,
        mean_={name: group.mean(name) for name in columns},
        var_={name: group.variance(name) for name in columns},
        cov_=pairs,
    )


def _verdict(
    measure: Measure, one: _Compared, chance: float, needed: float, plan: Plan, days: int
) -> Verdict:
    reach = one.error * peeking.reach(days, planned=plan.days, alpha=needed)
    once = one.error * intervals.Z
    return Verdict(
        measure=measure,
        control=one.control,
        treated=one.treated,
        difference=one.difference,
        low=one.difference - reach,
        high=one.difference + reach,
        once_low=one.difference - once,
        once_high=one.difference + once,
        chance=chance,
        needed=needed,
        explained=one.explained,
    )
