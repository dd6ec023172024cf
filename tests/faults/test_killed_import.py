"""An import of the page whose worker is killed is resumed by the next: nothing lost or doubled."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection

from habitue import ledger
from habitue.connectors import running
from habitue.connectors.models import Change, Import
from habitue.members import businesses
from habitue.members.models import Business, Customer, Identity
from habitue.site import programs
from tests.connectors.test_running import bring

pytestmark = pytest.mark.slow

# A real process on the test's database that does the worker's part for one import. In the middle
# of what follows the first rows that are done, inside its transaction, it waits for its end.
WORKER = """
import itertools, signal, sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from django.db import connection
from habitue.connectors import running

class Telling(running._Progress):
    def tell(self, rows):
        super().tell(rows)
        steps = itertools.count(1)
        def halting(execute, *given):
            if connection.in_atomic_block and next(steps) == int(sys.argv[3]):
                print("halted", flush=True)
                signal.pause()
            return execute(*given)
        connection.execute_wrappers[:] = [halting]

running._Progress = Telling
running.run(int(sys.argv[2]))
"""
ROWS = 3_000
SALES = "customer;date;amount\n" + "".join(
    f"c{number % 900};{1 + number % 28:02d}/01/2026;{1 + number % 90},50\n"
    for number in range(ROWS)
)
LIST = "name;email;consent;consent date\n" + "".join(
    f"Client {number};c{number}@example.org;yes;2026-02-03\n" for number in range(ROWS)
)


@pytest.fixture
def cafe(transactional_db: None) -> Business:
    shop = businesses.create(name="Café des Amis", kind="cafe", country="FR")
    text = programs.fitted(programs.FOLDER / "points-and-tiers.yaml", shop, enroll=False)
    assert not ledger.publish(shop.pk, text).problems
    return shop


def kill_in_the_middle(one: Import, kinds: list[str]) -> int:
    """Kill the worker when something is done and more is under way; how many rows were done."""
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, connection.settings_dict["NAME"], str(one.pk), "3"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "habitue.site.settings"},
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        try:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "halted\n", "it ended before it was in the middle"
        finally:
            worker.kill()
    one.refresh_from_db()
    assert one.state == "running", "the import was over before it could be killed"
    return Change.objects.filter(of=one, kind__in=kinds).count()


@pytest.mark.parametrize(
    ("content", "what", "kinds"),
    [(SALES, "purchases", ["purchase"]), (LIST, "customers", ["made"])],
)
def test_a_worker_killed_in_the_middle_is_followed_by_one_that_ends_it(
    cafe: Business, content: str, what: str, kinds: list[str]
) -> None:
    one = bring(cafe, content, what, wording="News by e-mail", members=what == "purchases")
    if one.state == "checking":
        running.run(one.pk)
        one.refresh_from_db()
    running.start(one, None)
    there = kill_in_the_middle(one, kinds)
    assert 0 < there < ROWS
    running.run(one.pk)
    one.refresh_from_db()
    done = running.counts(one)
    assert (one.state, done.rows, done.new, done.there, done.rejected) == (
        "finished", ROWS, ROWS, 0, 0,
    )  # fmt: skip
    assert Change.objects.filter(of=one, kind__in=kinds).count() == ROWS
    people = 900 if what == "purchases" else ROWS
    assert Customer.objects.count() == people
    assert Identity.objects.filter(kind__in=["external", "email"]).count() == people
    if what == "purchases":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_event WHERE kind = 'purchase'")
            assert cursor.fetchone() == (ROWS,)
        ledger.verify(cafe.pk)
