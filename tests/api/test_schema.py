"""Thousands of requests drawn from the OpenAPI file: each answer is one that the file declares.

At least 5,000 in all; `HABITUE_CASES` says how many of each operation, `make cases` draws more.
"""

from __future__ import annotations

import copy
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.schemas import BaseSchema

from habitue.api import document
from habitue.api.application import application
from tests.api import world

CASES = int(os.environ.get("HABITUE_CASES", "2"))

asked = Counter[int]()
"""How many requests were answered with which status."""


def counted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The API, and how often it was asked."""

    def start(status: str, headers: list[tuple[str, str]]) -> object:
        asked[int(status[:3])] += 1
        return start_response(status, headers)

    return application(environ, start)


@pytest.fixture(scope="module", autouse=True)
def told() -> Iterator[None]:
    """Say how many there were; `make cases` promises 5,000."""
    yield
    print(f"{asked.total():,} requests: {dict(sorted(asked.items()))}")
    assert asked.total() >= int(os.environ.get("HABITUE_CASES_TOTAL", "0"))


def drawn_from() -> BaseSchema:
    """The document, as requests are drawn from it.

    Who may ask is left out: every request is sent with the owner's key, and test_sealed tries the
    others. A request may fit every schema and still mean nothing here: a reward that the program
    has not, a cursor from no page. Those are 422, and a state that is no longer there 412.
    """
    whole = copy.deepcopy(document.document())
    for methods in whole["paths"].values():
        for said in methods.values():
            del said["security"]
    del whole["components"]["securitySchemes"]
    made = schemathesis.openapi.from_dict(whole)
    made.app = counted
    made.config.checks.positive_data_acceptance.expected_statuses = [
        *("2xx", "3xx", "401", "403", "404", "409", "412", "422"),
    ]
    return made


schema = drawn_from()


@schema.parametrize()
@settings(
    max_examples=CASES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.django_db
def test_every_answer_is_one_that_the_document_declares(case: Case[Any], cafe: world.Place) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {cafe.owner}"})
