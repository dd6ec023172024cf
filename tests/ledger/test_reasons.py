"""Why an entry is what it is, kept short and read back word for word, the old way as well."""

from __future__ import annotations

from itertools import product

import msgspec
import pytest

from habitue.core.account import Step
from habitue.ledger import reasons

Why = tuple[Step, ...]

BY_TIER: Why = (("points", 3241, 32), ("gold-bonus", 32, 6))


@pytest.mark.parametrize(
    ("why", "amount", "text"),
    [
        ((), 5, None),
        ((("year", 3241, 3241),), 3241, '"year"'),
        ((("points", 3241, 32),), 32, '["points",3241]'),
        ((("points", 3241, 33),), 32, '["points",3241,33]'),
        (BY_TIER, 38, '["points",3241,32,"gold-bonus"]'),
        ((("points", 3241, 32), ("twice", 3241, 32)), 64, '["points",3241,32,"twice",3241]'),
        (BY_TIER, 37, '["points",3241,32,"gold-bonus",32,6]'),
        ((("lapsed", -7, -7),), -7, '"lapsed"'),
        ((('"q"', 1, 1),), 1, '"\\"q\\""'),
    ],
)
def test_a_number_that_follows_from_others_is_left_out(
    why: Why, amount: int, text: str | None
) -> None:
    assert reasons.written(why, amount) == text
    assert reasons.read(text, amount) == why


def test_whatever_the_steps_say_is_read_back_word_for_word() -> None:
    numbers = (-1, 0, 1, 2)
    steps = [("a", base, given) for base, given in product(numbers, numbers)]
    whys: list[Why] = [(one,) for one in steps]
    whys += [(one, ("b", *two[1:])) for one, two in product(steps, steps)]
    whys += [(*why, ("c", 0, 1)) for why in whys]
    for why, amount in product(whys, (-2, -1, 1, 2, 3)):
        assert reasons.read(reasons.written(why, amount), amount) == why


def test_rows_from_before_say_the_same() -> None:
    before = msgspec.json.encode(BY_TIER).decode()
    assert before == '[["points",3241,32],["gold-bonus",32,6]]'
    assert reasons.read(before, 38) == reasons.read(before, 37) == BY_TIER
