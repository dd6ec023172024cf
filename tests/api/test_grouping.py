"""Group commit among threads: who comes while others work is done together, nobody is forgotten."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from habitue.api.grouping import Grouping


class Counter:
    """Work that takes its time, and remembers its groups."""

    def __init__(self, takes: float = 0.02) -> None:
        self.groups: list[list[int]] = []
        self.takes = takes
        self.at_once = 0
        self.most_at_once = 0
        self.lock = threading.Lock()

    def work(self, asked: Sequence[int]) -> list[int]:
        """Answer each with its double."""
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.groups.append(list(asked))
        time.sleep(self.takes)
        with self.lock:
            self.at_once -= 1
        if -1 in asked:
            raise ValueError("one of these cannot be done")
        return [one * 2 for one in asked]


def together(grouping: Grouping[int, int], asked: Sequence[int], weight: int = 1) -> list[int]:
    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(lambda one: grouping.do(one, weight), asked))


def test_everybody_is_answered_their_own_and_few_groups_do_it() -> None:
    counter = Counter()
    assert together(Grouping(counter.work, most=500), range(64)) == [2 * one for one in range(64)]
    assert sorted(one for group in counter.groups for one in group) == list(range(64))
    assert len(counter.groups) < 10
    assert counter.most_at_once == 1


def test_a_group_weighs_no_more_than_it_may() -> None:
    counter = Counter()
    together(Grouping(counter.work, most=10), range(40), weight=4)
    assert max(map(len, counter.groups)) == 2


def test_what_is_too_heavy_for_any_group_is_done_alone() -> None:
    counter = Counter()
    assert together(Grouping(counter.work, most=10), range(5), weight=99) == [0, 2, 4, 6, 8]
    assert [len(group) for group in counter.groups] == [1] * 5


def test_an_error_is_told_to_its_group_and_the_next_go_on() -> None:
    counter = Counter()
    grouping = Grouping(counter.work, most=500)
    with pytest.raises(ValueError, match="cannot be done"):
        grouping.do(-1)
    assert together(grouping, range(8)) == [2 * one for one in range(8)]
