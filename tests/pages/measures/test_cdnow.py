"""CDNOW's sample from the file to the pages: 2,357 customers, whose last purchase was in 1998."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from habitue.connectors import imports, purchases
from habitue.connectors.rejects import Rejects
from habitue.ledger import publish
from habitue.members import businesses, staff
from habitue.members.models import Business
from tests.ledger.conftest import PROGRAM
from tests.pages.conftest import ZOE
from tests.pages.measures.conftest import work_out
from tests.pages.program.test_overview import body

LOG = Path(__file__).parents[3] / ".data/lifetimes/datasets/CDNOW_sample.txt"
pytestmark = [pytest.mark.slow, pytest.mark.django_db]

Sale = tuple[str, date, int]


def sales() -> list[Sale]:
    """The log, read in the plainest way: customer, day, cents."""
    rows = [line.split() for line in LOG.read_text().splitlines()]
    return [
        (who, date.fromisoformat(day), round(100 * float(paid))) for who, _, day, _, paid in rows
    ]


@pytest.fixture
def shop(db: None, tmp_path: Path) -> Business:
    """A shop into which the log was imported."""
    made = businesses.create(
        name="Disc Shop", kind="online", country="US", currency="USD", timezone="America/New_York"
    )
    text = PROGRAM.replace("EUR", "USD").replace("Europe/Paris", "America/New_York")
    assert not publish(made.pk, text).problems
    staff.add_owner(made, User.objects.create_user(ZOE, ZOE))
    path = tmp_path / "cdnow.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "date", "amount"])
        writer.writerows((who, day, f"{cents / 100:.2f}") for who, day, cents in sales())
    with Rejects(tmp_path / "rejected.csv") as refused:
        tally = imports.run(made, path, purchases.survey(path), refused, now=datetime.now(UTC))
    assert (tally.accepted, tally.rejected) == (6_919, 0)
    work_out(made)
    return made


@pytest.fixture
def owner(shop: Business) -> Client:
    """The owner's browser, in English."""
    client = Client(headers={"accept-language": "en"})
    user = User.objects.get(username=ZOE)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_pages_say_what_the_log_says(shop: Business, owner: Client) -> None:
    spring = [(who, cents) for who, on, cents in sales() if on >= date(1998, 4, 1)]
    assert max(on for _, on, _ in sales()) == date(1998, 6, 30)
    often = Counter(who for who, _ in spring)
    again = sum(times > 1 for times in often.values())

    text = body(owner, "/measures", by="quarter")
    assert "Nothing has been sold from July 1, 1998 on" in text
    assert "Q2 1998" in text
    hero = text.split('class="hero"')[1].split("</a>")[0]
    assert f"{round(100 * again / len(often), 1):g}%" in hero

    text = body(owner, "/measures/figure/repeat_purchase_rate", by="quarter")
    assert f"{again:,} customers" in text
    text = body(owner, "/measures/figure/average_order_value", by="quarter")
    total = sum(cents for _, cents in spring)
    assert f"${total / 100:,.2f} revenue / {len(spring):,} purchases" in text
    assert f"${total / 100 / len(spring):,.2f}" in text
    text = body(owner, "/measures/customers/buyers", by="quarter")
    assert f"{len(often):,} customers" in text


def test_every_cohort_has_its_customers_and_every_month_that_is_known(
    shop: Business, owner: Client
) -> None:
    first: dict[str, date] = {}
    for who, on, _ in sales():
        first[who] = min(on, first.get(who, on))
    sizes = Counter(on.month for on in first.values())
    assert sum(sizes.values()) == 2_357
    text = body(owner, "/measures/cohorts", show="customers")
    shown = re.findall(r'<td class="size">([\d,]+)</td>', text)
    assert shown == [str(sizes[month]) for month in (1, 2, 3)]
    march, later = {who for who, on in first.items() if on.month == 3}, date(1998, 6, 1)
    came = len({who for who, on, _ in sales() if who in march and on >= later})
    rows = re.findall(r"<tr><th scope=\"row\">Mar.*?</tr>", text)
    cells = re.findall(r'<td class="h\d">(\d+)</td>', rows[0])
    assert len(cells) == 16  # from March 1997 to June 1998
    assert cells[-1] == str(came)


def test_who_has_no_name_is_called_by_the_number_they_came_with(
    shop: Business, owner: Client
) -> None:
    numbers = {who for who, _, _ in sales()}
    for path in ("customers/lost", "leaks", "segments/vip"):
        text = body(owner, f"/measures/{path}")
        people = re.findall(r'class="initials" aria-hidden="true">[^<]*</span><span>(\w+)', text)
        assert len(people) > 10
        assert set(people) <= numbers
