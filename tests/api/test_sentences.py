"""What is said of a value that cannot be: what to write instead, never the decoder's own words."""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from habitue.api import sentences, values
from tests.api import world
from tests.api.asking import ask

FEW = Annotated[list[int], Meta(min_length=1, max_length=2)]
SAID = [
    (int, "1.5", "This must be a whole number, not a number with a fraction."),
    (int | None, "true", "This must be a whole number, not true or false."),
    (int | str | None, "[]", "This must be a whole number or a text, not a list."),
    (int, "1e999", "This number is too large."),
    (values.Cents, "-1", "This must be 0 or more."),
    (values.Cents, "99999999999999", "This must be 10000000000000 or less."),
    (values.Reference, '""', "This must not be empty."),
    (values.Reference, f'"{"x" * 201}"', "This has 200 characters at most."),
    (FEW, "[]", "This must not be empty."),
    (FEW, "[1,2,3]", "This has 2 entries at most."),
    (values.Instant, '"2026-03-02T12:00:00"', sentences.INSTANT),
    (values.Instant, '"yesterday"', sentences.INSTANT),
    (date, '"2026-02-30"', "Write a day that there is, as 2026-03-02."),
    (
        Literal["till"],
        '"tilt"',
        "There is no 'tilt' here. See the documentation for what there is.",
    ),
    (values.Amount, '"1e5"', 'Write an amount as text, with digits and a point: "28.7".'),
    (values.Currency, '"eur"', "Write a currency as three capital letters: EUR."),
    (values.Source, '"a b"', "A source has 1 to 40 letters, digits and signs of these: . - _"),
]


@pytest.mark.parametrize(("wanted", "written", "told"), SAID, ids=[told for *_, told in SAID])
def test_what_cannot_be_is_told_as_what_to_write(wanted: Any, written: str, told: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(written, type=wanted)
    assert sentences.sentence(sentences.parted(str(refused.value))[0]) == told


@pytest.mark.django_db
def test_an_address_that_names_nobody_says_how_to_name_somebody(cafe: world.Place) -> None:
    told = ask("GET", "/customers/CRM-001", key=cafe.till)
    assert (told.status, told.json["code"]) == (404, "not_found")
    assert "external:" in told.json["detail"]


@pytest.mark.django_db
def test_a_body_that_is_missing_is_not_called_truncated(cafe: world.Place) -> None:
    told = ask("POST", "/events", key=cafe.till, raw=b" ")
    assert told.status == 400
    assert told.json["detail"].startswith("There is no body.")


@pytest.mark.parametrize(
    ("wanted", "written"),
    [(values.Amount, '"5\\n"'), (values.Currency, '"EUR\\n"'), (values.Source, '"till\\n"')],
    ids=["amount", "currency", "source"],
)
def test_a_line_break_at_the_end_is_part_of_a_text(wanted: Any, written: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(written, type=wanted)
