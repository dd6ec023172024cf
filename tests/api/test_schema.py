"""Thousands of requests drawn from the OpenAPI file: each answer is one that the file declares.

`HABITUE_CASES` says how many of each operation; `make cases` draws at least 5,000 in all.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case

from habitue.api.application import application
from tests.api import world

CASES = int(os.environ.get("HABITUE_CASES", "6"))
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
# A request may fit every schema and still mean nothing here: a reward that the program has not, a
# cursor from no page. Those are 422, as what does not fit is.
schema.config.checks.positive_data_acceptance.expected_statuses = [
    *("2xx", "3xx", "401", "403", "404", "409", "422"),
]


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
