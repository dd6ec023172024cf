"""A batch's rows go to PostgreSQL as one array a column, and come out as they were."""

from __future__ import annotations

from datetime import date

import pytest

from habitue.ledger import arrays
from tests.ledger.conftest import rows

pytestmark = pytest.mark.django_db

FORMS = (arrays.numbers, arrays.texts, arrays.days, arrays.texts, arrays.optional)
SQL = arrays.unnested("id bigint, name text, day date, why json, amount bigint")


@pytest.mark.parametrize(
    "table",
    [
        [(1, "a", date(2026, 3, 2), None, None)],
        [(1, None, None, '{"a": 1}', 5), (2, '"\\,{}NULL', date(2026, 3, 2), None, None)],
        [(1, None, None, None, None), (2, "", None, None, None), (3, None, None, None, 0)],
    ],
)
def test_rows_come_out_as_they_were(table: list[tuple[object, ...]]) -> None:
    found = rows(f"SELECT id, name, day, why::text, amount FROM ({SQL}) AS told", *_columns(table))
    assert found == table


def test_a_column_of_nulls_is_sent_empty() -> None:
    assert _columns([(1, "", None, None, None), (2, None, None, None, 0)]) == [
        "{1,2}",
        '{"",NULL}',
        "{}",
        "{}",
        "{NULL,0}",
    ]


def _columns(table: list[tuple[object, ...]]) -> list[str]:
    return arrays.columns(FORMS, table)
