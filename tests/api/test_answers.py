"""The answers in the OpenAPI file are real: what the examples are answered in the tests' world.

Numbers, days and secrets in them are replaced, for they differ each time. `make openapi` writes
habitue/api/answers.json anew.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Final

import jsonschema
import msgspec
import pytest
from django.db import transaction

from habitue.api import document, routing
from tests.api import world
from tests.api.asking import ask, named

KEPT: Final = Path(document.__file__).with_name("answers.json")
MOST: Final = 2_000
"""Characters of an answer that is shown; more would tell no more."""

BLANKS: Final = {
    "customer": "external:alice",
    "event": "reference:till:T-1001",
    "reward": "coffee",
    "partner": "airline",
    "cause": "trees",
}
REPLACED: Final = (
    (re.compile(r"^(h[kms]_).*"), r"\1Vb3…"),
    (re.compile(r"\d{4}-\d\d-\d\dT[-0-9:.+Z]*"), "2026-03-02T12:00:00Z"),
    (re.compile(r"\d{4}-\d\d-\d\d(?!T)"), "2026-03-02"),
    (re.compile(r"^\d{4}-\d\d$"), "2026-03"),
    (re.compile(r"^[0-9a-f]{64}$"), "9f86d081…"),
    (re.compile(r"(?<=^enrolment-)\d+$"), "8231"),
    (re.compile(r"^(?=.*[A-Z])[0-9A-Z]{8}$"), "K7QX2M9T"),
    (re.compile(r"^(?=.*[A-Z])[0-9A-Z]{9,}$"), "K7QX2M9TR4WBH6PNC"),
    (re.compile(r"(?:^|(?<=/c/))(?=.*[A-Z])[-_0-9A-Za-z]{24}$"), "6BpeZKXvJhZSmxmpGVSMinPh"),
)
"""Texts that differ each time, and what stands for them."""

LEFT_OUT: Final = {"customers_export", "liability_show"}
"""Answers that say another thing on another day."""

IDS: Final = {"business", "customer", "event", "id", "key", "lot", "number", "of", "staff"}


@pytest.mark.django_db
def test_the_answers_in_the_file_are_those_that_are_given(cafe: world.Place) -> None:
    found = {}
    for one in routing.operations():
        with transaction.atomic():
            answer = told(one, cafe)
            transaction.set_rollback(True)
        if answer is not None:
            found[one.name] = answer
    text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("HABITUE_WRITE"):
        KEPT.write_text(text, "utf-8")
    assert json.loads(KEPT.read_text("utf-8")) == found, "the answers have changed: make openapi"
    assert len(found) > 50


def told(one: routing.Operation, cafe: world.Place) -> Any:
    """What an operation answers to its example; None where it has none, or it is long."""
    path = one.path
    for name, value in {**BLANKS, "code": cafe.voucher}.items():
        path = path.replace(f"{{{name}}}", named(value))
    if "{" in path or one.media != "application/json" or (one.body and one.example is None):
        return None
    if one.answers is None or one.name in LEFT_OUT:
        return None
    answer = ask(one.method, path, key=cafe.owner, body=one.example)
    if answer.status != one.status:
        return None
    shown = steady(answer.json)
    return shown if len(json.dumps(shown)) <= MOST else None


def steady(value: Any, field: str = "") -> Any:
    """An answer without what differs each time."""
    if isinstance(value, dict):
        return {name: steady(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [steady(one, field) for one in value]
    if isinstance(value, str):
        if field in IDS and value.isdigit():
            return "8231"
        if field in ("next", "ending"):
            return {"next": "WzgyMzFd", "ending": "x7Qa"}[field]
        for pattern, instead in REPLACED:
            value = pattern.sub(instead, value)
    return value


def test_each_answer_is_one_that_the_file_declares() -> None:
    whole = document.document()
    seen = 0
    for methods in whole["paths"].values():
        for said in methods.values():
            for answer in said["responses"].values():
                for content in answer.get("content", {}).values():
                    if "example" in content:
                        seen += 1
                        schema = {**content["schema"], "components": whole["components"]}
                        jsonschema.Draft202012Validator(schema).validate(content["example"])
    assert seen == len(msgspec.json.decode(KEPT.read_bytes()))
