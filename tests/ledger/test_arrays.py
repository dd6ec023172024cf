"""A batch's rows go to PostgreSQL as one array a column, and come out as they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.db import connection

from habitue.core.account import Memory
from habitue.ledger import arrays
from tests.ledger.conftest import rows

pytestmark = pytest.mark.django_db

FORMS = (arrays.plain, arrays.texts, arrays.plain, arrays.texts, arrays.plain)
SQL = arrays.unnested("id bigint, name text, day date, why json, amount bigint")
PARIS_OF_OLD = datetime(1901, 1, 1, tzinfo=ZoneInfo("Europe/Paris"))  # 9 minutes 21 seconds ahead
LAST = datetime.max.replace(tzinfo=timezone(-timedelta(hours=12)))  # in UTC of the year 10000


def arrived(literal: str, of: str, seen: str = "value") -> list[Any]:
    """The elements of a literal as PostgreSQL reads them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {seen} FROM unnest(%s::{of}[]) AS value", [literal])
        return [value for (value,) in cursor.fetchall()]


@pytest.mark.parametrize(
    ("of", "values"),
    [
        ("bigint", [0, -1, 2**63 - 1, -(2**63), None]),
        ("numeric", [10**30, -(10**30)]),
        ("date", [date(2026, 2, 28), date.min, date.max, None]),
        ("boolean", [True, False, None]),
        ("text", ["purchase", "null", "NULL", "", None]),
        ("bigint", []),
    ],
)
def test_plain_values_arrive(of: str, values: Sequence[Any]) -> None:
    assert arrived(arrays.plain(tuple(values)), of) == values


def test_whatever_people_write_arrives() -> None:
    written = [
        'a "quoted" name',
        "back\\slash",
        "{1,2}",
        "null",
        "",
        "café ☕",
        "\u2028",
        "\x7f",
        None,
    ]
    assert arrived(arrays.texts(written), "text") == written
    broken = ["two\nlines", "a\ttab", "\x01\x1f", None, 'all "of\\it\r\n']
    assert arrived(arrays.texts(broken), "text") == broken


def test_instants_arrive_whatever_their_offset() -> None:
    moments = [
        datetime(2026, 3, 29, 1, 30, 0, 5, UTC),
        datetime(2026, 3, 29, 12, tzinfo=ZoneInfo("Asia/Kathmandu")),
        datetime.min.replace(tzinfo=UTC),
        PARIS_OF_OLD,
    ]
    assert arrived(arrays.moments(moments), "timestamptz") == moments
    written = arrived(arrays.moments([LAST]), "timestamptz", "(value AT TIME ZONE 'UTC')::text")
    assert written == ["10000-01-01 11:59:59.999999"]


def test_json_arrives_and_nothing_is_null() -> None:
    memory = Memory(held={"gold\n": date(2026, 12, 31)}, last_at=PARIS_OF_OLD.astimezone(UTC))
    values = [memory, None, [("a", 1, 2)], ["null\\n", None], '"']
    found = arrived(arrays.documents(values), "json", "value::text")
    assert found == [
        None if value is None else msgspec.json.encode(value).decode() for value in values
    ]
    assert arrived(arrays.plain(found), "json", "value::text") == found


def test_rows_are_cast_one_by_one() -> None:
    held = [[1, -2], [2**62], []]
    assert arrived(arrays.rows(held), "text", "value::bigint[]") == held


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
        '{"",null}',
        "{}",
        "{}",
        "{null,0}",
    ]


def _columns(table: list[tuple[object, ...]]) -> list[str]:
    return arrays.columns(FORMS, table)
