"""Answers kept under a key go when nobody repeats their requests any more."""

from datetime import timedelta

import pytest

from habitue.api import once
from habitue.api.models import KeptAnswer
from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db


def test_an_answer_is_kept_for_thirty_days(cafe: world.Place) -> None:
    body = {"identities": [{"kind": "external", "value": "eva"}]}
    assert ask("POST", "/customers", key=cafe.till, body=body, once="eva-1").status == 201
    kept_at = KeptAnswer.objects.get().kept_at
    assert once.forget(before=kept_at + once.KEPT - timedelta(seconds=1)) == 0
    again = ask("POST", "/customers", key=cafe.till, body=body, once="eva-1")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert once.forget(before=kept_at + once.KEPT) == 1
