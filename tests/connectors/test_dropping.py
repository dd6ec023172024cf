"""A till's files come in by themselves, each once, whoever dies in between; nothing is followed."""

from __future__ import annotations

import fcntl
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from habitue import ledger
from habitue.connectors import dropping, running, uploads
from habitue.connectors.models import Change, Import
from habitue.members import businesses
from habitue.members.models import Business, JournalLine
from habitue.pages.imports import dropped
from habitue.site import programs
from tests.connectors.test_running import bring, finish, take_back
from tests.connectors.test_sheets import one_sheet

HEADER = "Client;Date d'achat;Montant;Ticket\n"
FIRST = f"{HEADER}Alice;31/12/2025;12,50;T-1\n"
NIGHT = f"{HEADER}Alice;02/01/2026;5,00;T-2\nBruno;02/01/2026;7,00;T-3\nBruno;x;7,00;T-4\n"


@pytest.fixture
def cafe(db: None) -> Business:
    shop = businesses.create(name="Café des Amis", kind="cafe", country="FR")
    text = programs.fitted(programs.FOLDER / "points-and-tiers.yaml", shop, enroll=False)
    assert not ledger.publish(shop.pk, text).problems
    return shop


@pytest.fixture
def place(cafe: Business, settings: Any, tmp_path: Path) -> Path:
    """The folder after the first look, of a shop that brought such a file in before."""
    settings.HABITUE_DROP = tmp_path / "drop"
    finish(bring(cafe, FIRST, "purchases"))
    sweep()
    found = dropping.folder(cafe)
    assert found is not None
    return found


def sweep(later: float = 120) -> int:
    now = datetime.fromtimestamp(time.time() + later, UTC)
    return dropping.sweep(now=now, words=dropped)


def listed(place: Path) -> list[str]:
    return sorted(os.listdir(place))


def test_a_folder_says_what_it_is_for(place: Path) -> None:
    assert listed(place) == ["README.txt", "done", "unclear"]
    assert "une minute" in (place / "README.txt").read_text("utf-8")


def test_a_file_with_known_columns_comes_in_and_is_moved(cafe: Business, place: Path) -> None:
    (place / "nuit.csv").write_text(NIGHT)
    assert sweep(30) == 0  # it may still be growing
    assert sweep() == 1
    assert listed(place / "done") == ["nuit.csv", "nuit.csv.rejected.csv", "nuit.csv.result.txt"]
    assert "Nouveau : 2" in (place / "done" / "nuit.csv.result.txt").read_text().replace(
        "\xa0", " "
    )
    assert "T-4" in (place / "done" / "nuit.csv.rejected.csv").read_text("utf-8-sig")
    one = Import.objects.get(business=cafe, filename="nuit.csv")
    counts = running.counts(one)
    assert (one.state, counts.new, counts.rejected) == ("finished", 2, 1)
    assert JournalLine.objects.filter(business=cafe, kind="import", staff=None).count() == 2
    back = take_back(one)
    assert (back.back, back.left) == (2, 0)


def test_a_workbook_comes_in_the_same_way(cafe: Business, place: Path) -> None:
    header = HEADER.strip().split(";")
    one_sheet(place / "nuit.xlsx", [header, ["Alice", "02/01/2026", 5.0, "T-2"]])
    assert sweep() == 1
    one = Import.objects.get(business=cafe, filename="nuit.xlsx")
    assert running.counts(one).new == 1


def test_the_same_again_adds_nothing(cafe: Business, place: Path) -> None:
    for name in ("nuit.csv", "again.csv", "nuit.csv"):
        (place / name).write_text(NIGHT)
        assert sweep() == 1
    assert Change.objects.filter(kind="purchase").count() == 3
    os.rename(place / "done" / "again.csv", place / "back.csv")
    assert sweep() == 1
    assert Import.objects.filter(business=cafe).count() == 4  # and not one more


