"""Café des Amis with guests who came when they came, and a program that looks at segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from habitue.ledger import Fact
from habitue.members.models import Business
from tests.ledger.conftest import bought, guests, make_cafe, post

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

PROGRAM = """\
program: cafe
title: Café des Amis
currency: EUR
timezone: Europe/Paris
enrolment: automatic
units:
  points: {worth: 0.05}
earn:
  - {id: base, when: purchase, award: {points: 1, per: 1.00}}
  - {id: come-back, when: segments, where: {segment: slipping}, award: {points: 50}}
"""


@pytest.fixture
def cafe(db: None) -> Business:
    return make_cafe(PROGRAM)


def came(business: Business, ago: Mapping[int, Sequence[int]], *, cents: int = 1000) -> None:
    """Purchases so many days before now, each told when it happened."""
    facts: list[Fact] = [
        bought(who, cents, at=NOW - timedelta(days=days)) for who in ago for days in ago[who]
    ]
    for fact in sorted(facts, key=lambda fact: fact.at):
        post(business, fact, now=fact.at)


def weekly(since: int, times: int = 12) -> list[int]:
    """Once a week, the last time so many days ago."""
    return [since + 7 * week for week in range(times)]


@pytest.fixture
def people(cafe: Business) -> dict[str, int]:
    """Alice comes weekly, Bruno came every other day and stopped, Chiara was here once."""
    alice, bruno, chiara = guests(cafe, 3)
    came(cafe, {alice: weekly(3), bruno: [5 + 2 * time for time in range(12)], chiara: [60]})
    return {"alice": alice, "bruno": bruno, "chiara": chiara}
