"""What a report tells of baskets, and of members beside others: read here, told in plain values."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from habitue.members.models import Business
from habitue.metrics.report import Beside, Bought, Together
from habitue.outreach import beside as comparing
from habitue.outreach import lines
from habitue.outreach.lines import By

if TYPE_CHECKING:
    from habitue.metrics.affinity.pairs import Pair

PAIRS: Final = 100
"""How many pairs a report names: the surest."""

SPAN: Final = timedelta(days=90)
"""For so long members are looked at beside others."""


def together(business: Business, *, now: datetime) -> Together:
    """What is bought together: by product, or by category where no product is named."""
    from habitue.metrics.affinity import pairs, suggesting
    from habitue.metrics.affinity.words import Refusal

    by: By = "product"
    found = lines.baskets(business, by=by, now=now)
    if not found.products:
        by = "category"
        found = lines.baskets(business, by=by, now=now)
    told = pairs.together(found)
    if isinstance(told, Refusal):
        return Together(by=by, refused=told.words)
    suggested = suggesting.suggest(found)
    rows = tuple(_bought(one) for one in told[:PAIRS])
    if isinstance(suggested, Refusal):
        return Together(by=by, pairs=rows, number=len(told), method=suggested.words)
    judged = suggested.judgement
    return Together(
        by=by,
        pairs=rows,
        number=len(told),
        method=suggested.words,
        judged=judged.popular.judged,
        popular=judged.popular.hit_rate,
        taste=judged.taste.hit_rate if judged.taste else None,
    )


def beside(business: Business, *, on: date) -> Beside:
    """Members beside others who were alike before the three months up to a day."""
    from habitue.metrics.experiments.matching import Refused

    since = on - SPAN
    found = comparing.compare(business, since=since, until=on)
    if isinstance(found, Refused):
        return Beside(
            since=since,
            members=found.members,
            others=found.others,
            matched_members=found.matched_members,
            refused=found.why,
        )
    return Beside(
        since=since,
        members=found.members,
        others=found.others,
        matched_members=found.matched_members,
        warning=found.warning,
        member_value=found.member_value,
        other_value=found.other_value,
        low=found.low,
        high=found.high,
    )


def _bought(pair: Pair) -> Bought:
    return Bought(
        first=pair.first,
        second=pair.second,
        together=pair.together,
        customers=pair.customers,
        confidence=pair.confidence,
        lift=pair.lift,
        low=pair.low,
        high=pair.high,
    )
