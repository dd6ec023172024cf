"""What every test shares; the database itself comes from habitue/site/testing.py."""

import os
from typing import Any

import pytest

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: None) -> None:
    """Have PostgreSQL run before pytest-django makes the test database in it."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium that `make test` found, without anything that calls out."""
    found = {"executable_path": path} if (path := os.environ.get("HABITUE_CHROMIUM")) else {}
    return {**browser_type_launch_args, **found, "args": CHROMIUM_FLAGS}
