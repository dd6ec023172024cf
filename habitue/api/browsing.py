"""The page a developer reads: the OpenAPI document as HTML, with a call to copy for each operation.

Made from the document alone, so it cannot say what the API does not do.
"""

from __future__ import annotations

import functools
import json
from typing import Any, Final

from django.template.loader import render_to_string

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


@functools.cache
def _page() -> bytes:
    whole = document.document()
    schemas = whole["components"]["schemas"]
    tags = {tag["name"]: list[dict[str, Any]]() for tag in whole["tags"]}
    for path, methods in whole["paths"].items():
        for method, said in methods.items():
            tags[said["tags"][0]].append(_operation(path, method.upper(), said))
    context = {
        "about": [part.split("**") for part in whole["info"]["description"].split("\n\n")],
        "tags": tags,
        "schemas": {name: _fields(schema) for name, schema in schemas.items()},
        "prefix": routing.PREFIX,
    }
    return render_to_string("api/page.html", context).encode()


def _operation(path: str, method: str, said: dict[str, Any]) -> dict[str, Any]:
    content = said.get("requestBody", {}).get("content", {}).get("application/json")
    answers = {
        status: {"about": answered["description"], "schema": _name(_shape(answered))}
        for status, answered in said["responses"].items()
    }
    return {
        "id": said["operationId"],
        "method": method,
        "path": path,
        "summary": said["summary"],
        "description": said["description"],
        "scopes": [scope for one in said["security"] for scope in one["bearer"]],
        "parameters": [
            {
                "name": one["name"],
                "place": one["in"],
                "required": one["required"],
                "kind": _kind(one["schema"]),
                "about": one.get("description") or one["schema"].get("description", ""),
            }
            for one in said["parameters"]
        ],
        "body": _name(content["schema"]) if content else "",
        "call": _call(path, method, content),
        "answers": answers,
    }


def _shape(answered: dict[str, Any]) -> dict[str, Any]:
    """What an answer's body is, in whichever media it comes."""
    for content in answered.get("content", {}).values():
        return dict(content["schema"])
    return {}


def _call(path: str, method: str, content: dict[str, Any] | None) -> str:
    """A call to copy into a terminal."""
    lines = [f'curl -X {method} "$HABITUE{path}"', '  -H "Authorization: Bearer $KEY"']
    if method != "GET":
        lines.append('  -H "Idempotency-Key: $(uuidgen)"')
    if content:
        body = json.dumps(content.get("example", {}), ensure_ascii=False)
        lines += ["  -H 'Content-Type: application/json'", f"  -d '{body}'"]
    return " \\\n".join(lines)


def _fields(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema as a table: what each field is, and whether it must be there."""
    required = schema.get("required", [])
    return {
        "about": schema.get("description", ""),
        "kind": "" if "properties" in schema else _kind(schema),
        "fields": [
            {
                "name": name,
                "kind": _kind(form),
                "link": _name(form),
                "required": name in required,
                "about": form.get("description", ""),
            }
            for name, form in schema.get("properties", {}).items()
        ],
    }


def _name(form: dict[str, Any]) -> str:
    """Which schema a form leads to, itself or as the items of a list or as one of several."""
    if "$ref" in form:
        return str(form["$ref"].rpartition("/")[2])
    if "items" in form and isinstance(form["items"], dict):
        return _name(form["items"])
    return next((name for one in form.get("anyOf", []) if (name := _name(one))), "")


def _kind(form: dict[str, Any]) -> str:
    """What a value is, in few words."""
    if "$ref" in form:
        return _name(form)
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
