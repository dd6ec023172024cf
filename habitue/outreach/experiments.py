"""Experiments: some customers are held out by lot, and what both groups do is compared.

`start` declares everything beforehand: who takes part, which share is held out, for how long, which
figures count. `arm_of` says in which group a customer is, for ever. `result` compares the groups as
they were drawn, whatever became of the customers since (intention to treat).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from habitue.members import survivors
from habitue.members.models import Business
from habitue.metrics.experiments import assignment, judging, power
from habitue.metrics.experiments.assignment import SHARES, Arm
from habitue.metrics.experiments.judging import Judgement, Measure, Plan
from habitue.metrics.experiments.measures import MEASURES
from habitue.metrics.experiments.power import Detectable
from habitue.metrics.experiments.sums import Sums
from habitue.outreach import audiences, gathering, populations
from habitue.outreach.gathering import Span
from habitue.outreach.models import Audience, Experiment

SHARE: Final = SHARES // 10
"""Held out where nobody says how many: a tenth."""

DAYS: Final = 60
"""How long an experiment is planned where nobody says."""

HELD_OUT: Final = "holdout-"
GROUPS: Final = ("treated-", HELD_OUT)
"""What a group's name begins with where a program's rules ask for it, as for a segment."""

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
LONGEST: Final = 730
SHORTEST_SEED: Final = 16


def start(
    business: Business,
    name: str,
    *,
    seed: str,
    now: datetime,
    share: int = SHARE,
    days: int = DAYS,
    figures: Sequence[str] = ("revenue",),
    audience: Audience | None = None,
) -> Experiment:
    """Draw lots and begin today. `seed` is true chance, which a door brings.

    `figures` has the primary one first. A live audience is frozen as it is now. A `ValueError`
    carries a sentence.
    """
    check(share=share, days=days, figures=figures)
    if not NAME.fullmatch(name):
        raise ValueError(f"A name has small letters, digits and hyphens, not {name[:40]!r}.")
    if len(seed) < SHORTEST_SEED:
        raise ValueError(f"A seed has at least {SHORTEST_SEED} signs, drawn by chance.")
    if every(business).get(name) is not None:
        raise ValueError(f"There is an experiment {name!r} already.")
    with transaction.atomic():
        if audience is not None and audience.kind == Audience.Kind.LIVE:
            definition = audiences.definition(audience)
            frozen = f"{audience.name[:40]} ({name[:30]})"
            audience = audiences.make(business, frozen, definition, now=now, frozen=True)
        return Experiment.objects.create(
            business=business,
            name=name,
            seed=seed,
            share=share,
            days=days,
            figures=list(figures),
            audience=audience,
            started_on=populations.today(business, now),
        )


def check(*, share: int, days: int, figures: Sequence[str]) -> list[Measure]:
    """The figures that are meant; a `ValueError` says what cannot be an experiment."""
    if not 0 < share < SHARES:
        raise ValueError("A share held out is more than 0 % and less than 100 %.")
    if not 1 <= days <= LONGEST:
        raise ValueError(f"An experiment takes 1 to {LONGEST} days.")
    unknown = next((name for name in figures if name not in MEASURES), None)
    if unknown is not None or not figures:
        known = ", ".join(MEASURES)
        raise ValueError(f"An experiment is about {known}, not {unknown or 'nothing'!r}.")
    if len(set(figures)) < len(figures):
        raise ValueError("A figure is declared once.")
    return [MEASURES[name] for name in figures]


def every(business: Business) -> dict[str, Experiment]:
    """The experiments of a business by name, the newest first."""
    found = Experiment.objects.filter(business=business).order_by("-started_on", "name")
    return {one.name: one for one in found}


def arm_of(experiment: Experiment, customer: int) -> Arm:
    """In which group a customer is; who went over into another one, in the other's."""
    goes_on = survivors.of([customer]).get(customer, customer)
    return assignment.arm(experiment.seed, goes_on, share=experiment.share)


def group(business: Business, name: str, *, now: datetime) -> list[int]:
    """The members in a group, by its name as programs know it; nobody once it has ended.

    `treated-NAME` or `holdout-NAME` of an experiment: those of its audience, else every member,
    also who joined since.
    """
    prefix = next(each for each in GROUPS if name.startswith(each))
    found = every(business).get(name.removeprefix(prefix))
    today = populations.today(business, now)
    if found is None or (found.ended_on is not None and found.ended_on <= today):
        return []
    return gathering.drawn(
        business,
        audience=found.audience,
        seed=found.seed,
        share=found.share,
        held_out=prefix == HELD_OUT,
    )


def end(experiment: Experiment, *, now: datetime) -> None:
    """Today is no longer part of it. Ending it again changes nothing."""
    if experiment.ended_on is None:
        experiment.ended_on = populations.today(experiment.business, now)
        experiment.save(update_fields=["ended_on"])


def plan(experiment: Experiment) -> Plan:
    """How it was set up."""
    return Plan(share=experiment.share, days=experiment.days)


def result(experiment: Experiment, *, now: datetime) -> Judgement:
    """The two groups beside each other, up to and without today."""
    today = populations.today(experiment.business, now)
    since, until = experiment.started_on, min(experiment.ended_on or today, today)
    span = Span(since=since, until=until, before=since - timedelta(days=experiment.days))
    groups = gathering.sums(
        experiment.business,
        span,
        audience=experiment.audience,
        drawn=(experiment.seed, experiment.share),
    )
    return judging.judge(
        groups.get(True, Sums()),
        groups.get(False, Sums()),
        [MEASURES[name] for name in experiment.figures],
        plan=plan(experiment),
        days=(until - since).days,
    )


def foresee(
    business: Business,
    *,
    now: datetime,
    share: int = SHARE,
    days: int = DAYS,
    figures: Sequence[str] = ("revenue",),
    audience: Audience | None = None,
) -> list[Detectable]:
    """Which differences could be seen, from what the same customers did before today."""
    measures = check(share=share, days=days, figures=figures)
    until = populations.today(business, now)
    since = until - timedelta(days=days)
    span = Span(since=since, until=until, before=since - timedelta(days=days))
    chosen = None if audience is None else audiences.members(audience, now=now)
    groups = gathering.sums(business, span, customers=chosen, known=until)
    earlier = groups.get(False, Sums())
    asked = Plan(share=share, days=days)
    return [power.detectable(earlier, one, plan=asked, figures=len(measures)) for one in measures]
