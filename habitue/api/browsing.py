"""The page a developer reads: the OpenAPI document as HTML, with a call to copy for each operation.

Made from the document alone, so it cannot say what the API does not do.
"""

from __future__ import annotations

import functools
import json
import re
import shlex
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from habitue.api import document, routing
from habitue.api.replies import Reply

_HTML: Final = "text/html; charset=utf-8"
_POLICY: Final = (
    "Content-Security-Policy",
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)
_KEPT: Final = ("Cache-Control", "public, max-age=300")


def answer(path: str) -> Reply | None:
    """The page or the file, if one of them was asked for; both are for everybody."""
    if path == f"{routing.PREFIX}/openapi.json":
        return Reply(200, document.written(), headers=(_KEPT,))
    if path.rstrip("/") == routing.PREFIX:
        return Reply(200, _page(), _HTML, (_POLICY, _KEPT))
    return None


_GROUPS: Final = {
    "At the counter": "events quotes payments redemptions vouchers rewards",
    "Customers": "customers members identities cards balances tiers consents",
    "Who is signed in": "tokens staff keys status",
    "The program": "programs adjustments draws causes partners liability",
    "What comes of it": "figures audiences leaderboard exports",
    "The business": "business webhooks",
}
"""Kinds of things by who needs them, most first; a kind in none of them comes last."""

_USUAL: Final = frozenset({"Idempotency-Key", "If-Match", "limit", "cursor"})
"""Parameters that mean the same everywhere: they are explained once, at the top."""

_MARKS: Final = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*")


_BLANKS: Final = {
    "date": "2026-03-02",
    "date-time": "2026-03-02T12:00:00+01:00",
    "integer": 1,
    "boolean": True,
    "object": {},
}


@functools.cache
def _page() -> bytes:
    whole = document.document()
    operations = [
        _operation(path, method.upper(), said)
        for path, methods in whole["paths"].items()
        for method, said in methods.items()
    ]
    problems = {
        status: answered["description"]
        for methods in whole["paths"].values()
        for said in methods.values()
        for status, answered in said["responses"].items()
        if status >= "400"
    }
    schemas = whole["components"]["schemas"]
    context = {
        "about": _paragraphs(whole["info"]["description"]),
        "groups": _grouped(operations),
        "problems": {status: _marked(about) for status, about in sorted(problems.items())},
        "schemas": {name: _fields(name, schema) for name, schema in schemas.items()},
        "prefix": routing.PREFIX,
    }
    return render_to_string("api/page.html", context).encode()


