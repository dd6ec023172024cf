"""Which operation answers which address: operations declare themselves, modules are found by name.

    @operation("GET", "/customers/{customer}", may=calls.READERS, summary="One customer")
    def show(call: calls.Call, where: Where) -> Shown: ...

The annotations are the contract: `where` is the path, `asked` the query, `body` the JSON body, and
what is returned the answer (None: 204). A `plural` operation gets many requests at once,
`(asked: Sequence[calls.Asked])`, names its `body` and `answers` in the declaration, and gives back
for each what it is answered, or the `Problem`.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, get_type_hints
from urllib.parse import unquote

import msgspec

from habitue.members.callers import Scope

PREFIX: Final = "/api/v1"
F = TypeVar("F", bound=Callable[..., Any])
_BLANK = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing a program can ask for; everything here is also said in the OpenAPI file."""

    name: str
    tag: str
    method: str
    path: str
    may: frozenset[Scope]
    summary: str
    description: str
    status: int
    act: Callable[..., Any]
    where: Any = None
    asked: Any = None
    body: Any = None
    answers: Any = None
    media: str = "application/json"
    plural: bool = False
    weigh: Callable[[Any], int] = field(default=lambda body: 1, repr=False)
    writes: bool = False
    example: Any = None
    problems: tuple[int, ...] = ()
    secret: str = ""
    decode: Callable[[bytes], Any] | None = field(default=None, repr=False)


_found: list[Operation] = []


def operation(
    method: str,
    path: str,
    *,
    may: frozenset[Scope],
    summary: str,
    status: int | None = None,
    body: Any = None,
    answers: Any = None,
    media: str = "application/json",
    plural: bool = False,
    weigh: Callable[[Any], int] = lambda body: 1,
    writes: bool | None = None,
    example: Any = None,
    problems: tuple[int, ...] = (),
    secret: str = "",
) -> Callable[[F], F]:
    """Declare a function as an operation. The rest of its docstring is its description.

    `writes` (by default: everything but GET) makes it idempotent by key. `problems` are further
    statuses that it may answer with, beside those that follow from what it takes; with 412 it
    takes If-Match (`Call.fits`). `secret` names the answer's field that is shown once: what is kept
    under an idempotency key has null there. `weigh` says how much of a group a plural operation's
    body takes.
    """

    def declare(act: F) -> F:
        hints = get_type_hints(act, include_extras=True)
        taken, answered = (body or hints.get("body")), answers or hints.get("return")
        empty = answered in (None, type(None))
        _found.append(
            Operation(
                name=f"{act.__module__.rpartition('.')[2]}_{act.__name__}",
                tag=act.__module__.rpartition(".")[2].replace("_", " "),
                method=method,
                path=path,
                may=may,
                summary=summary,
                description=inspect.getdoc(act) or "",
                status=status or (204 if empty else 200),
                act=act,
                where=hints.get("where"),
                asked=None if plural else hints.get("asked"),
                body=taken,
                answers=None if empty else answered,
                media=media,
                plural=plural,
                weigh=weigh,
                writes=method != "GET" if writes is None else writes,
                example=example,
                problems=problems,
                secret=secret,
                decode=msgspec.json.Decoder(taken).decode if taken else None,
            )
        )
        return act

    return declare


@functools.cache
def operations() -> tuple[Operation, ...]:
    """Every operation, by address and method."""
    package = importlib.import_module("habitue.api.operations")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return tuple(sorted(_found, key=lambda one: (one.path, one.method)))


def find(path: str) -> tuple[dict[str, Operation], dict[str, str]]:
    """The operations of an address by method, and what stands in its blanks."""
    plain, shaped = _addresses()
    if path in plain:
        return plain[path], {}
    for pattern, methods in shaped:
        match = pattern.fullmatch(path)
        if match:
            return methods, {name: unquote(value) for name, value in match.groupdict().items()}
    return {}, {}


@functools.cache
def _addresses() -> tuple[
    dict[str, dict[str, Operation]], list[tuple[re.Pattern[str], dict[str, Operation]]]
]:
    methods: dict[str, dict[str, Operation]] = {}
    for one in operations():
        there = methods.setdefault(one.path, {})
        if one.method in there:
            raise AssertionError(f"{one.method} {one.path} is declared twice")
        there[one.method] = one
    plain = {path: there for path, there in methods.items() if "{" not in path}
    shaped = [(_pattern(path), there) for path, there in methods.items() if "{" in path]
    return plain, shaped


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("".join(_parts(path)))


def _parts(path: str) -> Iterator[str]:
    place = 0
    for blank in _BLANK.finditer(path):
        yield re.escape(path[place : blank.start()])
        yield f"(?P<{blank[1]}>[^/]+)"
        place = blank.end()
    yield re.escape(path[place:])
