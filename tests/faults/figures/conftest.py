"""A town of unlucky shops: made once, seen from anywhere, with its lake, owners and reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django.contrib.auth.models import User
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from habitue.lake import refreshing
from habitue.members import staff
from habitue.members.models import Business
from habitue.metrics.report import VERSION
from habitue.pages.program import studies
from habitue.site import studying
from tests.conftest import every_table
from tests.faults.figures.shops import SHOPS, TODAY


class Town(NamedTuple):
    """The shops' numbers by name, and the folder of their lake."""

    shops: dict[str, int]
    lake: Path

    def shop(self, name: str) -> Business:
        """One of them as it is now."""
        return Business.objects.get(pk=self.shops[name])


@pytest.fixture(scope="package")
def town(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Town]:
    """Committed, so that engines beside Django's connection see it; emptied afterwards."""
    lake = tmp_path_factory.mktemp("lake")
    with django_db_blocker.unblock():
        try:
            made = {name: make().pk for name, make in SHOPS.items()}
            refreshing.refresh(list(made.values()), lake, now=TODAY)
            for name, key in made.items():
                owned(name, key)
            yield Town(made, lake)
        finally:
            with connection.cursor() as cursor:
                for statement in every_table():
                    cursor.execute(statement)


def owned(name: str, key: int) -> None:
    """A shop gets an owner of its name, and a report."""
    shop = Business.objects.get(pk=key)
    staff.add_owner(shop, User.objects.create_user(name, name))
    studying.run(studies.begin(shop, studies.MeasuresAsked(VERSION)).pk)