def _grouped(operations: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Operations by group, those on one kind of thing together."""
    places = {
        tag: (place, group)
        for place, (group, tags) in enumerate(_GROUPS.items())
        for tag in tags.split()
    }
    found: dict[str, list[dict[str, Any]]] = {group: [] for group in _GROUPS}
    order = list(places)
    for one in sorted(operations, key=lambda one: _place(order, one["tag"])):
        found.setdefault(places.get(one["tag"], (0, "More"))[1], []).append(one)
    return found


def _place(order: list[str], tag: str) -> int:
    return order.index(tag) if tag in order else len(order)


def _operation(path: str, method: str, said: dict[str, Any]) -> dict[str, Any]:
    content = said.get("requestBody", {}).get("content", {}).get("application/json")
    done = next(one for status, one in said["responses"].items() if status < "400")
    return {
        "id": said["operationId"],
        "tag": said["tags"][0],
        "method": method,
        "path": path,
        "summary": said["summary"],
        "description": _paragraphs(said["description"]),
        "scopes": [scope for one in said["security"] for scope in one["bearer"]],
        "parameters": [
            {
                "name": one["name"],
                "place": one["in"],
                "required": one["required"],
                "kind": _kind(one["schema"]),
                "about": _marked(one.get("description") or one["schema"].get("description", "")),
            }
            for one in said["parameters"]
            if one["name"] not in _USUAL
        ],
        "usual": [one["name"] for one in said["parameters"] if one["name"] in _USUAL],
        "bodies": _titles(content["schema"]) if content else {},
        "call": _call(path, method, said, content),
        "status": next(status for status in said["responses"] if status < "400"),
        "answers": _titles(_shape(done)),
        "answer": _example(done),
        "problems": [status for status in said["responses"] if status >= "400"],
    }


def _paragraphs(text: str) -> list[SafeString]:
    return [_marked(part) for part in text.split("\n\n") if part.strip()]


def _marked(text: str) -> SafeString:
    """A text as HTML: what stands between backticks is code, between two stars strong."""
    html = _MARKS.sub(
        lambda found: f"<code>{found[1]}</code>" if found[1] else f"<strong>{found[2]}</strong>",
        escape(text),
    )
    return mark_safe(html)  # the text was escaped before its marks became tags


def _example(answered: dict[str, Any]) -> str:
    """What was answered to the example, as JSON to be read; "" where none is kept."""
    for content in answered.get("content", {}).values():
        if "example" in content:
            return _json(content["example"])
    return ""


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _shape(answered: dict[str, Any]) -> dict[str, Any]:
    """What an answer's body is, in whichever media it comes."""
    for content in answered.get("content", {}).values():
        return dict(content["schema"])
    return {}


def _call(path: str, method: str, said: dict[str, Any], content: dict[str, Any] | None) -> str:
    """A call to copy into a terminal."""
    for one in said["parameters"]:
        (example,) = one["schema"].get("examples", [f"{{{one['name']}}}"])[:1]
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", quote(str(example), safe=":{}"))
    lines = [f'curl -X {method} "$HABITUE{path}"', '  -H "Authorization: Bearer $KEY"']
    if any(one["name"] == "Idempotency-Key" for one in said["parameters"]):
        lines.append('  -H "Idempotency-Key: $(uuidgen)"')
    if content:
        lines.append("  -H 'Content-Type: application/json'")
        body = content["example"] if "example" in content else _blank(content["schema"])
        lines.append(f"  -d {shlex.quote(_json(body))}")
    return " \\\n".join(lines)


def _blank(schema: dict[str, Any]) -> Any:
    """What a body must hold, where no example could be kept (a code is good once)."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _blank(document.document()["components"]["schemas"][name])
    if "anyOf" in schema:
        return _blank(schema["anyOf"][0])
    for known in ("examples", "enum"):
        if known in schema:
            return schema[known][0]
    if "properties" in schema:
        return {name: _blank(schema["properties"][name]) for name in schema.get("required", ())}
    if schema.get("type") == "array":
        return [_blank(schema["items"])] if schema.get("minItems") else []
    return _BLANKS.get(schema.get("format", ""), _BLANKS.get(schema.get("type", ""), "…"))


def _fields(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema as a list: what each field is, and whether it must be there."""
    required = schema.get("required", [])
    return {
        "title": _title(name),
        "about": _paragraphs(schema.get("description", "")),
        "kind": "" if "properties" in schema else _kind(schema),
        "fields": [
            {
                "name": name,
                "kind": _kind(form),
                "link": _name(form),
                "required": name in required,
                "about": _marked(form.get("description", "")),
            }
            for name, form in schema.get("properties", {}).items()
        ],
    }


def _name(form: dict[str, Any]) -> str:
    """Which schema a form leads to, itself or as the items of a list or as one of several."""
    return next(iter(_names(form)), "")


def _titles(form: dict[str, Any]) -> dict[str, str]:
    """Every schema that a form leads to, and as what it is shown."""
    return {name: _title(name) for name in _names(form)}


def _title(name: str) -> str:
    """A schema's name as it is shown: `Page_EventShown_` is a page of EventShown."""
    inside = name.removeprefix("Page_")
    return name if inside == name else f"page of {inside.removesuffix('_')}"


def _names(form: dict[str, Any]) -> list[str]:
    """Every schema that a form leads to."""
    return list(dict.fromkeys(_led(form)))


def _led(form: dict[str, Any]) -> Iterator[str]:
    if "$ref" in form:
        yield str(form["$ref"].rpartition("/")[2])
    for part in (form.get("items"), form.get("additionalProperties")):
        if isinstance(part, dict):
            yield from _led(part)
    for part in form.get("anyOf", []):
        yield from _led(part)


def _kind(form: dict[str, Any]) -> str:
    """What a value is, in few words."""
    if "$ref" in form:
        return _title(_name(form))
    if "anyOf" in form:
        return " or ".join(_kind(one) for one in form["anyOf"])
    if "enum" in form:
        return " | ".join(f"“{one}”" for one in form["enum"])
    if form.get("type") == "array":
        items = form.get("items")
        return f"list of {_kind(items)}" if isinstance(items, dict) else "list"
    limits = [
        f"{word} {form[name]}"
        for name, word in (("minimum", "from"), ("maximum", "to"), ("maxLength", "at most"))
        if name in form
    ]
    kind = form.get("format") or form.get("type") or "anything"
    return " ".join([str(kind), *limits])
