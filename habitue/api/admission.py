"""Who calls, whether they may, and not too often."""

from __future__ import annotations

import time
from datetime import datetime

from habitue.api import limits
from habitue.api.calls import Call
from habitue.api.problems import Problem
from habitue.api.routing import Operation
from habitue.members import callers
from habitue.members.callers import Caller


def call(operation: Operation, text: str, now: datetime) -> tuple[Call, int]:
    """The call of whose credential this is, and how many requests they have left."""
    found = callers.callers([text], at=now).get(text) if text else None
    return admitted(operation, found, now)


def admitted(operation: Operation, caller: Caller | None, now: datetime) -> tuple[Call, int]:
    """The call of who may ask for this now, and how many requests they have left."""
    if caller is None:
        raise Problem(
            401,
            "credential",
            "Send a key of this business: Authorization: Bearer hk_… (settings, keys).",
            headers=(("WWW-Authenticate", "Bearer"),),
        )
    left = limits.per_caller.take(caller.named, at=time.monotonic())
    if left < 0:
        raise limits.per_caller.refusal()
    if caller.scope not in operation.may:
        raise Problem(403, "scope", f"A credential of scope {caller.scope!r} may not do this.")
    return Call(caller, now), left
