"""Anybody verifies a published draw: what is wrong with a record, each fault by a sentence."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import structs

from habitue.core import drawing
from habitue.core.drawing import Record, Stake, Winner
from tests.core.test_drawing import QUARTER, WEEK

SECRET = "a cat on an oven"


def record(**given_: Any) -> Record:
    tickets = drawing.tickets({f"ticket{number:02}": 1 + number % 3 for number in range(40)})
    fair = Record(
        "lottery",
        WEEK,
        drawing.commitment(SECRET),
        "1/4",
        (Stake("trip", 1, 50_000), Stake("coupon", 9)),
        limit=3,
        tickets=tickets,
    )
    return structs.replace(drawing.revealed(fair, SECRET), **given_)


def test_a_fair_draw_verifies_also_after_it_was_written_and_read() -> None:
    fair = record()
    assert drawing.verify(fair) == []
    assert drawing.verify(msgspec.json.decode(msgspec.json.encode(fair), type=Record)) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"secret": ""}, "not been published yet"),
        ({"secret": "another"}, "not the one that was committed to"),
        ({"odds": "1/5"}, "at least 1/4"),
        ({"odds": "half"}, "not written like 1/4"),
        ({"prizes": (Stake("trip", 1), Stake("coupon", 8))}, "1 winning pieces are missing"),
        ({"prizes": (Stake("trip", -1), Stake("coupon", None))}, "fewer pieces than none"),
        ({"limit": 2}, "ticket02 has 3 entries; 2 are allowed"),
        ({"tickets": record().tickets + "ticket05 1\n"}, "stands twice in the list"),
        ({"tickets": record().tickets.replace("ticket05 3\n", 2 * "ticket05 3\n")}, "stands twice"),
        ({"tickets": record().tickets[:-1]}, "does not end with its last line"),
        ({"tickets": record().tickets + "ticket99  1\n"}, "Line 41"),
        ({"tickets": record().tickets + "ticket99 01\n"}, "Line 41"),
        ({"tickets": record().tickets + "TICKET99 1\n"}, "Line 41"),
        ({"tickets": "ticket01 99999999\n", "limit": None}, "20,000,000 at most"),
        ({"winners": record().winners[:-1]}, "There are 9 winners; there should be 10."),
        ({"winners": (Winner("ticket98", 0), *record().winners[1:])}, "Place 1 went to ticket98"),
        (
            {"winners": (*record().winners[:-1], Winner(record().winners[-1].ticket, 0))},
            "Place 10 got prize 0; it should be 1.",
        ),
    ],
)
def test_every_fault_of_a_record_is_told(change: dict[str, Any], told: str) -> None:
    faults = " ".join(drawing.verify(record(**change))).replace("to ticket ticket", "to ticket")
    assert told in faults


NOT_COMMITTED = "The secret is not the one that was committed to."
ODDS = "The odds are {}; at least 1/4 of all tickets must win."


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"secret": ""}, ["The secret has not been published yet."]),
        ({"secret": "another"}, [NOT_COMMITTED]),
        ({"secret": "another", "tickets": "ticket1 20000000\n", "limit": None}, [NOT_COMMITTED]),
        ({"secret": "another", "odds": "1/1", "prizes": (Stake("cup", 40),)}, [NOT_COMMITTED]),
        ({"odds": "3/2", "prizes": (Stake("cup", 40),)}, [ODDS.format("3/2")]),
        ({"odds": "6/25"}, [ODDS.format("6/25")]),
        ({"odds": "x" * 25}, [f"The odds '{'x' * 20}' are not written like 1/4."]),
        ({"prizes": (Stake("cup", -1),)}, ["A prize comes in fewer pieces than none."]),
        (
            {"prizes": (Stake("cup", 0), Stake("coupon", 8))},
            ["For 40 entrants at 1/4, 2 winning pieces are missing."],
        ),
        (
            {"tickets": record().tickets[:-1]},
            ["The list of tickets does not end with its last line."],
        ),
        (
            {"tickets": "ticket1 1\nticket2 x\nticket3 3 3\nticket1 4\n"},
            [
                "Line 2 of the tickets is not a code and a number of entries.",
                "Line 3 of the tickets is not a code and a number of entries.",
                "Ticket ticket1 stands twice in the list, or not in order.",
                "Ticket ticket1 has 4 entries; 3 are allowed.",
            ],
        ),
        (
            {"tickets": "ticket1 20000001\n", "limit": None},
            ["There are 20,000,001 entries; a draw has 20,000,000 at most."],
        ),
    ],
)
def test_a_record_is_told_its_faults_and_no_others(
    change: dict[str, Any], faults: list[str]
) -> None:
    assert drawing.verify(record(**change)) == faults


@pytest.mark.parametrize("pieces", [10, 11, 39, 40, 41])
def test_a_draw_with_more_prizes_than_the_odds_ask_is_fair(pieces: int) -> None:
    generous = record(prizes=(Stake("cup", pieces),))
    assert drawing.verify(drawing.revealed(generous, SECRET)) == []


def test_where_nobody_entered_no_prize_is_missing() -> None:
    assert drawing.missing_prizes((Stake("cup", 0),), 0, QUARTER) == 0
    assert drawing.chance((Stake("cup", 0),), 0, QUARTER) == 1
    assert drawing.verify(drawing.revealed(record(tickets="", secret=""), SECRET)) == []


def test_a_ticket_is_the_first_sixteen_digits_of_a_published_hash() -> None:
    assert drawing.ticket("salt", 7) == "60ef31c485c44487"


def test_a_ticket_added_after_the_list_was_published_moves_the_winners() -> None:
    more = drawing.tickets({**{f"ticket{n:02}": 1 + n % 3 for n in range(40)}, "ticket99": 3})
    prizes = (Stake("trip", 1), Stake("coupon", None))
    assert drawing.verify(record(tickets=more, prizes=prizes)) != []
