"""The OpenAPI file: valid, kept in the repository, and every example in it works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openapi_spec_validator
import pytest

from habitue.api import document, routing
from tests.api import world
from tests.api.asking import ask, named

GOLDEN = Path(__file__).parents[2] / "docs" / "openapi.json"
BLANKS = {
    "customer": "external:alice",
    "event": "reference:till:T-1001",
    "partner": "airline",
    "cause": "trees",
}


def test_the_document_is_openapi() -> None:
    openapi_spec_validator.validate(document.document())


def test_the_file_in_the_repository_is_the_one_that_is_served() -> None:
    assert GOLDEN.read_bytes() == document.written(), "the API has changed: make openapi"


def test_every_operation_says_who_may_and_every_field_of_an_answer_is_named_once() -> None:
    whole = document.document()
    for path, methods in whole["paths"].items():
        for method, said in methods.items():
            assert said["security"], f"{method} {path} is for nobody"
            assert said["description"], f"{method} {path} has no description"
    names = list(whole["components"]["schemas"])
    assert not [name for name in names if "." in name], "two structs share a name"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "one",
    [one for one in routing.operations() if one.example is not None],
    ids=lambda one: one.name,
)
def test_the_example_of_an_operation_works(one: routing.Operation, cafe: world.Place) -> None:
    blanks: dict[str, Any] = {**BLANKS, "voucher": cafe.voucher, "code": cafe.voucher}
    path = one.path
    for name, value in blanks.items():
        path = path.replace(f"{{{name}}}", named(value))
    told = ask(one.method, path, key=cafe.owner, body=one.example)
    assert told.status == one.status, told.raw
