"""The OpenAPI 3.1 file, made from the operations: what is declared is what is documented."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Final

import msgspec

from habitue.api import problems, routing
from habitue.api.routing import Operation

_ANSWERS: Final = Path(__file__).with_name("answers.json")
_REF: Final = "#/components/schemas/{name}"
_FORMS: Final = {
    "application/yaml": {"type": "object"},
    "application/x-ndjson": {"type": "string"},
    "text/csv": {"type": "string"},
}
"""What an answer is that is no JSON document."""

_PROBLEMS: Final = {
    400: "The body is no JSON, or a header cannot be read.",
    401: "No credential of ours.",
    403: "This credential may not do that.",
    404: "It is not there, or belongs to another business.",
    409: "The program refuses, or it conflicts with what is there: `code` says why.",
    412: "It has changed since it was read.",
    413: "The body is too long.",
    415: "The body is not declared as JSON.",
    422: "Something in the request cannot be meant; `errors` says where. Or a key was reused.",
    429: "Too many requests.",
    503: "The database does not answer just now; nothing was done.",
}
_ABOUT: Final = """\
Loyalty for tills, shops and apps. Every business has keys of its own (settings, keys); a key opens
that business and nothing else.

**Amounts.** Money is a whole number of minor units (cents) beside its currency. Amounts of a
program's unit are decimal text ("28.7"). Nothing is ever a float.

**Exactly once.** Send an `Idempotency-Key` with whatever writes, and repeat with the same key
until you have an answer: the same request is answered the same, another one is refused. Events
also carry your `source` and `reference`, which stay unique for ever.

**Errors** are RFC 9457 problems: `code` for your program, `detail` for a person, `errors` with a
JSON pointer to each thing that is wrong. A refusal by the program is 409.

**Pages.** Lists go on with `next` of the page before, as `cursor`.
"""


@functools.cache
def document() -> dict[str, Any]:
    """The file as JSON has it, as Python values."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(_document()))
    return found


def written() -> bytes:
    """The file as it is served, and kept in docs/openapi.json."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=1) + b"\n"


def _document() -> dict[str, Any]:
    operations = routing.operations()
    types = list(dict.fromkeys(_types(operations)))
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    schema = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        there = paths.setdefault(routing.PREFIX + one.path, {})
        there[one.method.lower()] = _operation(one, schema)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Habitué", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in sorted({one.tag for one in operations})],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key (`hk_…`), or a token of a member (`hm_…`) or of the"
                    " staff (`hs_…`). The names beside it are scopes: any one of them will do.",
                }
            },
        },
    }


def _types(operations: tuple[Operation, ...]) -> list[Any]:
    """Whatever is sent or answered as a body."""
    found: list[Any] = [problems.ProblemDetails]
    for one in operations:
        found += [kind for kind in (one.body, one.answers) if kind]
    return found


def _operation(one: Operation, schema: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": one.summary,
        "description": one.description,
        "security": [{"bearer": [scope]} for scope in sorted(one.may)],
        "parameters": _parameters(one),
        "responses": _responses(one, schema),
    }
    if one.body is not None:
        content: dict[str, Any] = {"schema": schema[repr(one.body)]}
        if one.example is not None:
            content["example"] = one.example
        said["requestBody"] = {"required": True, "content": {"application/json": content}}
    return said


def _parameters(one: Operation) -> list[dict[str, Any]]:
    found = []
    for place, kind in (("path", one.where), ("query", one.asked)):
        if kind is None:
            continue
        (_,), parts = msgspec.json.schema_components([kind], ref_template=_REF)
        fields = parts[kind.__name__]
        for name, form in fields["properties"].items():
            required = place == "path" or name in fields.get("required", ())
            found.append({"name": name, "in": place, "required": required, "schema": form})
    if 412 in one.problems:
        about = "The ETag that GET answered: nothing is done if it has changed since (412)."
        found.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": False,
                "description": about,
                "schema": {"type": "string"},
            }
        )
    if one.writes:
        form = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
        about = "A text of your choice; the same request under it is done once."
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": about,
                "schema": form,
            }
        )
    return found


def _responses(one: Operation, schema: dict[str, Any]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if one.answers is not None:
        form = _FORMS.get(one.media) or schema[repr(one.answers)]
        done["content"] = {one.media: {"schema": form}}
        if one.name in _answers():
            done["content"][one.media]["example"] = _answers()[one.name]
    found = {str(one.status): done}
    for status in sorted(_statuses(one)):
        found[str(status)] = {
            "description": _PROBLEMS[status],
            "content": {problems.MEDIA: {"schema": schema[repr(problems.ProblemDetails)]}},
        }
    return found


@functools.cache
def _answers() -> dict[str, Any]:
    """What the operations answered to their examples when tests/api/test_answers.py wrote it."""
    found: dict[str, Any] = msgspec.json.decode(_ANSWERS.read_bytes())
    return found


def _statuses(one: Operation) -> set[int]:
    """The problems that an operation may answer with."""
    found = {401, 403, 422, 429, 503, *one.problems}
    if one.where is not None:
        found.add(404)
    if "customer" in getattr(one.where, "__struct_fields__", ()):
        found.add(409)  # named by a card's code that is not good any more
    if one.body is not None:
        found |= {400, 413, 415}
    if one.writes:
        found |= {400, 409}
    return found
