"""What many callers ask of one plural operation just now, done in one transaction.

A group holds requests of several businesses and operations; each business's are one posting. When
a group fails it is halved until what fails stands alone: nobody fails for a neighbor's request.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from django.db import InterfaceError, OperationalError, transaction
from msgspec import Struct

from habitue.api import admission, grouping, limits, once, problems, routing
from habitue.api.calls import Asked
from habitue.api.problems import Problem
from habitue.api.replies import Reply
from habitue.members import callers

log = logging.getLogger(__name__)
Told = Reply | Problem

MOST: Final = 500
"""Events in one group; a request that brings more is a group by itself."""

ALONE: Final = 50
"""Events from which on a request is a posting beside the groups: it gains nothing by neighbors, and
where they are late and their customer's history long, nobody else waits for it.
"""

_TRIES: Final = 3
_DOWN: Final = ("08", "53", "57P")  # connection lost, nothing left of something, shut down


class Wanted(Struct, frozen=True):
    """A plural operation's request, read: whose credential, what, and under which key."""

    operation: routing.Operation
    text: str
    body: Any
    key: str
    said: bytes


def do(wanted: Wanted) -> Told:
    """Have a request done with whatever others ask for just now; a great one by itself."""
    weight = wanted.operation.weigh(wanted.body)
    if weight >= ALONE:
        (told,) = work([wanted])
        return told
    return _grouping.do(wanted, weight)


def work(group: Sequence[Wanted]) -> list[Told]:
    """Do a group's requests; what each is answered, in their order."""
    now = datetime.now(UTC)
    told: dict[int, Told] = {}
    asked: dict[int, Asked] = {}
    left: dict[int, int] = {}
    who = callers.callers({one.text for one in group if one.text}, at=now)
    for place, one in enumerate(group):
        try:
            call, left[place] = admission.admitted(one.operation, who.get(one.text), now)
        except Problem as problem:
            told[place] = problem
            continue
        call.key, call.said = one.key, one.said
        asked[place] = Asked(call, one.body)
    for operation, places in _postings(group, asked):
        answers = _surely(operation, [asked[place] for place in places], now)
        told.update(zip(places, answers, strict=True))
    for place, many in left.items():
        answer = told[place]
        if isinstance(answer, Reply):
            told[place] = limits.per_caller.said(answer, many)
    return [told[place] for place in range(len(group))]


def _postings(
    group: Sequence[Wanted], asked: dict[int, Asked]
) -> Iterator[tuple[routing.Operation, list[int]]]:
    """What is done together: one business's, one operation's, each under another key."""
    waiting = list(asked)
    while waiting:
        rounds: dict[tuple[str, int], list[int]] = {}
        names: set[once.Name] = set()
        later = []
        for place in waiting:
            call = asked[place].call
            if call.key and once.name(call) in names:
                later.append(place)
                continue
            names.add(once.name(call))
            rounds.setdefault((group[place].operation.name, call.caller.business), []).append(place)
        for places in rounds.values():
            yield group[places[0]].operation, places
        waiting = later


def _surely(operation: routing.Operation, asked: Sequence[Asked], now: datetime) -> list[Told]:
    """Do requests together; where that fails, halve them until what fails stands alone."""
    try:
        return _patiently(operation, asked, now)
    except Problem as problem:
        if len(asked) == 1:
            return [problem]
    except (OperationalError, InterfaceError) as error:
        if len(asked) == 1 or _is_down(error):
            log.warning("%s: %s", operation.name, str(error).splitlines()[0])
            return [problems.unavailable() for _ in asked]
    except BaseException:
        if len(asked) == 1:
            log.exception("%s failed", operation.name)
            return [problems.defect()]
    half = len(asked) // 2
    return [
        *_surely(operation, asked[:half], now),
        *_surely(operation, asked[half:], now),
    ]


def _is_down(error: Exception) -> bool:
    """Whether the database itself does not answer, and not only what one request made of it."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return not state or state.startswith(_DOWN)


def _patiently(operation: routing.Operation, asked: Sequence[Asked], now: datetime) -> list[Told]:
    """Do requests together; a deadlock with another process is tried again."""
    for left in reversed(range(_TRIES)):
        try:
            return _done(operation, asked, now)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "40P01" or not left:
                raise
    raise AssertionError("unreachable")


def _done(operation: routing.Operation, asked: Sequence[Asked], now: datetime) -> list[Told]:
    keyed = [one.call for one in asked if one.call.key]
    if not keyed:
        return [_reply(operation, one) for one in operation.act(asked)]
    with transaction.atomic():
        held = once.claim(keyed, now=now)
        names = [once.name(one.call) if one.call.key else None for one in asked]
        fresh = [one for one, name in zip(asked, names, strict=True) if name not in held]
        answers = iter(operation.act(fresh) if fresh else [])
        told = [held[name] if name in held else _reply(operation, next(answers)) for name in names]
        done = {
            name: answer
            for name, answer in zip(names, told, strict=True)
            if name is not None and name not in held
        }
        once.keep({name: one for name, one in done.items() if isinstance(one, Reply)})
        once.release([name for name, one in done.items() if isinstance(one, Problem)])
    return told


def _reply(operation: routing.Operation, answered: object) -> Told:
    """An answer as bytes; a refusal too, which is kept, while any other problem stays one."""
    if isinstance(answered, Problem):
        return problems.reply(answered) if answered.keep else answered
    if isinstance(answered, Reply):
        return answered
    return Reply(operation.status, msgspec.json.encode(answered))


_grouping: Final = grouping.Grouping(work, most=MOST)
