"""Counts the events that the laws decided; the nightly run asks for a least number of them."""

import os

import pytest

from tests.core.cast import Stage

LEAST = int(os.environ.get("HABITUE_STEPS", "0"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many there were."""
    if Stage.decided:
        terminalreporter.write_line(f"{Stage.decided:,} events decided on the stages of the core")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that decided fewer than it was asked for."""
    if Stage.decided < LEAST:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
