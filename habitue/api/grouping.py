"""Group commit: what comes in while a posting is under way is done together when that returns.

No timer: whoever finds nobody at work leads, takes all who wait and works for them; who came
meanwhile is led by one of their own. Everybody is answered after the commit of their own group.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Told = TypeVar("Told")


class _Place(Generic[Asked, Told]):
    """Somebody who waits: for an answer, or to lead."""

    __slots__ = ("answer", "asked", "error", "leads", "weight", "woken")

    def __init__(self, asked: Asked, weight: int) -> None:
        self.asked, self.weight = asked, weight
        self.answer: Told | None = None
        self.error: BaseException | None = None
        self.leads = False
        self.woken = threading.Lock()
        self.woken.acquire()


class Grouping(Generic[Asked, Told]):
    """Lets threads do one kind of work together. `work` answers each, in their order.

    A group weighs at most `most`, or is one alone: who waits long should not wait for a crowd.
    """

    def __init__(self, work: Callable[[Sequence[Asked]], Sequence[Told]], *, most: int) -> None:
        self._work, self._most = work, most
        self._waiting: list[_Place[Asked, Told]] = []
        self._busy = False
        self._door = threading.Lock()

    def do(self, asked: Asked, weight: int = 1) -> Told:
        """Have this done, with whatever others wait for; its answer, or the error of its group."""
        mine: _Place[Asked, Told] = _Place(asked, weight)
        with self._door:
            if self._busy:
                self._waiting.append(mine)
            else:
                self._busy = mine.leads = True
        if not mine.leads:
            mine.woken.acquire()
        if mine.leads:
            self._lead(mine)
        if mine.error is not None:
            raise mine.error
        assert mine.answer is not None
        return mine.answer

    def _lead(self, mine: _Place[Asked, Told]) -> None:
        """Work for oneself and for who waits, then hand over to whoever came meanwhile."""
        with self._door:
            group = [mine, *self._next(self._most - mine.weight)]
        try:
            answers = self._work([place.asked for place in group])
            for place, answer in zip(group, answers, strict=True):
                place.answer = answer
        except BaseException as error:
            for place in group:
                place.error = error
            raise
        finally:
            self._hand_over()
            for place in group[1:]:
                place.woken.release()

    def _next(self, room: int) -> list[_Place[Asked, Told]]:
        """Whoever waits longest and still fits, in their order; they wait no more."""
        many = 0
        for place in self._waiting:
            room -= place.weight
            if room < 0:
                break
            many += 1
        taken = self._waiting[:many]
        del self._waiting[:many]
        return taken

    def _hand_over(self) -> None:
        with self._door:
            if not self._waiting:
                self._busy = False
                return
            follower = self._waiting.pop(0)
            follower.leads = True
        follower.woken.release()
