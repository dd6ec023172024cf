"""Files of answers as they come: every row accepted or rejected with a sentence, each once."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from habitue.connectors import answers, recording
from habitue.connectors.answers import Given, Wanted
from habitue.connectors.recording import Tally
from habitue.connectors.rejects import Rejects
from habitue.connectors.text import LINE_LIMIT, Unusable
from habitue.members import businesses, customers
from habitue.members.models import Answer, Business, Customer

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


@pytest.fixture
def cafe(db: None) -> Business:
    return businesses.create(name="Café des Amis", kind="cafe", country="FR")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "answers.csv"


def bring(
    cafe: Business, file: Path, content: str | bytes, question: str = "", scale: int = 0
) -> tuple[Tally, Rejects]:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    shape = answers.survey(file)
    with Rejects(file.with_suffix(".rejected.csv")) as refused:
        tally = recording.run(cafe, file, shape, refused, now=NOW, question=question, scale=scale)
    assert tally.accepted + tally.rejected + tally.duplicate == tally.rows == shape.rows
    assert refused.number == tally.rejected
    return tally, refused


def there() -> list[tuple[str, int, int, str]]:
    rows = Answer.objects.order_by("answered_on", "score").values_list(
        "question", "score", "scale", "answered_on"
    )
    return [(question, score, scale, on.isoformat()) for question, score, scale, on in rows]


NINE = [("nps", 9, 10, "2026-02-28")]


@pytest.mark.parametrize(
    "content",
    [
        "date,question,score\n2026-02-28,nps,9\n",
        "Date;Domanda;Punteggio\n28/02/2026;NPS;9\n",
        "Date;Question;Note\n28/02/2026;Recommandation;9/10\n",
        "data\tNPS\n28.02.2026\t9,0\n",
        "submitted at,NPS score,comment\n2026-02-28 17:00,9,fine\n",
        'date|score|question|échelle\n20260228|9|nps|"0-10"\n',
        "\n\ndate,nps\n\n2026-02-28,9\n",
    ],
)
def test_one_answer_written_in_many_ways(cafe: Business, file: Path, content: str) -> None:
    assert bring(cafe, file, content)[0].accepted == 1
    assert there() == NINE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_usual_encoding(cafe: Business, file: Path, encoding: str) -> None:
    rows = "date;nps;commentaire\n28/02/2026;9;très bien, café parfait été\n"
    bring(cafe, file, rows.encode(encoding))
    assert Answer.objects.get().comment == "très bien, café parfait été"


def test_a_question_is_that_of_the_row_else_of_the_column_else_as_asked(
    cafe: Business, file: Path
) -> None:
    bring(cafe, file, "date,csat,question\n2026-02-27,4,\n2026-02-28,6,ces\n", question="nps")
    assert there() == [("csat", 4, 5, "2026-02-27"), ("ces", 6, 7, "2026-02-28")]
    bring(cafe, file, "date,score\n2026-03-01,10\n", question="nps")
    assert there()[-1] == ("nps", 10, 10, "2026-03-01")


def test_a_scale_is_that_of_the_row_else_as_asked_else_the_usual_one(
    cafe: Business, file: Path
) -> None:
    rows = "date,csat,scale\n2026-02-25,9,1-10\n2026-02-26,3,\n2026-02-27,2/3,\n"
    bring(cafe, file, rows, scale=7)
    assert [row[2] for row in there()] == [10, 7, 3]
    bring(cafe, file, "date,csat\n2026-02-28,3\n")
    assert there()[-1][2] == 5


def test_the_day_is_the_business_s_own(cafe: Business, file: Path) -> None:
    bring(cafe, file, "date,nps\n2026-02-27T23:30:00Z,9\n2026-02-28,8\n")
    assert there() == [("nps", 8, 10, "2026-02-28"), ("nps", 9, 10, "2026-02-28")]
    assert [one.answered_at is None for one in Answer.objects.order_by("score")] == [True, False]


@pytest.mark.parametrize("written", ["alice@example.org", " Alice@Example.org", "C-17"])
def test_whose_answer_it_is(cafe: Business, file: Path, written: str) -> None:
    made = customers.find_or_create_many(cafe, "email", ["alice@example.org"])
    alice = Customer.objects.get(pk=made["alice@example.org"])
    assert customers.add_identity(alice, "external", "C-17")
    tally, _ = bring(cafe, file, f"date,nps,customer\n2026-02-28,9,{written}\n")
    assert (tally.accepted, tally.unknown) == (1, 0)
    assert Answer.objects.get().customer_id == alice.pk


def test_a_card_s_number_and_a_telephone_say_whose_it_is(cafe: Business, file: Path) -> None:
    made = customers.find_or_create_many(cafe, "phone", ["+33612345678"])
    alice = Customer.objects.get(pk=made["+33612345678"])
    number = customers.enroll(alice, at=NOW).number
    bring(cafe, file, f"date,nps,client\n2026-02-27,9,{number}\n2026-02-28,8,06 12 34 56 78\n")
    assert {one.customer_id for one in Answer.objects.all()} == {alice.pk}


def test_an_answer_of_nobody_known_is_kept_and_makes_no_customer(
    cafe: Business, file: Path
) -> None:
    rows = "date,nps,email\n2026-02-28,9,nobody@example.org\n2026-02-28,7,\n"
    tally, _ = bring(cafe, file, rows)
    assert (tally.accepted, tally.unknown) == (2, 2)
    assert Customer.objects.count() == 0


def test_another_business_s_customer_is_nobody_here(cafe: Business, file: Path) -> None:
    bar = businesses.create(name="Bar Sport", kind="cafe", country="IT")
    customers.find_or_create_many(bar, "email", ["bruno@example.org"])
    tally, _ = bring(cafe, file, "date,nps,email\n2026-02-28,9,bruno@example.org\n")
    assert tally.unknown == 1


def test_a_second_import_adds_nothing(cafe: Business, file: Path) -> None:
    rows = (
        "date,nps,comment\n2026-02-28,9,good\n2026-02-28,9,good\n2026-02-28,9,bad\n31/02/2026,1,\n"
    )
    first, _ = bring(cafe, file, rows)
    second, _ = bring(cafe, file, rows)
    assert (first.accepted, first.rejected) == (3, 1)
    assert (second.accepted, second.duplicate, second.rejected) == (0, 3, 1)
    grown, _ = bring(cafe, file, rows + "2026-02-28,9,good\n")
    assert (grown.accepted, grown.duplicate) == (1, 3)


def test_a_reference_names_an_answer_once(cafe: Business, file: Path) -> None:
    rows = "date,nps,response id\n2026-02-28,9,R1\n2026-02-28,9,R1\n2026-02-28,3,R1\n"
    for accepted, duplicate in ((1, 1), (0, 2)):
        tally, refused = bring(cafe, file, rows)
        assert (tally.accepted, tally.duplicate, tally.rejected) == (accepted, duplicate, 1)
        assert refused.first[0].line == 4
        assert refused.first[0].reason == "this reference stands for another answer already"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("31/02/2026,nps,9", "2026-02 has no day 31"),
        ("2026-11-22,nps,9", "the date is in the future"),
        (",nps,9", "the date is missing"),
        ("2026-02-28,mood,9", "not a question that is known: nps, csat or ces"),
        ("2026-02-28,,9", "the question is missing: nps, csat or ces"),
        ("2026-02-28,nps,", "the score is missing"),
        ("2026-02-28,nps,11", "a score of nps is between 0 and 10"),
        ("2026-02-28,csat,0", "a score of csat is between 1 and 5"),
        ("2026-02-28,ces,8", "a score of ces is between 1 and 7"),
        ("2026-02-28,nps,8.5", "not a whole score"),
        ("2026-02-28,nps,-1", "not a whole score"),
        ("2026-02-28,nps,1e1", "not a whole score"),
        ("2026-02-28,nps,٩", "not a whole score"),
        ("2026-02-28,nps,=9", "not a whole score"),
        ("2026-02-28,nps," + "9" * 5000, "not a whole score"),
        ("2026-02-28,nps,4/5", "the scale of nps is 0 to 10, not up to 5"),
        ("2026-02-28,csat,4/5,7", "the score and the scale do not agree"),
        ("2026-02-28,csat,4,0-5", "a scale of csat begins with 1"),
        ("2026-02-28,csat,4,often", "not a scale that can be read: often"),
        (
            "2026-02-28,csat,4,100",
            "the scale of csat is 1 to at least 2 and at most 10, not up to 100",
        ),
        ("2026-02-28,nps,9,,row:1", "a reference must not begin with row:"),
        ("2026-02-28,nps,9,," + "x" * 201, "not a reference that can be kept"),
        ("2026-02-28,nps,9,,r," + "x" * 201, "not a customer that can be kept"),
        (
            '2026-02-28,nps,9,,r,,"' + "x" * 2001 + '"',
            "the comment is longer than 2,000 characters",
        ),
        ("2026-02-28,nps", "the row has 2 values, 3 are needed"),
        ("2026-02-28,nps,9,,,,,8", "the row has 8 values, the header 7 columns"),
        ("2026-02-28,nps,9\0", "the line holds a control character"),
        ('2026-02-28,nps,"9', "a quotation mark is not closed"),
        ("x" * (LINE_LIMIT + 5), f"the line is longer than {LINE_LIMIT:,} characters"),
    ],
)
def test_what_is_rejected_and_costs_no_neighbour(
    cafe: Business, file: Path, row: str, reason: str
) -> None:
    header = "date,question,score,scale,reference,customer,comment\n"
    good = "2026-02-28,nps,9,,,,\n"
    tally, refused = bring(cafe, file, header + good + row + "\n" + good)
    assert (tally.accepted, tally.rejected) == (2, 1)
    assert (refused.first[0].line, refused.first[0].reason) == (3, reason)


def test_the_header_again_is_no_answer(cafe: Business, file: Path) -> None:
    _, refused = bring(cafe, file, "date,nps\n2026-02-28,9\ndate,nps\n2026-02-28,9\n")
    assert refused.first[0].reason == "the header again"


def test_bytes_that_are_no_text_cost_one_row(cafe: Business, file: Path) -> None:
    rows = b"date,nps,comment\n2026-02-28,9,caf\xc3\xa9\n2026-02-28,9,\xff\xfe\x81\n"
    _, refused = bring(cafe, file, rows)
    assert [row.reason for row in refused.first] == ["the line holds bytes that are no text"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "holds no rows"),
        ("2026-02-28,9\n2026-02-28,8\n", "The file has no header"),
        ("date,comment\n2026-02-28,fine\n", "no column for the score"),
        ("nps,comment\n9,fine\n", "no column for the date"),
        ("date,nps,csat\n2026-02-28,9,4\n", "several columns of scores ('nps', 'csat')"),
        ("date,nps,nps\n2026-02-28,9,4\n", "several columns of scores"),
        ("date,score,score\n2026-02-28,9,4\n", "stands twice"),
        ("PK\x03\x04", "a ZIP file"),
    ],
)
def test_files_that_are_of_no_use_say_why(file: Path, content: str, sentence: str) -> None:
    file.write_text(content)
    with pytest.raises(Unusable) as error:
        answers.survey(file)
    assert sentence in str(error.value)


def test_day_and_month_are_settled_by_the_whole_column(cafe: Business, file: Path) -> None:
    bring(cafe, file, "date,nps\n03/04/2026,9\n10/31/2026,8\n")
    assert [row[3] for row in there()] == ["2026-03-04", "2026-10-31"]


def test_comments_are_kept_as_written_and_rejected_ones_without_formulas(
    cafe: Business, file: Path
) -> None:
    rows = 'date,nps,comment\n2026-02-28,9,"=1+1, he said\nand left"\n2026-02-28,99,=cmd\n'
    _, refused = bring(cafe, file, rows)
    assert Answer.objects.get().comment == "=1+1, he said\nand left"
    with refused.path.open(encoding="utf-8-sig", newline="") as kept:
        written = list(csv.reader(kept))
    assert not [cell for row in written for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_three_thousand_rows_with_three_in_a_hundred_bad(cafe: Business, file: Path) -> None:
    rows = [f"2026-01-{1 + n % 28},{n % 11 if n % 33 else 12},c{n % 70}\n" for n in range(3_000)]
    tally, _ = bring(cafe, file, "date,nps,customer\n" + "".join(rows))
    assert (tally.rows, tally.rejected, tally.accepted) == (3_000, 91, 2_909)
    again, _ = bring(cafe, file, "date,nps,customer\n" + "".join(reversed(rows)))
    assert (again.accepted, again.duplicate) == (0, 2_909)


def test_the_sentences_say_how_the_file_is_read(file: Path) -> None:
    file.write_text("date;nps\n03/04/2026;9\n")
    shape = answers.survey(file)
    assert shape.sentences(day_first=True) == [
        "1 rows in utf-8, separated by semicolons; columns: 1 date, 2 score.",
        "Dates such as 03/04 are read as day/month: no date in the file tells.",
    ]


def test_the_longest_comment_is_as_long_as_its_column() -> None:
    assert Answer._meta.get_field("comment").max_length == answers.LONGEST_COMMENT


def test_rows_say_nothing_of_a_time_that_was_not_given(cafe: Business, file: Path) -> None:
    file.write_text("date,nps\n2026-02-28,9\n")
    shape = answers.survey(file)
    wanted = Wanted(zone=ZoneInfo("Europe/Paris"), today=date(2026, 3, 1), day_first=True)
    (row,) = answers.read(file, shape, wanted)
    assert isinstance(row, Given)
    assert (row.at, row.on) == (None, date(2026, 2, 28))
