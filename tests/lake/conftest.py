"""Café des Amis as every test of the lake has it: its regulars, and the views of its tables."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from habitue.members.models import Business
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
