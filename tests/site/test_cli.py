"""The command line: commands found by name, and what stops one is a sentence."""

import subprocess
import sys

import pytest

from habitue.site import cli, complaint


def habitue(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "habitue", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=variables)


def test_every_module_of_commands_is_a_command() -> None:
    listed = habitue("--help").stdout
    for name in ("start", "stop", "status", "django"):
        assert name in listed


def test_an_unknown_command_is_a_wrong_use() -> None:
    assert habitue("dance").returncode == 2


def test_a_mistake_in_a_setting_is_one_line_and_its_own_exit_code() -> None:
    answer = habitue("start", PORT="eighty")
    assert answer.returncode == complaint.Exit.SETTING
    assert answer.stderr == "PORT must be a whole number from 1 to 65535, not 'eighty'.\n"


def test_exit_codes_are_distinct_and_leave_those_of_the_shell_alone() -> None:
    codes = [int(code) for code in complaint.Exit]
    assert len(set(codes)) == len(codes)
    assert all(2 < code < 64 for code in codes)


def test_a_complaint_is_printed_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise complaint.Complaint("The tea is cold.", complaint.Exit.SETTING)

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert (ended.value.code, capsys.readouterr().err) == (3, "The tea is cold.\n")