def test_columns_that_nobody_settled_wait_on_the_page(cafe: Business, place: Path) -> None:
    (place / "other.csv").write_text("Buyer;Day;Total\nAlice;02/01/2026;5,00\n")
    assert sweep() == 1
    (note,) = dropping.unclear(cafe)
    assert note.name == "other.csv"
    assert "page Import" in note.sentence
    one = Import.objects.get(business=cafe, filename="other.csv")
    assert one.state == "columns"
    running.look(one)
    running.start(one, None, at_once=True)
    assert sweep() == 1
    assert dropping.unclear(cafe) == []
    assert listed(place / "done") == ["other.csv", "other.csv.result.txt"]


def test_a_platforms_export_needs_no_import_before(cafe: Business, place: Path) -> None:
    (place / "smile.csv").write_text(
        "First name,Last name,Email,Points balance,Referral URL\n"
        "Alice,Martin,alice@example.org,120,http://i.refs.cc/x\n"
    )
    assert sweep() == 1
    one = Import.objects.get(business=cafe, filename="smile.csv")
    assert (one.what, one.state, running.counts(one).new) == ("balances", "finished", 1)


def test_what_is_being_written_is_left_alone(place: Path) -> None:
    names = ["a.csv.part", ".hidden.csv", "~$lock.xlsx", "b.TMP"]
    for name in names:
        (place / name).write_text(NIGHT)
    assert sweep() == 0
    assert {*names} <= {*listed(place)}


def test_a_locked_file_waits(place: Path) -> None:
    with (place / "nuit.csv").open("w") as file:
        file.write(NIGHT)
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        assert sweep() == 0
    assert not Import.objects.exclude(dropped="").exists()
    assert sweep() == 1


