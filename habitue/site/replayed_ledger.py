"""Replays what the ledger holds of a business under programs, straight from its events."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import django
import psycopg
from msgspec import structs

from habitue.core.whatif import replay, result
from habitue.core.whatif.result import WhatIf
from habitue.core.whatif.sums import Sums
from habitue.ledger import replaying
from habitue.site import replays
from habitue.site.replays import Plan, Tell


def of_business(
    plan: Plan, connection: psycopg.Connection[Any], business: int, *, processes: int, tell: Tell
) -> WhatIf:
    """Replay what the ledger holds of a business, read straight from its events.

    Other processes reach the same database by connections of their own, with the same rights.
    """
    span = replaying.span(connection, business, since=plan.since)
    plan = structs.replace(plan, until=span.until or date.min)
    stages = plan.stages()
    if plan.shares or span.meets:
        sums = Sums.nothing(len(stages))
        moments = replaying.moments(connection, business, since=plan.since)
        events = replays.counted(moments, span.events, tell)
        funded = replaying.funded(connection, business)
        replay.together(stages, events, sums, totals=funded)
        return result.read(stages, sums, notes=[replays.IN_ORDER])
    if processes == 1:
        sums = Sums.nothing(len(stages))
        portions = replaying.portions(connection, business, replays.PIECES)
        for ended, portion in enumerate(portions, 1):
            guests = replaying.customers(connection, business, portion, since=plan.since)
            replay.apart(stages, guests, sums)
            tell("Replaying", ended / len(portions))
        return result.read(stages, sums)
    portions = replaying.portions(connection, business, processes * replays.PIECES)
    # The password is no part of `dsn`; it goes to our own processes only.
    reach = {**connection.info.get_parameters(), "password": connection.info.password or None}
    work = partial(_portion, plan, reach, business)
    sums = replays.spread(
        work, portions, plan=plan, processes=processes, tell=tell, begin=django.setup
    )
    return result.read(stages, sums)


def _portion(plan: Plan, reach: dict[str, Any], business: int, portion: replaying.Portion) -> Sums:
    sums = Sums.nothing(len(plan.programs))
    with psycopg.connect(**reach) as connection:
        guests = replaying.customers(connection, business, portion, since=plan.since)
        replay.apart(plan.stages(), guests, sums)
    return sums
