"""Group commit among threads: who comes while others work is done together, nobody is forgotten."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from habitue.api.grouping import Grouping


class Counter:
    """Work that takes until a crowd waits for it, once, and remembers its groups."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.crowded: Callable[[], bool] = lambda: True
        self.at_once = 0
        self.most_at_once = 0
        self.lock = threading.Lock()

    def work(self, asked: Sequence[int]) -> list[int]:
        """Answer each with its double."""
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.groups.append(list(asked))
        while not self.crowded():
            time.sleep(0.001)
        self.crowded = lambda: True
        with self.lock:
            self.at_once -= 1
        if -1 in asked:
            raise ValueError("one of these cannot be done")
        return [one * 2 for one in asked]


def together(counter: Counter, asked: Sequence[int], *, most: int, weight: int = 1) -> list[int]:
    """All of them ask; the first one's work goes on when all others wait."""
    grouping = Grouping(counter.work, most=most)
    counter.crowded = lambda: len(grouping._waiting) == len(asked) - 1
    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(lambda one: grouping.do(one, weight), asked))


def test_everybody_is_answered_their_own_and_few_groups_do_it() -> None:
    counter = Counter()
    assert together(counter, range(64), most=500) == [2 * one for one in range(64)]
    assert sorted(one for group in counter.groups for one in group) == list(range(64))
    assert [len(group) for group in counter.groups] == [1, 63]
    assert counter.most_at_once == 1


def test_a_group_weighs_no_more_than_it_may() -> None:
    counter = Counter()
    together(counter, range(40), most=10, weight=4)
    assert [len(group) for group in counter.groups] == [1, *[2] * 19, 1]


def test_what_is_too_heavy_for_any_group_is_done_alone() -> None:
    counter = Counter()
    assert together(counter, range(5), most=10, weight=99) == [0, 2, 4, 6, 8]
    assert [len(group) for group in counter.groups] == [1] * 5


def test_an_error_is_told_to_its_group_and_the_next_go_on() -> None:
    counter = Counter()
    grouping = Grouping(counter.work, most=500)
    with pytest.raises(ValueError, match="cannot be done"):
        grouping.do(-1)
    assert [grouping.do(one) for one in range(8)] == [2 * one for one in range(8)]
