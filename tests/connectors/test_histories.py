"""A file scattered over small files and gathered again has every purchase once, by customer."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from habitue.connectors import histories, purchases, text
from habitue.connectors.histories import Reading, Scattered
from habitue.core.facts import Event, Purchase

HEADER = "customer,date,amount,quantity\n"


def written(folder: Path, lines: list[str], *, header: str = HEADER) -> Path:
    path = folder / "sales.csv"
    path.write_text(header + "".join(f"{line}\n" for line in lines))
    return path


def reading(path: Path, *, buckets: int = 3) -> Reading:
    folder = path.parent / "scattered"
    folder.mkdir(exist_ok=True)
    return Reading(
        path=path,
        shape=purchases.survey(path),
        currency="EUR",
        zone="Europe/Paris",
        today=date(2026, 12, 31),
        day_first=True,
        folder=folder,
        buckets=buckets,
    )


def scattered(of: Reading, stretches: int) -> Scattered:
    """All stretches, added up."""
    whole = Scattered()
    for number, one in enumerate(text.stretches(of.path, of.shape.encoding, stretches)):
        found = histories.scatter(of, number, one)
        whole.rows += found.rows
        whole.rejected += found.rejected
        for bucket, rows in found.files.items():
            whole.files[bucket] = whole.files.get(bucket, 0) + rows
    return whole


def amount(event: Event) -> int:
    assert isinstance(event.what, Purchase)
    return event.what.total


def sales(count: int) -> list[str]:
    return [f"c{n % 17},2026-{n % 12 + 1:02}-{n % 28 + 1:02},{n}.50,2" for n in range(count)]


@pytest.mark.parametrize("stretches", [1, 2, 7, 40])
def test_every_purchase_is_there_once_whatever_the_cuts(tmp_path: Path, stretches: int) -> None:
    of = reading(written(tmp_path, sales(300)))
    found = scattered(of, stretches)
    assert (found.rows, found.rejected, sum(found.files.values())) == (300, 0, 300)
    everybody = [one for bucket in found.files for one in histories.customers(of, bucket)]
    assert sorted(name for _, name, _ in everybody) == sorted(f"c{n}" for n in range(17))
    amounts = Counter(amount(event) for _, _, events in everybody for event in events)
    assert amounts == Counter(n * 100 + 50 for n in range(300))
    for customer, name, events in everybody:
        assert customer == histories.number_of(name) > 0
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert [event.id for event in events] == [512 * n for n in range(1, len(events) + 1)]


def test_in_order_of_time_everybody_is_there_once(tmp_path: Path) -> None:
    of = reading(written(tmp_path, sales(300)), buckets=0)
    found = scattered(of, 5)
    events = list(histories.moments(of, list(found.files)))
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert Counter(map(amount, events)) == Counter(n * 100 + 50 for n in range(300))
    assert len({(event.customer, event.id) for event in events}) == 300


def test_rows_that_cannot_be_read_are_counted_with_their_reasons(tmp_path: Path) -> None:
    of = reading(written(tmp_path, [*sales(20), "c1,2026-02-30,5.00,1", "c1,2026-01-01,-5.00,1"]))
    found = histories.scatter(of, 0, (0, of.path.stat().st_size))
    assert (found.rows, found.rejected) == (20, 2)
    assert found.reasons == {
        "2026-02 has no day 30": 1,
        "the amount is negative: goods brought back are a refund, not a purchase": 1,
    }


def test_a_page_that_is_full_goes_on_in_the_same_file(tmp_path: Path) -> None:
    of = reading(written(tmp_path, [f"c1,2026-01-01,{n}.00,1" for n in range(4_500)]), buckets=1)
    assert scattered(of, 1).files == {0: 4_500}
    ((_, _, events),) = histories.customers(of, 0)
    assert sorted(map(amount, events)) == [n * 100 for n in range(4_500)]


lines = some.lists(some.text("ab ;é€", max_size=9), min_size=1, max_size=30)


@given(lines, some.integers(1, 60), some.sampled_from(["\n", "\r\n"]), some.booleans())
def test_stretches_together_are_the_files_lines(
    tmp_path_factory: pytest.TempPathFactory, content: list[str], count: int, end: str, mark: bool
) -> None:
    path = tmp_path_factory.mktemp("text") / "lines.txt"
    encoding = "utf-8-sig" if mark else "utf-8"
    path.write_bytes((end.join(content) + end).encode(encoding))
    whole = [line.text for line in text.lines(path, encoding)]
    cut = text.stretches(path, encoding, count)
    found = [
        line.text for since, until in cut for line in text.stretch(path, encoding, since, until)
    ]
    assert found == whole


def test_a_file_without_plain_line_ends_is_read_in_one(tmp_path: Path) -> None:
    path = tmp_path / "wide.txt"
    path.write_bytes("a\nb\n".encode("utf-16"))
    assert text.stretches(path, "utf-16", 4) == [(0, path.stat().st_size)]
    assert [line.text for line in text.stretch(path, "utf-16", 0, path.stat().st_size)] == [
        "a",
        "b",
    ]
    path.write_bytes(b"a\rb\r")
    assert len(text.stretches(path, "utf-8", 4)) == 1


def test_a_line_that_is_too_long_is_a_problem_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"a\n" + b"x" * 70_000 + b"\nb\n")
    ((first, second),) = [text.stretches(path, "utf-8", 2)]
    found = [line for cut in (first, second) for line in text.stretch(path, "utf-8", *cut)]
    assert [bool(line.problem) for line in found] == [False, True, False]


def test_a_survey_may_look_at_some_rows_only(tmp_path: Path) -> None:
    path = written(tmp_path, ["c1,03/04/2026,1.00,1"] * 50 + ["c1,31/04/2026,1.00,1"])
    assert purchases.survey(path).order.day_first == 1
    assert purchases.survey(path, most=40).order.day_first == 0
