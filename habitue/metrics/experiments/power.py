"""Before the start: which difference could be seen at all, with these members in that time.

From what the same customers did in an equal span before. The difference is one that would be seen
four times out of five at the planned end, by somebody who looks every day (so it is larger than
what textbooks give for one single look), with the figure before taken off as far as it explains.
"""

from __future__ import annotations

from math import erfc, sqrt
from typing import Final

from msgspec import Struct

from habitue.metrics.experiments import judging, peeking, words
from habitue.metrics.experiments.assignment import SHARES
from habitue.metrics.experiments.judging import Measure, Plan
from habitue.metrics.experiments.sums import Sums
from habitue.metrics.figure import FEW, Text

POWER: Final = 0.8


class Detectable(Struct, frozen=True, kw_only=True):
    """The smallest difference that would be seen; None where nothing can be said."""

    measure: Measure
    members: int
    difference: float | None
    share: float | None  # the difference, of what the figure is now
    words: Text


def detectable(earlier: Sums, measure: Measure, *, plan: Plan, figures: int = 1) -> Detectable:
    """From the sums of everybody in a span as long as the plan, and in one before it.

    `figures`: how many are declared; each then has to pass a stricter level.
    """
    held_out = earlier.count * plan.share // SHARES
    enough = min(held_out, earlier.count - held_out) >= FEW
    if not enough or not judging.enough(earlier, measure):
        return Detectable(
            measure=measure,
            members=earlier.count,
            difference=None,
            share=None,
            words=words.undetectable(),
        )
    difference, share = _solve(earlier, measure, plan, figures)
    return Detectable(
        measure=measure,
        members=earlier.count,
        difference=difference,
        share=share,
        words=words.detectable(earlier.count, share, plan.days),
    )


def _solve(earlier: Sums, measure: Measure, plan: Plan, figures: int) -> tuple[float, float]:
    """tea-tasting's answer, at the level whose single look is as strict as ours are together."""
    import tea_tasting

    reach = peeking.reach(plan.days, planned=plan.days, alpha=peeking.ALPHA / figures)
    before = judging.explains((earlier,), measure) == "something"
    bottom = measure.bottom or None
    metric = tea_tasting.RatioOfMeans(
        measure.top,
        bottom,
        f"{measure.top}_before" if before else None,
        f"{bottom}_before" if before and bottom else None,
        alternative="two-sided",
        equal_var=False,
        use_t=False,
        alpha=erfc(reach / sqrt(2)),
        ratio=(SHARES - plan.share) / plan.share,
        power=POWER,
    )
    columns = measure.columns if before else measure.columns[: 2 if bottom else 1]
    (found,) = metric.solve_power_from_aggregates(judging.aggregates(earlier, columns))
    return abs(float(found.effect_size)), abs(float(found.rel_effect_size))