def test_links_and_pipes_are_never_followed(cafe: Business, place: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(NIGHT)
    (place / "link.csv").symlink_to(secret)
    os.mkfifo(place / "pipe.csv")
    (place / "folder.csv").mkdir()
    assert sweep() == 2
    assert secret.read_text() == NIGHT
    assert not Import.objects.exclude(dropped="").exists()
    assert {note.name for note in dropping.unclear(cafe)} == {"link.csv", "pipe.csv"}
    assert {"link.csv.txt", "pipe.csv.txt"} <= {*listed(place / "unclear")}


def test_a_room_that_is_a_link_moves_nothing(place: Path, tmp_path: Path) -> None:
    (place / "nuit.csv").write_text(NIGHT)
    os.rmdir(place / "done")
    (place / "done").symlink_to(tmp_path)
    assert sweep() == 0
    assert listed(tmp_path) == ["drop"]
    assert (place / "nuit.csv").exists()


def test_any_name_will_do(place: Path) -> None:
    names = ["-rf.csv", "n° 1 – été.csv", "x" * 240 + ".csv", "tab\there.csv", "a'b\"c.csv"]
    for name in names:
        (place / name).write_text(NIGHT)
    assert sweep() == 5
    assert len(listed(place / "done")) == 3 * 5


def test_a_name_that_is_no_text_will_do_too(place: Path) -> None:
    raw = os.fsencode(place) + b"/caf\xe9\n.csv"
    with open(os.open(raw, os.O_WRONLY | os.O_CREAT), "wb") as file:
        file.write(NIGHT.encode())
    assert sweep() == 1
    assert Import.objects.exclude(dropped="").get().filename == "caf??.csv"


def test_what_is_no_table_is_set_aside_with_a_sentence(cafe: Business, place: Path) -> None:
    for number, content in enumerate([b"", b"%PDF-1.7", b"PK\x03\x04zip", b"\x00" * 50]):
        (place / f"{number}.csv").write_bytes(content)
    assert sweep() == 4
    said = [note.sentence for note in dropping.unclear(cafe)]
    assert len(said) == 4
    assert all(word in said[at] for at, word in enumerate(["0.csv", "PDF", "ZIP", "3.csv"]))
    kept = {path.stem for path in uploads.path(1).parent.iterdir()}
    assert not kept & {str(one.pk) for one in Import.objects.exclude(dropped="")}


def test_a_file_of_wrong_rows_only_waits_on_the_page(cafe: Business, place: Path) -> None:
    (place / "bad.csv").write_text(f"{HEADER}Alice;x;5,00;T-2\n")
    assert sweep() == 1
    assert "page Import" in dropping.unclear(cafe)[0].sentence
    assert Import.objects.get(filename="bad.csv").state == "checked"


@pytest.mark.parametrize("place_of_death", ["keep", "look", "start", "run", "move"])
def test_a_worker_that_dies_anywhere_loses_nothing_and_doubles_nothing(
    cafe: Business, place: Path, monkeypatch: pytest.MonkeyPatch, place_of_death: str
) -> None:
    class Killed(BaseException):
        pass

    def die(*given: object, **named: object) -> object:
        raise Killed

    at = {
        "keep": (uploads, "keep"),
        "look": (running, "look"),
        "start": (running, "start"),
        "run": (running, "run"),
        "move": (os, "rename"),
    }[place_of_death]
    (place / "nuit.csv").write_text(NIGHT)
    with monkeypatch.context() as patch:
        patch.setattr(*at, die)
        with pytest.raises(Killed):
            sweep()
    Import.objects.update(failed=False)
    assert sweep() == 1
    assert Import.objects.filter(business=cafe).exclude(dropped="").count() == 1
    assert Change.objects.filter(kind="purchase").count() == 3
    assert "nuit.csv" in listed(place / "done")


def test_an_import_undone_before_its_file_was_moved_is_not_done_again(
    cafe: Business, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "nuit.csv").write_text(NIGHT)
    with monkeypatch.context() as patch:
        patch.setattr(dropping, "_finished", lambda *given: False)
        sweep()
    take_back(Import.objects.get(filename="nuit.csv"))
    assert sweep() == 1
    assert Import.objects.exclude(dropped="").count() == 1
    assert Import.objects.exclude(dropped="").get().state == "undone"


def test_one_after_the_other_where_an_import_is_at_work(cafe: Business, place: Path) -> None:
    one = bring(cafe, FIRST.replace("T-1", "T-9"), "purchases")
    Import.objects.filter(pk=one.pk).update(state="running")
    (place / "nuit.csv").write_text(NIGHT)
    assert sweep() == 0
    Import.objects.filter(pk=one.pk).update(state="finished", finished_at=timezone.now())
    assert sweep() == 1


def test_what_was_brought_in_is_deleted_in_time_and_with_an_erasure(
    cafe: Business, place: Path
) -> None:
    (place / "nuit.csv").write_text(NIGHT)
    sweep()
    sweep(6 * 24 * 3600)
    assert listed(place / "done")
    sweep(8 * 24 * 3600)
    assert listed(place / "done") == []
    (place / "nuit.csv").write_text(NIGHT)
    sweep()
    dropping.forget(cafe.pk)
    assert listed(place / "done") == []


def test_balances_of_several_units_say_which_is_missing_and_how_to_say_it(
    club: Business, settings: Any, tmp_path: Path
) -> None:
    settings.HABITUE_DROP = tmp_path / "drop"
    sweep()
    place = dropping.folder(club)
    assert place is not None
    (place / "balances.csv").write_text("Email,Points balance\nalice@example.org,120\n")
    assert sweep() == 1
    (note,) = dropping.unclear(club)
    assert "de quelle unité" in note.sentence
    assert "« unit »" in note.sentence.replace("\xa0", " ").replace("\u202f", " ")
    (place / "said.csv").write_text("Email,Points balance,Unit\nalice@example.org,120,points\n")
    sweep()
    said = Import.objects.get(business=club, filename="said.csv")
    assert "unit" in (said.reading or {}).get("columns", {})
