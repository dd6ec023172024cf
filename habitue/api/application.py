"""The API as a web server calls it: a request becomes a call, the operation's answer goes back.

1. Find the operation of this address and method.
2. Find out who calls, whether they may, and not too often.
3. Read address, query and body strictly.
4. Do it: once per idempotency key, and what is plural together with what others ask just now.
5. Answer; whatever went wrong is a problem with a sentence.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.db import InterfaceError, OperationalError, transaction

from habitue.api import (
    admission,
    browsing,
    limits,
    once,
    problems,
    reading,
    replies,
    routing,
    together,
)
from habitue.api.calls import Call, Request
from habitue.api.problems import Problem, Refusal
from habitue.api.replies import Reply
from habitue.api.routing import Operation

log = logging.getLogger(__name__)
Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

_ALWAYS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)
_LINES: Final = {one.value: f"{one.value} {one.phrase}" for one in HTTPStatus}
_PREFIX: Final = len("Bearer ")
_LET_GO: Final = 8
"""Times the longest body: so much of one that is too long is read and thrown away."""


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """WSGI: one request in, one answer out."""
    request = _request(environ)
    if isinstance(request, Problem):
        reply = problems.reply(request)
    else:
        reply = respond(request, now=datetime.now(UTC))
    headers = list({**dict(_ALWAYS), **dict(reply.headers)}.items())
    if reply.parts is None:
        headers.append(("Content-Length", str(len(reply.body))))
    if reply.body or reply.parts is not None:
        headers.append(("Content-Type", reply.media))
    start_response(_LINES[reply.status], headers)
    if environ["REQUEST_METHOD"] == "HEAD":
        return []
    return [reply.body] if reply.parts is None else reply.parts


def respond(request: Request, *, now: datetime) -> Reply:
    """The answer to a request."""
    try:
        return _respond(request, now)
    except Problem as problem:
        return problems.reply(problem)
    except (OperationalError, InterfaceError) as error:
        log.warning("%s %s: %s", request.method, request.path, str(error).splitlines()[0])
        return problems.reply(problems.unavailable())
    except BaseException:
        log.exception("%s %s failed", request.method, request.path)
        return problems.reply(problems.defect())


def _respond(request: Request, now: datetime) -> Reply:
    if request.method in ("GET", "HEAD") and (page := browsing.answer(request.path)):
        return _fresh(request, page)
    operation, blanks = _operation(request)
    text = _credential(request.headers)
    if operation.plural:
        return _plural(operation, blanks, request, text, now)
    call, left = admission.call(operation, text, now)
    call.match = request.headers.get("IF_MATCH", "")
    parameters = _parameters(operation, blanks, request)
    reply = _done(operation, call, request, parameters)
    return limits.per_caller.said(_fresh(request, reply), left)


def _operation(request: Request) -> tuple[Operation, dict[str, str]]:
    methods, blanks = routing.find(request.path.removeprefix(routing.PREFIX))
    if not methods:
        raise problems.unknown("address")
    method = "GET" if request.method == "HEAD" else request.method
    found = methods.get(method)
    if found is None:
        allowed = ", ".join(sorted({*methods, "OPTIONS"}))
        status = 204 if method == "OPTIONS" else 405
        raise Problem(status, "method", f"Use {allowed}.", headers=(("Allow", allowed),))
    return found, blanks


def _credential(headers: dict[str, str]) -> str:
    given = headers.get("AUTHORIZATION", "")
    return given[_PREFIX:].strip() if given[:_PREFIX].lower() == "bearer " else ""


def _parameters(operation: Operation, blanks: dict[str, str], request: Request) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if operation.where is not None:
        given["where"] = reading.where(operation, blanks)
    asked = reading.query(operation, request.query)
    if operation.asked is not None:
        given["asked"] = asked
    if operation.body is not None:
        reading.plain(request.headers.get("CONTENT_ENCODING", ""))
        media = request.headers.get("CONTENT_TYPE", "")
        given["body"] = reading.body(operation, request.body, media)
    return given


def _done(operation: Operation, call: Call, request: Request, given: dict[str, Any]) -> Reply:
    call.key = once.key(request.headers) if operation.writes else ""
    if not call.key:
        return _answer(operation, operation.act(call, **given))
    call.said = _said(request, given.get("body"))
    with transaction.atomic():
        before = once.claim([call], now=call.now).get(once.name(call))
        if isinstance(before, Problem):
            raise before
        if before is not None:
            return before
        try:
            reply = _answer(operation, operation.act(call, **given))
        except Refusal as refusal:
            reply = problems.reply(refusal)
        once.keep({once.name(call): _kept(operation, reply)})
    return reply


def _kept(operation: Operation, reply: Reply) -> Reply:
    """What is answered again under the key: never what is shown once."""
    if not operation.secret or reply.status >= 400:
        return reply
    shown = msgspec.json.decode(reply.body)
    shown[operation.secret] = None
    return Reply(reply.status, msgspec.json.encode(shown))


def _plural(
    operation: Operation, blanks: dict[str, str], request: Request, text: str, now: datetime
) -> Reply:
    """Read it here; who calls is found out together with the others."""
    try:
        given = _parameters(operation, blanks, request)
        key = once.key(request.headers)
    except Problem:
        admission.call(operation, text, now)  # whoever may not ask is told that first
        raise
    said = _said(request, given["body"]) if key else b""
    told = together.do(together.Wanted(operation, text, given["body"], key, said))
    if isinstance(told, Problem):
        raise told
    return told


def _said(request: Request, body: Any) -> bytes:
    return once.said(request.method, request.path, request.query, body)


def _answer(operation: Operation, answered: Any) -> Reply:
    if isinstance(answered, Reply):
        return answered
    if operation.answers is None:
        return Reply(operation.status, b"")
    return Reply(operation.status, msgspec.json.encode(answered))


def _fresh(request: Request, reply: Reply) -> Reply:
    """A read answer with its ETag; 304 for who has it already."""
    if request.method not in ("GET", "HEAD") or reply.status != 200 or reply.parts is not None:
        return reply
    tag = replies.tag(reply.body)
    headers = (*reply.headers, ("ETag", tag))
    known = {one.strip() for one in request.headers.get("IF_NONE_MATCH", "").split(",")}
    if tag in known or "*" in known:
        return Reply(304, b"", headers=headers)
    return Reply(reply.status, reply.body, reply.media, headers)


def _request(environ: Environ) -> Request | Problem:
    headers = {name[5:]: value for name, value in environ.items() if name.startswith("HTTP_")}
    headers["CONTENT_TYPE"] = environ.get("CONTENT_TYPE", "")
    try:
        path = environ["PATH_INFO"].encode("latin-1").decode()
    except UnicodeDecodeError:
        return problems.unknown("address")
    body = _body(environ)
    if isinstance(body, Problem):
        return body
    return Request(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), headers, body)


def _body(environ: Environ) -> bytes | Problem:
    """The body, whether its length was said or it comes in chunks; what is too long is let go."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if length == "0" and "HTTP_TRANSFER_ENCODING" not in environ:
        return b""
    source = environ["wsgi.input"]
    try:
        if "HTTP_TRANSFER_ENCODING" in environ:
            body: bytes = source.read(reading.MOST_BODY + 1)
        elif int(length) <= reading.MOST_BODY:
            body = source.read(int(length))
            return body if len(body) == int(length) else problems.slow()
        else:
            body = bytes(reading.MOST_BODY + 1)
        if len(body) <= reading.MOST_BODY:
            return body
        for _ in range(_LET_GO):  # so that the sender reads the answer, and no broken pipe
            if not source.read(reading.MOST_BODY):
                break
    except OSError:
        return problems.slow()
    return Problem(413, "too_long", f"A body has at most {reading.MOST_BODY:,} bytes.")
