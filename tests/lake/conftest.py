"""Café des Amis as every test of the lake has it: its regulars, and the views of its tables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from django.db import connection
from pyarrow import parquet

from habitue import lake
from habitue.members import consents
from habitue.members import models as members
from habitue.members.models import Business, Customer
from habitue.metrics.tables import TABLES
from tests.ledger.conftest import guests, make_cafe

Row = tuple[Any, ...]


def view(business: Business, table: str) -> list[Row]:
    """A canonical table of a business as PostgreSQL shows it, in one order."""
    columns = ", ".join(f'"{name}"' for name in TABLES[table].__struct_fields__)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM canonical_{table} WHERE business = %s", [business.pk]
        )
        return sorted(cursor.fetchall(), key=repr)


@pytest.fixture
def cafe(db: None) -> Business:
    return make_cafe()


@pytest.fixture
def cast(cafe: Business) -> list[int]:
    """Alice, Bruno, Chiara and Diego, by number."""
    return guests(cafe, 4)


def copy(folder: Path, business: Business, table: str) -> list[Row]:
    """The same of a lake, read by its files."""
    files = lake.files(folder, table, business.pk)
    found = pyarrow.concat_tables(parquet.ParquetFile(file).read() for file in files)
    return sorted((tuple(row.values()) for row in found.to_pylist()), key=repr)


def answers(business: Business, customer: int, *, on: date) -> None:
    """Somebody recommends the café, and says more than a figure needs."""
    number = members.Answer.objects.count()
    members.Answer.objects.create(
        business=business,
        customer_id=customer,
        question="nps",
        score=9,
        scale=10,
        answered_on=on,
        source="csv",
        reference=f"{customer} {on} {number}",
        comment="I am Alice, 06 12 34 56 78",
    )


def agrees(customer: int, channel: str, granted: bool, number: int) -> None:
    """A line of the consent log, shortly before midnight UTC: the next day in Paris."""
    consents.record(
        Customer.objects.get(pk=customer),
        purpose="marketing",
        channel=channel,
        granted=granted,
        wording="News?",
        source="test",
        at=datetime(2026, 2, number, 23, 30, tzinfo=UTC),
    )
