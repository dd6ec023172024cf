"""Written amounts are read exactly, or refused with a sentence, and written back."""

from __future__ import annotations

import re

import pytest

from habitue.core import money


@pytest.mark.parametrize(
    ("currency", "places"), [("EUR", 2), ("USD", 2), ("JPY", 0), ("ISK", 0), ("KWD", 3), ("???", 2)]
)
def test_a_currency_has_so_many_decimals(currency: str, places: int) -> None:
    assert money.decimals(currency) == places


EXACT = [
    ("14.35", 2, 1435),
    ("14.3", 2, 1430),
    ("14", 2, 1400),
    ("0.05", 2, 5),
    ("-0.05", 2, -5),
    ("-12.50", 2, -1250),
    ("12.500", 2, 1250),
    ("12.000", 0, 12),
    ("0.001", 3, 1),
    (" 7 ", 0, 7),
    ("007", 0, 7),
    ("-0", 0, 0),
    ("999999999999999.999999999999", 12, 999999999999999999999999999),
]


@pytest.mark.parametrize(("text", "places", "value"), EXACT)
def test_a_number_is_read_exactly(text: str, places: int, value: int) -> None:
    assert money.fixed(text, places) == value


REFUSED = [
    ("12.505", 2, "'12.505' has more than 2 decimals"),
    ("0.1", 0, "'0.1' has more than 0 decimals"),
    ("12,50", 2, "'12,50' is not a number written like 12.50"),
    ("", 2, "'' is not a number written like 12.50"),
    (".5", 2, "'.5' is not a number written like 12.50"),
    ("5.", 2, "'5.' is not a number written like 12.50"),
    ("+5", 2, "'+5' is not a number written like 12.50"),
    ("1e3", 2, "'1e3' is not a number written like 12.50"),
    ("1" * 16, 2, f"'{'1' * 16}' is not a number written like 12.50"),
    ("x" * 41, 2, f"'{'x' * 40}' is not a number written like 12.50"),
    ("0." + "0" * 11 + "1", 2, "'0.000000000001' has more than 2 decimals"),
    ("0." + "0" * 13, 2, "'0.0000000000000' is not a number written like 12.50"),
]


@pytest.mark.parametrize(("text", "places", "sentence"), REFUSED)
def test_anything_else_is_refused_with_a_sentence(text: str, places: int, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        money.fixed(text, places)


WRITTEN = [
    (1435, 2, "14.35"),
    (1430, 2, "14.30"),
    (5, 2, "0.05"),
    (-5, 2, "-0.05"),
    (-1250, 2, "-12.50"),
    (0, 2, "0.00"),
    (7, 0, "7"),
    (-7, 0, "-7"),
    (0, 0, "0"),
    (1001, 3, "1.001"),
]


@pytest.mark.parametrize(("value", "places", "text"), WRITTEN)
def test_an_amount_is_written_with_its_decimals(value: int, places: int, text: str) -> None:
    assert money.written(value, places) == text
    assert money.fixed(text, places) == value
