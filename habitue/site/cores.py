"""Work spread over all cores: tasks to processes, results back as they come, clean on Ctrl-C."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

from habitue.site import garbage

Task = TypeVar("Task")
Result = TypeVar("Result")


def count() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


def spread(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    *,
    cores: int,
    done: Callable[[Result], None],
    begin: Callable[[], object] | None = None,
) -> None:
    """Do every task, on so many cores, and hand each result to `done` here, in any order.

    `begin` is what each process does before its first task.

    One core, or one task, needs no other process. What a task raises is raised here; then, or
    when the person presses Ctrl-C, what has not begun is dropped and no process stays behind.
    """
    if cores == 1 or len(tasks) <= 1:
        for task in tasks:
            done(work(task))
        return
    # Spawned, not forked: a fork would share this process's database connection.
    pool = ProcessPoolExecutor(min(cores, len(tasks)), get_context("spawn"), _settle, (begin,))
    try:
        with _uninterrupted():
            futures = [pool.submit(work, task) for task in tasks]
        for future in as_completed(futures):
            done(future.result())
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits while the processes start; these never hear of it, not even while they begin.

    They inherit that it is held back. One that was ended half begun would never be missed.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _settle(begin: Callable[[], object] | None) -> None:
    """In each process, before its first task."""
    if begin is not None:
        begin()
    garbage.settle()
