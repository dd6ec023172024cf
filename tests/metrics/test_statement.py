"""Statements are written once an engine; what a call fills in can never be read as SQL."""

from __future__ import annotations

from datetime import date

import pytest

from habitue.metrics.lowerings import families, statement
from habitue.metrics.lowerings.statement import Value

VALUES: dict[str, Value] = {
    "business": 16,
    "month": 24_288,
    "currency": "EUR",
    **{name: date(2026, 1, 2) for name in statement.DAYS},
}


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "pyspark"])
@pytest.mark.parametrize("name", sorted(families.KEPT))
def test_every_blank_of_every_expression_is_found(name: str, dialect: str) -> None:
    written = families.written(name, dialect, "")
    sql = written.statement.filled(VALUES)
    blanks = [*statement.NUMBERS.values(), *statement.TEXTS.values(), 1801]
    assert not [blank for blank in blanks if str(blank) in sql]
    assert set(written.statement.names) <= VALUES.keys()


def test_sql_is_written_once() -> None:
    first = families.written("people", "duckdb", "")
    assert families.written("people", "duckdb", "") is first


def test_days_numbers_and_codes_become_literals() -> None:
    found = statement.blanked("x = 7770000000000001 AND y < MAKE_DATE(1801, 1, 2) AND z = 'BLANK1'")
    assert found.names == ("business", "until", "currency")
    filled = found.filled({"business": -4, "until": date(987, 6, 5), "currency": "EUR"})
    assert filled == "x = -4 AND y < DATE '0987-06-05' AND z = 'EUR'"


@pytest.mark.parametrize("code", ["'", "E'; DROP TABLE x; --", "a b", "é", "\\"])
def test_no_text_but_a_code_is_filled_in(code: str) -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        statement.blanked("'BLANK1'").filled({"currency": code})
