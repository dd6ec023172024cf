"""Asks the API as a program would, by WSGI; every answer is held against the OpenAPI file."""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import jsonschema
import msgspec

from habitue.api import document, routing
from habitue.api.application import application


@dataclass(frozen=True)
class Told:
    """An answer."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return msgspec.json.decode(self.raw)


def ask(
    method: str,
    address: str,
    *,
    key: str = "",
    body: Any = None,
    raw: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    once: str = "",
    checked: bool = True,
) -> Told:
    """One request below /api/v1; `once` is its idempotency key, `raw` a body that is no JSON."""
    sent = raw if raw is not None else b"" if body is None else msgspec.json.encode(body)
    parts = urlsplit(address)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": (routing.PREFIX + unquote(parts.path)).encode().decode("latin-1"),
        "QUERY_STRING": parts.query,
        "CONTENT_LENGTH": str(len(sent)),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(sent),
    }
    if sent:
        environ["CONTENT_TYPE"] = "application/json"
    given = {**({"Authorization": f"Bearer {key}"} if key else {}), **(headers or {})}
    if once:
        given["Idempotency-Key"] = once
    for name, value in given.items():
        wsgi = name.upper().replace("-", "_")
        environ[wsgi if wsgi == "CONTENT_TYPE" else f"HTTP_{wsgi}"] = value
    told: list[Told] = []

    def start_response(status: str, answered: list[tuple[str, str]]) -> None:
        told.append(Told(int(status[:3]), dict(answered), b""))

    parts_of_body = application(environ, start_response)
    answer = Told(told[0].status, told[0].headers, b"".join(parts_of_body))
    if checked:
        hold(method, parts.path, answer)
    return answer


def hold(method: str, path: str, told: Told) -> None:
    """Fail unless the OpenAPI file says that this address may answer so."""
    methods, _ = routing.find(unquote(path))
    if method not in methods or told.status in (304, 405):
        return
    operation = methods[method]
    said = document.document()["paths"][routing.PREFIX + operation.path][method.lower()]
    where = f"{method} {operation.path} answered {told.status}"
    assert str(told.status) in said["responses"], f"{where}, which is not declared: {told.raw!r}"
    content = said["responses"][str(told.status)].get("content")
    if content is None:
        assert not told.raw, f"{where} with a body that is not declared"
        return
    media = told.headers["Content-Type"]
    assert media in content, f"{where} as {media}"
    if media.endswith(("/json", "+json")):
        _validator(operation.name, told.status, media).validate(told.json)


@functools.cache
def _validator(name: str, status: int, media: str) -> jsonschema.Draft202012Validator:
    whole = document.document()
    for methods in whole["paths"].values():
        for said in methods.values():
            if said["operationId"] == name:
                schema = said["responses"][str(status)]["content"][media]["schema"]
    return jsonschema.Draft202012Validator({**schema, "components": whole["components"]})


def named(reference: str) -> str:
    """A reference as it stands in an address."""
    return quote(reference, safe=":")
