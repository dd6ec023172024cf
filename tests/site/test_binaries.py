"""PostgreSQL's binaries are found, reached and, where their folder is closed, copied."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from habitue.site import binaries, complaint, leash, sockets


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter (pytest's own are closed to others)."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL under another account")
def test_binaries_below_a_closed_folder_are_copied_and_run(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "_closed_folder", lambda path, account: path)
    account = binaries.account()
    assert account is not None
    folder = binaries.find(open_folder, account)
    assert folder.is_relative_to(open_folder)
    command = [str(folder / "initdb"), "--version"]
    answer = subprocess.run(
        command, user=account.uid, cwd="/", capture_output=True, text=True, check=True
    )
    assert "PostgreSQL" in answer.stdout


def test_a_closed_data_folder_is_named(open_folder: Path) -> None:
    closed = open_folder / "closed"
    (closed / "home").mkdir(parents=True)
    closed.chmod(0o700)
    stranger = leash.Account(name="stranger", uid=54_321, gid=54_321)
    with pytest.raises(complaint.Complaint, match=f"may not enter {closed}"):
        binaries.check_reachable(closed / "home", stranger)
    closed.chmod(0o755)
    binaries.check_reachable(closed / "home", stranger)


def test_a_machine_without_postgresql_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_in_wheel", lambda: None)
    monkeypatch.setattr(binaries, "_in_system", lambda: None)
    with pytest.raises(complaint.Complaint, match="DATABASE_URL"):
        binaries.find(Path("/tmp"), None)


def test_a_socket_path_is_never_too_long() -> None:
    short = sockets.socket_folder(Path("/var/lib/habitue"))
    assert short == Path("/var/lib/habitue/postgres/run")
    long = sockets.socket_folder(Path("/var/lib") / ("x" * 120))
    assert len(str(long)) + len(sockets.NAME) <= sockets.LONGEST
    assert long != sockets.socket_folder(Path("/var/lib") / ("y" * 120))
