"""What went wrong, as RFC 9457 wants it said: a code, a sentence, and where in the request."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec
from msgspec import Struct

from habitue.api.replies import Reply
from habitue.core.facts import Refused

MEDIA: Final = "application/problem+json"


class Wrong(Struct, frozen=True, kw_only=True):
    """One thing that is wrong: a sentence, and a JSON pointer to where it stands."""

    pointer: str
    detail: str


class ProblemDetails(
    Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"kind": "type"}
):
    """A problem as it is answered. `code` is stable, `detail` is for people.

    `values` are the numbers and names of a refusal, `event` the event recorded as refused.
    """

    kind: str
    title: str
    status: int
    code: str
    detail: str
    values: dict[str, str | int] = {}
    event: str = ""
    errors: list[Wrong] = []


class Problem(Exception):
    """The way out of an operation that cannot be done; whatever it began is rolled back."""

    keep = False

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: tuple[Wrong, ...] = (),
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers = errors, headers
        self.values: dict[str, str | int] = {}
        self.event = ""

    def shown(self) -> ProblemDetails:
        """The problem as it is answered."""
        return ProblemDetails(
            kind=f"urn:habitue:problem:{self.code}",
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            code=self.code,
            detail=self.detail,
            values=self.values,
            event=self.event,
            errors=list(self.errors),
        )


class Refusal(Problem):
    """The program refused, and the ledger recorded why: kept and answered again under its key."""

    keep = True

    def __init__(self, refused: Refused, event: int = 0) -> None:
        super().__init__(409, refused.code, refused.sentence)
        self.values = refused.values
        self.event = str(event) if event else ""


def unknown(what: str) -> Problem:
    """404: what was asked for is not there, or belongs to somebody else."""
    return Problem(404, "not_found", f"There is no such {what} here.")


def wrong(pointer: str, detail: str, *, code: str = "invalid") -> Problem:
    """422: something in the request cannot be meant; `pointer` says where ("/body/lines/0")."""
    return Problem(422, code, detail, errors=(Wrong(pointer=pointer, detail=detail),))


def conflict(refused: Refused) -> Problem:
    """409: what the books do not allow; nothing was recorded, so it may be tried again."""
    found = Problem(409, refused.code, refused.sentence)
    found.values = refused.values
    return found


def defect() -> Problem:
    """500: our own fault."""
    return Problem(500, "defect", "This is our fault, and noted. Try again later.")


def unavailable() -> Problem:
    """503: the database does not answer just now; nothing was done."""
    return Problem(
        503,
        "unavailable",
        "The database does not answer just now. Nothing was done; ask again in a second.",
        headers=(("Retry-After", "1"),),
    )


def slow() -> Problem:
    """503: the body did not come in, or too many others come in slowly."""
    return Problem(
        503,
        "slow",
        "The body did not come in, or too many are sent slowly just now. Nothing was done.",
        headers=(("Retry-After", "1"),),
    )


def reply(problem: Problem) -> Reply:
    """A problem as bytes."""
    if problem.status == 204:
        return Reply(204, b"", headers=problem.headers)
    body = msgspec.json.encode(problem.shown())
    return Reply(problem.status, body, MEDIA, problem.headers)
