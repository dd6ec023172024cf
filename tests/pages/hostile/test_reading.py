"""Looking changes nothing, and nothing is done for a page that does not come from us."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.pages.hostile import life, watching
from tests.pages.hostile.doors import DOORS
from tests.pages.hostile.life import Life

pytestmark = pytest.mark.django_db
JOURNAL = frozenset({"members_journalline"})  # that a file was taken away


@pytest.fixture
def everybody(ours: Life) -> dict[str, Client]:
    """By whose door: the browser that may open it."""
    holder, owner = life.browser(), life.browser(ours.owner)
    return {
        "everybody": life.browser(),
        "card": holder,
        "partner": life.browser(),
        "counter": life.phone(ours, ours.cashier, "4711"),
        "owner": owner,
        "chief": owner,
    }


def test_looking_at_a_page_changes_nothing(ours: Life, everybody: dict[str, Client]) -> None:
    before, wrong = watching.fingerprint(but=JOURNAL), []
    for name, door in DOORS.items():
        for method in ("GET", "HEAD", "OPTIONS", "PUT"):
            then = watching.written()
            answer = watching.ask(everybody[door.whose], method, door.path(name, ours))
            wrote = watching.since(then)
            if answer.status_code >= 500 or (wrote and not door.writes):
                wrong.append(f"{method} {name}: {answer.status_code}, wrote {sorted(wrote)}")
    assert "\n".join(wrong) == ""
    assert watching.fingerprint(but=JOURNAL) == before


def test_a_form_of_another_site_does_nothing(ours: Life, everybody: dict[str, Client]) -> None:
    wrong = []
    for client in everybody.values():
        client.handler.enforce_csrf_checks = True
    for name, door in DOORS.items():
        with watching.undone():
            then = watching.written()
            answer = watching.ask(everybody[door.whose], "POST", door.path(name, ours))
            if answer.status_code not in (403, 405) or watching.since(then):
                wrong.append(f"{name}: {answer.status_code}, wrote {watching.since(then)}")
    assert "\n".join(wrong) == ""
