"""Identifiers: unique across threads, ascending, with room for what hangs on an event."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from habitue.members import ids


def test_identifiers_ascend_and_leave_eight_bits_free() -> None:
    made = [ids.make() for _ in range(5_000)]
    assert made == sorted(set(made))
    assert all(key % 256 == 0 and 0 < key < 2**63 for key in made)


def test_many_are_as_good_as_one_by_one() -> None:
    before, many, after = ids.make(), ids.make_many(3_000), ids.make()
    assert [before, *many, after] == sorted({before, *many, after})
    assert ids.make_many(0) == []


def test_threads_never_share_one() -> None:
    made: list[int] = []
    threads = [
        threading.Thread(target=lambda: made.extend(ids.make() for _ in range(2_000)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8_000


def test_a_clock_that_steps_back_does_not_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ids.make()
    monkeypatch.setattr(ids.maker, "clock", lambda: ids.EPOCH_NS + 10**15)
    assert ids.make() > before
    assert ids.make_many(2)[0] > before


def test_what_somebody_wrote_is_an_identifier_or_nobody_s() -> None:
    assert ids.read("9223372036854775807") == 2**63 - 1
    for text in ("", "-1", "²", "٣", "1e9", "1 2", "9223372036854775808", "9" * 5_000):
        assert ids.read(text) == 0


def test_what_was_made_since_an_instant_is_found_by_its_number() -> None:
    before = datetime.now(UTC)
    made = ids.make()
    assert ids.first_at(before) <= made < ids.first_at(before + timedelta(seconds=2))
    assert ids.first_at(datetime(1990, 1, 1, tzinfo=UTC)) == 0
    assert ids.first_at(datetime(9999, 1, 1, tzinfo=UTC)) == 2**63 - 1
