"""Who is held out: for ever the same, in the share asked for, each experiment by itself."""

from __future__ import annotations

import pytest
from django.db import connection

from habitue.metrics.experiments import assignment

SEED = "5f2b9c"
MANY = range(1, 20_001)


def held_out(seed: str, share: int) -> set[int]:
    return {one for one in MANY if assignment.arm(seed, one, share=share) == "control"}


def test_a_group_is_for_ever() -> None:
    """As sha256sum says: `printf 5f2b9c:2 | sha256sum` begins with 3d65ad8e49bd6dd: 0.2398."""
    drawn = [0.9991, 0.2398, 0.9921, 0.8966, 0.5909, 0.0123, 0.4303, 0.3676]
    for number, place in enumerate(drawn, 1):
        assert assignment.arm(SEED, number, share=round(10_000 * place) + 1) == "control"
        assert assignment.arm(SEED, number, share=round(10_000 * place) - 1) == "treated"


@pytest.mark.parametrize("share", [100, 1_000, 5_000, 9_000])
def test_the_share_held_out_is_as_asked(share: int) -> None:
    expected = len(MANY) * share / 10_000
    deviation = (expected * (1 - share / 10_000)) ** 0.5
    assert abs(len(held_out(SEED, share)) - expected) < 4 * deviation


def test_a_larger_share_keeps_those_who_were_held_out() -> None:
    assert held_out(SEED, 500) < held_out(SEED, 1_000)


def test_two_experiments_know_nothing_of_each_other() -> None:
    one, other = held_out(SEED, 5_000), held_out("other", 5_000)
    together = len(one & other) / len(MANY)
    assert abs(together - 0.25) < 0.015


@pytest.mark.parametrize(("seed", "share"), [("", 1_000), ("s", 0), ("s", 10_000), ("s", -1)])
def test_nobody_or_everybody_is_no_experiment(seed: str, share: int) -> None:
    with pytest.raises(ValueError, match="share"):
        assignment.arm(seed, 1, share=share)


@pytest.mark.django_db
def test_the_database_says_the_same() -> None:
    formula = assignment.SQL.format(seed="%(seed)s", customer="one", share="%(share)s")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT one FROM unnest(%(many)s::bigint[]) AS one WHERE {formula}",
            {"many": list(MANY), "seed": SEED, "share": 1_234},
        )
        assert {one for (one,) in cursor.fetchall()} == held_out(SEED, 1_234)
