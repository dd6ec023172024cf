"""W: the business's own rhythm, or as somebody says."""

import pytest

from habitue.metrics import asked as asking


@pytest.mark.parametrize(
    ("gaps", "days", "origin"),
    [
        ({}, 90, "assumed"),
        ({7: 1}, 7, "own rhythm"),
        ({7: 9, 60: 1}, 7, "own rhythm"),
        ({7: 8, 60: 2}, 60, "own rhythm"),
        (dict.fromkeys(range(1, 101), 1), 90, "own rhythm"),
    ],
)
def test_the_window_is_the_90th_percentile_of_the_own_gaps(
    gaps: dict[int, int], days: int, origin: str
) -> None:
    window = asking.own_rhythm(gaps)
    assert (window.days, window.origin) == (days, origin)


@pytest.mark.parametrize("days", [0, -1, 100_000])
def test_a_senseless_window_is_a_sentence(days: int) -> None:
    with pytest.raises(ValueError, match="window"):
        asking.given(days)


def test_a_window_says_who_chose_it() -> None:
    assert asking.given(30).origin == "given"
    assert asking.given(30, origin="declared").origin == "declared"
